"""Who starts and who ceases to be looked after, and when: periods of care that add up to the published stocks.

Three kinds of start fill the planned days: children with an adoption plan (their dates are given), children who come back
into care, and new families. Three kinds of end fill the planned ends: adoptions, eighteenth birthdays, and whoever has
been meant to leave for longest. DfE counts a child once a year in "started" and "ceased" while stocks change with every
start and end; the few children who come back within one year make the published counts and the published stocks agree.

Children in care on 1 April 2016 have one episode since their start, and adoption orders that matter to later years lie
after that day, so that no history is cut off at the left edge of the first return.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from analysis_lib.synthetic.adoption import AdoptionPlan
from analysis_lib.synthetic.calendar import (
    EXTRACT_DAY,
    FIRST_DAY,
    FIRST_YEAR,
    LAST_YEAR,
    age_on,
    birthday,
    year_end,
    year_of,
    year_start,
)
from analysis_lib.synthetic.draws import Draws
from analysis_lib.synthetic.flows import Segment, plan
from analysis_lib.synthetic.people import DEMONSTRATION, ETHNICITY_UNACCOMPANIED, Child, Council, new_ethnicity, new_sex
from analysis_lib.synthetic.targets import Targets

_OPENING_DAY = FIRST_DAY - timedelta(days=1)
_LOOK_AHEAD = 9  # segments: children who turn 18 together must not outnumber the planned ends


@dataclass
class CarePeriod:
    """One period of care; `end` and `reason` are None while the child is looked after on the extract day."""

    child: Child
    start: date
    need: str
    meant_to_end: date
    end: date | None = None
    reason: str | None = None
    adoption: AdoptionPlan | None = None
    not_before: date | None = None  # may not end earlier: an adoption plan or the year's count stands against it
    children_returned: bool = False  # a later period of the same child exists
    short_break: bool = False

    def open_on(self, day: date) -> bool:
        """Looked after on `day`; short breaks are not counted."""
        if self.short_break:
            return False
        return self.start <= day and (self.end is None or self.end > day)


@dataclass
class _Ward:
    """The state of the walk through the segments."""

    targets: Targets
    draws: Draws
    periods: list[CarePeriod] = field(default_factory=list)
    short: list = field(default_factory=list)
    long: list = field(default_factory=list)
    grown: list = field(default_factory=list)  # meant to stay until 18; asked to leave earlier only as a last resort
    by_birthday: dict[date, list[CarePeriod]] = field(default_factory=lambda: defaultdict(list))
    adoption_ends: dict[date, list[CarePeriod]] = field(default_factory=lambda: defaultdict(list))
    left: list[CarePeriod] = field(default_factory=list)
    families: int = 0
    children: int = 0
    must_leave: dict[date, list[CarePeriod]] = field(default_factory=lambda: defaultdict(list))
    council: Council = DEMONSTRATION


def periods_of_care(
    targets: Targets, adoption_plans: list[AdoptionPlan], council: Council, seed_draws
) -> list[CarePeriod]:
    """All periods of care of the ten years, in the order of their start. `seed_draws(name)` gives a stream of draws."""
    ward = _Ward(targets, seed_draws("care periods"), council=council)
    twice = _returns_within_a_year(targets)
    starts = {year: targets.started[year] + max(0, twice[year]) for year in targets.started}
    in_range = [p for p in adoption_plans if p.entered >= FIRST_DAY]
    adopted = [p.adopted for p in adoption_plans if p.adopted and FIRST_DAY <= p.adopted <= EXTRACT_DAY]
    segments = plan(
        targets.looked_after, starts, seed_draws("care flows"), wobble=4, starts_in_part=targets.started_in_part,
        fixed_starts=[p.entered for p in in_range], fixed_ends=adopted,
    )  # fmt: skip
    _open_stock(ward, [p for p in adoption_plans if p.entered < FIRST_DAY])
    by_entry = defaultdict(list)
    for adoption_plan in in_range:
        by_entry[adoption_plan.entered].append(adoption_plan)
    unaccompanied = _unaccompanied_days(targets, seed_draws("unaccompanied"))
    for place, _segment in enumerate(segments):
        _fill_segment(ward, segments, place, by_entry, unaccompanied, twice)
    if any(twice.values()):
        raise ValueError(f"children who return within a year could not be placed: {twice}")
    ward.periods.sort(key=lambda period: (period.start, period.child.key))
    _give_reasons(ward.periods, targets, seed_draws("reasons for ceasing"))
    ward.periods += _short_breaks(ward, seed_draws("short breaks"))
    return ward.periods


def _short_breaks(ward: _Ward, draws: Draws) -> list[CarePeriod]:
    """A few disabled children with a series of agreed short breaks (V4): never part of a stock of children looked after."""
    made = []
    for _ in range(9):
        start = draws.office_day(FIRST_DAY, date(2022, 9, 30))
        end = start + timedelta(days=draws.integer(150, 900))
        ward.families, ward.children = ward.families + 1, ward.children + 1
        birth = start - timedelta(days=draws.integer(1900, 5000))
        child = Child(
            ward.children,
            new_sex(draws),
            birth,
            new_ethnicity(draws),
            ward.families,
            disabled=True,
            council=ward.council,
        )
        end = min(end, child.eighteenth_birthday)
        made.append(CarePeriod(child, start, "N2", end, end, "E4A", short_break=True))
    return made


def _returns_within_a_year(targets: Targets) -> dict[int, int]:
    """Per year: change of stock less (started - ceased). Above 0 children start twice, below 0 children cease twice."""
    return {
        year: targets.looked_after[year_end(year)]
        - targets.looked_after[year_end(year - 1)]
        - targets.started[year]
        + targets.ceased[year]
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
    }


def _unaccompanied_days(targets: Targets, draws: Draws) -> list[date]:
    return sorted(
        draws.day(year_start(year), year_end(year))
        for year, number in targets.unaccompanied.items()
        for _ in range(number)
    )


# --- the opening stock ------------------------------------------------------------------------------------------------


def _open_stock(ward: _Ward, plans: list[AdoptionPlan]) -> None:
    in_care = [p for p in plans if p.adopted is None or p.adopted >= FIRST_DAY]
    _admit_planned(ward, in_care)
    draws = ward.draws
    room = ward.targets.looked_after[_OPENING_DAY] - len(ward.periods)
    while room > 0:
        size = min(room, draws.weighted({1: 60, 2: 25, 3: 11, 4: 4}))
        family, ethnicity = _new_family(ward), new_ethnicity(draws)
        years_in_care = min(13.0, draws.lognormal(1.7, 0.95))
        for _ in range(size):
            age = draws.uniform(*draws.weighted({(0.2, 1): 4, (1, 5): 12, (5, 10): 24, (10, 16): 40, (16, 17.9): 20}))
            stay = min(years_in_care, max(0.02, age - draws.uniform(0, 0.3)))
            start = _OPENING_DAY - timedelta(days=int(stay * 365.25) + 1)
            birth = min(start, _OPENING_DAY - timedelta(days=int(age * 365.25)))
            child = _new_child(ward, birth, ethnicity, family)
            meant = max(_meant_to_end(draws, start, child), FIRST_DAY + timedelta(days=int(draws.lognormal(500, 1.0))))
            _admit(ward, CarePeriod(child, start, _need(draws, child), min(meant, child.eighteenth_birthday)))
        room -= size


# --- one segment -----------------------------------------------------------------------------------------------------


def _fill_segment(ward, segments, place, by_entry, unaccompanied, twice) -> None:
    segment: Segment = segments[place]
    draws = ward.draws
    planned = [p for day in _days(segment) for p in by_entry.get(day, [])]
    _admit_planned(ward, planned)
    room = segment.starts - len(planned)
    while unaccompanied and unaccompanied[0] <= segment.last:
        day = unaccompanied.pop(0)
        if room > 1 and day >= segment.first:
            _admit_unaccompanied(ward, day)
            room -= 1
    while room > 0:
        day = draws.office_day(segment.first, segment.last)
        if _admit_returning(ward, day, twice):
            room -= 1
            continue
        room -= _admit_family(ward, day, min(room, draws.weighted({1: 62, 2: 23, 3: 10, 4: 5})))
    _end_segment(ward, segments, place)


def _end_segment(ward: _Ward, segments: list[Segment], place: int) -> None:
    segment = segments[place]
    forced = _forced(ward, segment)
    free = segment.ends - len(forced)
    if free < 0:
        raise ValueError(f"more children must leave than {segment.ends} between {segment.first} and {segment.last}")
    for period, day in forced:
        _end(ward, period, day)
    early = _early_leavers(ward, segments, place, free)
    last_day = _last_day_to_leave(segment.last)
    days = sorted(ward.draws.office_day(segment.first, last_day) for _ in range(free))
    previous: CarePeriod | None = None
    for day in days:
        period = early.pop(0) if early and early[0].start < day else _next_to_leave(ward, day)
        if previous and period.child.family == previous.child.family and period.start < previous.end:
            day = max(previous.end, period.not_before or previous.end)  # brothers and sisters leave together
            day = min(day, last_day)
        _end(ward, period, day)
        previous = period


def _last_day_to_leave(day: date) -> date:
    """Nobody leaves care on 31 March: the return would count the child as leaving, its twelve-month tables as staying."""
    return day - timedelta(days=1) if (day.month, day.day) == (3, 31) else day


def _forced(ward: _Ward, segment: Segment) -> list[tuple[CarePeriod, date]]:
    found = []
    for day in _days(segment):
        found += [(period, day) for period in ward.adoption_ends.get(day, [])]
        found += [(period, day) for period in ward.must_leave.get(day, []) if period.end is None]
        found += [(period, day) for period in ward.by_birthday.get(day, []) if period.end is None]
    return found


def _early_leavers(ward: _Ward, segments: list[Segment], place: int, free: int) -> list[CarePeriod]:
    """Young people who leave some months before 18, because more birthdays fall together than ends are planned."""
    need, forced_total, ends_total = 0, 0, 0
    coming: list[CarePeriod] = []
    for segment in segments[place + 1 : place + 1 + _LOOK_AHEAD]:
        forced = _forced(ward, segment)
        coming += [period for period, _ in forced if period.adoption is None or period.adoption.adopted is None]
        forced_total += len(forced)
        ends_total += segment.ends
        need = max(need, forced_total - int(0.8 * ends_total))
    first_day = segments[place].first
    able = [p for p in coming if (p.not_before or p.start) < first_day and p.start < first_day - timedelta(days=30)]
    return able[: min(need, free)]


def _next_to_leave(ward: _Ward, day: date) -> CarePeriod:
    """Whoever has been meant to leave for longest; short stays first, for they would not be short in a queue."""
    for heap, only_due in ((ward.short, True), (ward.long, False), (ward.short, False), (ward.grown, False)):
        aside, found = [], None
        while heap:
            entry = heapq.heappop(heap)
            period = entry[2]
            if period.end is not None:
                continue
            if only_due and period.meant_to_end > day:
                aside.append(entry)
                break
            if period.start >= day or (period.not_before and period.not_before > day):
                aside.append(entry)
                continue
            found = period
            break
        for entry in aside:
            heapq.heappush(heap, entry)
        if found:
            return found
    raise ValueError(f"nobody can leave on {day}")


def _end(ward: _Ward, period: CarePeriod, day: date) -> None:
    period.end = day
    if period.adoption is None or period.adoption.adopted is None:
        ward.left.append(period)


# --- starts ----------------------------------------------------------------------------------------------------------


def _admit(ward: _Ward, period: CarePeriod) -> None:
    ward.periods.append(period)
    if period.adoption and period.adoption.adopted:
        if period.adoption.adopted <= EXTRACT_DAY:
            ward.adoption_ends[period.adoption.adopted].append(period)
        return  # waiting on the extract day: stays to the end
    ward.by_birthday[period.child.eighteenth_birthday].append(period)
    if period.meant_to_end == period.child.eighteenth_birthday:
        heap = ward.grown
    else:
        heap = ward.short if (period.meant_to_end - period.start).days < 120 else ward.long
    heapq.heappush(heap, (period.meant_to_end, len(ward.periods), period))


def _admit_planned(ward: _Ward, plans: list[AdoptionPlan]) -> None:
    families: dict[int, tuple[int, str]] = {}
    for adoption_plan in plans:
        if adoption_plan.group not in families:
            families[adoption_plan.group] = (_new_family(ward), new_ethnicity(ward.draws))
        family, ethnicity = families[adoption_plan.group]
        child = _new_child(ward, adoption_plan.birth, ethnicity, family, sex=adoption_plan.sex)
        ended = adoption_plan.ended
        meant = ended + timedelta(days=ward.draws.integer(200, 2500)) if ended else adoption_plan.adopted
        period = CarePeriod(
            child, adoption_plan.entered, _need(ward.draws, child, young=True), meant, adoption=adoption_plan
        )
        period.not_before = ended + timedelta(days=28) if ended else None
        _admit(ward, period)


def _admit_unaccompanied(ward: _Ward, day: date) -> None:
    draws = ward.draws
    birth = day - timedelta(days=int(draws.uniform(14.6, 17.7) * 365.25))
    child = _new_child(
        ward, birth, draws.weighted(ETHNICITY_UNACCOMPANIED), _new_family(ward), sex=new_sex(draws, 0.93)
    )
    child.unaccompanied, child.disabled = True, False
    meant = child.eighteenth_birthday if draws.chance(0.85) else day + timedelta(days=draws.integer(60, 400))
    _admit(ward, CarePeriod(child, day, "N8", min(meant, child.eighteenth_birthday)))


def _admit_family(ward: _Ward, day: date, size: int) -> int:
    draws = ward.draws
    family, ethnicity = _new_family(ward), new_ethnicity(draws)
    eldest = draws.uniform(
        *draws.weighted({(0, 0.1): 11, (0.1, 1): 7, (1, 5): 17, (5, 10): 20, (10, 16): 34, (16, 17.6): 11})
    )
    need, meant = None, None
    for place in range(size):
        age = eldest if place == 0 else max(0.01, min(16.9, eldest - 1.3 * place - draws.uniform(0, 1.5)))
        if place and eldest < 1.3 * place + 0.8:
            age = min(16.5, eldest + 1.2 * place + draws.uniform(0, 1.0))  # the first drawn was the youngest
        child = _new_child(ward, day - timedelta(days=int(age * 365.25)), ethnicity, family)
        need = need if need and draws.chance(0.93) else _need(draws, child)
        meant = meant if meant and draws.chance(0.8) else _meant_to_end(draws, day, child)
        _admit(ward, CarePeriod(child, day, need, min(meant, child.eighteenth_birthday)))
    return size


def _admit_returning(ward: _Ward, day: date, twice: dict[int, int]) -> bool:
    """A child who has been in care before comes back; within the year only as often as the published counts need it."""
    year, draws = year_of(day), ward.draws
    late_in_year = day >= date(year, 9, 1)
    within = late_in_year and twice[year] != 0
    if not within and not draws.chance(0.065):
        return False
    for period in draws.shuffled(ward.left[-220:]):
        child = period.child
        if period.children_returned or child.unaccompanied or (day - period.end).days < 21:
            continue
        if birthday(child.birth, 17) <= day or child.eighteenth_birthday <= year_end(year):
            continue
        started_this_year, ceased_this_year = year_of(period.start) == year, year_of(period.end) == year
        if within and twice[year] > 0 and not (started_this_year and ceased_this_year):
            continue
        if within and twice[year] < 0 and (started_this_year or not ceased_this_year or day > date(year + 1, 1, 31)):
            continue
        if not within and started_this_year:
            continue
        meant = min(_meant_to_end(draws, day, child), child.eighteenth_birthday)
        returning = CarePeriod(child, day, period.need if draws.chance(0.8) else _need(draws, child), meant)
        period.children_returned = True
        if within and twice[year] < 0:
            returning.meant_to_end = day + timedelta(days=40)
            returning.not_before = year_end(year)  # the queue leaves the child alone: the day is set
            ward.must_leave[returning.meant_to_end].append(returning)
            twice[year] += 1
        elif ceased_this_year:
            returning.not_before = year_start(year + 1)  # a second end in one year would be counted once
            twice[year] -= within
        _admit(ward, returning)
        return True
    return False


def _new_family(ward: _Ward) -> int:
    ward.families += 1
    return ward.families


def _new_child(ward: _Ward, birth: date, ethnicity: str, family: int, sex: str | None = None) -> Child:
    ward.children += 1
    draws = ward.draws
    sex = sex or new_sex(draws)
    if (birth.month, birth.day) == (3, 31):
        birth -= timedelta(days=1)  # nobody turns 18 on the day of the count: see `_last_day_to_leave`
    return Child(ward.children, sex, birth, ethnicity, family, disabled=draws.chance(0.07), council=ward.council)


def _need(draws: Draws, child: Child, young: bool = False) -> str:
    if child.disabled and draws.chance(0.3):
        return "N2"
    weights = {"N1": 71, "N3": 4, "N4": 7, "N5": 14, "N7": 0.1, "N8": 2}
    return draws.weighted(weights if young else weights | {"N6": 2})


def _meant_to_end(draws: Draws, start: date, child: Child) -> date:
    """When the child is meant to leave: a mixture of short, middling and long stays, longer for the young and for teenagers."""
    eighteen = child.eighteenth_birthday
    age = age_on(child.birth, start)
    kind = draws.weighted({"short": 17, "months": 17, "years": 40 if age < 12 else 22, "grown": 26 if age < 13 else 46})
    if kind == "short":
        return start + timedelta(days=draws.integer(2, 75))
    if kind == "months":
        return start + timedelta(days=draws.integer(76, 365))
    if kind == "years":
        return start + timedelta(days=int(365 + draws.lognormal(330, 0.7)))
    return eighteen - timedelta(days=draws.integer(0, 300) if draws.chance(0.2) else 0)


def _days(segment: Segment) -> list[date]:
    return [segment.first + timedelta(days=step) for step in range(segment.days)]


# --- why children left -----------------------------------------------------------------------------------------------


def _give_reasons(periods: list[CarePeriod], targets: Targets, draws: Draws) -> None:
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        ended = [p for p in periods if p.end and year_of(p.end) == year]
        for period in ended:
            if period.adoption and period.adoption.adopted:
                period.reason = "E11" if period.adoption.with_consent or draws.chance(0.24) else "E12"
        ended = [p for p in ended if p.reason is None]
        _give_orders(ended, targets, year, draws)
        for period in [p for p in ended if p.reason is None]:
            period.reason = _other_reason(period, year, draws)


def _give_orders(ended: list[CarePeriod], targets: Targets, year: int, draws: Draws) -> None:
    """Special guardianship and child arrangements orders, as many as published, first to children who stayed eight months or more."""
    able = [
        p
        for p in draws.shuffled(ended)
        if age_on(p.child.birth, p.end) < 17
        and (p.end - p.start).days > 45
        and not p.child.unaccompanied
        and not p.children_returned
    ]
    able.sort(key=lambda p: ((p.end - p.start).days < 240, (p.end - p.start).days < 120))
    relatives = {"E45": 52, "E47": 26, "E46": 17, "E48": 5} if year >= 2018 else {"E43": 68, "E44": 32}
    for period in able[: targets.special_guardianship[year]]:
        period.reason = draws.weighted(relatives)
    rest = able[targets.special_guardianship[year] :][: targets.child_arrangements[year]]
    for period in rest:
        period.reason = "E41"


def _other_reason(period: CarePeriod, year: int, draws: Draws) -> str:
    age = age_on(period.child.birth, period.end)
    last = not period.children_returned
    if period.end == period.child.eighteenth_birthday:
        stayed = 30 if (period.end - period.start).days > 365 else 6
        return draws.weighted(
            {"E17": stayed if year >= 2018 else 0, "E5": 42, "E6": 12, "E7": 9 if period.child.disabled else 1,
             "E4A": 8, "E8": 6, "E15": 2 if period.child.unaccompanied and year >= 2018 else 0}
        )  # fmt: skip
    if age >= 16 and last:
        return draws.weighted({"E4A": 30, "E4B": 16, "E13": 8, "E5": 22, "E6": 6, "E8": 10, "E9": 5, "E3": 2})
    if not last:
        return draws.weighted({"E4A": 60, "E4B": 25, "E13": 10, "E8": 5})
    return draws.weighted({"E4A": 52, "E4B": 14, "E13": 20, "E3": 4, "E8": 9, "E2": 0.5})
