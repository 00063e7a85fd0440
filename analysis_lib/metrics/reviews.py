"""Reviews of children looked after: held on time or not, and how the child took part.

When a review is due. The first within 20 working days of the day on which the child becomes looked after, the second within
three months of the first, every later one within six months of the one before: calendar months, so a review held early
brings the next one forward. Short breaks are left out, and a child who comes back into care begins anew.

What counts. Each review counts on the day by which it is due, held or not, if the child is still looked after at the end of
that day: one who leaves care by then has no review due. What is due after the last day of a period is not in it. A review that
is due and not held is late, also when the child leaves later.

What is not known. Reviews held before the returns begin are in none of them (`reviews_known_from`). Of a period of care that
began earlier, the day by which its first review at hand was due is not known, unless that review was held more than six
months after the returns begin: then it was late, whenever the one before was held.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis_lib.metrics.counting import tally
from analysis_lib.metrics.counting.groups import NOT_KNOWN, among
from analysis_lib.metrics.counting.tally import each_once, happening
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.looked_after import periods_of_care
from analysis_lib.periods import Period
from analysis_lib.results import Result
from analysis_lib.working_days import last_day_within

__all__ = [
    "children_reviewed_on_time",
    "children_reviewed_on_time_by_own_dates",
    "reviews_attended",
    "reviews_by_participation",
    "reviews_due",
    "reviews_known_from",
    "reviews_on_time",
    "reviews_on_time_by_own_dates",
    "reviews_with_due_date_unknown",
    "reviews_with_views",
]
MEASURES = measures("reviews")
WORKING_DAYS_TO_FIRST, MONTHS_TO_SECOND, MONTHS_TO_LATER = 20, 3, 6
REVIEW = "CLA_REVIEW"  # the kind of meeting in the council's own extract
UNDER_FOUR = "Under four"
# How a child took part, by the SSDA903's code.
PARTICIPATION = {
    "PN0": UNDER_FOUR,
    "PN1": "Came and spoke",
    "PN2": "Came, an advocate spoke",
    "PN3": "Came, gave views by symbols",
    "PN4": "Came, gave no views",
    "PN5": "Stayed away, an advocate spoke",
    "PN6": "Stayed away, sent views",
    "PN7": "Stayed away, gave no views",
}
GAVE_VIEWS, CAME = ("PN1", "PN2", "PN3", "PN5", "PN6"), ("PN1", "PN2", "PN3", "PN4")
DAY = pd.Timedelta(days=1)


Periods = Period | Sequence[Period]


def __dir__() -> list[str]:
    return __all__


def reviews_known_from(reviews: pd.DataFrame) -> pd.Timestamp:
    """The day from which `reviews` holds every review: the first of the financial year of the earliest. Missing for none."""
    first = reviews["review_date"].min()
    return first if pd.isna(first) else Period.financial_year_of(first).start


def reviews_due(
    reviews: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    known_from: pd.Timestamp | None = None,
    known_until: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """Every review that each period of care makes due, with the day on which it was held.

    Parameters
    ----------
    reviews, care_periods : DataFrame
        Tidy. Where `care_periods` has `start_known`, a period of care without it is one whose earlier reviews are not known.
    known_from : day, optional
        From which `reviews` holds every review; left out, reviews are known from the start of every period of care.
    known_until : day, optional
        Up to which `reviews` holds every review: one due later and not held is left out, for it may have been held since. Left
        out itself, `reviews` is taken to be complete up to the end of every period that is asked for.

    Returns
    -------
    DataFrame
        `child_id`, `care_end`, `due` (missing: not known) and `held` (missing: not held), by child and order of the
        reviews. Each period of care ends with the review that is next: due, and not held at the day of the data.
    """
    care = _care(care_periods, known_from)
    rows = pd.concat([_held_in(care, reviews), care.assign(held=pd.NaT)])
    rows = rows.sort_values(["period", "held"], ignore_index=True)  # what is not held comes last
    number = rows.groupby("period").cumcount()
    before = rows.groupby("period")["held"].shift()
    # Of a period with reviews that are not known the first one at hand may be any, and six months is the longest wait.
    is_second = (number == 1) & rows["all_known"]
    due = (before + pd.DateOffset(months=MONTHS_TO_LATER)).mask(
        is_second, before + pd.DateOffset(months=MONTHS_TO_SECOND)
    )
    due = due.mask(number == 0, rows["first_due"])
    is_untold = (number == 0) & ~rows["all_known"] & ~(rows["held"] > rows["first_due"]) & rows["held"].notna()
    rows = rows.assign(due=due.mask(is_untold))[["child_id", "care_end", "due", "held"]]
    if known_until is None:
        return rows
    return rows[rows["held"].notna() | ~(rows["due"] > known_until)].reset_index(drop=True)


def _care(care_periods: pd.DataFrame, known_from: pd.Timestamp | None) -> pd.DataFrame:
    """Periods of care: whether all their reviews are known, and the day by which the first one at hand is due at the latest."""
    care = periods_of_care(care_periods)
    earliest = care["start"] if known_from is None else care["start"].clip(lower=known_from)
    is_known = (care["start"] == earliest).to_numpy()
    if "start_known" in care_periods:
        untold = care_periods.loc[~care_periods["start_known"], ["child_id", "care_start"]]
        starts = pd.MultiIndex.from_frame(care[["child_id", "start"]])
        is_known = is_known & ~starts.isin(pd.MultiIndex.from_frame(untold))
    # The review before was held by the day before at the latest.
    by_then = earliest - DAY + pd.DateOffset(months=MONTHS_TO_LATER)
    return pd.DataFrame(
        {
            "period": care.index,
            "child_id": care["child_id"],
            "care_start": care["start"],
            "care_end": care["end"],
            "all_known": is_known,
            "first_due": last_day_within(care["start"], WORKING_DAYS_TO_FIRST).where(is_known, by_then),
        }
    )


def _held_in(care: pd.DataFrame, reviews: pd.DataFrame) -> pd.DataFrame:
    """The reviews with the period of care that each was held in: the latest to have begun, and not ended before."""
    held = reviews[["child_id", "review_date"]].dropna().drop_duplicates().set_axis(["child_id", "held"], axis=1)
    starts = care[["child_id", "care_start", "period"]].set_axis(["child_id", "held", "period"], axis=1)
    both = pd.concat([starts.assign(is_review=False), held.assign(is_review=True)], ignore_index=True)
    both = both.sort_values(
        ["child_id", "held", "is_review"], kind="stable"
    )  # a start comes before a review of its day
    begun = both.groupby("child_id")["period"].ffill()
    placed = both.assign(period=begun)[both["is_review"] & begun.notna()]
    found = care.loc[placed["period"].astype(int)].assign(held=placed["held"].to_numpy())
    return found[~(found["care_end"] < found["held"])]


def reviews_on_time(
    reviews: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    period: Periods,
    known_from: pd.Timestamp | None = None,
    known_until: pd.Timestamp | None = None,
) -> Result:
    """Share of the reviews due in each period that were held by the day on which they were due: reviews, not children.

    A child with two reviews due counts twice. Children whose reviews were all on time are `children_reviewed_on_time`; the
    council's own due dates are in `reviews_on_time_by_own_dates`. Reviews whose due date is not known do not count
    (`reviews_with_due_date_unknown`). `known_from` and `known_until` as in
    `reviews_due`.
    """
    due = reviews_due(reviews, care_periods, known_from=known_from, known_until=known_until)
    return _of_reviews("reviews_on_time", _while_in_care(due), period)


def children_reviewed_on_time(
    reviews: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    period: Periods,
    known_from: pd.Timestamp | None = None,
    known_until: pd.Timestamp | None = None,
) -> Result:
    """Share of the children with a review due in each period whose reviews due in it were all held on time.

    A child with two reviews due counts once. Reviews on time are `reviews_on_time`; the council's own due dates are in
    `children_reviewed_on_time_by_own_dates`. `known_from` and `known_until` as in
    `reviews_due`.
    """
    due = reviews_due(reviews, care_periods, known_from=known_from, known_until=known_until)
    return _of_children("children_reviewed_on_time", _while_in_care(due), period)


def reviews_on_time_by_own_dates(reviews_and_conferences: pd.DataFrame, *, period: Periods) -> Result:
    """Share of the reviews due in each period, by the council's own due dates, that were held by them.

    The days of the regulation are in `reviews_on_time`. A review without a due date does not count.
    """
    return _of_reviews("reviews_on_time_by_own_dates", _own(reviews_and_conferences), period)


def children_reviewed_on_time_by_own_dates(reviews_and_conferences: pd.DataFrame, *, period: Periods) -> Result:
    """Share of the children with a review due in each period, by the council's own due dates, who had all of them on time.

    The days of the regulation are in `children_reviewed_on_time`.
    """
    return _of_children("children_reviewed_on_time_by_own_dates", _own(reviews_and_conferences), period)


def _while_in_care(due: pd.DataFrame) -> pd.DataFrame:
    """Without the reviews by whose day the child had left: they were never due."""
    return due[due["due"].notna() & ~(due["care_end"] <= due["due"])]


def _own(meetings: pd.DataFrame) -> pd.DataFrame:
    own = meetings[(meetings["meeting"] == REVIEW) & meetings["meeting_due"].notna()]
    return pd.DataFrame({"child_id": own["child_id"], "due": own["meeting_due"], "held": own["held_on"]})


def _of_reviews(name: str, due: pd.DataFrame, period: Periods) -> Result:
    due = due.assign(on_time=due["held"] <= due["due"])
    return tally.share(MEASURES[name], happening(due, "due", period), period, "on_time")


def _of_children(name: str, due: pd.DataFrame, period: Periods) -> Result:
    rows = happening(due.assign(on_time=due["held"] <= due["due"]), "due", period)
    all_on_time = rows.groupby(["when", "child_id"])["on_time"].transform("all")
    return tally.share(MEASURES[name], each_once(rows.assign(on_time=all_on_time)), period, "on_time")


def reviews_with_due_date_unknown(
    reviews: pd.DataFrame, care_periods: pd.DataFrame, *, period: Periods, known_from: pd.Timestamp | None = None
) -> Result:
    """Reviews held in each period of which it is not known by when they were due: the one before is in no return.

    They count in neither share of reviews on time.
    """
    due = reviews_due(reviews, care_periods, known_from=known_from)
    return tally.unknown(MEASURES["reviews_with_due_date_unknown"], happening(due, "held", period), period, "due")


def reviews_with_views(reviews: pd.DataFrame, *, period: Periods) -> Result:
    """Share of the reviews held in each period in which the child's views were heard: by the child, an advocate or in writing.

    Of reviews of children aged four or over whose way of taking part is known (codes PN1 to PN7): PN1, PN2, PN3, PN5, PN6.
    Whether the child came is `reviews_attended`.
    """
    return _taking_part("reviews_with_views", reviews, GAVE_VIEWS, period)


def reviews_attended(reviews: pd.DataFrame, *, period: Periods) -> Result:
    """Share of the reviews held in each period to which the child came, with views or without (codes PN1 to PN4).

    Of reviews of children aged four or over whose way of taking part is known. Whether the child's views were heard is
    `reviews_with_views`.
    """
    return _taking_part("reviews_attended", reviews, CAME, period)


def _taking_part(name: str, reviews: pd.DataFrame, codes: Sequence[str], period: Periods) -> Result:
    asked = reviews[reviews["participation"].isin([code for code in PARTICIPATION if code != "PN0"])]
    asked = asked.assign(took_part=asked["participation"].isin(codes))
    return tally.share(MEASURES[name], happening(asked, "review_date", period), period, "took_part")


def reviews_by_participation(reviews: pd.DataFrame, *, period: Periods) -> Result:
    """Reviews held in each period by how the child took part; group `participation`, with those under four and not known."""
    ways = among(reviews["participation"].map(PARTICIPATION), [*PARTICIPATION.values(), NOT_KNOWN])
    rows = happening(reviews.assign(participation=ways), "review_date", period)
    return tally.numbers(MEASURES["reviews_by_participation"], rows, period, "participation", groups_first=True)
