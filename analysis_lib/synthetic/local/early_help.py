"""Early help: children of families with whom the council's teams or partners work, below the level of social care.

Some come from a child in need plan that ended (step-down), some go on to a referral (step-up), some families come back; most
are known to no other return. Nobody is looked after or on a plan while in early help.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from analysis_lib.synthetic.calendar import EXTRACT_DAY, LAST_YEAR, birthday, by_year, written, year_code, year_of
from analysis_lib.synthetic.draws import Draws
from analysis_lib.synthetic.flows import Segment, plan
from analysis_lib.synthetic.local.figures import (
    FIRST_LOCAL_DAY,
    LED_BY_COUNCIL,
    LED_BY_PARTNERS,
    NEEDS_MET,
    STARTED_WITH_COUNCIL,
    STARTED_WITH_PARTNERS,
    STEPPED_DOWN,
    WARDS,
)
from analysis_lib.synthetic.looked_after_return import CareRecord
from analysis_lib.synthetic.people import Child, Council, new_ethnicity, new_sex
from analysis_lib.synthetic.protection import Casework

COLUMNS = [
    "CHILD", "FAMILY", "SEX", "DATE_OF_BIRTH", "ETHNICITY", "WARD", "CAME_FROM", "LEAD", "EARLY_HELP_TEAM", "LEVEL",
    "EARLY_HELP_START", "ALLOCATED_ON", "FIRST_CONTACT_ON", "EARLY_HELP_END", "EARLY_HELP_OUTCOME", "PLAN_IN_PLACE",
]  # fmt: skip
FIRST_KEY = 200_000  # of children whom no other return knows
CAME_FROM = {
    "SCHOOL": 38, "HEALTH": 20, "OTHER_COUNCIL": 13, "SELF": 11, "POLICE": 9, "HOUSING": 3, "OTHER": 6,
}  # fmt: skip
TEAMS = {"Family casework": 38, "Family partnership": 34, "School readiness": 20, "Work readiness": 8}
USUAL_DAYS = {"COUNCIL": 172, "PARTNER": 330}  # our: half of the cases are meant to be shorter
CAME_BACK = 0.11  # of families that start: theirs ended in the year before; our
GOES_ON = 0.08  # of families that start: they will be referred to social care; our
_OPENING_DAY = date(2016, 3, 31)


@dataclass
class Case:
    """One child's spell of early help; brothers and sisters who start together share `family` and what is said of it."""

    child: Child
    family: str
    ward: str
    lead: str
    came_from: str
    team: str
    level: int
    start: date
    meant_to_end: date
    must_end: date | None
    allocated: date | None = None
    contact: date | None = None
    end: date | None = None
    outcome: str = ""


def tables(records: list[CareRecord], work: Casework, council: Council, seed_draws):
    families = _Families(records, work, council, seed_draws("early help families"))
    cases = [
        *_cases("COUNCIL", LED_BY_COUNCIL, STARTED_WITH_COUNCIL, families, seed_draws),
        *_cases("PARTNER", LED_BY_PARTNERS, STARTED_WITH_PARTNERS, families, seed_draws),
    ]
    cases.sort(key=lambda case: (case.start, case.family, case.child.key))
    draws = seed_draws("early help records")
    plans: dict[tuple[str, date], str] = {}
    rows = []
    for case in cases:
        together = (case.family, case.start)
        if together not in plans:
            settled = ((case.end or EXTRACT_DAY) - case.start).days > 45
            plans[together] = "Y" if settled and draws.chance(0.9) else "N"
        if case.end is None or case.end >= FIRST_LOCAL_DAY:
            rows.append((case, _row(case, plans[together])))
    years = by_year(rows, lambda each: (max(each[0].start, FIRST_LOCAL_DAY),) * 2)
    for year in range(year_of(FIRST_LOCAL_DAY), LAST_YEAR + 1):
        yield f"early_help/{year_code(year)}", COLUMNS, [row for _, row in years[year]]


def _row(case: Case, has_plan: str) -> list[str]:
    child = case.child
    return [
        child.identifier, case.family, child.sex, written(child.birth), child.ethnicity, case.ward, case.came_from, case.lead,
        case.team, str(case.level), written(case.start), written(case.allocated), written(case.contact), written(case.end),
        case.outcome, has_plan,
    ]  # fmt: skip


