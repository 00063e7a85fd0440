"""Virtual school: how each number names its pupils."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import virtual_school as school
from analysis_lib.who.measures.asked import PUBLISHED, Asked, Made, Named, NotNamed


def _school(function) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.page["pupils"], years=asked.years)]


def _attainment(stage: school.KeyStage) -> Callable[[Asked], Made]:
    return lambda asked: [school.attainment(asked.page["pupils"], stage, years=asked.years)]


NAMED: Named = {
    "pupils_at_key_stage_end": _school(school.pupils_at_key_stage_end),
    "pupils_not_assessed": _school(school.pupils_not_assessed),
    **{stage.measure: _attainment(stage) for stage in school.KEY_STAGES},
    "teacher_assessed_standard": _school(school.teacher_assessment),
    "attainment_8": _school(school.attainment_8),
    "key_standards": _school(school.key_standards),
    "attendance_recorded": _school(school.attendance_recorded),
    "attendance_bands": _school(school.attendance_bands),
    "full_attendance": _school(school.full_attendance),
    "persistent_absence": _school(school.persistent_absence),
    "severe_absence": _school(school.severe_absence),
    "suspended_pupils": _school(school.suspended_pupils),
    "suspended_pupils_number": _school(school.suspended_pupils_number),
    "suspension_days": _school(school.suspension_days),
    "permanent_exclusions": _school(school.permanent_exclusions),
    "pep_in_place": _school(school.pep_in_place),
    "special_educational_needs": _school(school.special_educational_needs),
    "school_outside": _school(school.school_outside),
    "pupils_moving_on": _school(school.pupils_moving_on),
    "left_care_before_move": _school(school.left_care_before_move),
    "next_school_in_authority": _school(school.next_school_in_authority),
    "moving_on_with_needs": _school(school.moving_on_with_needs),
    "post16_offers": _school(school.post16_offers),
    "post16_activity": _school(school.post16_activity),
}
NOT_NAMED: NotNamed = {
    **dict.fromkeys(("printed_attendance", "printed_days_lost", "printed_offers"), PUBLISHED),
    "absence": "it adds up school sessions, not children; ask for attendance_recorded",
}
