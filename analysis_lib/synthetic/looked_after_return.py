"""The SSDA903 of every year, table by table, from periods of care and their episodes.

Each year's return holds what that year's collection would have asked for, as known on 31 March: an episode that ended
later has no end yet, and codes follow the list of that year.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from analysis_lib.synthetic.calendar import (
    EXTRACT_DAY,
    FIRST_DAY,
    FIRST_YEAR,
    LAST_YEAR,
    add_months,
    add_working_days,
    age_on,
    birthday,
    by_year,
    written,
    year_end,
    year_of,
    year_start,
)
from analysis_lib.synthetic.care import CarePeriod
from analysis_lib.synthetic.draws import Draws
from analysis_lib.synthetic.people import Child, Council, new_ethnicity, new_sex
from analysis_lib.synthetic.placements import Episode, postcodes

TABLES = {
    "header": ["CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"],
    "episodes": [
        "CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC", "REASON_PLACE_CHANGE", "HOME_POST",
        "PL_POST", "URN",
    ],
    "reviews": ["CHILD", "DOB", "REVIEW", "REVIEW_CODE"],
    "uasc": ["CHILD", "SEX", "DOB", "DUC"],
    "oc2": [
        "CHILD", "DOB", "SDQ_SCORE", "SDQ_REASON", "CONVICTED", "HEALTH_CHECK", "IMMUNISATIONS", "TEETH_CHECK",
        "HEALTH_ASSESSMENT", "SUBSTANCE_MISUSE", "INTERVENTION_RECEIVED", "INTERVENTION_OFFERED",
    ],
    "oc3": ["CHILD", "DOB", "IN_TOUCH", "ACTIV", "ACCOM"],
    "ad1": ["CHILD", "DOB", "DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR"],
    "placed_for_adoption": ["CHILD", "DOB", "DATE_PLACED", "DATE_PLACED_CEASED", "REASON_PLACED_CEASED"],
    "previous_permanence": ["CHILD", "DOB", "PREV_PERM", "LA_PERM", "DATE_PERM"],
    "missing": ["CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"],
    "sw_episodes": ["CHILD", "DOB", "SW_ID", "SW_DECOM", "SW_DEC", "SW_REASON"],
}  # fmt: skip
SOCIAL_WORKERS_FROM = 2023  # the return for 2023-24 was the first to ask for them
LETTERS_FOR_SEX_FROM = 2024
SUPPORTED_ACCOMMODATION_FROM = 2024  # K3 in place of H5


@dataclass
class CareRecord:
    """All that is recorded about one period of care."""

    period: CarePeriod
    episodes: list[Episode]
    home_postcode: str
    reviews: list[tuple[date, str]] = field(default_factory=list)
    missing: list[tuple[date, date, str]] = field(default_factory=list)
    workers: list[tuple[date, date | None, str, str]] = field(default_factory=list)
    child: Child = field(init=False)

    def __post_init__(self):
        self.child = self.period.child


@dataclass
class CareLeaver:
    """A young person whom the council still supports: their child and when they last left care."""

    child: Child
    left: date
    outcomes: dict[int, tuple[str, str, str]] = field(default_factory=dict)  # per year: IN_TOUCH, ACTIV, ACCOM


def records(periods: list[CarePeriod], episodes: list[list[Episode]], seed_draws) -> list[CareRecord]:
    """The records of all periods of care, with reviews, missing spells and social workers."""
    homes: dict[int, str] = {}
    home_draws = seed_draws("homes")
    reviews, missing, workers = seed_draws("reviews"), seed_draws("missing"), seed_draws("social workers")
    _name_children(periods, seed_draws("mothers"))
    made = []
    for period, chain in zip(periods, episodes, strict=True):
        taken = {episode.carer.postcode for episode in chain if episode.place != "P1"}
        home = homes.get(period.child.family)
        if home is None or home in taken:
            parents = [episode.carer.postcode for episode in chain if episode.place == "P1"]
            free = [code for code in postcodes()["Middlesbrough"] if code not in taken]
            home = parents[0] if parents and parents[0] not in taken else home_draws.one_of(free)
            homes.setdefault(period.child.family, home)
        record = CareRecord(period, chain, "" if period.child.unaccompanied else home)
        if not period.short_break:
            record.reviews = _reviews(period, reviews)
            record.missing = _missing(period, missing)
            record.workers = _workers(period, workers)
        made.append(record)
    _bridge_workers(made)
    return made


def _bridge_workers(all_records: list[CareRecord]) -> None:
    """A child who comes back by the end of the next year kept a social worker between: the return asks for all of it."""
    by_child: dict[int, list[CareRecord]] = {}
    for record in all_records:
        by_child.setdefault(record.child.key, []).append(record)
    for chain in by_child.values():
        for earlier, later in zip(chain, chain[1:], strict=False):
            years_between = year_of(later.period.start) - year_of(earlier.period.end)
            if earlier.workers and later.workers and years_between <= 1:
                start, _, worker, reason = earlier.workers[-1]
                earlier.workers[-1] = (start, later.workers[0][0], worker, reason)
                later.workers[0] = (*later.workers[0][:3], "TSPROC")  # not the first contact any more


def _name_children(periods: list[CarePeriod], draws: Draws) -> None:
    seen: set[int] = set()
    for period in periods:
        child = period.child
        if child.key in seen:
            continue
        seen.add(child.key)
        last = period.end or EXTRACT_DAY
        first = max(period.start, birthday(child.birth, 15), FIRST_DAY)
        if child.sex == "F" and not period.short_break and (last - first).days > 120 and draws.chance(0.035):
            child.mother_of = draws.day(first + timedelta(days=30), last - timedelta(days=30))


# --- what happens during care ----------------------------------------------------------------------------------------


def _reviews(period: CarePeriod, draws: Draws) -> list[tuple[date, str]]:
    last = period.end or EXTRACT_DAY + timedelta(days=1)
    held, due = [], add_working_days(period.start, 20)
    if period.start < FIRST_DAY:
        due = FIRST_DAY + timedelta(days=draws.integer(0, 180))
    while due < last:
        late = draws.chance(0.22 if year_of(due) in (2019, 2020) else 0.1)
        day = due + timedelta(days=draws.integer(1, 40)) if late else add_working_days(due, -draws.integer(0, 8))
        day = max(day, period.start + timedelta(days=2))
        if day >= last or day > EXTRACT_DAY:
            break
        if day >= FIRST_DAY:
            held.append((day, _participation(age_on(period.child.birth, day), draws)))
        due = add_months(day, 3 if len(held) == 1 and period.start >= FIRST_DAY else 6)
    return held


def _participation(age: int, draws: Draws) -> str:
    if age < 4:
        return "PN0"
    older = age >= 10
    weights = {"PN1": 42, "PN2": 2, "PN3": 1, "PN4": 3, "PN5": 9, "PN6": 36, "PN7": 7} if older else {
        "PN1": 22, "PN2": 2, "PN3": 4, "PN4": 3, "PN5": 12, "PN6": 49, "PN7": 8
    }  # fmt: skip
    return draws.weighted(weights)


def _missing(period: CarePeriod, draws: Draws) -> list[tuple[date, date, str]]:
    """Missing and away spells, (start, end, M or A): few young people, some of them often."""
    last = period.end or EXTRACT_DAY
    first = max(period.start, birthday(period.child.birth, 11), FIRST_DAY)
    months = (last - first).days / 30.4
    if months < 0.5 or not draws.chance(0.29):
        return []
    wanted = draws.poisson(min(9.0, draws.lognormal(0.11 * months, 0.9)))
    starts = sorted(draws.day(first, last - timedelta(days=1)) for _ in range(wanted))
    spells: list[tuple[date, date, str]] = []
    for start in starts:
        end = start + timedelta(days=draws.weighted({0: 35, 1: 40, 2: 10, 3: 6, 5: 5, 9: 3, 16: 1}))
        over_the_year = end > year_end(year_of(start))  # kept out: the rule engine misreads spells open on 31 March
        if over_the_year or end >= last or (spells and start <= spells[-1][1] + timedelta(days=1)):
            continue
        spells.append((start, end, "M" if draws.chance(0.82) else "A"))
    return spells


def _workers(period: CarePeriod, draws: Draws) -> list[tuple[date, date | None, str, str]]:
    """Social workers one after another, from 1 April 2023 on (the one before since earlier).

    The last one has no end: whoever worked with a child who has left closes the file later, and no return asks when.
    """
    opening = year_start(SOCIAL_WORKERS_FROM)
    if period.end and period.end < opening:
        return []
    start = period.start
    if start < opening:
        start = max(period.start, opening - timedelta(days=draws.integer(5, 420)))
    if period.end and (period.end - period.start).days < 4:
        start = period.start - timedelta(days=6)  # the family's worker before a stay of a few days
    made, council = [], period.child.council
    reason = "FCONTA" if start == period.start else "TSPROC"
    last = period.end
    while True:
        end = start + timedelta(days=max(10, int(draws.lognormal(122, 0.75))))
        if end.month == 3 and end.day >= 25:
            end -= timedelta(days=8)  # the returns' checks take a change in the last days of March for a missing worker
        worker = council.social_worker(draws.integer(1, 96))
        if made and worker == made[-1][2]:
            worker = council.social_worker(draws.integer(101, 140))
        if (last and end > last - timedelta(days=9)) or (last is None and end > EXTRACT_DAY):
            made.append((start, None, worker, reason))
            return made
        made.append((start, end, worker, reason))
        start = end
        reason = draws.weighted({"LEFTRL": 38, "MANAGE": 22, "TSPROC": 24, "ORGRST": 6, "ABSENC": 7, "OTHERS": 3})


# --- the tables ------------------------------------------------------------------------------------------------------


@dataclass
class Known:
    """Everybody whom the returns are about, sorted once: what each year's tables take their rows from."""

    records: dict[int, list[CareRecord]]  # those of each year, in the order of the children's identifiers
    leavers: list[CareLeaver]
    first_care: dict[str, date]
    periods_of: dict[str, list[CareRecord]]


