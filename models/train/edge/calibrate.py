"""From which probability a word counts as an entity, found on the dev split."""

from __future__ import annotations

import torch

from .batches import BEGIN, IGNORE, NO_NAME, Data
from .doc import ENTITIES
from .labelled import NAMES
from .model import Edge

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
