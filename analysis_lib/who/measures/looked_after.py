"""Children looked after: how each number names its children."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import looked_after as care
from analysis_lib.results import Result
from analysis_lib.who.measures.asked import PUBLISHED, Asked, Made, Named, NotNamed

FLOWS = ("care_starts", "care_ceases", "starts_per_cease", "children_starting", "children_ceasing")


def _on_the_day(asked: Asked) -> Result:
    return care.looked_after_at(asked.page["care_periods"], census_date=asked.day)


def _flow(place: int) -> Callable[[Asked], Made]:
    return lambda asked: [care.flows_in_and_out(asked.page["care_periods"], period=asked.periods)[place]]


NAMED: Named = {
    "looked_after": lambda asked: [_on_the_day(asked)],
    "looked_after_rate": lambda asked: [care.looked_after_rate(_on_the_day(asked), population=asked.people)],
    "uasc_share": lambda asked: [
        care.uasc_share(asked.page["care_periods"], asked.page["children"], census_date=asked.day)
    ],
    "looked_after_by_uasc": lambda asked: [
        care.looked_after_by_uasc_at(asked.page["care_periods"], asked.page["children"], census_date=asked.day)
    ],
    "in_short_breaks": lambda asked: [care.in_short_breaks_at(asked.page["episodes"], census_date=asked.day)],
    "net_change": lambda asked: [care.net_change(asked.page["care_periods"], period=asked.periods)],
    **{name: _flow(place) for place, name in enumerate(FLOWS)},
}
NOT_NAMED: NotNamed = dict.fromkeys(("dfe_looked_after", "dfe_looked_after_rate"), PUBLISHED)
