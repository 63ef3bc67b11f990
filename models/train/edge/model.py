"""The trunk and its heads.

The trunk is BERT (Devlin et al. 2018) in the shape of all-MiniLM-L6-v2, whose weights it starts from; the token-type table
holds a row for every way a word can be written. All heads read the last layer of the same pass.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

from .doc import ENTITIES
from .prompts import GAIN_MODELS, TASKS
from .text import TYPES

WIDTH, LAYERS, ATTENTION_HEADS, INNER, VOCAB, POSITIONS = 384, 6, 12, 1536, 30522, 512
TAGS = 1 + 2 * len(ENTITIES)
TAG_INNER = 192
GAIN_FEATURES = 48


class Layer(nn.Module):
    """Self-attention and feed-forward, each followed by a norm."""

    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x, bias):
        b, t, _ = x.shape
        size = WIDTH // ATTENTION_HEADS
        q, k, v = self.qkv(x).view(b, t, 3, ATTENTION_HEADS, size).permute(2, 0, 3, 1, 4)
        # Written out: on a CPU this trains 1.4 times faster than PyTorch's fused attention.
        scores = (q @ k.transpose(-1, -2)) * size**-0.5 + bias.to(q.dtype)
        y = scores.softmax(-1).to(v.dtype) @ v
        x = self.norm1(x + self.out(y.transpose(1, 2).reshape(b, t, WIDTH)))
        return self.norm2(x + self.down(F.gelu(self.up(x))))


class Trunk(nn.Module):
    """Word pieces to states."""

    def __init__(self, types: int = TYPES):
        super().__init__()
        self.words = nn.Embedding(VOCAB, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.types = nn.Embedding(types, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

    def forward(self, ids, types, mask, dropout: float = 0.0):
        at = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.words(ids) + self.positions(at) + self.types(types))
        x = F.dropout(x, dropout, self.training)
        bias = torch.where(mask[:, None, None, :], 0.0, -1e4)
        for layer in self.layers:
            x = layer(x, bias)
        return x

    @classmethod
    def start(cls, weights: Path, types: int = TYPES) -> "Trunk":
        """The weights of all-MiniLM-L6-v2; every token type starts as its type 0."""
        old = load_file(str(weights))
        trunk = cls(types)
        new = {
            "words.weight": old["embeddings.word_embeddings.weight"],
            "positions.weight": old["embeddings.position_embeddings.weight"],
            "types.weight": old["embeddings.token_type_embeddings.weight"][:1].repeat(types, 1),
            "norm.weight": old["embeddings.LayerNorm.weight"],
            "norm.bias": old["embeddings.LayerNorm.bias"],
        }
        names = {"out": "attention.output.dense", "norm1": "attention.output.LayerNorm", "up": "intermediate.dense",
                 "down": "output.dense", "norm2": "output.LayerNorm"}
        for i in range(LAYERS):
            for kind in ("weight", "bias"):
                parts = [old[f"encoder.layer.{i}.attention.self.{p}.{kind}"] for p in ("query", "key", "value")]
                new[f"layers.{i}.qkv.{kind}"] = torch.cat(parts)
                for ours, theirs in names.items():
                    new[f"layers.{i}.{ours}.{kind}"] = old[f"encoder.layer.{i}.{theirs}.{kind}"]
        trunk.load_state_dict(new)
        return trunk


def mean_pool(states, mask):
    """Mean over the tokens, special ones included, of length 1 (Reimers & Gurevych 2019)."""
    weight = mask.unsqueeze(-1).to(states.dtype)
    return F.normalize((states * weight).sum(1) / weight.sum(1), dim=-1)


class Pool(nn.Module):
    """Attention of one learned query a class over the tokens, so that a short part can decide."""

    def __init__(self, queries: int):
        super().__init__()
        self.query = nn.Linear(WIDTH, queries)

    def forward(self, states, mask):
        scores = self.query(states).masked_fill(~mask.unsqueeze(-1), -1e9)
        return torch.einsum("btq,btd->bqd", scores.softmax(1), states)


class Edge(nn.Module):
    """Trunk and heads."""

    def __init__(self, trunk: Trunk):
        super().__init__()
        self.trunk = trunk
        self.tag_up = nn.Linear(WIDTH, TAG_INNER)
        self.tag = nn.Linear(TAG_INNER, TAGS)
        self.keep = nn.Linear(WIDTH, 1)
        # Queries: injection, task, gain.
        self.pool = Pool(3)
        self.injection = nn.Linear(WIDTH, 1)
        self.task = nn.Linear(WIDTH, len(TASKS))
        self.gain_features = nn.Linear(WIDTH, GAIN_FEATURES)
        self.gain = nn.Linear(GAIN_FEATURES, len(GAIN_MODELS))

    @classmethod
    def shipped(cls, folder: Path) -> "Edge":
        """A pack as `export` wrote it. The last layer of the gain head does not ship and starts anew."""
        stored = load_file(str(folder / "edge.safetensors"))
        model = cls(Trunk())
        state = {name: value.float() * stored[name + ".scale"][:, None] if name + ".scale" in stored else value
                 for name, value in stored.items() if not name.endswith(".scale")}
        state.update({name: value for name, value in model.state_dict().items() if name.startswith("gain.")})
        model.load_state_dict(state)
        return model

    @classmethod
    def trained(cls, checkpoint: Path, start: Path | None) -> "Edge":
        """What a run made. If it began with a pack, every weight is the mean of both ends: on kinds of text that neither saw
        that does better than either (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models")."""
        state = torch.load(checkpoint)["model"]
        if start:
            before = cls.shipped(start).state_dict()
            state = {name: value if name.startswith("gain.") else (value + before[name]) / 2
                     for name, value in state.items()}
        model = cls(Trunk())
        model.load_state_dict(state)
        return model.eval()

    def states(self, ids, types, mask, dropout: float = 0.0):
        return self.trunk(ids, types, mask, dropout)

    def tags(self, states):
        return self.tag(F.gelu(self.tag_up(states)))

    def texts(self, states, mask):
        """Logits of injection, task and gain."""
        pooled = self.pool(states, mask)
        features = torch.tanh(self.gain_features(pooled[:, 2]))
        return self.injection(pooled[:, 0]).squeeze(-1), self.task(pooled[:, 1]), self.gain(features)
