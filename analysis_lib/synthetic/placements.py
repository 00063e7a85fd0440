"""Inside a period of care: legal statuses, placements and the episodes that the SSDA903 makes of them.

Legal statuses follow the usual roads (section 20, or police protection, or an interim order; then a full care order; for
a plan of adoption a placement order). Placements are cut into spells first; each spell then takes the type that the
authority's mix on its quarter ends lacks most, within what the child's age and legal status allow.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from analysis_lib.synthetic.calendar import EXTRACT_DAY, FIRST_DAY, add_months, age_on, birthday, year_of
from analysis_lib.synthetic.care import CarePeriod
from analysis_lib.synthetic.draws import Draws
from analysis_lib.synthetic.targets import PLACEMENT_SHARES

REGISTRATION_DAY = date(2023, 10, 2)  # supported accommodation had to be registered with Ofsted by 28 October 2023
_TOO_SHORT = 9  # days: a spell of placement is never shorter
_UNSETTLED = 1.0  # the middle child's pace of moves: half as many again in a bad year, a tenth for the settled
_FOSTER_OWN, _ADOPTION_AGENCY = "SC990001", "XXXXXXX"


@dataclass(frozen=True)
class Carer:
    """Where a child lives: who provides it, where it is and under which (invented) Ofsted number."""

    kind: str  # other foster, connected, home, semi, parents, school, secure, adopters
    provider: str
    postcode: str
    urn: str
    number: int


@dataclass
class Spell:
    """Living with one carer under one placement code."""

    start: date
    place: str
    carer: Carer
    same_carer: bool = False


@dataclass
class Episode:
    """One episode of care, as a row of the SSDA903 has it."""

    start: date
    reason_new: str
    legal_status: str
    place: str
    carer: Carer
    end: date | None = None
    reason_ceased: str | None = None
    reason_change: str = ""
    urn: str = ""


@cache
def postcodes() -> dict[str, list[str]]:
    """The real postcodes that stand for homes and placements, by council; no synthetic child lives at any of them."""
    by_council: dict[str, list[str]] = defaultdict(list)
    with open(Path(__file__).with_name("postcodes.csv"), encoding="utf-8", newline="") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            by_council[row["council"]].append(row["postcode"])
    return dict(by_council)


class Mix:
    """Keeps the mix of placements near its targets, counted on every quarter end."""

    def __init__(self):
        self.counts: dict[date, dict[str, float]] = defaultdict(lambda: defaultdict(float))

    def lack(self, kind: str, days: list[date]) -> float:
        """By how much `kind` falls short of its share on `days` (a share, about -0.2 to 0.2)."""
        total = 0.0
        for day in days:
            counts = self.counts[day]
            children = sum(counts.values())
            total += _share(kind, day) - (counts[kind] / children if children else _share(kind, day))
        return total / len(days) if days else 0.0

    def add(self, kind: str, days: list[date]) -> None:
        for day in days:
            self.counts[day][kind] += 1


@cache
def council_of(postcode: str) -> str:
    """The council in whose area one of our postcodes lies."""
    return next(council for council, codes in postcodes().items() if postcode in codes)


@cache
def _share(kind: str, day: date) -> float:
    years = sorted(PLACEMENT_SHARES)
    at = day.year + (day.timetuple().tm_yday - 90) / 365
    at = min(max(at, years[0]), years[-1])
    left = max(year for year in years if year <= at)
    right = min(year for year in years if year >= at)
    weight = (at - left) / (right - left) if right > left else 0.0
    return (PLACEMENT_SHARES[left][kind] * (1 - weight) + PLACEMENT_SHARES[right][kind] * weight) / 100


def quarter_ends(start: date, end: date) -> list[date]:
    """Quarter ends d with start <= d < end."""
    day = date(start.year, 3 * ((start.month - 1) // 3) + 1, 1)
    found = []
    while day <= end:
        following = add_months(day, 3)
        last = following - timedelta(days=1)
        if start <= last < end:
            found.append(last)
        day = following
    return found


def episodes_of(periods: list[CarePeriod], seed_draws) -> list[list[Episode]]:
    """The episodes of every period of care, in the order of `periods`."""
    draws, mix = seed_draws("placements"), Mix()
    carers = _Carers(draws)
    legal_draws = seed_draws("legal status")
    homes: dict[int, str] = {}
    made = []
    for period in periods:
        home = homes.setdefault(period.child.family, draws.one_of(postcodes()["Middlesbrough"]))
        if period.short_break:
            made.append([Episode(period.start, "S", "V4", "U6", carers.foster(home), period.end, period.reason)])
            continue
        legal = _legal_statuses(period, legal_draws)
        spells = _spells(period, legal, draws, mix, carers, home)
        made.append(_episodes(period, legal, spells, draws))
    return made


# --- legal status ----------------------------------------------------------------------------------------------------


def _legal_statuses(period: CarePeriod, draws: Draws) -> list[tuple[date, str]]:
    """(first day, legal status), in order; the first on the day care starts, none on or after the day it ends."""
    start, last = period.start, period.end or EXTRACT_DAY + timedelta(days=1)
    plan = period.adoption
    if start < FIRST_DAY:
        return _trim(_legal_before_2016(period, draws), last)
    if period.child.unaccompanied:
        return [(start, "V2")]
    if plan:
        steps = (
            [(start, "C1")]
            if draws.chance(0.8)
            else [(start, "V2"), (start + timedelta(days=draws.integer(12, 40)), "C1")]
        )
        steps += _after_plan(plan)
        return _trim(steps, last)
    days = (last - start).days
    age = age_on(period.child.birth, start)
    if days < 120:
        first = draws.weighted({"V2": 58, "C1": 24, "L1": 10, "L2": 8})
    else:
        first = draws.weighted({"V2": 27 if age < 14 else 52, "C1": 60 if age < 14 else 36, "L1": 7, "L2": 6})
    steps, at = [(start, first)], start
    if first in ("L1", "L2"):
        at = start + timedelta(days=draws.integer(1, 3) if first == "L1" else draws.integer(3, 8))
        second = draws.weighted({"C1": 65, "V2": 35})
        steps.append((at, second))
        first = second
    if first == "V2" and draws.chance(0.76 if age < 14 else 0.34):
        at = at + timedelta(days=draws.integer(28, 190))
        steps.append((at, "C1"))
        first = "C1"
    if first == "C1":
        slower = 60 if year_of(at) in (2020, 2021, 2022) else 0
        steps.append((at + timedelta(days=draws.integer(150, 290) + draws.integer(0, slower)), "C2"))
    return _trim(steps, last)


def _legal_before_2016(period: CarePeriod, draws: Draws) -> list[tuple[date, str]]:
    plan, start = period.adoption, period.start
    in_care = (FIRST_DAY - start).days
    if plan:
        return [(start, "C1"), *_after_plan(plan)]
    if in_care < 270:
        full = max(FIRST_DAY, start + timedelta(days=draws.integer(180, 300)))
        return [(start, "C1"), (full, "C2")] if draws.chance(0.7) else [(start, "V2")]
    return [(start, "C2" if draws.chance(0.86) else "V2")]


def _after_plan(plan) -> list[tuple[date, str]]:
    if plan.order is None:
        return [(plan.ended, "C2")]
    return [(plan.order, "E1"), *([(plan.ended, "C2")] if plan.ended else [])]


def _trim(steps: list[tuple[date, str]], last: date) -> list[tuple[date, str]]:
    """The steps before the last day; a police protection or emergency order that nothing follows fits its time limit."""
    kept = [(day, status) for day, status in steps if day < last and day <= EXTRACT_DAY]
    limit = {"L1": 3, "L2": 20}.get(kept[-1][1])
    if limit and (last - kept[-1][0]).days > limit:
        kept.append((kept[-1][0] + timedelta(days=limit), "V2"))
    return kept


# --- placements ------------------------------------------------------------------------------------------------------


class _Carers:
    """The carers to choose from: foster homes with one or two children at a time are drawn anew, homes are a fixed list."""

    def __init__(self, draws: Draws):
        self.draws, self.number = draws, 0
        here = postcodes()["Middlesbrough"]
        near = [
            code for name in ("Stockton-on-Tees", "Redcar and Cleveland", "County Durham") for code in postcodes()[name]
        ]
        far = [code for name in ("Newcastle upon Tyne", "Leeds", "York", "Sunderland") for code in postcodes()[name]]
        self.homes = [self._new("home", "PR1", draws.one_of(here), f"SC9902{n:02d}") for n in range(6)]
        self.homes += [self._new("home", "PR4", draws.one_of(near + far), f"SC9903{n:02d}") for n in range(34)]
        self.semis = [self._new("semi", "PR1", draws.one_of(here), f"25990{n:02d}") for n in range(4)]
        self.semis += [self._new("semi", "PR4", draws.one_of(here), f"26990{n:02d}") for n in range(14)]
        self.schools = [self._new("school", "PR4", draws.one_of(near + far), f"SC9904{n:02d}") for n in range(5)]
        self.secure = [self._new("secure", "PR2", draws.one_of(far), f"SC9905{n:02d}") for n in range(3)]

    def _new(self, kind: str, provider: str, postcode: str, urn: str) -> Carer:
        self.number += 1
        return Carer(kind, provider, postcode, urn, self.number)

    def _place(self, home: str, previous: str) -> str:
        council = self.draws.weighted(
            {"Middlesbrough": 52, "Redcar and Cleveland": 14, "Stockton-on-Tees": 14, "Hartlepool": 3, "Darlington": 4,
             "County Durham": 5, "Northumberland": 2, "Newcastle upon Tyne": 1.5, "Sunderland": 1.5, "Leeds": 1,
             "York": 0.7, "Liverpool": 0.5, "Kingston upon Hull": 0.8}
        )  # fmt: skip
        options = [code for code in postcodes()[council] if code not in (home, previous)]
        return self.draws.one_of(options) if options else self._place(home, previous)

    def foster(self, home: str, previous: str = "") -> Carer:
        agency = self.draws.chance(0.45)
        urn = f"SC9901{self.draws.integer(1, 14):02d}" if agency else _FOSTER_OWN
        return self._new("other foster", "PR4" if agency else "PR1", self._place(home, previous), urn)

    def connected(self, home: str, previous: str = "") -> Carer:
        return self._new("connected", "PR1", self._place(home, previous), _FOSTER_OWN)

    def adopters(self, home: str, previous: str = "") -> Carer:
        provider = "PR1" if self.draws.chance(0.7) else "PR2"
        return self._new("adopters", provider, self._place(home, previous), _ADOPTION_AGENCY)

    def parents(self, home: str) -> Carer:
        here = self.draws.chance(0.8)
        return self._new("parents", "PR0", home if here else self.draws.one_of(postcodes()["Middlesbrough"]), "")

    def of_list(self, kind: str, home: str, previous: str) -> Carer:
        options = {"home": self.homes, "semi": self.semis, "school": self.schools, "secure": self.secure}[kind]
        return self.draws.one_of([carer for carer in options if carer.postcode not in (home, previous)])


def _spells(period, legal, draws: Draws, mix: Mix, carers: _Carers, home: str) -> list[Spell]:
    last = period.end or EXTRACT_DAY + timedelta(days=1)
    plan = period.adoption
    if plan and plan.moved_in and plan.moved_in < last:
        return _spells_to_adopters(period, legal, draws, mix, carers, home)
    return _ordinary_spells(period, legal, period.start, last, draws, mix, carers, home)


def _spells_to_adopters(period, legal, draws, mix, carers, home) -> list[Spell]:
    plan = period.adoption
    last = period.end or EXTRACT_DAY + timedelta(days=1)
    until = plan.fostered_from or plan.moved_in
    spells: list[Spell] = []
    if until > period.start:
        spells = _ordinary_spells(period, legal, period.start, until, draws, mix, carers, home, foster_only=True)
    if plan.fostered_from:
        carer = carers.foster(home, _postcode(spells))
        spells.append(Spell(max(until, period.start), "U5" if plan.early_permanence else "U6", carer))
        spells.append(Spell(plan.moved_in, "A5", carer, same_carer=True))
    else:
        spells.append(Spell(plan.moved_in, "A6", carers.adopters(home, _postcode(spells))))
    mix.add("adopters", quarter_ends(plan.moved_in, last))
    if plan.ended:  # the placement broke down before the plan was changed
        broke = min(plan.moved_in + timedelta(days=draws.integer(70, 130)), plan.ended - timedelta(days=20))
        spells += _ordinary_spells(period, legal, broke, last, draws, mix, carers, home)
    return spells


def _ordinary_spells(period, legal, start, last, draws, mix, carers, home, foster_only=False) -> list[Spell]:
    days = _change_days(period, start, last, draws)
    spells: list[Spell] = []
    for place, (begin, end) in enumerate(zip(days, [*days[1:], last], strict=True)):
        counted = quarter_ends(max(begin, FIRST_DAY - timedelta(days=1)), end)
        is_last = place == len(days) - 1 and period.end == last
        kind = _kind(period, legal, begin, end, counted, is_last, foster_only, spells, draws, mix)
        mix.add(kind if kind not in ("school", "secure") else "home", counted)
        spells += _living_with(kind, period, begin, end, draws, carers, home, _postcode(spells))
    return spells


def _postcode(spells: list[Spell]) -> str:
    """Where the child lives last: a move to another carer is a move to another postcode."""
    return spells[-1].carer.postcode if spells else ""


def _change_days(period: CarePeriod, start: date, last: date, draws: Draws) -> list[date]:
    """The first day of each placement: a settled child moves seldom, an unsettled one several times a year."""
    age = age_on(period.child.birth, start)
    unsettled = draws.lognormal(_UNSETTLED, 1.1) * (1.35 if age >= 11 else 0.9)
    days, at = [start], max(start, FIRST_DAY)
    first = True
    while True:
        busy = {2016: 0.6, 2017: 0.62, 2018: 0.7, 2019: 0.76}.get(year_of(at), 0.92)
        median = (130 if first and start >= FIRST_DAY else 560) / (unsettled * busy)
        if (at - start).days > 500:  # who has been in care for long has mostly found a home to stay in
            median *= 4
        at = at + timedelta(days=max(_TOO_SHORT, int(draws.lognormal(median, 1.0))))
        if at > last - timedelta(days=_TOO_SHORT):
            return days
        days.append(at)
        first = False


def _kind(period, legal, begin, end, counted, is_last, foster_only, before, draws, mix) -> str:
    child = period.child
    age = age_on(child.birth, begin)
    status = [status for day, status in legal if day <= begin][-1]
    if foster_only:
        return "other foster" if draws.chance(0.86) else "connected"
    if is_last and period.reason in ("E43", "E45") and status != "E1":
        return "connected"
    if is_last and period.reason in ("E44", "E46"):
        return "other foster"
    if is_last and period.reason == "E17":
        return "other foster" if draws.chance(0.75) else "connected"
    home_bound = is_last and period.reason in ("E4A", "E41", "E13")
    weights = {
        "other foster": 46 if age < 14 else 36,
        "connected": (26 if age < 12 else 12) if not child.unaccompanied else 2,
        "parents": (26 if home_bound else 13) if status in ("C1", "C2") and not child.unaccompanied else 0,
        "home": 0 if age < 5 else (3 if age < 10 else (14 if age < 16 else 18)),
        "semi": 0 if birthday(child.birth, 16) > begin else (34 if age < 17 else 60),
    }
    if status == "C1" and (end - begin).days > 400:
        weights["parents"] *= 0.5
    if before and before[-1].place == "P1":
        weights["parents"] = 0
    weights = {kind: weight * math.exp(26 * mix.lack(kind, counted)) for kind, weight in weights.items() if weight}
    kind = draws.weighted(weights)
    if kind == "home" and age >= 7 and draws.chance(0.05):
        return "school"
    if kind == "home" and age >= 13 and draws.chance(0.03):
        return "secure"
    return kind


def _living_with(
    kind: str, period, begin: date, end: date, draws, carers: _Carers, home: str, previous: str
) -> list[Spell]:
    if kind == "parents":
        return [Spell(begin, "P1", carers.parents(home))]
    if kind in ("home", "school", "secure", "semi"):
        code = {"home": "K2", "school": "S1", "secure": "K1", "semi": "K3"}[kind]
        spells = [Spell(begin, code, carers.of_list(kind, home, previous))]
        if kind == "semi" and begin < REGISTRATION_DAY < end:
            spells.append(Spell(REGISTRATION_DAY, code, spells[0].carer, same_carer=True))
        return spells
    carer = carers.connected(home, previous) if kind == "connected" else carers.foster(home, previous)
    short, long = ("U3", "U1") if kind == "connected" else ("U6", "U4")
    settled = max(begin, FIRST_DAY) + timedelta(days=draws.integer(240, 520))
    if begin < FIRST_DAY and (FIRST_DAY - begin).days > 600:
        return [Spell(begin, long, carer)]
    if settled < end - timedelta(days=60) and draws.chance(0.55) and period.adoption is None:
        return [Spell(begin, short, carer), Spell(settled, long, carer, same_carer=True)]
    return [Spell(begin, short, carer)]


# --- episodes --------------------------------------------------------------------------------------------------------


def _episodes(period: CarePeriod, legal, spells: list[Spell], draws: Draws) -> list[Episode]:
    """One episode for every day on which the legal status or the placement changes."""
    last = period.end or EXTRACT_DAY + timedelta(days=1)
    legal_days = {day for day, _ in legal}
    fixed = {spell.start for spell in spells if spell.same_carer or spell.place in ("A6", "U5")} | {period.start}
    for spell in spells:  # a move on the very day of an order stays rare: most move a few days later
        while spell.start not in fixed and spell.start in legal_days and draws.chance(0.9):
            spell.start += timedelta(days=1)
    spells = [spell for spell in spells if spell.start < last]
    marks = sorted({spell.start for spell in spells} | {day for day in legal_days if day < last})
    made: list[Episode] = []
    for mark in marks:
        spell = [spell for spell in spells if spell.start <= mark][-1]
        status = [status for day, status in legal if day <= mark][-1]
        urn = _urn(spell, mark)
        if not made:
            made.append(Episode(mark, "S", status, spell.place, spell.carer, urn=urn))
            continue
        previous = made[-1]
        moved, order = spell.start == mark, status != previous.legal_status
        same_carer = moved and spell.same_carer
        reason = {(True, False): "T" if same_carer else "P", (True, True): "U" if same_carer else "B"}.get(
            (moved, order), "L"
        )
        previous.end, previous.reason_ceased = mark, "X1"
        if moved:
            previous.reason_change = _change_reason(previous, spell, same_carer, draws)
        made.append(Episode(mark, reason, status, spell.place, spell.carer, urn=urn))
    made[-1].end, made[-1].reason_ceased = period.end, period.reason
    return made


def _urn(spell: Spell, day: date) -> str:
    if spell.carer.kind == "semi" and day < REGISTRATION_DAY:
        return ""
    return spell.carer.urn


def _change_reason(previous: Episode, spell: Spell, same_carer: bool, draws: Draws) -> str:
    if same_carer:
        return "PLACE"
    if spell.place in ("A6", "U5", "P1"):
        return "CARPL"
    weights = {
        "CARPL": 52,
        "CREQB": 15,
        "CREQO": 9,
        "CHILD": 5,
        "LAREQ": 6,
        "CLOSE": 2,
        "STAND": 1,
        "ALLEG": 3,
        "OTHER": 7,
    }
    return draws.weighted(weights)
