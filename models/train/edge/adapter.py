"""Trains the injection adapter on a trunk that stays as it is: the one of an exported pack, so that the adapter learns on the
numbers that ship. The trunk's states are computed once and read many times."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from torch import nn
from torch.nn import functional as F

from .batches import LONGEST, padded
from .injection import injection_spans
from .model import Adapter, Edge
from .text import Pieces, Reader
from .train import states_of

# How many texts of a split, and their seed.
TEXTS = {"train": (32000, 11), "dev": (3000, 7)}
RATE, TOKENS, DROPOUT = 1e-3, 6144, 0.1
# Epochs of a cycle, and how unsure its labels are: an ordinary request planted in a document may pass for one of its user. The
# rate falls along a cosine and starts again (Loshchilov & Hutter 2017); the second cycle parts the clear cases further.
CYCLES = ((6, 0.04), (4, 0.0))
# A token belongs to an attack or not, or nobody says.
UNSAID = -1
ROOM, OVERLAP = LONGEST - 2, 31


@dataclass
class Window:
    """One text, cut to a window: the trunk's states in half precision, what its tokens are, and whether it is an attack."""

    states: torch.Tensor
    tokens: torch.Tensor
    label: int


def token_labels(pieces: Pieces, label: int, span: tuple[int, int] | None) -> list[int]:
    """For each piece whether it belongs to the attack."""
    if span is None:
        return [UNSAID if label else 0] * len(pieces.ids)
    return [int(pieces.spans[word][0] < span[1] and pieces.spans[word][1] > span[0]) for word in pieces.word]


def cut(reader: Reader, text: str, label: int, span: tuple[int, int] | None) -> tuple[list[int], list[int], list[int], int]:
    """Ids, types, token labels and the label of the first window, or of the first one with the attack."""
    pieces = reader.read(text)
    tokens = token_labels(pieces, label, span)
    start = 0
    while label and not any(tokens[start:start + ROOM]) and start + ROOM < len(tokens):
        start += ROOM - OVERLAP
    window = slice(start, start + ROOM)
    return pieces.ids[window], pieces.types[window], tokens[window], label


def batches(lengths: list[int], tokens: int) -> list[slice]:
    """Neighbours that together, padded, have at most so many tokens; lengths grow."""
    out, i = [], 0
    while i < len(lengths):
        j = i + 1
        while j < len(lengths) and (j + 1 - i) * lengths[j] <= tokens:
            j += 1
        out.append(slice(i, j))
        i = j
    return out


@torch.no_grad()
def windows(model: Edge, reader: Reader, data: Path, split: str) -> list[Window]:
    """Texts of a split as the trunk sees them, the short ones first."""
    count, seed = TEXTS[split]
    cuts = [cut(reader, *row) for row in injection_spans(split, Random(seed), data, count)]
    cuts = sorted((row for row in cuts if row[0]), key=lambda row: len(row[0]))
    out = []
    for part in batches([len(row[0]) + 2 for row in cuts], 4096):
        ids, types, mask = padded([row[:2] for row in cuts[part]])
        both = torch.cat(states_of(model.trunk, ids, types, mask), -1).half()
        for states, (pieces, _, tokens, label) in zip(both, cuts[part]):
            said = torch.tensor([0, *tokens, 0])
            out.append(Window(states[:len(pieces) + 2].clone(), said, label))
    return out


def batch(rows: list[Window]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """States, mask, token labels and text labels."""
    pad = nn.utils.rnn.pad_sequence
    states = pad([row.states for row in rows], batch_first=True).float()
    tokens = pad([row.tokens for row in rows], batch_first=True, padding_value=UNSAID)
    mask = torch.arange(states.shape[1])[None] < torch.tensor([len(row.states) for row in rows])[:, None]
    return states, mask, tokens, torch.tensor([float(row.label) for row in rows])


def train(model: Edge, reader: Reader, data: Path) -> Adapter:
    """An adapter for a trunk."""
    rows = windows(model, reader, data, "train")
    parts = batches([len(row.states) for row in rows], TOKENS)
    torch.manual_seed(1)
    adapter = Adapter(DROPOUT)
    for cycle, (epochs, unsure) in enumerate(CYCLES, 1):
        torch.manual_seed(cycle)
        optimizer = torch.optim.AdamW(adapter.parameters(), lr=RATE, weight_decay=0.02)
        rng, total, step = Random(cycle), epochs * len(parts), 0
        for _ in range(epochs):
            order = parts.copy()
            rng.shuffle(order)
            for part in order:
                cosine = 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / total))
                for group in optimizer.param_groups:
                    group["lr"] = RATE * min(1.0, (step + 1) / 100) * cosine
                states, mask, tokens, labels = batch(rows[part])
                of_tokens, of_texts = adapter(states, mask)
                said = tokens != UNSAID
                loss = F.binary_cross_entropy_with_logits(of_texts, labels * (1 - unsure) + unsure / 2)
                loss = loss + F.binary_cross_entropy_with_logits(of_tokens[said], tokens[said].float())
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(adapter.parameters(), 1.0)
                optimizer.step()
                step += 1
    return adapter.eval()


def calibration(adapter: Adapter, dev: list[Window]) -> list[float]:
    """Factor and offset of the logit by logistic regression (Platt 1999)."""
    logits, labels = [], []
    with torch.no_grad():
        for part in batches([len(window.states) for window in dev], 8192):
            states, mask, _, known = batch(dev[part])
            logits.append(adapter.smooth_maximum(adapter.tokens(states, mask), mask))
            labels.append(known)
    x, y = torch.cat(logits), torch.cat(labels)
    weights = torch.tensor([1.0, 0.0], requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=50)

    def closure():
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(x * weights[0] + weights[1], y)
        loss.backward()
        return loss

    optimizer.step(closure)
    return [round(w, 4) for w in weights.tolist()]
