"""Labelled outcomes of RouteLLM and LLMRouter as JSON lines for `weir gain fit` and `weir eval gain`.

    python -m edge.outcomes DATA OUT

mmlu.jsonl, gsm8k.jsonl and pool.jsonl are for measuring: all rows, GPQA left out; `held_out` marks those whose outcomes the edge
pack was not trained on. default.jsonl is what the predictor in the binary is fitted to: without LLMRouter's test file and without
prompts that RouteLLM found in its own training data; every kind of model is a tier, its score the mean of its models.
"""

import csv
import json
import sys
from pathlib import Path

from .prompts import ROUTELLM_MODELS, ROUTER_MODELS, contaminated
from .splits import split_of

SMALL = ("qwen2.5-7b-instruct", "llama-3.1-8b-instruct", "gemma-2-9b-it", "mistral-7b-instruct-v0.3")
LARGE = ("llama-3.3-nemotron-super-49b-v1", "llama-3.1-nemotron-51b-instruct")


def write(path: Path, rows: list[dict]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number, row in enumerate(rows):
            file.write(json.dumps({"id": number, **row}, ensure_ascii=False) + "\n")
    print(f"{path}: {len(rows)} rows", file=sys.stderr)


def routellm(path: Path, category: str) -> list[dict]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {
                "prompt": row["prompt"].strip(),
                "outcomes": {name: int(row[column] == "True") for column, name in ROUTELLM_MODELS.items()},
                "category": category,
                "held_out": split_of(row["prompt"].strip()) != "train",
            }
            for row in csv.DictReader(file)
        ]


def pool(data: Path) -> list[tuple[str, dict]]:
    """The rows with the file that they are from."""
    task = {}
    for side in ("train", "test"):
        queries = data / f"llmrouter_uiuc/example_data/query_data/default_query_{side}.jsonl"
        for line in queries.open(encoding="utf-8"):
            row = json.loads(line)
            task[row["query"].strip()] = row["task_name"]
    out = []
    for side in ("train", "test"):
        given = json.loads((data / f"llmrouter_uiuc/dcrouter_preprocessed/{side}.json").read_text(encoding="utf-8"))
        for row in given:
            text = row["question"].strip()
            if task.get(text) != "gpqa":
                out.append((side, {
                    "prompt": text,
                    "outcomes": {model: float(row["scores"][model]) for model in ROUTER_MODELS},
                    "category": task.get(text, "other"),
                    "held_out": side == "test" or split_of(text) != "train",
                }))
    return out


def tiers(row: dict, small: tuple[str, ...], large: tuple[str, ...]) -> dict:
    def mean(names: tuple[str, ...]) -> float:
        return round(sum(row["outcomes"][name] for name in names) / len(names), 4)

    return {"prompt": row["prompt"], "outcomes": {"small": mean(small), "large": mean(large)}, "category": row["category"]}


def main(data: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    mmlu = [row for path in sorted((data / "routellm_evals/mmlu/responses").glob("mmlu_*.csv"))
            for row in routellm(path, path.stem.removeprefix("mmlu_"))]
    gsm8k = routellm(data / "routellm_evals/gsm8k/gsm8k_responses.csv", "gsm8k")
    router = pool(data)
    write(out / "mmlu.jsonl", mmlu)
    write(out / "gsm8k.jsonl", gsm8k)
    write(out / "pool.jsonl", [row for _, row in router])
    test = {row["prompt"] for side, row in router if side == "test"}
    skip = contaminated(data) | test
    names = tuple(ROUTELLM_MODELS.values())
    default = [tiers(row, names[:1], names[1:]) for row in mmlu + gsm8k]
    default += [tiers(row, SMALL, LARGE) for _, row in router]
    write(out / "default.jsonl", [row for row in default if row["prompt"] not in skip])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
