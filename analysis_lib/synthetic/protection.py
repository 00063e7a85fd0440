"""Contacts, referrals, assessments, section 47 enquiries, child protection plans and child in need plans.

The order of making: referrals (among them those of children who later start care), then the plans, whose children come
from recent referrals, then the enquiries and conferences that the plans need, then the rest of both.
"""

from __future__ import annotations

import bisect
import heapq
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import date, timedelta

from analysis_lib.synthetic.calendar import (
    EXTRACT_DAY,
    FIRST_DAY,
    FIRST_YEAR,
    LAST_YEAR,
    add_working_days,
    age_on,
    birthday,
    year_end,
    year_of,
    year_start,
)
from analysis_lib.synthetic.draws import Draws
from analysis_lib.synthetic.flows import Segment, plan
from analysis_lib.synthetic.looked_after_return import CareRecord
from analysis_lib.synthetic.people import Child, Council, new_ethnicity, new_sex
from analysis_lib.synthetic.targets import (
    ASSESSMENT_ON_TIME,
    CONFERENCE_ON_TIME,
    PROTECTION_REPEAT_SHARE,
    REREFERRAL_SHARE,
    Targets,
)

_OPENING_DAY = FIRST_DAY - timedelta(days=1)
FIRST_CONTACT_YEAR = 2018
OTHER_CONTACTS = 0.7  # contacts that lead to nothing for each that leads to a referral
_FIRST_KEY = 100_000  # identifiers below belong to children who are or were looked after


@dataclass
class Referral:
    child: Child
    day: date
    household: int
    source: str
    no_further_action: bool
    earlier_in_year: int
    looked_after_next: bool = False


@dataclass
class Contact:
    child: Child
    day: date
    source: str


@dataclass
class Assessment:
    child: Child
    start: date
    authorised: date
    needs_support: bool


@dataclass
class Enquiry:
    """A section 47 enquiry, with the initial conference if one was held."""

    child: Child
    day: date
    conference: date | None = None
    led_to_plan: bool = False


@dataclass
class ProtectionPlan:
    child: Child
    start: date
    meant_to_end: date
    previous: int
    category: str
    later_category: str
    end: date | None = None
    must_end: date | None = None


@dataclass
class InNeedPlan:
    child: Child
    start: date
    meant_to_end: date
    must_end: date
    must_end_for: str
    need: str
    end: date | None = None
    reason: str = ""


@dataclass
class Casework:
    contacts: list[Contact] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    assessments: list[Assessment] = field(default_factory=list)
    enquiries: list[Enquiry] = field(default_factory=list)
    protection_plans: list[ProtectionPlan] = field(default_factory=list)
    in_need_plans: list[InNeedPlan] = field(default_factory=list)
    assessed_without_plan: dict[int, list[tuple[Assessment, str]]] = field(default_factory=dict)


class Population:
    """Every child known outside care: new households, and who is looked after when."""

    def __init__(self, records: list[CareRecord], council: Council, draws: Draws):
        self.council, self.draws = council, draws
        self.key, self.households = _FIRST_KEY, 1_000_000
        self.care: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
        for record in records:
            if not record.period.short_break:
                self.care[record.child.key].append((record.period.start, record.period.end))

    def household(self, day: date, size: int) -> list[Child]:
        """Brothers and sisters who come to notice on `day`."""
        self.households += 1
        draws, ethnicity = self.draws, new_ethnicity(self.draws)
        eldest = draws.uniform(*draws.weighted({(0.01, 1): 11, (1, 5): 23, (5, 10): 27, (10, 16): 32, (16, 17.4): 7}))
        children = []
        for place in range(size):
            age = max(0.01, eldest - 2.1 * place) if eldest > 2.1 * place else min(17.0, eldest + 1.4 * place)
            self.key += 1
            birth = day - timedelta(days=int(age * 365.25) + place)
            child = Child(
                self.key, new_sex(draws, 0.52), birth, ethnicity, self.households, disabled=draws.chance(0.08),
                council=self.council,
            )  # fmt: skip
            children.append(child)
        return children

    def looked_after(self, child: Child, day: date) -> bool:
        return any(start <= day and (end is None or end > day) for start, end in self.care.get(child.key, ()))

    def next_care(self, child: Child, day: date) -> date | None:
        return min((start for start, _ in self.care.get(child.key, ()) if start > day), default=None)


