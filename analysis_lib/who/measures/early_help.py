"""Early help: how each number names its children."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import early_help
from analysis_lib.who.measures.asked import Asked, Made, Named, NotNamed


def _on_the_day(function) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.page["early_help"], census_date=asked.day)]


def _in_each_period(function) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.page["early_help"], period=asked.periods)]


def _as_far_as_known(function) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.page["early_help"], period=asked.periods, known_until=asked.day)]


def _followed(function, *tables: str) -> Callable[[Asked], Made]:
    """Over the 12 months before the year up to the day: what ended in them can be followed."""
    return lambda asked: [
        function(
            *(asked.page[table] for table in ("early_help", *tables)),
            period=[each.same_period_last_year for each in asked.periods],
            known_until=asked.day,
        )
    ]


NAMED: Named = {
    "early_help_children": _on_the_day(early_help.children_open),
    "early_help_episodes": _on_the_day(early_help.episodes_open),
    "early_help_family_not_known": _on_the_day(early_help.family_not_known),
    "early_help_not_allocated": _on_the_day(early_help.not_allocated),
    "early_help_children_starting": _in_each_period(early_help.children_starting),
    "early_help_episodes_starting": _in_each_period(early_help.episodes_starting),
    "early_help_children_ending": _in_each_period(early_help.children_ending),
    "early_help_episodes_ending": _in_each_period(early_help.episodes_ending),
    "early_help_sources": _in_each_period(early_help.sources),
    "early_help_step_downs": _in_each_period(early_help.step_downs),
    "early_help_outcomes": _in_each_period(early_help.outcomes),
    "early_help_needs_met": _in_each_period(early_help.needs_met),
    "early_help_step_ups": _in_each_period(early_help.step_ups),
    "early_help_days": _in_each_period(early_help.days_in_early_help),
    "early_help_days_to_allocation": _in_each_period(early_help.days_to_allocation),
    "early_help_days_to_contact": _in_each_period(early_help.days_to_contact),
    "early_help_contact_in_time": _as_far_as_known(early_help.contact_in_time),
    "early_help_reopened": _followed(early_help.reopened_within_12_months),
    "early_help_not_referred": _followed(early_help.not_referred_within_12_months, "referrals"),
}
NOT_NAMED: NotNamed = {
    name: f"it counts families; ask for {instead}"
    for name, instead in {
        "early_help_families": "early_help_children",
        "early_help_families_starting": "early_help_children_starting",
        "early_help_families_ending": "early_help_children_ending",
    }.items()
}
