"""What may not be shown, judging one row or one result by itself: for each row a reason to hide it, or "".

The reasons are words that a person reads who signs a pack off. What several rows, results or packs give away together is the
attacker's business. `docs/disclosure.md` says why each rule is there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import pandas as pd

from analysis_lib.disclosure.rounding import WILSON
from analysis_lib.groupings import groupings
from analysis_lib.policy import HIDE_IN_NAMED_GROUPS, ClassPolicy, is_count_or_its_rate
from analysis_lib.results import (
    GAP,
    MONEY_UNITS,
    PERCENT,
    PUBLISHED,
    RATE_UNITS,
    RATIO,
    TWO_LARGEST,
    Measure,
    Result,
    round_half_up,
)
from analysis_lib.stats import intervals

Found = tuple[np.ndarray, str]  # in which rows, and the reason

EVERYBODY = ("All", "Total", "Not known")  # values of an identifying column that name no group

REST = "1 to {} in the rest of the base"
MINIMUM_OR_MAXIMUM = "a minimum or maximum is one child"
DOMINATED = "one child's cost is most of the sum"
DOMINATED_BY_TWO = "two children's costs are most of the sum"
UNKNOWN_DOMINANCE = "a sum of money without its largest parts"
LIMITS_OF_TINY_SERIES = "control limits of a tiny series"
FORECAST_OF_TINY_SERIES = "forecast of a tiny series"
NONE_OF_A_GROUP = "none of a named group"
ALL_OF_A_GROUP = "all of a named group"
OWN_VALUES = "limits that are children's own values"

# How a result says what its rows are: the words that its `method` begins with.
CONTROL_LIMITS, FORECAST, PER_CHILD = "control limits", "forecast", "events per child"
EXTREMES = ("minimum", "maximum", "quantile 0 ", "quantile 1 ")


def reasons(result: Result, frame: pd.DataFrame, policy: ClassPolicy) -> pd.Series:
    """Why each row of `frame` may not be shown in the public edition: the first reason that holds, "" where none does.

    Parameters
    ----------
    result : Result
        Of which measure, by which groups. Published figures have no reasons.
    frame : DataFrame
        Its exact rows. A cost needs `results.TWO_LARGEST` beside it. Control limits and forecasts have the series' mean
        count a period as `denominator`.
    policy : ClassPolicy
        Of the class that the measure by these groups falls under.

    Returns
    -------
    Series of str with the index of `frame`.
    """
    found: list[Found] = []
    if result.origin != PUBLISHED and len(frame):
        rows = _Rows(result, frame)
        for rule in (_of_series, _of_money, _of_counts, _of_shares, _of_averages, _of_named_groups):
            found += rule(rows, policy)
    where, words = [each for each, _ in found], [each for _, each in found]
    return pd.Series(np.select(where, words, "") if found else "", index=frame.index, dtype=object)


def interval_reasons(result: Result, frame: pd.DataFrame) -> pd.Series:
    """Why the interval of each row may not be shown even though its figure is: "" where it may.

    An interval stands only where numerator and base may be printed (`bases_that_fit` shows why), so a row that is hidden
    loses its own with it. Besides, limits of a quantile are some children's own values.
    """
    why = pd.Series("", index=frame.index, dtype=object)
    if result.origin == PUBLISHED or frame.empty or not result.measure.is_average:
        return why
    why[frame["lower"].notna() & frame["method"].str.contains("order statistics|median|quartile|quantile")] = OWN_VALUES
    return why


def decimals(measure: Measure, shown: pd.DataFrame, policy: ClassPolicy) -> int:
    """How many decimals the public edition prints of the rows `shown`.

    Averages, gaps and percentages are whole; a decimal stands only where every percentage shown rests on so large a base
    that it does not give the count away.
    """
    if not (measure.unit in (PERCENT, GAP) or measure.is_average):
        return measure.decimals
    bases = shown.loc[shown["value"].notna(), "denominator"]
    large = measure.unit == PERCENT and len(bases) > 0 and bool((bases > policy.one_decimal_base).all())
    return min(measure.decimals, 1 if large else 0)


@dataclass(frozen=True)
class _Rows:
    """The rows of a result as the rules look at them."""

    result: Result
    frame: pd.DataFrame

    @property
    def measure(self) -> Measure:
        return self.result.measure

    @cached_property
    def numerator(self) -> np.ndarray:
        return self.frame["numerator"].to_numpy(float)

    @cached_property
    def denominator(self) -> np.ndarray:
        return self.frame["denominator"].to_numpy(float)

    @cached_property
    def value(self) -> np.ndarray:
        return self.frame["value"].to_numpy(float)

    def method(self, what: Callable[[str], object]) -> np.ndarray:
        """`what` of the method of each row."""
        told = {each: what(each) for each in dict.fromkeys(self._methods)}
        return np.array([told[each] for each in self._methods])

    @cached_property
    def _methods(self) -> list[str]:
        return [str(each) for each in self.frame["method"].tolist()]

    @property
    def of_somebody(self) -> np.ndarray:
        """Which rows are of a group that people can be seen to belong to: not of everybody."""
        columns = [
            [not (isinstance(each, str) and each in EVERYBODY) for each in self.frame[name].tolist()]
            for name in self.identifying
        ]
        return np.array(columns, dtype=bool).any(axis=0)

    @property
    def identifying(self) -> list[str]:
        """The columns whose values are groups that people can be seen to belong to."""
        return [column for column in self.result.groups if groupings().identifies(column)]

    @property
    def telling(self) -> list[str]:
        """The columns that tell of somebody what cannot be seen."""
        return [column for column in self.result.groups if groupings().is_sensitive(column)]

    def sums(self, name: str, without: Collection[str]) -> np.ndarray:
        """For each row the sum of column `name` over the rows that differ from it in `without` alone."""
        keys = ["period_start", "period_end", *(each for each in self.result.groups if each not in without)]
        return self.frame.groupby(keys, dropna=False)[name].transform("sum").to_numpy(float)


def few_words(policy: ClassPolicy, measure: Measure) -> str:
    """What is hidden in words, "1 to 5 children": in the measure's own unit where it counts something."""
    return f"1 to {policy.threshold - 1} {measure.unit if measure.is_count else 'children'}"


