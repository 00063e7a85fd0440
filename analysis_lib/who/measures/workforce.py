"""Social workers and caseloads: how each number names its children, and why a caseload does not."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import workforce
from analysis_lib.who.measures.asked import Asked, Made, Named, NotNamed


def _on_the_day(function) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.page["social_workers"], asked.page["care_periods"], census_date=asked.day)]


NAMED: Named = {
    "three_or_more_social_workers": _on_the_day(workforce.three_or_more_social_workers),
    "social_workers_in_year": _on_the_day(workforce.social_workers_in_year),
    "social_worker_changes": _on_the_day(workforce.social_worker_changes),
    "children_without_social_worker": _on_the_day(workforce.children_without_social_worker),
}
NOT_NAMED: NotNamed = dict.fromkeys(
    ("average_caseload", "caseload_bands", "agency_share"),
    "the extract of caseloads has how many children a social worker holds, not which",
)
