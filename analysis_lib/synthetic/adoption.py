"""Plans for adoption: care -> decision -> placement order -> match -> moved in -> adopted, and plans that end otherwise.

The plans come first and the flow of children into and out of care is built around them, so that the numbers adopted and
the mean days of the targets hold by construction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from analysis_lib.synthetic.calendar import EXTRACT_DAY, FIRST_DAY, FIRST_YEAR, LAST_YEAR, year_end, year_start
from analysis_lib.synthetic.draws import Draws
from analysis_lib.synthetic.people import new_sex
from analysis_lib.synthetic.targets import ENTERED_TO_MOVED_IN, ORDER_TO_MATCH, WAITING_DAY, Targets

LEAST_COURT_DAYS = 45  # from entering care to the decision
LEAST_PLACED_DAYS = 75  # an adoption order needs ten weeks in the placement


@dataclass
class AdoptionPlan:
    """One child's plan; a date that lies after the extract is dropped where the returns are written, not here."""

    group: int
    entered: date
    decision: date
    order: date | None
    match: date | None = None
    moved_in: date | None = None
    adopted: date | None = None
    fostered_from: date | None = None  # foster-carer adopters: since when the child lives with them
    early_permanence: bool = False  # ... who were approved adopters from the start (fostering for adoption)
    with_consent: bool = False
    ended: date | None = None  # decided that the child should no longer be placed
    ended_reason: str = ""
    sex: str = "F"
    birth: date | None = None
    adopters: tuple[str, str, str] = ("2", "MF", "L11")

    @property
    def by_foster_carer(self) -> bool:
        return self.fostered_from is not None


@dataclass
class _Pace:
    """Days between the stages while a plan is being fitted."""

    adopted: date
    care_to_home: int
    order_to_match: int
    decision_to_order: int
    match_to_home: int
    home_to_adopted: int
    size: int

    @property
    def care_to_decision(self) -> int:
        return self.care_to_home - self.order_to_match - self.decision_to_order - self.match_to_home


def plans(targets: Targets, draws: Draws) -> list[AdoptionPlan]:
    """Every adoption plan whose child entered care by the extract, adopted or not."""
    made: list[AdoptionPlan] = []
    for year in range(FIRST_YEAR, LAST_YEAR + 3):
        number = targets.adopted.get(year, round(targets.adopted[LAST_YEAR] * (1.1 if year == LAST_YEAR + 1 else 1.0)))
        for pace in _paces(year, number, targets, draws):
            made += _family(pace, len(made), draws)
    made += _changed_plans(targets, len(made), draws)
    _hold_waiting(made, targets)
    return [plan for plan in made if plan.entered < EXTRACT_DAY - timedelta(days=30)]


def _paces(year: int, number: int, targets: Targets, draws: Draws) -> list[_Pace]:
    sizes = _sizes(number, draws)
    days = _adoption_days(year, sizes, targets, draws)
    paces = []
    for size, adopted in zip(sizes, days, strict=True):
        early = year == FIRST_YEAR  # all orders of the first year fall after 1 April 2016: see the module `care`
        room = (adopted - FIRST_DAY).days
        to_adopted = draws.integer(90, 120) if early else LEAST_PLACED_DAYS + min(int(draws.lognormal(95, 0.6)), 460)
        to_home = draws.integer(12, 28) if early else draws.integer(13, 49)
        home = max(190, int(draws.lognormal(ENTERED_TO_MOVED_IN[year] * 0.94, 0.32)))
        match = max(20, int(draws.lognormal(ORDER_TO_MATCH[year] * 0.86, 0.55)))
        if year <= FIRST_YEAR + 1:
            to_adopted = min(to_adopted, max(LEAST_PLACED_DAYS, room - to_home - 40))
            match = max(7, min(match, room - to_adopted - to_home - 2))
        paces.append(_Pace(adopted, home, match, draws.integer(9, 52), to_home, to_adopted, size))
    if number:
        _hit_sum(paces, "care_to_home", number * ENTERED_TO_MOVED_IN[year], least=lambda pace: 190)
        shorten = year > FIRST_YEAR + 1
        if shorten:
            _hit_sum(paces, "order_to_match", number * ORDER_TO_MATCH[year], least=lambda pace: 5)
        _leave_room_for_court(paces)
    return paces