def casework(targets: Targets, records: list[CareRecord], council: Council, seed_draws) -> Casework:
    """All casework of the ten years."""
    population = Population(records, council, seed_draws("households"))
    work = Casework()
    work.referrals = _referrals(targets, records, population, seed_draws("referrals"))
    written = [referral for referral in work.referrals if referral.day >= FIRST_DAY]
    work.assessments = _assessments(written, seed_draws("assessments"))
    work.protection_plans = _protection_plans(targets, work.referrals, records, population, seed_draws)
    work.enquiries = _enquiries(targets, written, work.protection_plans, population, seed_draws("section 47"))
    work.in_need_plans = _in_need_plans(targets, work, population, seed_draws)
    work.assessed_without_plan = _assessed_without_plan(work, population, seed_draws("needs while assessed"))
    work.referrals = written
    return work


# --- referrals -------------------------------------------------------------------------------------------------------


def _size(draws: Draws) -> int:
    return draws.weighted({1: 58, 2: 25, 3: 12, 4: 5})


def _referrals(targets: Targets, records, population: Population, draws: Draws) -> list[Referral]:
    """Exactly the published number a year, exactly the published share of them within 12 months of an earlier one."""
    linked = _referrals_before_care(records, draws)
    made: list[Referral] = []
    recent: deque[Referral] = deque()
    last_seen: dict[int, list[date]] = defaultdict(list)
    known: list[Referral] = []

    def add(child: Child, day: date, household: int, before_care: bool = False) -> None:
        earlier = len(last_seen[child.key]) - bisect.bisect_left(last_seen[child.key], day - timedelta(days=365))
        referral = Referral(
            child,
            day,
            household,
            _source(child, day, draws),
            not before_care and draws.chance(0.21),
            earlier,
            before_care,
        )
        last_seen[child.key].append(day)
        made.append(referral)
        recent.append(referral)
        known.append(referral)

    lead_year = FIRST_YEAR - 1  # referrals of the year before are only a memory: they are not written
    for year in range(lead_year, LAST_YEAR + 1):
        total = targets.referrals[max(year, FIRST_YEAR)]
        repeats = round(total * REREFERRAL_SHARE[year]) if year >= FIRST_YEAR else 0
        in_year = [pair for pair in linked if year_of(pair[1]) == year]
        slots = total - len(in_year)
        days = sorted(draws.office_day(year_start(year), year_end(year)) for _ in range(slots))
        queue = sorted(
            [(day, 1, None) for day in days] + [(day, 0, record) for record, day in in_year], key=lambda t: t[:2]
        )
        while queue_item := (queue.pop(0) if queue else None):
            day, _, record = queue_item
            while recent and recent[0].day < day - timedelta(days=365):
                recent.popleft()
            if record:
                again = bool(last_seen[record.child.key]) and last_seen[record.child.key][-1] >= day - timedelta(
                    days=365
                )
                repeats -= again
                add(record.child, day, record.child.family, before_care=True)
                continue
            left = 1 + sum(1 for item in queue if item[2] is None) if len(queue) < 60 else slots
            if repeats > 0 and recent and (repeats >= left or draws.chance(repeats / max(1, left))):
                chosen = _one_known(recent, day, population, draws)
                if chosen:
                    repeats -= 1
                    slots -= 1
                    add(chosen.child, day, chosen.household)
                    continue
            if len(known) > 3000 and draws.chance(0.16):
                chosen = _one_forgotten(known, last_seen, day, population, draws)
                if chosen:
                    slots -= 1
                    add(chosen.child, day, chosen.household)
                    continue
            size = _size(draws)
            children = population.household(day, size)
            slots -= 1
            add(children[0], day, children[0].family)
            for child in children[1:]:
                partner = next((place for place, item in enumerate(queue) if item[2] is None), None)
                if partner is None or (queue[partner][0] - day).days > 6:
                    break
                queue.pop(partner)
                slots -= 1
                add(child, day, child.family)
    made.sort(key=lambda referral: (referral.day, referral.child.key))
    return made


def _referrals_before_care(records, draws: Draws) -> list[tuple[CareRecord, date]]:
    linked, families = [], {}
    for record in records:
        period = record.period
        if period.start < FIRST_DAY or period.short_break:
            continue
        key = (record.child.family, period.start)
        if key not in families:
            days = draws.integer(0, 3) if record.child.unaccompanied or draws.chance(0.2) else draws.integer(9, 330)
            families[key] = max(FIRST_DAY, period.start - timedelta(days=days))
        day = families[key]
        if record.child.birth <= day:
            linked.append((record, day))
        elif period.start >= record.child.birth:
            linked.append((record, period.start))
    return linked


