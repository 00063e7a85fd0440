"""Tells by its headings which table a file is, whatever its name; by its name only where it cannot be opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from analysis_lib.errors import DataProblem
from analysis_lib.sources import annex_a, ssda903
from analysis_lib.sources.cells import Cells
from analysis_lib.sources.families import TABLES
from analysis_lib.sources.headings import listed
from analysis_lib.sources.table import WARNING, Column, Table, folded

# A file is recognised by at least this share of the columns that its table must have, or of all of them (so that one
# that lost a telling column is still known for what it is); rare ones weigh more.
_RECOGNISED = 0.5
# Words in the name of a workbook or XML file that cannot be opened, which say that it holds all tables of a family.
_WHOLE_FAMILIES = {annex_a.FAMILY: ("annexa",), ssda903.FAMILY: ("903",)}


def recognise(headings: list[str], tables: Mapping[str, Table] = TABLES) -> Table | None:
    """The one of `tables` that a file with these headings is, or None. Case, spaces, punctuation and order do not matter."""
    found = {folded(heading) for heading in headings}
    scores = [(_likeness(table, found), table) for table in tables.values()]
    best, table = max(scores, key=lambda score: score[0])
    return table if max(best) >= _RECOGNISED else None


_TABLES_WITH = Counter(folded(column.name) for table in TABLES.values() for column in table.columns)
_KNOWN = {heading for table in TABLES.values() for column in table.columns for heading in column.folded_headings}


def _likeness(table: Table, found: set[str]) -> tuple[float, float]:
    """The share of must-have columns found, each weighing less the more tables have it; then the share of all columns."""

    def share(columns) -> float:
        weights = [(1 / _TABLES_WITH[folded(column.name)], column) for column in columns]
        present = sum(weight for weight, column in weights if found.intersection(column.folded_headings))
        return present / sum(weight for weight, _ in weights)

    return share(table.must_have), share(table.columns)


def also_another(table: Table, cells: Cells) -> list[DataProblem]:
    """A warning for a file that has every column that another table must have: tables that were joined into one."""
    found = {folded(heading) for heading in cells.table.column_names}
    others = [
        other.title
        for other in TABLES.values()
        if other is not table
        and all(found.intersection(column.folded_headings) for column in other.must_have)
        and not all(_is_in(column, table) for column in other.must_have)
    ]
    if not others:
        return []
    expected = f"the columns of one table; it is read as {table.title} and could be {', '.join(others)}"
    advice = "If it holds both, save each table as a file or sheet of its own."
    return [DataProblem(cells.name, cells.header_line, "", "", expected, advice, WARNING)]


def _is_in(column: Column, table: Table) -> bool:
    return any(set(column.folded_headings).intersection(each.folded_headings) for each in table.columns)


def named_after(file: str) -> list[Table]:
    """The tables whose name an unreadable file bears: the only hint at what is missing now."""
    path = Path(file.partition(", sheet ")[0])
    stem = folded(path.stem)
    if path.suffix.lower() != ".csv":  # may hold a whole family
        family = next((name for name, words in _WHOLE_FAMILIES.items() if any(word in stem for word in words)), "")
        if family:
            return [table for table in TABLES.values() if table.family == family]
    by_length = sorted(TABLES.values(), key=lambda table: -len(folded(table.name)))
    for table in by_length:
        name = folded(table.name)
        if name in stem or name.replace("list0", "list") in stem:
            return [table]
    places = {folded(part) for part in path.parts[:-1]}
    return [table for table in by_length if table.name == table.family and folded(table.family) in places][:1]


def not_recognised(cells: Cells) -> DataProblem:
    columns = listed(cells.table.column_names, lambda heading: folded(heading) in _KNOWN)
    advice = f"It is not read. Its columns are: {columns}. `panelpack template` writes the local templates."
    return DataProblem(cells.name, cells.header_line, "", "", "the columns of a known return", advice, WARNING)
