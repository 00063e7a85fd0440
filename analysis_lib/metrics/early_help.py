"""Early help: children, families and episodes, which are three numbers and never one.

There is no national definition. An episode is a row of the local extract: one child's spell of early help. A child may have
several, a family has as many as it has children in early help. Every measure says which of the three it counts. An episode is
open from its first day up to, but not including, the day it ends (`metrics/counting/spells.py`). Rows without a start, or that end before
they start, are left out: they are among the data problems.

Groups (`by`): "lead" (the council or a partner), "came_from" (who asked for it), "level" (of need, 1 to 4) and "ward". What is not
recorded is "Not known". A child or family with two episodes counts in both of their groups, so groups may add up to more than
the whole.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis_lib.metrics.counting import build, members, tally
from analysis_lib.metrics.counting.groups import Group, divided
from analysis_lib.metrics.counting.spells import as_list, children_open_on, for_each_group, on, open_on, spells
from analysis_lib.metrics.counting.tally import happening
from analysis_lib.metrics.facts import measures
from analysis_lib.periods import Period
from analysis_lib.results import Measure, Result

MEASURES = measures("early_help")
SOURCES = {
    "STEP_DOWN": "Social care, step-down", "SELF": "The family itself", "SCHOOL": "School or early years",
    "HEALTH": "Health", "POLICE": "Police", "HOUSING": "Housing", "OTHER_COUNCIL": "Another service of the council",
    "OTHER": "Other",
}  # fmt: skip
OUTCOMES = {
    "NEEDS_MET": "Needs met", "STEP_UP": "Social care, step-up", "DISENGAGED": "The family did not go on",
    "MOVED": "Moved away", "OTHER": "Other",
}  # fmt: skip
GROUPS = {
    "lead": Group("lead", {"COUNCIL": "Council", "PARTNER": "Partner"}),
    "came_from": Group("came_from", SOURCES),
    "level": Group("level", {level: str(level) for level in (1, 2, 3, 4)}),
    "ward": Group("ward"),
}
_OUTCOME = {"outcome": Group("early_help_outcome", OUTCOMES)}
CONTACT_DAYS = 3  # the council's own limit, from allocation to the first contact with the family
When = pd.Timestamp | Sequence[pd.Timestamp]
Span = Period | Sequence[Period]

__all__ = [
    "children_ending",
    "children_open",
    "children_starting",
    "contact_in_time",
    "days_in_early_help",
    "days_to_allocation",
    "days_to_contact",
    "episodes_ending",
    "episodes_open",
    "episodes_starting",
    "families_ending",
    "families_open",
    "families_starting",
    "family_not_known",
    "needs_met",
    "not_allocated",
    "not_referred_within_12_months",
    "outcomes",
    "reopened_within_12_months",
    "sources",
    "step_downs",
    "step_ups",
]


def __dir__() -> list[str]:
    return __all__


def episodes(early_help: pd.DataFrame) -> pd.DataFrame:
    """The rows that can be counted: with a start, and with no end before it."""
    wrong = early_help["early_help_start"].isna() | (early_help["early_help_end"] < early_help["early_help_start"])
    return early_help[~wrong].reset_index(drop=True)


# --- open on a day ---------------------------------------------------------------------------------------------------


def children_open(early_help: pd.DataFrame, *, census_date: When, by: Sequence[str] = ()) -> Result:
    """Children in early help on each census date, each once. `families_open` and `episodes_open` count other things."""
    return _stock(MEASURES["early_help_children"], early_help, _of_children, census_date, by)


def families_open(early_help: pd.DataFrame, *, census_date: When, by: Sequence[str] = ()) -> Result:
    """Families with a child in early help on each census date, each once. Children without a family are `family_not_known`."""
    return _stock(MEASURES["early_help_families"], early_help, _of_families, census_date, by)


def episodes_open(early_help: pd.DataFrame, *, census_date: When, by: Sequence[str] = ()) -> Result:
    """Episodes of early help open on each census date: a child with two open counts twice."""
    return _stock(MEASURES["early_help_episodes"], early_help, _of_episodes, census_date, by)


def family_not_known(early_help: pd.DataFrame, *, census_date: When) -> Result:
    """Children in early help on each census date whose family is not recorded: they are in no count of families."""
    rows = early_help[early_help["family_id"].isna()]
    return _stock(MEASURES["early_help_family_not_known"], rows, _of_children, census_date, ())


def not_allocated(early_help: pd.DataFrame, *, census_date: When, by: Sequence[str] = ()) -> Result:
    """Children in early help on each census date whose case has been given to no worker by then."""
    until_allocated = early_help[["allocated_on", "early_help_end"]].min(axis=1)
    rows = early_help.assign(early_help_end=until_allocated)
    return _stock(MEASURES["early_help_not_allocated"], rows, _of_children, census_date, by)


def _of_children(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    return spells(rows, "early_help_start", "early_help_end", by)


def _of_families(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    families = rows[rows["family_id"].notna()]
    return spells(families.assign(child_id=families["family_id"]), "early_help_start", "early_help_end", by)


def _of_episodes(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    return episodes(rows)[["child_id", *by, "early_help_start", "early_help_end"]].set_axis(
        ["child_id", *by, "start", "end"], axis=1
    )


def _stock(measure: Measure, early_help: pd.DataFrame, units, census_date: When, by: Sequence[str]) -> Result:
    days = as_list(census_date)
    of = units(divided(early_help, GROUPS, by), by)
    counts = for_each_group(of, on(days), by).assign(numerator=open_on(of, days, by))
    whose = {} if units is _of_families else members.named(numerator=lambda: children_open_on(of, days, by))
    return build.count(measure, counts.assign(**whose), groups=by)


# --- starting and ending in a period ---------------------------------------------------------------------------------


def children_starting(early_help: pd.DataFrame, *, period: Span, by: Sequence[str] = ()) -> Result:
    """Children with an episode that starts in each period, each once. `episodes_starting` counts every start."""
    return _flow("early_help_children_starting", early_help, "early_help_start", "child_id", period, by)


def families_starting(early_help: pd.DataFrame, *, period: Span, by: Sequence[str] = ()) -> Result:
    """Families with an episode that starts in each period, each once; children without a family are left out."""
    return _flow("early_help_families_starting", early_help, "early_help_start", "family_id", period, by)


def episodes_starting(early_help: pd.DataFrame, *, period: Span, by: Sequence[str] = ()) -> Result:
    """Episodes that start in each period: with `episodes_ending` they give the change of `episodes_open`."""
    return _flow("early_help_episodes_starting", early_help, "early_help_start", "", period, by)


def children_ending(early_help: pd.DataFrame, *, period: Span, by: Sequence[str] = ()) -> Result:
    """Children with an episode that ends in each period, each once, whether or not another one goes on."""
    return _flow("early_help_children_ending", early_help, "early_help_end", "child_id", period, by)


def families_ending(early_help: pd.DataFrame, *, period: Span, by: Sequence[str] = ()) -> Result:
    """Families with an episode that ends in each period, each once, whether or not another one goes on."""
    return _flow("early_help_families_ending", early_help, "early_help_end", "family_id", period, by)


def episodes_ending(early_help: pd.DataFrame, *, period: Span, by: Sequence[str] = ()) -> Result:
    """Episodes that end in each period: a child whose early help ends twice counts twice."""
    return _flow("early_help_episodes_ending", early_help, "early_help_end", "", period, by)


def _flow(name: str, early_help: pd.DataFrame, day: str, once: str, period: Span, by: Sequence[str]) -> Result:
    rows = episodes(early_help)
    if once == "family_id":  # it counts families, and names no child
        rows = rows[rows["family_id"].notna()].drop(columns="child_id")
    found = happening(divided(rows, GROUPS, by), day, period)
    return tally.number(MEASURES[name], tally.each_once(found, once, by=by) if once else found, period, by=by)


# --- where from, and how it ends -------------------------------------------------------------------------------------


def sources(early_help: pd.DataFrame, *, period: Span) -> Result:
    """Episodes that start in each period, by who asked for early help (group "came_from")."""
    rows = divided(episodes(early_help), GROUPS, ["came_from"])
    rows = happening(rows, "early_help_start", period)
    return tally.number(MEASURES["early_help_sources"], rows, period, by=["came_from"])


def step_downs(early_help: pd.DataFrame, *, period: Span) -> Result:
    """Share of the episodes starting in each period that came from social care, of those whose source is recorded."""
    rows = episodes(early_help)
    rows = rows[rows["came_from"].notna()].assign(stepped=lambda frame: frame["came_from"] == "STEP_DOWN")
    return tally.share(
        MEASURES["early_help_step_downs"], happening(rows, "early_help_start", period), period, "stepped"
    )


def outcomes(early_help: pd.DataFrame, *, period: Span) -> Result:
    """Episodes that end in each period, by outcome (group "outcome"); those without one are "Not known"."""
    rows = divided(episodes(early_help), _OUTCOME, ["outcome"])
    rows = happening(rows, "early_help_end", period)
    return tally.number(MEASURES["early_help_outcomes"], rows, period, by=["outcome"])


def needs_met(early_help: pd.DataFrame, *, period: Span, by: Sequence[str] = ()) -> Result:
    """Share of the episodes ending in each period with the family's needs met, of those whose outcome is recorded."""
    return _outcome("early_help_needs_met", early_help, "NEEDS_MET", period, by)


