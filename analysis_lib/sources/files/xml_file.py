"""Opens the XML form of the SSDA903 and gives the same tables as its CSV form.

A record CHILD holds a HEADER, with what is asked once of a child, and an EPISODE for each episode. What can come several
times (reviews, missing spells, decisions on adoption) or stands together (OC2, previous permanence) is a group of tags
within HEADER. The tags are the columns of the CSV form, but for CHILDID (CHILD) and PL (PLACE), and a flag UASC that the
CSV form replaces by a table of its own. Sources: DfE, "Children looked after by local authorities in England: technical
specification", section on the XML format; how the public rule engine csc-validator-be-903 (0.1.17) takes such files.

The names of groups differ between suppliers and years, so that they are not looked at: all columns but CHILD, SEX and
DOB belong to one table alone, and a tag therefore says by itself which table it is for. One group gives one row of each
table that its tags belong to.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from analysis_lib.errors import DataProblem
from analysis_lib.sources.files.cells import (
    EXPORT_AGAIN,
    LARGEST_XML,
    MEGABYTE,
    Cells,
    unusable,
    without_overlong_cells,
)
from analysis_lib.sources.files.safe_xml import BadXml, walk
from analysis_lib.sources.table import WARNING, Table, folded

_RECORD = "CHILD"
_OTHER_TAGS = {"childid": "CHILD", "pl": "PLACE"}  # where XML and CSV name one thing differently
_UASC_FLAG = "uasc"
_YES = {"1", "y", "yes", "true"}
_YEAR_FIRST = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T00:00:00(?:\.0+)?Z?)?")
_ALL_IN_ONE_LINE = (
    "Lines are counted as if every tag stood on a line of its own, as a browser shows the file. Nothing need be done."
)


@dataclass
class _Group:
    """A tag with tags within: where it begins, and the texts of those within by their folded names."""

    line: int
    shown_line: int
    texts: dict[str, str] = field(default_factory=dict)
    repeated: str = ""


def read_xml(data: bytes, file: str, tables: Sequence[Table]) -> list[Cells]:
    """The tables that an XML file given as bytes holds; never raises on bad data.

    Parameters
    ----------
    data : bytes
    file : str
        The path for messages, relative to the folder of returns.
    tables : sequence of Table
        Those of the SSDA903.

    Returns
    -------
    list of Cells
        One for each table of which there is at least a row, with all its columns; a table without rows is left out, for
        an XML file does not say whether it was asked for. Rows carry the line of their group's first tag. One `Cells`
        without a table stands for a file that cannot be used.
    """
    if len(data) > LARGEST_XML:
        expected = f"an XML file of at most {LARGEST_XML // MEGABYTE:,} MB"
        return [unusable(file, expected, "See that it is a return; if it is, export it as CSV.")]
    reader = _Reader(tables)
    try:
        walk(data, reader.start, reader.end, reader.text)
    except BadXml as error:
        return [unusable(file, f"XML that {error.why}", EXPORT_AGAIN, error.line)]
    if not reader.records:
        expected = f"the XML form of the SSDA903: records {_RECORD} with its tags"
        problem = DataProblem(file, 1, "", "", expected, "The file is not read. Save other returns as CSV.", WARNING)
        return [Cells(problems=[problem], name=file)]
    return reader.tables_of(file)


class _Reader:
    """Collects the groups of one record at a time, and turns each record into rows."""

    def __init__(self, tables: Sequence[Table]):
        self.records = 0
        self._tables = tables
        owners = Counter(heading for table in tables for column in table.columns for heading in column.folded_headings)
        self._column_of: dict[str, str] = dict(_OTHER_TAGS)
        self._table_of: dict[str, str] = {}
        for table in tables:
            for column in table.columns:
                for heading in column.folded_headings:
                    self._column_of.setdefault(heading, column.name)
                    if owners[heading] == 1:
                        self._table_of[heading] = table.name
        self._table_of["pl"] = self._table_of.get("place", "")
        self._rows: dict[str, list[tuple[int, int, dict[str, str]]]] = {table.name: [] for table in tables}
        self._open: list[_Group] = []
        self._groups: list[_Group] = []
        self._text: list[str] = []
        self._leaf = ""  # the innermost tag, as long as no other is found within
        self._depth = 0
        self._in_record = 0  # the depth of the record that is open
        self._shown_line = 1  # where the tag would stand if each had a line of its own, below the first line
        self._last_line = 1
        self._unknown: Counter[str] = Counter()
        self._spoilt: list[tuple[int, int, str]] = []

    def start(self, tag: str, _attributes: dict[str, str], line: int) -> None:
        self._depth += 1
        self._shown_line += 1
        self._last_line = line
        if not self._in_record:
            if tag.upper() == _RECORD and self._depth == 2:  # the child of a return, not the column of that name
                self._in_record = self._depth
                self._open = [_Group(line, self._shown_line)]
                self._groups = [self._open[0]]
            return
        if self._leaf:  # the tag before holds this one, so it is a group
            group = _Group(self._leaf_line, self._leaf_shown)
            self._open.append(group)
            self._groups.append(group)
        self._leaf, self._leaf_line, self._leaf_shown = tag, line, self._shown_line
        self._text.clear()

    def text(self, piece: str) -> None:
        if self._leaf:
            self._text.append(piece)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if not self._in_record:
            self._shown_line += 1
        elif self._leaf:
            self._keep(self._open[-1], tag, "".join(self._text).strip())
            self._leaf = ""
        else:
            self._shown_line += 1
            self._open.pop()
            if not self._open:
                self._in_record = 0
                self._finish()

    def _keep(self, group: _Group, tag: str, text: str) -> None:
        name = folded(tag)
        if name not in self._column_of and name != _UASC_FLAG:
            if text:
                self._unknown[tag] += 1
        elif name in group.texts:
            group.repeated = group.repeated or tag
        else:
            date = _YEAR_FIRST.fullmatch(text)
            group.texts[name] = f"{date[3]}/{date[2]}/{date[1]}" if date else text

    def _finish(self) -> None:
        """Turn the groups of a record into rows of the tables; none when a tag is there twice where it can be once."""
        texts = [(name, text) for group in self._groups for name, text in group.texts.items()]
        if not texts:
            return
        self.records += 1
        spoilt = next((group for group in self._groups if group.repeated), None)
        if spoilt is not None:
            self._spoilt.append((spoilt.line, spoilt.shown_line, spoilt.repeated))
            return
        shared = {
            self._column_of[name]: text for name, text in texts if name != _UASC_FLAG and name not in self._table_of
        }
        for group in self._groups:
            for table, row in self._rows_of(group).items():
                self._rows[table].append((group.line, group.shown_line, shared | row))

    def _rows_of(self, group: _Group) -> dict[str, dict[str, str]]:
        """The rows that one group gives, by table: those of its tags that have a text, without what all tables share."""
        rows: dict[str, dict[str, str]] = {}
        for name, text in group.texts.items():
            if name in self._table_of and text:
                rows.setdefault(self._table_of[name], {})[self._column_of[name]] = text
        if group.texts.get(_UASC_FLAG, "").casefold() in _YES:
            rows.setdefault("uasc", {})
        if "childid" in group.texts or "child" in group.texts:  # a child without any other fact is a child
            rows.setdefault("header", {})
        return rows

    def tables_of(self, file: str) -> list[Cells]:
        """The rows of the whole file; problems of the file as a whole go with the first table."""
        in_one_line = self._last_line < self.records
        found = [
            _cells(table, self._rows[table.name], file, in_one_line) for table in self._tables if self._rows[table.name]
        ]
        notes = list(self._notes(file, in_one_line))
        if not found:
            return [Cells(problems=notes, left_out=len(self._spoilt), name=file)]
        first = found[0]
        found[0] = Cells(first.table, first.lines, notes + first.problems, first.left_out + len(self._spoilt), file)
        return found

    def _notes(self, file: str, in_one_line: bool) -> Iterable[DataProblem]:
        for line, shown_line, tag in self._spoilt:
            expected = "a tag that is there only once in its group"
            advice = "The record of this child is left out and counted. Correct it in the case system and export again."
            yield DataProblem(file, shown_line if in_one_line else line, tag[:60], "", expected, advice)
        if in_one_line:
            yield DataProblem(file, 0, "", "", "a line for each record", _ALL_IN_ONE_LINE, WARNING)
        if self._unknown:
            listed = ", ".join(f"{tag[:60]} ({count:,} times)" for tag, count in sorted(self._unknown.items())[:40])
            expected = f"tags that are columns of the SSDA903; not read: {listed}"
            yield DataProblem(file, 0, "", "", expected, "Nothing need be done.", WARNING)


def _cells(table: Table, rows: list[tuple[int, int, dict[str, str]]], file: str, in_one_line: bool) -> Cells:
    names = [column.name for column in table.columns]
    columns = [pa.array([row.get(name, "") for _, _, row in rows], type=pa.string()) for name in names]
    lines = np.array([shown if in_one_line else line for line, shown, _ in rows], dtype=int)
    return without_overlong_cells(Cells(pa.Table.from_arrays(columns, names=names), lines, name=file))
