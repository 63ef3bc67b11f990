"""What the trainer reads at each step. A step's data depends on seed and number of the step alone, so a cut run goes on
as if it had not been cut."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

import torch

from . import injection, ordinary, prompts
from .doc import ENTITIES, Doc, Span
from .labelled import NAMES, OPEN, labelled
from .noise import noisy, with_typos
from .synth import document
from .teachers import taught
from .text import CLS, PAD, SEP, Pieces, Reader

# Targets that are no tag: left open, and "none of the labelled types" of a text in which only some types are labelled.
IGNORE, NO_NAME = -100, -1
# Longest window in training, special pieces included.
LONGEST = 256
# Most characters of a text whose intent is told apart from others'.
SHORT = 90
BEGIN = {name: 1 + 2 * i for i, name in enumerate(ENTITIES)}
NAME_TAGS = [tag for name in sorted(NAMES) for tag in (BEGIN[name], BEGIN[name] + 1)]


def targets(doc: Doc, pieces: Pieces) -> list[int]:
    """One target a piece. A word belongs to the span that it touches."""
    nothing = 0 if doc.scored is None else NO_NAME
    out = []
    at = 0
    begun = -1
    for piece, word in enumerate(pieces.word):
        start, end = pieces.spans[word]
        while at < len(doc.spans) and doc.spans[at].end <= start:
            at += 1
        span = doc.spans[at] if at < len(doc.spans) else None
        if span is None or span.start >= end:
            out.append(nothing)
        elif span.type == OPEN:
            out.append(IGNORE)
        else:
            out.append(BEGIN[span.type] + (begun == at))
            begun = at
    return out


def append(a: Doc, b: Doc, between: str) -> Doc:
    """Two texts as one."""
    shift = len(a.text) + len(between)
    moved = [Span(s.start + shift, s.end + shift, s.type) for s in b.spans]
    return Doc(a.text + between + b.text, a.spans + moved, a.kind, a.scored)


@dataclass
class TagBatch:
    """Windows for the tagger."""

    ids: torch.Tensor
    types: torch.Tensor
    mask: torch.Tensor
    targets: torch.Tensor


@dataclass
class TextBatch:
    """Texts for the heads that answer once a text; a label of -1 is none. `gain` is nan where there is none; `clean` are ids
    and mask of the same texts before noise."""

    ids: torch.Tensor
    types: torch.Tensor
    mask: torch.Tensor
    clean: tuple[torch.Tensor, torch.Tensor]
    injection: torch.Tensor
    task: torch.Tensor
    gain: torch.Tensor


@dataclass
class IntentBatch:
    """Short texts with the numbers of their intents, several of each; `clean` as in `TextBatch`."""

    ids: torch.Tensor
    types: torch.Tensor
    mask: torch.Tensor
    clean: tuple[torch.Tensor, torch.Tensor]
    intents: torch.Tensor


@dataclass
class KeepBatch:
    """Windows with how much each piece is worth keeping, 0 to 1; nan where nothing is said."""

    ids: torch.Tensor
    types: torch.Tensor
    mask: torch.Tensor
    keep: torch.Tensor


def padded(rows: list[tuple[list[int], list[int]]]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids, types and mask of windows, with the special pieces around them."""
    width = max(len(ids) for ids, _ in rows) + 2
    ids = torch.full((len(rows), width), PAD)
    types = torch.zeros_like(ids)
    mask = torch.zeros(ids.shape, dtype=torch.bool)
    for i, (piece_ids, piece_types) in enumerate(rows):
        n = len(piece_ids)
        ids[i, :n + 2] = torch.tensor([CLS, *piece_ids, SEP])
        types[i, 1:n + 1] = torch.tensor(piece_types, dtype=torch.long)
        mask[i, :n + 2] = True
    return ids, types, mask


