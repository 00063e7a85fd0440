"""A frame of counts in, a `Result` out: the one place where counts become values and intervals.

Every function takes one row per group with the group columns and the counts named below. `when` is a census date for
a stock, a `Period` (first and last day, both counted) for a flow, and left out when the frame already has the columns
`period_start` and `period_end`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis_lib.metrics.counting import members
from analysis_lib.periods import Period
from analysis_lib.results import RATE_UNITS, RETURNS, Measure, Result
from analysis_lib.stats import intervals, quantiles

ORDER_STATISTICS, BOOTSTRAP = "order statistics", "bootstrap"
RATE_METHODS = {
    intervals.EXACT: "exact Poisson, 95%",
    intervals.BYAR: "Byar, 95%",
    intervals.FINGERTIPS: "exact Poisson below 10, Byar from 10, 95%",
}
QUANTILE_INTERVALS = {
    "": (lambda known, q: (np.nan, np.nan), ""),
    ORDER_STATISTICS: (quantiles.order_statistics, ", order statistics 95%"),
    BOOTSTRAP: (quantiles.bootstrap_quantile, ", BCa bootstrap 95%"),
}

When = Period | pd.Timestamp | None


def count(measure: Measure, counts: pd.DataFrame, *, groups=(), when: When = None, parts=()) -> Result:
    """Counts as they are: column `numerator` becomes the value. A full count has no interval; `method` says so."""
    frame = _dated(counts, when).assign(value=counts["numerator"].astype(float), denominator=np.nan)
    return _result(measure, frame, groups, parts, lower=np.nan, upper=np.nan, method="full count, no interval")


def difference(measure: Measure, counts: pd.DataFrame, *, groups=(), when: When = None) -> Result:
    """`numerator` less `denominator` where both count something in full (starts less ends): no interval; below 0 possible."""
    frame = _dated(counts, when)
    value = frame["numerator"] - frame["denominator"]
    method = "difference of two full counts, no interval"
    return _result(measure, frame.assign(value=value), groups, (), lower=np.nan, upper=np.nan, method=method)


def proportion(measure: Measure, counts: pd.DataFrame, *, groups=(), when: When = None, parts=()) -> Result:
    """Percentages of `numerator` in `denominator` with Wilson 95% intervals; missing where the denominator is 0."""
    frame = _dated(counts, when)
    lower, upper = intervals.wilson(frame["numerator"], frame["denominator"])
    value = 100 * frame["numerator"] / frame["denominator"].where(frame["denominator"] > 0)
    return _result(
        measure,
        frame.assign(value=value),
        groups,
        parts,
        lower=100 * lower,
        upper=100 * upper,
        method="Wilson score, 95%",
    )


def rate(
    measure: Measure,
    counts: pd.DataFrame,
    *,
    groups=(),
    when: When = None,
    parts=(),
    method: str = intervals.EXACT,
) -> Result:
    """Rates of `numerator` events in a population of `denominator`, per 1,000, 10,000 or 100,000 by the measure's unit.

    95% intervals: exact Poisson, or "fingertips" (exact below 10, Byar's from 10) where a figure is set beside theirs.
    Missing where the population is 0 or missing.
    """
    frame = _dated(counts, when)
    per = RATE_UNITS[measure.unit] / frame["denominator"].where(frame["denominator"] > 0)
    lower, upper = intervals.poisson(frame["numerator"], method=method)
    return _result(
        measure,
        frame.assign(value=frame["numerator"] * per),
        groups,
        parts,
        lower=lower * per,
        upper=upper * per,
        method=RATE_METHODS[method],
    )


def ratio(measure: Measure, counts: pd.DataFrame, *, groups=(), when: When = None) -> Result:
    """`numerator` per `denominator` (starts per cease), without an interval; missing where the denominator is 0."""
    frame = _dated(counts, when)
    value = frame["numerator"] / frame["denominator"].where(frame["denominator"] > 0)
    return _result(
        measure,
        frame.assign(value=value),
        groups,
        (),
        lower=np.nan,
        upper=np.nan,
        method="ratio of two full counts, no interval",
    )


def share_of_sums(measure: Measure, counts: pd.DataFrame, *, groups=(), when: When = None) -> Result:
    """`numerator` as a percentage of `denominator` where both are sums over children (sessions missed of sessions possible).

    Without an interval: one child's sessions go together, so they are no independent trials. Missing where the
    denominator is 0 or missing. The gate cannot see how many children a sum rests on: leave out what rests on few.
    """
    frame = _dated(counts, when)
    value = 100 * frame["numerator"] / frame["denominator"].where(frame["denominator"] > 0)
    return _result(
        measure,
        frame.assign(value=value),
        groups,
        (),
        lower=np.nan,
        upper=np.nan,
        method="ratio of two sums over children, no interval",
    )


def mean(measure: Measure, observations: pd.DataFrame, *, value: str, groups=(), when: When = None) -> Result:
    """The mean of column `value` over `observations` (one row per child), with a t interval.

    Rows with a missing value are left out; `denominator` is how many are left, `numerator` their sum.
    No observation and no groups gives one row with denominator 0 and a missing value.
    """
    frame = (
        _means(observations, value, list(groups))
        if groups
        else _summary(
            observations,
            value,
            groups,
            lambda known: {
                "value": known.mean(),
                **dict(zip(("lower", "upper"), intervals.mean_t(known), strict=True)),
            },
        )
    )
    return _result(measure, _dated(frame, when), groups, (), method="mean, t interval 95%")


def _means(observations: pd.DataFrame, value: str, groups: list[str]) -> pd.DataFrame:
    """The means of many groups at once, as `_summary` with `intervals.mean_t` gives them group by group."""
    known = observations[[*groups, value]].astype({value: float})
    known = known.sort_values(value, kind="stable")  # in order of size, as in `_summary`
    found = known.groupby(groups, sort=True, observed=False)[value].agg(["sum", "count", "mean", "sem", "min", "max"])
    lower, upper = intervals.t_limits(found["mean"], found["sem"], found["count"])
    same = (found["min"] == found["max"]) & (found["count"] > 1)
    frame = found.assign(lower=found["min"].where(same, lower), upper=found["max"].where(same, upper))

    def children() -> list[list[str]]:
        known = observations[observations[value].notna()].sort_index(kind="stable")
        whose = known.groupby(groups, observed=False)["child_id"].agg(list)
        return [each if isinstance(each, list) else [] for each in whose.reindex(found.index)]

    frame = frame.rename(columns={"sum": "numerator", "count": "denominator", "mean": "value"}).reset_index()
    frame = frame[[*groups, "numerator", "denominator", "value", "lower", "upper"]]
    return frame.assign(**(members.named(denominator=children) if "child_id" in observations else {}))


def per_child(measure: Measure, observations: pd.DataFrame, *, value: str, groups=(), when: When = None) -> Result:
    """Events per child: column `value` (how many events) over `observations` (one row per child).

    A bootstrap interval over the children: one child can have ten events, which a Poisson interval on their number
    would not know. Rows with a missing value are left out; `denominator` is how many children are left, `numerator`
    their events. Without an interval for fewer than two children, and where all have the same number of events.
    """
    frame = _summary(
        observations,
        value,
        groups,
        lambda known: {
            "value": known.mean(),
            **dict(zip(("lower", "upper"), quantiles.bootstrap_mean(known), strict=True)),
        },
    )
    return _result(measure, _dated(frame, when), groups, (), method="events per child, BCa bootstrap over children 95%")


def quantile(
    measure: Measure,
    observations: pd.DataFrame,
    *,
    value: str,
    q: float,
    groups=(),
    when: When = None,
    interval: str = "",
) -> Result:
    """The quantile `q` of column `value` (0.5 is the median), linear between order statistics (R's type 7).

    Rows with a missing value are left out; `denominator` is how many are left. With an `interval` if it is named:
    "order statistics" (its limits are two children's own values) or "bootstrap".
    """
    names = {0.25: "lower quartile", 0.5: "median", 0.75: "upper quartile"}
    limits, words = QUANTILE_INTERVALS[interval]
    frame = _summary(
        observations,
        value,
        groups,
        lambda known: {"value": known.quantile(q), **dict(zip(("lower", "upper"), limits(known, q), strict=True))},
    ).assign(numerator=np.nan)
    return _result(
        measure, _dated(frame, when), groups, (), method=f"{names.get(q, f'quantile {q:g}')} (type 7){words}"
    )


def _summary(observations: pd.DataFrame, value: str, groups, summarise) -> pd.DataFrame:
    def one(rows: pd.DataFrame) -> dict:
        rows = rows[rows[value].notna()]
        # In order of size: rows come in the order of the children's hashes, and a sum must not depend on the key.
        known = rows[value].astype(float).sort_values(ignore_index=True)
        whose = members.named(denominator=lambda: members.ids(rows)) if "child_id" in rows else {}
        return {"numerator": known.sum(), "denominator": len(known), **summarise(known), **whose}

    if not groups:
        return pd.DataFrame([one(observations)])
    grouped = observations.groupby(list(groups), sort=True, observed=False)
    made = pd.DataFrame([{**dict(zip(groups, key, strict=True)), **one(rows)} for key, rows in grouped])
    columns = [*groups, "numerator", "denominator", "value", "lower", "upper"]
    return made.reindex(columns=[*columns, *members.named_in(made)])


def _dated(counts: pd.DataFrame, when: When) -> pd.DataFrame:
    if when is None:
        return counts
    if isinstance(when, Period):
        return counts.assign(period_start=when.start, period_end=when.end)
    return counts.assign(period_start=pd.NaT, period_end=when)


def _result(measure: Measure, frame: pd.DataFrame, groups, parts, **columns) -> Result:
    symbol = np.where(frame["value"].isna(), "z", "")
    frame = frame.assign(**columns, measure=measure.name, unit=measure.unit, symbol=symbol, source="")
    for name in ("numerator", "denominator", "value", "lower", "upper"):
        if frame[name].dtype != np.float64:
            frame[name] = frame[name].astype(float)
    return Result(measure, frame, tuple(groups), RETURNS, tuple(parts))
