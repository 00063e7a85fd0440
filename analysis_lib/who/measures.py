"""Which measures can name their children, each by the functions that the pages count with.

An entry says how to make the results of a measure for what was asked. The children that it names are those which the measure's
own function counted (`metrics.members`); nothing here selects a child.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis_lib.metrics import (
    adoption,
    adoption_curves,
    attainment,
    attendance,
    education_plans,
    exclusions,
    moving_on,
    pupils,
    youth_caseload,
)
from analysis_lib.metrics import child_protection as protection
from analysis_lib.metrics import children_in_need as need
from analysis_lib.metrics import looked_after as care
from analysis_lib.metrics.facts import SERVICE_AREAS, measures
from analysis_lib.page import Page
from analysis_lib.pages.adoption.figures import AdoptionFigures
from analysis_lib.pages.demand.figures import DemandFigures
from analysis_lib.periods import Period
from analysis_lib.results import Measure, Result


@dataclass(frozen=True)
class Asked:
    """What was asked for: the data as known on the last day of `page.period`, and the `period` that flows are counted over."""

    page: Page
    period: Period

    @property
    def day(self) -> pd.Timestamp:
        return self.page.period.end

    @cached_property
    def periods(self) -> list[Period]:
        """The period itself and the financial year up to its last day, which pages show."""
        to_date = self.period.year_to_date
        same = (to_date.start, to_date.end) == (self.period.start, self.period.end)
        return [self.period] if same else [self.period, to_date]

    @property
    def people(self) -> int | None:
        """The children aged 0 to 17 that rates divide by."""
        return DemandFigures(self.page).number_of_people

    @cached_property
    def adoption(self) -> AdoptionFigures:
        return AdoptionFigures(self.page)

    @cached_property
    def years(self) -> list[Period]:
        return pupils.academic_years(self.page["pupils"], self.page.period.last_complete_academic_year)


Made = list[Result]
FLOWS_OF_CARE = ("care_starts", "care_ceases", "starts_per_cease", "children_starting", "children_ceasing")
STATISTICS = ("mean", "median")


def _looked_after(asked: Asked) -> Result:
    return care.looked_after_at(asked.page["care_periods"], census_date=asked.day)


def _on_protection_plan(asked: Asked) -> Result:
    return protection.on_protection_plan_at(asked.page["cp_plans"], census_date=asked.day)


def _on_need_plan(asked: Asked) -> Result:
    page = asked.page
    return need.on_need_plan_at(page["cin_plans"], page["cp_plans"], page["care_periods"], census_date=asked.day)


def _flow_of_care(place: int) -> Callable[[Asked], Made]:
    return lambda asked: [care.flows_in_and_out(asked.page["care_periods"], period=asked.periods)[place]]


def _flow_of_plans(place: int) -> Callable[[Asked], Made]:
    return lambda asked: [protection.plans_started_and_ended(asked.page["cp_plans"], period=asked.periods)[place]]


def _by_span(function, journeys: str = "journeys") -> Callable[[Asked], Made]:
    return lambda asked: [function(getattr(asked.adoption, journeys), asked.adoption.spans, asked.adoption.since)]


def _days(function, journeys: str = "journeys") -> Callable[[Asked], Made]:
    # The mean and the median rest on the same children.
    return lambda asked: [function(getattr(asked.adoption, journeys), asked.adoption.spans)]


def _in_time(include_waiting: bool) -> Callable[[Asked], Made]:
    return lambda asked: [
        adoption.moved_in_in_time_a3(
            asked.adoption.journeys, asked.adoption.spans, include_waiting=include_waiting, threshold_months=14
        )
    ]


def _stage_days(cohort: str) -> Callable[[Asked], Made]:
    return lambda asked: [
        adoption.days_by_stage(
            asked.adoption.full_journeys, period=asked.adoption.three_years, statistic="median", cohort=cohort
        )
    ]


def _school(function) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.page["pupils"], years=asked.years)]


def _attainment(stage: attainment.KeyStage) -> Callable[[Asked], Made]:
    return lambda asked: [attainment.by_standard(asked.page["pupils"], stage, years=asked.years)]


def _caseload_by(function) -> Callable[[Asked], Made]:
    return lambda asked: [
        function(asked.page["youth_offending_cases"], by, *asked.periods) for by in youth_caseload.CATEGORIES
    ]


def _each_period(function) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.page["youth_offending_cases"], each) for each in asked.periods]


NAMED: Mapping[str, Callable[[Asked], Made]] = {
    "looked_after": lambda asked: [_looked_after(asked)],
    "looked_after_rate": lambda asked: [care.looked_after_rate(_looked_after(asked), population=asked.people)],
    "uasc_share": lambda asked: [
        care.uasc_share(asked.page["care_periods"], asked.page["children"], census_date=asked.day)
    ],
    **{name: _flow_of_care(place) for place, name in enumerate(FLOWS_OF_CARE)},
    "on_protection_plan": lambda asked: [_on_protection_plan(asked)],
    "protection_plan_rate": lambda asked: [
        protection.protection_plan_rate(_on_protection_plan(asked), population=asked.people)
    ],
    "protection_plan_starts": _flow_of_plans(0),
    "protection_plan_ends": _flow_of_plans(1),
    "on_need_plan": lambda asked: [_on_need_plan(asked)],
    "need_plan_rate": lambda asked: [need.need_plan_rate(_on_need_plan(asked), population=asked.people)],
    "children_adopted": _by_span(adoption.children_adopted),
    "placement_orders": _by_span(adoption.placement_orders_granted),
    "adoption_decisions": _by_span(adoption.adoption_decisions, "decided_journeys"),
    "children_waiting": lambda asked: [
        adoption.children_waiting(asked.adoption.decided_journeys, census_date=asked.day),
        adoption.children_waiting_by_stage(asked.adoption.decided_journeys, census_date=asked.day),
    ],
    "days_waited_so_far": lambda asked: [adoption.days_waited_so_far(asked.adoption.decided_journeys, census_date=asked.day)],
    "a1_days": _days(adoption.days_to_moving_in_a1),
    "a10_days": _days(adoption.days_to_moving_in_a10),
    "a2_days": _days(adoption.days_from_order_to_match_a2, "matched_journeys"),
    "a3_percent": _in_time(include_waiting=False),
    "a3_with_waiting_percent": _in_time(include_waiting=True),
    "stage_days": _stage_days("adopted"),
    "stage_days_completed": _stage_days("completed"),
    "children_followed": lambda asked: [
        adoption_curves.children_followed(asked.adoption.followed, when=asked.adoption.orders_in),
        adoption_curves.outcomes_so_far(asked.adoption.followed, when=asked.adoption.orders_in),
    ],
    "journeys_audited": lambda asked: [
        adoption.dates_audited(asked.adoption.full_journeys, period=asked.adoption.orders_in),
        adoption.records_audited(asked.adoption.full_journeys, period=asked.adoption.orders_in),
    ],
    "adopted_percent": lambda asked: [
        adoption.adopted_share_of_leavers(asked.page["care_periods"], asked.adoption.years)
    ],
    "pupils_at_key_stage_end": _school(attainment.pupils_at_key_stage_end),
    "pupils_not_assessed": _school(attainment.pupils_not_assessed),
    **{stage.measure: _attainment(stage) for stage in attainment.KEY_STAGES},
    "teacher_assessed_standard": _school(attainment.teacher_assessment),
    "attainment_8": _school(attainment.attainment_8),
    "key_standards": _school(attainment.key_standards),
    "attendance_recorded": _school(attendance.attendance_recorded),
    "attendance_bands": _school(attendance.attendance_bands),
    "full_attendance": _school(attendance.full_attendance),
    "persistent_absence": _school(attendance.persistent_absence),
    "severe_absence": _school(attendance.severe_absence),
    "suspended_pupils": _school(exclusions.suspended_pupils),
    "suspended_pupils_number": _school(exclusions.suspended_pupils_number),
    "suspension_days": _school(exclusions.suspension_days),
    "permanent_exclusions": _school(exclusions.permanent_exclusions),
    "pep_in_place": _school(education_plans.pep_in_place),
    "special_educational_needs": _school(education_plans.special_educational_needs),
    "school_outside": _school(education_plans.school_outside),
    "pupils_moving_on": _school(moving_on.pupils_moving_on),
    "left_care_before_move": _school(moving_on.left_care_before_move),
    "next_school_in_authority": _school(moving_on.next_school_in_authority),
    "moving_on_with_needs": _school(moving_on.moving_on_with_needs),
    "post16_offers": _school(moving_on.post16_offers),
    "post16_activity": _school(moving_on.post16_activity),
    "yos_caseload": _each_period(youth_caseload.caseload),
    "yos_caseload_by": _caseload_by(youth_caseload.caseload_by),
    "yos_caseload_share": _caseload_by(youth_caseload.caseload_share),
    "yos_caseload_aged_18": _each_period(youth_caseload.aged_18_or_over),
    "yos_caseload_demographics": _each_period(youth_caseload.caseload_demographics),
}  # fmt: skip
_PUBLISHED = "it is published by others, who do not say which children it counts"
_COMPARISON = "it compares a number of children with a population; ask for {instead}"
_CURVE = "it is read from a curve over all children followed; ask for children_followed"
NOT_NAMED: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "dfe_looked_after", "dfe_looked_after_rate", "dfe_protection_plans", "dfe_protection_plan_rate", "dfe_in_need",
            "dfe_in_need_rate", "threshold_days", "stage_months", "order_to_adoption_days", "adoption_placements",
            "printed_attendance", "printed_days_lost", "printed_offers", "yos_population_share", "yos_ethnicity_reference",
            "yj_fte_rate", "yj_cautioned_sentenced_rate",
        ),
        _PUBLISHED,
    ),
    **dict.fromkeys(("moved_in_percent", "not_moved_in_percent", "days_until_moved_in"), _CURVE),
    "absence": "it adds up school sessions, not children; ask for attendance_recorded",
    **dict.fromkeys(
        ("yos_percentage_point_gap", "yos_relative_rate", "yos_looked_after_relative_rate"),
        _COMPARISON.format(instead="yos_caseload_by"),
    ),
}  # fmt: skip


def every_measure() -> dict[str, Measure]:
    """Every measure of the project by name, in the order of the methodology."""
    return {name: measure for area in SERVICE_AREAS for name, measure in measures(area).items()}