def step_ups(early_help: pd.DataFrame, *, period: Span, by: Sequence[str] = ()) -> Result:
    """Share of the episodes ending in each period that went on to social care, of those whose outcome is recorded."""
    return _outcome("early_help_step_ups", early_help, "STEP_UP", period, by)


def _outcome(name: str, early_help: pd.DataFrame, outcome: str, period: Span, by: Sequence[str]) -> Result:
    rows = episodes(early_help)
    rows = rows[rows["early_help_outcome"].notna()]
    rows = rows.assign(so_ended=rows["early_help_outcome"] == outcome)
    return _share(name, rows, "early_help_end", "so_ended", period, by)


def _share(name: str, rows: pd.DataFrame, day: str, answer: str, period: Span, by: Sequence[str]) -> Result:
    rows = happening(divided(rows, GROUPS, by), day, period)
    return tally.share(MEASURES[name], rows, period, answer, by=by)


# --- how long --------------------------------------------------------------------------------------------------------


def days_in_early_help(early_help: pd.DataFrame, *, period: Span, by: Sequence[str] = ()) -> Result:
    """Median days from start to end of the episodes that end in each period. Those still open are not in it."""
    return _days("early_help_days", early_help, "early_help_end", "early_help_start", "early_help_end", period, by)


def days_to_allocation(early_help: pd.DataFrame, *, period: Span, by: Sequence[str] = ()) -> Result:
    """Median days from start to allocation of the episodes that were allocated in each period."""
    return _days(
        "early_help_days_to_allocation", early_help, "allocated_on", "early_help_start", "allocated_on", period, by
    )


