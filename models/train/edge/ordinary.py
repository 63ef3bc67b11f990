"""Real text without labels: what people ask, and what they paste. For the teachers and for distilling the embedding."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from .doc import Doc, Span
from .labelled import NAMES, OPEN
from .splits import split_of

# Longer texts are cut at a line or a blank, as windows are in the gateway.
LONGEST = 900


def cut(text: str) -> str:
    """The beginning of a text, ending at a blank."""
    text = text.strip()
    if len(text) <= LONGEST:
        return text
    return text[:text.rfind(" ", 0, LONGEST)]


def rows(path: Path):
    """Objects of a JSON-lines file."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def ordinary(data: Path, split: str = "train") -> list[str]:
    """Texts of a split in a fixed order, duplicates left out. The questions that evaluate others' models keep their
    official side: only training files are read."""
    texts: list[str] = []
    for row in rows(data / "gsm8k" / "train.jsonl"):
        texts.append(row["question"])
    for row in rows(data / "llmrouter_uiuc" / "example_data" / "query_data" / "default_query_train.jsonl"):
        if row["task_name"] != "gpqa":
            texts.append(row["query"])
    for row in rows(data / "self_instruct" / "data" / "seed_tasks.jsonl"):
        for one in row["instances"]:
            texts.append((row["instruction"] + "\n" + one["input"]).strip())
            texts.append(one["output"])
    with (data / "truthfulqa" / "TruthfulQA.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            texts.append(row["Question"])
            texts.append(row["Best Answer"])
    for path in sorted((data / "routellm_evals" / "mmlu" / "responses").glob("*.csv")):
        with path.open(encoding="utf-8") as file:
            for i, row in enumerate(csv.DictReader(file)):
                if i < 40:
                    texts.append(row["prompt"])
    for path in sorted((data / "bipia" / "benchmark").glob("*/train.jsonl")):
        for row in rows(path):
            for key in ("context", "question"):
                value = row.get(key)
                texts.append("\n".join(value) if isinstance(value, list) else str(value or ""))
    seen = set()
    out = []
    for text in map(cut, texts):
        if len(text) > 8 and text not in seen and split_of(text) == split:
            seen.add(text)
            out.append(text)
    return out


PLACES = frozenset({"city", "state", "country"})
UNSURE = frozenset({"geographic_poi", "poi", "artist", "entity_name", "object_name", "track", "album", "movie_name",
                    "restaurant_name", "object_location_type", "location_name", "playlist", "party_size_description"})


def utterances(data: Path, split: str = "train") -> list[tuple[str, str, Doc]]:
    """Snips: (text, intent, labelled document). Their cities, states and countries are often in lower case."""
    out = []
    for path in sorted((data / "snips").glob("*/train_*_full.json")):
        intent = path.parent.name
        for row in json.loads(path.read_text(encoding="utf-8", errors="replace"))[intent]:
            text, spans = "", []
            for part in row["data"]:
                type_ = part.get("entity")
                label = "LOCATION" if type_ in PLACES else OPEN if type_ in UNSURE else None
                piece = part["text"]
                if label and piece.strip():
                    lead = len(piece) - len(piece.lstrip())
                    spans.append(Span(len(text) + lead, len(text) + len(piece.rstrip()), label))
                text += piece
            if split_of(text) == split:
                out.append((text, "snips:" + intent, Doc(text, spans, "snips", NAMES)))
    return out


def banking(data: Path, split: str = "train") -> list[tuple[str, str]]:
    """Banking77's training file: (text, intent)."""
    with (data / "banking77" / "banking_data" / "train.csv").open(encoding="utf-8") as file:
        pairs = [(row["text"], "banking:" + row["category"]) for row in csv.DictReader(file)]
    return [pair for pair in pairs if split_of(pair[0]) == split]
