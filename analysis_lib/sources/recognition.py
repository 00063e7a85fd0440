"""Tells by its headings which table a file is, whatever its name; by its name only where it cannot be opened."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from analysis_lib.errors import DataProblem
from analysis_lib.sources.files.cells import Cells
from analysis_lib.sources.files.headings import listed
from analysis_lib.sources.files.opening import WORKBOOKS, XML_FILES
from analysis_lib.sources.table import WARNING, Column, Table, folded
from analysis_lib.sources.tables import annex_a, ssda903
from analysis_lib.sources.tables.families import TABLES

# A file is recognised by at least this share of the columns that its table must have, or of all of them (so that one
# that lost a telling column is still known for what it is); rare ones weigh more.
_RECOGNISED = 0.5
# Words in the name of a workbook or XML file that cannot be opened, which say that it holds all tables of a family.
_WHOLE_FAMILIES = {annex_a.FAMILY: "annexa", ssda903.FAMILY: "903"}


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


def named_after(name: str) -> list[Table]:
    """The tables whose name an unreadable file bears: the only hint at what is missing now."""
    path = Path(name.partition(", sheet ")[0])
    stem = folded(path.stem)
    for table in sorted(TABLES.values(), key=lambda table: -len(folded(table.name))):
        word = folded(table.name)
        if word[-1].isdigit():  # list_01 and "List 1", but not "List 10"
            word = word.replace("list0", "list0?") + r"(?!\d)"
        if re.search(word, stem):
            return [table]
    if path.suffix.lower() in WORKBOOKS | XML_FILES:
        family = next((family for family, word in _WHOLE_FAMILIES.items() if word in stem), "")
        return [table for table in TABLES.values() if table.family == family]
    places = {folded(part) for part in path.parts[:-1]}
    return [table for table in TABLES.values() if table.name == table.family and folded(table.family) in places][:1]


def not_recognised(cells: Cells) -> DataProblem:
    """A warning with the columns of the file, unless they may be the values of a row.

    Where some are known, the others are only counted; where none is, they are listed if whole rows stand under them, as
    under a header, and not under the rest of a row.
    """
    headings = [heading for heading in cells.table.column_names if heading.strip()]
    known = [heading for heading in headings if folded(heading) in _KNOWN]
    if known:
        columns = f"It has {len(known):,} columns that known returns have ({listed(known, lambda _: True)})"
        columns += f" and {len(headings) - len(known):,} others."
    elif cells.table.num_rows and not cells.left_out:
        columns = f"Its columns are: {listed(headings)}."
    else:
        columns = f"It has {len(headings):,} columns; no known return has any of them."
    advice = f"It is not read. {columns} `panelpack template` writes the local templates."
    return DataProblem(cells.name, cells.header_line, "", "", "the columns of a known return", advice, WARNING)
