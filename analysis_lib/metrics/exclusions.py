"""Suspensions and permanent exclusions of looked-after pupils.

Two sources feed it. The virtual school's extract (`pupils`) has a row per pupil and school year, so its figures are shares of
pupils, of a cohort, for whole school years. The local extract `exclusions` has a row per suspension or permanent exclusion
with its first day, so it gives numbers for any period, of every child in the extract, but no share: it does not hold the
pupils who were never suspended. A measure of one names the measure of the other that it might be taken for.

A permanent exclusion counts in official figures once it has been upheld by the governing board or review panel. The school
year's extract says only that a pupil was excluded; the list of exclusions says how each was decided. National figures come
out some two terms after the term they are of.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis_lib.metrics.counting import build, members, tally
from analysis_lib.metrics.counting.groups import among
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.pupils import (
    NOT_RECORDED,
    TWELVE_MONTHS,
    is_true,
    only_where,
    over_years,
    per_year,
    school_age,
    share_per_year,
)
from analysis_lib.periods import Period
from analysis_lib.results import Result

__all__ = [
    "children_suspended",
    "days_lost",
    "permanent_exclusion_rate",
    "permanent_exclusions",
    "permanent_exclusions_by_decision",
    "permanent_exclusions_upheld",
    "suspended_pupils",
    "suspended_pupils_number",
    "suspension_days",
    "suspension_rate",
    "suspensions",
    "suspensions_by_reason",
    "suspensions_each",
    "suspensions_without_days",
]

MEASURES = measures("exclusions")
SUSPENSION, PERMANENT = "SUSPENSION", "PERMANENT"
# The reasons of the school census, in use since 2020-21, as `exclusion_reason` has them.
REASONS = {
    "PP": "Physical assault against a pupil",
    "PA": "Physical assault against an adult",
    "VP": "Verbal abuse or threat against a pupil",
    "VA": "Verbal abuse or threat against an adult",
    "OW": "Offensive weapon",
    "BU": "Bullying",
    "RA": "Racist abuse",
    "LG": "Abuse against sexual orientation or gender identity",
    "DS": "Abuse relating to disability",
    "SM": "Sexual misconduct",
    "DA": "Drugs and alcohol",
    "DM": "Damage",
    "TH": "Theft",
    "MT": "Inappropriate use of social media",
    "PH": "Breach of protective measures",
    "DB": "Persistent disruptive behaviour",
    "OT": "Other",
}
UPHELD, OVERTURNED, NOT_DECIDED = "Upheld", "Overturned", "Not decided yet, or not recorded"
DECISIONS = (UPHELD, OVERTURNED, NOT_DECIDED)


def __dir__() -> list[str]:
    return __all__


# From the virtual school's extract: shares of the pupils of a school year


def suspended_pupils(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of pupils suspended at least once in the year; pupils without a record of suspensions are not in the base."""
    recorded = school_age(pupils, cohort).dropna(subset=["suspensions"])
    return build.proportion(
        MEASURES["suspended_pupils"], share_per_year(recorded, recorded["suspensions"].gt(0), years)
    )