def known(all_records: list[CareRecord], leavers: list[CareLeaver]) -> Known:
    in_order = sorted(all_records, key=lambda record: (record.child.identifier, record.period.start))
    periods_of: dict[str, list[CareRecord]] = {}
    for record in in_order:
        periods_of.setdefault(record.child.identifier, []).append(record)
    return Known(
        by_year(in_order, lambda record: (record.period.start, record.period.end)),
        sorted(leavers, key=lambda leaver: leaver.child.identifier),
        {name: chain[0].period.start for name, chain in periods_of.items()},
        periods_of,
    )


def tables(everybody: Known, year: int, seed_draws) -> dict[str, list[list[str]]]:
    """Rows of every table of one year's return, in the order of the children's identifiers."""
    now = everybody.records[year]
    outcomes = [(leaver, leaver.outcomes[year]) for leaver in everybody.leavers if year in leaver.outcomes]
    made = {
        "header": _header(now, [leaver.child for leaver, _ in outcomes], year),
        "episodes": [row for record in now for row in _episode_rows(record, year)],
        "reviews": [
            [*_who(record.child), written(day), code]
            for record in now
            for day, code in record.reviews
            if year_of(day) == year
        ],
        "uasc": _uasc(now, year),
        "oc2": _oc2(now, year, seed_draws(f"oc2 {year}")),
        "oc3": [[*_who(leaver.child), *values] for leaver, values in outcomes],
        "ad1": _ad1(now, year),
        "placed_for_adoption": _placed(now, year),
        "previous_permanence": _previous_permanence(
            now, everybody.first_care, year, seed_draws(f"previous permanence {year}")
        ),
        "missing": _missing_rows(now, year),
    }
    if year >= SOCIAL_WORKERS_FROM:
        made["sw_episodes"] = _worker_rows(everybody, year)
    return made


