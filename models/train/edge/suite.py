"""Writes the suite that `weir eval heads` reads: one JSON-lines file a question, all of it text that was never trained on.

Test splits of the labelled sets are texts of kinds that were trained on; `unseen` marks sets of which no kind was.
"""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

from . import injection, labelled, prompts
from .doc import Doc, Span, fill
from .labelled import NAMES, OPEN
from .noise import joined, segments
from .ordinary import rows
from .self_information import Smol, scored
from .synth import HELD_OUT, held_out, negatives
from .synth.values import Values

SEED = 20261122
# Texts whose words a language model weighs.
WEIGHED = 200
# How other sets call what we call something else. What is not listed is open.
TYPES = {
    "PERSON": "PERSON", "LOCATION": "LOCATION", "GPE": "LOCATION", "ORG": "ORGANIZATION", "ORGANIZATION": "ORGANIZATION",
    "ADDRESS": "STREET_ADDRESS", "STREET_ADDRESS": "STREET_ADDRESS", "PHONE": "PHONE_NUMBER", "PHONE_NUMBER": "PHONE_NUMBER",
    "EMAIL": "EMAIL_ADDRESS", "EMAIL_ADDRESS": "EMAIL_ADDRESS", "CREDIT_CARD": "CREDIT_CARD", "IBAN_BANK": "BANK_ACCOUNT",
    "IBAN_CODE": "BANK_ACCOUNT", "SSN_GOVID": "GOV_ID", "US_SSN": "GOV_ID", "US_DRIVER_LICENSE": "GOV_ID",
    "IP": "IP_ADDRESS", "IP_ADDRESS": "IP_ADDRESS", "URL": "URL", "DOMAIN_NAME": "URL", "DATE_OF_BIRTH": "DATE_OF_BIRTH",
    "SECRET": "SECRET",
}


def foreign(data: Path, name: str, scored: frozenset[str] | None) -> list[Doc]:
    """A labelled set of others under our names; of spans that overlap the first and longest stays."""
    docs = []
    for row in rows(data / "pii" / name / "data.jsonl"):
        spans: list[Span] = []
        for s in sorted(row["spans"], key=lambda s: (s["start"], -s["end"])):
            if not spans or s["start"] >= spans[-1].end:
                spans.append(Span(s["start"], s["end"], TYPES.get(s["type"], OPEN)))
        docs.append(Doc(row["text"], spans, name, scored))
    return docs


def lower_names(docs: list[Doc]) -> list[Doc]:
    """The same texts with every person in lower case."""
    return [joined([(t.lower() if k == "PERSON" else t, k) for t, k in segments(doc)], doc)
            for doc in docs if any(s.type == "PERSON" for s in doc.spans)]


def clean(data: Path, rng: random.Random) -> list[Doc]:
    """Hard text without personal data."""
    docs = [fill(negatives.compose(rng), Values(rng, "test", data), "negatives") for _ in range(800)]
    with gzip.open(data / "humaneval" / "HumanEval.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            docs.append(Doc(row["prompt"] + row["canonical_solution"], [], "code"))
    for path in sorted((data / "bfcl_v4" / "multi_turn_func_doc").glob("*.json")):
        for line in path.read_text(encoding="utf-8").splitlines()[:12]:
            docs.append(Doc(line, [], "schemas"))
    for name in ("airline", "retail"):
        text = (data / "tau_bench" / "tau_bench" / "envs" / name / "wiki.md").read_text(encoding="utf-8")
        docs.extend(Doc(part, [], "policies") for part in text.split("\n\n") if len(part) > 40)
    return docs


def write(path: Path, items) -> None:
    with path.open("w", encoding="utf-8") as file:
        for item in items:
            file.write(json.dumps(item, ensure_ascii=False) + "\n")


def suite(data: Path, out: Path, gguf: Path) -> None:
    """Writes all files; `gguf` is the language model that says what words tell."""
    out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(SEED)
    synthetic = [held_out(rng, kind, data) for kind in HELD_OUT for _ in range(60)]
    presidio = foreign(data, "presidio_research_synth_v2", None)
    unseen = synthetic + presidio
    unseen += foreign(data, "presidio_research_generated_large", None)
    unseen += foreign(data, "pasteguard_pii_cases", None)
    unseen += foreign(data, "uner_english_ewt_dev", NAMES)
    unseen += foreign(data, "uner_german_pud", NAMES)
    seen = labelled.labelled(data, "test")
    entities = [(doc, "unseen") for doc in unseen] + [(doc, "test_split") for doc in seen]
    named = synthetic + presidio + foreign(data, "uner_english_ewt_dev", NAMES) + seen
    entities += [(doc, "lower_case") for doc in lower_names(named)]
    entities += [(doc, "clean") for doc in clean(data, rng)]
    write(out / "entities.jsonl", (
        {"group": group, "set": doc.kind, "text": doc.text, "spans": [[s.start, s.end, s.type] for s in doc.spans],
         **({"scored": sorted(doc.scored)} if doc.scored else {})} for doc, group in entities))
    clinc = json.loads((data / "clinc150" / "data" / "data_full.json").read_text(encoding="utf-8"))
    write(out / "intents.jsonl", (
        {"split": split, "text": text, "intent": intent}
        for split in ("train", "test", "oos_test") for text, intent in clinc[split]))
    write(out / "injection.jsonl", (
        {"set": name, "text": text, "label": label}
        for name, pairs in injection.injection_test(data).items() for text, label in pairs))
    write(out / "tasks.jsonl", ({"text": text, "task": task} for text, task in prompts.task_test(data)))
    smol = Smol(gguf)
    long = [doc for doc in presidio if 120 < len(doc.text)][:WEIGHED]
    write(out / "keep.jsonl", (scored(smol, doc.text, [(s.start, s.end, s.type) for s in doc.spans]) for doc in long))