class _Families:
    """Who may start early help on a day: stepped down, on the way to a referral, coming back, or not known before."""

    def __init__(self, records, work: Casework, council: Council, draws: Draws):
        self.council, self.draws = council, draws
        self.key, self.number = FIRST_KEY, 0
        self.elsewhere: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
        for record in records:
            self.elsewhere[record.child.key].append((record.period.start, record.period.end))
        for opened in (*work.protection_plans, *work.in_need_plans):
            self.elsewhere[opened.child.key].append((opened.start, opened.end))
        self.names: dict[int, str] = {}
        self.wards: dict[str, str] = {}
        self.busy: dict[int, date] = {}
        self.stepped_down: dict[date, list[list[Child]]] = defaultdict(list)
        together: dict[tuple[date, int], list[Child]] = defaultdict(list)
        for opened in work.in_need_plans:
            if opened.end and opened.reason == "RC7":
                together[(opened.end, opened.child.family)].append(opened.child)
        for (day, _), children in together.items():
            self.stepped_down[day + timedelta(days=draws.integer(0, 7))].append(children)
        self.referrals: list[tuple[date, list[Child]]] = []
        referred: dict[tuple[date, int], list[Child]] = defaultdict(list)
        for referral in work.referrals:
            if not referral.looked_after_next:
                referred[(referral.day, referral.child.family)].append(referral.child)
        self.referrals = [(day, children) for (day, _), children in referred.items()]

    def name(self, child: Child) -> str:
        if child.family not in self.names:
            self.number += 1
            self.names[child.family] = f"EH{self.number:05d}"
            self.wards[self.names[child.family]] = self.draws.weighted(WARDS)
        return self.names[child.family]

    def is_free(self, child: Child, day: date) -> bool:
        """Not in care, not on a plan, not in early help, born, and a child for some months to come."""
        if self.busy.get(child.key, date.min) > day or not child.birth <= day:
            return False
        if birthday(child.birth, 18) < day + timedelta(days=90):
            return False
        return not any(start <= day and (end is None or end >= day) for start, end in self.elsewhere.get(child.key, ()))

    def next_elsewhere(self, child: Child, day: date) -> date | None:
        return min((start for start, _ in self.elsewhere.get(child.key, ()) if start > day), default=None)

    def new(self, day: date) -> list[Child]:
        draws, size = self.draws, self.draws.weighted({1: 50, 2: 28, 3: 15, 4: 7})
        family, ethnicity = -self.key, new_ethnicity(self.draws)
        eldest = draws.uniform(*draws.weighted({(0.2, 3): 14, (3, 5): 14, (5, 11): 40, (11, 16.5): 32}))
        children = []
        for place in range(size):
            age = max(0.1, eldest - 2.4 * place) if eldest > 2.4 * place else min(17.0, eldest + 1.5 * place)
            self.key += 1
            birth = day - timedelta(days=int(age * 365.25) + place)
            children.append(Child(self.key, new_sex(draws, 0.52), birth, ethnicity, family, council=self.council))
        return children

    def before_a_referral(self, day: date) -> tuple[list[Child], date] | None:
        """A family that will be referred within the year, and the day of it."""
        for _ in range(30):
            referred, children = self.draws.one_of(self.referrals)
            if 40 <= (referred - day).days <= 330 and all(self.is_free(child, day) for child in children):
                return children, referred
        return None


def _cases(lead: str, stocks, starts, families: _Families, seed_draws) -> list[Case]:
    """The cases of one lead: segment by segment, so that the number open hits every figure."""
    draws = seed_draws(f"early help led by {lead.lower()}")
    segments = plan(stocks, starts, seed_draws(f"early help flows, {lead.lower()}"), wobble=20)
    made: list[Case] = []
    open_cases = _Open()
    ended: list[list[Case]] = []

    def start(children: list[Child], day: date, came_from: str, must_end: date | None = None) -> None:
        together = _together(children, day, lead, came_from, must_end, families, draws)
        made.extend(together)
        for case in together:
            families.busy[case.child.key] = date.max
            open_cases.add(case)

    room = stocks[_OPENING_DAY]
    while room > 0:
        day = _OPENING_DAY - timedelta(days=min(700, int(draws.lognormal(120, 0.8))))
        children = families.new(day)[:room]
        start(children, day, draws.weighted(CAME_FROM))
        room -= len(children)
    for segment in segments:
        left = segment.starts
        if lead == "COUNCIL":
            for step in range(segment.days):
                day = segment.first + timedelta(days=step)
                for family in families.stepped_down.get(day, ()):
                    children = [child for child in family if families.is_free(child, day)]
                    if children and left >= len(children) and draws.chance(STEPPED_DOWN):
                        start(children, day, "STEP_DOWN")
                        left -= len(children)
        while left > 0:
            day = draws.office_day(segment.first, segment.last)
            children, must_end = _one_family(day, ended, families, draws)
            children = children[:left]
            start(children, day, draws.weighted(CAME_FROM), must_end)
            left -= len(children)
        for family in open_cases.close(segment, draws):
            for case in family:
                families.busy[case.child.key] = case.end + timedelta(days=1)
            ended.append(family)
    return made