def _who(child: Child) -> list[str]:
    return [child.identifier, written(child.birth)]


def _sex(child: Child, year: int) -> str:
    return child.sex if year >= LETTERS_FOR_SEX_FROM else {"M": "1", "F": "2"}[child.sex]


def upn_of(child: Child, year: int) -> str:
    """The child's number from the school year in which they are four; unaccompanied children were schooled abroad."""
    if child.unaccompanied:
        return "UN3"
    return child.upn if birthday(child.birth, 4) <= date(year, 8, 31) else "UN1"


def _header(now: list[CareRecord], leavers: list[Child], year: int) -> list[list[str]]:
    children: dict[str, tuple[Child, bool]] = {child.identifier: (child, False) for child in leavers}
    for record in now:
        counted = children.get(record.child.identifier, (None, False))[1] or not record.period.short_break
        children[record.child.identifier] = (record.child, counted)
    rows = []
    for name in sorted(children):
        child, counted = children[name]
        mother, first_child = "", ""
        if child.sex == "F" and counted:
            is_mother = child.mother_of is not None and child.mother_of <= year_end(year)
            mother, first_child = ("1", written(child.mother_of)) if is_mother else ("0", "")
        rows.append(
            [name, _sex(child, year), written(child.birth), child.ethnicity, upn_of(child, year), mother, first_child]
        )
    return rows


