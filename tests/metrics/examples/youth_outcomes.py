"""The cases of the examples in `youth_outcomes.toml`."""

from collections.abc import Callable

import pandas as pd
from one_row import one_row
from youth_cases import cases, intervention

from analysis_lib.metrics import youth_outcomes as outcomes
from analysis_lib.periods import Period
from analysis_lib.results import Result

QUARTER = Period.parse("2021-22-Q1")
YEAR = Period.parse("2021-22")
FIRST_QUARTER = Period.parse("2019-20-Q4")
KNOWN = pd.Timestamp("2021-03-15")
COURT_ORDER = {"type": "Court order"}


def _open() -> Result:
    table = cases(
        intervention("a", "2021-05-01", None, "court order"),
        intervention("a", "2021-05-01", None, "prevention"),
        intervention("b", "2020-05-01", "2021-03-31", "court order"),
    )
    return one_row(outcomes.interventions_open(table, period=QUARTER), **COURT_ORDER)


def _started() -> Result:
    table = cases(
        *(
            intervention(child, day, None, "court order")
            for child, day in (("a", "2021-03-31"), ("b", "2021-04-01"), ("c", "2021-04-01"))
        )
    )
    return one_row(outcomes.interventions_started(table, period=QUARTER), **COURT_ORDER)


def _ended() -> Result:
    table = cases(
        *(
            intervention(child, "2020-01-01", day, "court order")
            for child, day in (("a", "2021-03-31"), ("b", "2021-04-01"), ("c", None))
        )
    )
    return one_row(outcomes.interventions_ended(table, period=QUARTER), **COURT_ORDER)


def _most_serious() -> Result:
    table = cases(
        intervention("a", "2021-05-01", None, "court order"),
        intervention("a", "2021-05-01", None, "prevention"),
        intervention("b", "2021-05-01", None, "prevention"),
    )
    return one_row(outcomes.children_by_most_serious(table, period=QUARTER), **COURT_ORDER)


def _out_of_court() -> Result:
    kinds = ("out of court", "out of court", "court order", "custody", "prevention")
    table = cases(*(intervention(str(number), "2021-05-01", None, kind) for number, kind in enumerate(kinds)))
    return outcomes.out_of_court_share(table, period=QUARTER)


def _custody() -> Result:
    table = cases(*({**intervention(str(age), "2021-05-01", None, "custody"), "age": age} for age in (15, 17, 18)))
    return outcomes.custody_rate(table, period=YEAR, population=10_000)


def _returned() -> Result:
    table = cases(
        intervention("a", "2019-06-01", "2020-01-31"),
        intervention("a", "2021-01-31", None),
        intervention("b", "2019-06-01", "2020-01-31"),
        intervention("b", "2021-02-01", None),
        intervention("c", "2019-06-01", "2020-03-15"),
        intervention("d", "2019-06-01", "2020-03-16"),
    )
    return outcomes.returned(table, period=FIRST_QUARTER, known_until=KNOWN)


def _frequency(measure) -> Result:
    left = [intervention(child, "2019-06-01", "2020-01-31") for child in "abc"]
    new = [intervention("a", "2020-03-01", "2020-04-01"), intervention("a", "2020-06-01", None)]
    table = cases(*left, *new, intervention("b", "2020-12-01", None))
    return measure(table, period=FIRST_QUARTER, known_until=KNOWN)


EXAMPLES: dict[str, Callable[[], Result]] = {
    "yos_interventions_open": _open,
    "yos_interventions_started": _started,
    "yos_interventions_ended": _ended,
    "yos_children_by_most_serious": _most_serious,
    "yos_out_of_court_share": _out_of_court,
    "yos_custody_rate": _custody,
    "yos_returned": _returned,
    "yos_new_interventions_each_returned": lambda: _frequency(outcomes.new_interventions_each_returned),
    "yos_new_interventions_each_left": lambda: _frequency(outcomes.new_interventions_each_left),
}
