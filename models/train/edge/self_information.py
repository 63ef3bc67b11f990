"""How much each word of a text tells: its self-information in bits under SmolLM2-135M-Instruct.

Words that a language model could have guessed can go when a context must shrink (Li et al. 2023, "Compressing Context to
Enhance Inference Efficiency of Large Language Models"). Numbers, negations, names and identifiers must stay whatever
the model thinks of them.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from .labelled import NAMES

# What the processor multiplies fastest.
NUMBER = torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32
NEGATIONS = frozenset("no not never none nothing neither nor without cannot can't don't doesn't didn't won't isn't aren't "
                      "wasn't weren't shouldn't mustn't unless except kein keine nicht nie ohne ne pas jamais sans nunca "
                      "sin non mai senza".split())
IDENTIFIER = re.compile(r"\d|[_@/\\{}<>=#$]|[a-z][A-Z]|^[A-Z]{2,}$")
WORD = re.compile(r"\S+")


class Smol:
    """The generator's weights, dequantised, as a plain forward pass (Touvron et al. 2023)."""

    def __init__(self, path: Path):
        from gguf import GGUFReader, dequantize
        from tokenizers import Tokenizer, decoders, models, pre_tokenizers

        reader = GGUFReader(str(path))
        self.w = {}
        for t in reader.tensors:
            value = torch.from_numpy(np.array(dequantize(t.data, t.tensor_type), np.float32))
            self.w[t.name] = value.to(NUMBER) if value.dim() == 2 else value
        field = lambda name: reader.fields[name].contents()
        self.layers = field("llama.block_count")
        self.eps = field("llama.attention.layer_norm_rms_epsilon")
        self.base = field("llama.rope.freq_base")
        vocab = {token: i for i, token in enumerate(field("tokenizer.ggml.tokens"))}
        merges = [tuple(m.split(" ")) for m in field("tokenizer.ggml.merges")]
        self.tokenizer = Tokenizer(models.BPE(vocab, merges))
        self.tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
        self.tokenizer.decoder = decoders.ByteLevel()
        self.bos = field("tokenizer.ggml.bos_token_id")

    def norm(self, x, name):
        x = x.float()
        return (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.w[name]).to(NUMBER)

    @torch.no_grad()
    def bits(self, ids: list[int]) -> list[float]:
        """Bits of each token after those before it."""
        row = [self.bos, *ids]
        x = self.w["token_embd.weight"][torch.tensor(row)]
        t, heads, groups, size = len(row), 9, 3, 64
        angle = torch.outer(torch.arange(t).float(), self.base ** (-torch.arange(0, size, 2).float() / size))
        cos, sin = angle.cos().to(NUMBER), angle.sin().to(NUMBER)

        def turn(v):
            # GGUF keeps pairs side by side.
            a, b = v[..., 0::2], v[..., 1::2]
            return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)

        for i in range(self.layers):
            w = lambda name: self.w[f"blk.{i}.{name}.weight"]
            h = self.norm(x, f"blk.{i}.attn_norm.weight")
            q = turn((h @ w("attn_q").T).view(t, heads, size).transpose(0, 1))
            k = turn((h @ w("attn_k").T).view(t, groups, size).transpose(0, 1))
            v = (h @ w("attn_v").T).view(t, groups, size).transpose(0, 1)
            k, v = (z.repeat_interleave(heads // groups, 0) for z in (k, v))
            y = F.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=True)[0]
            x = x + y.transpose(0, 1).reshape(t, -1) @ w("attn_output").T
            h = self.norm(x, f"blk.{i}.ffn_norm.weight")
            x = x + (F.silu(h @ w("ffn_gate").T) * (h @ w("ffn_up").T)) @ w("ffn_down").T
        logits = (self.norm(x[:-1], "output_norm.weight") @ self.w["token_embd.weight"].T).float()
        logp = F.log_softmax(logits, -1)
        return (-logp[torch.arange(t - 1), torch.tensor(ids)] / np.log(2)).tolist()


def words(text: str, offsets, bits) -> list[tuple[int, int, float]]:
    """Bits summed over each word."""
    out = []
    at = 0
    for m in WORD.finditer(text):
        total = 0.0
        while at < len(offsets) and offsets[at][0] < m.end():
            total += bits[at]
            at += 1
        out.append((m.start(), m.end(), total))
    return out


def keep(text: str, told: list[tuple[int, int, float]], spans) -> list[tuple[int, int, float]]:
    """From bits to how much a word is worth keeping, 0 to 1: its rank within the text; 1 for what must never go."""
    order = sorted(range(len(told)), key=lambda i: told[i][2])
    rank = {i: (place + 0.5) / len(told) for place, i in enumerate(order)}
    out = []
    for i, (start, end, _) in enumerate(told):
        word = text[start:end]
        named = any(s < end and start < e for s, e, type_ in spans if type_ in NAMES)
        held = named or IDENTIFIER.search(word) or word.lower().strip(".,;:!?\"'()") in NEGATIONS
        out.append((start, end, 1.0 if held else rank[i]))
    return out


def scored(smol: Smol, text: str, spans) -> dict:
    """A text with how much each of its words is worth keeping."""
    text = text[:700]
    e = smol.tokenizer.encode(text)
    told = words(text, e.offsets, smol.bits(e.ids))
    return {"text": text, "keep": [[s, t, round(v, 3)] for s, t, v in keep(text, told, spans)]}


def teach(taught: Path, gguf: Path, out: Path, count: int) -> None:
    """Scores the words of some of the texts that the taggers labelled."""
    rows = [json.loads(line) for line in taught.open(encoding="utf-8")]
    rows = [row for row in rows if 120 < len(row["text"])]
    step = max(1, len(rows) // count)
    smol = Smol(gguf)
    part = out.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        for i, row in enumerate(rows[::step]):
            file.write(json.dumps(scored(smol, row["text"], row["spans"])) + "\n")
            if i % 200 == 0:
                print(f"self-information: {i} of {len(rows) // step}", file=sys.stderr, flush=True)
    part.replace(out)
