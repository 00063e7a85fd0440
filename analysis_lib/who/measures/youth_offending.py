"""Youth offending: how each number names its children, by the service's own numbering."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import youth_offending as yos
from analysis_lib.who.measures.asked import COMPARISON, PUBLISHED, Asked, Made, Named, NotNamed


def _by_category(function) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.page["youth_offending_cases"], by, *asked.periods) for by in yos.CATEGORIES]


def _each_period(function) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.page["youth_offending_cases"], each) for each in asked.periods]


NAMED: Named = {
    "yos_caseload": _each_period(yos.caseload),
    "yos_caseload_by": _by_category(yos.caseload_by),
    "yos_caseload_share": _by_category(yos.caseload_share),
    "yos_caseload_aged_18": _each_period(yos.aged_18_or_over),
    "yos_caseload_demographics": _each_period(yos.caseload_demographics),
}
NOT_NAMED: NotNamed = {
    **dict.fromkeys(
        ("yos_population_share", "yos_ethnicity_reference", "yj_fte_rate", "yj_cautioned_sentenced_rate"), PUBLISHED
    ),
    **dict.fromkeys(
        ("yos_percentage_point_gap", "yos_relative_rate", "yos_looked_after_relative_rate"),
        COMPARISON.format(instead="yos_caseload_by"),
    ),
}
