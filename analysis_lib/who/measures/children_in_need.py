"""Children in need: how each number names its children."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import children_in_need as need
from analysis_lib.results import Result
from analysis_lib.who.measures.asked import PUBLISHED, Asked, Made, Named, NotNamed


def _on_the_day(asked: Asked, function: Callable[..., Result] = need.on_need_plan_at) -> Result:
    page = asked.page
    return function(page["cin_plans"], page["cp_plans"], page["care_periods"], census_date=asked.day)


def _of_the_children(function: Callable[..., Result]) -> Callable[[Asked], Made]:
    return lambda asked: [_on_the_day(asked, function)]


def _flow(function: Callable[..., Result]) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.page["cin_plans"], period=asked.periods)]


NAMED: Named = {
    "on_need_plan": lambda asked: [_on_the_day(asked)],
    "need_plan_rate": lambda asked: [need.need_plan_rate(_on_the_day(asked), population=asked.people)],
    "need_plan_starts": _flow(need.need_plan_starts),
    "need_plan_ends": _flow(need.need_plan_ends),
    "need_plans_by_need": _of_the_children(need.need_plans_by_need),
    "need_plans_by_duration": _of_the_children(need.need_plans_by_duration),
    "need_visits_in_time": _of_the_children(need.need_visits_in_time),
    "need_visits_unknown": _of_the_children(need.need_visits_unknown),
}
NOT_NAMED: NotNamed = dict.fromkeys(("dfe_in_need", "dfe_in_need_rate"), PUBLISHED)
