"""The cases of the examples in `attendance.toml`."""

from collections.abc import Callable

from one_row import one_row
from virtual_school_pupils import THIS_YEAR, attended, pupils, terms

from analysis_lib.metrics import attendance
from analysis_lib.results import Result

AUTUMN, SPRING = "AUTUMN", "SPRING"


def _absence() -> Result:
    table = pupils(*[attended(300, 10)] * 9, attended(300, 200, 10))
    return one_row(attendance.absence(table, years=THIS_YEAR), kind="Overall")


def _absence_by_term() -> Result:
    rows = terms(*((number, AUTUMN, 140, 4, 3) for number in range(10)))
    return one_row(attendance.absence_by_term(rows, pupils(*[{}] * 10), years=THIS_YEAR), terms="Autumn term")


def _persistent_by_term() -> Result:
    rows = terms((0, AUTUMN, 140, 5, 0), (0, SPRING, 120, 0, 40), (1, AUTUMN, 140, 0, 0))
    result = attendance.persistent_absence_by_term(rows, pupils({}, {}), years=THIS_YEAR)
    return one_row(result, terms="Autumn and spring terms")


def _severe_by_term() -> Result:
    rows = terms((0, AUTUMN, 140, 69, 0), (1, AUTUMN, 140, 0, 70))
    return one_row(attendance.severe_absence_by_term(rows, pupils({}, {}), years=THIS_YEAR), terms="Autumn term")


def _recorded() -> Result:
    return attendance.attendance_recorded(pupils(*[attended(380)] * 3, {}), years=THIS_YEAR)


def _bands() -> Result:
    table = pupils(attended(400, 20), attended(400, 20), attended(400, 21), attended(400, 41))
    return one_row(attendance.attendance_bands(table, years=THIS_YEAR), band="95% or more")


def _full() -> Result:
    return attendance.full_attendance(pupils(attended(380), *[attended(380, 1)] * 3), years=THIS_YEAR)


def _persistent() -> Result:
    table = pupils(attended(400, 39), attended(400, 40), attended(400, 200))
    return attendance.persistent_absence(table, years=THIS_YEAR)


def _severe() -> Result:
    table = pupils(attended(400, 39), attended(400, 199), attended(400, 200))
    return attendance.severe_absence(table, years=THIS_YEAR)


EXAMPLES: dict[str, Callable[[], Result]] = {
    "absence": _absence,
    "absence_by_term": _absence_by_term,
    "attendance_recorded": _recorded,
    "attendance_bands": _bands,
    "full_attendance": _full,
    "persistent_absence": _persistent,
    "persistent_absence_by_term": _persistent_by_term,
    "severe_absence": _severe,
    "severe_absence_by_term": _severe_by_term,
}
