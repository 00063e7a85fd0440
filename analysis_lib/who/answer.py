"""From a question (which number?) to its children by the council's own identifiers, checked against the number itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis_lib.authority import Authority
from analysis_lib.errors import DataError, UsageError
from analysis_lib.metrics.counting.members import behind, recorded
from analysis_lib.metrics.facts import every_measure
from analysis_lib.page import Page, page_of
from analysis_lib.periods import Period, day_in_words
from analysis_lib.prepare import raw_returns
from analysis_lib.prepare.keys import key_of
from analysis_lib.results import Measure, Result, number_text
from analysis_lib.who.measures import NAMED, NOT_NAMED, Asked
from analysis_lib.who.places import places_of

NUMERATOR, DENOMINATOR = "numerator", "denominator"
SIDES = (NUMERATOR, DENOMINATOR)
MOST_CHOICES = 40


@dataclass(frozen=True)
class Answer:
    """The children behind one number.

    `children` has a row for each child: identifier, times (how often the number counts the child), file and line where the
    child stands in the returns. `counted` is what the number itself says; `units` how many were named, events included.
    """

    measure: Measure
    label: str
    when: str
    groups: Mapping[str, str]
    side: str
    figure: str
    counted: float
    children: pd.DataFrame = field(repr=False)

    @property
    def units(self) -> int:
        return int(self.children["times"].sum())

    @property
    def agrees(self) -> bool:
        """Whether as many are named as the number counts."""
        return self.units == self.counted

    def lines(self) -> list[str]:
        """What the list is of, and whether it adds up to the number, in words."""
        groups = "".join(f", {column} {value}" for column, value in self.groups.items())
        told = [
            f"{self.measure.title}, {self.when}{groups}: {self.figure}",
            f"Counted as: {self.measure.definition}",
            self._sum_in_words(),
        ]
        if self.label == "synthetic":
            told.append("Synthetic: these children are invented.")
        return told

    def _sum_in_words(self) -> str:
        children = len(self.children)
        if not self.agrees:
            return (
                f"The {self.side} of this number is {self.counted:,.0f}, and {self.units:,} were named: the list is not the whole "
                "of it. Do not use it; report this as a mistake."
            )
        if self.units == children:
            return f"The {self.side} counts {children:,} {'child' if children == 1 else 'children'}, all listed."
        return (
            f"The {self.side} counts {self.units:,}, of {children:,} {'child' if children == 1 else 'children'}: "
            "a child counts more than once (column times)."
        )


@dataclass(frozen=True)
class _Row:
    """One number of a measure: its days, its groups, and the row of the result."""

    when: str
    groups: dict[str, str]
    figure: pd.Series

    @property
    def described(self) -> dict[str, str]:
        return {"period": self.when, **self.groups}


def children_behind(
    authority: Authority,
    name: str,
    *,
    period: str = "",
    census: str = "",
    groups: Mapping[str, str] | None = None,
    side: str = "",
    data: str = "",
) -> Answer:
    """The children behind the number of measure `name`.

    Parameters
    ----------
    period : code of a reporting period; the data are as known on its last day
    census : a day, written 2021-09-30, for a number of children on a day; in place of the period's last day
    groups : column and value for each column that tells the measure's numbers apart; "period" tells spans apart
    side : "numerator" (default where the measure has one) or "denominator"
    data : folder of returns; empty for the one that `authority.toml` names

    Raises
    ------
    UsageError
        For a measure that there is not, or that cannot name its children; for groups that leave none or several numbers;
        for a number that the data do not give.
    Closed
        Where the returns behind the measure are not there, or closed by an error.
    """
    measure = _measure(name)
    asked = _asked(authority, period, census, data)
    with recorded(), asked.page.closing():
        results = NAMED[name](asked)
    row = _one_row([each for result in results for each in _rows(result)], asked, dict(groups or {}), name)
    if census and pd.notna(row.figure["period_start"]):
        raise UsageError(f"{measure.title} is counted over a period, not on a day. Leave --census out.")
    side, children = _children(row, side, measure)
    returns = (authority.home / data).resolve() if data else authority.returns
    return Answer(
        measure,
        asked.page.label,
        row.when,
        row.groups,
        side,
        _in_words(measure, row.figure),
        float(row.figure[side]),
        _listed(children, returns, authority, asked.page),
    )


def _measure(name: str) -> Measure:
    known = every_measure()
    if name not in known:
        raise UsageError(
            f"There is no measure {name!r}. `panelpack who --list` lists those that can name their children."
        )
    if name not in NAMED:
        reason = NOT_NAMED.get(name, "nobody has said how yet")
        raise UsageError(f"{known[name].title} cannot name its children: {reason}.")
    return known[name]


def _asked(authority: Authority, period: str, census: str, data: str) -> Asked:
    if not period and not census:
        raise UsageError("Say for when: --period 2021-22-Q2, or --census 2021-09-30 for a number on a day.")
    day = _day(census) if census else None
    over = Period.parse(period) if period else Period.span(day, day)
    return Asked(page_of(authority, over if day is None else Period.span(day, day), "restricted", data), over)


def _day(text: str) -> pd.Timestamp:
    try:
        return pd.to_datetime(text, format="%Y-%m-%d")
    except ValueError:
        raise UsageError(f"{text!r} is not a day. Write it as 2021-09-30.") from None


def _rows(result: Result) -> list[_Row]:
    frame = behind(result)
    return [_Row(_when(row), {group: str(row[group]) for group in result.groups}, row) for _, row in frame.iterrows()]


def _when(row: pd.Series) -> str:
    if pd.isna(row["period_start"]):
        return day_in_words(row["period_end"])
    return Period.span(row["period_start"], row["period_end"]).label


def _one_row(rows: list[_Row], asked: Asked, groups: dict[str, str], name: str) -> _Row:
    """The one number meant: by its groups, then that of the very period asked for, then the latest, then the total."""
    if not rows:
        raise UsageError(f"{name} has no number here: the returns do not give any.")
    columns = sorted({column for row in rows for column in row.described})
    if unknown := sorted(set(groups) - set(columns)):
        raise UsageError(f"{name} has no group {unknown[0]!r}. It has: {', '.join(columns)}.")
    left = [row for row in rows if groups.items() <= row.described.items()]
    if not left:
        raise UsageError(f"{name} has no number for {_spelled(groups)}. {_choices(rows, groups)}")
    if "period" not in groups and "span" not in columns:
        exact = [
            row for row in left if row.figure["period_start"] == asked.period.start and _ends(row, asked.period.end)
        ]
        latest = max(row.figure["period_end"] for row in left)
        left = exact or [row for row in left if _ends(row, latest)]
    if not groups and len(totals := [row for row in left if not row.groups]) == 1:
        left = totals
    if len(left) > 1:
        raise UsageError(f"{name} has {len(left)} numbers here. Say which with --group. {_choices(left, groups)}")
    return left[0]


def _ends(row: _Row, day: pd.Timestamp) -> bool:
    return row.figure["period_end"] == day


def _choices(rows: list[_Row], groups: Mapping[str, str]) -> str:
    told = list(dict.fromkeys(_spelled(row.described) for row in rows if groups.keys() <= row.described.keys()))
    more = f"; and {len(told) - MOST_CHOICES} more" if len(told) > MOST_CHOICES else ""
    return f"There are: {'; '.join(told[:MOST_CHOICES])}{more}."


def _spelled(groups: Mapping[str, str]) -> str:
    return " ".join(f'"{column}={value}"' for column, value in groups.items())


def _children(row: _Row, side: str, measure: Measure) -> tuple[str, list[str]]:
    named = [each for each in SIDES if row.figure[f"{each}_children"] is not None]
    if side and side not in named:
        raise UsageError(
            f"{measure.title} does not name the children of its {side}; of its {' and '.join(named)} it does."
        )
    side = side or named[0]
    if pd.isna(row.figure[side]):
        raise UsageError(f"There is no number for {measure.title}, {row.when}: the returns do not give it.")
    return side, row.figure[f"{side}_children"]


def _in_words(measure: Measure, figure: pd.Series) -> str:
    if pd.isna(figure["value"]):
        return "no value"
    text = number_text(figure["value"], measure.unit, measure.decimals)
    return text if measure.unit == "%" else f"{text} {measure.unit}"


def _listed(children: list[str], returns: Path, authority: Authority, page: Page) -> pd.DataFrame:
    """Each child once, by the council's identifier, with how often it counts and where it stands."""
    key = key_of(returns, authority.key_file, authority.home)
    times = Counter(children)
    places = places_of(times, raw_returns(returns, authority, page.as_of), key, sorted(page.used))
    if len(places) < len(times):
        raise DataError(
            [],
            f"{len(times) - len(places):,} of {len(times):,} children are not in the returns: they have changed meanwhile. Ask again.",
        )
    frame = places.assign(times=[times[each] for each in places["child_id"]])
    return frame[["identifier", "times", "file", "line"]]
