"""Caseloads at the end of each month: social workers, reviewing officers and personal advisers, by code.

From April 2023 on a social worker holds at least the children looked after whom the SSDA903's social worker episodes give them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from analysis_lib.synthetic.calendar import EXTRACT_DAY, LAST_YEAR, month_end, written, year_code, year_of
from analysis_lib.synthetic.draws import Draws
from analysis_lib.synthetic.local.figures import (
    AGENCY_SHARE,
    FIRST_LOCAL_DAY,
    HELD_BY_REVIEWING_OFFICER,
    HELD_BY_SOCIAL_WORKER,
)
from analysis_lib.synthetic.looked_after_return import CareRecord
from analysis_lib.synthetic.people import Council

COLUMNS = [
    "WORKER", "COUNTED_ON", "WORKER_TEAM", "WORKER_ROLE", "FTE", "CHILDREN_HELD", "AGENCY", "LAST_SUPERVISION_ON",
]  # fmt: skip
SOCIAL_WORKERS = 96  # as many as the SSDA903 gives its first numbers to; those above it come and go with a child
REVIEWING_OFFICERS = 14  # reviewing officers' report 2020/21
PERSONAL_ADVISERS = 9  # Pathways, September 2022
HELD_BY_ADVISER = 21  # our
OF_A_FULL_CASELOAD = {"SOCIAL_WORKER": 1.05, "NEWLY_QUALIFIED": 0.62, "SENIOR": 0.85}


@dataclass(frozen=True)
class Worker:
    code: str
    role: str
    team: str
    fte: float
    level: float  # how much more or less than others of the role they hold
    agency_mark: float  # employed through an agency while that share of all is
    newly_qualified_in: int


def tables(records: list[CareRecord], council: Council, seed_draws):
    draws = seed_draws("caseloads")
    social_workers = [_social_worker(council.social_worker(number + 1), draws) for number in range(SOCIAL_WORKERS)]
    cover = {
        code: _social_worker(code, draws) for code in (council.social_worker(number) for number in range(101, 141))
    }
    others = [
        *(_other(f"RO{number + 1:03d}", "REVIEWING_OFFICER", draws) for number in range(REVIEWING_OFFICERS)),
        *(_other(f"PA{number + 1:03d}", "PERSONAL_ADVISER", draws) for number in range(PERSONAL_ADVISERS)),
    ]
    spells = _spells(records)
    rows: dict[int, list[list[str]]] = {year: [] for year in range(year_of(FIRST_LOCAL_DAY), LAST_YEAR + 1)}
    day = month_end(FIRST_LOCAL_DAY)
    while day <= EXTRACT_DAY:
        with_worker = Counter(worker for worker, start, end in spells if start <= day < end)
        now = [*social_workers, *(cover[code] for code in sorted(cover) if with_worker[code]), *others]
        rows[year_of(day)] += [_row(worker, day, with_worker[worker.code], draws) for worker in now]
        day = month_end(day + timedelta(days=1))
    for year, of_year in rows.items():
        yield f"caseloads/{year_code(year)}", COLUMNS, of_year


def _spells(records: list[CareRecord]) -> list[tuple[str, date, date]]:
    """(worker, first day, day after the last) of each child in care."""
    never = EXTRACT_DAY + timedelta(days=1)
    return [
        (worker, start, min(end or never, record.period.end or never))
        for record in records
        for start, end, worker, _ in record.workers
    ]


def _social_worker(code: str, draws: Draws) -> Worker:
    return Worker(
        code,
        "SENIOR" if draws.chance(0.13) else "SOCIAL_WORKER",
        f"Team {draws.integer(1, 16)}",
        _fte(draws),
        draws.normal(0, 0.1),
        draws.uniform(),
        draws.integer(2016, 2040),
    )


def _other(code: str, role: str, draws: Draws) -> Worker:
    team = {"REVIEWING_OFFICER": "Reviewing", "PERSONAL_ADVISER": "Leaving care"}[role]
    return Worker(code, role, team, _fte(draws), draws.normal(0, 0.08), 1.0, 0)


def _fte(draws: Draws) -> float:
    return draws.weighted({1.0: 80, 0.8: 10, 0.6: 6, 0.5: 4})


def _row(worker: Worker, day: date, looked_after: int, draws: Draws) -> list[str]:
    year, role = year_of(day), worker.role
    if role == "SOCIAL_WORKER" and worker.newly_qualified_in == year:
        role = "NEWLY_QUALIFIED"
    usual = {
        "REVIEWING_OFFICER": HELD_BY_REVIEWING_OFFICER[year], "PERSONAL_ADVISER": HELD_BY_ADVISER,
    }.get(role, HELD_BY_SOCIAL_WORKER[year] * OF_A_FULL_CASELOAD.get(role, 1))  # fmt: skip
    held = round(usual * worker.fte * (1 + worker.level + draws.normal(0, 0.08)))
    return [
        worker.code, written(day), worker.team, role, f"{worker.fte:g}", str(max(held, looked_after, 0)),
        "Y" if worker.agency_mark < AGENCY_SHARE[year] else "N", _supervised(day, draws),
    ]  # fmt: skip


def _supervised(day: date, draws: Draws) -> str:
    """The day of the last supervision: within the month for 94 in a hundred (Corporate Parenting Board, September 2021)."""
    if draws.chance(0.01):
        return ""  # not written down
    if draws.chance(0.95):
        return written(draws.office_day(day.replace(day=1), day))
    return written(day - timedelta(days=draws.integer(32, 75)))
