"""A printed figure as the attacker sees it: which number of which measure stands there, and what is printed.

The gate makes them of what it lets through, the auditor of what it reads from the pages, the register keeps them: all
three speak of the same numbers in the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

import pandas as pd

from analysis_lib.results import PUBLISHED, TIME_GROUPS, Result, Value

VALUE, NUMERATOR, DENOMINATOR, INTERVAL = "value", "numerator", "denominator", "interval"
PUBLISHED_MARK = ("published", "yes")  # a group that says of a figure that somebody else has published it
WHAT = (VALUE, NUMERATOR, DENOMINATOR, INTERVAL)


@dataclass(frozen=True)
class PrintedFigure:
    """One number on a page.

    Parameters
    ----------
    measure : str
    groups : pairs of column and value, in the order of the columns' names
        Without the groups that only say the period in other words.
    start, end : str
        ISO days; `start` is empty for a figure on a day.
    what : str
        Which number of the row it is: "value", "numerator", "denominator" or "interval".
    text : str
        As printed: "1,135", "42%", "3.4 to 8.0", or the symbol in its place.
    parts : tuple of str
        The groups whose rows, as printed together, add up to a total.
    beside : float
        The public number without which the figure says nothing of the count behind it: for a rate the population, for a
        gap the published share that it is measured from, for a ratio of rates the factor between the ratio of the
        counts and the ratio that is printed. 0 where there is none.
    """

    measure: str
    groups: tuple[tuple[str, str], ...]
    start: str
    end: str
    what: str
    text: str
    parts: tuple[str, ...] = ()
    beside: float = 0.0

    @property
    def key(self) -> str:
        """Which number it is, as text for an attribute of HTML: "yos_caseload_by?sex=Female;2021-04-01/2021-09-30;value;sex;0"."""
        groups = f"?{urlencode(self.groups)}" if self.groups else ""
        return f"{self.measure}{groups};{self.start}/{self.end};{self.what};{','.join(self.parts)};{self.beside:.10g}"

    @classmethod
    def from_key(cls, key: str, text: str) -> PrintedFigure:
        """The figure that `key` speaks of, printed as `text`. Raises `ValueError` where `key` is none."""
        try:
            which, span, what, parts, beside = key.split(";")
            measure, _, groups = which.partition("?")
            start, end = span.split("/")
            figure = cls(
                measure,
                _in_order(parse_qsl(groups, keep_blank_values=True, strict_parsing=bool(groups))),
                start,
                end,
                what,
                text,
                tuple(filter(None, parts.split(","))),
                float(beside),
            )
        except ValueError:
            raise ValueError(f"{key!r} does not say which figure it is") from None
        if what not in WHAT or not measure:
            raise ValueError(f"{key!r} does not say which figure it is")
        return figure

    @classmethod
    def of_value(cls, value: Value, what: str, text: str) -> PrintedFigure:
        """The number `what` of a released value, printed as `text`."""
        start, end = (day_text(day) for day in (value.period_start, value.period_end))
        groups = _in_order([*value.groups, *([PUBLISHED_MARK] if value.origin == PUBLISHED else [])])
        return cls(value.measure.name, groups, start, end, what, text, _of_groups(value.parts, groups), value.beside)

    def showing(self, what: str, text: str) -> PrintedFigure:
        """Another number of the same row."""
        return replace(self, what=what, text=text)


def figure_of_row(result: Result, row: Mapping) -> PrintedFigure:
    """The value of one row of a result, without a text yet."""
    groups = _in_order((group, row[group]) for group in result.groups)
    start, end = (day_text(row[day]) for day in ("period_start", "period_end"))
    parts = _of_groups(result.parts, groups)
    return PrintedFigure(result.measure.name, groups, start, end, VALUE, "", parts, float(row.get("beside", 0.0)))


def day_text(day) -> str:
    """A day as ISO text; empty for none."""
    return "" if pd.isna(day) else f"{pd.Timestamp(day):%Y-%m-%d}"


def _of_groups(parts: Iterable[str], groups: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Those of `parts` that are among the groups: years that add up are told apart by their days."""
    columns = {column for column, _ in groups}
    return tuple(part for part in parts if part in columns)


def _in_order(groups: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((column, str(value)) for column, value in groups if column not in TIME_GROUPS))