def _one_known(recent, day: date, population: Population, draws: Draws) -> Referral | None:
    for _ in range(12):
        chosen = recent[int(draws.uniform() * len(recent))]
        if _free(chosen.child, day, population) and (day - chosen.day).days > 6:
            return chosen
    return None


def _one_forgotten(known, last_seen, day: date, population: Population, draws: Draws) -> Referral | None:
    for _ in range(6):
        chosen = known[int(draws.uniform() * len(known))]
        if last_seen[chosen.child.key][-1] < day - timedelta(days=366) and _free(chosen.child, day, population):
            return chosen
    return None


def _free(child: Child, day: date, population: Population) -> bool:
    return birthday(child.birth, 18) > day + timedelta(days=30) and not population.looked_after(child, day)


def _source(child: Child, day: date, draws: Draws) -> str:
    schools = 20 if 5 <= age_on(child.birth, day) < 17 and day.month != 8 else 5
    return draws.weighted(
        {"1A": 8, "1B": 2, "1C": 1, "1D": 2, "2A": schools, "2B": 3, "3A": 3, "3B": 3, "3C": 4, "3D": 3, "3E": 2, "3F": 3,
         "4": 3, "5A": 9, "5B": 3, "5C": 4, "5D": 1, "6": 29, "7": 4, "8": 4, "9": 4, "10": 1}
    )  # fmt: skip


def contacts(referrals: list[Referral], draws: Draws) -> list[Contact]:
    """Contacts from `FIRST_CONTACT_YEAR` on: one before every referral, and others about the same children.

    Those that led to nothing are about children who are referred at another time: nobody is known by a contact alone.
    """
    made = []
    for year in range(FIRST_CONTACT_YEAR, LAST_YEAR + 1):
        of_year = [referral for referral in referrals if year_of(referral.day) == year]
        for referral in of_year:
            day = referral.day if draws.chance(0.8) else add_working_days(referral.day, -1)
            day = max(year_start(year), referral.child.birth, day)
            made.append(Contact(referral.child, day, referral.source))
        for _ in range(round(OTHER_CONTACTS * len(of_year))):
            child = of_year[int(draws.uniform() * len(of_year))].child
            day = draws.office_day(year_start(year), year_end(year))
            if child.birth <= day < birthday(child.birth, 18):
                made.append(Contact(child, day, _source(child, day, draws)))
    return sorted(made, key=lambda contact: (contact.day, contact.child.key))


def _assessments(referrals: list[Referral], draws: Draws) -> list[Assessment]:
    made = []
    for referral in referrals:
        if referral.no_further_action or not (referral.looked_after_next or draws.chance(0.92)):
            continue
        year = year_of(referral.day)
        days = draws.integer(12, 44) if draws.chance(ASSESSMENT_ON_TIME[year]) else draws.integer(46, 85)
        needs = referral.looked_after_next or draws.chance(0.56)
        made.append(Assessment(referral.child, referral.day, add_working_days(referral.day, days), needs))
    return made


# --- child protection plans ------------------------------------------------------------------------------------------


class _OpenPlans:
    """Open plans by the day they are meant to end and the day they must end."""

    def __init__(self):
        self.heap: list = []
        self.forced: dict[date, list] = defaultdict(list)
        self.count = 0
        self.ahead = 0  # plans that had to end although their segment had no ends left

    def add(self, opened) -> None:
        self.count += 1
        heapq.heappush(self.heap, (opened.meant_to_end, self.count, opened))
        if opened.must_end:
            self.forced[opened.must_end].append(opened)

    def close(self, segment: Segment, draws: Draws, reason) -> list:
        """End as many plans as the segment has ends: first those that must end in it, then those open longest.

        In a small authority more plans may have to end than a month has ends; the months after it then have fewer.
        """
        closed = []
        for step in range(segment.days):
            day = segment.first + timedelta(days=step)
            for opened in self.forced.pop(day, []):
                if opened.end is None:
                    opened.end = day
                    closed.append(opened)
        still_to_end = segment.ends - self.ahead - len(closed)
        self.ahead = max(0, -still_to_end)
        days = sorted(draws.office_day(segment.first, segment.last) for _ in range(still_to_end))
        for day in days:
            aside = []
            while True:
                entry = heapq.heappop(self.heap)
                opened = entry[2]
                if opened.end is not None:
                    continue
                if opened.start + timedelta(days=20) > day or (opened.must_end and opened.must_end <= segment.last):
                    aside.append(entry)
                    continue
                break
            for entry in aside:
                heapq.heappush(self.heap, entry)
            opened.end = day
            closed.append(opened)
        for opened in closed:
            reason(opened)
        return closed


