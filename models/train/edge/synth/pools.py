"""Pools of names and cities, loaded once and cut by split: no name of the training text is in the held-out one."""

from __future__ import annotations

import csv
import json
import random
import re
from bisect import bisect
from functools import cache
from itertools import accumulate
from pathlib import Path

from ..splits import SPLITS, split_of
from . import name_lists

# Which script a list of names is in, where it is not Latin; the first four can be transliterated letter by letter.
TRANSLITERATED = {"ru_RU", "uk_UA", "bg_BG", "mk_MK", "el_GR", "hy_AM", "ka_GE"}
OTHER_SCRIPT = {
    "ar_AA",
    "ar_DZ",
    "ar_PS",
    "ar_SA",
    "bn_BD",
    "fa_IR",
    "gu_IN",
    "he_IL",
    "hi_IN",
    "ja_JP",
    "ko_KR",
    "mr_IN",
    "ne_NP",
    "or_IN",
    "si_LK",
    "ta_IN",
    "th_TH",
    "zh_CN",
    "zh_TW",
}
IRISH = {
    "obrien": "O'Brien",
    "oconnor": "O'Connor",
    "oneill": "O'Neill",
    "oneal": "O'Neal",
    "odonnell": "O'Donnell",
    "oconnell": "O'Connell",
    "oneil": "O'Neil",
    "okeefe": "O'Keefe",
    "oleary": "O'Leary",
    "ohara": "O'Hara",
    "osullivan": "O'Sullivan",
    "oreilly": "O'Reilly",
    "omalley": "O'Malley",
    "dangelo": "D'Angelo",
}


class Pool:
    """Values with weights: a draw is by weight in half of the cases and uniform in the other half."""

    def __init__(self, items: list, weights: list[float] | None = None):
        self.items = items
        self.edges = list(accumulate(weights)) if weights else None

    def __len__(self) -> int:
        return len(self.items)

    def draw(self, rng: random.Random, by_weight: float = 0.5):
        if self.edges and rng.random() < by_weight:
            return self.items[min(bisect(self.edges, rng.random() * self.edges[-1]), len(self.items) - 1)]
        return self.items[int(rng.random() * len(self.items))]


def split_pool(items, split: str, weight=None) -> Pool:
    """Those of `items` (strings, or tuples with the string in front) that belong to a split."""
    seen = {}
    for item in items:
        key = item if isinstance(item, str) else item[0]
        if split_of(key) == split:
            seen[item] = None
    chosen = list(seen)
    return Pool(chosen, [weight(item) for item in chosen] if weight else None)


def _proper(name: str) -> str:
    """A census name, which is in capitals, as it is written."""
    low = name.lower()
    if low in IRISH:
        return IRISH[low]
    if low.startswith("mc") and len(low) > 4:
        return "Mc" + low[2:].capitalize()
    return low.capitalize()


def _clean(name: str) -> str | None:
    """A listed name, or None if it is more than a name."""
    name = name.strip(" ,.")
    if not name or re.search(r"[(){}0-9,]", name) or len(name.split()) > 3 or " van " in name or name == "Doe":
        return None
    return name


class Pools:
    """All pools of one split."""

    def __init__(self, split: str, data: Path):
        if split not in SPLITS:
            raise ValueError(f"unknown split {split}")
        self.split = split
        census = data / "pii" / "us_census_1990_names"
        firsts = _weights(census / "dist.male.first.tsv") + _weights(census / "dist.female.first.tsv")
        self.census_first = split_pool(firsts, split, weight=lambda item: item[1])
        self.census_last = split_pool(_weights(census / "dist.all.last.tsv"), split, weight=lambda item: item[1])
        self.word_first = split_pool(name_lists.WORD_FIRST, split)
        self.word_last = split_pool(name_lists.WORD_LAST, split)
        self.nickname = split_pool(name_lists.NICKNAMES, split)
        self.first: dict[str, Pool] = {}
        self.last: dict[str, Pool] = {}
        self.native_first: dict[str, Pool] = {}
        self.native_last: dict[str, Pool] = {}
        self._load_lists(data / "pii" / "faker_lists" / "names.jsonl")
        self._load_cities(data / "pii" / "geonames_cities" / "cities.tsv")
        self._extra: dict[str, Pool] = {}

    def _load_lists(self, path: Path) -> None:
        first: dict[str, list[str]] = {key: list(value) for key, value in name_lists.FIRST.items()}
        last: dict[str, list[str]] = {
            key: [name.replace("\u00a0", " ") for name in value] for key, value in name_lists.LAST.items()
        }
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                locale = row["locale"]
                given = [name for name in map(_clean, row["first"]) if name]
                family = [name for name in map(_clean, row["last"]) if name]
                if locale in TRANSLITERATED or locale in OTHER_SCRIPT:
                    self.native_first[locale] = split_pool(given, self.split)
                    self.native_last[locale] = split_pool(family, self.split)
                if locale in TRANSLITERATED:
                    given = [name_lists.latin(name) for name in given]
                    family = [name_lists.latin(name) for name in family]
                if locale not in OTHER_SCRIPT:
                    first.setdefault(locale, []).extend(given)
                    last.setdefault(locale, []).extend(family)
        last["pl_PL"] = last["pl"]
        last["is_IS"] = [name.rstrip("aiu") + "s" + end for name in first["is_IS"][::7] for end in ("son", "dóttir")]
        for key, value in first.items():
            self.first[key] = split_pool(value, self.split)
        for key, value in last.items():
            self.last[key] = split_pool(value, self.split)
        for pools, fallback in (
            (self.first, "en"),
            (self.last, "en_IE"),
            (self.native_first, "ru_RU"),
            (self.native_last, "ru_RU"),
        ):
            for key, pool in pools.items():
                if not pool:
                    pools[key] = pools[fallback]

    def _load_cities(self, path: Path) -> None:
        by_country: dict[str, list[tuple[str, int]]] = {}
        everywhere: list[tuple[str, str, int]] = []
        with path.open(encoding="utf-8") as lines:
            for name, country, people in csv.reader(lines, delimiter="\t"):
                name = re.sub(r"\s*\(.*", "", name.split(" / ")[0]).replace("‘", "").replace("’", "'")
                if split_of(name) == self.split and len(name) > 1:
                    by_country.setdefault(country, []).append((name, int(people)))
                    everywhere.append((name, country, int(people)))
        self.city = {
            country: Pool([name for name, _ in rows], [people + 1 for _, people in rows])
            for country, rows in by_country.items()
        }
        self.any_city = Pool(everywhere, [people + 1 for _, _, people in everywhere])

    def city_of(self, country: str) -> Pool:
        pool = self.city.get(country)
        return pool if pool and len(pool) > 2 else self.city["US"]

    def own(self, key: str, items) -> Pool:
        """The split's part of a list that lies in the code (streets, organisations, landmarks), made once. A list with
        none in the split lends all of it."""
        if key not in self._extra:
            pool = split_pool(items, self.split)
            self._extra[key] = pool if len(pool) else Pool(list(items))
        return self._extra[key]


def _weights(path: Path) -> list[tuple[str, float]]:
    with path.open(encoding="utf-8") as lines:
        return [(_proper(row[0]), float(row[1]) + 0.0005) for row in csv.reader(lines, delimiter="\t") if len(row) == 2]


@cache
def load_pools(split: str, data: Path) -> Pools:
    """The pools of a split, loaded once."""
    return Pools(split, data)
