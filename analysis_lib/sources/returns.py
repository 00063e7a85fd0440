"""Reads a folder of returns: finds the files, tells by their columns what they are, checks them, dates the extracts."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis_lib.errors import DataError, DataProblem, UsageError
from analysis_lib.periods import Period
from analysis_lib.sources import paths
from analysis_lib.sources.card import Cards, cards_of
from analysis_lib.sources.extracts import AsOf, Extract, Return, Snapshots, chosen, extract_of, returns_of
from analysis_lib.sources.files.cells import Cells
from analysis_lib.sources.files.opening import KINDS, open_bytes, open_path
from analysis_lib.sources.part import Part
from analysis_lib.sources.privacy import without_identifying_values
from analysis_lib.sources.recognition import also_another, named_after, not_recognised, recognise
from analysis_lib.sources.region import refuse_region
from analysis_lib.sources.table import ERROR, TEXT_DTYPE, WARNING, Table, check, is_within, one_row_for_each, when
from analysis_lib.sources.tables import ssda903
from analysis_lib.sources.tables.families import FAMILIES, TABLES
from analysis_lib.sources.years import Told, financial_years, years_of

MOST_AT_ONCE = 2  # files read at a time: more hold more in memory and wait for one another


@dataclass(frozen=True)
class RawReturns:
    """What a folder of returns holds, checked, under the returns' own column names.

    Parameters
    ----------
    folder : Path
    frames : dict of DataFrame
        By table name. Besides the table's columns: `_file` (path below the folder, as a category), `_line` (spreadsheet
        row), `_year` (financial year of the return, "2020-21", blank where not known) and `_extract` (day of the extract).
    problems : list of DataProblem
        Sorted by file and line.
    extracts : tuple of Extract
    closed : dict
        Table name -> the problem of a whole file that closed it; such a table has no frame.
    left_out : dict
        Table name -> rows left out because of an error in them.
    closed_columns : dict
        Table name -> column -> the problem that closed it; the column is blank in the frame.
    returns : tuple of Return
        What the frames were read from: the files of one family and year that were extracted together.
    snapshots : tuple of Snapshots
        What the returns were chosen among; empty where no return has snapshots.
    left_aside : tuple of str
        Files of snapshots that are not used; neither their rows nor their problems are here.
    """

    folder: Path
    frames: dict[str, pd.DataFrame]
    problems: list[DataProblem]
    extracts: tuple[Extract, ...]
    closed: dict[str, DataProblem]
    left_out: dict[str, int]
    closed_columns: dict[str, dict[str, DataProblem]] = field(default_factory=dict)
    returns: tuple[Return, ...] = ()
    snapshots: tuple[Snapshots, ...] = ()
    left_aside: tuple[str, ...] = ()


def read_returns(folder: Path, as_of: AsOf | None = None, *, tables: Mapping[str, Table] = TABLES) -> RawReturns:
    """Every return in `folder` and below, checked; of several snapshots of one return those that a pack `as_of` uses.

    CSV files, the sheets of workbooks and the XML form of the SSDA903 are recognised by their columns as one of
    `tables`, whatever their names and folders. A file that is not recognised is a warning; one that cannot be used
    closes its table; a wrong row is left out and counted; the rest goes on.

    Raises `UsageError` when there is no such folder, it is a region, or it mixes the demonstration with other returns, and
    `DataError` when it holds nothing that can be used or its card cannot be understood.
    """
    if not folder.is_dir():
        raise UsageError(
            f"There is no folder of returns {folder}. Name it in authority.toml ([data] returns) or with --data."
        )
    files = files_in(folder)
    cards = cards_of(folder, files, FAMILIES)
    with ThreadPoolExecutor(MOST_AT_ONCE) as threads:  # much of the work is pyarrow's, which lets other threads run
        parts = threads.map(lambda path: _read_file(folder, path, tables), files)  # in the order of the files
        read = [part for each in parts for part in each]
    if not any(each.frame is not None for each in read):
        raise DataError(
            _each_once(read),
            f"No file in {folder} can be used. Returns are CSV files or workbooks with the columns of their collection, "
            "or the XML form of the SSDA903.",
        )
    return _assembled(folder, cards, read, as_of)


def label_of(folder: Path) -> str:
    """Whose returns `folder` holds, by the cards in it: "synthetic" or "returns". Raises what `read_returns` does of cards."""
    return cards_of(folder, files_in(folder), FAMILIES).label


def _read_file(folder: Path, path: Path, tables: Mapping[str, Table]) -> list[Part]:
    file = path.relative_to(folder).as_posix()
    return _parts_of(open_path(path, file, is_header(tables), ssda903.TABLES), tables)


def read_bytes(data: bytes, file: str) -> tuple[dict[str, pd.DataFrame], list[DataProblem]]:
    """The checked tables of one file given as bytes, by their names, and every problem in it; never raises on bad data."""
    parts = _parts_of(open_bytes(data, file, is_header(TABLES), ssda903.TABLES), TABLES)
    frames: dict[str, list[pd.DataFrame]] = {}
    for part in parts:
        if part.frame is not None:
            frames.setdefault(part.table.name, []).append(part.frame)
    return {name: pd.concat(those, ignore_index=True) for name, those in frames.items()}, _each_once(parts)


def is_header(tables: Mapping[str, Table]) -> Callable[[list[str]], bool]:
    return lambda headings: recognise(headings, tables) is not None


def _parts_of(opened: list[Cells], tables: Mapping[str, Table]) -> list[Part]:
    """What came of one file: a part for each table in it, for each sheet that is none, or for the file as a whole."""
    parts: list[Part] = []
    for cells in opened:
        if cells.table is not None:
            parts.append(_read_table(cells, tables))
        elif any(problem.severity == ERROR for problem in cells.problems):
            parts += [Part(cells.name, cells.problems, table) for table in named_after(cells.name) or [None]]
        else:
            parts.append(Part(cells.name, cells.problems))
    return parts


def _read_table(cells: Cells, tables: Mapping[str, Table]) -> Part:
    table = recognise(cells.table.column_names, tables)
    if table is None:  # what is wrong with its rows is nobody's concern then
        return Part(cells.name, [not_recognised(cells)])
    checked = check(table, cells.table, cells.lines, cells.name, cells.header_line)
    found = without_identifying_values(checked.problems, table, cells.table)
    problems = cells.problems + also_another(table, cells) + found
    left_out = cells.left_out + checked.left_out
    return Part(cells.name, problems, table, checked.frame, left_out, checked.closed_columns)


def _each_once(parts: list[Part]) -> list[DataProblem]:
    """Each problem of `parts` once, with the table that it is of; one of a file that may hold several is of none."""
    tables: dict[DataProblem, set[str]] = {}
    for part in parts:
        for problem in part.problems:
            tables.setdefault(problem, set()).add(part.table.name if part.table else "")
    return [replace(problem, table=min(names) if len(names) == 1 else "") for problem, names in tables.items()]


def _of_table(problem: DataProblem, table: Table) -> DataProblem:
    return replace(problem, table=table.name)


def files_in(folder: Path) -> list[Path]:
    """Files of the kinds that are read, or that a user may take for returns, below `folder` in the order of their paths."""
    refuse_region(folder)
    paths = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths += [
            Path(place, name)
            for name in names
            if Path(name).suffix.lower() in KINDS and not name.startswith((".", "~$"))
        ]
    return sorted(paths, key=lambda path: path.relative_to(folder).as_posix())


def _assembled(folder: Path, cards: Cards, read: list[Part], as_of: AsOf | None) -> RawReturns:
    parts = [part for part in read if part.frame is not None]
    told, about_years = years_of(parts, folder.resolve().name)
    returns, about_days = returns_of(parts, told, cards)
    used, snapshots = chosen(returns, as_of)
    of_part = {id(part): (each, said) for each in used for part, said in zip(each.parts, each.told, strict=True)}
    aside = {part.file for part in parts if id(part) not in of_part}
    aside |= _unread_of_snapshots(read, parts, aside)
    read = [part for part in read if part.file not in aside]
    parts = [part for part in read if part.frame is not None]
    closed = _closed(read)
    problems = _each_once([_of_its_year(part, of_part) for part in read])
    problems += [problem for problem in about_years + about_days if problem.file not in aside]
    rows: dict[str, list[_Rows]] = {}
    for part in parts:
        whole, said = of_part[id(part)]
        year, unknown = _year_by_row(part, said, whole)
        problems += [_of_table(problem, part.table) for problem in unknown]
        rows.setdefault(part.table.name, []).append(_Rows(part.frame, part.file, year, whole.day))
    return RawReturns(
        folder,
        {name: _one_frame(those) for name, those in rows.items() if name not in closed},
        sorted(problems),
        tuple(
            extract_of(family, cards.label, those)
            for family in FAMILIES
            if (those := [each for each in used if each.family == family])
        ),
        closed,
        _left_out(parts),
        _closed_columns(parts),
        tuple(sorted(used, key=lambda each: (each.family, each.year, each.home, each.files))),
        tuple(snapshots),
        tuple(sorted({paths.of_file(file) for file in aside} - {paths.of_file(part.file) for part in read})),
    )


@dataclass(frozen=True)
class _Rows:
    """The rows of one file, and what is said of them: their year one by one, where a file holds several."""

    frame: pd.DataFrame
    file: str
    year: str | pd.Series
    day: pd.Timestamp


def _one_frame(files: list[_Rows]) -> pd.DataFrame:
    """The rows of all files of a table, with what is said of them; `_file` as categories in the order of the paths."""
    of_file = np.repeat(np.arange(len(files)), [len(each.frame) for each in files])
    names = sorted({each.file for each in files})
    places = np.array([names.index(each.file) for each in files])
    days = pd.Series([each.day for each in files], dtype="datetime64[us]").to_numpy()
    frame = pd.concat([each.frame for each in files], ignore_index=True)
    frame["_file"] = pd.Categorical.from_codes(places[of_file], names, ordered=True)
    frame["_year"] = _years(files, of_file)
    frame["_extract"] = days[of_file]
    return frame


def _years(files: list[_Rows], of_file: np.ndarray):
    if all(isinstance(each.year, str) for each in files):
        return pd.Series([each.year for each in files], dtype=TEXT_DTYPE).array[of_file]
    by_row = [pd.Series(each.year, index=each.frame.index, dtype=TEXT_DTYPE) for each in files]
    return pd.concat(by_row, ignore_index=True)


def _of_its_year(part: Part, of_part: Mapping[int, tuple[Return, Told]]) -> Part:
    """The part with every problem that it has as a file of its year."""
    return replace(part, problems=_problems_of(part, of_part[id(part)][1])) if id(part) in of_part else part


def _unread_of_snapshots(read: list[Part], parts: list[Part], left_aside: set[str]) -> set[str]:
    """Files that cannot be used and lie in snapshots of which everything that can be used was left aside."""
    used = {paths.folder_of(part.file) for part in parts if part.file not in left_aside}
    aside = {paths.folder_of(file) for file in left_aside} - used
    return {part.file for part in read if part.frame is None and paths.folder_of(part.file) in aside}


def _closed(read: list[Part]) -> dict[str, DataProblem]:
    """The first problem that closed each table of which a file cannot be used."""
    closed: dict[str, DataProblem] = {}
    for part in read:
        if part.frame is None and part.table is not None:
            first = next(each for each in part.problems if each.severity == ERROR)
            closed.setdefault(part.table.name, _of_table(first, part.table))
    return closed


def _closed_columns(parts: list[Part]) -> dict[str, dict[str, DataProblem]]:
    """The first problem that closed each column; one file without it closes the column for all years."""
    closed: dict[str, dict[str, DataProblem]] = {}
    for part in parts:
        for column, problem in part.closed_columns.items():
            closed.setdefault(part.table.name, {}).setdefault(column, _of_table(problem, part.table))
    return closed


def _left_out(parts: list[Part]) -> dict[str, int]:
    left_out: Counter[str] = Counter()
    for part in parts:
        left_out[part.table.name] += part.left_out
    return {name: count for name, count in left_out.items() if count}


def _problems_of(part: Part, told: Told) -> list[DataProblem]:
    """What is wrong with the rows of one file, now that its year is known."""
    if told.is_several:  # the same row in the returns of two years is no fault of a file that holds both
        return [problem for problem in part.problems if problem.expected != one_row_for_each(part.table)]
    return part.problems + _not_of_the_year(part, told.year) + _later_than_the_return(part, told.year)


def _not_of_the_year(part: Part, year: str) -> list[DataProblem]:
    """A table, and codes, that the collection of that year does not have."""
    if not year:
        return []
    if not is_within(year, *part.table.used):
        expected = f"a table of {year}; {part.table.title} is collected {when(*part.table.used)}"
        return [DataProblem(part.file, 0, "", "", expected, "It is read all the same.", WARNING)]
    problems = []
    for column in part.table.columns:
        outside = column.codes.outside(year) if column.codes else {}
        if outside:
            rows = _rows_where(part.frame, part.frame[column.name].isin(list(outside)), column.name)
            problems += [
                DataProblem(
                    part.file,
                    int(line),
                    column.name,
                    code,
                    f"a code of {year}; it was used {outside[code]}",
                    "The row is used, with what the code meant. Recode it in the case system and export again.",
                    WARNING,
                )
                for line, code in rows.itertuples(index=False)
            ]
    return problems


def _year_by_row(part: Part, told: Told, whole: Return) -> tuple[str | pd.Series, list[DataProblem]]:
    """The collection year of each row: that of the file; in an AD1 of several years that of the child's adoption."""
    if part.table.name != "ad1" or not told.is_several:
        return told.year, []
    episodes = [each.frame for each in whole.parts if each.table.name == "episodes"]
    adopted = pd.concat([frame[frame["REC"].isin(("E11", "E12")) & frame["DEC"].notna()] for frame in episodes])
    last = adopted.groupby("CHILD")["DEC"].max()
    days = part.frame["CHILD"].map(last).astype("datetime64[us]")
    years = pd.Series("", index=part.frame.index, dtype=TEXT_DTYPE)
    years[days.notna()] = [paths.year_starting(int(year)) for year in financial_years(days.dropna())]
    expected = "a child with an adoption (E11, E12) in Episodes, which tells the year of this row"
    advice = "The row is not counted. Correct Episodes, or keep each year's files apart."
    return years, [
        DataProblem(part.file, int(line), "CHILD", "", expected, advice, WARNING)
        for line in part.frame.loc[days.isna(), "_line"]
    ]


def _later_than_the_return(part: Part, year: str) -> list[DataProblem]:
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
        for line, day in _rows_where(part.frame, part.frame[column] > end, column).itertuples(index=False)
    ]


def _rows_where(frame: pd.DataFrame, mask: pd.Series, column: str) -> pd.DataFrame:
    """Line and value of the rows in `mask`: mostly none, and then nothing is taken."""
    return frame.loc[mask, ["_line", column]] if mask.any() else frame[["_line", column]].iloc[:0]
