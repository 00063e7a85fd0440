"""The published-figures room: our own tables of figures that others published, and the publishers' files beside them.

Our tables are plain: UTF-8, ISO dates (2021-03-31), blank for no value. `data/raw/published/README.md` says where each
came from, `docs/sources.md` what a reader must know before comparing. Any other file in the folder is read as its
publisher issues it (`downloads`), and stands beside ours: every release is kept, the newest is `current`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis_lib.errors import DataError, DataProblem
from analysis_lib.sources.published.downloads import Downloads, of_one_release, read_downloads
from analysis_lib.sources.published.editions import KEYS, revisions, with_current
from analysis_lib.sources.published.neighbour_lists import COLUMNS as NEIGHBOUR_COLUMNS
from analysis_lib.sources.published.open_data import SYMBOLS, computed_rates
from analysis_lib.sources.table import TEXT_DTYPE, WARNING

ADVICE = "Mend the table of published figures from its source, and keep the source beside it."
_PATTERNS = {
    "number": (r"-?\d+(\.\d+)?", "a plain number"),
    "whole": (r"\d+", "a whole number"),
    "date": (r"\d{4}-\d\d-\d\d", "a date written YYYY-MM-DD"),
}


@dataclass(frozen=True)
class Table:
    """One published table as data: `columns` with their kinds ("?" marks those that may be blank) and its `key`."""

    columns: dict[str, str]
    key: tuple[str, ...]


TABLES = {
    "population": Table(
        {
            "area_code": "text", "area": "text", "year": "whole", "sex": "text", "age": "text", "population": "whole",
            "vintage": "text", "released": "date", "release_basis": "text", "issued": "date", "source": "text",
        },
        ("area_code", "year", "sex", "age", "vintage"),
    ),
    "benchmarks": Table(
        {
            "indicator": "text", "title": "text", "area_code": "text", "area": "text", "time_period": "text",
            "period_start": "date?", "period_end": "date", "value": "number?", "unit": "text", "numerator": "number?",
            "denominator": "number?", "symbol": "text?", "first_released": "date", "release_basis": "text",
            "release": "text", "issued": "date", "source": "text",
        },
        ("indicator", "area_code", "time_period"),
    ),
    "council_figures": Table(
        {
            "figure_id": "text", "council_code": "text", "measure": "text", "breakdown": "text?", "period_text": "text", "period_start": "date?",
            "period_end": "date", "value": "number", "unit": "text", "document": "text", "locator": "text",
            "published": "date", "source": "text", "note": "text?",
        },
        ("figure_id",),
    ),
    "ethnicity_population": Table(
        {"area_code": "text", "area": "text", "ethnic_group": "text", "population": "whole", "source": "text"},
        ("area_code", "ethnic_group"),
    ),
}  # fmt: skip
AS_PUBLISHED, COMPUTED = "as published", "computed here from the published number and population"
# Without these of our own tables a folder is used all the same: the pages that draw on them say that nothing was printed.
_OPTIONAL = {
    "council_figures": "what the council itself printed",
    "ethnicity_population": "the population by ethnic group",
}
# Tables that downloaded files feed, and what is missing where neither they nor a table of ours does.
_FED = {
    "benchmarks": "published figures to compare with: benchmarks.csv, or files of the Department for Education",
    "population": "a population: population.csv, or ONS mid-year estimates as the Department for Education issues them",
    "statistical_neighbours": "a list of statistical neighbours, as the Department for Education issues it",
}


@dataclass(frozen=True)
class Publications:
    """The published tables, and what was wrong with the files that they came from: `problems`, sorted."""

    tables: dict[str, pd.DataFrame]
    problems: list[DataProblem]


def read_published(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of `read_publications`, without its problems."""
    return read_publications(folder).tables


