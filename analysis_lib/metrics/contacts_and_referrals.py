"""Contacts and referrals: how many come, from whom, how many come back, and how far cases go from there.

Contacts are Annex A list 1 (table `contacts`), referrals list 3 (`referrals`): a row for each child, so brothers and
sisters referred together are several referrals, and each child's history is the child's own. Two rows of one child on
one day with the same source are one: the lists cannot tell a second one from the same one twice.

The lists do not say which contact led to which referral, nor which referral to which assessment. Where one is taken to
have led to the other, the second is of the same child and begins on the day of the first or within a number of working
days after it, an argument.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis_lib.metrics.assessments_and_enquiries import conferences_listed, enquiries_with_outcome
from analysis_lib.metrics.counting import build, tally
from analysis_lib.metrics.counting.groups import NOT_KNOWN, among
from analysis_lib.metrics.counting.spells import per_population
from analysis_lib.metrics.counting.tally import each_once, happening
from analysis_lib.metrics.facts import measures
from analysis_lib.periods import Period
from analysis_lib.results import Result
from analysis_lib.working_days import working_days_after

__all__ = [
    "SOURCES",
    "STEPS",
    "children_re_referred",
    "children_referred",
    "children_with_contact",
    "contacts_by_source",
    "contacts_leading_to_referral",
    "contacts_leading_unknown",
    "contacts_received",
    "conversion",
    "re_referrals",
    "re_referrals_unknown",
    "referral_rate",
    "referrals_by_source",
    "referrals_no_further_action",
    "referrals_no_further_action_unknown",
    "referrals_received",
]
MEASURES = measures("contacts_and_referrals")
SOURCES = (
    "Individual", "Schools", "Education services", "Health services", "Housing", "Local authority services", "Police",
    "Other legal agency", "Other", "Anonymous", NOT_KNOWN,
)  # fmt: skip
WINDOWS = {"12 calendar months": pd.DateOffset(months=12), "365 days": pd.DateOffset(days=365)}
# What may follow what, and within how many working days: a decision within one (Working Together to Safeguard Children),
# the start of an assessment within ten (ours: no text sets a limit), an enquiry while the assessment may last, 45.
STEPS = {
    "contact to referral": 1,
    "referral to assessment": 10,
    "assessment to section 47 enquiry": 45,
    "section 47 enquiry to conference": None,
    "conference to plan": None,
}


def __dir__() -> list[str]:
    return __all__


def contacts_received(contacts: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Contacts in each period: events, so a child may count more than once. `children_with_contact` counts children."""
    return tally.number(MEASURES["contacts_received"], happening(contacts, "contact_date", period), period)


