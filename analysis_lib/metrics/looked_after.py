"""Children looked after: how many on a day, how many come into care and leave it.

Everything counts periods of care (table `care_periods`: from the start of being looked after to the day it ceases).
Series of short breaks (legal status V3 and V4) are left out of that table, as the Department for Education does
(`in_short_breaks_at` counts them apart), and unaccompanied asylum-seeking children are in. `metrics/counting/spells.py` says how
the edges are counted.

`by` names columns of the table, joined on by the caller (an authority, a sex, an age band on the day): the result then has
a row for each group and day or period, the groups in order. Where a column is categorical, its categories are the groups
to expect, with 0 where no child is; "Not known" is a group where a value is missing. A child counts once in each group.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis_lib.metrics.counting import build, members
from analysis_lib.metrics.counting.answers import is_true
from analysis_lib.metrics.counting.groups import NOT_KNOWN
from analysis_lib.metrics.counting.spells import (
    as_list,
    begun_in,
    children_of,
    children_open_on,
    children_with_events,
    ended_in,
    events,
    for_each_group,
    month_ends_known,
    on,
    only_known,
    open_on,
    over,
    per_population,
    spells,
    stock,
)
from analysis_lib.metrics.facts import measures
from analysis_lib.periods import Period
from analysis_lib.results import Result

MEASURES = measures("looked_after")
SHORT_BREAKS = ("V3", "V4")
UNACCOMPANIED, OTHERS = "Unaccompanied asylum-seeking children", "Other children"

__all__ = [
    "care_ceases",
    "care_starts",
    "children_ceasing",
    "children_starting",
    "flows_in_and_out",
    "in_short_breaks_at",
    "looked_after_at",
    "looked_after_by_uasc_at",
    "looked_after_rate",
    "month_ends_counted",
    "net_change",
    "periods_of_care",
    "starts_per_cease",
    "uasc_share",
]


def __dir__() -> list[str]:
    return __all__


def periods_of_care(care_periods: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Spells of being looked after, overlaps joined: what the counts of this module rest on.

    Who counts many things of a large table calls this once, and gives the counts what it returns in place of
    `care_periods`, with the same `by`: nothing is then joined twice.
    """
    is_made_already = "care_start" not in care_periods
    return care_periods if is_made_already else spells(care_periods, "care_start", "care_end", by)


def looked_after_at(
    care_periods: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp], by: Sequence[str] = ()
) -> Result:
    """Children looked after on each census date (one day or many), each child once.

    A child whose care ends on the census date is not counted, one whose care starts on it is (DfE counts 31 March so).
    Children in a series of short breaks are not in `care_periods`; `in_short_breaks_at` counts them from the episodes.
    """
    return stock(MEASURES["looked_after"], periods_of_care(care_periods, by), census_date, by)


def looked_after_by_uasc_at(
    care_periods: pd.DataFrame, children: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp]
) -> Result:
    """The children of `looked_after_at` by whether they are unaccompanied asylum-seeking children: group "uasc".

    Three rows a day, in the order `UNACCOMPANIED`, `OTHERS`, "Not known" (the child has no row in `children`, or none that
    says). `uasc_share` gives the first as a share of all.
    """
    known = children.drop_duplicates("child_id").set_index("child_id")["uasc"]
    kind = care_periods["child_id"].map(known).map({True: UNACCOMPANIED, False: OTHERS})
    shown = care_periods.assign(uasc=pd.Categorical(kind, [UNACCOMPANIED, OTHERS, NOT_KNOWN]))
    care = periods_of_care(shown, ["uasc"])
    return stock(MEASURES["looked_after_by_uasc"], care, census_date, ["uasc"])


def in_short_breaks_at(
    episodes: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp], by: Sequence[str] = ()
) -> Result:
    """Children in an agreed series of short breaks (legal status V3 or V4) on each census date, each child once.

    They are looked after in law but not counted in `looked_after_at`. Counted from `episodes`.
    """
    breaks = episodes[episodes["legal_status"].isin(SHORT_BREAKS)]
    return stock(MEASURES["in_short_breaks"], spells(breaks, "episode_start", "episode_end", by), census_date, by)


def month_ends_counted(care_periods: pd.DataFrame, *, until: pd.Timestamp) -> list[pd.Timestamp]:
    """The month ends up to `until` for which the return at hand holds every child looked after."""
    return month_ends_known(periods_of_care(care_periods), until=until)


def looked_after_rate(looked_after: Result, *, population: int | None) -> Result:
    """`looked_after` (from `looked_after_at`) per 10,000 of a `population` aged 0 to 17."""
    return per_population(MEASURES["looked_after_rate"], looked_after, population)


