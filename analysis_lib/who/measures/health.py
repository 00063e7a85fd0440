"""Health of children looked after: how each number names its children, in the last financial year that has ended."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import health
from analysis_lib.metrics.twelve_months import continuously_looked_after
from analysis_lib.who.measures.asked import Asked, Made, Named, NotNamed


def _of_the_last_year(function) -> Callable[[Asked], Made]:
    def made(asked: Asked) -> Made:
        page = asked.page
        census_date = page.period.last_full_financial_year.end
        return [function(page["health_outcomes"], page["episodes"], page["children"], census_date=census_date)]

    return made


NAMED: Named = {
    "looked_after_12_months": lambda asked: [continuously_looked_after(asked.page["episodes"], census_date=asked.day)],
    "annual_health_assessments": _of_the_last_year(health.annual_health_assessments),
    "dental_checks": _of_the_last_year(health.dental_checks),
    "immunisations": _of_the_last_year(health.immunisations),
    "development_checks": _of_the_last_year(health.development_checks),
    "sdq_mean_score": _of_the_last_year(health.sdq_mean_score),
    "sdq_bands": _of_the_last_year(health.sdq_bands),
    "sdq_response_rate": _of_the_last_year(health.sdq_response_rate),
    "sdq_no_score": _of_the_last_year(health.sdq_no_score),
    "convicted_or_cautioned": _of_the_last_year(health.convicted_or_cautioned),
    "substance_misuse": _of_the_last_year(health.substance_misuse),
    "substance_misuse_helped": _of_the_last_year(health.substance_misuse_helped),
    "health_answers_missing": _of_the_last_year(health.health_answers_missing),
}
NOT_NAMED: NotNamed = {}