def _protection_plans(targets: Targets, referrals, records, population: Population, seed_draws) -> list[ProtectionPlan]:
    draws = seed_draws("protection plans")
    segments = plan(targets.protection_plans, targets.protection_started, seed_draws("protection flows"), wobble=5)
    bound = _plans_before_care(referrals, records, draws)
    open_plans, made, history = _OpenPlans(), [], defaultdict(int)
    on_plan: dict[int, ProtectionPlan] = {}
    ended: deque[ProtectionPlan] = deque()
    repeats = {
        year: round(PROTECTION_REPEAT_SHARE[year] * number) for year, number in targets.protection_started.items()
    }
    slots = dict(targets.protection_started)

    def open_plan(child: Child, day: date, previous: int, must_end: date | None) -> ProtectionPlan:
        category = draws.weighted(
            {"Neglect": 52, "Emotional abuse": 36, "Physical abuse": 7, "Sexual abuse": 4, "Multiple": 1}
        )
        later = category if draws.chance(0.93) else draws.weighted({"Neglect": 50, "Emotional abuse": 50})
        length = int(min(draws.lognormal(255, 0.62), 1020))
        limit = birthday(child.birth, 18)
        must = min(must_end, limit) if must_end else limit
        opened = ProtectionPlan(child, day, day + timedelta(days=length), previous, category, later, must_end=must)
        made.append(opened)
        on_plan[child.key] = opened
        history[child.key] = previous + 1
        open_plans.add(opened)
        return opened

    room = targets.protection_plans[_OPENING_DAY]
    while room > 0:
        day = _OPENING_DAY - timedelta(days=min(700, int(draws.lognormal(150, 0.8))))
        for child in population.household(day, min(room, _size(draws))):
            if child.eighteenth_birthday < _OPENING_DAY + timedelta(days=60):
                continue
            opened = open_plan(child, day, int(draws.chance(0.12)), None)
            opened.meant_to_end = max(opened.meant_to_end, FIRST_DAY + timedelta(days=draws.integer(0, 200)))
            room -= 1
    recent = _Recent(referrals)
    for segment in segments:
        fixed = [item for item in bound if segment.first <= item[1] <= segment.last][: segment.starts]
        for child, day, care_start in fixed:
            year = year_of(day)
            again = history[child.key] > 0
            repeats[year] -= again
            slots[year] -= 1
            open_plan(child, day, history[child.key], care_start)
        left = segment.starts - len(fixed)
        while left > 0:
            day = draws.office_day(segment.first, segment.last)
            year = year_of(day)
            if repeats[year] >= slots[year] or (repeats[year] > 0 and draws.chance(repeats[year] / slots[year])):
                child, previous = _on_plan_before(ended, day, population, on_plan, draws) or (None, 0)
                if child is None:  # too few plans ended so far: the earlier one lies before the first return
                    child, previous = population.household(day, 1)[0], 0
                open_plan(child, day, max(1, history[child.key], previous), population.next_care(child, day))
                repeats[year] -= 1
                slots[year] -= 1
                left -= 1
                continue
            family = recent.household_before(day, population, draws, lambda child: history[child.key] == 0)
            for child in family[:left]:
                open_plan(child, day, 0, population.next_care(child, day))
                slots[year] -= 1
                left -= 1
        for closed in open_plans.close(segment, draws, lambda opened: None):
            on_plan.pop(closed.child.key, None)
            ended.append(closed)
    return sorted(made, key=lambda opened: (opened.start, opened.child.key))


