"""The published-figures room: our own tables of figures that others published, each row with its source.

The tables are ours, so they are plain: UTF-8, ISO dates (2021-03-31), blank for no value. `data/raw/published/README.md`
says where each came from, `docs/sources.md` what a reader must know before comparing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis_lib.errors import DataError, DataProblem

SYMBOLS = {
    "c": "hidden by the publisher to protect confidentiality",
    "x": "not available",
    "z": "not applicable",
    "u": "low reliability",
    "k": "rounds to zero but is not",
    "low": "rounds to zero but is not",
}
ADVICE = "Mend the table of published figures from its source, and keep the source beside it."
_PATTERNS = {
    "number": (r"-?\d+(\.\d+)?", "a plain number"),
    "whole": (r"\d+", "a whole number"),
    "date": (r"\d{4}-\d\d-\d\d", "a date written YYYY-MM-DD"),
}


@dataclass(frozen=True)
class Table:
    """One published table as data: `columns` with their kinds ("?" marks those that may be blank) and its `key`."""

    columns: dict[str, str]
    key: tuple[str, ...]


TABLES = {
    "population": Table(
        {
            "area_code": "text", "area": "text", "year": "whole", "sex": "text", "age": "text", "population": "whole",
            "vintage": "text", "released": "date", "release_basis": "text", "source": "text",
        },
        ("area_code", "year", "sex", "age", "vintage"),
    ),
    "benchmarks": Table(
        {
            "indicator": "text", "title": "text", "area_code": "text", "area": "text", "time_period": "text",
            "period_start": "date?", "period_end": "date", "value": "number?", "unit": "text", "numerator": "number?",
            "denominator": "number?", "symbol": "text?", "first_released": "date", "release_basis": "text",
            "release": "text", "source": "text",
        },
        ("indicator", "area_code", "time_period"),
    ),
    "council_figures": Table(
        {
            "figure_id": "text", "measure": "text", "breakdown": "text?", "period_text": "text", "period_start": "date?",
            "period_end": "date", "value": "number", "unit": "text", "document": "text", "locator": "text",
            "published": "date", "source": "text", "note": "text?",
        },
        ("figure_id",),
    ),
    "statistical_neighbours": Table(
        {"model": "text", "rank": "whole", "area_code": "text", "area": "text", "source": "text"},
        ("model", "area_code"),
    ),
    "ethnicity_population": Table(
        {"area_code": "text", "area": "text", "ethnic_group": "text", "population": "whole", "source": "text"},
        ("area_code", "ethnic_group"),
    ),
}  # fmt: skip


def read_published(folder: Path) -> dict[str, pd.DataFrame]:
    """The published tables in `folder`, checked: population, benchmarks, council_figures, statistical_neighbours,
    ethnicity_population.

    Numbers are floats (`population`, `year` and `rank` integers), dates datetime64, a missing number or date NaN or
    NaT; text that may be blank (symbol, breakdown, note) is "" where it is.

    Raises
    ------
    DataError
        With every problem of every table: a missing file or column, a value of the wrong kind, an unknown symbol,
        a row with both a value and a symbol or with neither, a row that stands twice, a row without a source.
    """
    raw = {name: _read(folder / f"{name}.csv") for name in TABLES}
    problems = [
        problem for name, frame in raw.items() for problem in _problems(f"{folder.name}/{name}.csv", name, frame)
    ]
    if problems:
        raise DataError(problems, "The published figures cannot be used.")
    return {name: _typed(frame, TABLES[name]) for name, frame in raw.items()}


def _read(path: Path) -> pd.DataFrame | str:
    """The file as text, or what is wrong with it as a whole."""
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except FileNotFoundError:
        return "a file of this name"
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError):
        return "a comma-separated file in UTF-8 with a header row"
    return frame if len(frame) else "at least one row"


def _problems(file: str, name: str, frame: pd.DataFrame | str) -> Iterator[DataProblem]:
    if isinstance(frame, str):
        yield DataProblem(file, 0, "", "", frame, ADVICE)
        return
    table = TABLES[name]
    missing = [column for column in table.columns if column not in frame]
    for column in missing:
        yield DataProblem(file, 1, column, "", f"this column; found {', '.join(frame.columns)}", ADVICE)
    if missing:
        return
    for column, kind in table.columns.items():
        yield from _wrong_values(file, column, kind, frame[column])
    for row in frame.index[frame.duplicated(list(table.key))]:
        value = ", ".join(frame.loc[row, list(table.key)])
        yield DataProblem(file, row + 2, "", value, f"the only row with its {', '.join(table.key)}", ADVICE)
    if "symbol" in frame:
        yield from _wrong_symbols(file, frame)


def _wrong_values(file: str, column: str, kind: str, values: pd.Series) -> Iterator[DataProblem]:
    blank = values.str.strip() == ""
    if not kind.endswith("?"):
        for row in values.index[blank]:
            yield DataProblem(file, row + 2, column, "", "a value", ADVICE)
    kind = kind.removesuffix("?")
    if kind == "text":
        return
    pattern, words = _PATTERNS[kind]
    right = values.map(lambda value: re.fullmatch(pattern, value) is not None)
    if kind == "date":
        right &= pd.to_datetime(values.where(right), format="%Y-%m-%d", errors="coerce").notna()  # 2021-02-30
    for row in values.index[~blank & ~right]:
        yield DataProblem(file, row + 2, column, values[row], words, ADVICE)


def _wrong_symbols(file: str, frame: pd.DataFrame) -> Iterator[DataProblem]:
    for row in frame.index[(frame["symbol"] != "") & ~frame["symbol"].isin(list(SYMBOLS))]:
        yield DataProblem(file, row + 2, "symbol", frame.loc[row, "symbol"], f"one of {', '.join(SYMBOLS)}", ADVICE)
    for row in frame.index[(frame["symbol"] == "") == (frame["value"] == "")]:
        yield DataProblem(file, row + 2, "value", frame.loc[row, "value"], "either a value or a symbol", ADVICE)


def _typed(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    typed = {}
    for column, kind in table.columns.items():
        values = frame[column]
        if kind.startswith("date"):
            typed[column] = pd.to_datetime(values.where(values != ""), format="%Y-%m-%d")
        elif kind == "whole":
            typed[column] = values.astype(int)
        elif kind.startswith("number"):
            typed[column] = pd.to_numeric(values.where(values != ""))
        else:
            typed[column] = values
    return pd.DataFrame(typed)
