"""The stricter profile: every count to the nearest 5, and everything else worked out again from the rounded counts.

A count is rounded by itself, wherever it stands, and a total is rounded like any other count. So one number is printed in one
way on all pages, no print of it tells more than another, and it is never wrong by more than 2. Totals made of rounded
parts would tell less, but the same children would be 210 by sex and 215 by age. What numbers rounded one by one tell together,
the attacker finds.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis_lib.policy import ClassPolicy
from analysis_lib.results import GAP, MONEY_UNITS, PERCENT, PUBLISHED, RATE_UNITS, RATIO, Measure, Result
from analysis_lib.stats import intervals

WILSON = "Wilson score, 95%"
POISSON = {  # how the method of a rate begins, the longer beginning first
    "exact Poisson below 10": intervals.FINGERTIPS,
    "exact Poisson": intervals.EXACT,
    "Byar": intervals.BYAR,
}


def to_nearest(counts, base: int):
    """A count, or a column of them, to the nearest `base`, halves up; 0 leaves them as they are."""
    return base * np.floor(counts / base + 0.5) if base else counts


def rounded(result: Result, frame: pd.DataFrame, policy: ClassPolicy) -> pd.DataFrame:
    """`frame` as the class's `round_to` has it: counts rounded, values and intervals worked out from them.

    A public population is not rounded, for anybody can look it up. An interval that cannot be worked out from the two counts
    alone is left out, and so is the sum behind an average, which would give its exact base. Published figures stay.
    """
    if not policy.round_to or result.origin == PUBLISHED:
        return frame
    measure, exact, frame = result.measure, frame, frame.copy()
    of_ours = not (measure.unit in RATE_UNITS and not measure.base)
    frame["numerator"] = to_nearest(frame["numerator"], policy.round_to)
    if of_ours:
        frame["denominator"] = to_nearest(frame["denominator"], policy.round_to)
    if measure.is_average or measure.unit in MONEY_UNITS:
        return frame.assign(numerator=np.nan)
    if measure.is_count:
        difference = frame["numerator"] - frame["denominator"]
        frame["value"] = difference.where(difference.notna(), to_nearest(exact["value"], policy.round_to))
        return frame.assign(lower=np.nan, upper=np.nan)
    frame["value"] = _value(measure, exact, frame).where(exact["value"].notna())
    limits = _limits(measure, frame)
    return frame.assign(
        lower=limits["lower"].where(exact["lower"].notna()), upper=limits["upper"].where(exact["upper"].notna())
    )


def _value(measure: Measure, exact: pd.DataFrame, frame: pd.DataFrame) -> pd.Series:
    """The value that the rounded counts give."""
    quotient = frame["numerator"] / frame["denominator"].where(frame["denominator"] > 0)
    if measure.unit == PERCENT:
        return 100 * quotient
    if measure.unit == GAP:  # less the same published share
        return 100 * quotient - (100 * exact["numerator"] / exact["denominator"] - exact["value"])
    if measure.unit == RATIO:  # by the same factor, which two populations may have made
        return quotient * (
            exact["value"] / (exact["numerator"] / exact["denominator"]).where(exact["numerator"] > 0)
        ).fillna(1)
    return RATE_UNITS[measure.unit] * quotient


def _limits(measure: Measure, frame: pd.DataFrame) -> pd.DataFrame:
    """The limits that the rounded counts give, missing where they do not suffice."""
    method, limits = frame["method"].astype(str), pd.DataFrame(np.nan, index=frame.index, columns=["lower", "upper"])
    if measure.unit == PERCENT and (method == WILSON).all():
        limits["lower"], limits["upper"] = (
            100 * each for each in intervals.wilson(frame["numerator"], frame["denominator"])
        )
    elif measure.unit in RATE_UNITS:
        per = RATE_UNITS[measure.unit] / frame["denominator"].where(frame["denominator"] > 0)
        for begins, name in reversed(POISSON.items()):
            rows = method.str.startswith(begins)
            lower, upper = intervals.poisson(frame["numerator"], method=name)
            limits.loc[rows, "lower"], limits.loc[rows, "upper"] = (lower * per)[rows], (upper * per)[rows]
    return limits
