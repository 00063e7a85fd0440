"""Published files as a user downloads them, in any folder below the one of published figures: found, told, read.

What came of them stands beside our own tables: every release is kept, and `editions` says which one holds on a day.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from analysis_lib.errors import DataProblem
from analysis_lib.sources.files.cells import Cells
from analysis_lib.sources.files.csv_file import read_cells
from analysis_lib.sources.files.headings import listed
from analysis_lib.sources.files.opening import WORKBOOKS, open_path
from analysis_lib.sources.published import neighbour_lists, ons_population
from analysis_lib.sources.published.areas import COUNCIL, areas_by_code
from analysis_lib.sources.published.editions import KEYS
from analysis_lib.sources.published.open_data import (
    FileKind,
    file_kinds,
    heading,
    kind_of,
    nearest_kind,
    read_figures,
)
from analysis_lib.sources.published.publication_card import ENDING, PublicationCard, card_path, read_publication_card
from analysis_lib.sources.published.release_days import CARD, RULE
from analysis_lib.sources.table import TEXT_DTYPE, WARNING

_LONGEST_LINE = 1_000_000
_HEADER_LINES = 15  # a sheet saved as CSV may have a title and notes above its header
_META = {"col_name", "col_type", "label"}  # the description of columns that comes with a download; it has no figures
_LEAVE_OUT = "The file is not used. docs/how-to/add-published-figures.md lists the files that are."
_CSV_ONLY = "The file is not used. Save it as CSV or as a workbook, or take the CSV files out of the zip file."
_SMALL = "Ask whoever signs off the pages, or leave the file out: docs/how-to/add-published-figures.md says why."
_COUNTED = ("children", "plans", "referrals")
_SAME_RELEASE = "If one of them is a later release, say so in its source card (released = 2026-11-19)."


@dataclass
class Downloads:
    """What the downloaded files give: rows in the shape of our own tables, and what could not be used of them.

    Each of `benchmarks` and `population` also has `issued`, the day of the release, and `issued_basis`, whether a source
    card says it or a rule; `_file` is where the row was read.
    """

    benchmarks: list[pd.DataFrame] = field(default_factory=list)
    population: list[pd.DataFrame] = field(default_factory=list)
    neighbours: list[pd.DataFrame] = field(default_factory=list)
    problems: list[DataProblem] = field(default_factory=list)


def read_downloads(folder: Path, own: Iterable[str]) -> Downloads:
    """Everything in `folder` and below that is not one of our `own` tables, a card, or notes (.md, hidden files).

    CSV files, and the sheets of workbooks. A file that is not recognised is a warning that names it; so is one of
    another kind. Nothing is raised.
    """
    found = Downloads()
    for path in _files(folder, set(own)):
        file = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        if path.name.endswith(ENDING):
            if not any(card_path(each) == path for each in path.parent.iterdir()):
                expected = "a file of that name beside this card"
                found.problems.append(DataProblem(file, 0, "", "", expected, "The card is not used.", severity=WARNING))
        elif path.suffix.casefold() not in {".csv", *WORKBOOKS}:
            found.problems.append(DataProblem(file, 0, "", "", "a CSV file or a workbook (.xlsx)", _CSV_ONLY, WARNING))
        else:
            _read(path, file, found)
    return found


def _files(folder: Path, own: set[str]) -> list[Path]:
    paths = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__"))]
        for name in names:
            path = Path(place, name)
            is_ours = path.parent == folder and (name in own or name == "source.toml")
            if not is_ours and not name.startswith(".") and path.suffix.casefold() != ".md":
                paths.append(path)
    return sorted(paths, key=lambda path: path.relative_to(folder).as_posix())


def _read(path: Path, file: str, found: Downloads) -> None:
    card = PublicationCard()
    if (beside := card_path(path)) is not None:
        card, problems = read_publication_card(beside, f"{file.rsplit('/', 1)[0]}/{beside.name}")
        found.problems += problems
    sheets = open_path(path, file, _is_header, ())
    if path.suffix.casefold() == ".csv" and not any(_is_known(sheet) for sheet in sheets) and path.is_file():
        sheets = _below_a_title(path, file) or sheets
    known = [sheet for sheet in sheets if _is_known(sheet)]
    for sheet in known or sheets:  # the notes in a workbook of figures are no figures that were not recognised
        found.problems += sheet.problems
        if sheet.table is not None:
            _read_sheet(sheet, path.name, card, found)


def _is_header(row: list[str]) -> bool:
    """Whether a row of a sheet is the header of a file that is known."""
    return _reader([heading(text) for text in row]) is not None


def _is_known(cells: Cells) -> bool:
    return cells.table is not None and _is_header(cells.table.column_names)


def _below_a_title(path: Path, file: str) -> list[Cells]:
    """The cells below the first line that is a header, of a sheet that was saved as CSV with its title and notes above.

    Lines are numbered as in the whole file. Empty when no line near the top is one.
    """
    try:
        with path.open("rb") as opened:
            top = [opened.readline(_LONGEST_LINE) for _ in range(_HEADER_LINES)]
            for above, line in enumerate(top):
                if above and _is_header(
                    [name.strip('" \r\n') for name in line.decode("utf-8-sig", "replace").split(",")]
                ):
                    opened.seek(sum(map(len, top[:above])))
                    cells = read_cells(opened.read(), file)
                    problems = [replace(each, line=each.line and each.line + above) for each in cells.problems]
                    return [replace(cells, lines=cells.lines + above, problems=problems)]
    except OSError:
        pass  # said when it was opened
    return []


def _read_sheet(cells: Cells, name: str, card: PublicationCard, found: Downloads) -> None:
    headings = [heading(text) for text in cells.table.column_names]
    reader = _reader(headings)
    if reader is not None:
        reader(cells, cells.name, name, card, found)
    elif not set(headings) >= _META:
        found.problems.append(_not_recognised(cells.name, headings))


def _reader(headings: list[str]) -> Callable | None:
    if neighbour_lists.model_of(headings):
        return _neighbours
    if ons_population.is_detailed_series(headings):
        return _detailed_population
    kind = kind_of(headings)
    return None if kind is None else lambda *given: _figures(kind, *given)


def _not_recognised(file: str, headings: list[str]) -> DataProblem:
    expected = "a published file that is known by its columns"
    if near := nearest_kind(headings):
        kind, missing = near
        expected = f"{expected}; it is like {kind.name!r}, but has no column {', '.join(missing)}"
    found = listed(headings, lambda _: True)  # no figure of a child is published, so that all may be shown
    return DataProblem(file, 1, "", "", f"{expected}; found {found}", _LEAVE_OUT, WARNING)


def _figures(kind: FileKind, cells: Cells, file: str, name: str, card: PublicationCard, found: Downloads) -> None:
    read = read_figures(kind, cells, file)
    found.problems += read.problems
    rows = read.rows
    if rows.empty:
        found.problems.append(DataProblem(file, 0, "", "", "at least one figure that can be used", _LEAVE_OUT))
        return
    found.problems += _small_numbers(kind, rows, file)
    newest = rows["period_end"].max()
    issued, basis = _issued(card, kind.rule.day_of(newest))
    release = card.release or (f"ONS estimates to mid-{newest.year}" if kind.population else f"{newest.year} release")
    source = _source(kind.publisher, kind.publication, release, name, card)
    first = _first_out(rows["period_end"], kind, issued, basis)
    rows = rows.assign(
        first_released=first["day"].where(~(first["day"] < rows["not_released_before"]), rows["not_released_before"]),
        release_basis=first["basis"],
        release=release,
        issued=issued,
        issued_basis=basis,
        source=source,
        _file=file,
    )
    found.benchmarks.append(rows.drop(columns=["not_released_before"]))
    if kind.population:
        found.population.append(_as_population(rows, kind.population, card))


def _small_numbers(kind: FileKind, rows: pd.DataFrame, file: str) -> list[DataProblem]:
    """A warning when the publisher prints 1 to 5 children of a council: what is public passes the gate unchanged."""
    of_council = rows["area_code"].map(lambda code: getattr(areas_by_code().get(code), "kind", COUNCIL) == COUNCIL)
    few = rows["value"].where(rows["unit"].isin(_COUNTED), rows["numerator"]).between(1, 5)
    number = int((of_council & few).sum()) if kind.counts_children else 0
    if not number:
        return []
    expected = f"no figure of 1 to 5 children in a council; it has {number:,}, which pages will show as published"
    return [DataProblem(file, 0, "", "", expected, _SMALL, WARNING)]


def _issued(card: PublicationCard, by_rule: pd.Timestamp) -> tuple[pd.Timestamp, str]:
    return (card.day, CARD) if card.day is not None else (by_rule, RULE)


def _first_out(ends: pd.Series, kind: FileKind, issued: pd.Timestamp, basis: str) -> pd.DataFrame:
    """When each period's figures first came out: by the rule, but not after the release that has them.

    The newest period came out with its release where a card says when that was: the rule may be days too early.
    """
    days = {end: min(kind.rule.day_of(end), issued) for end in ends.unique()}
    if basis == CARD:
        days[ends.max()] = issued
    bases = {end: kind.rule.basis(end) if day < issued else basis for end, day in days.items()}
    return pd.DataFrame({"day": ends.map(days), "basis": ends.map(bases)})


def _source(publisher: str, publication: str, release: str, name: str, card: PublicationCard) -> str:
    shelf = "Explore Education Statistics: " if publisher == "DfE" else ""
    return f"{card.publisher or publisher}, {card.title or shelf + publication}, {release}, file {name}"


def _as_population(rows: pd.DataFrame, told: dict, card: PublicationCard) -> pd.DataFrame:
    rows = rows[rows["value"].notna()]
    return pd.DataFrame(
        {
            "area_code": rows["area_code"],
            "area": rows["area"],
            "year": rows["period_end"].dt.year.astype("int64"),
            "sex": "persons",
            "age": told["age"],
            "population": rows["value"].astype("int64"),
            "vintage": card.vintage or told["vintage"],
            "released": rows["first_released"],
            "release_basis": rows["release_basis"],
            "issued": rows["issued"],
            "source": rows["source"],
            "_file": rows["_file"],
        }
    )


def _detailed_population(cells: Cells, file: str, name: str, card: PublicationCard, found: Downloads) -> None:
    rows, problems = ons_population.read_detailed_series(cells, file)
    found.problems += problems
    if rows.empty:
        found.problems.append(DataProblem(file, 0, "", "", "at least one council's estimate", _LEAVE_OUT))
        return
    rule = next(kind.rule for kind in file_kinds() if kind.population)
    newest = int(rows["year"].max())
    issued, basis = _issued(card, rule.day_of(pd.Timestamp(newest, 6, 30)))
    days = {year: min(rule.day_of(pd.Timestamp(year, 6, 30)), issued) for year in rows["year"].unique()}
    release = f"ONS estimates to mid-{newest}"
    found.population.append(
        rows.assign(
            vintage=card.vintage or f"as issued to mid-{newest}",
            released=rows["year"].map(days),
            release_basis=basis,
            issued=issued,
            source=_source(
                "ONS", "Mid-year population estimates, detailed series", card.release or release, name, card
            ),
            _file=file,
        )
    )


def _neighbours(cells: Cells, file: str, name: str, card: PublicationCard, found: Downloads) -> None:
    rows, problems = neighbour_lists.read_neighbours(cells, file, card.model)
    found.problems += problems
    title = card.title or "Children's services statistical neighbours"
    rows = rows.assign(source=f"{card.publisher or 'DfE'}, {title} (file {name})", _file=file)
    held = {model for each in found.neighbours for model in each["model"].unique()}
    for model in [model for model in rows["model"].unique() if model in held]:
        expected = f"another list than {model!r}, which an earlier file has"
        advice = 'The file is not used. If it is another list, name it in its source card (model = "2027 (May 2027)").'
        found.problems.append(DataProblem(file, 0, "", "", expected, advice, WARNING))
        rows = rows[rows["model"] != model]
    found.neighbours.append(rows)


def of_one_release(frames: list[pd.DataFrame], table: str) -> tuple[pd.DataFrame | None, list[DataProblem]]:
    """All rows of several files, with one row for each figure and release.

    Files that agree on a figure of one release count once. Where they differ it cannot be known which one is right, so
    none is used: the release before stands, and a problem names the files.
    """
    if not frames:
        return None, []
    rows = pd.concat(frames, ignore_index=True)
    key = [*KEYS[table], "issued"]
    twice = rows[rows.duplicated(key, keep=False)]
    if twice.empty:
        return rows, []
    values = ["value", "symbol"] if table == "benchmarks" else ["population"]
    differs = twice.groupby(key)[values].transform("nunique", dropna=False).gt(1).any(axis=1)
    problems = []
    for contradicted, group in twice.groupby(differs):
        files = group.groupby(key)["_file"].agg(lambda names: " and ".join(sorted(set(names))))
        for names, count in files.value_counts(sort=False).sort_index().items():
            problems.append(_twice(names, count, contradicted))
    rows = rows.drop(index=twice.index[differs])
    return rows.drop_duplicates(key, ignore_index=True), problems


def _twice(names: str, count: int, contradicted: bool) -> DataProblem:
    file = names.split(" and ")[-1]
    if contradicted:
        expected = f"one value for each figure of one release; {names} give different ones for {count:,}"
        return DataProblem(file, 0, "", "", expected, f"These figures are not used. {_SAME_RELEASE}")
    expected = f"figures that no other file of the same release has; {names} share {count:,}, and agree"
    return DataProblem(file, 0, "", "", expected, f"They count once. {_SAME_RELEASE}", WARNING)


def text_columns(frame: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """`frame` with these columns as text of the one type that our tables use."""
    return frame.astype({name: TEXT_DTYPE for name in names})
