"""Which collection year each file belongs to: what its rows say, and what its path says (`paths`).

**SSDA903.** The files of one folder whose names say the same year, day and label are one return. Its year is decided by
its rows: every episode of a year's return that has ceased did so in that year, so the year in which most of its episodes
ceased is its year (without episodes: of its missing spells, social workers and reviews). Where nothing has ceased, the
last start of an episode is a lower bound. The path comes second:

- it says "2020-21": taken when the rows do not say otherwise;
- it says "2021", which may mean the year's end (as DfE names years) or its start: the rows decide; where they cannot,
  what the other folders mean, else the end;
- it says a day only ("2025-12-31"): the year of that day or the one before, as the rows say;
- it contradicts the rows: they decide, and a warning says what was taken.

Several returns without a year in one folder (episodes_1.csv, header_1.csv, episodes_2.csv …) are told apart by what is
left of their names without the words for tables; a file whose rows cannot tell (a header, OC2, OC3) and that shares such
a label with no other belongs to the return with which it shares most children.

One file may hold **several years**: at least two in which a tenth of its episodes, and no fewer than two, ceased. Which
year's return a row was in cannot be told then (`year` is blank): the rows are read as one history. But where the path
names the last of these years, it is that year's return with earlier episodes in it.

**Annex A** extracts are made on any day: their year is that of the day that the path names, the year that it names, or
that of their latest event. The other families have a year only where the path names one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from analysis_lib.errors import DataProblem
from analysis_lib.periods import Period
from analysis_lib.sources import paths
from analysis_lib.sources.part import Part
from analysis_lib.sources.table import WARNING
from analysis_lib.sources.tables import annex_a, ssda903

_IN_THE_YEAR = ("DEC", "MIS_END", "SW_DEC", "REVIEW")  # dates that lie in the year of their return, the surest first
_STARTS = ("DECOM", "MIS_START", "SW_DECOM", "DATE_PLACED")
_SHARE, _FEWEST = 0.1, 2  # of what ceased, for a year to count beside another
ONLY_COMPLETED_YEARS = ("oc2", "oc3", "ad1")  # tables that exist for a completed year only
_TABLE_WORDS = {
    "header", "episodes", "episode", "reviews", "review", "uasc", "oc2", "oc3", "ad1", "placed", "for", "adoption",
    "placedadoption", "previous", "permanence", "prevperm", "missing", "sw", "swepisodes", "social", "worker", "dolo",
    "ssda903", "ssda", "903", "children", "looked", "after", "return",
}  # fmt: skip
_FOLDER_ADVICE = "docs/how-to/put-returns-in-a-folder.md says how files and years are told apart."


@dataclass(frozen=True)
class Told:
    """The collection year of a file, blank where it holds several or nothing says it; and the first and last that it
    tells of, blank where that is not known."""

    year: str = ""
    first: str = ""
    last: str = ""

    @property
    def is_several(self) -> bool:
        return not self.year and bool(self.last)


@dataclass(frozen=True)
class _Evidence:
    """What rows say: the years in which much ceased, in order, and the year of the last start."""

    ceased: tuple[str, ...] = ()
    latest: str = ""


def years_of(parts: list[Part], top: str) -> tuple[list[Told], list[DataProblem]]:
    """The year of each part, in the order of `parts`, and what should be said about it. `top` names the folder of returns."""
    latest: dict[str, pd.Timestamp] = {}  # of the Annex A lists in one folder
    for part in parts:
        day = part.latest() if part.family == annex_a.FAMILY else pd.NaT
        if pd.notna(day):
            latest[paths.folder_of(part.file)] = max(day, latest.get(paths.folder_of(part.file), day))
    told = [_year_of_other_family(part, latest.get(paths.folder_of(part.file)), top) for part in parts]
    groups = _returns([part for part in parts if part.family == ssda903.FAMILY], top)
    years, problems = _years_of_returns(groups)
    place = {id(part): number for number, part in enumerate(parts)}
    for key, group in groups.items():
        for part in group:
            told[place[id(part)]] = years[key]
    return told, problems


def financial_years(days: pd.Series) -> pd.Series:
    """The first calendar year of the financial year of each day (2020 for 2020-21); days must not be missing."""
    return days.dt.year - (days.dt.month < 4)


def _year_of_other_family(part: Part, latest: pd.Timestamp | None, top: str) -> Told:
    """The year of a file of another family than the SSDA903; `latest` is the last event in an Annex A folder."""
    named, day = paths.named_years(part.file, top), paths.named_day(part.file)
    if part.family != annex_a.FAMILY:
        return _one(named[0]) if len(named) == 1 else Told()
    if day is not None:
        return _one(Period.financial_year_of(day).code)
    if len(named) == 1:
        return _one(named[0])
    found = Period.financial_year_of(latest).code if latest is not None else ""
    return _one(named[0] if named and found not in named else found)


def _one(year: str) -> Told:
    return Told(year, year, year)


_Key = tuple[str, tuple[str, ...], pd.Timestamp | None, str]  # folder, years named, day named, label


def _returns(parts: list[Part], top: str) -> dict[_Key, list[Part]]:
    """The files of each return: those of one folder whose names say the same."""
    groups: dict[_Key, list[Part]] = {}
    for part in parts:
        key = (paths.folder_of(part.file), paths.named_years(part.file, top), paths.named_day(part.file), "")
        groups.setdefault(key, []).append(part)
    return {key: files for group in groups.items() for key, files in _by_label(*group)}


def _by_label(key: _Key, parts: list[Part]) -> list[tuple[_Key, list[Part]]]:
    """Two files of one table are two returns: told apart by the rest of their names, else file by file."""
    if not _has_one_twice(parts):
        return [(key, parts)]
    labels: dict[str, list[Part]] = {}
    for part in parts:
        labels.setdefault(_label(part.file), []).append(part)
    found: dict[_Key, list[Part]] = {}
    for label, those in labels.items():
        apart = _has_one_twice(those)
        for part in those:
            found.setdefault((*key[:3], paths.of_file(part.file) if apart else label), []).append(part)
    return list(found.items())


def _has_one_twice(parts: list[Part]) -> bool:
    return max(Counter(part.table.name for part in parts).values()) > 1


def _label(file: str) -> str:
    """What is left of a file's name without the words for tables: "1" of episodes_1 and of Header1."""
    words = re.findall(r"[a-z]+\d*|\d+", PurePosixPath(paths.of_file(file)).stem.casefold())
    rest = [word for word in words if word not in _TABLE_WORDS]
    return " ".join(word.lstrip("abcdefghijklmnopqrstuvwxyz") or word for word in rest if word)