def suspended_pupils_number(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Number of pupils suspended at least once; no figure for a year in which nobody has an entry."""
    share = suspended_pupils(pupils, years=years, cohort=cohort).exact()
    kept = ["period_start", "period_end", *(column for column in members.named_in(share) if column.startswith("num"))]
    counts = share[kept].assign(numerator=share["numerator"].where(share["denominator"] > 0))
    return build.count(MEASURES["suspended_pupils_number"], counts)


def suspension_rate(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Suspensions in the year for every 100 pupils: a pupil suspended three times counts three times.

    `suspended_pupils` is the share of pupils suspended at all; the two are often taken for each other. Pupils without a
    record of suspensions are not in the base. No interval: one pupil's suspensions go together.
    """
    recorded = school_age(pupils, cohort).dropna(subset=["suspensions"])
    counts = _sums(recorded, "suspensions", years).assign(denominator=per_year(recorded, years)["numerator"])
    named = members.named(denominator=lambda: per_year(recorded, years)["numerator_children"].tolist())
    return build.share_of_sums(MEASURES["suspension_rate"], counts.assign(**named))


def suspensions_each(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Suspensions in the year for each pupil suspended at least once."""
    suspended = school_age(pupils, cohort)
    suspended = suspended[suspended["suspensions"].gt(0)]
    counts = _sums(suspended, "suspensions", years).assign(denominator=per_year(suspended, years)["numerator"])
    named = members.named(denominator=lambda: per_year(suspended, years)["numerator_children"].tolist())
    return build.ratio(MEASURES["suspensions_each"], counts.assign(**named))


def suspension_days(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Mean days of suspension over the pupils suspended in the year; the numerator is their total."""
    suspended = school_age(pupils, cohort)
    suspended = suspended[suspended["suspensions"].gt(0)]
    measure = MEASURES["suspension_days"]
    results = [
        build.mean(
            measure, suspended[suspended["academic_year"].eq(year.code)], value="suspension_days", when=year
        ).exact()
        for year in years
    ]
    return Result(measure, pd.concat(results))


def permanent_exclusions(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Pupils permanently excluded in the year; no figure for a year in which nobody has an entry."""
    own = school_age(pupils, cohort)
    recorded = per_year(own[own["permanent_exclusion"].notna()], years)["numerator"].gt(0)
    excluded = per_year(own[is_true(own["permanent_exclusion"])], years)
    return build.count(MEASURES["permanent_exclusions"], only_where(excluded, recorded))


def permanent_exclusion_rate(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of the pupils with an entry who were permanently excluded in the year."""
    recorded = school_age(pupils, cohort).dropna(subset=["permanent_exclusion"])
    excluded = is_true(recorded["permanent_exclusion"])
    return build.proportion(MEASURES["permanent_exclusion_rate"], share_per_year(recorded, excluded, years))


def _sums(rows: pd.DataFrame, column: str, years: list[Period]) -> pd.DataFrame:
    """The sum of `column` in each year, 0 where it has no rows."""
    sums = rows.groupby("academic_year")[column].sum()
    return over_years(years).assign(numerator=[float(sums.get(year.code, 0)) for year in years])


# From the list of suspensions and exclusions: numbers in any period


def suspensions(exclusions: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Suspensions that begin in each period: events, so a child suspended twice counts twice.

    `children_suspended` counts each child once.
    """
    return tally.number(MEASURES["suspensions"], _begun(exclusions, SUSPENSION, period), period)


def children_suspended(exclusions: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Children with at least one suspension that begins in each period, each once; `suspensions` counts the events."""
    rows = tally.each_once(_begun(exclusions, SUSPENSION, period))
    return tally.number(MEASURES["children_suspended"], rows, period)


def days_lost(exclusions: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """School days lost to the suspensions that begin in each period, added up over those whose days are recorded.

    `suspensions_without_days` counts the others. Days that fall after the period are counted with their suspension.
    """
    return tally.total(MEASURES["days_lost"], _begun(exclusions, SUSPENSION, period), period, "exclusion_days")


def suspensions_without_days(exclusions: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Suspensions that begin in each period and whose days are not recorded: what is missing from `days_lost`."""
    rows = _begun(exclusions, SUSPENSION, period)
    return tally.unknown(MEASURES["suspensions_without_days"], rows, period, "exclusion_days")


def suspensions_by_reason(exclusions: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Suspensions that begin in each period by their main reason; group `reason`, each reason a row, 0 or not.

    They add up to `suspensions`: a reason that is missing, or no code of the school census, is "Not recorded".
    """
    rows = _begun(exclusions, SUSPENSION, period)
    reason = rows["exclusion_reason"].astype(object).map(REASONS).fillna(NOT_RECORDED)
    rows = rows.assign(reason=among(reason, (*REASONS.values(), NOT_RECORDED)))
    return tally.numbers(MEASURES["suspensions_by_reason"], rows, period, "reason", groups_first=True)


def permanent_exclusions_by_decision(exclusions: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Permanent exclusions that begin in each period by what was decided of them; group `decision`.

    The last weeks before the extract have many that are not decided yet, so their upheld ones are too few.
    """
    rows = _begun(exclusions, PERMANENT, period)
    decision = rows["upheld"].astype(object).map({True: UPHELD, False: OVERTURNED}).fillna(NOT_DECIDED)
    rows = rows.assign(decision=among(decision, DECISIONS))
    return tally.numbers(MEASURES["permanent_exclusions_by_decision"], rows, period, "decision", groups_first=True)


def permanent_exclusions_upheld(exclusions: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Permanent exclusions that begin in each period and were upheld: what official figures count.

    `permanent_exclusions` counts the pupils whom the virtual school's extract marks as excluded, however it was decided.
    """
    rows = _begun(exclusions, PERMANENT, period)
    return tally.number(MEASURES["permanent_exclusions_upheld"], rows[is_true(rows["upheld"])], period)


def _begun(exclusions: pd.DataFrame, kind: str, period: Period | Sequence[Period]) -> pd.DataFrame:
    """The exclusions of a kind that begin in each period."""
    return tally.happening(exclusions[exclusions["exclusion_kind"].eq(kind)], "exclusion_start", period)
