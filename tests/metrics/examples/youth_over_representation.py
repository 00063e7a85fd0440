"""The cases of the examples in `youth_over_representation.toml`."""

from collections.abc import Callable

import pandas as pd
from one_row import one_row
from youth_cases import APRIL_TO_SEPTEMBER, HERE, cases, many

from analysis_lib.metrics import youth_caseload
from analysis_lib.metrics import youth_over_representation as over_representation
from analysis_lib.results import Result


def _population_share() -> Result:
    people = pd.DataFrame({"sex": ["female", "male"], "age": ["15", "15"], "population": [4_900, 5_100]})
    return over_representation.population_share(people, "sex", period=APRIL_TO_SEPTEMBER, source="ONS")


def _shares(girls: int, boys: int, unknown: int) -> Result:
    nobody_knows = [{"child_id": f"x{number}", "sex": "unknown"} for number in range(unknown)]
    table = cases(*many(girls=(girls, {}), boys=(boys, {})), *nobody_knows)
    return youth_caseload.caseload_share(table, "sex", APRIL_TO_SEPTEMBER)


def _reference() -> Result:
    pupils = pd.DataFrame({"ethnic_group": ["White", "Asian"], "population": [900, 100], "source": "School census"})
    return over_representation.ethnicity_reference_share(pupils, period=APRIL_TO_SEPTEMBER)


def _looked_after() -> Result:
    ids = [f"c{number}" for number in range(200)]
    children = pd.DataFrame({"child_id": ids, "birth_date": pd.Timestamp("2007-01-01")})
    care = pd.DataFrame({"child_id": ids, "care_start": pd.Timestamp("2020-01-01"), "care_end": pd.NaT})
    table = cases(*many(boys_in_care=(10, {"looked_after": True}), boys=(49, {})))
    people = pd.DataFrame({"area_code": [HERE.code], "population": [10_000]})
    return over_representation.looked_after_relative_rate(
        table, children, care, people, area=HERE, period=APRIL_TO_SEPTEMBER
    )


EXAMPLES: dict[str, Callable[[], Result]] = {
    "yos_population_share": lambda: one_row(_population_share(), sex="Female"),
    "yos_ethnicity_reference": lambda: one_row(_reference(), ethnic_group="Asian"),
    "yos_percentage_point_gap": lambda: one_row(
        over_representation.percentage_point_gap(_shares(10, 30, 1), _population_share()), sex="Female"
    ),
    "yos_relative_rate": lambda: one_row(
        over_representation.relative_rate(_shares(10, 30, 0), _population_share(), compared_with="Female"), sex="Male"
    ),
    "yos_looked_after_relative_rate": _looked_after,
}
