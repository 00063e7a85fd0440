"""Adoption: how each number names its children."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import adoption, adoption_curves, adoption_families
from analysis_lib.who.measures.asked import PUBLISHED, Asked, Made, Named, NotNamed


def _by_span(function, journeys: str = "journeys") -> Callable[[Asked], Made]:
    return lambda asked: [function(getattr(asked.adoption, journeys), asked.adoption.spans, asked.adoption.since)]


def _days(function, journeys: str = "journeys") -> Callable[[Asked], Made]:
    # The mean and the median rest on the same children.
    return lambda asked: [function(getattr(asked.adoption, journeys), asked.adoption.spans)]


def _in_time(include_waiting: bool) -> Callable[[Asked], Made]:
    return lambda asked: [
        adoption.moved_in_in_time_a3(
            asked.adoption.journeys, asked.adoption.spans, include_waiting=include_waiting, threshold_months=14
        )
    ]


def _stage_days(cohort: str) -> Callable[[Asked], Made]:
    return lambda asked: [
        adoption.days_by_stage(
            asked.adoption.full_journeys, period=asked.adoption.three_years, statistic="median", cohort=cohort
        )
    ]


def _waiting(function) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.adoption.decided_journeys, census_date=asked.day)]


NAMED: Named = {
    "children_adopted": _by_span(adoption.children_adopted),
    "placement_orders": _by_span(adoption.placement_orders_granted),
    "adoption_decisions": _by_span(adoption.adoption_decisions, "decided_journeys"),
    "children_waiting": lambda asked: [
        adoption.children_waiting(asked.adoption.decided_journeys, census_date=asked.day),
        adoption.children_waiting_by_stage(asked.adoption.decided_journeys, census_date=asked.day),
    ],
    "days_waited_so_far": lambda asked: [
        adoption.days_waited_so_far(asked.adoption.decided_journeys, census_date=asked.day)
    ],
    "a1_days": _days(adoption.days_to_moving_in_a1),
    "a10_days": _days(adoption.days_to_moving_in_a10),
    "a2_days": _days(adoption.days_from_order_to_match_a2, "matched_journeys"),
    "a3_percent": _in_time(include_waiting=False),
    "a3_with_waiting_percent": _in_time(include_waiting=True),
    "stage_days": _stage_days("adopted"),
    "stage_days_completed": _stage_days("completed"),
    "children_followed": lambda asked: [
        adoption_curves.children_followed(asked.adoption.followed, when=asked.adoption.orders_in),
        adoption_curves.outcomes_so_far(asked.adoption.followed, when=asked.adoption.orders_in),
    ],
    "journeys_audited": lambda asked: [
        adoption.dates_audited(asked.adoption.full_journeys, period=asked.adoption.orders_in),
        adoption.records_audited(asked.adoption.full_journeys, period=asked.adoption.orders_in),
    ],
    "adopted_percent": lambda asked: [
        adoption.adopted_share_of_leavers(asked.page["care_periods"], asked.adoption.years)
    ],
    "waiting_to_be_placed": _waiting(adoption.waiting_to_be_placed),
    "waiting_to_be_placed_with_order": _waiting(adoption.waiting_to_be_placed_with_order),
    "decisions_changed": _by_span(adoption.decisions_changed, "decided_journeys"),
    "decisions_changed_share": _days(adoption.decisions_changed_share, "decided_journeys"),
    "children_by_size_of_group": lambda asked: [
        adoption_families.children_by_size_of_group(
            asked.adoption.journeys, asked.page["adoption_list"], asked.adoption.spans
        )
    ],
}
_CURVE = "it is read from a curve over all children followed; ask for children_followed"
NOT_NAMED: NotNamed = {
    **dict.fromkeys(("threshold_days", "stage_months", "order_to_adoption_days", "adoption_placements"), PUBLISHED),
    **dict.fromkeys(("adopting_families", "groups_adopted"), "it counts families; ask for children_by_size_of_group"),
    **dict.fromkeys(("moved_in_percent", "not_moved_in_percent", "days_until_moved_in"), _CURVE),
}
