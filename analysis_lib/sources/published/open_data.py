"""Figures as the Department for Education publishes them ("Explore education statistics"), from the file as downloaded.

Which file is which, which column feeds which of our indicators, and what columns were called in other releases is data:
`open_data.toml`. This module knows only the common shape: one row per area and period, columns that say which group a row
counts, columns of numbers in which a symbol may stand instead.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from pyarrow import compute

from analysis_lib.errors import DataProblem
from analysis_lib.sources.files.cells import Cells
from analysis_lib.sources.published.areas import CODE, areas_by_code, councils_by_old_code
from analysis_lib.sources.published.release_days import ReleaseRule
from analysis_lib.sources.table import ERROR, WARNING

# What stands in a column of numbers where there is no number, and what it means.
SYMBOLS = {
    "c": "hidden by the publisher to protect confidentiality",
    "x": "not available",
    "z": "not applicable",
    "u": "low reliability",
    "k": "rounds to zero but is not",
    "low": "rounds to zero but is not",
}
OLDER_SYMBOLS = {":": "not available", "..": "not available", ".": "not applicable", "-": "no figure", "~": "no figure"}
IDENTITY = ("time_period", "time_identifier", "geographic_level", "country_code")
_CODE_COLUMN = {"national": "country_code", "regional": "region_code", "local authority": "new_la_code"}
_NAME_COLUMN = {"national": "country_name", "regional": "region_name", "local authority": "la_name"}
_YEAR_END = {"reporting year": "03-31", "financial year": "03-31", "academic year": "08-31", "calendar year": "12-31"}
_NUMBER = re.compile(r"-?(\d{1,3}(,\d{3}){1,3}|\d{1,12})(\.\d{1,15})?", re.ASCII)
_YEARS_MONTHS = re.compile(r"(\d{1,2}):(\d\d)")
_PERIOD = re.compile(r"((?:19|20|21)\d\d)(?:[/-]?(\d{2}))?", re.ASCII)
_AGAIN = "Download the file again from the publisher. If it is so there too, leave the file out and tell us."
_NEXT = "The other figures of the file are used."


@dataclass(frozen=True)
class Figure:
    """One indicator in one kind of file: the rows that it stands in and its columns.

    `base` are the texts, instead of those of `where`, that lead to the rows in which the denominator stands. `elsewhere`:
    downloads of this shape exist that do not have it (care leavers' activity has no accommodation, and the other way round).
    """

    indicator: str
    title: str
    unit: str
    counts_a_day: bool
    value: str
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numerator: str = ""
    denominator: str = ""
    base: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_released_before: dt.date | None = None
    elsewhere: bool = False

    @property
    def columns(self) -> list[str]:
        return [*self.where, *(name for name in (self.value, self.numerator, self.denominator) if name)]


@dataclass(frozen=True)
class FileKind:
    """One kind of published file: how it is told, whose it is, when such figures come out, and its figures."""

    name: str
    publisher: str
    publication: str
    rule: ReleaseRule
    checked: str
    tells: tuple[str, ...]
    renamed: Mapping[str, str]
    written_as: Mapping[str, str]
    figures: tuple[Figure, ...]
    year_ends: str = ""
    months: int = 12
    label: str = ""
    counts_children: bool = True
    population: Mapping | None = None


@dataclass(frozen=True)
class PublishedRows:
    """What one file gives: `rows` has a row per indicator, area and period, `problems` what could not be used.

    Columns of `rows`: indicator, title, area_code, area, time_period, period_start (NaT for a count on one day),
    period_end, value, unit, numerator, denominator, symbol ("" where there is a value), not_released_before, `_line`.
    """

    rows: pd.DataFrame
    problems: list[DataProblem]


@cache
def _told_facts() -> dict:
    with Path(__file__).with_name("open_data.toml").open("rb") as file:
        return tomllib.load(file)


def computed_rates() -> dict[str, dict[str, str]]:
    """The rates that no file prints: indicator -> the indicator of its `number`, and its `title`."""
    return _told_facts()["computed"]


@cache
def file_kinds() -> tuple[FileKind, ...]:
    """Every kind of file that `open_data.toml` describes."""
    told = _told_facts()
    rules = {
        name: ReleaseRule(**{**rule, "verified": tuple(rule.get("verified", ()))})
        for name, rule in told["released"].items()
    }
    return tuple(_kind(facts, rules, told["indicator"]) for facts in told["file"])


def _kind(facts: dict, rules: Mapping[str, ReleaseRule], indicators: Mapping[str, dict]) -> FileKind:
    figures = tuple(
        Figure(
            **{**figure, "where": _texts(figure.get("where", {})), "base": _texts(figure.get("base", {}))},
            title=indicators[figure["indicator"]]["title"],
            unit=indicators[figure["indicator"]]["unit"],
            counts_a_day=indicators[figure["indicator"]].get("span") == "day",
        )
        for figure in facts["figure"]
    )
    plain = ("name", "publication", "checked", "year_ends", "months", "label", "counts_children", "population")
    return FileKind(
        **{name: facts[name] for name in plain if name in facts},
        publisher=facts.get("publisher", "DfE"),
        rule=rules[facts["released"]],
        tells=tuple(facts["tells"]),
        renamed=facts.get("renamed", {}),
        written_as=facts.get("written_as", {}),
        figures=figures,
    )


def _texts(where: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {column: tuple(_plain(text) for text in texts) for column, texts in where.items()}


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def heading(text: str) -> str:
    """A heading without capitals, spaces or a byte-order mark: "Time Period" and "time_period" are one."""
    return re.sub(r"[\s_-]+", "_", text.strip().strip("\ufeff").strip()).casefold()


def is_open_data(headings: Iterable[str]) -> bool:
    """Whether a file with these headings has the common shape, whatever it counts."""
    return set(IDENTITY) <= set(headings)


def kind_of(headings: Iterable[str]) -> FileKind | None:
    """The kind of file that has all the columns it is told by; the one told by most when there are several."""
    found = set(headings)
    fitting = [kind for kind in file_kinds() if is_open_data(found) and set(kind.tells) <= _told(kind, found)]
    return max(fitting, key=lambda kind: len(kind.tells), default=None)


def nearest_kind(headings: Iterable[str]) -> tuple[FileKind, list[str]] | None:
    """For a file that no kind fits: the kind that it shares more than half of its telling columns with, and those lacking."""
    found = set(headings)
    lacking = [(kind, sorted(set(kind.tells) - _told(kind, found))) for kind in file_kinds()]
    kind, missing = min(lacking, key=lambda each: len(each[1]) / len(each[0].tells))
    return (kind, missing) if 2 * len(missing) < len(kind.tells) else None


def _told(kind: FileKind, headings: set[str]) -> set[str]:
    """The headings, and what those that were renamed are called here."""
    return headings | {now for before, now in kind.renamed.items() if before in headings}


def read_figures(kind: FileKind, cells: Cells, file: str) -> PublishedRows:
    """The figures of a file of this kind, in our terms; `file` is what messages call it.

    Values are as printed: counts that the publisher rounded stay rounded, and a symbol stays a symbol with no value. A
    row whose period, area or value is not understood is left out; so are figures that the file gives twice with
    different values.
    """
    frame, problems = _frame(kind, cells, file)
    missing = [name for name in IDENTITY if name not in frame]
    if missing:
        return PublishedRows(_rows([]), [*problems, *(_absent(file, name, frame) for name in missing)])
    if frame.empty:
        return PublishedRows(_rows([]), problems)
    places, found = _placed(kind, frame, file)
    problems += found
    numbers: dict[str, list[pd.Series]] = {}  # by column: symbols and values
    parts = []
    for figure in kind.figures:
        absent = [name for name in figure.columns if name not in frame]
        if absent:
            problems += [_absent(file, name, frame) for name in absent]
            continue
        for column in (figure.value, figure.numerator, figure.denominator):
            if column and column not in numbers:
                looked_at = _looked_at(kind, column, frame)
                *numbers[column], found = _numbers(frame[column], looked_at, kind.written_as.get(column, ""))
                problems += [_misread(file, frame, column, *each) for each in found]
        parts.append(_of_figure(figure, frame, places, numbers))
    problems += _without_rows(kind, frame, parts, file)
    rows = _rows(parts)
    rows, found = without_contradictions(rows, ["indicator", "area_code", "time_period"], file)
    return PublishedRows(rows, [*problems, *found])


def _frame(kind: FileKind, cells: Cells, file: str) -> tuple[pd.DataFrame, list[DataProblem]]:
    """The columns that are used, under our headings, as text without spaces around it; `_line` is the spreadsheet's row."""
    used = _used(kind)
    problems: list[DataProblem] = []
    columns: dict[str, pd.Series] = {}
    printed: dict[str, str] = {}
    headings = [heading(name) for name in cells.table.column_names]
    for place, name in enumerate(headings):
        name = kind.renamed.get(name, name) if kind.renamed.get(name) not in headings else name
        if name not in printed:
            printed[name] = cells.table.column_names[place].strip().strip("\ufeff")
        if name not in used:
            continue
        trimmed = compute.utf8_trim_whitespace(cells.table.column(place))
        values = pd.Series(trimmed.to_pylist(), dtype=object)
        if name not in columns:
            columns[name] = values
        elif not columns[name].equals(values):
            expected = "a heading that stands once, or twice over the same cells; the first one is used"
            problems.append(DataProblem(file, 1, name, "", expected, _AGAIN, ERROR))
    frame = pd.DataFrame(columns).assign(_line=cells.lines)
    frame.attrs["printed"] = printed
    return frame, problems


def _used(kind: FileKind) -> set[str]:
    places = {*_CODE_COLUMN.values(), *_NAME_COLUMN.values(), "old_la_code"}
    return {*IDENTITY, *places, *(name for figure in kind.figures for name in figure.columns)}


def _absent(file: str, column: str, frame: pd.DataFrame) -> DataProblem:
    found = ", ".join(frame.attrs["printed"].values())
    return DataProblem(file, 1, column, "", f"this column; found {found}", f"{_AGAIN} {_NEXT}", ERROR)


def _placed(kind: FileKind, frame: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[DataProblem]]:
    """Area and period of every row; missing where they are not understood. Each distinct one is looked at once."""
    problems: list[DataProblem] = []
    asked = frame["time_period"] + "|" + frame["time_identifier"]
    periods = {}
    for key, line in zip(asked.drop_duplicates(), frame["_line"][~asked.duplicated()], strict=True):
        text, identifier = key.split("|", 1)
        periods[key] = period_of(kind, text, identifier)
        if periods[key] is None:
            expected = f"a period of a {identifier.lower() or 'time_identifier that is known'}, such as 2025 or 202425"
            problems.append(
                DataProblem(file, int(line), "time_period", text, expected, f"Its rows are left out. {_AGAIN}")
            )
    areas, found = _areas(frame, file)
    nothing = ("", pd.NaT, pd.NaT)
    told = [periods[key] or nothing for key in asked]
    return pd.DataFrame(
        {
            "area_code": [code for code, _ in areas],
            "area": [name for _, name in areas],
            "time_period": [label for label, _, _ in told],
            "period_start": pd.to_datetime([start for _, start, _ in told]),
            "period_end": pd.to_datetime([end for _, _, end in told]),
            "_line": frame["_line"].to_numpy(),
        }
    ), [*problems, *found]


def period_of(kind: FileKind, text: str, identifier: str) -> tuple[str, pd.Timestamp, pd.Timestamp] | None:
    """Label, first and last day of a `time_period` such as "2025", "202425" or "2024/25"; None when not understood.

    A reporting or financial year ends on 31 March, a school year on 31 August: a school year needs both its years, for
    "2025" could be either. What `kind` says of its own year goes before the identifier.
    """
    found = _PERIOD.fullmatch(text)
    identifier = _plain(identifier)
    ends = kind.year_ends or _YEAR_END.get(identifier, "")
    if not found or not ends:
        return None
    first, second = int(found[1]), found[2]
    if second is not None and int(second) != (first + 1) % 100:
        return None
    school_year = identifier == "academic year" and not kind.year_ends
    if school_year and second is None:
        return None
    year = first + (second is not None)
    end = pd.Timestamp(f"{year}-{ends}")
    start = end + pd.Timedelta(days=1) - pd.DateOffset(months=kind.months)
    label = kind.label.format(year=year, before=year - 1)
    return label or (f"{first}/{second}" if school_year else str(year)), start, end


def _areas(frame: pd.DataFrame, file: str) -> tuple[list[tuple[str, str]], list[DataProblem]]:
    """Present code and name of the area of every row; ("", "") where there is none to be had."""
    columns = [name for name in (*_CODE_COLUMN.values(), *_NAME_COLUMN.values(), "old_la_code") if name in frame]
    told = frame[["geographic_level", *columns]]
    known: dict[tuple, tuple[str, str]] = {}
    problems, answers = [], []
    for line, row in zip(frame["_line"], told.itertuples(index=False, name=None), strict=True):
        if row not in known:
            known[row], problem = _area(dict(zip(told.columns, row, strict=True)), file, int(line))
            problems += [problem] if problem else []
        answers.append(known[row])
    return answers, problems


def _area(row: Mapping[str, str], file: str, line: int) -> tuple[tuple[str, str], DataProblem | None]:
    level = _plain(row["geographic_level"])
    if level not in _CODE_COLUMN:
        expected = "National, Regional or Local authority; the rows are left out"
        return ("", ""), DataProblem(file, line, "geographic_level", row["geographic_level"], expected, _NEXT, WARNING)
    column = _CODE_COLUMN[level]
    code, name = row.get(column, ""), row.get(_NAME_COLUMN[level], "")
    old = councils_by_old_code().get(row.get("old_la_code", "")) if level == "local authority" else None
    known = areas_by_code().get(code) or (old if not code else None)
    if known:
        return (known.code, known.name), None
    if CODE.fullmatch(code):
        expected = "the code of an area that is known; it is used under the code and name that the file prints"
        return (code, name), DataProblem(file, line, column, code, expected, _NEXT, WARNING)
    expected = "the code of one area; the rows are left out (councils that report together have no figure of their own)"
    return ("", ""), DataProblem(file, line, column, code or name, expected, _NEXT, WARNING)


def _looked_at(kind: FileKind, column: str, frame: pd.DataFrame) -> pd.Series:
    """The rows in which a column of numbers is used by any figure: what else stands in it does not matter."""
    used = pd.Series(False, index=frame.index)
    for figure in kind.figures:
        if column in (figure.value, figure.numerator, figure.denominator) and set(figure.columns) <= set(frame.columns):
            used |= _matching(frame, figure.where)
            if figure.base and column == figure.denominator:
                used |= _matching(frame, {**figure.where, **figure.base})
    return used


def _numbers(
    texts: pd.Series, looked_at: pd.Series, written_as: str
) -> tuple[pd.Series, pd.Series, list[tuple[str, int, int]]]:
    """Symbols and numbers of a column where it is looked at; and the texts that are neither: text, first row, how many."""
    places, distinct = pd.factorize(texts.where(looked_at))
    read = [_number(text, written_as) for text in distinct]
    misread = [
        (text, int(np.flatnonzero(places == place)[0]), int((places == place).sum()))
        for place, (text, (symbol, value)) in enumerate(zip(distinct, read, strict=True))
        if not symbol and np.isnan(value)
    ]
    read.append(("", np.nan))  # place -1: not looked at
    symbols = pd.Series(np.array([symbol for symbol, _ in read], dtype=object)[places], index=texts.index)
    values = pd.Series(np.array([value for _, value in read], dtype=float)[places], index=texts.index)
    return symbols, values, misread


def _misread(file: str, frame: pd.DataFrame, column: str, text: str, row: int, rows: int) -> DataProblem:
    expected = f"a number, or one of the symbols {' '.join((*SYMBOLS, *OLDER_SYMBOLS))}"
    more = f" The same in {rows - 1:,} more rows." if rows > 1 else ""
    advice = f"The figure is left out.{more} {_AGAIN}"
    return DataProblem(file, int(frame["_line"].iloc[row]), _printed(frame, column), text[:60], expected, advice)


def _printed(frame: pd.DataFrame, column: str) -> str:
    """What the file itself calls one of our columns."""
    return frame.attrs["printed"].get(column, column)


def _number(text: str, written_as: str) -> tuple[str, float]:
    """Symbol and value of one cell: one of the two, or neither."""
    plain = text.casefold()
    plain = plain[1:-1].strip() if plain.startswith("[") and plain.endswith("]") else plain
    if plain in SYMBOLS or plain in OLDER_SYMBOLS:
        return plain, np.nan
    if written_as == "years:months" and (found := _YEARS_MONTHS.fullmatch(plain)) and int(found[2]) < 12:
        return "", 12.0 * int(found[1]) + int(found[2])
    if not written_as and _NUMBER.fullmatch(plain):
        return "", float(plain.replace(",", ""))
    return "", np.nan


def _of_figure(figure: Figure, frame, places, numbers) -> pd.DataFrame:
    wanted = _matching(frame, figure.where) & (places["area_code"] != "") & places["period_end"].notna()
    symbols, values = numbers[figure.value]
    wanted &= (symbols != "") | values.notna()
    rows = places[wanted].assign(
        indicator=figure.indicator,
        title=figure.title,
        unit=figure.unit,
        symbol=symbols[wanted],
        value=values[wanted],
        numerator=numbers[figure.numerator][1][wanted] if figure.numerator else np.nan,
        denominator=np.nan,
        not_released_before=pd.Timestamp(figure.not_released_before) if figure.not_released_before else pd.NaT,
    )
    if figure.counts_a_day:
        rows["period_start"] = pd.NaT
    if figure.denominator:
        held = numbers[figure.denominator][1]
        if not figure.base:
            rows["denominator"] = held[wanted]
        else:
            bases = _matching(frame, {**figure.where, **figure.base})
            key = ["area_code", "time_period"]
            of_key = places[bases].assign(denominator=held[bases]).drop_duplicates([*key, "denominator"])
            of_key = of_key[~of_key.duplicated(key, keep=False)].set_index(key)["denominator"]
            rows["denominator"] = of_key.reindex(pd.MultiIndex.from_frame(rows[key])).to_numpy()
    hidden = rows["symbol"] != ""
    rows.loc[hidden, ["numerator", "denominator"]] = np.nan
    return rows


def _matching(frame: pd.DataFrame, where: Mapping[str, tuple[str, ...]]) -> pd.Series:
    matches = pd.Series(True, index=frame.index)
    for column, texts in where.items():
        distinct = {text: _plain(text) in texts for text in frame[column].unique()}
        matches &= frame[column].map(distinct)
    return matches


def _without_rows(kind: FileKind, frame: pd.DataFrame, parts: list[pd.DataFrame], file: str) -> list[DataProblem]:
    """A problem for each figure whose rows are not to be found: its category was renamed, or the file is another one."""
    held = {part["indicator"].iloc[0] for part in parts if len(part)}
    problems = []
    for figure in kind.figures:
        if figure.indicator in held or not set(figure.columns) <= set(frame.columns):
            continue
        missing = [column for column, texts in figure.where.items() if not _matching(frame, {column: texts}).any()]
        if figure.elsewhere and held:
            continue
        column = missing[0] if missing else figure.value
        seen = ", ".join(repr(text) for text in sorted(frame[column].unique())[:8])
        expected = f"rows for {figure.indicator} ({figure.title}); found {seen}"
        advice = "That figure is not read from this file. If its category was renamed, tell us the new name."
        problems.append(DataProblem(file, 0, _printed(frame, column), "", expected, advice, WARNING))
    return problems


def without_contradictions(rows: pd.DataFrame, key: list[str], file: str) -> tuple[pd.DataFrame, list[DataProblem]]:
    """One row for each key. Rows that say the same are one, with a warning; those that differ are left out, all of them."""
    twice = rows[rows.duplicated(key, keep=False)]
    if twice.empty:
        return rows, []
    problems, contradicted = [], []
    for names, group in twice.groupby(key, sort=False):
        lines = ", ".join(str(line) for line in group["_line"])
        same = len(group[["value", "symbol"]].drop_duplicates()) == 1
        said = f"the only row with its {', '.join(key)}; lines {lines}"
        advice = "They agree, and count once." if same else f"None of them is used. {_AGAIN}"
        value = ", ".join(map(str, names))
        problems.append(
            DataProblem(file, int(group["_line"].iloc[0]), "", value, said, advice, WARNING if same else ERROR)
        )
        contradicted += [] if same else list(group.index)
    return rows.drop(index=contradicted).drop_duplicates(key, ignore_index=True), problems


_COLUMNS = (
    "indicator", "title", "area_code", "area", "time_period", "period_start", "period_end", "value", "unit", "numerator",
    "denominator", "symbol", "not_released_before", "_line",
)  # fmt: skip


def _rows(parts: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    if not filled:
        return pd.DataFrame(columns=list(_COLUMNS))
    return pd.concat(filled, ignore_index=True)[list(_COLUMNS)]
