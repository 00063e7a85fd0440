"""The cases of the examples in `exclusions.toml`."""

from collections.abc import Callable

from one_row import one_row
from virtual_school_pupils import THIS_YEAR, permanent, pupils, suspended, the_list

from analysis_lib.metrics import exclusions
from analysis_lib.periods import Period
from analysis_lib.results import Result

AUTUMN = Period.parse("2021-22-Q3")
THREE = the_list(
    suspended("a", "2021-10-04", 1.5, "DB"), suspended("b", "2021-11-22", 3, "DB"), suspended("c", "2021-12-01")
)
YEAR = Period.parse("2021-22")
DECIDED = the_list(
    permanent("a", "2021-10-04", True), permanent("b", "2021-11-22", False), permanent("c", "2022-03-14", None)
)


def _pupils(*suspensions: int | None):
    return pupils(*({"suspensions": number} for number in suspensions))


EXAMPLES: dict[str, Callable[[], Result]] = {
    "suspended_pupils": lambda: exclusions.suspended_pupils(_pupils(3, 0, 0, None), years=THIS_YEAR),
    "suspended_pupils_number": lambda: exclusions.suspended_pupils_number(_pupils(3, 1, 0, 0), years=THIS_YEAR),
    "suspension_rate": lambda: exclusions.suspension_rate(_pupils(3, 1, 0, 0), years=THIS_YEAR),
    "suspensions_each": lambda: exclusions.suspensions_each(_pupils(3, 1, 0, 0), years=THIS_YEAR),
    "suspension_days": lambda: exclusions.suspension_days(
        pupils({"suspensions": 2, "suspension_days": 3.5}, {"suspensions": 1, "suspension_days": 0.5}), years=THIS_YEAR
    ),
    "permanent_exclusions": lambda: exclusions.permanent_exclusions(
        pupils(*({"permanent_exclusion": excluded} for excluded in (True, False, False))), years=THIS_YEAR
    ),
    "permanent_exclusion_rate": lambda: exclusions.permanent_exclusion_rate(
        pupils(*({"permanent_exclusion": excluded} for excluded in (True, False, False, False, None))), years=THIS_YEAR
    ),
    "suspensions": lambda: exclusions.suspensions(
        the_list(suspended("a", "2021-09-30"), suspended("a", "2021-10-01"), suspended("b", "2021-11-22")),
        period=AUTUMN,
    ),
    "children_suspended": lambda: exclusions.children_suspended(
        the_list(suspended("a", "2021-10-01"), suspended("a", "2021-12-01"), suspended("b", "2021-11-22")),
        period=AUTUMN,
    ),
    "days_lost": lambda: exclusions.days_lost(THREE, period=AUTUMN),
    "suspensions_without_days": lambda: exclusions.suspensions_without_days(THREE, period=AUTUMN),
    "suspensions_by_reason": lambda: one_row(
        exclusions.suspensions_by_reason(THREE, period=AUTUMN), reason="Persistent disruptive behaviour"
    ),
    "permanent_exclusions_upheld": lambda: exclusions.permanent_exclusions_upheld(DECIDED, period=YEAR),
    "permanent_exclusions_by_decision": lambda: one_row(
        exclusions.permanent_exclusions_by_decision(DECIDED, period=YEAR), decision="Upheld"
    ),
}
