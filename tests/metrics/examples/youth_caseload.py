"""The cases of the examples in `youth_caseload.toml`."""

from collections.abc import Callable

import pandas as pd
from one_row import one_row
from youth_cases import APRIL_TO_SEPTEMBER, cases, many

from analysis_lib.metrics import youth_caseload
from analysis_lib.results import Result


def _caseload() -> Result:
    table = cases(
        {"child_id": "a"},
        {"child_id": "a", "intervention_start": "2021-08-01"},
        {"child_id": "b", "intervention_start": "2020-01-01", "intervention_end": "2021-04-01"},
        {"child_id": "c", "intervention_start": "2020-01-01", "intervention_end": "2021-03-31"},
    )
    return youth_caseload.caseload(table, APRIL_TO_SEPTEMBER)


def _on_a_day() -> Result:
    table = cases(
        {"child_id": "a"},
        {"child_id": "a", "intervention_start": "2021-08-01"},
        {"child_id": "b", "intervention_end": "2021-09-30"},
        {"child_id": "c", "intervention_end": "2021-09-29"},
    )
    return youth_caseload.caseload_at(table, census_date=pd.Timestamp("2021-09-30"))


def _rate() -> Result:
    table = cases(*({"child_id": str(number), "age": age} for number, age in enumerate((14, 15, 17, 18))))
    return youth_caseload.caseload_rate(table, period=APRIL_TO_SEPTEMBER, population=15_000)


def _aged_18() -> Result:
    facts = {"age": None, "birth_date": "2003-06-15"}
    table = cases(
        {**facts, "child_id": "a", "intervention_end": "2021-06-14"},
        {**facts, "child_id": "b", "intervention_end": "2021-06-15"},
    )
    return youth_caseload.aged_18_or_over(table, APRIL_TO_SEPTEMBER)


def _boys() -> Result:
    table = cases(*many(girls=(1, {}), boys=(2, {})))
    return one_row(youth_caseload.caseload_by(table, "sex", APRIL_TO_SEPTEMBER), sex="Male")


def _share() -> Result:
    table = cases(*many(girls=(1, {}), boys=(2, {})), {"child_id": "x", "sex": "unknown"})
    return one_row(youth_caseload.caseload_share(table, "sex", APRIL_TO_SEPTEMBER), sex="Female")


SIXTEEN_TO_EIGHTEEN = [{"child_id": name, "age": age} for name, age in (("a", 16), ("b", 17), ("c", 18))]


def _under_18() -> Result:
    return one_row(youth_caseload.under_18_by(cases(*SIXTEEN_TO_EIGHTEEN), APRIL_TO_SEPTEMBER), age_band="17")


def _under_18_share() -> Result:
    return one_row(youth_caseload.under_18_share(cases(*SIXTEEN_TO_EIGHTEEN), APRIL_TO_SEPTEMBER), age_band="17")


def _demographics() -> Result:
    table = cases(*many(girls=(1, {}), girls_of_16=(1, {"age": 16}), boys=(3, {})))
    result = youth_caseload.caseload_demographics(table, APRIL_TO_SEPTEMBER)
    return one_row(result, block="Age", row="16", column="Female")


EXAMPLES: dict[str, Callable[[], Result]] = {
    "yos_caseload": _caseload,
    "yos_caseload_at": _on_a_day,
    "yos_caseload_rate": _rate,
    "yos_caseload_aged_18": _aged_18,
    "yos_caseload_by": _boys,
    "yos_caseload_share": _share,
    "yos_under_18_by": _under_18,
    "yos_under_18_share": _under_18_share,
    "yos_caseload_demographics": _demographics,
}
