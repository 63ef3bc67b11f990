"""Real text with labels by people: tweets, posts, encyclopedia, filings. Only names, places and organisations are labelled
in them; what else they hold is left open."""

from __future__ import annotations

import json
import re
from pathlib import Path

from .doc import Doc, Span
from .splits import split_of

NAMES = frozenset({"PERSON", "LOCATION", "ORGANIZATION"})
# Open: neither is asked of the tagger nor held against it.
OPEN = "OPEN"
SETS = ("wnut17", "broad_twitter_corpus", "wikigold", "sec_filings_ner")
# Parties of contracts, which one of the sets labels as persons.
ROLES = re.compile(r"(?i)^(the )?(borrower|lender|guarantor|company|bank|agent|executive|employee|employer|party|seller|buyer)s?$")


def labelled(data: Path, split: str) -> list[Doc]:
    """The documents of all sets in a split."""
    docs = []
    for name in SETS:
        for line in (data / "pii" / name / "data.jsonl").open(encoding="utf-8"):
            row = json.loads(line)
            if split_of(row["text"]) == split:
                docs.append(doc_of(row, name))
    return docs


def doc_of(row: dict, kind: str) -> Doc:
    """One row of a set."""
    text = row["text"]
    spans = []
    for span in sorted(row["spans"], key=lambda s: s["start"]):
        start, end, type_ = span["start"], span["end"], span["type"]
        if spans and start < spans[-1].end:
            continue
        inside = text[start:end]
        if type_ == "ORG":
            type_ = "ORGANIZATION"
        elif type_ not in NAMES:
            type_ = OPEN
        if type_ == "PERSON" and ROLES.match(inside):
            continue
        # Filings label the parts of an address as places.
        if kind == "sec_filings_ner" and type_ == "LOCATION" and any(c.isdigit() for c in inside):
            type_ = OPEN
        spans.append(Span(start, end, type_))
    return Doc(text, spans, kind, NAMES)
