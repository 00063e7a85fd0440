"""On which day each return was extracted, which of several snapshots is used, and how far the returns reach.

**The day.** A day in the path, or on a card in the return's own folder, is its day. Otherwise the nearest card's day is
that of the newest return that it lies above; earlier years' returns of the SSDA903 and Annex A were then made at the end
of their year. Without a card the day is derived, and a lower bound: the end of the year where the data of the SSDA903
or of an Annex A folder named for its year reach into its last month (or hold OC2, OC3 or AD1, which exist for completed
years only), else the latest day on which something happened. Annex A lists of an earlier year than the newest are taken
to be of that year's end.

**Snapshots.** Returns of one family and year in one place (`paths.home`) with different days are snapshots. A pack uses
what was extracted by its as-at day: of the SSDA903, the virtual school and youth offending the newest such snapshot; of
Annex A and the other local extracts all such, for each covers only the months before it, or one day of counting, and
`prepare` joins them, the latest telling of what several have. Where none of those reaches to the period's last day (or to
the year's, when that comes first), the earliest later snapshot is used: nothing nearer to what was known then is there.
Files without a day beside snapshots are one of them when they hold the same tables (the year's own return), and are always
used when they hold others.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analysis_lib.errors import DataProblem
from analysis_lib.periods import Period
from analysis_lib.sources import paths
from analysis_lib.sources.card import Card, Cards
from analysis_lib.sources.part import Part
from analysis_lib.sources.table import WARNING
from analysis_lib.sources.tables import annex_a, ssda903, virtual_school, youth_offending
from analysis_lib.sources.years import ONLY_COMPLETED_YEARS, Told

# A return that reaches into the last month of its year is taken to run to the year's end; and for so long after the
# last thing that happened may a period end that is counted from an extract without a stated day.
QUIET = pd.Timedelta(days=31)
_BY_YEAR = (ssda903.FAMILY, annex_a.FAMILY)
# Families of which each extract tells of all that the earlier ones of its year do.
_WHOLE = (ssda903.FAMILY, virtual_school.FAMILY, youth_offending.FAMILY)
# Families in which something happens every week, so that the last entry says about when they were extracted.
BUSY = (ssda903.FAMILY, annex_a.FAMILY, youth_offending.FAMILY)


@dataclass(frozen=True)
class Extract:
    """One family of returns: when the newest was extracted, and how much of it there is.

    `given` says whether a path or card states the day; a derived day is a lower bound. `label` is "synthetic" or
    "returns". `covers_from` is the first day of the earliest return, or the earliest day in an extract without a year,
    `covers_to` the last day that a period counted from them may have; NaT where nothing says it.
    """

    family: str
    label: str
    covers_from: pd.Timestamp
    covers_to: pd.Timestamp
    extract_date: pd.Timestamp
    given: bool
    files: int
    rows: int


@dataclass(frozen=True)
class AsOf:
    """For which pack returns are read: one with figures up to `last_day`, of what was extracted by `as_at`."""

    last_day: pd.Timestamp
    as_at: pd.Timestamp


@dataclass(frozen=True)
class Snapshots:
    """The days of the snapshots of one family and year in one place, in order; NaT first, where nothing says the day."""

    family: str
    year: str
    days: tuple[pd.Timestamp, ...]

    def used(self, as_of: AsOf | None) -> tuple[int, ...]:
        """Which of them a pack uses, as places in `days`; without `as_of`, of the latest moment."""
        everything = range(len(self.days))
        if as_of is None:
            by_then, later = list(everything), []
        else:
            by_then = [place for place in everything if not self.days[place] > as_of.as_at]
            later = [place for place in everything if self.days[place] > as_of.as_at]
            last_day = as_of.last_day
            if self.year and self.family in _BY_YEAR:
                last_day = min(last_day, Period.parse(self.year).end)
            if any(self.days[place] >= last_day for place in by_then):
                later = []
        return tuple(later[:1] or by_then[-1:]) if self.family in _WHOLE else (*by_then, *later[:1])


@dataclass(frozen=True)
class Return:
    """The files of one family, place and year that were extracted together.

    `year` is blank where they hold several or no year. `day` is that of the extract, `stated` the one in the path or
    beside the files. `final` is what a card says of it; None where no card does.
    """

    family: str
    year: str
    home: str
    stated: pd.Timestamp | None
    parts: tuple[Part, ...] = field(repr=False)
    told: tuple[Told, ...] = field(repr=False)
    day: pd.Timestamp = pd.NaT
    given: bool = False
    final: bool | None = None

    @property
    def files(self) -> list[str]:
        return sorted({part.file for part in self.parts})

    @property
    def rows(self) -> int:
        return sum(len(part.frame) for part in self.parts)

    @property
    def extract_date(self) -> pd.Timestamp:
        return self.day

    @property
    def last_year(self) -> str:
        """The last year that it tells of, blank where that is not known."""
        return max(each.last for each in self.told)

    @property
    def covers_to(self) -> pd.Timestamp:
        """The last day that a period counted from it may have; NaT where nothing says it.

        An SSDA903 tells of nothing after its year, whenever it was extracted.
        """
        if pd.isna(self.day) or (self.given and self.family != ssda903.FAMILY):
            return self.day
        if self.family == virtual_school.FAMILY:  # a page shows the last school year that had ended: till the next ends
            return self.day + pd.DateOffset(years=2) - pd.Timedelta(days=2)
        if not self.given and self.family not in BUSY:
            return pd.NaT
        end = Period.parse(self.last_year).end if self.last_year and self.family in _BY_YEAR else None
        if self.given:
            return self.day if end is None else min(self.day, end)
        last = self.day if self.day == end else self.day + QUIET
        return last if end is None or self.family != ssda903.FAMILY else min(last, end)


def returns_of(parts: list[Part], told: list[Told], cards: Cards) -> tuple[list[Return], list[DataProblem]]:
    """The parts as returns, each with the day of its extract, and what should be said about that."""
    groups: dict[tuple, list[int]] = {}
    for number, (part, of_part) in enumerate(zip(parts, told, strict=True)):
        stated = _stated_day(part, cards)
        key = (part.family, _year_that_parts(part, of_part), paths.home(part.file), stated)
        groups.setdefault(key, []).append(number)
    found = [
        Return(*key, tuple(parts[number] for number in numbers), tuple(told[number] for number in numbers))
        for key, numbers in groups.items()
    ]
    of_card: dict[tuple[str, Card], str] = {}  # the newest year of a family under each card
    for each in found:
        under = each.family, cards.of(each.parts[0].file)
        of_card[under] = max(each.last_year, of_card.get(under, ""))
    problems: list[DataProblem] = []
    return [_dated(each, of_card, cards, problems) for each in found], problems


def chosen(returns: list[Return], as_of: AsOf | None) -> tuple[list[Return], list[Snapshots]]:
    """The returns that a pack uses (without `as_of`: one of today), and the snapshots that they were chosen among."""
    rivals: dict[tuple[str, str, str], list[Return]] = {}
    for each in returns:
        rivals.setdefault((each.family, each.year, each.home), []).append(each)
    used: list[Return] = []
    snapshots: list[Snapshots] = []
    for (family, year, _), those in sorted(rivals.items()):
        tables = {part.table.name for each in those if each.stated is not None for part in each.parts}
        alike = sorted((each for each in those if tables & {part.table.name for part in each.parts}), key=_by_day)
        if len(alike) < 2:
            used += those
            continue
        snapshots.append(Snapshots(family, year, tuple(each.day for each in alike)))
        used += [each for each in those if each not in alike]
        used += [alike[place] for place in snapshots[-1].used(as_of)]
    return used, snapshots


def extract_of(family: str, label: str, returns: list[Return]) -> Extract:
    """What the returns of a family are together: dated as the newest of them, reaching as far as any."""
    newest = max(returns, key=_by_day)
    return Extract(
        family,
        label,
        min((day for each in returns for day in _first_days(each) if pd.notna(day)), default=pd.NaT),
        max((each.covers_to for each in returns if pd.notna(each.covers_to)), default=pd.NaT),
        newest.day,
        newest.given,
        len({paths.of_file(file) for each in returns for file in each.files}),
        sum(each.rows for each in returns),
    )


def _by_day(each: Return) -> tuple[bool, pd.Timestamp]:
    return pd.notna(each.day), each.day if pd.notna(each.day) else pd.Timestamp(0)


def _stated_day(part: Part, cards: Cards) -> pd.Timestamp | None:
    day = paths.named_day(part.file)
    card = cards.beside(part.file)
    return day if day is not None or card is None else card.day(part.family)


def _year_that_parts(part: Part, told: Told) -> str:
    """The year that tells returns of a family apart: of the virtual school the latest school year in the file."""
    if part.family == virtual_school.FAMILY:
        latest = part.frame["ACADEMIC_YEAR"].max() if len(part.frame) else np.nan
        return latest if isinstance(latest, str) else ""
    return told.year


def _dated(each: Return, newest: dict[tuple[str, Card], str], cards: Cards, problems: list[DataProblem]) -> Return:
    """The return with its day, and with what its card says of it; `newest` is the last year under each card."""
    card = cards.of(each.parts[0].file)
    is_newest = each.last_year == newest[each.family, card]
    is_its_own = cards.beside(each.parts[0].file) is not None
    final = card.is_final(each.family) if is_newest or is_its_own else None
    day = card.day(each.family) if each.stated is None else each.stated
    if each.stated is None and day is not None and each.last_year and each.family in _BY_YEAR:
        year = Period.parse(each.last_year)
        if day < year.start:
            expected = f"an extract date in {each.last_year} or later; the card says {day:%d/%m/%Y}"
            advice = "The day is taken from the data. Give the newer return a day of its own, in its path or on a card."
            problems += [DataProblem(file, 0, "", "", expected, advice, WARNING) for file in each.files]
            day = None
        elif day > year.end and not is_newest:
            day = year.end
    if day is not None:
        return replace(each, day=day, given=True, final=final)
    if each.family == annex_a.FAMILY and each.last_year and not is_newest:
        return replace(each, day=Period.parse(each.last_year).end, final=final)
    return replace(each, day=_derived_day(each), final=final)


def _derived_day(each: Return) -> pd.Timestamp:
    """The latest day in the data; for a yearly return that reaches the last month of its year, that year's end."""
    if each.family == virtual_school.FAMILY:  # all that a row for a school year says: it had begun
        return Period.parse(f"{each.year}-AY").start if each.year else pd.NaT
    days = []
    for part, told in zip(each.parts, each.told, strict=True):
        latest = part.latest()
        is_yearly = each.family == ssda903.FAMILY or (
            each.family == annex_a.FAMILY and told.year in paths.named_years(part.file)
        )
        if is_yearly and told.last:
            end = Period.parse(told.last).end
            is_complete = part.table.name in ONLY_COMPLETED_YEARS and len(part.frame) > 0 and told.year
            latest = end if is_complete or latest >= end - QUIET else latest
        days.append(latest)
    return max((day for day in days if pd.notna(day)), default=pd.NaT)


def _first_days(each: Return) -> list[pd.Timestamp]:
    """The first day that a return tells of: of its earliest year, or the earliest event in its files."""
    days: list[pd.Timestamp] = []
    for part, told in zip(each.parts, each.told, strict=True):
        if each.family in _BY_YEAR and told.first:
            days.append(Period.parse(told.first).start)
        elif each.family == virtual_school.FAMILY:
            days += [Period.parse(f"{year}-AY").start for year in part.frame["ACADEMIC_YEAR"].dropna().unique()]
        else:
            happened = [column.name for column in part.table.columns if column.happened]
            days += list(part.frame[happened].min())
    return days