def children_with_contact(contacts: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Children with a contact in each period, each once. `contacts_received` counts contacts."""
    rows = happening(contacts, "contact_date", period)
    return tally.number(MEASURES["children_with_contact"], each_once(rows), period)


def contacts_by_source(contacts: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """The share of contacts in each period that came from each of `SOURCES` (group "source_group")."""
    return _by_source("contacts_by_source", happening(contacts, "contact_date", period), period)


def _by_source(name: str, rows: pd.DataFrame, period) -> Result:
    source = rows["source_group"]
    rows = rows.assign(source_group=among(source.where(source.isin(SOURCES)), SOURCES))
    return tally.shares(MEASURES[name], rows, period, "source_group", groups_first=True)


def contacts_leading_to_referral(
    contacts: pd.DataFrame,
    referrals: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    within_working_days: int = STEPS["contact to referral"],
    known_until: pd.Timestamp | None = None,
) -> Result:
    """The share of contacts in each period after which the child was referred, that day or within so many working days.

    Every contact counts on its own: two contacts before one referral both led to it. Contacts too late for the referral
    to be known by `known_until` (the last day that the lists tell of) are left out: `contacts_leading_unknown`.
    """
    rows = _contacts_followed(contacts, referrals, within_working_days, known_until)
    return tally.share(
        MEASURES["contacts_leading_to_referral"], happening(rows, "contact_date", period), period, "is_followed"
    )


def contacts_leading_unknown(
    contacts: pd.DataFrame,
    referrals: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    within_working_days: int = STEPS["contact to referral"],
    known_until: pd.Timestamp | None = None,
) -> Result:
    """Contacts that `contacts_leading_to_referral` leaves out: they came too late for a referral to be known."""
    rows = _contacts_followed(contacts, referrals, within_working_days, known_until)
    return tally.unknown(
        MEASURES["contacts_leading_unknown"], happening(rows, "contact_date", period), period, "is_followed"
    )


def _contacts_followed(contacts, referrals, within_working_days, known_until) -> pd.DataFrame:
    return followed(contacts, "contact_date", referrals, "referral_date", within_working_days, known_until)


def referrals_received(referrals: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Referrals in each period: events, so a child may count more than once. `children_referred` counts children."""
    return tally.number(MEASURES["referrals_received"], happening(referrals, "referral_date", period), period)


def referral_rate(received: Result, *, population: int | None) -> Result:
    """`received` (from `referrals_received`) per 10,000 of a `population` aged 0 to 17; not scaled up to a year."""
    return per_population(MEASURES["referral_rate"], received, population)


def children_referred(referrals: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Children referred in each period, each once. `referrals_received` counts referrals."""
    rows = happening(referrals, "referral_date", period)
    return tally.number(MEASURES["children_referred"], each_once(rows), period)


def referrals_by_source(referrals: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """The share of referrals in each period that came from each of `SOURCES` (group "source_group")."""
    return _by_source("referrals_by_source", happening(referrals, "referral_date", period), period)


def re_referrals(
    referrals: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    window: str = "12 calendar months",
    known_from: pd.Timestamp | None = None,
) -> Result:
    """The share of referrals in each period whose child had been referred on an earlier day within `window`.

    `window` is "12 calendar months" (an earlier referral on the same date of the year before counts; of 29 February,
    28 February) or "365 days". A second referral on the same day is no re-referral by the first. Referrals whose
    window begins before `known_from`, the first day of which all referrals are at hand (the first referral in the table
    where it is not given), are left out: `re_referrals_unknown`. `children_re_referred` counts children.
    """
    rows = _looked_back(referrals, window, known_from)
    return tally.share(MEASURES["re_referrals"], happening(rows, "referral_date", period), period, "is_again")


def re_referrals_unknown(
    referrals: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    window: str = "12 calendar months",
    known_from: pd.Timestamp | None = None,
) -> Result:
    """Referrals that `re_referrals` leaves out: their look-back begins before the referrals at hand do."""
    rows = _looked_back(referrals, window, known_from)
    return tally.unknown(MEASURES["re_referrals_unknown"], happening(rows, "referral_date", period), period, "is_again")


def children_re_referred(
    referrals: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    window: str = "12 calendar months",
    known_from: pd.Timestamp | None = None,
) -> Result:
    """The share of children referred in each period who have a re-referral in it, each once; `re_referrals` has the rules."""
    rows = happening(_looked_back(referrals, window, known_from), "referral_date", period)
    known = rows[rows["is_again"].notna()]
    again = known[known["is_again"].astype(bool)]
    counts = tally.counts(period, numerator=each_once(again), denominator=each_once(known))
    return build.proportion(MEASURES["children_re_referred"], counts)


def _looked_back(referrals: pd.DataFrame, window: str, known_from: pd.Timestamp | None) -> pd.DataFrame:
    """The referrals with `is_again`: whether the child had one on an earlier day in the window; missing if not known."""
    day_of = ["child_id", "referral_date"]
    days = referrals[day_of].drop_duplicates().sort_values(day_of)
    rows = referrals.merge(days.assign(before=days.groupby("child_id")["referral_date"].shift()), on=day_of, how="left")
    since = rows["referral_date"] - WINDOWS[window]
    first = referrals["referral_date"].min() if known_from is None else known_from
    return rows.assign(is_again=(rows["before"] >= since).astype("boolean").mask(since < first))


def referrals_no_further_action(
    referrals: pd.DataFrame, *, period: Period | Sequence[Period], known_until: pd.Timestamp | None = None
) -> Result:
    """The share of referrals in each period that led to no further action, of those whose answer is known.

    Referrals after `known_until` (the last day whose referrals have been decided by the day of the extract) and those
    with no answer are left out: `referrals_no_further_action_unknown`.
    """
    rows = _decided(referrals, known_until)
    return tally.share(
        MEASURES["referrals_no_further_action"], happening(rows, "referral_date", period), period, "no_further_action"
    )


def referrals_no_further_action_unknown(
    referrals: pd.DataFrame, *, period: Period | Sequence[Period], known_until: pd.Timestamp | None = None
) -> Result:
    """Referrals that `referrals_no_further_action` leaves out: too recent to be decided, or without an answer."""
    rows = _decided(referrals, known_until)
    return tally.unknown(
        MEASURES["referrals_no_further_action_unknown"],
        happening(rows, "referral_date", period),
        period,
        "no_further_action",
    )


def _decided(referrals: pd.DataFrame, known_until: pd.Timestamp | None) -> pd.DataFrame:
    """The referrals with their answer blanked where it came, or may yet come, after `known_until`."""
    if known_until is None:
        return referrals
    answer = referrals["no_further_action"].mask(referrals["referral_date"] > known_until)
    return referrals.assign(no_further_action=answer)


def conversion(
    contacts: pd.DataFrame | None,
    referrals: pd.DataFrame,
    assessments: pd.DataFrame,
    section47: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    known_until: pd.Timestamp | None = None,
) -> Result:
    """How far cases go: for each of `STEPS` (group "step"), the share of what began it in each period that went on.

    Each share has its own base: contacts, referrals, assessments begun, section 47 enquiries begun, conferences held in
    the period, of which the next step is known. So they may not be multiplied: those who took the second step in the
    period are not those who took the first. Without `contacts` (None) that step has no base.
    """
    days = STEPS["assessment to section 47 enquiry"]
    contacts = pd.DataFrame({"child_id": [], "contact_date": pd.to_datetime([])}) if contacts is None else contacts
    begun = (
        (_contacts_followed(contacts, referrals, STEPS["contact to referral"], known_until), "contact_date"),
        (
            followed(
                referrals,
                "referral_date",
                assessments,
                "assessment_start",
                STEPS["referral to assessment"],
                known_until,
            ),
            "referral_date",
        ),
        (followed(assessments, "assessment_start", section47, "enquiry_start", days, known_until), "assessment_start"),
        (enquiries_with_outcome(section47).rename(columns={"led_to_conference": "is_followed"}), "enquiry_start"),
        (conferences_listed(section47).rename(columns={"led_to_plan": "is_followed"}), "conference_date"),
    )
    each = [
        tally.share(MEASURES["conversion"], happening(rows, day, period), period, "is_followed")
        .exact()
        .assign(step=step)
        for step, (rows, day) in zip(STEPS, begun, strict=True)
    ]
    return Result(MEASURES["conversion"], pd.concat(each, ignore_index=True), ("step",))


def followed(
    rows: pd.DataFrame,
    day: str,
    then: pd.DataFrame,
    then_day: str,
    within_working_days: int,
    known_until: pd.Timestamp | None,
) -> pd.DataFrame:
    """The rows, by `day`, with `is_followed`: the child is in `then`, by `then_day`, that day or within so many working days.

    Missing where those working days are not over by `known_until`.
    """
    ours = rows.assign(_day=rows[day].astype("datetime64[ns]")).sort_values("_day", kind="stable")
    theirs = pd.DataFrame({"child_id": then["child_id"], "_next": then[then_day].astype("datetime64[ns]")})
    theirs = theirs.dropna().sort_values("_next", kind="stable")
    # What children are called must have one type on both sides, also where a table is empty.
    ours, theirs = (frame.astype({"child_id": object}) for frame in (ours, theirs))
    found = pd.merge_asof(ours, theirs, left_on="_day", right_on="_next", by="child_id", direction="forward")
    is_followed = (working_days_after(found["_day"], found["_next"]) <= within_working_days).astype("boolean")
    if known_until is not None:
        last = pd.Series(known_until, index=found.index)
        is_followed = is_followed.mask(working_days_after(found["_day"], last) < within_working_days)
    return found.assign(is_followed=is_followed)