def _plans_before_care(referrals, records, draws: Draws) -> list[tuple[Child, date, date]]:
    """(child, plan start, care start) for children whose way into care led through a protection plan."""
    before = {}
    for referral in referrals:
        if referral.looked_after_next:
            before.setdefault(referral.child.key, []).append(referral.day)
    found, families = [], {}
    for record in records:
        start, child = record.period.start, record.child
        if start < date(2016, 8, 1) or child.unaccompanied or record.period.short_break:
            continue
        days = [day for day in before.get(child.key, []) if 45 < (start - day).days < 340]
        if not days or age_on(child.birth, start) > 15:
            continue
        key = (child.family, start)
        if key not in families:
            families[key] = days[-1] + timedelta(days=draws.integer(16, 38)) if draws.chance(0.66) else None
        day = families[key]
        if day and day.weekday() > 4:
            day += timedelta(days=2)
        if day and child.birth < day < start and not any(item[0].key == child.key for item in found[-400:]):
            found.append((child, day, start))
    return sorted(found, key=lambda item: (item[1], item[0].key))


class _Recent:
    """Households with a referral some weeks ago, looked up by day."""

    def __init__(self, referrals: list[Referral]):
        self.usable = [r for r in referrals if not r.no_further_action and not r.looked_after_next]
        self.days = [r.day for r in self.usable]
        self.members: dict[tuple[int, date], list[Child]] = defaultdict(list)
        for referral in self.usable:
            self.members[(referral.household, referral.day)].append(referral.child)
        self.used: set[tuple[int, date]] = set()

    def household_before(
        self, day: date, population: Population, draws: Draws, allowed, window=(14, 75)
    ) -> list[Child]:
        """The children of one household referred `window` days before `day`, each household taken once."""
        low = bisect.bisect_left(self.days, day - timedelta(days=window[1]))
        high = bisect.bisect_right(self.days, day - timedelta(days=window[0]))
        for _ in range(40):
            if high <= low:
                break
            referral = self.usable[low + int(draws.uniform() * (high - low))]
            key = (referral.household, referral.day)
            if key in self.used:
                continue
            children = [c for c in self.members[key] if allowed(c) and _free(c, day, population)]
            if children:
                self.used.add(key)
                return children
        return population.household(day, 1)


def _on_plan_before(ended, day: date, population, on_plan, draws: Draws) -> tuple[Child, int] | None:
    for _ in range(40):
        if not ended:
            return None
        chosen = ended[int(draws.uniform() * len(ended))]
        child = chosen.child
        if child.key not in on_plan and (day - chosen.end).days > 60 and _free(child, day, population):
            return child, chosen.previous + 1
    return None


# --- section 47 enquiries --------------------------------------------------------------------------------------------


def _enquiries(targets: Targets, referrals, plans, population: Population, draws: Draws) -> list[Enquiry]:
    """An enquiry and a conference before every plan, conferences without a plan, and the enquiries that ended sooner."""
    made: list[Enquiry] = []
    per_year: dict[int, int] = defaultdict(int)
    for opened in plans:
        if opened.start < FIRST_DAY:
            continue
        day = _strategy_day(opened.start, draws)
        made.append(Enquiry(opened.child, max(day, opened.child.birth), opened.start, True))
        per_year[year_of(made[-1].day)] += 1
    assessed = [referral for referral in referrals if not referral.no_further_action]
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        pool = draws.shuffled([referral for referral in assessed if year_of(referral.day) == year])
        wanted = targets.section_47[year] - per_year[year]
        conferences = round(0.15 * targets.protection_started[year])
        for place, referral in enumerate(pool[: max(0, wanted)]):
            day = min(referral.day + timedelta(days=draws.integer(0, 20)), year_end(year))
            held = add_working_days(
                day, draws.integer(8, 15) if draws.chance(CONFERENCE_ON_TIME[year]) else draws.integer(16, 32)
            )
            enquiry = Enquiry(referral.child, day)
            if place < conferences and held <= EXTRACT_DAY:
                enquiry.conference = held
            made.append(enquiry)
    return sorted(made, key=lambda enquiry: (enquiry.day, enquiry.child.key))


def _strategy_day(conference: date, draws: Draws) -> date:
    on_time = draws.chance(CONFERENCE_ON_TIME[year_of(conference)])
    return add_working_days(conference, -(draws.integer(7, 15) if on_time else draws.integer(16, 34)))


# --- child in need plans ---------------------------------------------------------------------------------------------