def _one_family(day: date, ended, families: _Families, draws: Draws) -> tuple[list[Child], date | None]:
    mark = draws.uniform()
    if mark < GOES_ON:
        found = families.before_a_referral(day)
        if found:
            return found
    elif mark < GOES_ON + CAME_BACK and ended:
        for _ in range(30):
            family = ended[len(ended) - 1 - int(draws.uniform() * min(len(ended), 700))]
            apart = (day - family[0].end).days
            if 15 <= apart <= 420 and all(families.is_free(case.child, day) for case in family):
                return [case.child for case in family], None
    return families.new(day), None


def _together(
    children, day: date, lead: str, came_from: str, must_end, families: _Families, draws: Draws
) -> list[Case]:
    """The cases of brothers and sisters who start together."""
    name = families.name(children[0])
    meant = day + timedelta(days=max(20, int(draws.lognormal(USUAL_DAYS[lead], 0.55))))
    team = draws.weighted(TEAMS) if lead == "COUNCIL" else ""
    level = 3 if came_from == "STEP_DOWN" or draws.chance(0.72 if lead == "COUNCIL" else 0.12) else 2
    allocated = contact = None
    if draws.chance(0.97 if lead == "COUNCIL" else 0.55):
        allocated = day + timedelta(days=draws.weighted({0: 22, 1: 26, 2: 16, 3: 10, 5: 9, 7: 8, 10: 5, 16: 4}))
        if draws.chance(0.95):
            contact = allocated + timedelta(days=draws.weighted({0: 14, 1: 30, 2: 25, 3: 16, 4: 5, 6: 5, 9: 3, 15: 2}))
    cases = []
    for child in children:
        later = families.next_elsewhere(child, day)
        last = min([each for each in (must_end, later) if each], default=None)
        cases.append(
            Case(
                child, name, families.wards[name], lead, came_from, team, level, day,
                min(meant, birthday(child.birth, 18)), last, allocated, contact,
            )
        )  # fmt: skip
    return cases


class _Open:
    """Open cases by the day they are meant to end and the day they must."""

    def __init__(self):
        self.heap: list = []
        self.forced: dict[date, list[Case]] = defaultdict(list)
        self.count = 0

    def add(self, case: Case) -> None:
        self.count += 1
        heapq.heappush(self.heap, (case.meant_to_end, self.count, case))
        if case.must_end:
            self.forced[case.must_end].append(case)

    def close(self, segment: Segment, draws: Draws) -> list[list[Case]]:
        """End as many cases as the segment has ends; brothers and sisters who end in it end on one day, with one outcome."""
        closed: list[Case] = []
        for step in range(segment.days):
            day = segment.first + timedelta(days=step)
            for case in self.forced.pop(day, ()):
                if case.end is None:
                    case.end, case.outcome = day, "STEP_UP"
                    closed.append(case)
        days = [draws.office_day(segment.first, segment.last) for _ in range(segment.ends - len(closed))]
        for day in sorted(days):
            aside = []
            while True:
                entry = heapq.heappop(self.heap)
                case = entry[2]
                if case.end is not None:
                    continue
                if case.start + timedelta(days=14) > day or (case.must_end and case.must_end <= segment.last):
                    aside.append(entry)
                    continue
                break
            for entry in aside:
                heapq.heappush(self.heap, entry)
            case.end = day
            closed.append(case)
        return _families_of(closed, draws)


def _families_of(closed: list[Case], draws: Draws) -> list[list[Case]]:
    families: dict[tuple[str, date], list[Case]] = defaultdict(list)
    for case in closed:
        families[(case.family, case.start)].append(case)
    for family in families.values():
        stepped_up = [case for case in family if case.outcome]
        day = min(case.end for case in stepped_up or family)
        outcome = "STEP_UP" if stepped_up else _outcome(draws)
        for case in family:
            case.end, case.outcome = day, outcome
            case.allocated = _until(case.allocated, day)
            case.contact = _until(case.contact, day)
    return list(families.values())


def _until(day: date | None, end: date) -> date | None:
    return day if day and day <= end else None


def _outcome(draws: Draws) -> str:
    if draws.chance(NEEDS_MET):
        return "NEEDS_MET"
    return draws.weighted({"DISENGAGED": 9, "MOVED": 4, "OTHER": 3})
