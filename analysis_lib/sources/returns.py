"""Reads a folder of returns: finds the files, tells by their columns what they are, checks them, dates the extracts."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis_lib.errors import DataError, DataProblem, UsageError
from analysis_lib.periods import Period
from analysis_lib.sources import annex_a, local, ssda903, virtual_school, youth_offending
from analysis_lib.sources.card import Card, card_of
from analysis_lib.sources.cells import Cells
from analysis_lib.sources.headings import listed
from analysis_lib.sources.opening import KINDS, open_bytes, open_path
from analysis_lib.sources.privacy import without_identifying_values
from analysis_lib.sources.table import ERROR, WARNING, Column, Table, check, folded

MODULES = (ssda903, annex_a, virtual_school, youth_offending, *local.MODULES)
FAMILIES = {module.FAMILY: module.TITLE for module in MODULES}
TABLES = {table.name: table for module in MODULES for table in module.TABLES}
# A file is recognised by at least this share of the columns that its table must have, or of all of them (so that one
# that lost a telling column is still known for what it is); rare ones weigh more.
_RECOGNISED = 0.5
# Words in the name of a workbook or XML file that cannot be opened, which say that it holds all tables of a family.
_WHOLE_FAMILIES = {annex_a.FAMILY: ("annexa",), ssda903.FAMILY: ("903",)}
_YEAR = re.compile(r"(?<!\d)(20\d\d)[-_](\d\d)(?!\d)")
# A return that reaches into the last month of its year is taken to run to the year's end.
_REACHES_YEAR_END = pd.Timedelta(days=31)
_ONLY_COMPLETED_YEARS = ("oc2", "oc3", "ad1")


@dataclass(frozen=True)
class Extract:
    """One family of returns: when it was extracted, and how much of it there is.

    `given` says whether a card states the day; a derived day is a lower bound. `label` is "synthetic" or "returns".
    `covers_from` is the first day of the earliest return, or the earliest day in an extract without a year; NaT where
    nothing says it.
    """

    family: str
    label: str
    covers_from: pd.Timestamp
    extract_date: pd.Timestamp
    given: bool
    files: int
    rows: int


@dataclass(frozen=True)
class RawReturns:
    """What a folder of returns holds, checked, under the returns' own column names.

    Parameters
    ----------
    folder : Path
    frames : dict of DataFrame
        By table name. Besides the table's columns: `_file` (path below the folder), `_line` (spreadsheet row), `_year`
        (financial year of the return, "2020-21", blank where not known) and `_extract` (day of the extract).
    problems : list of DataProblem
        Sorted by file and line.
    extracts : tuple of Extract
    closed : dict
        Table name -> the problem of a whole file that closed it; such a table has no frame.
    left_out : dict
        Table name -> rows left out because of an error in them.
    closed_columns : dict
        Table name -> column -> the problem that closed it; the column is blank in the frame.
    """

    folder: Path
    frames: dict[str, pd.DataFrame]
    problems: list[DataProblem]
    extracts: tuple[Extract, ...]
    closed: dict[str, DataProblem]
    left_out: dict[str, int]
    closed_columns: dict[str, dict[str, DataProblem]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Part:
    """What came of one file.

    `table` is what it is (from its columns, or from its name when it cannot be read; None when neither tells), `frame`
    its rows (None when it cannot be used), `named_year` the financial year that its path says, else "";
    `closed_columns` are the columns that it lacks or that cannot be used, with the problem of each.
    """

    file: str
    problems: list[DataProblem]
    table: Table | None = None
    frame: pd.DataFrame | None = None
    named_year: str = ""
    left_out: int = 0
    closed_columns: Mapping[str, DataProblem] = field(default_factory=dict)


def read_returns(folder: Path, tables: Mapping[str, Table] = TABLES) -> RawReturns:
    """Every return in `folder` and below, checked. `tables` are those that it may hold.

    CSV files, the sheets of workbooks and the XML form of the SSDA903 are recognised by their columns, whatever their
    names and folders. A file that is not recognised is a warning; one that cannot be used closes its table; a wrong row
    is left out and counted; the rest goes on.

    Raises `UsageError` when there is no such folder or it mixes the demonstration with other returns, and `DataError`
    when it holds nothing that can be used or its card cannot be understood.
    """
    if not folder.is_dir():
        raise UsageError(
            f"There is no folder of returns {folder}. Name it in authority.toml ([data] returns) or with --data."
        )
    files = _files(folder)
    card = card_of(folder, files, FAMILIES)
    read = [part for path in files for part in _read_file(folder, path, tables)]
    problems = _problems(read)
    if not any(each.frame is not None for each in read):
        raise DataError(
            problems,
            f"No file in {folder} can be used. Returns are CSV files or workbooks with the columns of their collection, "
            "or the XML form of the SSDA903.",
        )
    return _assembled(folder, card, read, problems)


def label_of(folder: Path) -> str:
    """Whose returns `folder` holds, by the cards in it: "synthetic" or "returns". Raises what `read_returns` does of cards."""
    return card_of(folder, _files(folder), FAMILIES).label


def _read_file(folder: Path, path: Path, tables: Mapping[str, Table]) -> list[_Part]:
    """What came of one file: a part for each table in it, for each sheet that is none, or for the file as a whole."""
    file = path.relative_to(folder).as_posix()
    opened = open_path(path, file, _is_header(tables), ssda903.TABLES)
    return _parts_of(opened, _year_of(folder.resolve().name, file), tables)


def read_bytes(data: bytes, file: str) -> tuple[dict[str, pd.DataFrame], list[DataProblem]]:
    """The checked tables of one file given as bytes, by their names, and every problem in it; never raises on bad data."""
    parts = _parts_of(open_bytes(data, file, _is_header(TABLES), ssda903.TABLES), "", TABLES)
    frames: dict[str, list[pd.DataFrame]] = {}
    for part in parts:
        if part.frame is not None:
            frames.setdefault(part.table.name, []).append(part.frame)
    problems = list(dict.fromkeys(problem for part in parts for problem in part.problems))
    return {name: pd.concat(those, ignore_index=True) for name, those in frames.items()}, problems


def _is_header(tables: Mapping[str, Table]) -> Callable[[list[str]], bool]:
    return lambda headings: recognise(headings, tables) is not None


def _parts_of(opened: list[Cells], year: str, tables: Mapping[str, Table]) -> list[_Part]:
    parts: list[_Part] = []
    for cells in opened:
        if cells.table is not None:
            parts.append(_read_table(cells, year, tables))
        elif any(problem.severity == ERROR for problem in cells.problems):
            parts += [_Part(cells.name, cells.problems, table) for table in _named_after(cells.name) or [None]]
        else:
            parts.append(_Part(cells.name, cells.problems))
    return parts


def _read_table(cells: Cells, year: str, tables: Mapping[str, Table]) -> _Part:
    table = recognise(cells.table.column_names, tables)
    if table is None:  # what is wrong with its rows is nobody's concern then
        return _Part(cells.name, [_not_recognised(cells)])
    checked = check(table, cells.table, cells.lines, cells.name, cells.header_line)
    found = without_identifying_values(checked.problems, table, cells.table)
    problems = cells.problems + _also_another(table, cells) + found
    left_out = cells.left_out + checked.left_out
    return _Part(cells.name, problems, table, checked.frame, year, left_out, checked.closed_columns)


def _problems(read: list[_Part]) -> list[DataProblem]:
    """Each problem once, with the table that it is of; one of a file that may hold several tables is of none."""
    tables: dict[DataProblem, set[str]] = {}
    for part in read:
        for problem in part.problems:
            tables.setdefault(problem, set()).add(part.table.name if part.table else "")
    return [replace(problem, table=min(names) if len(names) == 1 else "") for problem, names in tables.items()]


def _of_table(problem: DataProblem, table: Table | None) -> DataProblem:
    return replace(problem, table=table.name) if table is not None else problem


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


def _also_another(table: Table, cells: Cells) -> list[DataProblem]:
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


def _files(folder: Path) -> list[Path]:
    """Files of the kinds that are read, or that a user may take for returns, below `folder` in the order of their paths."""
    paths = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths += [
            Path(place, name)
            for name in names
            if Path(name).suffix.lower() in KINDS and not name.startswith((".", "~$"))
        ]
    return sorted(paths, key=lambda path: path.relative_to(folder).as_posix())


def _named_after(file: str) -> list[Table]:
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


def _not_recognised(cells: Cells) -> DataProblem:
    columns = listed(cells.table.column_names, lambda heading: folded(heading) in _KNOWN)
    advice = f"It is not read. Its columns are: {columns}. `panelpack template` writes the local templates."
    return DataProblem(cells.name, cells.header_line, "", "", "the columns of a known return", advice, WARNING)


def _assembled(folder: Path, card: Card, read: list[_Part], problems: list[DataProblem]) -> RawReturns:
    parts = [part for part in read if part.frame is not None]
    years = _years_of_folders(parts)
    extracts = tuple(
        _extract(family, card, [part for part in parts if part.table.family == family], years)
        for family in FAMILIES
        if any(part.table.family == family for part in parts)
    )
    extract_dates = {extract.family: extract.extract_date for extract in extracts}
    closed = _closed(read)
    frames: dict[str, list[pd.DataFrame]] = {}
    for part in parts:
        year = part.named_year or years.get(_place(part), "")
        day = _extract_of(year, extract_dates[part.table.family])
        problems += [_of_table(problem, part.table) for problem in _later_than_the_return(part, year)]
        frames.setdefault(part.table.name, []).append(part.frame.assign(_file=part.file, _year=year, _extract=day))
    return RawReturns(
        folder,
        {name: pd.concat(those, ignore_index=True) for name, those in frames.items() if name not in closed},
        sorted(problems),
        extracts,
        closed,
        _left_out(parts),
        _closed_columns(parts),
    )


def _closed(read: list[_Part]) -> dict[str, DataProblem]:
    """The first problem that closed each table of which a file cannot be used."""
    closed: dict[str, DataProblem] = {}
    for part in read:
        if part.frame is None and part.table is not None:
            first = next(each for each in part.problems if each.severity == ERROR)
            closed.setdefault(part.table.name, _of_table(first, part.table))
    return closed


def _closed_columns(parts: list[_Part]) -> dict[str, dict[str, DataProblem]]:
    """The first problem that closed each column; one file without it closes the column for all years."""
    closed: dict[str, dict[str, DataProblem]] = {}
    for part in parts:
        for column, problem in part.closed_columns.items():
            closed.setdefault(part.table.name, {}).setdefault(column, _of_table(problem, part.table))
    return closed


def _left_out(parts: list[_Part]) -> dict[str, int]:
    left_out: Counter[str] = Counter()
    for part in parts:
        left_out[part.table.name] += part.left_out
    return {name: count for name, count in left_out.items() if count}


def _year_of(folder: str, file: str) -> str:
    """The financial year that a path names ("ssda903/2020-21/header.csv"), the nearest to the file first; else ""."""
    for part in reversed(Path(folder, file).with_suffix("").parts):
        for match in _YEAR.finditer(part):
            if int(match[2]) == (int(match[1]) + 1) % 100:
                return f"{match[1]}-{match[2]}"
    return ""


def _place(part: _Part) -> tuple[str, str]:
    """Files of one family in one folder belong to one return."""
    return part.table.family, Path(part.file).parent.as_posix()


def _latest(part: _Part, column: str | None = None) -> pd.Timestamp:
    """The latest day on which the file says that something happened (in `column`); NaT when it says nothing."""
    columns = [column] if column else [each.name for each in part.table.columns if each.happened]
    return part.frame[columns].max().max() if columns and len(part.frame) else pd.NaT


def _years_of_folders(parts: list[_Part]) -> dict[tuple[str, str], str]:
    """For each folder whose path names no year: the financial year of the latest event in its files.

    The last start of an episode decides where there are episodes: reviews are sometimes booked ahead, and an episode
    may cease on the day after the year.
    """
    latest: dict[tuple[str, str], pd.Timestamp] = {}
    starts: dict[tuple[str, str], pd.Timestamp] = {}
    for part in parts:
        days, column = (starts, "DECOM") if part.table.name == "episodes" else (latest, None)
        day = _latest(part, column)
        if pd.notna(day):
            days[_place(part)] = max(day, days.get(_place(part), day))
    return {place: Period.financial_year_of(day).code for place, day in (latest | starts).items()}


def _extract(family: str, card: Card, parts: list[_Part], years: dict) -> Extract:
    """The family's extract date: as the card gives it, else derived (a lower bound)."""
    given = card.day(family)
    rows = sum(len(part.frame) for part in parts)
    day = given if given is not None else _derived_day(parts, years)
    return Extract(family, card.label, _covers_from(parts, years), day, given is not None, len(parts), rows)