def _below(counts: np.ndarray, smallest: int) -> np.ndarray:
    """Counts above 0 and below `smallest`: where there is nobody there is nothing to hide."""
    return (counts > 0) & (counts < smallest)


def _of_counts(rows: _Rows, policy: ClassPolicy) -> list[Found]:
    """A count, a difference or a ratio of two counts, or a rate on a public population, which is its count."""
    measure = rows.measure
    if not (measure.unit == RATIO or is_count_or_its_rate(measure)):
        return []
    few = _below(rows.numerator, policy.threshold)
    if measure.is_count or measure.unit == RATIO:
        few |= _below(rows.denominator, policy.threshold)
    if measure.is_count:  # a difference has both counts beside it, and may be below 0
        few |= _below(np.abs(rows.value), policy.threshold)
    of_series = rows.method(
        lambda method: method.startswith((CONTROL_LIMITS, FORECAST))
    )  # a limit of 3 is no 3 children
    return [(few & ~of_series, few_words(policy, measure))]


def _of_shares(rows: _Rows, policy: ClassPolicy) -> list[Found]:
    """A percentage of a small base, or with few on one side; a gap is a percentage less a public one.

    A rate on a base of our own needs that base too; its events may be more than the base, so there is no other side.
    """
    measure = rows.measure
    is_share = measure.unit in (PERCENT, GAP)
    if not is_share and not (measure.unit in RATE_UNITS and measure.base):
        return []
    found = [
        (_below(rows.denominator, policy.min_percentage_base), f"base under {policy.min_percentage_base}"),
        (_below(rows.numerator, policy.threshold), few_words(policy, measure)),
    ]
    rest = _below(rows.denominator - rows.numerator, policy.threshold)
    return [*found, (rest, REST.format(policy.threshold - 1))] if is_share else found


def _of_averages(rows: _Rows, policy: ClassPolicy) -> list[Found]:
    """An average of few; a quantile with few children beyond it; a minimum or maximum, which is one child."""
    base = rows.denominator
    few = (_below(base, policy.min_average_base), f"average of fewer than {policy.min_average_base}")
    if not rows.measure.is_average:
        return [(few[0] & rows.method(lambda method: method.startswith(PER_CHILD)), few[1])]
    quartile = rows.method(lambda method: "quartile" in method)
    beyond = np.round(base * rows.method(_share_beyond), 9)
    needed = policy.min_quartile_base / 4  # as far beyond another quantile as beyond a quartile
    return [
        ((base > 0) & rows.method(lambda method: method.startswith(EXTREMES)), MINIMUM_OR_MAXIMUM),
        (quartile & _below(base, policy.min_quartile_base), f"quartile of fewer than {policy.min_quartile_base}"),
        ((base > 0) & (beyond < needed), f"quantile with fewer than {needed:g} beyond it"),
        (few[0] & ~quartile, few[1]),
    ]


def _share_beyond(method: str) -> float:
    """The smaller share of children on one side of "quantile 0.9": 0.1. Missing for other methods."""
    named = re.match(r"quantile (0?\.\d+)", method)
    return min(float(named[1]), 1 - float(named[1])) if named else np.nan


def _of_money(rows: _Rows, policy: ClassPolicy) -> list[Found]:
    """A cost that one child, or two, make most of: dominance of the sum, which is the numerator.

    A mean cost with its base is the sum in other words, so it is judged alike.
    """
    if rows.measure.unit not in MONEY_UNITS:
        return []
    total = rows.numerator
    if not set(TWO_LARGEST) <= set(rows.frame.columns):
        return [(total != 0, UNKNOWN_DOMINANCE)]
    largest, second = (rows.frame[column].to_numpy(float) for column in TWO_LARGEST)
    unknown = np.isnan([total, largest, second, rows.denominator]).any(axis=0) | (total < 0)
    return [
        (unknown, UNKNOWN_DOMINANCE),
        (_below(rows.denominator, policy.threshold), few_words(policy, rows.measure)),
        (100 * largest > policy.largest_share * total, DOMINATED),
        (100 * (largest + second) > policy.two_largest_share * total, DOMINATED_BY_TWO),
    ]


