"""The cases of the examples in `education_plans.toml`."""

from collections.abc import Callable

from one_row import one_row
from virtual_school_pupils import THIS_YEAR, pupils

from analysis_lib.metrics import education_plans
from analysis_lib.results import Result


def _plans() -> Result:
    table = pupils(*({"pep_autumn": had} for had in (True, True, False, None)))
    return one_row(education_plans.pep_in_place(table, years=THIS_YEAR), term="Autumn")


def _needs() -> Result:
    table = pupils(*({"sen": need} for need in ("E", "K", "N", None)))
    result = education_plans.special_educational_needs(table, years=THIS_YEAR)
    return one_row(result, need="Education, health and care plan")


def _outside() -> Result:
    table = pupils(*({"school_in_authority": inside} for inside in (False, True, None)))
    return education_plans.school_outside(table, years=THIS_YEAR)


EXAMPLES: dict[str, Callable[[], Result]] = {
    "pep_in_place": _plans,
    "special_educational_needs": _needs,
    "school_outside": _outside,
}
