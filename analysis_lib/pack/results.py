"""The figures of a restricted page as numbers at full precision, in a file beside it: for a program, and for a comparison
with what other versions of the packages make of the same data. No public pack has one.

Each is told by its key (`disclosure.printed`), its value, and the numbers that it is made of, as far as it has them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path

from analysis_lib.disclosure.printed import PrintedFigure
from analysis_lib.disclosure.record import NUMBERS

FOLDER = "results"
CLOSE = 1e-9  # relative: what versions of the same libraries may differ by in the last digits
_TEXTS = {"key", "symbol"}

Results = dict[str, list[Mapping]]  # key to its rows: a measure may be published twice


def results_file(notebook: str) -> str:
    """Where in its pack the numbers of a page stand."""
    return f"{FOLDER}/{notebook}.json"


def to_text(results: Iterable[Mapping]) -> str:
    """A row a line, in the order of their keys, each once."""
    lines = sorted({json.dumps(each, ensure_ascii=False, sort_keys=True, allow_nan=False) for each in results})
    return "[\n" + ",\n".join(lines) + "\n]\n"


def read_results(path: Path) -> Results:
    """The rows of a file, by key. Raises `ValueError` where it holds anything but figures."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(rows, list) or not all(map(_is_figure, rows)):
        raise ValueError(f"{path.name} holds something that is no figure")
    found: Results = {}
    for row in rows:
        found.setdefault(row["key"], []).append(row)
    return found


def _is_figure(row) -> bool:
    if not isinstance(row, dict) or "key" not in row or not row.keys() <= {*NUMBERS, *_TEXTS}:
        return False
    PrintedFigure.from_key(row["key"], "")
    are_numbers = all(isinstance(row[name], int | float) and math.isfinite(row[name]) for name in row.keys() - _TEXTS)
    return are_numbers and isinstance(row.get("symbol", ""), str) and len(row.get("symbol", "")) <= 3


def numbers_in(results: Results) -> set[str]:
    """Every whole number among them, in figures."""
    numbers = {row[name] for rows in results.values() for row in rows for name in row.keys() - _TEXTS}
    return {f"{abs(number):.0f}" for number in numbers if number == int(number)}


def differences(then: Results, now: Results) -> list[str]:
    """What is another number now, a line each."""
    found = []
    for key in sorted(then.keys() | now.keys()):
        before, after = then.get(key, []), now.get(key, [])
        if len(before) != len(after):
            found.append(f"{key}: {_times(before)} then, {_times(after)} now")
        for one, other in zip(before, after, strict=False):
            found += [
                f"{key}, {name}: {_said(one.get(name))} then, {_said(other.get(name))} now"
                for name in sorted((one.keys() | other.keys()) - {"key"})
                if not _is_same(one.get(name), other.get(name))
            ]
    return found


def _times(rows: list) -> str:
    return "not there" if not rows else "there once" if len(rows) == 1 else f"there {len(rows)} times"


def _said(number: float | str | None) -> str:
    return "none" if number is None else f"{number!r}"


def _is_same(one: float | str | None, other: float | str | None) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE)
    return one == other