def _sizes(number: int, draws: Draws) -> list[int]:
    """Single children, pairs and a few threes; always enough single children to make up a mean to the day."""
    sizes: list[int] = []
    while (left := number - sum(sizes)) > 0:
        sizes.append(min(left, draws.weighted({1: 66, 2: 27, 3: 7}) if sum(sizes) > 5 else 1))
    return sizes


def _adoption_days(year: int, sizes: list[int], targets: Targets, draws: Draws) -> list[date]:
    if year == FIRST_YEAR:
        return [draws.office_day(date(2016, 9, 14), date(2017, 3, 30)) for _ in sizes]
    parts = [part for part in targets.adopted_in_part if year_start(year) <= part[0] <= year_end(year)]
    if not parts:
        return [draws.office_day(year_start(year), date(year + 1, 3, 30)) for _ in sizes]
    room = {index: number for index, (_, _, number) in enumerate(parts)}
    days: list[date] = [year_end(year)] * len(sizes)
    for place in sorted(range(len(sizes)), key=lambda place: (-sizes[place], place)):
        fitting = {index: left for index, left in room.items() if left >= sizes[place]}
        index = draws.weighted(fitting)
        room[index] -= sizes[place]
        days[place] = draws.office_day(parts[index][0], parts[index][1] - timedelta(days=1))
    return days


def _hit_sum(paces: list[_Pace], name: str, total: int, least) -> None:
    """Scale one stage so that its sum over the children is `total` to the day."""
    children = sum(pace.size for pace in paces)
    factor = total / sum(pace.size * getattr(pace, name) for pace in paces)
    for pace in paces:
        setattr(pace, name, max(least(pace), round(getattr(pace, name) * factor)))
    gap = total - sum(pace.size * getattr(pace, name) for pace in paces)
    whole, _ = divmod(abs(gap), children)
    step = 1 if gap > 0 else -1
    for pace in paces:
        setattr(pace, name, getattr(pace, name) + step * whole)
    singles = [pace for pace in paces if pace.size == 1]
    for turn in range(abs(total - sum(pace.size * getattr(pace, name) for pace in paces))):
        pace = singles[turn % len(singles)]
        setattr(pace, name, getattr(pace, name) + step)


def _leave_room_for_court(paces: list[_Pace]) -> None:
    """Move days of matching from a child with too little time before the decision to one with plenty, sum unchanged."""
    for pace in paces:
        pace.decision_to_order = (
            min(pace.decision_to_order, 20) if pace.care_to_decision < 2 * LEAST_COURT_DAYS else pace.decision_to_order
        )
        while pace.care_to_decision < LEAST_COURT_DAYS:
            donors = [
                other for other in paces if other.size == pace.size and other.care_to_decision > LEAST_COURT_DAYS + 20
            ]
            pace.order_to_match -= 1
            if donors:
                max(donors, key=lambda other: other.care_to_decision).order_to_match += 1


def _family(pace: _Pace, group: int, draws: Draws) -> list[AdoptionPlan]:
    moved_in = pace.adopted - timedelta(days=pace.home_to_adopted)
    entered = moved_in - timedelta(days=pace.care_to_home)
    match = moved_in - timedelta(days=pace.match_to_home)
    order = match - timedelta(days=pace.order_to_match)
    decision = order - timedelta(days=pace.decision_to_order)
    order = max(order, FIRST_DAY + timedelta(days=2))  # the children's first episode must be in the first return
    match = max(match, order + timedelta(days=5))
    fostered_from, early_permanence = None, False
    if pace.size < 3 and draws.chance(0.17) and pace.adopted > date(2017, 6, 1):
        early_permanence = draws.chance(0.6)
        fostered_from = entered + timedelta(days=draws.integer(20, max(30, (decision - entered).days)))
        if (not early_permanence and draws.chance(0.5)) or fostered_from < FIRST_DAY:
            fostered_from = entered
    adopters = draws.weighted(
        {("2", "MF", "L11"): 58, ("2", "MF", "L3"): 14, ("2", "FF", "L12"): 6, ("2", "MM", "L12"): 7, ("2", "FF", "L2"): 2,
         ("1", "F1", "L0"): 12, ("1", "M1", "L0"): 1}
    )  # fmt: skip
    consent = pace.size == 1 and draws.chance(0.03)
    ages = sorted(min(7.5, draws.lognormal(0.9, 1.0)) for _ in range(pace.size))
    ages = [age + 1.15 * place for place, age in enumerate(ages)]
    return [
        AdoptionPlan(
            group, entered, decision, order, match, moved_in, pace.adopted, fostered_from, early_permanence, consent,
            sex=new_sex(draws, 0.52), birth=entered - timedelta(days=int(age * 365.25)), adopters=adopters,
        )
        for age in ages
    ]  # fmt: skip