def _episode_rows(record: CareRecord, year: int) -> list[list[str]]:
    rows = []
    for episode in record.episodes:
        if episode.start > year_end(year) or (episode.end and episode.end < year_start(year)):
            continue
        ended = episode.end is not None and episode.end <= year_end(year)
        place = "H5" if episode.place == "K3" and year < SUPPORTED_ACCOMMODATION_FROM else episode.place
        short_break = record.period.short_break
        rows.append(
            [
                record.child.identifier,
                written(episode.start),
                episode.reason_new,
                episode.legal_status,
                record.period.need,
                place,
                episode.carer.provider,
                written(episode.end) if ended else "",
                (episode.reason_ceased or "") if ended else "",
                episode.reason_change if ended else "",
                "" if short_break else record.home_postcode,
                "" if short_break else episode.carer.postcode,
                "" if short_break else episode.urn,
            ]
        )
    return rows


def _uasc(now: list[CareRecord], year: int) -> list[list[str]]:
    rows = {}
    for record in now:
        if record.child.unaccompanied:
            rows[record.child.identifier] = [
                record.child.identifier, _sex(record.child, year), written(record.child.birth), written(record.child.eighteenth_birthday),
            ]  # fmt: skip
    return list(rows.values())


def looked_after_all_year(record: CareRecord, year: int) -> bool:
    """Continuously looked after for the 12 months to 31 March, short breaks apart."""
    period = record.period
    if period.short_break or period.start > year_start(year):
        return False
    return period.end is None or period.end > year_end(year)


def _oc2(now: list[CareRecord], year: int, draws: Draws) -> list[list[str]]:
    rows = []
    first, last = year_start(year), year_end(year)
    pandemic = 0.8 if year == 2020 else 1.0
    for record in now:
        if not looked_after_all_year(record, year):
            continue
        child = record.child
        age = age_on(child.birth, last)
        score = reason = ""
        if birthday(child.birth, 4) <= last and birthday(child.birth, 17) >= first:
            if draws.chance(0.84):
                score = str(max(0, min(40, round(draws.normal(14.2, 7.1)))))
            else:
                reason = draws.weighted({"SDQ2": 40, "SDQ3": 8, "SDQ4": 32, "SDQ5": 20})
        convicted = str(int(draws.chance(0.045 if age >= 13 else 0.008))) if age >= 10 else ""
        health_check = str(int(draws.chance(0.86))) if age < 5 else ""
        misuse = draws.chance(0.075) if age >= 12 else False
        received = str(int(draws.chance(0.6))) if misuse else ""
        offered = str(int(draws.chance(0.7))) if received == "0" else ""
        rows.append(
            [
                *_who(child), score, reason, convicted, health_check,
                str(int(draws.chance(0.87))), str(int(draws.chance(0.83 * pandemic * (0.75 if year == 2020 else 1)))),
                str(int(draws.chance(0.92 * (pandemic + 1) / 2))), str(int(misuse)), received, offered,
            ]
        )  # fmt: skip
    return rows