def unmarked(rows: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and mask of windows whose writing does not count."""
    ids, _, mask = padded([(row, [0] * len(row)) for row in rows])
    return ids, mask


class Data:
    """All sources of one split."""

    def __init__(self, data: Path, work: Path, reader: Reader, split: str, seed: int):
        self.data, self.reader, self.split, self.seed = data, reader, split, seed
        self.real = labelled(data, split)
        self.taught = taught(work / "taught.jsonl") if split == "train" else []
        self.told = [json.loads(line) for line in (work / "keep.jsonl").open(encoding="utf-8")]
        self.told = [row for i, row in enumerate(self.told) if (i % 10 == 0) == (split == "dev")]
        self.utterances = ordinary.utterances(data, split)
        rng = random.Random(f"{seed} {split}")
        banking = ordinary.banking(data, split)
        self.plain = (ordinary.ordinary(data, split) + [t for t, _, _ in self.utterances] + [t for t, _ in banking]
                      + [d.text for d in self.real])
        self.intents: dict[str, list[str]] = {}
        for text, intent in [*banking, *((t, i) for t, i, _ in self.utterances)]:
            if len(text) <= SHORT:
                self.intents.setdefault(intent, []).append(text)
        self.tasks: dict[str, list[str]] = {}
        for text, task in prompts.task_examples(data, split, rng):
            self.tasks.setdefault(task, []).append(text)
        self.gain = prompts.gain_examples(data, split)
        self.injection: tuple[list[str], list[str]] = ([], [])
        for text, label in injection.injection_examples(split, rng, data):
            self.injection[label].append(text)

    def doc(self, rng: random.Random) -> Doc:
        """One text for the tagger."""
        dice = rng.random()
        if dice < 0.20 and self.real:
            doc = rng.choice(self.real)
            if rng.random() < 0.25:
                doc = append(doc, rng.choice(self.real), rng.choice(("\n", " ")))
        elif dice < 0.28 and self.taught:
            doc = rng.choice(self.taught)
        elif dice < 0.31:
            doc = rng.choice(self.utterances)[2]
        else:
            doc = document(rng, self.split, self.data)
            while rng.random() < 0.2:
                doc = append(doc, document(rng, self.split, self.data), rng.choice(("\n", "\n\n", " ", "\n---\n")))
        return noisy(doc, rng)

    def tag_batches(self, number: int, count: int, tokens: int) -> list[TagBatch]:
        """The batches of `count` steps from step `number` on, each of about `tokens` pieces, sorted by length within."""
        rng = random.Random(f"{self.seed} {self.split} tags {number}")
        rows = []
        total = 0
        while total < tokens * count * 1.02:
            doc = self.doc(rng)
            pieces = self.reader.read(doc.text)
            if not pieces.ids:
                continue
            marks = targets(doc, pieces)
            start = 0
            if len(pieces.ids) > LONGEST - 2:
                start = rng.randrange(len(pieces.ids) - (LONGEST - 2) + 1)
            window = slice(start, start + LONGEST - 2)
            rows.append((pieces.ids[window], pieces.types[window], marks[window]))
            total += len(rows[-1][0]) + 2
        rows.sort(key=lambda row: len(row[0]))
        out, i = [], 0
        while i < len(rows):
            j, width = i, 0
            while j < len(rows) and (j - i + 1) * (len(rows[j][0]) + 2) <= tokens:
                j += 1
            j = max(j, i + 1)
            ids, types, mask = padded([(a, b) for a, b, _ in rows[i:j]])
            marks = torch.full(ids.shape, IGNORE)
            for k, (_, _, row) in enumerate(rows[i:j]):
                marks[k, 1:len(row) + 1] = torch.tensor(row)
            out.append(TagBatch(ids, types, mask, marks))
            i = j
        rng.shuffle(out)
        while len(out) < count:
            out.append(rng.choice(out))
        return out[:count]

    def text(self, rng: random.Random) -> tuple[str, int, int, dict[str, float]]:
        """One text for the other heads: (text, injection, task, gain)."""
        dice = rng.random()
        none: dict[str, float] = {}
        if dice < 0.26:
            task = rng.choice(sorted(self.tasks))
            text, label = rng.choice(self.tasks[task]), prompts.TASKS.index(task)
            # A request is no attack.
            row = (text, 0 if rng.random() < 0.3 else -1, label, none)
        elif dice < 0.60:
            label = int(rng.random() < 0.5)
            text = rng.choice(self.injection[label])
            if rng.random() < 0.45:
                other = rng.choice(self.plain if rng.random() < 0.6 else self.injection[0])
                text = "\n".join((text, other) if rng.random() < 0.6 else (other, text))
            row = (text, label, -1, none)
        elif dice < 0.76:
            text, outcome = rng.choice(self.gain)
            row = (text, -1, -1, outcome)
        elif dice < 0.90:
            row = (rng.choice(self.plain), 0 if rng.random() < 0.3 else -1, -1, none)
        else:
            row = (self.doc(rng).text, 0, -1, none)
        return row

    def typed(self, text: str, rng: random.Random) -> str:
        """A text as a hurried person types it, or unchanged."""
        dice = rng.random()
        if dice < 0.10:
            text = text.lower()
        elif dice < 0.12:
            text = text.upper()
        return with_typos(text, rng, rng.choice((5, 8, 8))) if rng.random() < 0.40 else text

    def text_batch(self, number: int, tokens: int) -> TextBatch:
        """Texts of about `tokens` pieces in all."""
        rng = random.Random(f"{self.seed} {self.split} texts {number}")
        # Short and long batches take turns, so that little is padding.
        longest = rng.choice((48, 100, LONGEST)) - 2
        rows, tries = [], 0
        width = 0
        while tries < 400:
            tries += 1
            text, *labels = self.text(rng)
            clean = self.reader.read(text[:4000])
            n = len(clean.ids)
            # What makes a text an attack must lie within the window.
            cut = n > longest and (longest < LONGEST - 2 or labels[0] == 1)
            if n == 0 or cut or n < longest // 5:
                continue
            pieces = self.reader.read(self.typed(text[:4000], rng))
            n = min(len(pieces.ids), longest)
            if (len(rows) + 1) * (max(width, n) + 2) > tokens:
                break
            width = max(width, n)
            rows.append((pieces.ids[:n], pieces.types[:n], labels, clean.ids[:longest]))
        labels = [row[2] for row in rows]
        gain = torch.tensor([[g.get(m, float("nan")) for m in prompts.GAIN_MODELS] for _, _, g in labels])
        return TextBatch(*padded([row[:2] for row in rows]), unmarked([row[3] for row in rows]),
                         torch.tensor([a for a, _, _ in labels]), torch.tensor([b for _, b, _ in labels]), gain)

    def intent_batch(self, number: int, intents: int = 18, each: int = 3) -> IntentBatch:
        """Short texts, `each` of every one of some intents."""
        rng = random.Random(f"{self.seed} {self.split} intents {number}")
        chosen = rng.sample(sorted(self.intents), intents)
        texts = [(text, i) for i, name in enumerate(chosen) for text in rng.sample(self.intents[name], each)]
        longest = 60
        pieces = [self.reader.read(self.typed(text, rng)) for text, _ in texts]
        clean = [self.reader.read(text).ids[:longest] for text, _ in texts]
        return IntentBatch(*padded([(p.ids[:longest], p.types[:longest]) for p in pieces]), unmarked(clean),
                           torch.tensor([i for _, i in texts]))

    def keep_batch(self, number: int, tokens: int) -> KeepBatch:
        """Texts whose words were scored, of about `tokens` pieces in all."""
        rng = random.Random(f"{self.seed} {self.split} keep {number}")
        rows, values, width = [], [], 0
        while True:
            row = rng.choice(self.told)
            pieces = self.reader.read(row["text"])
            n = min(len(pieces.ids), LONGEST - 2)
            if (len(rows) + 1) * (max(width, n) + 2) > tokens:
                break
            width = max(width, n)
            marks, at = [], 0
            for word in pieces.word[:n]:
                start = pieces.spans[word][0]
                while at + 1 < len(row["keep"]) and row["keep"][at][1] <= start:
                    at += 1
                marks.append(row["keep"][at][2])
            rows.append((pieces.ids[:n], pieces.types[:n]))
            values.append(marks)
        ids, types, mask = padded(rows)
        keep = torch.full(ids.shape, float("nan"))
        for i, marks in enumerate(values):
            keep[i, 1:len(marks) + 1] = torch.tensor(marks)
        return KeepBatch(ids, types, mask, keep)
