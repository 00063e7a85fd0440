"""What a table of a return is, as data, and how the cells of one file become checked, typed columns.

A `Table` lists its columns with their kind, allowed codes and how much depends on them. Reading a column looks at each
distinct text once, however many rows carry it: a million episodes hold some ten thousand distinct dates and a few
hundred codes. That is also why there is no schema library here: pandera would add 0.9 seconds to every start, and its
row-wise reports would still have to be turned into our own problems (file, line, what to do).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute

from analysis_lib.errors import DataProblem
from analysis_lib.periods import MONTH_NAMES
from analysis_lib.sources.files.headings import listed

TEXT, DATE, CODE, WHOLE, NUMBER, YES_NO = "text", "date", "code", "whole number", "number", "yes/no"
MUST, EXPECTED, OPTIONAL = "must", "expected", "optional"
CLOSES_TABLE, CLOSES_COLUMN, CLOSES_NOTHING = "table", "column", "nothing"
ERROR, WARNING = "error", "warning"
MISREAD = object()  # what a reader answers to a text that it does not understand; None is an understood "not recorded"
TEXT_DTYPE = pd.Series(["text"]).dtype  # `str` in pandas 3, `object` before
_FEWEST_MISREAD = 10  # a column is not judged by fewer misread cells than this
_TABLE_CLOSED = "Figures that need the table are closed."
_COLUMN_CLOSED = "Figures that need the column are closed."
LEFT_OUT = "The row is left out and counted. Correct it in the case system and export again."
BLANKED = "The row is used with this field blank. Correct it in the case system and export again."
_TIME = r"(?:[ T](?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?"  # case systems keep the minute; we count days
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})" + _TIME, re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})" + _TIME, re.ASCII)
_MONTH_NAMED = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4})")  # 01-Apr-2021, as some case systems export
_LETTER = re.compile(r"[A-Za-z]{1,2}\)\s*")  # Annex A writes "a) Male", "b) No"
_MONTHS = {
    name: number
    for number, month in enumerate(MONTH_NAMES, start=1)
    for name in (month.casefold(), month[:3].casefold())
} | {"sept": 9}
_DAY_0, _NO_DAY = dt.date(1970, 1, 1).toordinal(), np.iinfo("int64").min  # numpy's first day, and its NaT
_YES, _NO = {"yes", "y", "true", "1", "1.0"}, {"no", "n", "false", "0", "0.0"}
_NOT_RECORDED = {
    "not recorded",
    "not known",
    "unknown",
    "not stated",
    "not applicable",
    "n/a",
    "na",
    "not stated/recorded",
}


@dataclass(frozen=True)
class Codes:
    """A list of allowed codes with their meanings, and other spellings that are read as one of them.

    Case, spaces around, and a spreadsheet's ".0" after a number do not matter. `used` gives, for a code that came or
    went, its first and last collection year ("" where open); a code outside its years is still read.
    """

    meanings: Mapping[str, str]
    spellings: Mapping[str, str] = field(default_factory=dict)
    used: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def read(self, text: str) -> Any:
        plain = text.upper().removesuffix(".0")
        if plain in self.meanings:
            return plain
        return self.spellings.get(text.casefold(), MISREAD)

    @property
    def expected(self) -> str:
        return f"one of {', '.join(self.meanings)}"

    def outside(self, year: str) -> dict[str, str]:
        """The codes that the collection of `year` ("2025-26") does not have, each with when it was used, in words."""
        return {code: when(*years) for code, years in self.used.items() if not is_within(year, *years)}


def is_within(year: str, first: str, last: str) -> bool:
    """Whether a collection year lies from `first` to `last`, "" being open."""
    return first <= year and (not last or year <= last)


def when(first: str, last: str) -> str:
    """Collection years as they follow "it was used": "to 2023-24", "from 2024-25"."""
    return " ".join(words for words in (first and f"from {first}", last and f"to {last}") if words)


@dataclass(frozen=True)
class Column:
    """One column of a return.

    Parameters
    ----------
    name : str
        The return's own heading.
    kind : str
        `TEXT`, `DATE`, `CODE`, `WHOLE`, `NUMBER` or `YES_NO`.
    meaning : str
        What it holds, for the data dictionary.
    codes : Codes
        For kind `CODE`.
    heading : str
        Whether files of this table are known by the column (`MUST`), are `EXPECTED` to have it, or may leave it out
        (`OPTIONAL`: then it is blank, and nothing is said).
    filled : bool
        Whether every row needs a value.
    severity : str
        What a wrong or missing value does: `ERROR` leaves the row out, `WARNING` blanks the field and keeps the row.
    without : str
        What a file without the column closes: `CLOSES_TABLE`, `CLOSES_COLUMN` or `CLOSES_NOTHING`. Where it is not said:
        the table when no row can be used without the column (`MUST` and `ERROR`), nothing when it may be left out, else
        the column.
    identifies : bool
        Whether a value could identify a child; problems then leave it out.
    happened : bool
        Whether its dates are of things that have happened when the extract is made, so that the latest is a lower
        bound of the extract date.
    other_headings : tuple of str
        Other names that systems give the column.
    reader, expected : function and str
        For a column whose values need reading of their own: text -> value, None (not recorded) or `MISREAD`, and what
        a message says was expected.
    low, high : number
        Range of a number, both allowed.
    """

    name: str
    kind: str = TEXT
    meaning: str = ""
    codes: Codes | None = None
    heading: str = EXPECTED
    filled: bool = False
    severity: str = WARNING
    identifies: bool = False
    happened: bool = False
    other_headings: tuple[str, ...] = ()
    reader: Callable[[str], Any] | None = None
    expected: str = ""
    low: float = 0
    high: float = float("inf")
    without: str = ""

    @cached_property
    def closes(self) -> str:
        """What a file closes that lacks the column or has it twice."""
        if self.without or self.heading == OPTIONAL:
            return self.without or CLOSES_NOTHING
        return CLOSES_TABLE if self.heading == MUST and self.severity == ERROR else CLOSES_COLUMN

    @cached_property
    def folded_headings(self) -> tuple[str, ...]:
        return tuple(folded(heading) for heading in (self.name, *self.other_headings))

    @property
    def expectation(self) -> str:
        """What a value should be, in words that fit after "is not"."""
        if self.expected:
            return self.expected
        if self.codes:
            return self.codes.expected
        bounds = f" from {self.low:g} to {self.high:g}" if self.high < float("inf") else f" of at least {self.low:g}"
        return {
            DATE: "a date written dd/mm/yyyy",
            WHOLE: f"a whole number{bounds}",
            NUMBER: f"a number{bounds}",
            YES_NO: "Y or N",
            TEXT: "a value",
        }[self.kind]


@dataclass(frozen=True)
class Rule:
    """What the columns of one row must say together. `holds` gets the frame and answers True where all is well."""

    column: str
    expected: str
    holds: Callable[[pd.DataFrame], pd.Series]
    severity: str = WARNING
    advice: str = ""


@dataclass(frozen=True)
class Table:
    """One table of a family of returns, as data. `key` are the columns that tell its rows apart within one file.

    `one_of` are groups of columns of which a file needs at least one heading. `used` are the first and last collection
    year that have the table, "" where open.
    """

    name: str
    family: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    used: tuple[str, str] = ("", "")

    @cached_property
    def must_have(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.heading == MUST)


@dataclass(frozen=True)
class Checked:
    """What came of one file: its typed rows (None when the file cannot be used), problems, how many rows fell out, and
    for each column that is closed the problem that closed it."""

    frame: pd.DataFrame | None
    problems: list[DataProblem]
    left_out: int = 0
    closed_columns: Mapping[str, DataProblem] = field(default_factory=dict)


@cache
def folded(heading: str) -> str:
    """A heading without case, spaces, punctuation and quotes: systems differ in these and mean the same."""
    return "".join(letter for letter in heading.casefold() if letter.isalnum())


def without_letter(text: str) -> str:
    """Annex A's "b) Female" as "Female"."""
    return _LETTER.sub("", text, count=1) if _LETTER.match(text) else text


