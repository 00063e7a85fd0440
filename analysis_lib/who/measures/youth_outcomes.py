"""Youth offending, interventions and outcomes: how each number names its children, by the service's own numbering."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import youth_outcomes as outcomes
from analysis_lib.results import Result
from analysis_lib.who.measures.asked import PUBLISHED, Asked, Made, Named, NotNamed, people_aged_10_to_17


def _of_cases(measure: Callable[..., Result]) -> Callable[[Asked], Made]:
    return lambda asked: [measure(asked.page["youth_offending_cases"], period=asked.periods)]


def _custody_rate(asked: Asked) -> Made:
    people = people_aged_10_to_17(asked)
    return [outcomes.custody_rate(asked.page["youth_offending_cases"], period=asked.periods, population=people)]


def _left_a_year_before(measure: Callable[..., Result]) -> Callable[[Asked], Made]:
    """Of those who left in the same periods a year before: whoever left in these has not been followed for 12 months."""
    return lambda asked: [
        measure(
            asked.page["youth_offending_cases"],
            period=[each.same_period_last_year for each in asked.periods],
            known_until=asked.day,
        )
    ]


NAMED: Named = {
    "yos_interventions_open": _of_cases(outcomes.interventions_open),
    "yos_interventions_started": _of_cases(outcomes.interventions_started),
    "yos_interventions_ended": _of_cases(outcomes.interventions_ended),
    "yos_children_by_most_serious": _of_cases(outcomes.children_by_most_serious),
    "yos_out_of_court_share": _of_cases(outcomes.out_of_court_share),
    "yos_custody_rate": _custody_rate,
    "yos_returned": _left_a_year_before(outcomes.returned),
    "yos_new_interventions_each_returned": _left_a_year_before(outcomes.new_interventions_each_returned),
    "yos_new_interventions_each_left": _left_a_year_before(outcomes.new_interventions_each_left),
}
NOT_NAMED: NotNamed = dict.fromkeys(
    (
        "yj_fte_rate",
        "yj_cautioned_sentenced_rate",
        "yj_custody_rate",
        "yj_binary_reoffending",
        "yj_reoffences_each_reoffender",
        "yj_reoffences_each_child",
    ),
    PUBLISHED,
)
