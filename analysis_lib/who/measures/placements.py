"""Placements: how each number names its children."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import placements
from analysis_lib.who.measures.asked import Asked, Made, Named, NotNamed


def _on_the_day(function, *more: str, **how: str) -> Callable[[Asked], Made]:
    """From episodes, periods of care and the tables `more`, on the last day of the period."""
    tables = ("episodes", "care_periods", *more)
    return lambda asked: [function(*(asked.page[name] for name in tables), census_date=asked.day, **how)]


NAMED: Named = {
    "placement_stability": _on_the_day(placements.stability),
    "placements_in_year": _on_the_day(placements.number_in_year),
    "long_term_stability": _on_the_day(placements.long_term_stability, "children"),
    "long_term_stability_same_placement": _on_the_day(placements.long_term_stability, "children", same="placement"),
    "placed_over_20_miles_outside": _on_the_day(placements.over_20_miles_outside),
    "placed_over_20_miles": _on_the_day(placements.over_20_miles),
    "placed_outside_area": _on_the_day(placements.outside_area),
    "placement_distance_unknown": _on_the_day(placements.unknown_distance),
    "placement_distance": _on_the_day(placements.by_distance),
    "placement_type": _on_the_day(placements.by_type),
    "placement_provider": _on_the_day(placements.by_provider),
    "placement_own_or_external": _on_the_day(placements.by_own_or_external),
    "semi_independent_16_and_17": _on_the_day(placements.semi_independent_16_and_17, "children"),
    "semi_independent_under_16": _on_the_day(placements.semi_independent_under_16, "children"),
    "placement_days_median": _on_the_day(placements.days_in_placement),
    "placement_days_mean": _on_the_day(placements.days_in_placement, statistic="mean"),
    "placement_duration": _on_the_day(placements.by_duration),
    "placements_ended": lambda asked: [placements.ended(asked.page["episodes"], period=asked.periods)],
}
NOT_NAMED: NotNamed = {}
