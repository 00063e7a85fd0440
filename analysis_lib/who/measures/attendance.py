"""Virtual school, attendance: how each number names its pupils."""

from __future__ import annotations

from analysis_lib.metrics import attendance
from analysis_lib.who.measures.asked import PUBLISHED, Named, NotNamed, of_pupils

NAMED: Named = {
    "attendance_recorded": of_pupils(attendance.attendance_recorded),
    "attendance_bands": of_pupils(attendance.attendance_bands),
    "full_attendance": of_pupils(attendance.full_attendance),
    "persistent_absence": of_pupils(attendance.persistent_absence),
    "severe_absence": of_pupils(attendance.severe_absence),
}
NOT_NAMED: NotNamed = {
    "printed_attendance": PUBLISHED,
    "absence": "it adds up school sessions, not children; ask for attendance_recorded",
}
