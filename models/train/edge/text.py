"""From text to what the trunk reads: word pieces and, for each, the case that the uncased vocabulary lost.

The gateway's `inference::edge::tokens` does the same thing; both are held together by the cases in
`models/edge/tokens.json`, which `export` writes and a Rust test replays.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

CLS, SEP, PAD = 101, 102, 0
# How a word is written: 0 lower case or without letters, 1 First letter, 2 ALL, 3 miXed.
SHAPES = 4
# What stands before it: 0 nothing (glued), 1 blanks, 2 a line break or the start of the text.
GAPS = 3
TYPES = SHAPES * GAPS


@dataclass
class Pieces:
    """Word pieces of a text. `word[i]` is the number of the word that piece i belongs to; `spans` are the code points
    of each word."""

    ids: list[int]
    types: list[int]
    word: list[int]
    spans: list[tuple[int, int]]


def shape_of(word: str) -> int:
    """How a word is written."""
    letters = [c for c in word if c.isupper() or c.islower()]
    upper = sum(c.isupper() for c in letters)
    if upper == 0:
        return 0
    if upper == 1 and letters[0].isupper():
        return 1
    return 2 if upper == len(letters) else 3


def gap_of(text: str, before: int, start: int) -> int:
    """What stands between the word that ends at `before` and the one that starts at `start`."""
    if before < 0:
        return 2
    between = text[before:start]
    if "\n" in between or "\r" in between:
        return 2
    return 1 if between else 0


class Reader:
    """Cuts texts into word pieces."""

    def __init__(self, tokenizer: Path):
        self.tokenizer = Tokenizer.from_file(str(tokenizer))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()

    def read(self, text: str) -> Pieces:
        """All pieces of a text, special ones left out."""
        return self.pieces(text, self.tokenizer.encode(text, add_special_tokens=False))

    def read_all(self, texts: list[str]) -> list[Pieces]:
        """The same for many texts."""
        encodings = self.tokenizer.encode_batch(texts, add_special_tokens=False)
        return [self.pieces(text, encoding) for text, encoding in zip(texts, encodings)]

    @staticmethod
    def pieces(text: str, encoding) -> Pieces:
        spans: list[tuple[int, int]] = []
        word: list[int] = []
        last = None
        for number, (start, end) in zip(encoding.word_ids, encoding.offsets):
            if number != last:
                spans.append((start, end))
                last = number
            else:
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            word.append(len(spans) - 1)
        kinds = []
        before = -1
        for start, end in spans:
            kinds.append(shape_of(text[start:end]) * GAPS + gap_of(text, before, start))
            before = end
        return Pieces(list(encoding.ids), [kinds[w] for w in word], word, spans)
