"""From which probability a word counts as an entity, and what an injection logit means, found on the dev split."""

from __future__ import annotations

from pathlib import Path

import torch

from .batches import BEGIN, IGNORE, NO_NAME, Data
from .doc import ENTITIES
from .labelled import NAMES
from .model import Edge
from .text import Reader

CHOICES = [x / 100 for x in range(20, 91, 5)]
# How much worse a missed piece is than a false one: a leak costs more than a placeholder too many.
MISS = 1.5


@torch.no_grad()
def thresholds(model: Edge, data: Data) -> dict[str, float]:
    """For each type the threshold with the fewest weighted mistakes on pieces."""
    costs = {name: [0.0] * len(CHOICES) for name in ENTITIES}
    for batch in data.tag_batches(7, 40, 2048):
        p = model.tags(model.states(batch.ids, batch.types, batch.mask)).softmax(-1)
        for name in ENTITIES:
            own = p[..., BEGIN[name]] + p[..., BEGIN[name] + 1]
            gold = (batch.targets == BEGIN[name]) | (batch.targets == BEGIN[name] + 1)
            judged = batch.targets >= 0
            if name in NAMES:
                judged = judged | (batch.targets == NO_NAME)
            judged = judged & (batch.targets != IGNORE)
            for i, choice in enumerate(CHOICES):
                said = own >= choice
                missed = (gold & ~said & judged).sum()
                false = (said & ~gold & judged).sum()
                costs[name][i] += float(MISS * missed + false)
    return {name: CHOICES[min(range(len(CHOICES)), key=lambda i: (cost[i], abs(CHOICES[i] - 0.5)))]
            for name, cost in costs.items()}


@torch.no_grad()
def injection(model: Edge, data: Data) -> list[float]:
    """Factor and offset of the logit by logistic regression (Platt 1999)."""
    logits, labels = [], []
    for i in range(60):
        batch = data.text_batch(1000 + i, 2048)
        said = model.texts(model.states(batch.ids, batch.types, batch.mask), batch.mask)[0]
        known = batch.injection >= 0
        logits.append(said[known])
        labels.append(batch.injection[known].float())
    x, y = torch.cat(logits), torch.cat(labels)
    with torch.enable_grad():
        weights = torch.tensor([1.0, 0.0], requires_grad=True)
        optimizer = torch.optim.LBFGS([weights], max_iter=50)

        def closure():
            optimizer.zero_grad()
            loss = torch.nn.functional.binary_cross_entropy_with_logits(x * weights[0] + weights[1], y)
            loss.backward()
            return loss

        optimizer.step(closure)
    return [round(float(w), 4) for w in weights]


def calibrate(model: Edge, tokenizer: Path, data: Path, work: Path, seed: int) -> tuple[dict[str, float], list[float]]:
    """Both, for a trained model."""
    dev = Data(data, work, Reader(tokenizer), "dev", seed)
    return thresholds(model, dev), injection(model, dev)