def check(table: Table, cells: pa.Table, lines: np.ndarray, file: str, header_line: int = 1) -> Checked:
    """The rows of one file as checked, typed columns of `table`, and every problem in them.

    Parameters
    ----------
    table : Table
    cells : pyarrow Table of text
        One column per heading, named by it.
    lines : array of int
        The spreadsheet row of each row of `cells`.
    file : str
        Path for messages, relative to the folder of returns.

    Returns
    -------
    Checked
        The frame has the columns of `table` (those that the file lacks or that are closed are blank) and `_line`. Rows
        with an error are left out and counted. A column is closed when it should be there and is not, is there twice,
        or most of what is in it cannot be read; the frame is None when no row can be used without such a column.
    """
    places, problems, closed = _match_headings(table, cells.column_names, file, header_line)
    closers = [problem for problem in problems if problem.severity == ERROR and problem not in closed.values()]
    if closers:
        return Checked(None, closers + [problem for problem in problems if problem not in closers])
    bad_rows = np.zeros(len(lines), dtype=bool)
    columns = {}
    for column in table.columns:
        if column.name not in places:
            columns[column.name] = _blank(column, len(lines))
            continue
        columns[column.name], wrong, found = _read_column(column, cells.column(places[column.name]))
        problems += _column_problems(column, file, lines, wrong, found)
        if column.severity == ERROR:
            bad_rows |= wrong
        elif (unusable := _mostly_misread(column, file, header_line, columns[column.name], found)) is not None:
            problems.append(unusable)
            closed[column.name] = unusable
            columns[column.name] = _blank(column, len(lines))
    frame = pd.DataFrame(columns).assign(_line=lines)
    for rule in table.rules:
        if rule.column in closed:
            continue
        broken = ~rule.holds(frame).to_numpy(dtype=bool) & ~bad_rows
        problems += _rule_problems(rule, file, lines[broken])
        if rule.severity == ERROR:
            bad_rows |= broken
    good = frame[~bad_rows].reset_index(drop=True) if bad_rows.any() else frame
    problems += _repeated_rows(table, good, file)
    return Checked(good, problems, int(bad_rows.sum()), closed)


