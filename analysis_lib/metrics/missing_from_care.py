"""Missing from care: children looked after who go missing, and those who are away without authorisation, apart.

Missing (kind "missing") is a child who is not where it is expected to be and whose whereabouts are not known; away without
authorisation (kind "away") one whose whereabouts are known. Some councils record every such time as missing, so the two are not
to be compared between councils without care.

An incident is a spell of one kind, from the day the child went to the day it came back. Spells of a child that overlap are one;
one that begins on the day another ends is a new one. An incident counts in every period with a day on which the child was both
gone and looked after, first and last days included; one that goes on counts in the next period again, so that quarters do not
add up to the year. Series of short breaks are no time of being looked after. Nights and lengths take the whole incident, if the
child was looked after on a day of it. Spells without a first day, or that end before it, are left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis_lib.metrics.counting import build, sweep, tally
from analysis_lib.metrics.counting.spells import as_list, spells
from analysis_lib.metrics.counting.tally import each_once, happening, touching
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.looked_after import periods_of_care
from analysis_lib.metrics.placement_history import check_word
from analysis_lib.periods import Period
from analysis_lib.results import Measure, Result

MEASURES = measures("missing_from_care")
MISSING, AWAY = "missing", "away"
MEAN, MEDIAN = "mean", "median"
OFTEN = 2  # incidents in the period: more than once
LENGTHS = {  # so many nights or more
    "Back on the same day": 0,
    "1 night": 1,
    "2 to 6 nights": 2,
    "7 to 28 nights": 7,
    "29 nights or more": 29,
}
__all__ = [
    "at",
    "children",
    "nights",
    "incidents",
    "incidents_per_child",
    "lengths",
    "more_than_once",
    "share",
]


def __dir__() -> list[str]:
    return __all__


def children(
    missing_episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    kind: str = MISSING,
) -> Result:
    """Children looked after who had an incident in each period, each once."""
    rows = each_once(_in_periods(missing_episodes, periods_of_care(care_periods), period, kind))
    return tally.number(_measure(kind, "children"), rows, period)


def share(
    missing_episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    kind: str = MISSING,
) -> Result:
    """Share of all children looked after at any time in each period who had an incident in it.

    The Department for Education divides by the children looked after during the year, not by those on its last day.
    """
    care = periods_of_care(care_periods)
    rows = _in_periods(missing_episodes, care, period, kind)
    everyone = _looked_after_in(care, period)
    gone = pd.MultiIndex.from_frame(everyone[["when", "child_id"]]).isin(
        pd.MultiIndex.from_frame(rows[["when", "child_id"]])
    )
    return tally.share(_measure(kind, "share"), everyone.assign(gone=gone), period, "gone")


def incidents(
    missing_episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    kind: str = MISSING,
) -> Result:
    """Incidents in each period: events, so a child who goes three times counts three times."""
    rows = _in_periods(missing_episodes, periods_of_care(care_periods), period, kind)
    return tally.number(_measure(kind, "incidents"), rows, period)


def incidents_per_child(
    missing_episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    kind: str = MISSING,
) -> Result:
    """Incidents for each child who had one, in each period; missing where no child had one."""
    rows = _in_periods(missing_episodes, periods_of_care(care_periods), period, kind)
    return tally.ratio(_measure(kind, "incidents_per_child"), rows, each_once(rows), period)


def more_than_once(
    missing_episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    kind: str = MISSING,
) -> Result:
    """Share of the children who had an incident in each period who had two or more."""
    rows = _in_periods(missing_episodes, periods_of_care(care_periods), period, kind)
    number = rows.groupby(["when", "child_id"])["child_id"].transform("size")
    rows = each_once(rows.assign(often=number >= OFTEN))
    return tally.share(_measure(kind, "more_than_once"), rows, period, "often")


def at(
    missing_episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    kind: str = MISSING,
) -> Result:
    """Children looked after on each census date who were gone on it: not those who came back on that day."""
    days, order = sweep.rising(as_list(census_date))
    gone = _kind(missing_episodes, kind)
    rows = sweep.spelled_out(sweep.once_a_day(gone, "start", "end", days), gone["child_id"], order)
    care = sweep.once_a_day(care_periods, "care_start", "care_end", days)
    care = sweep.spelled_out(care, care_periods["child_id"], order)
    rows = rows.merge(care[["child_id", "when"]], on=["child_id", "when"], validate="one_to_one")
    return tally.number(_measure(kind, "at"), rows, census_date)


def nights(
    missing_episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    kind: str = MISSING,
    statistic: str = MEDIAN,
) -> Result:
    """Nights that incidents lasted which ended in each period (mean or median); 0 for a child back on the same day.

    Incidents that go on are not in it, for their length is not known yet: `at` counts them. The return has days and no times.
    """
    check_word("statistic", statistic, (MEAN, MEDIAN))
    rows = _ended(missing_episodes, care_periods, period, kind)
    measure = _measure(kind, f"days_{statistic}")
    if statistic == MEAN:
        return tally.mean(measure, rows, period, "nights")
    return tally.median(measure, rows, period, "nights", interval=build.ORDER_STATISTICS)


def lengths(
    missing_episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    kind: str = MISSING,
) -> Result:
    """Incidents that ended in each period by the nights they lasted (group "length")."""
    rows = _ended(missing_episodes, care_periods, period, kind)
    band = np.searchsorted(list(LENGTHS.values()), rows["nights"], side="right") - 1
    rows = rows.assign(length=pd.Categorical.from_codes(band, categories=list(LENGTHS)))
    return tally.numbers(_measure(kind, "lengths"), rows, period, "length")


def _measure(kind: str, what: str) -> Measure:
    return MEASURES[f"{kind}_{what}"]


def _kind(missing_episodes: pd.DataFrame, kind: str) -> pd.DataFrame:
    check_word("kind", kind, (MISSING, AWAY))
    return spells(missing_episodes[missing_episodes["kind"] == kind], "missing_start", "missing_end")


def _in_periods(missing_episodes: pd.DataFrame, care: pd.DataFrame, period, kind: str) -> pd.DataFrame:
    """A row for each incident and each period with a day on which the child was gone and in care: child_id, start, end, when."""
    gone = _in_care(_kind(missing_episodes, kind), care)
    both = gone.assign(
        both_start=gone[["start", "start_care"]].max(axis=1),
        both_end=gone[["end", "end_care"]].min(axis=1),  # missing while both go on
    )
    return each_once(touching(both, "both_start", "both_end", period), "incident")


def _in_care(gone: pd.DataFrame, care: pd.DataFrame) -> pd.DataFrame:
    """A row for each incident (its number) and each time of being looked after that it touches."""
    pairs = gone.assign(incident=np.arange(len(gone))).merge(care, on="child_id", suffixes=("", "_care"))
    apart = (pairs["start"] > pairs["end_care"]) | (pairs["end"] < pairs["start_care"])
    return pairs[~apart]


def _ended(missing_episodes: pd.DataFrame, care_periods: pd.DataFrame, period, kind: str) -> pd.DataFrame:
    gone = _in_care(_kind(missing_episodes, kind), periods_of_care(care_periods)).drop_duplicates("incident")
    rows = happening(gone, "end", period)
    return rows.assign(nights=(rows["end"] - rows["start"]).dt.days)


def _looked_after_in(care: pd.DataFrame, period) -> pd.DataFrame:
    """A row for each child looked after at any time in each period: child_id, when. One who leaves on the first day is."""
    return each_once(touching(care, "start", "end", period))[["child_id", "when"]]
