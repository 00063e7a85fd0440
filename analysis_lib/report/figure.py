"""One printed number: its text, and which number it is, always together.

`Figure` is any number of a released row: its value, the numerator, the denominator or the interval. Tables and sentences
mark each up with the key of `analysis_lib.disclosure.printed`, so that whoever reads the page knows what stands there.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import numpy as np
import pandas as pd

from analysis_lib.disclosure.printed import DENOMINATOR, INTERVAL, NUMERATOR, VALUE, PrintedFigure
from analysis_lib.periods import Period
from analysis_lib.report.output import escape, only_released
from analysis_lib.results import Value, number_text

HIDDEN = "c"


@dataclass(frozen=True)
class Figure:
    """The number `what` ("value", "numerator", "denominator", "interval") of a released value."""

    value: Value
    what: str

    def __post_init__(self):
        only_released(self.value, self.what)

    @property
    def text(self) -> str:
        """As printed; the symbol "c" where it is hidden, empty where there is none."""
        if self.what == VALUE:
            return self.value.text
        if self.what == INTERVAL:
            return self.value.interval or self._none
        number = getattr(self.value, self.what)
        return self._none if np.isnan(number) else number_text(number, "", 0)

    @property
    def _none(self) -> str:
        return HIDDEN if self.value.symbol == HIDDEN else ""

    @property
    def plain(self) -> str:
        """As a spreadsheet reads it: no thousands separator, no % sign. An interval is text."""
        if self.what == VALUE:
            return f"{self.value.number:.{self.value.decimals}f}" if self.value.is_shown else self.value.text
        return self.text if self.what == INTERVAL else self.text.replace(",", "")

    @property
    def is_shown(self) -> bool:
        return self.text not in ("", HIDDEN) if self.what != VALUE else self.value.is_shown

    @property
    def key(self) -> str:
        return PrintedFigure.of_value(self.value, self.what, self.text).key


def numerator(value: Value) -> Figure:
    """The number above the line of a released value."""
    return Figure(value, NUMERATOR)


def denominator(value: Value) -> Figure:
    """The number below the line of a released value."""
    return Figure(value, DENOMINATOR)


def interval(value: Value) -> Figure:
    """The interval of a released value: "12% to 34%"."""
    return Figure(value, INTERVAL)


def figure_attribute(figure: Figure) -> str:
    """The attribute that says which number stands in an element."""
    return f' data-figure="{escape(figure.key)}"'


def change_attribute(now: Value, then: Value) -> str:
    """The attribute that says which two figures a printed change is between: now, then."""
    return f' data-change="{escape(Figure(now, VALUE).key)} {escape(Figure(then, VALUE).key)}"'


def group_attribute(column: str, name: str) -> str:
    """The attribute that says of which group a text is the name: "age_band=10-13", as in the keys of its figures."""
    return f' data-group="{escape(urlencode([(column, name)]))}"'


def day_attribute(day: pd.Timestamp) -> str:
    """The attribute of a `<time>` that says which day its words name."""
    return f' datetime="{day:%Y-%m-%d}"'


def period_attribute(period: Period) -> str:
    """The attribute that says which days a period in words covers: its first and its last."""
    return f' data-period="{period.start:%Y-%m-%d}/{period.end:%Y-%m-%d}"'


def known_of(values) -> list[str]:
    """What a text about `values` may say without a figure: the names of their groups."""
    return [name for value in values for _, name in value.groups]
