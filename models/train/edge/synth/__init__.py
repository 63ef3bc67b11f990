"""Synthetic text with labelled personal data, written by our own generator.

`values` makes the values (names, numbers, addresses of many countries), the `kinds_*` modules hold the documents they
are put into, `negatives` texts that only look as if they held something. Kinds in `HELD_OUT` are never trained on.
"""

from __future__ import annotations

import random
from pathlib import Path

from ..doc import Doc, fill
from . import kinds_prose, kinds_structured, kinds_world, negatives
from .values import Values

HELD_OUT = (*sorted(kinds_prose.HELD_OUT), *sorted(kinds_structured.HELD_OUT))
PROSE = sorted(set(kinds_prose.TRAINING))
STRUCTURED = sorted(set(kinds_structured.KINDS) - set(kinds_structured.HELD_OUT))
PROSE_WEIGHTS = [kinds_prose.WEIGHTS[kind] for kind in PROSE]


def document(rng: random.Random, split: str, data: Path) -> Doc:
    """One text of a kind for training, with the values of a split."""
    values = Values(rng, split, data)
    dice = rng.random()
    if dice < 0.30:
        return kinds_world.document(rng, values)
    if dice < 0.60:
        kind = rng.choices(PROSE, PROSE_WEIGHTS)[0]
        return fill(kinds_prose.compose(rng, kind), values, kind)
    if dice < 0.83:
        kind = rng.choice(STRUCTURED)
        return fill(kinds_structured.compose(rng, kind), values, kind)
    return fill(negatives.compose(rng), values, "negative")


def held_out(rng: random.Random, kind: str, data: Path) -> Doc:
    """One text of a kind that is never trained on, with values that are not either."""
    module = kinds_prose if kind in kinds_prose.HELD_OUT else kinds_structured
    return fill(module.compose(rng, kind), Values(rng, "test", data), kind)