def days_to_contact(early_help: pd.DataFrame, *, period: Span, by: Sequence[str] = ()) -> Result:
    """Median days from allocation to the first contact with the family, of the first contacts made in each period."""
    return _days(
        "early_help_days_to_contact", early_help, "first_contact_on", "allocated_on", "first_contact_on", period, by
    )


def _days(name: str, early_help: pd.DataFrame, day: str, start: str, end: str, period: Span, by) -> Result:
    """Rows whose dates stand the wrong way round have no duration, and are left out."""
    rows = episodes(early_help)
    days = (rows[end] - rows[start]).dt.days.astype(float)
    rows = rows.assign(days=days.where(days >= 0))
    rows = happening(divided(rows[rows["days"].notna()], GROUPS, by), day, period)
    return tally.median(MEASURES[name], rows, period, "days", by=by)


def contact_in_time(
    early_help: pd.DataFrame,
    *,
    period: Span,
    known_until: pd.Timestamp,
    within_days: int = CONTACT_DAYS,
    by: Sequence[str] = (),
) -> Result:
    """Share of the episodes allocated in each period whose family was contacted within so many days of allocation.

    No contact by then is not in time; a contact dated before the allocation is. Allocations of the last `within_days` days up to
    `known_until`, the day of the extract, are left out: their time has not run.
    """
    rows = episodes(early_help)
    days_allowed = pd.Timedelta(days=within_days)
    rows = rows[rows["allocated_on"] + days_allowed <= known_until]
    rows = rows.assign(in_time=rows["first_contact_on"] <= rows["allocated_on"] + days_allowed)
    return _share("early_help_contact_in_time", rows, "allocated_on", "in_time", period, by)