def _covers_from(parts: list[_Part], years: dict) -> pd.Timestamp:
    """The first day that a family of returns tells of: of its earliest year, or the earliest event in its files."""
    days = []
    for part in parts:
        year = part.named_year or years.get(_place(part), "")
        if part.table.family in (ssda903.FAMILY, annex_a.FAMILY) and year:
            days.append(Period.parse(year).start)
        elif part.table.family == virtual_school.FAMILY:
            days += [Period.parse(f"{each}-AY").start for each in part.frame["ACADEMIC_YEAR"].dropna().unique()]
        else:
            happened = [column.name for column in part.table.columns if column.happened]
            days += [day for day in part.frame[happened].min() if pd.notna(day)]
    return min(days, default=pd.NaT)


def _derived_day(parts: list[_Part], years: dict) -> pd.Timestamp:
    """The latest day in the data; for yearly returns that reach the last month of their year, that year's end.

    OC2, OC3 and AD1 exist for completed years only, so a return that has rows in them runs to its year's end too.
    """
    days = []
    for part in parts:
        latest = _latest(part)
        year = part.named_year
        if part.table.family == ssda903.FAMILY:  # always made for a year; Annex A is made on any day
            year = year or years.get(_place(part), "")
        if year and part.table.family in (ssda903.FAMILY, annex_a.FAMILY):
            end = Period.parse(year).end
            is_complete = part.table.name in _ONLY_COMPLETED_YEARS and len(part.frame) > 0
            latest = end if is_complete or latest >= end - _REACHES_YEAR_END else latest
        if pd.notna(latest):
            days.append(latest)
    if days:
        return max(days)
    return max(
        (_academic_year_start(part) for part in parts if part.table.family == virtual_school.FAMILY), default=pd.NaT
    )