def read_publications(folder: Path) -> Publications:
    """The published tables in `folder`, checked, with every downloaded file in it and below.

    Tables: population, benchmarks, council_figures, statistical_neighbours (of every council in the lists, `of_code`
    says whose), ethnicity_population, and published_revisions, where releases differ. Numbers are floats (`population`,
    `year` and `rank` integers), dates datetime64, a missing number or date NaN or NaT; text that may be blank (symbol,
    breakdown, note) is "" where it is. `benchmarks` and `population` hold every release of a figure; `current` marks
    the newest, and `editions.known_on` gives the one of any day. `method` tells a figure as published from a rate that is
    computed here (`with_computed_rates`).

    Raises
    ------
    DataError
        With every problem of every table of ours: a missing file or column, a value of the wrong kind, an unknown
        symbol, a row with both a value and a symbol or with neither, a row that stands twice, a row without a source.
        What is wrong with a downloaded file is among `problems`: the rest of it, and the other files, are used.
    """
    downloads = read_downloads(folder, [f"{name}.csv" for name in TABLES])
    given = {"benchmarks": downloads.benchmarks, "population": downloads.population}
    raw = {name: _read(folder / f"{name}.csv") for name in TABLES}
    absent = [name for name in TABLES if not (folder / f"{name}.csv").exists()]
    spared = [name for name in absent if name in _OPTIONAL or given.get(name)]
    problems = [
        problem
        for name, frame in raw.items()
        if name not in spared
        for problem in _problems(f"{folder.name}/{name}.csv", name, frame)
    ]
    if not downloads.neighbours:
        problems.append(DataProblem(folder.name, 0, "", "", _FED["statistical_neighbours"], ADVICE))
    if problems:
        raise DataError(problems, "The published figures cannot be used.")
    tables = {name: _typed(_empty(name) if name in spared else raw[name], TABLES[name]) for name in TABLES}
    notes = [*downloads.problems, *_absences(folder, spared)]
    for name in given:
        tables[name], found = _with_downloads(name, tables[name], given[name])
        notes += found
    tables["benchmarks"] = with_current(with_computed_rates(tables["benchmarks"]), "benchmarks")
    tables["statistical_neighbours"] = _neighbours(downloads)
    tables["published_revisions"] = revisions(tables["benchmarks"])
    notes += _said_of_revisions(folder, tables["published_revisions"])
    order = [*TABLES, "statistical_neighbours", "published_revisions"]
    return Publications({name: tables[name] for name in order}, sorted(set(notes)))


def _absences(folder: Path, spared: list[str]) -> Iterator[DataProblem]:
    for name in spared:
        if name in _OPTIONAL:
            expected = f"a file of this name, with {_OPTIONAL[name]}; there is none, and pages do without"
            yield DataProblem(f"{folder.name}/{name}.csv", 0, "", "", expected, ADVICE, WARNING)


def _with_downloads(
    name: str, own: pd.DataFrame, downloaded: list[pd.DataFrame]
) -> tuple[pd.DataFrame, list[DataProblem]]:
    """Our own rows and those of downloaded files, each figure in every release that is held, `current` for the newest.

    A row of ours that a downloaded file of the same release has too is left to that file.
    """
    if name == "benchmarks":
        own = own.assign(issued_basis="our own table", method=AS_PUBLISHED)
    rows, problems = of_one_release(downloaded, name)
    if rows is None:
        return with_current(own, name), problems
    if name == "benchmarks":
        rows = _first_out_as_known(rows, own).assign(method=AS_PUBLISHED)
    rows = rows[list(own.columns)].astype(own.dtypes.to_dict())
    key = [*KEYS[name], "issued"]
    again = own.merge(rows[key].drop_duplicates(), on=key, how="left", indicator=True)["_merge"].eq("both").to_numpy()
    return with_current(pd.concat([own[~again], rows], ignore_index=True), name), problems


def _first_out_as_known(rows: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """`rows` with the day on which our own table says that such figures first came out, where it says it."""
    key = ["indicator", "time_period"]
    said = own[own["area_code"] != "SN2025"].sort_values("first_released").drop_duplicates(key)
    said = rows[key].merge(said[[*key, "first_released", "release_basis"]], on=key, how="left")
    said.index = rows.index
    takes = said["first_released"].notna() & (said["first_released"] <= rows["issued"])
    return rows.assign(
        first_released=said["first_released"].where(takes, rows["first_released"]),
        release_basis=said["release_basis"].where(takes, rows["release_basis"]),
    )


def with_computed_rates(benchmarks: pd.DataFrame) -> pd.DataFrame:
    """`benchmarks` and the rates that the downloaded files do not print, from their numbers: `method` says so.

    For periods after the last one for which a publisher's rate of that area is held, or all where none is. A number of
    one release is divided by the newest population of the mid-year before; without it there is no rate. One decimal, as
    the Department for Education prints them; a number rounded to 10 (England, regions) is used as it is printed.
    """
    people = benchmarks[(benchmarks["indicator"] == "pop_0_17") & benchmarks["current"] & benchmarks["value"].notna()]
    people = people.assign(year=people["period_end"].dt.year + 1)[["area_code", "year", "value", "issued", "source"]]
    parts = [benchmarks]
    for indicator, told in computed_rates().items():
        last = benchmarks[benchmarks["indicator"] == indicator].groupby("area_code")["period_end"].max()
        rows = benchmarks[benchmarks["indicator"] == told["number"]]
        covered = rows["period_end"].to_numpy() <= last.reindex(rows["area_code"]).to_numpy()
        rows = rows[~covered].assign(year=rows["period_end"].dt.year)
        both = rows.merge(people, on=["area_code", "year"], suffixes=("", "_people"))
        parts.append(
            both.assign(
                indicator=indicator,
                title=told["title"],
                unit="per 10,000",
                numerator=both["value"],
                denominator=both["value_people"].where(both["value"].notna()),
                value=(10_000 * both["value"] / both["value_people"]).round(1),
                issued=both[["issued", "issued_people"]].max(axis=1),
                source=both["source"] + "; rate computed here on " + both["source_people"],
                method=COMPUTED,
            )[list(benchmarks.columns)]
        )
    return pd.concat([part for part in parts if len(part)], ignore_index=True).astype(benchmarks.dtypes.to_dict())


def _neighbours(downloads: Downloads) -> pd.DataFrame:
    rows = pd.concat(downloads.neighbours, ignore_index=True)[list(NEIGHBOUR_COLUMNS)]
    texts = {name: TEXT_DTYPE for name in NEIGHBOUR_COLUMNS if name != "rank"}
    return rows.astype(texts).sort_values(["model", "of_code", "rank"], ignore_index=True)


def _said_of_revisions(folder: Path, changes: pd.DataFrame) -> Iterator[DataProblem]:
    """One line for each release that changed figures of an earlier one; the table published_revisions has them all."""
    for (release, issued), group in changes.groupby(["release", "issued"], sort=True):
        expected = f"the figures of the releases before; the {release} ({issued:%Y-%m-%d}) gives {len(group):,} of them otherwise"
        advice = (
            "The newest is used, the earlier one kept for packs of that time: table published_revisions lists them."
        )
        yield DataProblem(folder.name, 0, "", "", expected, advice, WARNING)


def _empty(name: str) -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series(dtype=TEXT_DTYPE) for column in TABLES[name].columns})


