"""Assessments and enquiries: how each number names its children. Conferences are those of Annex A list 5."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import assessments_and_enquiries as enquiry
from analysis_lib.results import Result
from analysis_lib.who.measures.asked import Asked, Made, Named, NotNamed


def _of(table: str, function: Callable[..., Result]) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.page[table], period=asked.periods)]


def _on_the_day(function: Callable[..., Result]) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.page["assessments"], census_date=asked.day)]


def _of_conferences(function: Callable[..., Result]) -> Callable[[Asked], Made]:
    return lambda asked: [function(enquiry.conferences_listed(asked.page["section47"]), period=asked.periods)]


def _rate(rate: Callable[..., Result], counted: Callable[[Asked], Made]) -> Callable[[Asked], Made]:
    return lambda asked: [rate(counted(asked)[0], population=asked.people)]


_COMPLETED = _of("assessments", enquiry.assessments_completed)
_ENQUIRIES = _of("section47", enquiry.section_47_enquiries)
_CONFERENCES = _of_conferences(enquiry.initial_conferences)
NAMED: Named = {
    "assessments_completed": _COMPLETED,
    "assessment_rate": _rate(enquiry.assessment_rate, _COMPLETED),
    "assessments_in_45_days": _of("assessments", enquiry.assessments_in_45_days),
    "assessments_by_days": _of("assessments", enquiry.assessments_by_days),
    "assessment_days": _of("assessments", enquiry.assessment_days),
    "assessments_open": _on_the_day(enquiry.assessments_open),
    "assessments_open_over_45_days": _on_the_day(enquiry.assessments_open_over_45_days),
    "assessments_not_requiring_support": _of("assessments", enquiry.assessments_not_requiring_support),
    "assessments_not_requiring_support_unknown": _of("assessments", enquiry.assessments_not_requiring_support_unknown),
    "assessments_child_seen": _of("assessments", enquiry.assessments_child_seen),
    "assessments_child_seen_unknown": _of("assessments", enquiry.assessments_child_seen_unknown),
    "section_47_enquiries": _ENQUIRIES,
    "enquiry_rate": _rate(enquiry.enquiry_rate, _ENQUIRIES),
    "children_with_enquiry": _of("section47", enquiry.children_with_enquiry),
    "enquiries_leading_to_conference": _of("section47", enquiry.enquiries_leading_to_conference),
    "enquiries_leading_unknown": _of("section47", enquiry.enquiries_leading_unknown),
    "initial_conferences": _CONFERENCES,
    "conference_rate": _rate(enquiry.conference_rate, _CONFERENCES),
    "children_with_conference": _of_conferences(enquiry.children_with_conference),
    "conferences_in_15_days": _of_conferences(enquiry.conferences_in_15_days),
    "conferences_in_15_days_unknown": _of_conferences(enquiry.conferences_in_15_days_unknown),
    "conferences_by_days": _of_conferences(enquiry.conferences_by_days),
    "conferences_leading_to_plan": _of_conferences(enquiry.conferences_leading_to_plan),
    "conferences_leading_unknown": _of_conferences(enquiry.conferences_leading_unknown),
}
NOT_NAMED: NotNamed = {}
