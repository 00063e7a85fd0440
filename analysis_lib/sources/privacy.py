"""Leaves out of messages what could identify a child, also where it stands in the wrong column.

A column that identifies never shows its values (`table.Column.identifies`). But columns are mixed up, cells slip to the
left, headings are swapped: then an identifier, a date of birth or a postcode stands where a code should be, and is the
very value that is wrong. So a value is shown only if it looks like what its column holds, is not in an identifying
column of the same table, and is not one of many different ones, as identifiers are and slips of the keyboard are not.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

import pyarrow as pa
from pyarrow import compute

from analysis_lib.errors import DataProblem
from analysis_lib.sources.table import DATE, Column, Table, folded

# Almost a date: figures with something between them, or a month in letters.
_LIKE_A_DATE = re.compile(r"[\d/.\-: T]*\d[/.\- ][\d/.\-: T]*|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}")
# Almost a code or a number: one short word, or Annex A's letter and one; "…" where a message cut it.
_LIKE_A_CODE = re.compile(r"(?:[A-Za-z]{1,2}\)\s*)?\S{1,12}")
_FOUR_FIGURES = re.compile(
    r"\d\D?\d\D?\d\D?\d"
)  # identifiers, dates, numbers of pupils, with or without a mark between
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}", re.IGNORECASE)
_FEW = 3  # that many wrong values and more, mostly different, are taken for identifiers


def without_identifying_values(problems: list[DataProblem], table: Table, cells: pa.Table) -> list[DataProblem]:
    """The problems found in one table, without the values that could identify a child."""
    columns = {column.name: column for column in table.columns}
    hidden = {problem for problem in problems if problem.value and not _looks_right(problem, columns)}
    shown = {problem.value for problem in problems if problem.value} - {problem.value for problem in hidden}
    in_identifying = _found_in(_identifying(table, cells), shown)
    of_column = defaultdict(list)
    for problem in problems:
        if problem.value and not _is_date(problem, columns):
            of_column[problem.column].append(problem.value)
    many = {name for name, values in of_column.items() if len(values) >= _FEW and 2 * len(set(values)) > len(values)}
    return [
        replace(problem, value="")
        if problem in hidden or problem.value in in_identifying or (problem.value and problem.column in many)
        else problem
        for problem in problems
    ]


def _is_date(problem: DataProblem, columns: dict[str, Column]) -> bool:
    return problem.column in columns and columns[problem.column].kind == DATE


def _looks_right(problem: DataProblem, columns: dict[str, Column]) -> bool:
    if _is_date(problem, columns):
        return _LIKE_A_DATE.fullmatch(problem.value) is not None
    value = problem.value
    return bool(_LIKE_A_CODE.fullmatch(value)) and not _FOUR_FIGURES.search(value) and not _POSTCODE.search(value)


def _identifying(table: Table, cells: pa.Table) -> list[pa.ChunkedArray]:
    headings = {heading for column in table.columns if column.identifies for heading in column.folded_headings}
    return [cells.column(place) for place, name in enumerate(cells.column_names) if folded(name) in headings]


def _found_in(columns: list[pa.ChunkedArray], values: set[str]) -> set[str]:
    """Those of `values` that stand in any of `columns`."""
    if not values:
        return set()
    sought = pa.array(sorted(values))
    found: set[str] = set()
    for column in columns:
        cells = compute.utf8_trim_whitespace(column)
        found.update(compute.unique(cells.filter(compute.is_in(cells, value_set=sought))).to_pylist())
    return found
