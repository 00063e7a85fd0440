"""A council's own headings and words, as `authority.toml` explains them: nobody renames an export by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from analysis_lib.errors import UsageError
from analysis_lib.sources.table import MISREAD, Column, Table, cell_reader, folded

Columns = Mapping[str, Mapping[str, str]]  # table -> their heading -> our column
Values = Mapping[
    str, Mapping[str, Mapping[str, str]]
]  # table -> our column -> their word -> what we read ("" for blank)


def mapped(tables: Mapping[str, Table], columns: Columns, values: Values) -> dict[str, Table]:
    """`tables` that also understand the council's own headings and words.

    Raises `UsageError` for a table or column that there is not, and for a word that stands for one which its column
    does not know.
    """
    for section, asked in (("columns", columns), ("values", values)):
        _known(asked, tables, f"[{section}.…]", "extract")
    for table, headings in columns.items():
        _known(headings.values(), _names(tables[table]), f"[columns.{table}]", "column")
        _told_apart(headings, tables[table])
    for table, words in values.items():
        _known(words, _names(tables[table]), f"[values.{table}.…]", "column")
    return {
        name: replace(
            table,
            columns=tuple(
                _explained(name, column, columns.get(name, {}), values.get(name, {}).get(column.name, {}))
                for column in table.columns
            ),
        )
        for name, table in tables.items()
    }


def _known(asked, known, where: str, what: str) -> None:
    for name in asked:
        if name not in known:
            raise UsageError(f"authority.toml, {where}: there is no {what} {name!r}. There are: {', '.join(known)}.")


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def _told_apart(headings: Mapping[str, str], table: Table) -> None:
    """A heading cannot stand for one column when it is another column's own name."""
    for heading, name in headings.items():
        owner = next((each.name for each in table.columns if folded(heading) == folded(each.name)), name)
        if owner != name:
            raise UsageError(
                f"authority.toml, [columns.{table.name}]: {heading!r} cannot stand for {name}, because {owner} is a column "
                "of that name. Rename it in the export."
            )


def _explained(table: str, column: Column, headings: Mapping[str, str], words: Mapping[str, str]) -> Column:
    theirs = tuple(heading for heading, ours in headings.items() if ours == column.name)
    if not theirs and not words:
        return column
    reader = _reader_of_words(table, column, words) if words else column.reader
    return replace(column, other_headings=(*theirs, *column.other_headings), reader=reader, expected=column.expectation)


def _reader_of_words(table: str, column: Column, words: Mapping[str, str]) -> Callable[[str], Any]:
    """Reads the council's words as what they stand for, and all others as before."""
    read = cell_reader(column)
    meanings = {}
    for theirs, ours in words.items():
        meanings[_plain(theirs)] = value = read(ours) if ours else None
        if value is MISREAD:
            raise UsageError(
                f"authority.toml, [values.{table}.{column.name}]: {theirs!r} stands for {ours!r}, which is not "
                f"{column.expectation}."
            )

    def reader(text: str) -> Any:
        plain = _plain(text)
        return meanings[plain] if plain in meanings else read(text)

    return reader


def _plain(word: str) -> str:
    return " ".join(word.split()).casefold()