def _match_headings(
    table: Table, headings: list[str], file: str, line: int
) -> tuple[dict[str, int], list[DataProblem], dict[str, DataProblem]]:
    """Where each column of the table stands in the file, what is wrong with the headings, and which of it closes a
    column. An error that closes no column closes the table."""
    of_heading = {heading: column.name for column in table.columns for heading in column.folded_headings}
    by_name = {column.name: column for column in table.columns}
    places: dict[str, int] = {}
    twice: set[str] = set()
    unknown, problems, closed = [], [], {}
    for place, heading in enumerate(headings):
        name = of_heading.get(folded(heading))
        if name is None:
            unknown += [heading.strip()] if heading.strip() else []
        elif name in places:
            twice.add(name)
        else:
            places[name] = place
    for name in sorted(twice):
        closes = by_name[name].closes
        effect = _TABLE_CLOSED if closes == CLOSES_TABLE else _COLUMN_CLOSED
        advice = f"{effect} Keep one of the two columns and export again."
        problem = DataProblem(file, line, name, "", "a heading that is there only once", advice)
        problems.append(problem)
        del places[name]
        if closes != CLOSES_TABLE:
            closed[name] = problem
    advice = f"The columns found are: {listed(headings, lambda heading: folded(heading) in of_heading)}."
    missing = {column.name for column in table.columns} - set(places) - twice
    for group in table.one_of:
        if missing.issuperset(group):
            expected = f"a column with one of these headings ({table.title})"
            problems.append(DataProblem(file, line, " or ".join(group), "", expected, f"{_TABLE_CLOSED} {advice}"))
        missing.difference_update(group)
    for column in table.columns:
        if column.name not in missing or column.closes == CLOSES_NOTHING:
            continue
        expected, effect = f"a column with this heading ({table.title})", _TABLE_CLOSED
        if column.closes == CLOSES_COLUMN:
            expected, effect = f"{expected}; the column is closed", _COLUMN_CLOSED
        problem = DataProblem(file, line, column.name, "", expected, f"{effect} {advice}")
        problems.append(problem)
        if column.closes == CLOSES_COLUMN:
            closed[column.name] = problem
    if unknown:
        expected = f"known columns of {table.title}; not read: {listed(unknown)}"
        is_one_missing = any(column.name in missing and column.closes != CLOSES_NOTHING for column in table.columns)
        advice = (
            f"If one of them is a column that is missing, say so in authority.toml ([columns.{table.name}])."
            if is_one_missing
            else "Nothing need be done."
        )
        problems.append(DataProblem(file, line, "", "", expected, advice, WARNING))
    return places, problems, closed


