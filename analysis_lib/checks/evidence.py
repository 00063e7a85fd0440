"""The returns as the rules look at them: whole columns as arrays, and rows in the order of each child's history.

A million episodes are checked in seconds because no rule goes through them child by child: rows are sorted once, and
then each is compared with the one before it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property

import numpy as np
import pandas as pd

from analysis_lib.periods import Period
from analysis_lib.sources import TABLES, RawReturns

NONE = np.iinfo("int64").min  # a day that is missing
_DAYS = 1 << 20  # more days than there are between any two dates that are read
# What the council's own children are numbered by; the youth offending service has a numbering of its own.
IDENTIFIER = {"ssda903": "CHILD", "annex_a": "Child Unique ID", "virtual_school": "CHILD"}
SHORT_BREAKS = ("V3", "V4")


class Evidence:
    """The checked frames of the returns, column by column.

    Children have one number each, the same in every table of the council (SSDA903, Annex A, virtual school). A *return*
    is what was extracted together: rows of one family, one year and one day of extract; returns are numbered in that
    order. Days are whole numbers (days since 1970), `NONE` where missing. Nothing here alters the frames.
    """

    def __init__(self, raw: RawReturns):
        self.raw = raw
        self.frames = raw.frames
        self._kept: dict[tuple, object] = {}

    def has(self, table: str, *columns: str) -> bool:
        """Whether the table is there and none of these columns is closed."""
        closed = self.raw.closed_columns.get(table, {})
        return table in self.frames and not any(column in closed for column in columns)

    def once(self, name: tuple, work: Callable):
        """The result of `work`, done once and kept under `name`."""
        if name not in self._kept:
            self._kept[name] = work()
        return self._kept[name]

    # Columns

    def rows(self, table: str) -> int:
        return len(self.frames[table])

    def day(self, table: str, column: str) -> np.ndarray:
        """The days of a column of dates."""

        def work():
            return self.frames[table][column].to_numpy().astype("datetime64[D]").view("int64")

        return self.once(("day", table, column), work)

    def _distinct(self, table: str, column: str) -> tuple[np.ndarray, list]:
        """The place of each row's value among the distinct ones (-1: missing), and these."""

        def work():
            places, distinct = pd.factorize(self.frames[table][column])
            return places, distinct.tolist()

        return self.once(("distinct", table, column), work)

    def code(self, table: str, column: str) -> np.ndarray:
        """The values of a column as whole numbers, equal where the values are; -1 where missing."""
        return self._distinct(table, column)[0]

    def among(self, table: str, column: str, *values: str) -> np.ndarray:
        """True where the column has one of these values."""
        return self.like(table, column, values.__contains__)

    def like(self, table: str, column: str, test: Callable[[str], bool]) -> np.ndarray:
        """True where `test` answers so to the text of the column; False where it is missing."""
        places, distinct = self._distinct(table, column)
        return np.array([bool(test(value)) for value in distinct] + [False], dtype=bool)[places]

    def filled(self, table: str, column: str) -> np.ndarray:
        return self.once(("filled", table, column), lambda: self.frames[table][column].notna().to_numpy())

    # Children and returns

    @cached_property
    def _children(self) -> tuple[dict[str, np.ndarray], int]:
        """The number of each row's child by table, and how many children there are."""
        columns = {
            name: IDENTIFIER[TABLES[name].family]
            for name, frame in self.frames.items()
            if TABLES[name].family in IDENTIFIER and IDENTIFIER[TABLES[name].family] in frame
        }
        if not columns:
            return {}, 0
        whole = pd.concat([self.frames[name][column] for name, column in columns.items()], ignore_index=True)
        numbers, distinct = pd.factorize(whole)
        parts = np.split(numbers, np.cumsum([self.rows(name) for name in columns])[:-1])
        return dict(zip(columns, parts, strict=True)), len(distinct)

    def child(self, table: str) -> np.ndarray:
        """The number of the child of each row; -1 where there is none."""
        return self._children[0][table]

    @property
    def children(self) -> int:
        """How many children the council's returns name."""
        return self._children[1]

    @cached_property
    def _returns(self) -> tuple[dict[str, np.ndarray], list[tuple[str, str, pd.Timestamp]]]:
        """The number of each row's return by table; and family, year and day of extract of each return, in order."""
        found: dict[tuple, int] = {}
        numbers = {}
        for name, frame in self.frames.items():
            years, year_names = pd.factorize(frame["_year"])
            days, day_names = pd.factorize(frame["_extract"])
            width = len(day_names) + 1
            places, distinct = pd.factorize((years + 1) * width + days + 1)
            of_return = []
            for number in distinct.tolist():
                year, day = (place - 1 for place in divmod(number, width))
                which = (
                    TABLES[name].family,
                    str(year_names[year]) if year >= 0 else "",
                    pd.Timestamp(day_names[day]) if day >= 0 else pd.NaT,
                )
                of_return.append(found.setdefault(which, len(found)))
            numbers[name] = np.array(of_return, dtype=int)[places] if of_return else places
        order = sorted(found, key=lambda which: (*which[:2], which[2].value if pd.notna(which[2]) else 0))
        renumbered = np.zeros(max(len(found), 1), dtype=int)
        for number, which in enumerate(order):
            renumbered[found[which]] = number
        return {name: renumbered[each] for name, each in numbers.items()}, order

    def of_return(self, table: str) -> np.ndarray:
        """The number of the return of each row."""
        return self._returns[0][table]

    @cached_property
    def year_starts(self) -> np.ndarray:
        """The first day of each return's year; `NONE` where it has none."""
        starts = [Period.parse(year).start if year else pd.NaT for _, year, _ in self._returns[1]]
        return _as_days(starts)

    @cached_property
    def year_ends(self) -> np.ndarray:
        """The last day of each return's year; `NONE` where it has none."""
        ends = [Period.parse(year).end if year else pd.NaT for _, year, _ in self._returns[1]]
        return _as_days(ends)

    @cached_property
    def extracted(self) -> np.ndarray:
        """The day on which each return was extracted."""
        return _as_days([day for _, _, day in self._returns[1]])

    @cached_property
    def is_complete(self) -> np.ndarray:
        """Whether each return tells of its whole year."""
        return (self.year_ends != NONE) & (self.extracted >= self.year_ends)

    @cached_property
    def next_year(self) -> np.ndarray:
        """For each return that is the last of its year: the last return of the next year; -1 where there is none."""
        returns = self._returns[1]
        last = {(family, year): number for number, (family, year, _) in enumerate(returns) if year}
        following = [
            last.get((family, Period.parse(year).shifted(12).code), -1) if last.get((family, year)) == number else -1
            for number, (family, year, _) in enumerate(returns)
        ]
        return np.array(following, dtype=int)

    def key(self, table: str) -> np.ndarray:
        """One number for child and return of each row; below 0 where there is no child."""

        def work():
            child = self.child(table)
            return np.where(child < 0, -1, self.of_return(table) * self.children + child)

        return self.once(("key", table), work)

    def among_keys(self, keys: np.ndarray, of: np.ndarray) -> np.ndarray:
        """True where a key (child and return) is one of the keys `of`; False below 0."""
        there = np.zeros(len(self._returns[1]) * self.children + 1, dtype=bool)
        there[of[of >= 0]] = True
        there[-1] = False
        return there[np.maximum(keys, -1)]

    def also_in(self, table: str, other: str, rows: np.ndarray | None = None) -> np.ndarray:
        """True where the child of a row is, in the same return, in table `other` too (there only `rows`, a mask)."""
        keys = self.key(other) if rows is None else self.key(other)[rows]
        return self.among_keys(self.key(table), keys)

    def returns_with(self, table: str) -> np.ndarray:
        """For each return, whether it has rows of `table`."""
        return np.bincount(self.of_return(table), minlength=len(self._returns[1])) > 0

    # Dates and ages

    @cached_property
    def _births(self) -> np.ndarray:
        births = np.full(self.children + 1, NONE)
        if self.has("header", "DOB"):
            known = self.day("header", "DOB") != NONE
            births[self.child("header")[known]] = self.day("header", "DOB")[known]  # the last one stands
        births[-1] = NONE
        return births

    def birth(self, table: str) -> np.ndarray:
        """The child's day of birth as the SSDA903 header has it."""
        return self.once(("birth", table), lambda: self._births[self.child(table)])

    def age(self, table: str, column: str) -> np.ndarray:
        """The child's age in whole years on the day in `column`; -999 where either day is missing."""
        return self.once(("age", table, column), lambda: ages(self.birth(table), self.day(table, column)))

    # Order

    def spells(self, table: str, start: str, end: str, apart: str = "") -> Spells:
        """The rows of a table in the order of each child's history within each return."""
        return self.once(("spells", table), lambda: Spells(self, table, start, end, apart))

    @property
    def episodes(self) -> Spells:
        return self.spells("episodes", "DECOM", "DEC", "RNE")

    def latest(self, table: str, column: str, rows: np.ndarray, child: np.ndarray, day: np.ndarray) -> np.ndarray:
        """For each of `child` and `day`: the latest of the days in `column`, among `rows` of `table`, that is not after
        it; `NONE` where there is none."""
        days = self.day(table, column)
        rows = rows & (days != NONE) & (self.child(table) >= 0)
        known = np.sort(self.child(table)[rows] * _DAYS + (days[rows] + _DAYS // 2))
        asked = child * _DAYS + (np.where(day == NONE, 0, day) + _DAYS // 2)
        place = np.searchsorted(known, asked, side="right") - 1
        found = np.append(known, -1)[place]
        fits = (place >= 0) & (found // _DAYS == child) & (day != NONE)
        return np.where(fits, found % _DAYS - _DAYS // 2, NONE)


class Spells:
    """Rows in the order of return, child, start and end (what is open last).

    A row that a return has twice (same child, start and `apart`) stands here once. Arrays named `..._` of this class are
    in that order; `rows` turns a mask in that order into one over the table's rows.
    """

    def __init__(self, evidence: Evidence, table: str, start: str, end: str, apart: str):
        key, begins, ends = evidence.key(table), evidence.day(table, start), evidence.day(table, end)
        close = np.where(ends == NONE, np.iinfo("int64").max, ends)
        at = np.where(begins == NONE, 0, begins) + _DAYS // 2
        whole = key * _DAYS + at
        order = np.lexsort((close, whole))
        self._rows = evidence.rows(table)
        if apart:  # the last row stands, as in the tidy tables
            order = order[~_repeated(whole, evidence.code(table, apart), order)[order]]
        self.order = order
        self.key = key[order]
        self.start, self.end = begins[order], ends[order]
        self.is_open = self.end == NONE
        self.follows = np.append(False, self.key[1:] == self.key[:-1]) if len(order) else np.zeros(0, dtype=bool)
        self.is_followed = np.append(self.follows[1:], False) if len(order) else np.zeros(0, dtype=bool)
        self.joined = self.follows & (self.start == self.before(self.end))

    def ordered(self, values: np.ndarray) -> np.ndarray:
        """Values of the table's rows in the order of the spells."""
        return values[self.order]

    def before(self, values: np.ndarray) -> np.ndarray:
        """For ordered values: that of the row before (whatever child it is of; see `follows`)."""
        return np.append(values[:1], values[:-1])

    def after(self, values: np.ndarray) -> np.ndarray:
        """For ordered values: that of the row after (see `is_followed`)."""
        return np.append(values[1:], values[-1:])

    def rows(self, mask: np.ndarray) -> np.ndarray:
        """A mask in the order of the spells as one over the table's rows."""
        found = np.zeros(self._rows, dtype=bool)
        found[self.order[mask]] = True
        return found

    def every(self, holds: np.ndarray) -> np.ndarray:
        """For each spell: whether `holds` is true of every spell of its child in its return."""
        if not len(holds):
            return holds
        begins = np.flatnonzero(~self.follows)
        whole = np.logical_and.reduceat(holds, begins)
        return np.repeat(whole, np.diff(np.append(begins, len(holds))))


def _repeated(spell: np.ndarray, apart: np.ndarray, order: np.ndarray) -> np.ndarray:
    """All but the last of the rows with one `spell` and `apart`; `order` is one in which `spell` does not fall."""
    found = np.zeros(len(spell), dtype=bool)
    as_before = spell[order[1:]] == spell[order[:-1]]
    if not as_before.any():
        return found
    several = np.sort(order[np.append(as_before, False) | np.append(False, as_before)])
    rows = pd.DataFrame({"spell": spell[several], "apart": apart[several]})
    found[several] = rows.duplicated(keep="last")
    return found


def _as_days(stamps: list) -> np.ndarray:
    return pd.Series(stamps, dtype="datetime64[us]").to_numpy().astype("datetime64[D]").view("int64")


def ages(birth: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Whole years from `birth` to `day`; -999 where either is missing. Born on 29 February: on 1 March, mostly."""
    known = (birth != NONE) & (day != NONE)
    return np.where(known, (_as_number(day) - _as_number(birth)) // 10_000, -999)


_FIRST = np.datetime64("1900-01-01").astype("int64")  # the days that are read: 1900 to 2199
_LAST = np.datetime64("2199-12-31").astype("int64")


@cache
def _numbers() -> np.ndarray:
    """Each day that is read as a number: 31 March 2021 as 20210331."""
    dates = np.arange(_FIRST, _LAST + 1).astype("datetime64[D]")
    years, months = dates.astype("datetime64[Y]"), dates.astype("datetime64[M]")
    return (
        (years.astype("int64") + 1970) * 10_000
        + ((months - years.astype("datetime64[M]")).astype("int64") + 1) * 100
        + (dates - months.astype("datetime64[D]")).astype("int64")
        + 1
    )


def _as_number(day: np.ndarray) -> np.ndarray:
    return _numbers()[np.clip(day, _FIRST, _LAST) - _FIRST]


def shown(frame: pd.DataFrame, column: str, rows: np.ndarray) -> list[str]:
    """The values of some rows as a message shows them."""
    places, distinct = pd.factorize(frame[column].iloc[rows])
    texts = [_text(value) for value in distinct.tolist()] + [""]
    return [texts[place] for place in places]


def _text(value) -> str:
    if hasattr(value, "strftime"):
        return f"{value:%d/%m/%Y}"
    return f"{value:g}" if isinstance(value, float) else str(value)
