"""Trains trunk and heads together and leaves checkpoints; a cut run goes on from its last one."""

from __future__ import annotations

import json
import math
import os
import sys
import time
from pathlib import Path

import torch
from torch.nn import functional as F

from .batches import IGNORE, NAME_TAGS, NO_NAME, Data, IntentBatch, KeepBatch, TagBatch, TextBatch
from .model import Edge, Trunk, mean_pool
from .text import Reader

# Layers whose means are distilled besides the last one's: the middle one keeps words, the last one meaning.
MIDDLE = 3
KEEP_EVERY, INTENT_EVERY = 8, 4
# Where the processor multiplies bfloat16 itself; elsewhere it would be slower than f32.
BF16 = torch.cpu._is_avx512_bf16_supported()
# Of the contrast between intents.
TEMPERATURE = 0.07


def tag_loss(logits, targets):
    """Cross-entropy; for "none of the labelled types" the probability of every other tag counts."""
    logp = F.log_softmax(logits.float(), -1)
    known = targets >= 0
    loss = F.nll_loss(logp[known], targets[known], reduction="sum")
    names = logp[targets == NO_NAME][:, NAME_TAGS]
    loss = loss - torch.log1p(-names.exp().sum(-1).clamp(max=1 - 1e-5)).sum()
    return loss / (targets != IGNORE).sum().clamp(min=1)


def contrast(embeddings, intents):
    """Texts of one intent lie closer than those of different ones (Khosla et al. 2020, "Supervised Contrastive Learning")."""
    alike = embeddings @ embeddings.T / TEMPERATURE
    itself = torch.eye(len(intents), dtype=torch.bool)
    logp = alike.masked_fill(itself, -1e4).log_softmax(1)
    same = (intents[:, None] == intents[None, :]) & ~itself
    return -((logp * same).sum(1) / same.sum(1).clamp(min=1)).mean()


def states_of(trunk, ids, types, mask, dropout: float = 0.0):
    """States of the middle and of the last layer."""
    kept = []
    hook = trunk.layers[MIDDLE - 1].register_forward_hook(lambda _m, _i, out: kept.append(out))
    last = trunk(ids, types, mask, dropout)
    hook.remove()
    return kept[0], last