def _academic_year_start(part: _Part) -> pd.Timestamp:
    """An extract with a row for an academic year was made after that year began: all that can be said of its day."""
    latest = part.frame["ACADEMIC_YEAR"].max() if len(part.frame) else np.nan
    return Period.parse(f"{latest}-AY").start if isinstance(latest, str) else pd.NaT


def _extract_of(year: str, family_day: pd.Timestamp) -> pd.Timestamp:
    """The day of one file's extract: the end of its year, or the family's extract day when that falls in the year."""
    if not year:
        return family_day
    period = Period.parse(year)
    return family_day if family_day in period else period.end


def _later_than_the_return(part: _Part, year: str) -> list[DataProblem]:
    """Dates of events after the year of an SSDA903 return (rule 354): mostly slips of the keyboard."""
    if part.table.family != ssda903.FAMILY or not year:
        return []
    end = Period.parse(year).end
    return [
        DataProblem(
            part.file,
            int(line),
            column,
            f"{day:%d/%m/%Y}",
            f"on or before {end:%d/%m/%Y}, the end of the year of this return",
            "The row is used as it is. Check it in the case system.",
            WARNING,
        )
        for column in ("DECOM", "DEC", "REVIEW", "MIS_START", "MIS_END", "DATE_PLACED", "DATE_PLACED_CEASED")
        if column in part.frame
        for line, day in part.frame.loc[part.frame[column] > end, ["_line", column]].itertuples(index=False)
    ]