def _mostly_misread(column: Column, file: str, line: int, values, found: list[str]) -> DataProblem | None:
    """The problem of a column in which most of what is filled cannot be read: the rest cannot be trusted either.

    Dates exported month first are such a column: days after the 12th are misread, and all others read wrongly.
    """
    misread = sum(bool(text) for text in found)
    if misread < _FEWEST_MISREAD:
        return None
    filled = int(pd.notna(values).sum()) + misread
    if misread <= filled / 2:
        return None
    expected = (
        f"a column that can be read; of {filled:,} cells that are filled {misread:,} are not "
        f"{column.expectation}; the column is closed"
    )
    advice = f"{_COLUMN_CLOSED} Export it as the return defines it; raw files are never edited here."
    return DataProblem(file, line, column.name, "", expected, advice)


def _blank(column: Column, rows: int):
    return _typed(column, [None])[np.zeros(rows, dtype=int)]


def _read_column(column: Column, cells: pa.ChunkedArray):
    """Typed values, a mask of the rows whose text is wrong, and the text of each of those rows."""
    cells = _one_chunk(cells)
    if column.kind == TEXT and column.reader is None:
        return _read_text(column, cells)
    encoded = cells.dictionary_encode()
    texts = [text.strip() for text in encoded.dictionary.to_pylist()]
    of_row = encoded.indices.to_numpy()
    read = cell_reader(column)
    values = [read(text) if text else None for text in texts]
    is_wrong = np.array([value is MISREAD or (column.filled and value is None) for value in values], dtype=bool)
    typed = _typed(column, [None if value is MISREAD else value for value in values])
    wrong = is_wrong[of_row] if is_wrong.any() else np.zeros(len(of_row), dtype=bool)
    return typed[of_row], wrong, [texts[place] for place in of_row[wrong]]


def _read_text(column: Column, cells: pa.Array):
    """As `_read_column`, for text that is taken as it is: nearly all of it is distinct, so no text is looked at by itself."""
    texts = compute.utf8_trim_whitespace(cells)
    is_blank = compute.equal(texts, "")
    values = compute.if_else(is_blank, pa.scalar(None, texts.type), texts)
    wrong = is_blank.to_numpy(zero_copy_only=False) if column.filled else np.zeros(len(texts), dtype=bool)
    return _as_text(values), wrong, [""] * int(wrong.sum())


def _one_chunk(cells: pa.ChunkedArray) -> pa.Array:
    """The cells of a column in one piece: its dictionary is then that of the whole column."""
    whole = cells.combine_chunks()
    return whole.combine_chunks() if isinstance(whole, pa.ChunkedArray) else whole


def _as_text(values: pa.Array):
    """Text as pandas holds it; null is NaN."""
    if isinstance(TEXT_DTYPE, np.dtype):  # before pandas 3
        return np.where(values.is_null(), np.nan, values.to_numpy(zero_copy_only=False))
    return pd.array(values, dtype=TEXT_DTYPE)


