"""Permanence: how each number names its children."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import permanence
from analysis_lib.who.measures.asked import Asked, Made, Named, NotNamed


def _in_the_periods(function, *more: str) -> Callable[[Asked], Made]:
    """From periods of care and the tables `more`."""
    return lambda asked: [function(*(asked.page[name] for name in ("care_periods", *more)), period=asked.periods)]


def _followed(function) -> Callable[[Asked], Made]:
    """Followed as long as is known: to the last day of the page's period."""
    return lambda asked: [
        function(asked.page["care_periods"], asked.page["children"], period=asked.periods, known_until=asked.day)
    ]


NAMED: Named = {
    "leaving_reasons": _in_the_periods(permanence.why_left),
    "special_guardianship": _in_the_periods(permanence.special_guardianship),
    "special_guardians": _in_the_periods(permanence.special_guardians),
    "returned_home": _in_the_periods(permanence.returned_home),
    "returned_home_by_plan": _in_the_periods(permanence.returned_home_by_plan),
    "leaving_ages": _in_the_periods(permanence.ages_at_leaving, "children"),
    "return_to_care": _followed(permanence.return_to_care),
    "return_to_care_awaited": _followed(permanence.return_to_care_awaited),
    "previous_permanence": _in_the_periods(permanence.previous_permanence, "previous_permanence"),
    "started_after_permanence": _in_the_periods(permanence.started_after_permanence, "previous_permanence"),
}
NOT_NAMED: NotNamed = {}
