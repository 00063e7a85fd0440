"""The cases of the examples in `early_help.toml`."""

from collections.abc import Callable

import pandas as pd
from early_help_cases import cases, opened, referred

from analysis_lib.metrics import early_help as eh
from analysis_lib.periods import Period
from analysis_lib.results import Result

DAY = pd.Timestamp("2021-03-31")
YEAR = Period.parse("2020-21")
LATER = pd.Timestamp("2026-03-31")

STARTS = cases(
    opened("a", "2020-04-01", "2020-06-01"),
    opened("a", "2021-03-31"),
    opened("b", "2020-10-10"),
    opened("c", "2021-04-01"),
)
ENDS = cases(
    opened("a", "2019-04-01", "2020-04-01"),
    opened("a", "2020-08-01", "2021-03-31"),
    opened("b", "2020-10-10", "2020-12-01"),
)
OUTCOMES = cases(
    *(
        opened(child, "2020-01-01", "2020-09-01", outcome=outcome)
        for child, outcome in (("a", "NEEDS_MET"), ("b", "NEEDS_MET"), ("c", "STEP_UP"), ("d", None))
    )
)


def _children() -> Result:
    table = cases(
        opened("a", "2020-06-01"),
        opened("a", "2021-01-01"),
        opened("b", "2020-06-01", "2021-03-31"),
        opened("c", "2021-03-31"),
    )
    return eh.children_open(table, census_date=DAY)


def _families() -> Result:
    table = cases(
        opened("brother", "2020-06-01", family="f1"),
        opened("sister", "2020-07-01", family="f1"),
        opened("other", "2020-06-01", family="f2"),
    )
    return eh.families_open(table, census_date=DAY)


def _episodes() -> Result:
    table = cases(opened("a", "2020-06-01"), opened("a", "2021-01-01"), opened("b", "2020-06-01"))
    return eh.episodes_open(table, census_date=DAY)


def _family_not_known() -> Result:
    table = cases(
        opened("a", "2020-06-01", family="f1"), opened("b", "2020-06-01"), opened("c", "2020-06-01", family="f1")
    )
    return eh.family_not_known(table, census_date=DAY)


def _not_allocated() -> Result:
    table = cases(
        opened("a", "2021-03-01", allocated="2021-03-30"),
        opened("b", "2021-03-01", allocated="2021-04-01"),
        opened("c", "2021-03-01"),
    )
    return eh.not_allocated(table, census_date=DAY)


def _families_starting() -> Result:
    table = cases(
        opened("brother", "2020-06-01", family="f1"),
        opened("sister", "2020-07-01", family="f1"),
        opened("other", "2020-06-01", family="f2"),
        opened("unknown", "2020-06-01"),
    )
    return eh.families_starting(table, period=YEAR)


def _families_ending() -> Result:
    table = cases(
        opened("brother", "2020-06-01", "2020-09-01", family="f1"),
        opened("sister", "2020-06-01", "2020-09-01", family="f1"),
    )
    return eh.families_ending(table, period=YEAR)


def _of(result: Result, **group: str) -> Result:
    frame = result.exact()
    for name, value in group.items():
        frame = frame[frame[name] == value]
    return Result(result.measure, frame, result.groups)


def _sources() -> Result:
    return _of(
        eh.sources(cases(opened("a", "2020-06-01", came_from="SCHOOL")), period=YEAR), came_from="School or early years"
    )


def _step_downs() -> Result:
    came = (("a", "STEP_DOWN"), ("b", "SCHOOL"), ("c", "SCHOOL"), ("d", None))
    return eh.step_downs(cases(*(opened(child, "2020-06-01", came_from=each) for child, each in came)), period=YEAR)


def _outcomes() -> Result:
    return _of(eh.outcomes(cases(opened("a", "2020-01-01", "2020-06-01")), period=YEAR), outcome="Not known")


def _days() -> Result:
    table = cases(
        opened("a", "2020-06-01", "2020-06-11"),
        opened("b", "2020-06-01", "2020-09-09"),
        opened("c", "2020-06-01", "2020-12-18"),
        opened("d", "2020-06-01"),
    )
    return eh.days_in_early_help(table, period=YEAR)


def _days_to_allocation() -> Result:
    allocated = (("a", "2020-06-01"), ("b", "2020-06-03"), ("c", "2020-06-10"))
    return eh.days_to_allocation(
        cases(*(opened(child, "2020-06-01", allocated=day) for child, day in allocated)), period=YEAR
    )


def _days_to_contact() -> Result:
    contact = (("a", "2020-06-03"), ("b", "2020-06-06"))
    table = cases(*(opened(child, "2020-06-01", allocated="2020-06-02", contact=day) for child, day in contact))
    return eh.days_to_contact(table, period=YEAR)


def _contact_in_time() -> Result:
    contact = (("a", "2020-06-05"), ("b", "2020-06-05"), ("c", "2020-06-06"), ("d", None))
    table = cases(*(opened(child, "2020-06-01", allocated="2020-06-02", contact=day) for child, day in contact))
    return eh.contact_in_time(table, period=YEAR, known_until=LATER)


def _reopened() -> Result:
    table = cases(
        opened("a", "2020-01-01", "2020-06-01"), opened("a", "2021-06-01"),
        opened("b", "2020-01-01", "2020-06-01"), opened("b", "2021-06-02"),
        opened("c", "2020-01-01", "2020-06-01"),
    )  # fmt: skip
    return eh.reopened_within_12_months(table, period=YEAR, known_until=LATER)


def _not_referred() -> Result:
    table = cases(
        opened("a", "2020-01-01", "2020-06-01", outcome="STEP_UP"),
        *(opened(child, "2020-01-01", "2020-06-01", outcome="NEEDS_MET") for child in "bcd"),
    )
    referrals = referred(("a", "2020-06-01"), ("b", "2021-01-01"))
    return eh.not_referred_within_12_months(table, referrals, period=YEAR, known_until=LATER)


EXAMPLES: dict[str, Callable[[], Result]] = {
    "early_help_children": _children,
    "early_help_families": _families,
    "early_help_episodes": _episodes,
    "early_help_family_not_known": _family_not_known,
    "early_help_not_allocated": _not_allocated,
    "early_help_children_starting": lambda: eh.children_starting(STARTS, period=YEAR),
    "early_help_families_starting": _families_starting,
    "early_help_episodes_starting": lambda: eh.episodes_starting(STARTS, period=YEAR),
    "early_help_children_ending": lambda: eh.children_ending(ENDS, period=YEAR),
    "early_help_families_ending": _families_ending,
    "early_help_episodes_ending": lambda: eh.episodes_ending(ENDS, period=YEAR),
    "early_help_sources": _sources,
    "early_help_step_downs": _step_downs,
    "early_help_outcomes": _outcomes,
    "early_help_needs_met": lambda: eh.needs_met(OUTCOMES, period=YEAR),
    "early_help_step_ups": lambda: eh.step_ups(OUTCOMES, period=YEAR),
    "early_help_days": _days,
    "early_help_days_to_allocation": _days_to_allocation,
    "early_help_days_to_contact": _days_to_contact,
    "early_help_contact_in_time": _contact_in_time,
    "early_help_reopened": _reopened,
    "early_help_not_referred": _not_referred,
}