# --- what came after -------------------------------------------------------------------------------------------------


def reopened_within_12_months(
    early_help: pd.DataFrame, *, period: Span, known_until: pd.Timestamp, by: Sequence[str] = ()
) -> Result:
    """Share of the episodes ending in each period after which the same child's early help began again within 12 months.

    On the day of the end counts, and so does the same day of the next year (28 February after a 29 February). Episodes that
    ended less than 12 months before `known_until`, the day of the extract, are left out. Early help only: a referral to social
    care is `not_referred_within_12_months`.
    """
    rows = _followed(episodes(early_help), known_until)
    start, end = "early_help_start", "early_help_end"
    again = _next_on_or_after(rows, end, episodes(early_help), start, itself=start)
    rows = rows.assign(again=again <= _a_year_after(rows))
    return _share("early_help_reopened", rows, "early_help_end", "again", period, by)


def not_referred_within_12_months(
    early_help: pd.DataFrame,
    referrals: pd.DataFrame,
    *,
    period: Span,
    known_until: pd.Timestamp,
    by: Sequence[str] = (),
) -> Result:
    """Share of the episodes ending in each period whose child was not referred to social care within 12 months.

    Episodes that ended with a step-up to social care are left out, because the referral is how they ended; so are those that
    ended less than 12 months before `known_until`. A referral on the day of the end counts. Coming back to early help is
    `reopened_within_12_months`.
    """
    rows = _followed(episodes(early_help), known_until)
    rows = rows[rows["early_help_outcome"] != "STEP_UP"].reset_index(drop=True)
    referred = _next_on_or_after(rows, "early_help_end", referrals, "referral_date")
    rows = rows.assign(not_referred=~(referred <= _a_year_after(rows)))
    return _share("early_help_not_referred", rows, "early_help_end", "not_referred", period, by)


def _a_year_after(rows: pd.DataFrame) -> pd.Series:
    return rows["early_help_end"] + pd.DateOffset(years=1)


def _followed(rows: pd.DataFrame, known_until: pd.Timestamp) -> pd.DataFrame:
    """The episodes that ended, at least 12 months before what is known ends."""
    ended = rows[rows["early_help_end"].notna()]
    return ended[_a_year_after(ended) <= known_until].reset_index(drop=True)


def _next_on_or_after(rows: pd.DataFrame, day: str, events: pd.DataFrame, when: str, itself: str = "") -> pd.Series:
    """For each of `rows` the same child's first event on or after its `day`; missing where there is none.

    Where the events are such rows too, `itself` names their first day: an episode of one day is not followed by itself (the
    extract has one row a child and first day).
    """
    happened = events.loc[events[when].notna(), ["child_id", when]].rename(columns={when: "event"})
    pairs = rows.reset_index(names="place").merge(happened, on="child_id")
    later = pairs["event"] >= pairs[day]
    if itself:
        later &= pairs["event"] != pairs[itself]
    return pairs[later].groupby("place")["event"].min().reindex(rows.index)
