"""Reviews of children looked after and child protection conferences, as due and as held.

What was held, and when, is what the SSDA903 and Annex A say: reviews, conferences after an enquiry, and the review
conferences that list 7 has the latest of. Only when each was due, who was seen and what came of it is added.
"""

from __future__ import annotations

from datetime import date, timedelta

from analysis_lib.synthetic.calendar import (
    EXTRACT_DAY,
    FIRST_DAY,
    LAST_YEAR,
    add_months,
    add_working_days,
    by_year,
    written,
    year_code,
    year_of,
)
from analysis_lib.synthetic.draws import Draws
from analysis_lib.synthetic.local.figures import FIRST_LOCAL_DAY, SEEN_BEFORE
from analysis_lib.synthetic.looked_after_return import CareRecord
from analysis_lib.synthetic.protection import Casework, ProtectionPlan

COLUMNS = [
    "CHILD", "MEETING", "MEETING_DUE", "STRATEGY_DISCUSSION_ON", "HELD_ON", "MEETING_PARTICIPATION", "CHILD_SEEN_BEFORE",
    "MEETING_OUTCOME", "MEETING_GRADE",
]  # fmt: skip
# Audited reviews of 2020-21: 15% good, 65% requiring improvement, 20% inadequate (reviewing officers' report).
GRADES = {"2": 15, "3": 65, "4": 20}
AUDITED = 0.06  # our
SET_EARLIER = 0.18  # of review conferences: the conference before had asked for one sooner than the rule does
Meeting = tuple[date, str, list[str]]  # the day in whose year it stands (due or held, whichever came first), child, row


def tables(records: list[CareRecord], work: Casework, seed_draws):
    draws = seed_draws("reviews and conferences")
    meetings = [
        *(each for record in records if not record.period.short_break for each in _reviews(record, draws)),
        *_initial_conferences(work, draws),
        *(each for plan in work.protection_plans for each in _review_conferences(plan, draws)),
    ]
    meetings.sort(key=lambda each: (each[0], each[1], each[2]))
    years = by_year(meetings, lambda each: (each[0], each[0]))
    for year in range(year_of(FIRST_LOCAL_DAY), LAST_YEAR + 1):
        yield f"reviews_and_conferences/{year_code(year)}", COLUMNS, [row for _, _, row in years[year]]


def _meeting(due: date, held: date | None, child: str, row: list[str]) -> Meeting:
    days = sorted((due, held or due))
    day = (
        FIRST_LOCAL_DAY if days[0] < FIRST_LOCAL_DAY <= days[1] else days[0]
    )  # due before the first day, held after it
    return day, child, row


def _grade(held: date | None, draws: Draws) -> str:
    return draws.weighted(GRADES) if held and draws.chance(AUDITED) else ""


def _reviews(record: CareRecord, draws: Draws) -> list[Meeting]:
    """The reviews of one period of care, and the one that was due and had not been held when care ended."""
    period, child = record.period, record.child.identifier
    due = add_working_days(period.start, 20)
    made = []
    for number, (held, participation) in enumerate(record.reviews):
        if number == 0 and period.start < FIRST_DAY:  # when it was due follows from a review that no return has
            due = add_working_days(held, draws.integer(0, 8))
        seen = "Y" if draws.chance(SEEN_BEFORE.get(year_of(held), 0.5)) else "N"
        outcome = "CARE_PLAN_AGREED" if number == 0 or draws.chance(0.8) else "CARE_PLAN_CHANGED"
        row = [
            child, "CLA_REVIEW", written(due), "", written(held), participation, seen, outcome, _grade(held, draws),
        ]  # fmt: skip
        made.append(_meeting(due, held, child, row))
        due = add_months(held, 3 if number == 0 and period.start >= FIRST_DAY else 6)
    known = bool(record.reviews) or period.start >= FIRST_DAY
    if known and due < (period.end or EXTRACT_DAY + timedelta(days=1)):
        made.append(_meeting(due, None, child, [child, "CLA_REVIEW", written(due), "", "", "", "", "", ""]))
    return made


def _initial_conferences(work: Casework, draws: Draws) -> list[Meeting]:
    made = []
    for enquiry in work.enquiries:
        held = enquiry.conference
        if held is None or held > EXTRACT_DAY:
            continue
        due, child = add_working_days(enquiry.day, 15), enquiry.child.identifier
        outcome = "PLAN" if enquiry.led_to_plan else "NO_PLAN"
        row = [
            child, "ICPC", written(due), written(enquiry.day), written(held), "", "", outcome, _grade(held, draws),
        ]  # fmt: skip
        made.append(_meeting(due, held, child, row))
    return made


def _review_conferences(plan: ProtectionPlan, draws: Draws) -> list[Meeting]:
    """The review conferences of a plan, on the days that list 7 gives the latest of."""
    last, child = min(plan.end or EXTRACT_DAY, EXTRACT_DAY), plan.child.identifier
    by_rule = add_months(plan.start, 3)
    held = by_rule - timedelta(days=5)
    made = []
    while held <= last:
        following = add_months(held, 6) - timedelta(days=3)
        due = held - timedelta(days=draws.integer(1, 21)) if draws.chance(SET_EARLIER) else by_rule
        outcome = "PLAN_ENDS" if plan.end and following > plan.end and draws.chance(0.6) else "PLAN_GOES_ON"
        row = [child, "RCPC", written(due), "", written(held), "", "", outcome, _grade(held, draws)]
        made.append(_meeting(due, held, child, row))
        by_rule = add_months(held, 6)
        held = following
    return made
