"""Health of children looked after for 12 months: assessments, teeth, immunisations, feelings and behaviour, offending, drugs.

Everything counts children of the cohort continuously looked after for 12 months on 31 March (`twelve_months.cohort`) by what
OC2 of the SSDA903 says of them for that year (table `health_outcomes`). OC2 is asked for whole years, so the census date is a
31 March, and a year that has not ended has no figures.

No answer is unknown, not no: shares are of the children with an answer, and `health_answers_missing` counts those without, those
who have no row in OC2 among them. A child who declined has an answer, no. Ages are those on 31 March. Initial health assessments
are in no source at hand.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis_lib.metrics.counting import tally
from analysis_lib.metrics.counting.ages import age_on
from analysis_lib.metrics.counting.answers import is_true
from analysis_lib.metrics.counting.groups import NOT_KNOWN, among, stacked
from analysis_lib.metrics.counting.spells import as_list
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.twelve_months import cohort
from analysis_lib.periods import Period
from analysis_lib.results import Result

__all__ = [
    "annual_health_assessments",
    "convicted_or_cautioned",
    "dental_checks",
    "development_checks",
    "health_answers_missing",
    "immunisations",
    "sdq_bands",
    "sdq_mean_score",
    "sdq_no_score",
    "sdq_response_rate",
    "substance_misuse",
    "substance_misuse_helped",
]
MEASURES = measures("health")
UNDER_FIVE, SDQ_AGES, OFFENDING_AGES = (0, 4), (4, 16), (10, 17)
SDQ_BANDS = {"Normal (0 to 13)": (0, 13), "Borderline (14 to 16)": (14, 16), "Cause for concern (17 to 40)": (17, 40)}
SDQ_REASONS = {
    "SDQ1": "Under 4 or over 16 when asked",
    "SDQ2": "Carer refused",
    "SDQ3": "Child's disability too severe",
    "SDQ4": "Other reason",
    "SDQ5": "Child refused",
}
HELP, DATE_OF_BIRTH = "Help with substance misuse", "Date of birth"
# What OC2 asks of whom: question -> column, youngest and oldest age on 31 March.
QUESTIONS = {
    "Health assessment": ("health_assessed", None),
    "Teeth": ("teeth_checked", None),
    "Immunisations": ("immunised", None),
    "Development checks": ("development_checked", UNDER_FIVE),
    "Conviction or caution": ("convicted", OFFENDING_AGES),
    "Substance misuse": ("substance_misuse", None),
}
CensusDates = pd.Timestamp | Sequence[pd.Timestamp]


def __dir__() -> list[str]:
    return __all__


def children_asked_about(
    health_outcomes: pd.DataFrame, episodes: pd.DataFrame, children: pd.DataFrame, *, census_date: CensusDates
) -> pd.DataFrame:
    """The cohort of each census date with what OC2 says of each child: the columns of `health_outcomes`, `period_end`, `when`, `age`.

    Every answer is missing for a child without a row in OC2 of the year. `ValueError` for a census date that is no 31 March.
    """
    days = as_list(census_date)
    if wrong := [day for day in days if (day.month, day.day) != (3, 31)]:
        raise ValueError(f"OC2 tells of years that end on 31 March, not on {wrong[0]:%Y-%m-%d}")
    years = {day: Period.financial_year_of(day).code for day in days}
    found = tally.happening(cohort(episodes, census_date=days), "period_end", days)
    found = found.assign(return_year=found["period_end"].map(years))
    found = found.merge(health_outcomes, on=["child_id", "return_year"], how="left", validate="many_to_one")
    found = found.merge(children[["child_id", "birth_date"]], on="child_id", how="left", validate="many_to_one")
    return found.assign(age=age_on(found["birth_date"], found["period_end"])).drop(columns="birth_date")


def annual_health_assessments(health_outcomes, episodes, children, *, census_date: CensusDates) -> Result:
    """Share of the cohort who had their annual health assessment; under five, both of the two that are due in a year."""
    asked = children_asked_about(health_outcomes, episodes, children, census_date=census_date)
    return _share("annual_health_assessments", asked, "health_assessed", census_date)


def dental_checks(health_outcomes, episodes, children, *, census_date: CensusDates) -> Result:
    """Share of the cohort whose teeth a dentist checked in the year."""
    asked = children_asked_about(health_outcomes, episodes, children, census_date=census_date)
    return _share("dental_checks", asked, "teeth_checked", census_date)


def immunisations(health_outcomes, episodes, children, *, census_date: CensusDates) -> Result:
    """Share of the cohort whose immunisations were up to date on 31 March."""
    asked = children_asked_about(health_outcomes, episodes, children, census_date=census_date)
    return _share("immunisations", asked, "immunised", census_date)


def development_checks(health_outcomes, episodes, children, *, census_date: CensusDates) -> Result:
    """Share of the cohort aged under five whose development checks were up to date."""
    asked = children_asked_about(health_outcomes, episodes, children, census_date=census_date)
    return _share("development_checks", _aged(asked, UNDER_FIVE), "development_checked", census_date)


def convicted_or_cautioned(health_outcomes, episodes, children, *, census_date: CensusDates) -> Result:
    """Share of the cohort aged 10 to 17 who were convicted or cautioned in the year. Mostly too few to publish."""
    asked = children_asked_about(health_outcomes, episodes, children, census_date=census_date)
    return _share("convicted_or_cautioned", _aged(asked, OFFENDING_AGES), "convicted", census_date)


def substance_misuse(health_outcomes, episodes, children, *, census_date: CensusDates) -> Result:
    """Share of the cohort, of all ages, who were found to misuse substances in the year."""
    asked = children_asked_about(health_outcomes, episodes, children, census_date=census_date)
    return _share("substance_misuse", asked, "substance_misuse", census_date)


def substance_misuse_helped(health_outcomes, episodes, children, *, census_date: CensusDates) -> Result:
    """Share of the children found to misuse substances (`substance_misuse`) who received an intervention; declined is no."""
    asked = children_asked_about(health_outcomes, episodes, children, census_date=census_date)
    return _share("substance_misuse_helped", _found_to_misuse(asked), "intervention_received", census_date)


def sdq_mean_score(health_outcomes, episodes, children, *, census_date: CensusDates) -> Result:
    """Mean score of the strengths and difficulties questionnaire (0 to 40) over the cohort aged 4 to 16 with a score."""
    asked = _aged(children_asked_about(health_outcomes, episodes, children, census_date=census_date), SDQ_AGES)
    return tally.mean(MEASURES["sdq_mean_score"], asked, census_date, "sdq_score")


def sdq_bands(health_outcomes, episodes, children, *, census_date: CensusDates) -> Result:
    """Share of the cohort aged 4 to 16 with a score whose score lies in each band; group `band`."""
    asked = _aged(children_asked_about(health_outcomes, episodes, children, census_date=census_date), SDQ_AGES)
    scored = asked[asked["sdq_score"].notna()]
    band = pd.Series(pd.NA, index=scored.index, dtype=object)
    for name, scores in SDQ_BANDS.items():
        band = band.mask(scored["sdq_score"].between(*scores), name)
    rows = scored.assign(band=among(band, list(SDQ_BANDS)))
    return tally.shares(MEASURES["sdq_bands"], rows, census_date, "band", groups_first=True)


def sdq_response_rate(health_outcomes, episodes, children, *, census_date: CensusDates) -> Result:
    """Share of the cohort aged 4 to 16 for whom there is a score; why there is none is `sdq_no_score`."""
    asked = _aged(children_asked_about(health_outcomes, episodes, children, census_date=census_date), SDQ_AGES)
    asked = asked.assign(has_score=asked["sdq_score"].notna())
    return tally.share(MEASURES["sdq_response_rate"], asked, census_date, "has_score")


def sdq_no_score(health_outcomes, episodes, children, *, census_date: CensusDates) -> Result:
    """Children of the cohort aged 4 to 16 without a score, by the reason given; group `reason`, "Not known" among them."""
    asked = _aged(children_asked_about(health_outcomes, episodes, children, census_date=census_date), SDQ_AGES)
    without = asked[asked["sdq_score"].isna()]
    told = without.assign(reason=among(without["sdq_reason"].map(SDQ_REASONS), [*SDQ_REASONS.values(), NOT_KNOWN]))
    return tally.numbers(MEASURES["sdq_no_score"], told, census_date, "reason", groups_first=True)


def health_answers_missing(health_outcomes, episodes, children, *, census_date: CensusDates) -> Result:
    """Children of the cohort for whom a question of OC2 that applies to them has no answer; group `question`.

    Those whose date of birth is not known are under that heading, and in no question that depends on age.
    """
    asked = children_asked_about(health_outcomes, episodes, children, census_date=census_date)
    of_age = {question: _aged(asked, ages) if ages else asked for question, (_, ages) in QUESTIONS.items()}
    groups = {question: rows[rows[QUESTIONS[question][0]].isna()] for question, rows in of_age.items()}
    groups[HELP] = _found_to_misuse(asked)[lambda rows: rows["intervention_received"].isna()]
    groups[DATE_OF_BIRTH] = asked[asked["age"].isna()]
    rows = stacked(groups, "question")
    return tally.numbers(MEASURES["health_answers_missing"], rows, census_date, "question", groups_first=True)


def _found_to_misuse(asked: pd.DataFrame) -> pd.DataFrame:
    return asked[is_true(asked["substance_misuse"])]


def _aged(asked: pd.DataFrame, ages: tuple[int, int]) -> pd.DataFrame:
    return asked[asked["age"].between(*ages)]


def _share(name: str, asked: pd.DataFrame, answer: str, census_date: CensusDates) -> Result:
    """The share of those with an `answer` for whom it is yes."""
    return tally.share(MEASURES[name], asked, census_date, answer)
