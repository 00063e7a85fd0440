"""The problems in the returns as people and programs read them: by rule on a screen, each of them in a file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd

from analysis_lib.authority import Authority
from analysis_lib.csv_text import csv_text
from analysis_lib.errors import DataError, DataProblem, PanelpackError
from analysis_lib.pack.publish import OWNER_ONLY_FOLDER, edition_folder
from analysis_lib.prepare import prepare_region
from analysis_lib.sources import TABLES
from analysis_lib.sources.table import ERROR, WARNING
from analysis_lib.whole_files import write_whole

FILE_NAME = "problems.csv"
FIRST_LINES = 3
_COLUMNS = ["severity", "file", "line", "column", "value", "expected", "advice", "table"]


@dataclass(frozen=True)
class Kind:
    """All problems of one kind: what breaks one rule. `places` gives, for each file, how often and the first lines."""

    severity: str
    column: str
    expected: str
    advice: str
    count: int
    places: tuple[tuple[str, int, tuple[int, ...]], ...]


def as_frame(problems: Iterable[DataProblem]) -> pd.DataFrame:
    """Problems that ended the reading, in the shape of the store's table."""
    names = [field.name for field in fields(DataProblem)]
    return pd.DataFrame([[getattr(problem, name) for name in names] for problem in problems], columns=names)


def of_region(region: Path, project: Authority) -> tuple[pd.DataFrame, DataError | None]:
    """The problems of all authorities of a region, each file under its authority's folder; and an error that names the
    authorities whose returns cannot be used, None where there are none."""
    found, unusable = [], []
    for authority, prepared in prepare_region(region, project):
        folder = authority.returns.name
        if isinstance(prepared, PanelpackError):
            unusable.append(f"{folder}, {authority.name}: {prepared}")
            problems = as_frame(prepared.problems if isinstance(prepared, DataError) else [])
        else:
            problems = pd.read_parquet(prepared / "problems.parquet")
        found.append(problems.assign(file=folder + "/" + problems["file"]))
    return pd.concat(found, ignore_index=True), DataError([], "\n".join(unusable)) if unusable else None


def what_was_read(rows_read: pd.DataFrame) -> list[str]:
    """A line for each table of the returns that was recognised: how many files and rows, or that it is closed."""
    return [
        f"{TABLES[record['table']].title.removeprefix('the ')}: "
        + ("closed" if record["closed"] else f"rows {record['rows']:,}, files {record['files']:,}")
        for record in rows_read.to_dict("records")
    ]


def in_order(problems: pd.DataFrame) -> pd.DataFrame:
    """Errors first, then by file, line and column; missing texts blank."""
    rows = problems.reindex(columns=_COLUMNS).sort_values(["severity", "file", "line", "column"], kind="stable")
    return rows.fillna("").reset_index(drop=True)


def by_kind(problems: pd.DataFrame) -> list[Kind]:
    """The problems by rule: errors first, then the rules that most rows break."""
    keys = ["severity", "table", "column", "expected", "advice"]
    kinds = []
    for (severity, _, column, expected, advice), rows in in_order(problems).groupby(keys, sort=True):
        places = tuple(
            (str(file), len(lines), tuple(int(line) for line in lines.head(FIRST_LINES)))
            for file, lines in rows.groupby("file", sort=True)["line"]
        )
        kinds.append(Kind(severity, column, expected, advice, len(rows), places))
    return sorted(kinds, key=lambda kind: (kind.severity, -kind.count))


def totals(problems: pd.DataFrame) -> str:
    counts = problems["severity"].value_counts()
    errors, warnings = counts.get(ERROR, 0), counts.get(WARNING, 0)
    return f"{errors:,} error{'' if errors == 1 else 's'}, {warnings:,} warning{'' if warnings == 1 else 's'}."


def to_csv(problems: pd.DataFrame) -> str:
    """Every problem as CSV, with nothing in it that a spreadsheet program would run."""
    return csv_text(_COLUMNS, in_order(problems).itertuples(index=False))


def to_json(problems: pd.DataFrame) -> str:
    """Every problem as JSON, with how many there are of each severity."""
    counts = problems["severity"].value_counts()
    listed = in_order(problems).to_dict("records")
    content = {"errors": int(counts.get(ERROR, 0)), "warnings": int(counts.get(WARNING, 0)), "problems": listed}
    return json.dumps(content, indent=1)


def write(problems: pd.DataFrame, path: Path | None, output: Path) -> Path:
    """Write `problems.csv`, to be read by its owner alone, into the restricted part of `output` or to `path`."""
    place = path or edition_folder(output, "restricted") / FILE_NAME
    try:
        if path is None:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.parent.chmod(OWNER_ONLY_FOLDER)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, to_csv(problems), owner_only=True)
    except OSError as error:
        raise PanelpackError(f"{place} cannot be written: {error.strerror}.") from None
    return place