def _read(path: Path) -> pd.DataFrame | str:
    """The file as text, or what is wrong with it as a whole."""
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except FileNotFoundError:
        return "a file of this name"
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError):
        return "a comma-separated file in UTF-8 with a header row"
    return frame if len(frame) else "at least one row"


def _problems(file: str, name: str, frame: pd.DataFrame | str) -> Iterator[DataProblem]:
    if isinstance(frame, str):
        yield DataProblem(file, 0, "", "", frame, ADVICE)
        return
    table = TABLES[name]
    missing = [column for column in table.columns if column not in frame]
    for column in missing:
        yield DataProblem(file, 1, column, "", f"this column; found {', '.join(frame.columns)}", ADVICE)
    if missing:
        return
    for column, kind in table.columns.items():
        yield from _wrong_values(file, column, kind, frame[column])
    for row in frame.index[frame.duplicated(list(table.key))]:
        value = ", ".join(frame.loc[row, list(table.key)])
        yield DataProblem(file, row + 2, "", value, f"the only row with its {', '.join(table.key)}", ADVICE)
    if "symbol" in frame:
        yield from _wrong_symbols(file, frame)


def _wrong_values(file: str, column: str, kind: str, values: pd.Series) -> Iterator[DataProblem]:
    blank = values.str.strip() == ""
    if not kind.endswith("?"):
        for row in values.index[blank]:
            yield DataProblem(file, row + 2, column, "", "a value", ADVICE)
    kind = kind.removesuffix("?")
    if kind == "text":
        return
    pattern, words = _PATTERNS[kind]
    right = values.map(lambda value: re.fullmatch(pattern, value) is not None)
    if kind == "date":
        right &= pd.to_datetime(values.where(right), format="%Y-%m-%d", errors="coerce").notna()  # 2021-02-30
    for row in values.index[~blank & ~right]:
        yield DataProblem(file, row + 2, column, values[row], words, ADVICE)


def _wrong_symbols(file: str, frame: pd.DataFrame) -> Iterator[DataProblem]:
    for row in frame.index[(frame["symbol"] != "") & ~frame["symbol"].isin(list(SYMBOLS))]:
        yield DataProblem(file, row + 2, "symbol", frame.loc[row, "symbol"], f"one of {', '.join(SYMBOLS)}", ADVICE)
    for row in frame.index[(frame["symbol"] == "") == (frame["value"] == "")]:
        yield DataProblem(file, row + 2, "value", frame.loc[row, "value"], "either a value or a symbol", ADVICE)


def _typed(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    typed = {}
    for column, kind in table.columns.items():
        values = frame[column]
        if kind.startswith("date"):
            typed[column] = pd.to_datetime(values.where(values != ""), format="%Y-%m-%d")
        elif kind == "whole":
            typed[column] = values.astype(int)
        elif kind.startswith("number"):
            typed[column] = pd.to_numeric(values.where(values != "")).astype(float)
        else:
            typed[column] = values
    return pd.DataFrame(typed)