def _typed(column: Column, values: list):
    """Distinct values as an array of the column's type; missing is NaN, NaT or NA (yes/no only)."""
    if column.kind == DATE:  # by day numbers: numpy is slow with date objects
        days = [_NO_DAY if value is None else value.toordinal() - _DAY_0 for value in values]
        return np.array(days, dtype="int64").view("datetime64[D]").astype("datetime64[us]")
    if column.kind in (WHOLE, NUMBER):
        return np.array([np.nan if value is None else value for value in values], dtype=float)
    if column.kind == YES_NO:
        return pd.array(values, dtype="boolean")
    return pd.Series([np.nan if value is None else value for value in values], dtype=TEXT_DTYPE).array


def cell_reader(column: Column) -> Callable[[str], Any]:
    """How a filled cell of `column` is read: text -> value, None (not recorded) or `MISREAD`."""
    if column.reader:
        return column.reader
    if column.codes:
        return column.codes.read
    if column.kind in (WHOLE, NUMBER):
        return lambda text: read_number(text, column)
    return {DATE: read_date, YES_NO: read_yes_no, TEXT: str}[column.kind]


@lru_cache(maxsize=100_000)  # the same days come again in file after file
def read_date(text: str) -> Any:
    """A date written dd/mm/yyyy, yyyy-mm-dd (with or without a time after it, which is passed over) or 1 April 2021; years 1900 to 2199."""
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = match.groups()
    elif match := _YEAR_FIRST.fullmatch(text):
        year, month, day = match.groups()
    elif match := _MONTH_NAMED.fullmatch(text):
        day, name, year = match.groups()
        month = _MONTHS.get(name.casefold(), 0)
    else:
        return MISREAD
    try:
        return dt.date(int(year), int(month), int(day)) if 1900 <= int(year) < 2200 else MISREAD
    except ValueError:
        return MISREAD


def read_yes_no(text: str) -> Any:
    """Y, N, Yes, No, True, False, 1, 0 in any case, with or without Annex A's letter; None for "not recorded"."""
    plain = without_letter(text).casefold()
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    return None if plain in _NOT_RECORDED else MISREAD


def read_number(text: str, column: Column) -> Any:
    """A plain number in the column's range: no signs of currency, no exponents, no thousands."""
    if not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,20})?", text):
        return MISREAD
    number = float(text)
    fits = column.low <= number <= column.high and (column.kind == NUMBER or number.is_integer())
    return number if fits else MISREAD


def shown(text: str) -> str:
    """A value as a message shows it: on one line, at most 60 characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:59] + "…"


def _column_problems(column: Column, file: str, lines, wrong, found) -> list[DataProblem]:
    advice = LEFT_OUT if column.severity == ERROR else BLANKED
    expected = column.expectation
    return [
        DataProblem(
            file,
            int(line),
            column.name,
            "" if column.identifies else shown(text),
            expected if text else f"{expected}; it is blank",
            advice,
            column.severity,
        )
        for line, text in zip(lines[wrong], found, strict=True)
    ]


def _rule_problems(rule: Rule, file: str, lines) -> list[DataProblem]:
    advice = rule.advice or (
        LEFT_OUT if rule.severity == ERROR else "The row is used as it is. Check it in the case system."
    )
    return [DataProblem(file, int(line), rule.column, "", rule.expected, advice, rule.severity) for line in lines]


def one_row_for_each(table: Table) -> str:
    """What is expected where rows with one key are repeated."""
    return f"one row for each {' and '.join(table.key)}"


def _repeated_rows(table: Table, frame: pd.DataFrame, file: str) -> list[DataProblem]:
    if not table.key:
        return []
    repeated = frame["_line"][frame.duplicated(list(table.key), keep="last")]
    expected = one_row_for_each(table)
    advice = "The last of these rows is used. Remove the others in the case system and export again."
    return [DataProblem(file, int(line), table.key[0], "", expected, advice, WARNING) for line in repeated]
