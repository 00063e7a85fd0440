"""Virtual school, attendance: how each number names its pupils."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import attendance
from analysis_lib.results import Result
from analysis_lib.who.measures.asked import PUBLISHED, Asked, Made, Named, NotNamed, of_pupils


def _by_term(measure: Callable[..., Result]) -> Callable[[Asked], Made]:
    return lambda asked: [measure(asked.page["attendance"], asked.page["pupils"], years=asked.years)]


NAMED: Named = {
    "attendance_recorded": of_pupils(attendance.attendance_recorded),
    "attendance_bands": of_pupils(attendance.attendance_bands),
    "full_attendance": of_pupils(attendance.full_attendance),
    "persistent_absence": of_pupils(attendance.persistent_absence),
    "severe_absence": of_pupils(attendance.severe_absence),
    "persistent_absence_by_term": _by_term(attendance.persistent_absence_by_term),
    "severe_absence_by_term": _by_term(attendance.severe_absence_by_term),
}
NOT_NAMED: NotNamed = {
    "printed_attendance": PUBLISHED,
    **dict.fromkeys(
        ("absence", "absence_by_term"), "it adds up school sessions, not children; ask for attendance_recorded"
    ),
}
