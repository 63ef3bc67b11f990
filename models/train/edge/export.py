"""From a trained model to the pack that ships: int8 tables with a scale a row, the manifest, and cases that hold the gateway's
tokens to ours."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

from .doc import ENTITIES
from .model import ATTENTION_HEADS, LAYERS, WIDTH, Edge
from .prompts import TASKS
from .text import Reader
from .train import MIDDLE

NAME, VERSION = "weir-edge", "1"
WINDOW = 256
# From which probability a word counts; found on the dev split by `thresholds`.
DEFAULT_THRESHOLD = 0.5

CASES = (
    "", "Anna Lee", "ask anna lee", "McDonald's  iPhone\n\nUSA", "jane.doe+x@mail.example.co.uk", "Zoë Ångström, née DUPONT",
    "你好 Anna 世界", "Иван Петров", "😀 hi 👩‍👩‍👧!", "a\tb\r\nc", "x" * 300 + " end", "price: 3,50€ (50%)", "\u200bab\u00adc",
    "שלום Dana", "it's O'Brien-Smith's", "İstanbul", "ﬁne ½ ①",
)


def quantised(table: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows of int8 and their scales. Of a few clipping points the one with the least squared error is taken."""
    table = table.float()
    most = table.abs().amax(1).clamp(min=1e-12)
    best, error = None, None
    for clip in (1.0, 0.97, 0.94, 0.9, 0.85):
        scale = most * clip / 127
        rows = (table / scale[:, None]).round().clamp(-127, 127)
        off = (rows * scale[:, None] - table).square().sum(1)
        if best is None:
            best, error, chosen = rows, off, scale
        else:
            better = off < error
            best = torch.where(better[:, None], rows, best)
            chosen, error = torch.where(better, scale, chosen), torch.where(better, off, error)
    return best.to(torch.int8), chosen


def tensors(model: Edge, wide: bool) -> dict[str, torch.Tensor]:
    """What ships of a model: all but the last layer of the gain head, whose features are what counts. `wide` keeps f32, to
    compare the two."""
    out = {}
    for name, value in model.state_dict().items():
        if name.startswith("gain."):
            continue
        if value.dim() == 2 and not wide:
            out[name], out[name + ".scale"] = quantised(value)
        else:
            out[name] = value.float()
    return {name: value.contiguous() for name, value in out.items()}


def cases(reader: Reader) -> list[dict]:
    """Texts with their pieces; offsets in code points."""
    rows = []
    for text in CASES:
        p = reader.read(text)
        rows.append({"text": text, "ids": p.ids, "types": p.types, "words": p.word, "spans": p.spans})
    return rows


def export(model: Edge, tokenizer: Path, out: Path, thresholds: dict[str, float], injection: list[float],
           wide: bool = False) -> None:
    """Writes the pack."""
    out.mkdir(parents=True, exist_ok=True)
    save_file(tensors(model, wide), str(out / "edge.safetensors"))
    shutil.copyfile(tokenizer, out / "tokenizer.json")
    manifest = {
        "name": NAME, "version": VERSION,
        "trunk": {"width": WIDTH, "layers": LAYERS, "heads": ATTENTION_HEADS, "window": WINDOW, "middle": MIDDLE},
        "entities": list(ENTITIES),
        "thresholds": [thresholds.get(name, DEFAULT_THRESHOLD) for name in ENTITIES],
        "tasks": list(TASKS), "injection": injection,
        "sha256": hashlib.sha256((out / "edge.safetensors").read_bytes()).hexdigest(),
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    (out / "cases.json").write_text(json.dumps(cases(Reader(tokenizer)), ensure_ascii=True) + "\n")
