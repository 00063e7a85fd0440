"""Return home interviews: one row for each time that a child was missing, looked after or not.

Children in the council's care are missing when the SSDA903 says so (absences that were only not agreed are not here); children
at home are among those who were referred, and children whom other councils placed in the town have identifiers of their own.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from analysis_lib.synthetic.calendar import EXTRACT_DAY, LAST_YEAR, age_on, by_year, written, year_code, year_of
from analysis_lib.synthetic.draws import Draws
from analysis_lib.synthetic.local.figures import FIRST_LOCAL_DAY, INTERVIEWS_HELD, INTERVIEWS_OFFERED, MISSING
from analysis_lib.synthetic.looked_after_return import CareRecord
from analysis_lib.synthetic.people import Council
from analysis_lib.synthetic.protection import Casework

COLUMNS = [
    "CHILD", "MISSING_FROM", "RETURNED_ON", "IN_CARE", "PLACED_BY_ANOTHER_COUNCIL", "INTERVIEW_OFFERED",
    "INTERVIEW_OFFERED_ON", "INTERVIEW_ACCEPTED", "INTERVIEW_HELD_ON",
]  # fmt: skip
FIRST_KEY = 300_000  # of children whom other councils placed here
PLACED_HERE = 0.2  # of all times that are not in the SSDA903; our
OFFERED, HELD_OF_OFFERED = 0.93, 0.8  # where `figures` has no number
DAYS_TO_INTERVIEW = {0: 8, 1: 28, 2: 24, 3: 19, 4: 6, 5: 5, 7: 5, 11: 4, 19: 1}  # our


@dataclass
class Spell:
    child: str
    start: date
    end: date | None
    in_care: str
    placed_here: str


def tables(records: list[CareRecord], work: Casework, council: Council, seed_draws):
    draws = seed_draws("return home interviews")
    spells = _in_care(records)
    taken = defaultdict(list)
    for spell in spells:
        taken[spell.child].append(spell)
    others = _Others(records, work, council, taken, draws)
    counted = {year: sum(spell.start.year == year for spell in spells) for year in MISSING}
    for year, number in MISSING.items():
        first, last = max(date(year, 1, 1), FIRST_LOCAL_DAY), min(date(year, 12, 31), EXTRACT_DAY)
        days = sorted(draws.day(first, last) for _ in range(number - counted[year]))
        spells += [others.missing_on(day) for day in days]
    spells.sort(key=lambda spell: (spell.start, spell.child))
    rows = []
    for year in MISSING:
        rows += _interviews([spell for spell in spells if spell.start.year == year], year, draws)
    years = by_year(rows, lambda row: (row[0], row[0]))
    for year in range(year_of(FIRST_LOCAL_DAY), LAST_YEAR + 1):
        yield f"return_home_interviews/{year_code(year)}", COLUMNS, [row for _, row in years[year]]


def _in_care(records: list[CareRecord]) -> list[Spell]:
    return [
        Spell(record.child.identifier, start, end, "Y", "N")
        for record in records
        for start, end, kind in record.missing
        if kind == "M" and start >= FIRST_LOCAL_DAY
    ]


class _Others:
    """Children who are missing from home, or from a home in which another council placed them: some of them often."""

    def __init__(self, records, work: Casework, council: Council, taken, draws: Draws):
        self.council, self.taken, self.draws = council, taken, draws
        self.care: dict[str, list] = defaultdict(list)
        for record in records:
            self.care[record.child.identifier].append((record.period.start, record.period.end))
        self.referred = [referral.child for referral in work.referrals]
        self.recent: list[tuple[date, str, bool]] = []
        self.placed = 0

    def missing_on(self, day: date) -> Spell:
        draws = self.draws
        end = day + timedelta(days=draws.weighted({0: 34, 1: 43, 2: 11, 3: 6, 5: 4, 9: 2}))
        child, placed_here = self._again(day, end) or self._for_the_first_time(day, end)
        in_care = "Y" if placed_here else ("" if draws.chance(0.015) else "N")
        spell = Spell(child, day, end if end <= EXTRACT_DAY else None, in_care, "Y" if placed_here else "N")
        self.taken[child].append(spell)
        self.recent.append((day, child, placed_here))
        return spell

    def _again(self, day: date, end: date) -> tuple[str, bool] | None:
        while self.recent and (day - self.recent[0][0]).days > 120:
            self.recent.pop(0)
        if not self.recent or not self.draws.chance(0.58):
            return None
        for _ in range(20):
            _, child, placed_here = self.draws.one_of(self.recent)
            if self._is_free(child, day, end):
                return child, placed_here
        return None

    def _for_the_first_time(self, day: date, end: date) -> tuple[str, bool]:
        if self.draws.chance(PLACED_HERE):
            self.placed += 1
            return self.council.child(FIRST_KEY + self.placed), True
        while True:
            child = self.draws.one_of(self.referred)
            if 11 <= age_on(child.birth, day) <= 17 and self._is_free(child.identifier, day, end):
                return child.identifier, False

    def _is_free(self, child: str, day: date, end: date) -> bool:
        in_care = any(start <= end and (left is None or left >= day) for start, left in self.care[child])
        missing = any(
            spell.start <= end and (spell.end or EXTRACT_DAY) >= day - timedelta(days=1) for spell in self.taken[child]
        )
        return not in_care and not missing


def _interviews(spells: list[Spell], year: int, draws: Draws) -> list[tuple[date, list[str]]]:
    """Each spell's row: as many interviews offered and held as the year's figure says."""
    came_back = [place for place, spell in enumerate(spells) if spell.end]
    offered = draws.shuffled(came_back)[: INTERVIEWS_OFFERED.get(year, round(OFFERED * len(came_back)))]
    held = set(offered[: INTERVIEWS_HELD.get(year, round(HELD_OF_OFFERED * len(offered)))])
    offers = set(offered)
    made = []
    for place, spell in enumerate(spells):
        row = [spell.child, written(spell.start), written(spell.end), spell.in_care, spell.placed_here]
        made.append((spell.start, row + _interview(spell, place in offers, place in held, draws)))
    return made


def _interview(spell: Spell, is_offered: bool, is_held: bool, draws: Draws) -> list[str]:
    if not is_offered:
        return ["" if spell.end is None or draws.chance(0.12) else "N", "", "", ""]
    offered_on = spell.end + timedelta(days=draws.weighted({0: 40, 1: 45, 2: 12, 4: 3}))
    held_on = max(offered_on, spell.end + timedelta(days=draws.weighted(DAYS_TO_INTERVIEW)))
    if held_on > EXTRACT_DAY:
        is_held, offered_on = False, min(offered_on, EXTRACT_DAY)
    accepted = "Y" if is_held or draws.chance(0.08) else "N"
    return ["Y", written(offered_on), accepted, written(held_on) if is_held else ""]
