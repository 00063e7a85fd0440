"""Children in need: how each number names its children."""

from __future__ import annotations

from analysis_lib.metrics import children_in_need as need
from analysis_lib.results import Result
from analysis_lib.who.measures.asked import PUBLISHED, Asked, Named, NotNamed


def _on_the_day(asked: Asked) -> Result:
    page = asked.page
    return need.on_need_plan_at(page["cin_plans"], page["cp_plans"], page["care_periods"], census_date=asked.day)


NAMED: Named = {
    "on_need_plan": lambda asked: [_on_the_day(asked)],
    "need_plan_rate": lambda asked: [need.need_plan_rate(_on_the_day(asked), population=asked.people)],
}
NOT_NAMED: NotNamed = dict.fromkeys(("dfe_in_need", "dfe_in_need_rate"), PUBLISHED)