def uasc_share(
    care_periods: pd.DataFrame, children: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp]
) -> Result:
    """Share of the children looked after on each census date who are unaccompanied asylum-seeking children.

    A child with no row in `children` counts in the base only.
    """
    days, care = as_list(census_date), periods_of_care(care_periods)
    unaccompanied = children.loc[is_true(children["uasc"]), "child_id"]
    theirs = care[care["child_id"].isin(unaccompanied)]
    counts = on(days).assign(
        numerator=open_on(theirs, days),
        denominator=open_on(care, days),
        **members.named(
            numerator=lambda: children_open_on(theirs, days), denominator=lambda: children_open_on(care, days)
        ),
    )
    return build.proportion(MEASURES["uasc_share"], counts)


def care_starts(care_periods: pd.DataFrame, *, period: Period | Sequence[Period], by: Sequence[str] = ()) -> Result:
    """Periods of care that start in each period: events, so a child who comes twice counts twice.

    With `care_ceases` this gives the change of the number looked after exactly (`net_change`). The Department for
    Education's count is `children_starting`.
    """
    return events(MEASURES["care_starts"], periods_of_care(care_periods, by), "start", period, by)


def care_ceases(care_periods: pd.DataFrame, *, period: Period | Sequence[Period], by: Sequence[str] = ()) -> Result:
    """Periods of care that end in each period: events, so a child who leaves twice counts twice.

    With `care_starts` this gives the change of the number looked after exactly (`net_change`). The Department for
    Education's count is `children_ceasing`.
    """
    return events(MEASURES["care_ceases"], periods_of_care(care_periods, by), "end", period, by)


def net_change(care_periods: pd.DataFrame, *, period: Period | Sequence[Period], by: Sequence[str] = ()) -> Result:
    """Starts of care less ends of care in each period (`numerator` less `denominator`): below 0 the number falls.

    It is the number looked after on the last day of the period less the number on the day before its first. `children_starting`
    less `children_ceasing` is not: children who come or leave twice count once there.
    """
    return build.difference(MEASURES["net_change"], _starts_and_ends(care_periods, as_list(period), by), groups=by)


def starts_per_cease(
    care_periods: pd.DataFrame, *, period: Period | Sequence[Period], by: Sequence[str] = ()
) -> Result:
    """Periods of care that start for each one that ends, in each period: above 1 the number looked after rises.

    Missing where none ends. Both counts are events (`care_starts`, `care_ceases`).
    """
    return build.ratio(MEASURES["starts_per_cease"], _starts_and_ends(care_periods, as_list(period), by), groups=by)


def _starts_and_ends(care_periods: pd.DataFrame, periods: list[Period], by: Sequence[str]) -> pd.DataFrame:
    care = periods_of_care(care_periods, by)
    return for_each_group(care, over(periods), by).assign(
        numerator=begun_in(care, periods, by),
        denominator=ended_in(care, periods, by),
        **members.named(
            numerator=lambda: children_of(care, "start", periods, by),
            denominator=lambda: children_of(care, "end", periods, by),
        ),
    )


def children_starting(
    care_periods: pd.DataFrame, *, period: Period | Sequence[Period], by: Sequence[str] = ()
) -> Result:
    """Children who started to be looked after in each period, each once: the Department for Education's count.

    A child who came twice counts with the first start, so this is never more than `care_starts`, which counts events.
    """
    care = periods_of_care(care_periods, by)
    return children_with_events(MEASURES["children_starting"], care, "start", period, by)


def children_ceasing(
    care_periods: pd.DataFrame, *, period: Period | Sequence[Period], by: Sequence[str] = ()
) -> Result:
    """Children who ceased to be looked after in each period, each once: the Department for Education's count.

    A child who left twice counts with the last cessation, and one who left and came back counts though in care at the
    end, so starts less ceases do not give the change of the number looked after: use `care_starts` and `care_ceases`.
    """
    care = periods_of_care(care_periods, by)
    return children_with_events(MEASURES["children_ceasing"], care, "end", period, by)


def flows_in_and_out(care_periods: pd.DataFrame, *, period: Period | Sequence[Period]) -> list[Result]:
    """Both ways of counting who comes and leaves in each period: starts and ends of care, starts for each end, and the
    children starting and ceasing.

    Missing, symbol "x", for a period that begins before the returns at hand do.
    """
    counts = (care_starts, care_ceases, starts_per_cease, children_starting, children_ceasing)
    care = periods_of_care(care_periods)
    return [only_known(each(care_periods, period=period), care) for each in counts]
