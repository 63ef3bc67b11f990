"""Makes a labelled text look typed: case lost or shouted, typing errors, missing punctuation, odd blanks."""

from __future__ import annotations

import random
import unicodedata

from .doc import Doc, Span

KEYS = "qwertyuiop asdfghjkl zxcvbnm"
# Types whose value loses its meaning when its letters change case.
EXACT = frozenset({"SECRET", "PASSWORD", "URL"})


def segments(doc: Doc) -> list[tuple[str, str | None]]:
    """The text cut at the borders of its spans."""
    out: list[tuple[str, str | None]] = []
    at = 0
    for span in doc.spans:
        out.append((doc.text[at:span.start], None))
        out.append((doc.text[span.start:span.end], span.type))
        at = span.end
    out.append((doc.text[at:], None))
    return out


def joined(parts: list[tuple[str, str | None]], doc: Doc) -> Doc:
    """The text of segments."""
    spans, texts, at = [], [], 0
    for text, type_ in parts:
        if type_ and text.strip():
            spans.append(Span(at, at + len(text), type_))
        texts.append(text)
        at += len(text)
    return Doc("".join(texts), spans, doc.kind, doc.scored)


def typo(word: str, rng: random.Random) -> str:
    """One slip of the fingers."""
    if len(word) < 3:
        return word
    i = rng.randrange(len(word) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return word[:i] + word[i + 1] + word[i] + word[i + 2:]
    if kind == 1:
        return word[:i] + word[i + 1:]
    if kind == 2:
        return word[:i] + word[i] + word[i:]
    near = KEYS.find(word[i].lower())
    return word if near < 0 else word[:i] + KEYS[min(near + 1, len(KEYS) - 1)].strip() + word[i + 1:]


def with_typos(text: str, rng: random.Random, every: int) -> str:
    """About one typing error in `every` words of letters."""
    words = text.split(" ")
    return " ".join(typo(w, rng) if w.isalpha() and rng.randrange(every) == 0 else w for w in words)


def plain(text: str) -> str:
    """Without accents, where a letter stays a letter."""
    out = []
    for c in text:
        base = unicodedata.normalize("NFD", c)[0]
        out.append(base if base.isascii() and base.isalpha() else c)
    return "".join(out)


def noisy(doc: Doc, rng: random.Random) -> Doc:
    """The text as somebody else would have typed it; often unchanged."""
    parts = segments(doc)
    dice = rng.random()
    if dice < 0.16:
        parts = [(t if k in EXACT else t.lower(), k) for t, k in parts]
    elif dice < 0.22:
        parts = [(t if k in EXACT else t.upper(), k) for t, k in parts]
    elif dice < 0.30:
        parts = [(t.lower() if k in ("PERSON", "LOCATION", "ORGANIZATION") else t, k) for t, k in parts]
    elif dice < 0.32:
        parts = [(t.upper() if k in ("PERSON", "LOCATION", "ORGANIZATION", "STREET_ADDRESS") else t, k) for t, k in parts]
    elif dice < 0.34:
        parts = [(t if k in EXACT else t.title(), k) for t, k in parts]
    if rng.random() < 0.10:
        every = rng.choice((6, 8, 12))
        parts = [(with_typos(t, rng, every) if k is None or (k == "PERSON" and rng.random() < 0.2) else t, k)
                 for t, k in parts]
    if rng.random() < 0.05:
        parts = [(plain(t), k) for t, k in parts]
    if rng.random() < 0.04:
        parts = [(t.replace(",", "").replace(".", "") if k is None else t, k) for t, k in parts]
    if rng.random() < 0.03:
        parts = [(t.replace("\n", " "), k) for t, k in parts]
    if rng.random() < 0.02:
        parts = [(t.replace(" ", "  "), k) for t, k in parts]
    return joined(parts, doc)
