"""What in a folder of returns identifies a child or a worker: the values of every column that is declared so.

For the search of finished packs. It is read from the raw files, since neither identifiers nor postcodes are kept anywhere
else, and it is never written down. A return that is new to us is covered once its columns are declared
(`table.Column.identifies`); a file that is not recognised gives what stands under a heading of such a column in any table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import compute

from analysis_lib.sources.files.cells import Cells
from analysis_lib.sources.files.opening import open_path
from analysis_lib.sources.returns import MOST_AT_ONCE, files_in, is_header
from analysis_lib.sources.table import DATE, MISREAD, Table, folded, read_date
from analysis_lib.sources.tables import ssda903
from analysis_lib.sources.tables.families import TABLES


@dataclass(frozen=True)
class IdentifyingValues:
    """`texts`: identifiers of children, families and workers, pupil numbers, postcodes, as they stand in the returns;
    `days`: dates of birth and other days that are declared to identify."""

    texts: frozenset[str]
    days: frozenset[dt.date]


def identifying_values(folder: Path, *, tables: Mapping[str, Table] = TABLES) -> IdentifyingValues:
    """What identifies in the returns of `folder`. Files that cannot be opened give nothing: nothing is made from them.

    Raises `UsageError` when the folder is a region's.
    """
    columns = [column for table in tables.values() for column in table.columns if column.identifies]
    days = {heading for column in columns if column.kind == DATE for heading in column.folded_headings}
    texts = {heading for column in columns if column.kind != DATE for heading in column.folded_headings}
    header = is_header(tables)

    def read(path: Path) -> tuple[set[str], set[str]]:
        opened = open_path(path, path.name, header, ssda903.TABLES)
        return _distinct(opened, texts), _distinct(opened, days)

    with ThreadPoolExecutor(MOST_AT_ONCE) as threads:
        found = list(threads.map(read, files_in(folder)))
    read_days = (read_date(text) for text in set().union(*(each for _, each in found)))
    return IdentifyingValues(
        frozenset().union(*(each for each, _ in found)),
        frozenset(_day(day) for day in read_days if day is not None and day is not MISREAD),
    )


def _distinct(opened: Iterable[Cells], headings: set[str]) -> set[str]:
    found: set[str] = set()
    for cells in opened:
        if cells.table is None:
            continue
        for place, name in enumerate(cells.table.column_names):
            if folded(name) in headings:
                found.update(_filled(cells.table.column(place)))
    return found


def _filled(column: pa.ChunkedArray) -> list[str]:
    distinct = compute.utf8_trim_whitespace(compute.unique(column))
    return [text for text in distinct.to_pylist() if text]


def _day(day) -> dt.date:
    return day.date() if isinstance(day, dt.datetime) else day
