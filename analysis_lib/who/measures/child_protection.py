"""Child protection: how each number names its children."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import child_protection as protection
from analysis_lib.results import Result
from analysis_lib.who.measures.asked import PUBLISHED, Asked, Made, Named, NotNamed


def _on_the_day(asked: Asked) -> Result:
    return protection.on_protection_plan_at(asked.page["cp_plans"], census_date=asked.day)


def _flow(place: int) -> Callable[[Asked], Made]:
    return lambda asked: [protection.plans_started_and_ended(asked.page["cp_plans"], period=asked.periods)[place]]


def _ending_or_starting(function: Callable[..., Result]) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.page["cp_plans"], period=asked.periods)]


def _open(function: Callable[..., Result]) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.page["cp_plans"], census_date=asked.day)]


def _reviews(function: Callable[..., Result]) -> Callable[[Asked], Made]:
    return lambda asked: [
        function(asked.page["cp_plans"], asked.page["reviews_and_conferences"], census_date=asked.day)
    ]


NAMED: Named = {
    "on_protection_plan": lambda asked: [_on_the_day(asked)],
    "protection_plan_rate": lambda asked: [
        protection.protection_plan_rate(_on_the_day(asked), population=asked.people)
    ],
    "protection_plan_starts": _flow(0),
    "protection_plan_ends": _flow(1),
    "protection_plans_open": _open(protection.protection_plans_open),
    "protection_plans_by_category": _open(protection.protection_plans_by_category),
    "second_plans": _ending_or_starting(protection.second_plans),
    "second_plans_unknown": _ending_or_starting(protection.second_plans_unknown),
    "second_plans_in_24_months": _ending_or_starting(protection.second_plans_in_24_months),
    "second_plans_in_24_months_unknown": _ending_or_starting(protection.second_plans_in_24_months_unknown),
    "plans_ended_after_two_years": _ending_or_starting(protection.plans_ended_after_two_years),
    "plans_open_two_years": _open(protection.plans_open_two_years),
    "plans_ended_by_duration": _ending_or_starting(protection.plans_ended_by_duration),
    "plans_ended_within_3_months": _ending_or_starting(protection.plans_ended_within_3_months),
    "protection_reviews_in_time": _reviews(protection.protection_reviews_in_time),
    "protection_reviews_unknown": _reviews(protection.protection_reviews_unknown),
    "protection_visits_in_time": _open(protection.protection_visits_in_time),
    "protection_visits_unknown": _open(protection.protection_visits_unknown),
}
NOT_NAMED: NotNamed = dict.fromkeys(("dfe_protection_plans", "dfe_protection_plan_rate"), PUBLISHED)
