"""Reads a folder of returns: finds the files, tells by their columns what they are, checks them, dates the extracts."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pandas as pd

from analysis_lib.errors import DataError, DataProblem, UsageError
from analysis_lib.periods import Period
from analysis_lib.sources import annex_a, paths, ssda903, virtual_school, youth_offending
from analysis_lib.sources.card import Cards, cards_of
from analysis_lib.sources.csv_file import Cells, read_cells
from analysis_lib.sources.extracts import AsOf, Extract, Return, Snapshots, chosen, extract_of, returns_of
from analysis_lib.sources.part import Part
from analysis_lib.sources.table import (
    ERROR,
    TEXT_DTYPE,
    WARNING,
    Table,
    check,
    folded,
    is_within,
    one_row_for_each,
    when,
)
from analysis_lib.sources.years import Told, financial_years, years_of

MODULES = (ssda903, annex_a, virtual_school, youth_offending)
FAMILIES = {module.FAMILY: module.TITLE for module in MODULES}
TABLES = {table.name: table for module in MODULES for table in module.TABLES}
# A file is recognised by at least this share of the columns that its table must have, rare ones weighing more.
_RECOGNISED = 0.5
_NOT_CSV = {".xlsx", ".xlsm", ".xls", ".ods", ".xml", ".zip", ".tsv", ".txt"}


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
    returns: tuple[Return, ...] = ()
    snapshots: tuple[Snapshots, ...] = ()
    left_aside: tuple[str, ...] = ()


def read_returns(folder: Path, as_of: AsOf | None = None) -> RawReturns:
    """Every return in `folder` and below, checked; of several snapshots of one return those that a pack `as_of` uses.

    CSV files are recognised by their columns, whatever their names and folders. A file that is not recognised is a
    warning; one that cannot be used closes its table; a wrong row is left out and counted; the rest goes on.

    Raises `UsageError` when there is no such folder or it mixes the demonstration with other returns, and `DataError`
    when it holds nothing that can be used or its card cannot be understood.
    """
    if not folder.is_dir():
        raise UsageError(
            f"There is no folder of returns {folder}. Name it in authority.toml ([data] returns) or with --data."
        )
    files = _files(folder)
    cards = cards_of(folder, files, FAMILIES)
    read = [_read_file(folder, path) for path in files]
    if not any(each.frame is not None for each in read):
        raise DataError(
            [problem for each in read for problem in each.problems],
            f"No file in {folder} can be used. Returns are CSV files with the columns of their collection.",
        )
    return _assembled(folder, cards, read, as_of)


def _read_file(folder: Path, path: Path) -> Part:
    file = path.relative_to(folder).as_posix()
    if path.suffix.lower() != ".csv":
        return Part(file, [_not_csv(file)])
    try:
        cells = read_cells(path.read_bytes(), file)
    except OSError as error:
        advice = "See that the file is there, is not open elsewhere, and may be read."
        cells = Cells(problems=[DataProblem(file, 0, "", "", f"a file that can be read ({error.strerror})", advice)])
    if cells.table is None:
        return Part(file, cells.problems, _named_after(file))
    table = recognise(cells.table.column_names)
    if table is None:
        return Part(file, [*cells.problems, _not_recognised(file, cells.table.column_names)])
    checked = check(table, cells.table, cells.lines, file)
    return Part(
        file,
        cells.problems + checked.problems,
        table,
        checked.frame,
        cells.left_out + checked.left_out,
    )


def recognise(headings: list[str]) -> Table | None:
    """The table that a file with these headings is, or None. Case, spaces, punctuation and order do not matter."""
    found = {folded(heading) for heading in headings}
    scores = [(_likeness(table, found), table) for table in TABLES.values()]
    best, table = max(scores, key=lambda score: score[0])
    return table if best[0] >= _RECOGNISED else None


_TABLES_WITH = Counter(folded(column.name) for table in TABLES.values() for column in table.columns)


def _likeness(table: Table, found: set[str]) -> tuple[float, float]:
    """The share of must-have columns found, each weighing less the more tables have it; then the share of all columns."""

    def share(columns) -> float:
        weights = [(1 / _TABLES_WITH[folded(column.name)], column) for column in columns]
        present = sum(weight for weight, column in weights if found.intersection(column.folded_headings))
        return present / sum(weight for weight, _ in weights)

    return share(table.must_have), share(table.columns)


def _files(folder: Path) -> list[Path]:
    """CSV files, and files of kinds that a user may have taken for returns, below `folder` in the order of their paths."""
    paths = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths += [
            Path(place, name)
            for name in names
            if Path(name).suffix.lower() in {".csv", *_NOT_CSV} and not name.startswith((".", "~$"))
        ]
    return sorted(paths, key=lambda path: path.relative_to(folder).as_posix())


def _named_after(file: str) -> Table | None:
    """The table whose name an unreadable file bears: the only hint at what is missing now."""
    stem = folded(Path(file).stem)
    by_length = sorted(TABLES.values(), key=lambda table: -len(folded(table.name)))
    for table in by_length:
        name = folded(table.name)
        if name in stem or name.replace("list0", "list") in stem:
            return table
    places = {folded(part) for part in Path(file).parts[:-1]}
    return next((table for table in by_length if table.name == table.family and folded(table.family) in places), None)


def _not_csv(file: str) -> DataProblem:
    expected = "a CSV file; it is not read"
    return DataProblem(file, 0, "", "", expected, "Save each table or list of it as CSV UTF-8.", WARNING)


def _not_recognised(file: str, headings: list[str]) -> DataProblem:
    listed = ", ".join(heading.strip()[:60] for heading in headings[:40] if heading.strip())
    advice = f"The file is not read. Its columns are: {listed}. `panelpack template` writes the local templates."
    return DataProblem(file, 1, "", "", "the columns of a known return", advice, WARNING)


def _assembled(folder: Path, cards: Cards, read: list[Part], as_of: AsOf | None) -> RawReturns:
    parts = [part for part in read if part.frame is not None]
    told, problems = years_of(parts, folder.resolve().name)
    returns, about_days = returns_of(parts, told, cards)
    used, snapshots = chosen(returns, as_of)
    of_file = {id(part): (each, said) for each in used for part, said in zip(each.parts, each.told, strict=True)}
    left_aside = {part.file for part in parts if id(part) not in of_file}
    left_aside |= _unread_of_snapshots(read, parts, left_aside)
    read = [part for part in read if part.file not in left_aside]
    problems = [problem for problem in problems + about_days if problem.file not in left_aside]
    closed = _closed(read)
    frames: dict[str, list[pd.DataFrame]] = {}
    for part in read:
        if id(part) not in of_file:
            problems += part.problems
            continue
        whole, said = of_file[id(part)]
        problems += _problems_of(part, said)
        year, unknown = _year_by_row(part, said, whole)
        problems += unknown
        frames.setdefault(part.table.name, []).append(
            part.frame.assign(_file=part.file, _year=year, _extract=whole.day)
        )
    return RawReturns(
        folder,
        {name: pd.concat(those, ignore_index=True) for name, those in frames.items() if name not in closed},
        sorted(problems),
        tuple(
            extract_of(family, cards.label, those)
            for family in FAMILIES
            if (those := [each for each in used if each.family == family])
        ),
        closed,
        _left_out([part for part in read if part.frame is not None]),
        tuple(sorted(used, key=lambda each: (each.family, each.year, each.home, each.files))),
        tuple(snapshots),
        tuple(sorted(left_aside)),
    )


def _unread_of_snapshots(read: list[Part], parts: list[Part], left_aside: set[str]) -> set[str]:
    """Files that cannot be used and lie in snapshots of which everything that can be used was left aside."""
    used = {PurePosixPath(part.file).parent for part in parts if part.file not in left_aside}
    aside = {PurePosixPath(file).parent for file in left_aside} - used
    return {part.file for part in read if part.frame is None and PurePosixPath(part.file).parent in aside}


def _closed(read: list[Part]) -> dict[str, DataProblem]:
    """The first problem that closed each table of which a file cannot be used."""
    closed: dict[str, DataProblem] = {}
    for part in read:
        if part.frame is None and part.table is not None:
            closed.setdefault(part.table.name, next(each for each in part.problems if each.severity == ERROR))
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
            rows = part.frame.loc[part.frame[column.name].isin(list(outside)), ["_line", column.name]]
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
        for line, day in part.frame.loc[part.frame[column] > end, ["_line", column]].itertuples(index=False)
    ]