def _years_of_returns(groups: dict[_Key, list[Part]]) -> tuple[dict[_Key, Told], list[DataProblem]]:
    years: dict[_Key, Told] = {}
    problems: list[DataProblem] = []
    for key, parts in groups.items():
        told, said = _decided(key, parts)
        problems += said
        if told is not None:
            years[key] = told
    convention = _convention(years)
    for key in (key for key in groups if key not in years and key[1]):
        years[key] = _one(key[1][convention])
    open_keys = [key for key in groups if key not in years]
    children = {key: _children(groups[key]) for key in (groups if open_keys else ())}
    decided = dict(years)
    for key in open_keys:
        years[key] = _of_the_same_children(key, children, decided)
        if not years[key].last:
            expected = "a year: neither its rows nor its path say which"
            problems += [
                _about(part.file, expected, "Name its folder for the year.")
                for part in groups[key]
                if len(part.frame) and (len(groups) > 1 or part.table.name in ONLY_COMPLETED_YEARS)
            ]
    return years, problems


def _decided(key: _Key, parts: list[Part]) -> tuple[Told | None, list[DataProblem]]:
    """The year of a return as its rows and its path say; None where they leave it open."""
    _, named, day, _ = key
    found = _evidence(parts)
    may_be = named or _years_by(day)
    if len(found.ceased) > 1:
        return _several(found, named, parts)
    told = [year for year in (*found.ceased, found.latest) if year]
    agreed = [year for year in told if year in may_be]
    if agreed or (told and not may_be):
        return _one((agreed or told)[0]), []
    if not told or (not found.ceased and found.latest < min(may_be)):  # nothing that could contradict the path
        is_said = len(may_be) == 1 or (may_be and not named)
        return (_one(may_be[-1]) if is_said else None), []
    expected = f"rows of {' or '.join(may_be)}, as its path says; they tell of {told[0]}"
    return _one(told[0]), [_about(_first(parts), expected, f"It is read as the return of {told[0]}.")]


