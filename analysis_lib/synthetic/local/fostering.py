"""Fostering households on the last day of each quarter, and enquiries from people who may become foster carers.

Households, places approved, filled and not to be used, and households on hold hit the figures of `figures.py`; between the
days that have one they go in a straight line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from analysis_lib.synthetic.calendar import EXTRACT_DAY, add_months, month_end, written
from analysis_lib.synthetic.draws import Draws
from analysis_lib.synthetic.local.figures import (
    APPROVED_AND_LEFT,
    CONNECTED_AT_FIRST,
    ENQUIRIES,
    FIRST_LOCAL_DAY,
    FOSTERING,
    ON_HOLD,
)

HOUSEHOLDS = [
    "HOUSEHOLD", "COUNTED_ON", "HOUSEHOLD_KIND", "HOUSEHOLD_APPROVED_ON", "HOUSEHOLD_LEFT_ON", "HOUSEHOLD_LEFT_REASON",
    "PLACES_APPROVED", "PLACES_FILLED", "PLACES_UNAVAILABLE", "PLACES_ON_HOLD", "ON_HOLD_REASON",
]  # fmt: skip
ENQUIRED = [
    "ENQUIRY", "ENQUIRED_ON", "HOUSEHOLD_KIND", "APPLIED_ON", "APPLICATION_DECIDED_ON", "APPLICATION_OUTCOME", "HOUSEHOLD",
]  # fmt: skip
KINDS = {"MAINSTREAM": 91, "SHORT_BREAK": 4, "PARENT_CHILD": 3, "SUPPORTED_LODGINGS": 2}
PLACES = {True: {1: 58, 2: 30, 3: 12}, False: {1: 30, 2: 40, 3: 24, 4: 6}}  # by connected or not
MOST_PLACES = {True: 3, False: 4}
LEFT = {
    True: {"PERMANENCE": 55, "PERSONAL": 18, "DEREGISTERED": 12, "OTHER": 15},
    False: {"RETIRED": 34, "PERSONAL": 26, "DEREGISTERED": 21, "PERMANENCE": 9, "OTHER_AGENCY": 3, "OTHER": 7},
}
REASONS = {"HEALTH": 36, "HOLIDAY": 22, "PERSONAL": 18, "REVIEW": 14, "ALLEGATION": 6, "OTHER": 4}


@dataclass
class Household:
    name: str
    kind: str
    approved: date
    places: int
    filled: int = 0
    left: date | None = None
    left_reason: str = ""
    on_hold: str = ""

    @property
    def connected(self) -> bool:
        return self.kind == "CONNECTED"

    @property
    def free(self) -> int:
        return self.places - self.filled


def tables(seed_draws):
    draws = seed_draws("fostering households")
    households, rows = _at_first(draws), []
    everybody = list(households)
    rows += _count(households, [], FIRST_LOCAL_DAY - timedelta(days=1), draws)
    for (year, quarter), flows in APPROVED_AND_LEFT.items():
        first = add_months(date(year, 4, 1), 3 * (quarter - 1))
        last = month_end(add_months(first, 2))
        gone = [
            each for connected in (False, True) for each in _leave(households, connected, flows, first, last, draws)
        ]
        households = [each for each in households if each.left is None]
        new = _approve(len(everybody), flows, first, last, draws)
        everybody += new
        households += new
        rows += _count(households, gone, last, draws)
    yield "fostering_households", HOUSEHOLDS, rows
    yield "fostering_enquiries", ENQUIRED, _enquiries(everybody, seed_draws("fostering enquiries"))


def _between(figures: dict[date, tuple[int, ...]], day: date) -> list[int]:
    """The figures of `day`, in a straight line between the days that have one."""
    before = max(each for each in figures if each <= day)
    after = min(each for each in figures if each >= day)
    share = (day - before).days / ((after - before).days or 1)
    return [round(low + share * (high - low)) for low, high in zip(figures[before], figures[after], strict=True)]


def _name(number: int) -> str:
    return f"FH{number:04d}"


def _at_first(draws: Draws) -> list[Household]:
    opening = FIRST_LOCAL_DAY - timedelta(days=1)
    total = FOSTERING[opening][0]
    connected = draws.shuffled([place < CONNECTED_AT_FIRST for place in range(total)])
    approved = sorted(
        ((opening - timedelta(days=draws.integer(40, 1800 if each else 5400))), each) for each in connected
    )
    return [_household(number + 1, day, each, draws) for number, (day, each) in enumerate(approved)]


def _household(number: int, day: date, connected: bool, draws: Draws) -> Household:
    kind = "CONNECTED" if connected else draws.weighted(KINDS)
    places = draws.weighted(PLACES[connected])
    # Connected carers are approved for the children who live with them; others wait for a child.
    return Household(_name(number), kind, day, places, places if connected else 0)


def _leave(households, connected: bool, flows, first: date, last: date, draws: Draws) -> list[Household]:
    """As many of one kind as leave in the quarter; none that was approved in the half year before."""
    long_there = [each for each in households if each.connected == connected and (first - each.approved).days > 180]
    gone = draws.shuffled(long_there)[: flows[connected][1]]
    for each in gone:
        each.left, each.left_reason = draws.office_day(first, last), draws.weighted(LEFT[connected])
    return gone


def _approve(known: int, flows, first: date, last: date, draws: Draws) -> list[Household]:
    days = sorted(
        (draws.office_day(first, last), connected) for connected in (False, True) for _ in range(flows[connected][0])
    )
    return [_household(known + place + 1, day, connected, draws) for place, (day, connected) in enumerate(days)]


def _count(households: list[Household], gone: list[Household], day: date, draws: Draws) -> list[list[str]]:
    _, approved, filled, not_usable = _between(FOSTERING, day)
    _change_places(households, approved, draws)
    _change_children(households, filled, draws)
    _put_on_hold(households, _between(ON_HOLD, day)[0], draws)
    on_hold = {each.name: each.free for each in households if each.on_hold}
    unusable = _unusable(households, not_usable - sum(on_hold.values()), draws)
    rows = [
        [
            each.name, written(day), each.kind, written(each.approved), "", "", str(each.places), str(each.filled),
            str(unusable.get(each.name, 0)), str(on_hold.get(each.name, 0)), each.on_hold,
        ]
        for each in households
    ]  # fmt: skip
    rows += [
        [
            each.name, written(day), each.kind, written(each.approved), written(each.left), each.left_reason, str(each.places),
            "0", "", "", "",
        ]
        for each in gone
    ]  # fmt: skip
    return sorted(rows)


def _change_places(households: list[Household], total: int, draws: Draws) -> None:
    """Terms of approval change in as many households as it takes to come to `total` places."""
    while (gap := total - sum(each.places for each in households)) != 0:
        each = draws.one_of(households)
        if gap > 0 and each.places < MOST_PLACES[each.connected]:
            each.places += 1
        elif gap < 0 and each.places > 1 and each.free:
            each.places -= 1


def _change_children(households: list[Household], total: int, draws: Draws) -> None:
    """Children come and go in a seventh of the households, then in as many as it takes to come to `total`."""
    for each in households:
        if draws.chance(0.14):
            each.filled = draws.integer(0, each.places)
    while (gap := total - sum(each.filled for each in households)) != 0:
        each = draws.one_of(households)
        if gap > 0 and each.free and not each.on_hold:
            each.filled += 1
        elif gap < 0 and each.filled and (not each.connected or draws.chance(0.2)):
            each.filled -= 1


def _put_on_hold(households: list[Household], number: int, draws: Draws) -> None:
    """`number` households on hold; most of those that were stay so, and all have a place free."""
    for each in households:
        if each.on_hold and (not each.free or draws.chance(0.3)):
            each.on_hold = ""
    held = [each for each in households if each.on_hold]
    for each in held[number:]:
        each.on_hold = ""
    free = [each for each in households if each.free and not each.on_hold and not each.connected]
    for each in draws.shuffled(free)[: max(0, number - len(held))]:
        each.on_hold = draws.weighted(REASONS)


def _unusable(households: list[Household], number: int, draws: Draws) -> dict[str, int]:
    """Free places of households not on hold that cannot be used, `number` in all."""
    free = [each.name for each in households if not each.on_hold for _ in range(each.free)]
    found: dict[str, int] = {}
    for name in draws.shuffled(free)[: max(0, number)]:
        found[name] = found.get(name, 0) + 1
    return found


def _enquiries(everybody: list[Household], draws: Draws) -> list[list[str]]:
    """Those that led to an approval, as long ago as it takes, and those that did not, to the number of each quarter."""
    approved = []
    for each in everybody:
        applied = each.approved - timedelta(days=draws.integer(110, 240))
        enquired = applied - timedelta(days=draws.integer(14, 80))
        if not each.connected and enquired >= FIRST_LOCAL_DAY:
            approved.append((enquired, each.kind, applied, each.approved, "APPROVED", each.name))
    made = list(approved)
    for (year, quarter), number in ENQUIRIES.items():
        first = add_months(date(year, 4, 1), 3 * (quarter - 1))
        last = month_end(add_months(first, 2))
        already = sum(first <= each[0] <= last for each in approved)
        made += [_no_approval(draws.office_day(first, last), draws) for _ in range(number - already)]
    made.sort(key=lambda each: (each[0], each[5]))
    return [
        [
            f"FE{number + 1:04d}", written(enquired), kind, written(applied), written(decided), outcome, household,
        ]
        for number, (enquired, kind, applied, decided, outcome, household) in enumerate(made)
    ]  # fmt: skip


def _no_approval(enquired: date, draws: Draws) -> tuple:
    """An enquiry that went no further, or led to an application that was withdrawn, refused or is not decided yet."""
    applied = enquired + timedelta(days=draws.integer(14, 80))
    decided = applied + timedelta(days=draws.integer(20, 260))
    outcome = draws.weighted({"WITHDRAWN": 8, "NOT_APPROVED": 1})
    kind = draws.weighted(KINDS)
    if not draws.chance(0.17) or applied > EXTRACT_DAY:
        return enquired, kind, None, None, "", ""
    if decided > EXTRACT_DAY:
        return enquired, kind, applied, None, "", ""
    return enquired, kind, applied, decided, outcome, ""