def _ad1(now: list[CareRecord], year: int) -> list[list[str]]:
    rows = []
    for record in now:
        period, plan = record.period, record.period.adoption
        if period.reason in ("E11", "E12") and year_of(period.end) == year:
            rows.append(
                [
                    *_who(record.child),
                    written(plan.decision),
                    written(plan.match),
                    str(int(plan.by_foster_carer)),
                    *plan.adopters,
                ]
            )
    return rows


def _placed(now: list[CareRecord], year: int) -> list[list[str]]:
    rows = []
    for record in now:
        plan = record.period.adoption
        if plan is None or plan.decision > year_end(year) or (plan.ended and plan.ended < year_start(year)):
            continue
        ceased = plan.ended is not None and plan.ended <= year_end(year)
        rows.append(
            [
                *_who(record.child),
                written(plan.decision),
                written(plan.ended) if ceased else "",
                plan.ended_reason if ceased else "",
            ]
        )
    return rows


def _previous_permanence(
    now: list[CareRecord], first_care: dict[str, date], year: int, draws: Draws
) -> list[list[str]]:
    """One row for each child who started care in the year; an earlier order lies before the child's first care."""
    rows: dict[str, list[str]] = {}
    for record in now:
        start = record.period.start
        if start < year_start(year) or record.child.identifier in rows:
            continue
        age_days = (first_care[record.child.identifier] - record.child.birth).days
        code = "Z1"
        if age_days > 900 and not record.child.unaccompanied and draws.chance(0.075):
            code = draws.weighted({"P1": 30, "P2": 50, "P3": 17, "P4": 3})
        if code == "Z1":
            rows[record.child.identifier] = [*_who(record.child), "Z1", "", ""]
            continue
        day = record.child.birth + timedelta(days=draws.integer(300, age_days - 200))
        shown = draws.weighted({"day": 70, "month": 20, "year": 10})
        shown = {"day": written(day), "month": f"ZZ{written(day)[2:]}", "year": f"ZZ/ZZ/{day.year}"}[shown]
        council = draws.weighted({"806": 70, "807": 10, "808": 10, "805": 4, "841": 4, "SCO": 2})
        rows[record.child.identifier] = [*_who(record.child), code, council, shown]
    return list(rows.values())


def _missing_rows(now: list[CareRecord], year: int) -> list[list[str]]:
    rows = []
    for record in now:
        for start, end, kind in record.missing:
            if start > year_end(year) or end < year_start(year):
                continue
            rows.append([*_who(record.child), kind, written(start), written(end) if end <= year_end(year) else ""])
    return rows


def _worker_rows(everybody: Known, year: int) -> list[list[str]]:
    rows = []
    now = {record.child.identifier: {} for record in everybody.records[year]}
    for record in everybody.records[year]:
        now[record.child.identifier][record.period.start] = record
    chain = [record for name in now for record in everybody.periods_of[name]]
    for record in chain:
        in_care = record.period.start in now[record.child.identifier]
        for start, end, worker, reason in record.workers:
            if start > year_end(year) or (end or year_end(year)) < year_start(year) or not (in_care or end):
                continue
            shown = written(end) if end and end <= year_end(year) else ""
            rows.append([*_who(record.child), worker, written(start), shown, reason])
    return rows


# --- care leavers ----------------------------------------------------------------------------------------------------


