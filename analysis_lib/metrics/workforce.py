"""Social workers: how many a child has in a year, and how many children each of them works with.

The first is counted from the social worker episodes of the SSDA903 (table `social_workers`), which the return has asked for
since 2023-24: the census date ends a year that begins on 1 April 2023 or later, and earlier ones have no figure. Of the
children looked after on the day, as the Department for Education counts them, each spell with a social worker counts that
began by the day and had not ended before the year's first day. A spell that ends on the day another begins is a change, not
two at a time. A child without any is shown apart (`children_without_social_worker`) and is in no other base.

The second is counted from the council's own extract of caseloads, on the days that it was drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis_lib.metrics.counting import build, tally
from analysis_lib.metrics.counting.answers import is_true
from analysis_lib.metrics.counting.groups import NOT_KNOWN, among
from analysis_lib.metrics.counting.spells import as_list, children_open_on
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.looked_after import periods_of_care
from analysis_lib.metrics.twelve_months import first_day_of_year
from analysis_lib.results import Result

__all__ = [
    "agency_share",
    "average_caseload",
    "caseload_bands",
    "children_without_social_worker",
    "social_worker_changes",
    "social_workers_in_year",
    "three_or_more_social_workers",
]
MEASURES = measures("workforce")
FIRST_DAY_ASKED = pd.Timestamp("2023-04-01")  # the SSDA903 of 2023-24 was the first with social worker episodes
ONE, TWO, THREE_OR_MORE = "1", "2", "3 or more"
# Roles that hold the cases of children in need of social work; reviewing officers, advisers and early help do not.
SOCIAL_WORK = ("SOCIAL_WORKER", "NEWLY_QUALIFIED", "SENIOR")
# Children for each full-time equivalent: from the first number up to, not including, the second.
BANDS = {
    "Under 5": (0, 5),
    "5 to under 10": (5, 10),
    "10 to under 15": (10, 15),
    "15 to under 20": (15, 20),
    "20 to under 25": (20, 25),
    "25 or more": (25, np.inf),
}
CensusDates = pd.Timestamp | Sequence[pd.Timestamp]


def __dir__() -> list[str]:
    return __all__


def three_or_more_social_workers(
    social_workers: pd.DataFrame, care_periods: pd.DataFrame, *, census_date: CensusDates
) -> Result:
    """Share of the children looked after on each census date who had three or more different social workers in its year.

    A worker who comes back counts once; how often the worker changed is `social_worker_changes`.
    """
    children = _children(social_workers, care_periods, census_date)
    known = children[children["workers"] > 0]
    known = known.assign(three_or_more=known["workers"] >= 3)
    return _only_asked(tally.share(MEASURES["three_or_more_social_workers"], known, census_date, "three_or_more"))


def social_workers_in_year(
    social_workers: pd.DataFrame, care_periods: pd.DataFrame, *, census_date: CensusDates
) -> Result:
    """Share of the children looked after on each census date who had one, two, three or more social workers; group `workers`."""
    children = _children(social_workers, care_periods, census_date)
    known = children[children["workers"] > 0]
    number = known["workers"].clip(upper=3).map({1: ONE, 2: TWO, 3: THREE_OR_MORE})
    known = known.assign(workers=among(number, (ONE, TWO, THREE_OR_MORE)))
    made = tally.shares(MEASURES["social_workers_in_year"], known, census_date, "workers", groups_first=True)
    return _only_asked(made)


def social_worker_changes(
    social_workers: pd.DataFrame, care_periods: pd.DataFrame, *, census_date: CensusDates
) -> Result:
    """Changes of social worker in the year for each child looked after on the census date: events, for each child.

    A change is the start of a spell, in the year, with another social worker than the child's spell before. A child who goes
    back to an earlier worker changes twice, and has two different workers (`three_or_more_social_workers`).
    """
    children = _children(social_workers, care_periods, census_date)
    known = children[children["workers"] > 0]
    changes = known.loc[known.index.repeat(known["changes"].astype(int))]
    return _only_asked(tally.ratio(MEASURES["social_worker_changes"], changes, known, census_date))


def children_without_social_worker(
    social_workers: pd.DataFrame, care_periods: pd.DataFrame, *, census_date: CensusDates
) -> Result:
    """Children looked after on each census date for whom the return tells of no social worker in the year."""
    children = _children(social_workers, care_periods, census_date)
    without = children[children["workers"] == 0]
    return _only_asked(tally.number(MEASURES["children_without_social_worker"], without, census_date))


def _children(social_workers: pd.DataFrame, care_periods: pd.DataFrame, census_date: CensusDates) -> pd.DataFrame:
    """The children looked after on each census date: how many workers each had in its year, and how many changes.

    One row per child and day: `child_id`, `when` (the number of the day), `workers`, `changes`.
    """
    spells = social_workers.dropna(subset=["worker_start"]).sort_values(
        ["child_id", "worker_start", "worker_end"], kind="stable"
    )
    before = spells.groupby("child_id")["worker_id"].shift()
    spells = spells.assign(is_change=before.notna() & (before != spells["worker_id"]))
    days = as_list(census_date)
    in_care = children_open_on(periods_of_care(care_periods), days)
    each = [_in_year(spells, day).reindex(ids, fill_value=0) for day, ids in zip(days, in_care, strict=True)]
    return pd.concat(each, keys=range(len(days)), names=["when", "child_id"]).reset_index()


def _in_year(spells: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    first = first_day_of_year(day)
    begun = spells["worker_start"].between(first, day)
    rows = spells[begun | ((spells["worker_start"] < first) & ~(spells["worker_end"] <= first))]
    by_child = rows.assign(is_change=rows["is_change"] & begun).groupby("child_id")
    return by_child.agg(workers=("worker_id", "nunique"), changes=("is_change", "sum"))


def _only_asked(result: Result) -> Result:
    """`result` without the figures of years for which no return asks for social workers: missing, symbol "x"."""
    frame = result.exact()
    early = frame["period_end"].map(first_day_of_year) < FIRST_DAY_ASKED
    frame.loc[early, ["numerator", "denominator", "value", "lower", "upper"]] = np.nan
    frame.loc[early, "symbol"] = "x"
    return Result(result.measure, frame, result.groups, result.origin, result.parts)


def average_caseload(caseloads: pd.DataFrame, *, census_date: CensusDates) -> Result:
    """Children for each full-time equivalent social worker on each census date, of those who hold any.

    Agency workers count. Who holds no child, or has no share of full-time hours on record, is left out, as in the Department
    for Education's average; `caseload_bands` shows the latter.
    """
    sums = _sums(caseloads, census_date, "children_held", "fte")
    return build.ratio(MEASURES["average_caseload"], sums)


def agency_share(caseloads: pd.DataFrame, *, census_date: CensusDates) -> Result:
    """Share of the full-time equivalents of social workers who hold children that are agency workers, on each census date.

    A worker of whom it is not known does not count.
    """
    known = caseloads[caseloads["agency"].notna()]
    known = known.assign(of_agency=known["fte"].where(is_true(known["agency"])))
    return build.share_of_sums(MEASURES["agency_share"], _sums(known, census_date, "of_agency", "fte"))


def _sums(caseloads: pd.DataFrame, census_date: CensusDates, numerator: str, denominator: str) -> pd.DataFrame:
    held = _case_holders(caseloads)
    held = held[held["fte"] > 0]
    by_day = held.groupby("counted_on")[[numerator, denominator]].sum().reindex(as_list(census_date), fill_value=0)
    return pd.DataFrame(
        {
            "period_start": pd.NaT,
            "period_end": by_day.index,
            "numerator": by_day[numerator].to_numpy(),
            "denominator": by_day[denominator].to_numpy(),
        }
    )


def caseload_bands(caseloads: pd.DataFrame, *, census_date: CensusDates) -> Result:
    """Social workers who hold children on each census date by children for each full-time equivalent; group `band`.

    Workers, not full-time equivalents. Those without a share of full-time hours on record, or with none, are "Not known".
    """
    held = _case_holders(caseloads)
    for_each = held["children_held"] / held["fte"]  # infinite for none: in no band
    inside = [(for_each >= low).to_numpy() & (for_each < high).to_numpy() for low, high in BANDS.values()]
    band = pd.Series(np.select(inside, list(BANDS), NOT_KNOWN), index=held.index)
    days = as_list(census_date)
    wanted = pd.MultiIndex.from_product([[*BANDS, NOT_KNOWN], days], names=["band", "period_end"])
    numbers = held.groupby([band, held["counted_on"]]).size().reindex(wanted, fill_value=0)
    counts = numbers.rename("numerator").reset_index().assign(period_start=pd.NaT)
    return build.count(MEASURES["caseload_bands"], counts, groups=("band",), parts=("band",))


def _case_holders(caseloads: pd.DataFrame) -> pd.DataFrame:
    return caseloads[caseloads["worker_role"].isin(SOCIAL_WORK) & (caseloads["children_held"] > 0)]