def _several(found: _Evidence, named: tuple[str, ...], parts: list[Part]) -> tuple[Told, list[DataProblem]]:
    first, last = found.ceased[0], found.ceased[-1]
    if last in named:
        return _one(last), []
    expected = f"the return of one year; its episodes ceased in {first} to {last}"
    advice = "It is read as one history of these years: which year's return a row was in cannot be told."
    return Told("", first, max(last, found.latest)), [_about(_first(parts), expected, advice)]


def _years_by(day: pd.Timestamp | None) -> tuple[str, ...]:
    """The years whose return may have been extracted on `day`: the one before, when it was finished, and that day's own."""
    if day is None:
        return ()
    year = Period.financial_year_of(day)
    return year.previous.code, year.code


def _evidence(parts: list[Part]) -> _Evidence:
    ceased = _days(parts, _IN_THE_YEAR)
    started = _days(parts, _STARTS)
    latest = paths.year_starting(int(financial_years(started).max())) if len(started) else ""
    return _Evidence(_years_of_much(ceased, latest), latest)


def _days(parts: list[Part], columns: Iterable[str]) -> pd.Series:
    """The filled days of the first of `columns` that any of the files has one in."""
    for column in columns:
        days = [part.frame[column].dropna() for part in parts if column in part.frame]
        if any(len(each) for each in days):
            return pd.concat(days)
    return pd.Series(dtype="datetime64[us]")


def _years_of_much(days: pd.Series, latest: str) -> tuple[str, ...]:
    """The years that hold much of `days`, in order; of years that hold one day each, the one of the last start."""
    if not len(days):
        return ()
    numbers, counts = np.unique(financial_years(days), return_counts=True)
    years = [paths.year_starting(int(number)) for number in numbers]
    much = [year for year, count in zip(years, counts, strict=True) if count >= max(_FEWEST, _SHARE * len(days))]
    if much:
        return tuple(much)
    return (latest if latest in years else years[-1],)


def _convention(years: dict[_Key, Told]) -> int:
    """How single numbers name years here: 1 by the start, 0 by the end; what the rows of most such folders say."""
    meant = Counter(key[1].index(told.year) for key, told in years.items() if len(key[1]) == 2 and told.year in key[1])
    return int(meant[1] > meant[0])


def _children(parts: list[Part]) -> set[str]:
    return set().union(*(part.frame["CHILD"] for part in parts))


def _of_the_same_children(key: _Key, children: dict[_Key, set[str]], decided: dict[_Key, Told]) -> Told:
    """The year of the return that shares the largest part of its children with this one's; none where none shares any."""
    own = children[key]
    shares = [(len(own & children[each]) / max(1, len(own | children[each])), told) for each, told in decided.items()]
    share, told = max(shares, key=lambda each: (each[0], each[1].last), default=(0, Told()))
    return told if share > 0 else Told()


def _first(parts: list[Part]) -> str:
    return next((part.file for part in parts if part.table.name == "episodes"), parts[0].file)


def _about(file: str, expected: str, advice: str) -> DataProblem:
    return DataProblem(file, 0, "", "", expected, f"{advice} {_FOLDER_ADVICE}", WARNING)
