"""One stable split for everything: the same key falls on the same side in every run and every file."""

from __future__ import annotations

from zlib import crc32

SPLITS = ("train", "dev", "test")


def split_of(key: str) -> str:
    """train (80 of 100), dev (10) or test (10); case and white space do not count."""
    place = crc32(" ".join(key.lower().split()).encode()) % 100
    return "train" if place < 80 else "dev" if place < 90 else "test"


def fragments(items, split: str) -> list:
    """The items of a written list that belong to a split, by their place: of ten, one is dev's and one is test's.

    Lists are ordered by kind, so each side gets some of every kind; appended lines leave the others where they are.
    """
    return [item for place, item in enumerate(items) if {4: "dev", 9: "test"}.get(place % 10, "train") == split]
