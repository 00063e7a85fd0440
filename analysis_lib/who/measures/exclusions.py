"""Virtual school, suspension and exclusion: how each number names its pupils, or the children of the list of exclusions."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import exclusions
from analysis_lib.results import Result
from analysis_lib.who.measures.asked import PUBLISHED, Asked, Made, Named, NotNamed, of_pupils


def _of_list(measure: Callable[..., Result]) -> Callable[[Asked], Made]:
    return lambda asked: [measure(asked.page["exclusions"], period=asked.periods)]


NAMED: Named = {
    "suspended_pupils": of_pupils(exclusions.suspended_pupils),
    "suspended_pupils_number": of_pupils(exclusions.suspended_pupils_number),
    "suspension_rate": of_pupils(exclusions.suspension_rate),
    "suspensions_each": of_pupils(exclusions.suspensions_each),
    "suspension_days": of_pupils(exclusions.suspension_days),
    "permanent_exclusions": of_pupils(exclusions.permanent_exclusions),
    "permanent_exclusion_rate": of_pupils(exclusions.permanent_exclusion_rate),
    "suspensions": _of_list(exclusions.suspensions),
    "children_suspended": _of_list(exclusions.children_suspended),
    "suspensions_without_days": _of_list(exclusions.suspensions_without_days),
    "suspensions_by_reason": _of_list(exclusions.suspensions_by_reason),
    "permanent_exclusions_upheld": _of_list(exclusions.permanent_exclusions_upheld),
    "permanent_exclusions_by_decision": _of_list(exclusions.permanent_exclusions_by_decision),
}
NOT_NAMED: NotNamed = {
    "printed_days_lost": PUBLISHED,
    "days_lost": "it adds up school days, not children; ask for children_suspended",
}
