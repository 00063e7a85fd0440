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


NAMED: Named = {
    "on_protection_plan": lambda asked: [_on_the_day(asked)],
    "protection_plan_rate": lambda asked: [
        protection.protection_plan_rate(_on_the_day(asked), population=asked.people)
    ],
    "protection_plan_starts": _flow(0),
    "protection_plan_ends": _flow(1),
}
NOT_NAMED: NotNamed = dict.fromkeys(("dfe_protection_plans", "dfe_protection_plan_rate"), PUBLISHED)