def _of_series(rows: _Rows, policy: ClassPolicy) -> list[Found]:
    """Limits and forecasts of a series so small that they give its counts back. A missing mean counts as small."""
    tiny = ~(rows.denominator >= policy.min_series_mean)
    return [
        (tiny & rows.method(lambda method: method.startswith(CONTROL_LIMITS)), LIMITS_OF_TINY_SERIES),
        (tiny & rows.method(lambda method: method.startswith(FORECAST)), FORECAST_OF_TINY_SERIES),
    ]


def _of_named_groups(rows: _Rows, policy: ClassPolicy) -> list[Found]:
    """None or all of a group that people can be seen to belong to, where that tells something of each of them.

    A percentage by an identifying column tells it of the group that is its base, an average where all have the same. A
    count tells it where the table also has a column that tells what cannot be seen: the group is the sum over that column.
    """
    measure = rows.measure
    if policy.zero_and_all != HIDE_IN_NAMED_GROUPS or not rows.identifying:
        return []
    named = rows.of_somebody
    if measure.is_average:  # limits that meet say that every child has the same value
        return [(named & (rows.frame["lower"] == rows.frame["upper"]).to_numpy(), ALL_OF_A_GROUP)]
    if measure.unit in (PERCENT, GAP):
        # What the base is made of: where anybody can see it, nothing is told.
        if any(column in rows.identifying and _splits_a_base(column, rows) for column in rows.result.parts):
            return []
        part, whole = rows.numerator, rows.denominator
    elif measure.is_count and rows.telling:
        part, whole = rows.value, rows.sums("value", without=rows.telling)
    else:
        return []
    named = named & (whole > 0)
    return [(named & (part == 0), NONE_OF_A_GROUP), (named & (part == whole), ALL_OF_A_GROUP)]


def _splits_a_base(column: str, rows: _Rows) -> bool:
    """Whether the rows of `column` are parts of one base (the girls and the boys of a caseload), and not groups with bases of their own.

    Such rows have the same denominator, and their numerators add up to it. Where one row is always all of it and the others
    are none, groups with bases of their own would look the same: it is taken to be these.
    """
    keys = ["period_start", "period_end", *(each for each in rows.result.groups if each != column)]
    same = (rows.frame.groupby(keys, dropna=False)["denominator"].transform("nunique") == 1).all()
    adds_up = (rows.sums("numerator", without=(column,)) == rows.denominator).all()
    between = (rows.numerator > 0) & (rows.numerator < rows.denominator)
    return bool(same and adds_up and between.any())


def bases_that_fit(
    value: float,
    lower: float,
    upper: float,
    decimals: int,
    method: str = WILSON,
    *,
    outward: bool = False,
    most: int = 500,
) -> list[tuple[int, int]]:
    """Every (numerator, base) up to `most` whose percentage and interval print as these do: why an interval gives its base away.

    Parameters
    ----------
    value, lower, upper : float
        As printed, in per cent. A missing one (NaN) is not known to the reader.
    decimals : int
        As many as were printed.
    method : str
        "Wilson score, 95%".
    outward : bool
        Whether the limits were rounded away from the value, as the gate does, or to the nearest.

    Raises `ValueError` for another method.
    """
    if method != WILSON:
        raise ValueError(f"bases are known to be given away by {WILSON!r}; nothing is known of {method!r}")
    pairs, *exact = _shares_up_to(most)
    scale = 10.0**decimals
    low, high = (
        (np.floor(exact[1] * scale + 1e-9) / scale, np.ceil(exact[2] * scale - 1e-9) / scale)
        if outward
        else (round_half_up(exact[1], decimals), round_half_up(exact[2], decimals))
    )
    fits = np.ones(len(pairs), bool)
    for printed, possible in zip((value, lower, upper), (round_half_up(exact[0], decimals), low, high), strict=True):
        fits &= np.isnan(printed) | np.isclose(possible, printed, rtol=0, atol=1e-6)
    return [(int(numerator), int(base)) for numerator, base in pairs[fits]]


@cache
def _shares_up_to(most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """All pairs of numerator and base from 1 to `most`, with percentage and Wilson's limits."""
    base = np.repeat(np.arange(1, most + 1), np.arange(2, most + 2))
    numerator = np.concatenate([np.arange(each + 1) for each in range(1, most + 1)])
    lower, upper = intervals.wilson(numerator, base)
    return np.stack([numerator, base], axis=1), 100 * numerator / base, 100 * lower, 100 * upper
