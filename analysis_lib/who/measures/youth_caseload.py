"""Youth offending, caseload: how each number names its children, by the service's own numbering."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import youth_caseload
from analysis_lib.who.measures.asked import Asked, Made, Named, NotNamed, people_aged_10_to_17


def _by_category(function) -> Callable[[Asked], Made]:
    return lambda asked: [
        function(asked.page["youth_offending_cases"], by, *asked.periods) for by in youth_caseload.CATEGORIES
    ]


def _each_period(function) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.page["youth_offending_cases"], each) for each in asked.periods]


def _rate(asked: Asked) -> Made:
    people = people_aged_10_to_17(asked)
    return [youth_caseload.caseload_rate(asked.page["youth_offending_cases"], period=asked.periods, population=people)]


NAMED: Named = {
    "yos_caseload": _each_period(youth_caseload.caseload),
    "yos_caseload_at": lambda asked: [
        youth_caseload.caseload_at(asked.page["youth_offending_cases"], census_date=asked.day)
    ],
    "yos_caseload_rate": _rate,
    "yos_caseload_by": _by_category(youth_caseload.caseload_by),
    "yos_caseload_share": _by_category(youth_caseload.caseload_share),
    "yos_caseload_aged_18": _each_period(youth_caseload.aged_18_or_over),
    "yos_under_18_by": _each_period(youth_caseload.under_18_by),
    "yos_under_18_share": _each_period(youth_caseload.under_18_share),
    "yos_caseload_demographics": _each_period(youth_caseload.caseload_demographics),
}
NOT_NAMED: NotNamed = {}