def care_leavers(all_records: list[CareRecord], council: Council, scale: float, seed_draws) -> list[CareLeaver]:
    """Young people aged 17 to 21 who had 13 weeks of care after 14 and some of it after 16, and how they fared each year."""
    draws = seed_draws("care leavers")
    made = _left_before_2016(council, scale, draws)
    by_child: dict[str, list[CareRecord]] = {}
    for record in all_records:
        by_child.setdefault(record.child.identifier, []).append(record)
    for name in sorted(by_child):
        spells = [record.period for record in by_child[name] if not record.period.short_break]
        if not spells or spells[-1].end is None or spells[-1].reason in ("E11", "E12", "E2", "E3"):
            continue
        child, last = spells[-1].child, spells[-1].end
        if last <= birthday(child.birth, 16):
            continue
        after_14 = sum(max(0, (p.end - max(p.start, birthday(child.birth, 14))).days) for p in spells)
        if after_14 >= 91:
            made.append(CareLeaver(child, last))
    for leaver in made:
        _give_outcomes(leaver, draws)
    return [leaver for leaver in made if leaver.outcomes]


def _left_before_2016(council: Council, scale: float, draws: Draws) -> list[CareLeaver]:
    """Care leavers of the first years, who left before the first return: known by identifier and birth only."""
    made = []
    number = 90000
    for cohort, size in {1995: 41, 1996: 39, 1997: 43, 1998: 12, 1999: 4}.items():
        for _ in range(round(size * scale)):
            number += 1
            birth = draws.day(year_start(cohort), year_end(cohort))
            child = Child(number, new_sex(draws), birth, new_ethnicity(draws), 0, council=council)
            left = min(birthday(birth, 18), FIRST_DAY - timedelta(days=draws.integer(1, 200)))
            made.append(CareLeaver(child, left))
    return made


_IN_EDUCATION_OR_WORK = {17: 0.56, 18: 0.52, 19: 0.4, 20: 0.4, 21: 0.4}  # by age


def _give_outcomes(leaver: CareLeaver, draws: Draws) -> None:
    eet = draws.chance(_IN_EDUCATION_OR_WORK[17])
    for age in range(17, 22):
        day = birthday(leaver.child.birth, age)
        year = year_of(day)
        # Those who left on the eighteenth birthday were looked after until then: nothing is asked about that birthday.
        if (
            not FIRST_YEAR <= year <= LAST_YEAR
            or leaver.left >= day
            or (leaver.child.unaccompanied and draws.chance(0.1))
        ):
            continue
        eet = eet if draws.chance(0.75) else draws.chance(_IN_EDUCATION_OR_WORK[age])
        leaver.outcomes[year] = _outcome(age, eet, year, draws)


def _outcome(age: int, eet: bool, year: int, draws: Draws) -> tuple[str, str, str]:
    touch = draws.weighted({"YES": 92, "NO": 4, "REFU": 2, "NREQ": 1, "RHOM": 6 if age <= 18 else 0.4})
    if touch == "RHOM":
        return "RHOM", "0", "0"
    if touch != "YES" and draws.chance(0.7):
        return touch, "0", "0"
    training = {"F4": 8, "P4": 2, "F5": 34, "P5": 9} if year >= 2021 else {"F3": 42, "P3": 11}
    if eet:
        activity = draws.weighted(
            {"F1": 6 if age > 18 else 0, "P1": 0.5 if age > 18 else 0, "F2": 38, "P2": 7, **training}
        )
    else:
        activity = draws.weighted({"G4": 25, "G5": 58, "G6": 17})
    homes = {
        "B1": 15,
        "C1": 4,
        "D1": 22,
        "E1": 6,
        "U1": 34,
        "K1": 3,
        "R1": 2,
        "S2": 1,
        "V1": 2,
        "X2": 3,
        "Y2": 3,
        "W2": 1,
    }
    if age >= 18:
        homes |= {"Z1": 14, "T1": 2, "U2": 2}
    else:
        homes["U1"] = 6
    return touch, activity, draws.weighted(homes)