def _changed_plans(targets: Targets, group: int, draws: Draws) -> list[AdoptionPlan]:
    """Plans that end without adoption: no order made, no family found, the child's needs changed, a family lost."""
    made = []
    for year, number in targets.plans_changed.items():
        for _ in range(number):
            ended = draws.office_day(year_start(year), year_end(year))
            reason = draws.weighted({"RD1": 50, "RD2": 14, "RD3": 26, "RD4": 10})
            waited = draws.integer(60, 130) if reason == "RD2" else draws.integer(190, 520)
            order = None if reason == "RD2" else ended - timedelta(days=waited - 30)
            decision = ended - timedelta(days=waited)
            if order and order < FIRST_DAY:  # as for adoptions: orders lie inside the ten years
                order = FIRST_DAY + timedelta(days=draws.integer(3, 40))
                ended = max(ended, order + timedelta(days=100))
                decision = order - timedelta(days=21)
            entered = decision - timedelta(days=draws.integer(110, 300))
            moved_in = match = None
            if reason == "RD1" and order and (ended - order).days > 260 and draws.chance(0.45):
                moved_in = order + timedelta(days=draws.integer(90, 140))  # a placement that broke down
                match = moved_in - timedelta(days=draws.integer(14, 40))
            age = min(7.0, draws.lognormal(2.2, 0.8))
            birth = entered - timedelta(days=int(age * 365.25))
            made.append(
                AdoptionPlan(
                    group + len(made), entered, decision, order, match, moved_in, ended=ended, ended_reason=reason,
                    sex=new_sex(draws), birth=birth,
                )
            )  # fmt: skip
    return made


def _hold_waiting(made: list[AdoptionPlan], targets: Targets) -> None:
    """Children with an order and not adopted on 30 September 2021: shift the nearest order dates over that day.

    Brothers and sisters share their dates, so families move whole; a single child settles the last place. Then all but a
    few of those waiting are matched by that day, again by moving the nearest dates.
    """
    day = WAITING_DAY

    def counted(plan: AdoptionPlan) -> bool:
        after = (plan.adopted is None or plan.adopted > day) and (plan.ended is None or plan.ended > day)
        return bool(plan.order and plan.order <= day and after)

    families: dict[int, list[AdoptionPlan]] = {}
    for plan in made:
        if plan.order and plan.adopted and plan.adopted > date(2022, 4, 1):
            families.setdefault(plan.group, []).append(plan)
    for _ in range(len(families)):
        gap = targets.waiting_with_order - sum(map(counted, made))
        if gap == 0:
            break
        movable = [
            family
            for family in families.values()
            if len(family) <= abs(gap) and counted(family[0]) == (gap < 0) and _can_move(family[0], day)
        ]
        if not movable:
            break
        family = min(movable, key=lambda family: (abs((family[0].order - day).days), family[0].group))
        shift = (day - family[0].order).days + (-3 if gap > 0 else 6)
        for plan in family:
            plan.order += timedelta(days=shift)
            plan.decision += timedelta(days=shift)
            plan.match = max(plan.match, plan.order + timedelta(days=10))
            plan.moved_in = max(plan.moved_in, plan.match + timedelta(days=10))
    waiting = [plan for plan in made if counted(plan) and plan.match]
    never = sum(counted(plan) and plan.match is None for plan in made)
    allowed = max(0, targets.waiting_not_matched - never)
    unmatched = [plan for plan in waiting if plan.match > day]
    unmatched.sort(key=lambda plan: (plan.match, plan.group))
    for plan in unmatched[: max(0, len(unmatched) - allowed)]:
        for sibling in [other for other in made if other.group == plan.group]:
            sibling.match = max(sibling.order + timedelta(days=4), day - timedelta(days=2 + sibling.group % 9))


def _can_move(plan: AdoptionPlan, day: date) -> bool:
    later = (day - plan.order).days + 8
    earliest = plan.entered + timedelta(days=LEAST_COURT_DAYS + 60)
    if plan.order <= day:
        return plan.order + timedelta(days=later + 30) < plan.moved_in
    return day - timedelta(days=(plan.order - plan.decision).days + 5) > earliest