class Trainer:
    """One run. `work` holds checkpoints and the log."""

    def __init__(self, weights: Path, tokenizer: Path, data: Path, work: Path, steps: int, seed: int,
                 start: Path | None, tag_tokens: int = 1792, text_tokens: int = 768, rate: float = 2e-4):
        torch.manual_seed(seed)
        torch.set_num_threads(int(os.environ.get("EDGE_THREADS", "2")))
        self.work, self.steps, self.rate = work, steps, rate
        self.tag_tokens, self.text_tokens = tag_tokens, text_tokens
        reader = Reader(tokenizer)
        self.train = Data(data, work, reader, "train", seed)
        self.dev = Data(data, work, reader, "dev", seed)
        self.teacher = Trunk.start(weights).eval().requires_grad_(False)
        self.model = Edge.shipped(start) if start else Edge(Trunk.start(weights))
        # The words keep the meaning that far more text gave them.
        self.model.trunk.words.requires_grad_(False)
        trunk, heads = [], []
        for name, p in self.model.named_parameters():
            if not p.requires_grad:
                continue
            (trunk if name.startswith("trunk.") else heads).append(p)
        self.optimizer = torch.optim.AdamW(
            [{"params": trunk, "scale": 1.0}, {"params": heads, "scale": 4.0}], lr=rate, weight_decay=0.01,
            fused=True)
        self.step = 0

    @property
    def checkpoint(self) -> Path:
        return self.work / "checkpoint.pt"

    def resume(self) -> None:
        """Continues where the last checkpoint was written."""
        if self.checkpoint.exists():
            saved = torch.load(self.checkpoint)
            self.model.load_state_dict(saved["model"])
            self.optimizer.load_state_dict(saved["optimizer"])
            self.step = saved["step"]

    def save(self) -> None:
        """Writes the checkpoint, whole or not at all."""
        part = self.checkpoint.with_suffix(".part")
        torch.save({"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(), "step": self.step}, part)
        part.replace(self.checkpoint)

    def schedule(self) -> None:
        """Linear warm-up, then a cosine down to a hundredth."""
        warm = min(200, self.steps // 10)
        done = max(0, self.step - warm) / max(1, self.steps - warm)
        factor = min((self.step + 1) / warm, 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, done))))
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * factor * group["scale"]

    def tag_step(self, batch: TagBatch, dropout: float):
        states = self.model.states(batch.ids, batch.types, batch.mask, dropout)
        return tag_loss(self.model.tags(states), batch.targets)

    def text_step(self, batch: TextBatch, dropout: float) -> dict[str, torch.Tensor]:
        middle, last = states_of(self.model.trunk, batch.ids, batch.types, batch.mask, dropout)
        injection, task, gain = self.model.texts(last.float(), batch.mask)
        losses, _ = self.distilled(batch, middle, last)
        if (batch.injection >= 0).any():
            rows = batch.injection >= 0
            losses["injection"] = F.binary_cross_entropy_with_logits(injection[rows], batch.injection[rows].float())
        if (batch.task >= 0).any():
            rows = batch.task >= 0
            losses["task"] = 0.5 * F.cross_entropy(task[rows], batch.task[rows], label_smoothing=0.05)
        known = ~batch.gain.isnan()
        if known.any():
            losses["gain"] = 0.5 * F.binary_cross_entropy_with_logits(gain[known], batch.gain[known])
        return losses

    def distilled(self, batch, middle, last) -> tuple[dict[str, torch.Tensor], list[torch.Tensor]]:
        """How far the embeddings are from the teacher's, which reads the texts as they were before noise; and ours."""
        ids, mask = batch.clean
        with torch.no_grad():
            old_middle, old_last = states_of(self.teacher, ids, torch.zeros_like(ids), mask)
        losses, embeddings = {}, []
        for name, ours, theirs in (("last", last, old_last), ("middle", middle, old_middle)):
            a, b = mean_pool(ours.float(), batch.mask), mean_pool(theirs.float(), mask)
            near = F.mse_loss(a @ a.T, b @ b.T)
            losses[name] = 8 * (1 - (a * b).sum(-1)).mean() + 40 * near
            embeddings.append(a)
        return losses, embeddings

    def intent_step(self, batch: IntentBatch) -> dict[str, torch.Tensor]:
        middle, last = states_of(self.model.trunk, batch.ids, batch.types, batch.mask)
        losses, embeddings = self.distilled(batch, middle, last)
        losses["intent"] = 0.4 * contrast(torch.cat(embeddings, 1) * 0.5**0.5, batch.intents)
        return losses

    def keep_step(self, batch: KeepBatch, dropout: float):
        states = self.model.states(batch.ids, batch.types, batch.mask, dropout)
        known = ~batch.keep.isnan()
        return F.binary_cross_entropy_with_logits(self.model.keep(states).squeeze(-1)[known].float(), batch.keep[known])

    def run(self) -> None:
        """Trains to the last step."""
        log = (self.work / "train.jsonl").open("a", encoding="utf-8")
        group: list[TagBatch] = []
        size = 32
        sums: dict[str, float] = {}
        began, seen = time.time(), 0
        self.model.train()
        while self.step < self.steps:
            if not group or self.step % size == 0:
                group = self.train.tag_batches(self.step // size, size, self.tag_tokens)
            self.schedule()
            tags, texts = group[self.step % size], self.train.text_batch(self.step, self.text_tokens)
            torch.manual_seed(self.step)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=BF16):
                loss = {"tags": self.tag_step(tags, 0.1)}
            (3 * loss["tags"]).backward()
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=BF16):
                parts = self.text_step(texts, 0.0)
            sum(parts.values()).backward()
            if self.step % INTENT_EVERY == 0:
                with torch.autocast("cpu", dtype=torch.bfloat16, enabled=BF16):
                    of_intents = self.intent_step(self.train.intent_batch(self.step))
                sum(of_intents.values()).backward()
                parts["intent"] = of_intents["intent"]
            if self.step % KEEP_EVERY == 0:
                with torch.autocast("cpu", dtype=torch.bfloat16, enabled=BF16):
                    parts["keep"] = self.keep_step(self.train.keep_batch(self.step, self.text_tokens), 0.1)
                (2 * parts["keep"]).backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimizer.step()
            self.optimizer.zero_grad()
            self.step += 1
            seen += int(tags.mask.sum() + texts.mask.sum())
            for name, value in {**loss, **parts}.items():
                old = sums.get(name, float(value.detach()))
                sums[name] = 0.98 * old + 0.02 * float(value.detach())
            if self.step % 50 == 0:
                row = {"step": self.step, "tokens_s": round(seen / (time.time() - began)),
                       **{k: round(v, 4) for k, v in sums.items()}}
                print(json.dumps(row), file=log, flush=True)
            if self.step % 250 == 0 or self.step == self.steps:
                self.save()
            if self.step % 500 == 0 or self.step == self.steps:
                print(json.dumps({"step": self.step, "dev": self.score()}), file=log, flush=True)

    @torch.no_grad()
    def score(self) -> dict[str, float]:
        """Quick figures on the dev split; the real ones come from `weir eval heads`."""
        self.model.eval()
        hits = found = gold = 0
        for batch in self.dev.tag_batches(0, 12, 2048):
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=BF16):
                tags = self.model.tags(self.model.states(batch.ids, batch.types, batch.mask)).argmax(-1)
            kind = lambda t: (t + 1) // 2
            known = batch.targets >= 0
            right = (kind(tags) == kind(batch.targets)) & known & (batch.targets > 0)
            hits += int(right.sum())
            gold += int((known & (batch.targets > 0)).sum())
            names = torch.isin(tags, torch.tensor(NAME_TAGS))
            found += int((known & (tags > 0)).sum() + ((batch.targets == NO_NAME) & names).sum())
        sums: dict[str, list[float]] = {}
        for i in range(12):
            batch = self.dev.text_batch(i, self.text_tokens)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=BF16):
                for name, value in self.text_step(batch, 0.0).items():
                    sums.setdefault(name, []).append(float(value))
        self.model.train()
        out = {name: round(sum(v) / len(v), 4) for name, v in sums.items()}
        p, r = hits / max(1, found), hits / max(1, gold)
        return {"piece_precision": round(p, 4), "piece_recall": round(r, 4), **out}


def main(weights: Path, tokenizer: Path, data: Path, work: Path, steps: int, seed: int, start: Path | None) -> None:
    """Trains or goes on training; `start` is a pack to begin with in place of all-MiniLM-L6-v2."""
    work.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(weights, tokenizer, data, work, steps, seed, start)
    trainer.resume()
    print(f"training from step {trainer.step} to {steps}", file=sys.stderr, flush=True)
    trainer.run()
