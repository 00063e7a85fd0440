"""Challenges that reviewing officers and conference chairs raise: issues resolution."""

from __future__ import annotations

from datetime import date

from analysis_lib.synthetic.calendar import EXTRACT_DAY, LAST_YEAR, add_working_days, written, year_end, year_start
from analysis_lib.synthetic.draws import Draws
from analysis_lib.synthetic.local.figures import CHALLENGES, RESOLVED_IN_TIME
from analysis_lib.synthetic.looked_after_return import CareRecord
from analysis_lib.synthetic.protection import Casework

COLUMNS = [
    "ISSUE", "CHILD", "ISSUE_RAISED_ON", "ISSUE_RAISED_AT", "ISSUE_REASON", "ISSUE_TEAM", "ISSUE_STAGE", "ISSUE_DUE",
    "ISSUE_RESOLVED_ON",
]  # fmt: skip
# Drift or delay led with 65% about children looked after and 51% of all in 2020-21 (reviewing officers' report).
REASONS = {
    "CLA_REVIEW": {"DRIFT": 62, "CARE_PLAN": 10, "VISITS": 5, "REPORT": 7, "PLACEMENT": 4, "EDUCATION": 3, "HEALTH": 3,
                   "CONTACT": 2, "RECORDS": 3, "OTHER": 1},
    "CONFERENCE": {"DRIFT": 22, "CARE_PLAN": 18, "VISITS": 14, "REPORT": 30, "RECORDS": 10, "OTHER": 6},
}  # fmt: skip
DAYS_OF_STAGE = {1: 10, 2: 15, 3: 20, 4: 25}  # working days that each stage has from the day the challenge was raised


def tables(records: list[CareRecord], work: Casework, seed_draws):
    draws = seed_draws("issues resolution")
    in_care = [
        (record.period.start, record.period.end, record.child) for record in records if not record.period.short_break
    ]
    on_plan = [(plan.start, plan.end, plan.child) for plan in work.protection_plans]
    rows: list[list[str]] = []
    for year in range(min(CHALLENGES), LAST_YEAR + 1):
        raised = []
        for raised_at, spells, number in zip(
            ("CLA_REVIEW", "CONFERENCE"), (in_care, on_plan), CHALLENGES[year], strict=True
        ):
            for _ in range(number):
                day = draws.office_day(year_start(year), year_end(year))
                raised.append((day, raised_at, _one_open(spells, day, draws)))
        raised.sort(key=lambda each: (each[0], each[2].identifier))
        in_time = draws.shuffled(range(len(raised)))[: round(RESOLVED_IN_TIME[year] * len(raised))]
        for number, (day, raised_at, child) in enumerate(raised):
            rows.append(
                [
                    f"IR-{year % 100}-{number + 1:03d}", child.identifier, written(day), raised_at,
                    draws.weighted(REASONS[raised_at]), f"Team {draws.integer(1, 16)}",
                    *_course(day, number in in_time, draws),
                ]
            )  # fmt: skip
    yield "issues_resolution", COLUMNS, rows


def _one_open(spells, day: date, draws: Draws):
    while True:
        start, end, child = draws.one_of(spells)
        if start <= day and (end is None or end > day):
            return child


def _course(day: date, in_time: bool, draws: Draws) -> list[str]:
    """Stage reached, day due and day resolved (blank while open, or where the day was not written down)."""
    stage = draws.weighted({1: 62, 2: 27, 3: 9, 4: 2})
    allowed = DAYS_OF_STAGE[stage]
    due = add_working_days(day, allowed)
    resolved = add_working_days(day, draws.integer(2, allowed) if in_time else allowed + draws.integer(1, 30))
    return [str(stage), written(due), written(resolved) if resolved <= EXTRACT_DAY else ""]
