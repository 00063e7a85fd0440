"""The lists of statistical neighbours as the Department for Education issues them: one row per council, ten neighbours.

The lists of April 2021 and of 2025 have columns of their own; both give three-digit council numbers, nearest first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from analysis_lib.errors import DataProblem
from analysis_lib.sources.files.cells import Cells
from analysis_lib.sources.published.areas import KnownArea, councils_by_old_code
from analysis_lib.sources.published.open_data import heading
from analysis_lib.sources.table import TEXT_DTYPE, WARNING

COLUMNS = ("model", "of_code", "of_area", "rank", "area_code", "area", "source")
# The columns that tell a list: the council's own number, and how those of its neighbours are called.
_FORMATS = {
    "2021 (April 2021)": ("la_num", re.compile(r"sn(\d+)")),
    "2025 (May 2025)": ("old_la_code", re.compile(r"sn_(\d+)")),
}
_LISTED = 10
_ADVICE = "That neighbour is left out of the list. Download the file again from the publisher."


def model_of(headings: Sequence[str]) -> str:
    """The list that a file with these headings holds, as authority.toml names it; "" when it is none."""
    for model, (own, numbered) in _FORMATS.items():
        if own in headings and sum(bool(numbered.fullmatch(name)) for name in headings) >= _LISTED:
            return model
    return ""


def read_neighbours(cells: Cells, file: str, model: str = "") -> tuple[pd.DataFrame, list[DataProblem]]:
    """The neighbours of every council in a file that `model_of` knows; `model` when its card names the list otherwise.

    A row per council and neighbour: `COLUMNS` without the source, which the caller knows. Councils that no longer exist
    keep their lists. A number that belongs to no council is left out, with a problem; rows without a number are notes.
    """
    headings = [heading(name) for name in cells.table.column_names]
    format_ = model_of(headings)
    own, numbered = _FORMATS[format_]
    columns = {name: cells.table.column(place).to_pylist() for place, name in reversed(list(enumerate(headings)))}
    ranked = sorted(
        (int(found[1]), name) for name in columns if (found := numbered.fullmatch(name)) and int(found[1]) >= 1
    )
    rows: list[tuple] = []
    problems: list[DataProblem] = []
    for place, line in enumerate(cells.lines):
        number = columns[own][place].strip()
        if not number:
            continue
        council = _council(number, file, int(line), own, problems)
        for rank, name in ranked if council else ():
            neighbour = _council(columns[name][place].strip(), file, int(line), name, problems)
            if neighbour:
                rows.append((model or format_, council.code, council.name, rank, neighbour.code, neighbour.name))
    frame = pd.DataFrame(rows, columns=list(COLUMNS[:-1]))
    key = ["model", "of_code", "area_code"]
    for row in frame.index[frame.duplicated(key)]:
        value = f"{frame.loc[row, 'of_area']}: {frame.loc[row, 'area']}"
        problems.append(DataProblem(file, 0, "", value, "a neighbour that is listed once", _ADVICE, WARNING))
    frame = frame.drop_duplicates(key, ignore_index=True)
    return frame.astype({name: int if name == "rank" else TEXT_DTYPE for name in frame.columns}), problems


def _council(number: str, file: str, line: int, column: str, problems: list[DataProblem]) -> KnownArea | None:
    council = councils_by_old_code().get(number)
    if council is None:
        expected = "the three-digit number of an English council"
        problems.append(DataProblem(file, line, column, number[:60], expected, _ADVICE))
    return council
