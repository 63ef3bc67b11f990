"""The trunk and its heads.

The trunk is BERT (Devlin et al. 2018) in the shape of all-MiniLM-L6-v2, whose weights it starts from; the token-type table
holds a row for every way a word can be written. All heads read the last layer of the same pass, the adapter also the middle one.
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


def stored(folder: Path) -> dict[str, torch.Tensor]:
    """The tensors of a pack as `export` wrote it, widened to f32."""
    tensors = load_file(str(folder / "edge.safetensors"))
    return {name: value.float() * tensors[name + ".scale"][:, None] if name + ".scale" in tensors else value
            for name, value in tensors.items() if not name.endswith(".scale")}


class Layer(nn.Module):
    """Self-attention and feed-forward, each followed by a norm."""

    def __init__(self, width: int = WIDTH, heads: int = ATTENTION_HEADS, inner: int = INNER):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm1 = nn.LayerNorm(width, eps=1e-12)
        self.up = nn.Linear(width, inner)
        self.down = nn.Linear(inner, width)
        self.norm2 = nn.LayerNorm(width, eps=1e-12)

    def forward(self, x, bias, dropout: float = 0.0):
        b, t, width = x.shape
        size = width // self.heads
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, size).permute(2, 0, 3, 1, 4)
        # Written out: on a CPU this trains 1.4 times faster than PyTorch's fused attention.
        scores = (q @ k.transpose(-1, -2)) * size**-0.5 + bias.to(q.dtype)
        y = scores.softmax(-1).to(v.dtype) @ v
        y = self.out(y.transpose(1, 2).reshape(b, t, width))
        x = self.norm1(x + F.dropout(y, dropout, self.training))
        return self.norm2(x + F.dropout(self.down(F.gelu(self.up(x))), dropout, self.training))


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


class Adapter(nn.Module):
    """A small encoder on the trunk's states of two layers, side by side, that says how much each token belongs to an attempt
    to override instructions. It leaves the trunk as it is (adapters: Houlsby et al. 2019). A text's logit is the smooth
    maximum of its tokens', so that harmless words around an attack do not thin it."""

    WIDTH, LAYERS, HEADS, INNER = 128, 2, 4, 384
    # For training alone; what ships is calibrated instead.
    UNSHIPPED = ("scale", "offset")

    def __init__(self, dropout: float = 0.0):
        super().__init__()
        self.dropout = dropout
        self.down = nn.Linear(2 * WIDTH, self.WIDTH)
        self.norm = nn.LayerNorm(self.WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer(self.WIDTH, self.HEADS, self.INNER) for _ in range(self.LAYERS))
        self.token = nn.Linear(self.WIDTH, 1)
        self.scale, self.offset = nn.Parameter(torch.ones(1)), nn.Parameter(torch.zeros(1))

    @classmethod
    def shipped(cls, folder: Path) -> "Adapter":
        """That of a pack as `export` wrote it."""
        adapter = cls()
        state = {name: value for name, value in adapter.state_dict().items() if name in cls.UNSHIPPED}
        state.update({name.removeprefix("adapter."): value for name, value in stored(folder).items()
                      if name.startswith("adapter.")})
        adapter.load_state_dict(state)
        return adapter.eval()

    def tokens(self, states, mask):
        """A logit for each token."""
        x = self.norm(self.down(F.dropout(states, self.dropout, self.training)))
        bias = torch.where(mask[:, None, None, :], 0.0, -1e4)
        for layer in self.layers:
            x = layer(x, bias, self.dropout)
        return self.token(x).squeeze(-1)

    @staticmethod
    def smooth_maximum(tokens, mask):
        """A number for each text, which the calibration makes a logit."""
        return tokens.masked_fill(~mask, -1e4).logsumexp(1)

    def forward(self, states, mask):
        """Logits of tokens and of texts."""
        tokens = self.tokens(states, mask)
        return tokens, self.smooth_maximum(tokens, mask) * self.scale + self.offset


class Edge(nn.Module):
    """Trunk and heads."""

    # What only trains the trunk and stays behind.
    UNSHIPPED = ("gain.", "attack_pool.", "attack.")

    def __init__(self, trunk: Trunk):
        super().__init__()
        self.trunk = trunk
        self.tag_up = nn.Linear(WIDTH, TAG_INNER)
        self.tag = nn.Linear(TAG_INNER, TAGS)
        self.keep = nn.Linear(WIDTH, 1)
        # Queries: task, gain.
        self.pool = Pool(2)
        self.task = nn.Linear(WIDTH, len(TASKS))
        self.gain_features = nn.Linear(WIDTH, GAIN_FEATURES)
        self.gain = nn.Linear(GAIN_FEATURES, len(GAIN_MODELS))
        # So that the trunk learns what the injection adapter will need.
        self.attack_pool = Pool(1)
        self.attack = nn.Linear(WIDTH, 1)

    @classmethod
    def shipped(cls, folder: Path) -> "Edge":
        """A pack as `export` wrote it. What does not ship starts anew."""
        model = cls(Trunk())
        state = {name: value for name, value in stored(folder).items() if not name.startswith("adapter.")}
        state.update({name: value for name, value in model.state_dict().items() if name.startswith(cls.UNSHIPPED)})
        model.load_state_dict(state)
        return model

    @classmethod
    def trained(cls, checkpoint: Path, start: Path | None) -> "Edge":
        """What a run made. If it began with a pack, every weight is the mean of both ends: on kinds of text that neither saw
        that does better than either (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models")."""
        state = torch.load(checkpoint)["model"]
        if start:
            before = cls.shipped(start).state_dict()
            state = {name: value if name.startswith(cls.UNSHIPPED) else (value + before[name]) / 2
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
        features = torch.tanh(self.gain_features(pooled[:, 1]))
        attack = self.attack(self.attack_pool(states, mask)[:, 0]).squeeze(-1)
        return attack, self.task(pooled[:, 0]), self.gain(features)