def _in_need_plans(targets: Targets, work: Casework, population: Population, seed_draws) -> list[InNeedPlan]:
    """Plans of children who are neither looked after nor on a protection plan: they end on the day either begins."""
    draws = seed_draws("child in need plans")
    segments = plan(targets.in_need_plans, targets.in_need_started, seed_draws("child in need flows"), wobble=12)
    protection: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    step_down: dict[date, list[Child]] = defaultdict(list)
    for opened in work.protection_plans:
        protection[opened.child.key].append((opened.start, opened.end))
        if opened.end and draws.chance(0.55):
            step_down[opened.end].append(opened.child)
    open_plans, made = _OpenPlans(), []
    busy: dict[int, date] = {}

    def elsewhere(child: Child, day: date) -> bool:
        on_plan = any(start <= day and (end is None or end > day) for start, end in protection.get(child.key, ()))
        return on_plan or population.looked_after(child, day) or busy.get(child.key, date.min) > day

    def open_plan(child: Child, day: date) -> InNeedPlan:
        starts = [start for start, _ in protection.get(child.key, ()) if start > day]
        care = population.next_care(child, day)
        must, must_for = min(
            [(birthday(child.birth, 18), "RC6"), *((start, "Child protection plan") for start in starts)]
            + ([(care, "Looked after")] if care else [])
        )
        need = "N2" if child.disabled and draws.chance(0.7) else draws.weighted(
            {"N1": 55, "N3": 6, "N4": 13, "N5": 20, "N6": 3, "N7": 0.5, "N8": 2}
        )  # fmt: skip
        length = int(draws.lognormal(520 if need == "N2" else 185, 0.75))
        opened = InNeedPlan(child, day, day + timedelta(days=max(21, length)), must, must_for, need)
        made.append(opened)
        open_plans.add(opened)
        busy[child.key] = date.max
        return opened

    room = targets.in_need_plans[_OPENING_DAY]
    while room > 0:
        day = _OPENING_DAY - timedelta(days=min(1500, int(draws.lognormal(170, 0.9))))
        for child in population.household(day, min(room, _size(draws))):
            if child.eighteenth_birthday < _OPENING_DAY + timedelta(days=60):
                continue
            opened = open_plan(child, day)
            opened.meant_to_end = max(opened.meant_to_end, FIRST_DAY + timedelta(days=draws.integer(0, 260)))
            room -= 1
    recent = _Recent(work.referrals)
    for segment in segments:
        left = segment.starts
        for step in range(segment.days):
            day = segment.first + timedelta(days=step)
            for child in step_down.get(day, ()):
                if left > 0 and _free(child, day, population) and not elsewhere(child, day):
                    open_plan(child, day)
                    left -= 1
        while left > 0:
            day = draws.office_day(segment.first, segment.last)
            family = recent.household_before(day, population, draws, lambda child: not elsewhere(child, day), (10, 60))  # noqa: B023
            for child in family[:left]:
                open_plan(child, day)
                left -= 1
        for closed in open_plans.close(segment, draws, lambda opened: _say_why(opened, draws)):
            busy[closed.child.key] = closed.end
    return sorted(made, key=lambda opened: (opened.start, opened.child.key))


def _assessed_without_plan(work: Casework, population: Population, draws: Draws) -> dict[int, list]:
    """By year, the open assessments on 31 March (with a main need) of children in care or on a plan of neither kind."""
    planned: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    for opened in (*work.protection_plans, *work.in_need_plans):
        planned[opened.child.key].append((opened.start, opened.end))
    found: dict[int, dict[int, tuple[Assessment, str]]] = {year: {} for year in range(FIRST_YEAR, LAST_YEAR + 1)}
    for assessment in work.assessments:
        year, child = year_of(assessment.start), assessment.child
        day = year_end(year)
        on_plan = any(start <= day and (end is None or end > day) for start, end in planned.get(child.key, ()))
        if assessment.authorised <= day or on_plan or population.looked_after(child, day):
            continue
        need = "N2" if child.disabled else draws.weighted({"N1": 55, "N3": 6, "N4": 13, "N5": 20, "N6": 3, "N8": 3})
        found[year][child.key] = (assessment, need)  # a child assessed twice is there once
    return {year: list(children.values()) for year, children in found.items()}


def _say_why(opened: InNeedPlan, draws: Draws) -> None:
    if opened.end == opened.must_end:
        opened.reason = opened.must_end_for
    else:
        opened.reason = draws.weighted({"RC3": 3, "RC7": 88, "RC5": 6, "RC4": 3})
