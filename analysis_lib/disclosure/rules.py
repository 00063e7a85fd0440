"""What may not be shown, judging one row or one result by itself: for each row a reason to hide it, or "".

The reasons are words that a person reads who signs a pack off. What several rows, results or packs give away together is the
attacker's business. `docs/disclosure.md` says why each rule is there.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from analysis_lib.disclosure.rounding import WILSON
from analysis_lib.policy import HIDE_IN_NAMED_GROUPS, OF_NOBODY, ClassPolicy, is_count_or_its_rate
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

# Columns whose values are groups that people can be seen to belong to.
IDENTIFYING = ("sex", "ethnic_group", "age_band", "age", "school", "ward")
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
    why = pd.Series("", index=frame.index, dtype=object)
    if result.origin == PUBLISHED or frame.empty:
        return why
    for rule in (_of_series, _of_money, _of_counts, _of_shares, _of_averages, _of_named_groups):
        found = rule(result, frame, policy)
        why = why.where(why != "", found)
    return why


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


def small(counts: pd.Series, policy: ClassPolicy) -> pd.Series:
    """Counts that are hidden: from 1 to one below the threshold."""
    return counts.between(0, policy.threshold, inclusive="neither")


def _of_counts(result: Result, frame: pd.DataFrame, policy: ClassPolicy) -> pd.Series:
    """A count, a difference or a ratio of two counts, or a rate on a public population, which is its count."""
    measure = result.measure
    if measure.is_count:  # a difference has both counts beside it, and may be below 0
        few = (
            small(frame["value"].abs(), policy)
            | small(frame["numerator"], policy)
            | small(frame["denominator"], policy)
        )
    elif measure.unit == RATIO:
        few = small(frame["numerator"], policy) | small(frame["denominator"], policy)
    elif is_count_or_its_rate(measure):
        few = small(frame["numerator"], policy)
    else:
        return _nowhere(frame)
    return _where(few & ~_is_of_series(frame), few_words(policy, measure))


def _of_shares(result: Result, frame: pd.DataFrame, policy: ClassPolicy) -> pd.Series:
    """A percentage of a small base, or with few on one side; a gap is a percentage less a public one."""
    measure = result.measure
    if measure.unit in RATE_UNITS and measure.base:  # a rate on a base of our own: its events may be more than the base
        return _first(
            _where(
                _fewer(frame["denominator"], policy.min_percentage_base), f"base under {policy.min_percentage_base}"
            ),
            _where(small(frame["numerator"], policy), few_words(policy, measure)),
        )
    if measure.unit not in (PERCENT, GAP):
        return _nowhere(frame)
    rest = frame["denominator"] - frame["numerator"]
    return _first(
        _where(_fewer(frame["denominator"], policy.min_percentage_base), f"base under {policy.min_percentage_base}"),
        _where(small(frame["numerator"], policy), few_words(policy, measure)),
        _where(small(rest, policy), REST.format(policy.threshold - 1)),
    )


def _of_averages(result: Result, frame: pd.DataFrame, policy: ClassPolicy) -> pd.Series:
    """An average of few; a quantile with few children beyond it; a minimum or maximum, which is one child."""
    method, base = frame["method"].astype(str), frame["denominator"]
    per_child = method.str.startswith(PER_CHILD)
    average = _where(_fewer(base, policy.min_average_base), f"average of fewer than {policy.min_average_base}")
    if not result.measure.is_average:
        return average.where(per_child, "")
    quartile = _where(_fewer(base, policy.min_quartile_base), f"quartile of fewer than {policy.min_quartile_base}")
    # As far beyond another quantile as beyond a quartile.
    share = method.str.extract(r"^quantile (0?\.\d+)", expand=False).astype(float)
    beyond = (base * np.minimum(share, 1 - share)).round(9)
    few_beyond = (base > 0) & (beyond < policy.min_quartile_base / 4)
    return _first(
        _where((base > 0) & method.str.startswith(EXTREMES), MINIMUM_OR_MAXIMUM),
        _where(few_beyond, f"quantile with fewer than {policy.min_quartile_base / 4:g} beyond it"),
        average.where(~method.str.contains("quartile"), quartile),
    )


def _of_money(result: Result, frame: pd.DataFrame, policy: ClassPolicy) -> pd.Series:
    """A cost that one child, or two, make most of: (1, k%) and (2, k%) dominance of the sum, which is the numerator.

    A mean cost with its base is the sum in other words, so it is judged alike.
    """
    if result.measure.unit not in MONEY_UNITS:
        return _nowhere(frame)
    if not set(TWO_LARGEST) <= set(frame.columns):
        return _where(frame["numerator"] != 0, UNKNOWN_DOMINANCE)
    total, largest, second = frame["numerator"], *(frame[column] for column in TWO_LARGEST)
    unknown = total.isna() | largest.isna() | second.isna() | frame["denominator"].isna() | (total < 0)
    few = few_words(policy, result.measure)
    return _first(
        _where(unknown, UNKNOWN_DOMINANCE),
        _where(small(frame["denominator"], policy), few),
        _where(100 * largest > policy.largest_share * total, DOMINATED),
        _where(100 * (largest + second) > policy.two_largest_share * total, DOMINATED_BY_TWO),
    )


def _of_series(result: Result, frame: pd.DataFrame, policy: ClassPolicy) -> pd.Series:
    """Limits and forecasts of a series so small that they give its counts back. Missing means count as small."""
    tiny = ~(frame["denominator"] >= policy.min_series_mean)
    method = frame["method"].astype(str)
    return _first(
        _where(tiny & method.str.startswith(CONTROL_LIMITS), LIMITS_OF_TINY_SERIES),
        _where(tiny & method.str.startswith(FORECAST), FORECAST_OF_TINY_SERIES),
    )


def _of_named_groups(result: Result, frame: pd.DataFrame, policy: ClassPolicy) -> pd.Series:
    """None or all of a group that people can be seen to belong to, where that tells something of each of them.

    A percentage by an identifying column tells it of the group that is its base, an average where all have the same. A
    count tells it where the table also has a column that tells what cannot be seen: the group is the sum over that column.
    """
    if policy.zero_and_all != HIDE_IN_NAMED_GROUPS or not set(result.groups) & set(IDENTIFYING):
        return _nowhere(frame)
    if result.measure.unit in (PERCENT, GAP):
        told = [column for column in result.parts if _is_split_by(column, result, frame)]
        if set(told) & set(IDENTIFYING):  # what is told of the base is what anybody can see
            return _nowhere(frame)
        part, whole = frame["numerator"], frame["denominator"]
    elif result.measure.is_count and set(result.groups) - {*IDENTIFYING, *OF_NOBODY}:
        others = ["period_start", "period_end", *(each for each in result.groups if each in (*IDENTIFYING, *OF_NOBODY))]
        part, whole = frame["value"], frame.groupby(others, dropna=False)["value"].transform("sum")
    elif result.measure.is_average:  # limits that meet say that every child has the same value
        return _where(_names_a_group(result, frame) & (frame["lower"] == frame["upper"]), ALL_OF_A_GROUP)
    else:
        return _nowhere(frame)
    named = _names_a_group(result, frame) & (whole > 0)
    return _first(_where(named & (part == 0), NONE_OF_A_GROUP), _where(named & (part == whole), ALL_OF_A_GROUP))


def _is_split_by(column: str, result: Result, frame: pd.DataFrame) -> bool:
    """Whether the rows of `column` are parts of one base (the girls and the boys of a caseload), and not groups with bases of their own.

    Such rows have the same denominator, and their numerators add up to it. Where one row is always all of it and the others
    are none, groups with bases of their own would look the same: it is taken to be these.
    """
    if column not in result.groups:  # "period_end": years that add up
        return False
    others = ["period_start", "period_end", *(each for each in result.groups if each != column)]
    bases = frame.groupby(others, dropna=False)
    same = (bases["denominator"].transform("nunique") == 1).all()
    adds_up = (bases["numerator"].transform("sum") == frame["denominator"]).all()
    return bool(same and adds_up and frame["numerator"].between(0, frame["denominator"], inclusive="neither").any())


def _names_a_group(result: Result, frame: pd.DataFrame) -> pd.Series:
    """Rows of a group that people can be seen to belong to."""
    columns = [column for column in result.groups if column in IDENTIFYING]
    return (~frame[columns].isin(EVERYBODY)).any(axis=1)


def few_words(policy: ClassPolicy, measure: Measure) -> str:
    """ "1 to 5 children": what is hidden, in the measure's own unit where it counts something."""
    counted = measure.unit if measure.is_count and measure.unit not in MONEY_UNITS else "children"
    return f"1 to {policy.threshold - 1} {counted}"


def _is_of_series(frame: pd.DataFrame) -> pd.Series:
    return frame["method"].astype(str).str.startswith((CONTROL_LIMITS, FORECAST))


def _fewer(base: pd.Series, smallest: int) -> pd.Series:
    """Bases from 1 to below `smallest`; a base of 0 has no figure to hide."""
    return base.between(0, smallest, inclusive="neither")


def _nowhere(frame: pd.DataFrame) -> pd.Series:
    return pd.Series("", index=frame.index, dtype=object)


def _where(rows: pd.Series, reason: str) -> pd.Series:
    return pd.Series(np.where(rows, reason, ""), index=rows.index, dtype=object)


def _first(*found: pd.Series) -> pd.Series:
    """For each row the first of these reasons that is not empty."""
    first = found[0]
    for later in found[1:]:
        first = first.where(first != "", later)
    return first


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
