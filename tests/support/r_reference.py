"""Cases and the values that R gives for them, from tests/stats/reference (reference.R writes them; the tests need no R)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).resolve().parents[1] / "stats" / "reference"


@dataclass(frozen=True)
class Case:
    statistic: str
    name: str
    arguments: dict
    expected: dict[str, float]

    def series(self, figure: str) -> list[float]:
        """The expected figures `figure`_0, `figure`_1, ... in order."""
        return [value for name, value in self.expected.items() if name.rpartition("_")[0] == figure]


def cases() -> list[Case]:
    found: dict[tuple[str, str], Case] = {}
    for row in _rows("cases.csv"):
        case = found.setdefault((row["statistic"], row["case"]), Case(row["statistic"], row["case"], {}, {}))
        case.arguments[row["argument"]] = _parsed(row["values"])
    for row in _rows("values.csv"):
        found[row["statistic"], row["case"]].expected[row["figure"]] = _number(row["value"])
    return list(found.values())


def version() -> str:
    """The first line of values.csv: the R that made them."""
    return (HOME / "values.csv").read_text(encoding="utf-8").splitlines()[0]


def _rows(name: str) -> list[dict[str, str]]:
    with open(HOME / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def _parsed(text: str):
    words = text.split(" ")
    try:
        numbers = [_number(word) for word in words]
    except ValueError:
        return text
    whole = [int(word) if word.isdigit() else number for word, number in zip(words, numbers, strict=True)]
    return whole[0] if len(whole) == 1 else whole


def _number(text: str) -> float:
    return float("nan") if text == "NA" else float(text)
