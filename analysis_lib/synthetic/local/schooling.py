"""Attendance by term and suspensions one by one: the same sessions and days that the virtual school's rows add up."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from datetime import date, timedelta

from analysis_lib.synthetic.calendar import EXTRACT_DAY, written
from analysis_lib.synthetic.draws import Draws
from analysis_lib.synthetic.education import COLUMNS as PUPIL_COLUMNS
from analysis_lib.synthetic.looked_after_return import CareRecord

ATTENDANCE = [
    "UPN", "CHILD", "ACADEMIC_YEAR", "ATTENDANCE_TERM", "SESSIONS_POSSIBLE", "SESSIONS_AUTHORISED", "SESSIONS_UNAUTHORISED",
]  # fmt: skip
EXCLUSIONS = ["UPN", "CHILD", "EXCLUSION_KIND", "EXCLUSION_START", "EXCLUSION_DAYS", "EXCLUSION_REASON", "UPHELD"]
FIRST_YEAR = 2018
# First and last day of teaching, as month and day.
TERMS = {"AUTUMN": ((9, 4), (12, 20)), "SPRING": ((1, 5), (3, 31)), "SUMMER": ((4, 17), (7, 20))}
HALF_TERMS = (((10, 24), (10, 30)), ((2, 14), (2, 20)), ((5, 27), (6, 2)))
# Schools were closed to most pupils from 23 March 2020 to the summer, and from 5 January to 7 March 2021.
CLOSED = ((date(2020, 3, 21), date(2020, 8, 31)), (date(2021, 1, 5), date(2021, 3, 7)))
REASONS = {
    "DB": 34, "PP": 18, "VA": 17, "PA": 12, "VP": 5, "DA": 4, "DM": 4, "OW": 2, "TH": 1, "BU": 1, "RA": 1, "SM": 0.7, "LG": 0.3,
}  # fmt: skip
Spans = list[tuple[date, date]]


def tables(records: list[CareRecord], pupils, seed_draws):
    care: dict[str, list] = defaultdict(list)
    for record in records:
        if not record.period.short_break:
            care[record.child.identifier].append((record.period.start, record.period.end or EXTRACT_DAY))
    terms, excluded = seed_draws("attendance by term"), seed_draws("suspensions one by one")
    suspensions: list[list[str]] = []
    for code, rows in pupils:
        year = int(code[:4])
        if year < FIRST_YEAR:
            continue
        days = _school_days(year)
        attended = []
        for row in rows:
            pupil = dict(zip(PUPIL_COLUMNS, row, strict=True))
            in_care = _days_in(care[pupil["CHILD"]], list(days)) or list(days)
            if pupil["SESSIONS_POSSIBLE"]:
                attended += _attendance(pupil, [days[day] for day in in_care], terms)
            suspensions += _exclusions(pupil, in_care, year, excluded)
        yield f"attendance/{code}", ATTENDANCE, attended
    yield "exclusions", EXCLUSIONS, suspensions


def _within(day: date, spans: Spans) -> bool:
    return any(start <= day <= end for start, end in spans)


def _days_in(spans: Spans, days: list[date]) -> list[date]:
    """Those of `days` (in order) that lie in one of `spans`."""
    found = [days[bisect_left(days, start) : bisect_right(days, end)] for start, end in spans]
    return [day for part in found for day in part]


def _school_days(year: int) -> dict[date, str]:
    """The days of teaching in the academic year that begins in `year`, up to the extract, with their terms."""
    found = {}
    for term, (first, last) in TERMS.items():
        of = year if term == "AUTUMN" else year + 1
        day, end = date(of, *first), min(date(of, *last), EXTRACT_DAY)
        while day <= end:
            away = any(date(of, *start) <= day <= date(of, *finish) for start, finish in HALF_TERMS)
            if day.weekday() < 5 and not away and not _within(day, CLOSED):
                found[day] = term
            day += timedelta(days=1)
    return found


def _attendance(pupil: dict[str, str], term_of_days: list[str], draws: Draws) -> list[list[str]]:
    """A row for each term in which the pupil was in care (any term, where that was in holidays only)."""
    weights = {term: float(term_of_days.count(term)) for term in TERMS}
    terms = [term for term in TERMS if weights[term]]
    possible = _spread(int(pupil["SESSIONS_POSSIBLE"]), [10_000] * len(terms), [weights[term] for term in terms])
    absent = [weights[term] * draws.uniform(0.4, 1.6) for term in terms]
    authorised = _spread(int(pupil["SESSIONS_AUTHORISED"]), possible, absent)
    room = [all_ - missed for all_, missed in zip(possible, authorised, strict=True)]
    unauthorised = _spread(int(pupil["SESSIONS_UNAUTHORISED"]), room, absent)
    return [
        [pupil["UPN"], pupil["CHILD"], pupil["ACADEMIC_YEAR"], term, str(all_), str(with_leave), str(without)]
        for term, all_, with_leave, without in zip(terms, possible, authorised, unauthorised, strict=True)
        if all_
    ]


def _spread(total: int, room: list[int], weights: list[float]) -> list[int]:
    """`total` in whole parts, in proportion to `weights` as far as there is `room`."""
    whole = sum(weights)
    parts = [min(space, int(total * weight / whole)) for space, weight in zip(room, weights, strict=True)]
    place = 0
    while sum(parts) < total:
        parts[place % len(parts)] += parts[place % len(parts)] < room[place % len(parts)]
        place += 1
    return parts


def _exclusions(pupil: dict[str, str], days: list[date], year: int, draws: Draws) -> list[list[str]]:
    who, times = [pupil["UPN"], pupil["CHILD"]], int(pupil["SUSPENSIONS"])
    rows: list[list[str]] = []
    for start, half_days in zip(
        _days_apart(days, times, draws), _parts(round(2 * float(pupil["SUSPENSION_DAYS"])), times, draws), strict=True
    ):
        rows.append([*who, "SUSPENSION", written(start), f"{half_days / 2:g}", _reason(year, draws), ""])
    if pupil["PERMANENT_EXCLUSION"] == "Y":
        rows.append([*who, "PERMANENT", written(draws.one_of(days)), "", _reason(year, draws), "Y"])
    elif times >= 3 and draws.chance(0.05):  # one that did not stand, or about which nothing is decided yet
        day = draws.one_of(days)
        upheld = "" if (EXTRACT_DAY - day).days < 40 else "N"
        rows.append([*who, "PERMANENT", written(day), "", _reason(year, draws), upheld])
    return rows


def _days_apart(days: list[date], number: int, draws: Draws) -> list[date]:
    return sorted(draws.shuffled(days)[:number]) if number else []


def _parts(total: int, number: int, draws: Draws) -> list[int]:
    """`total` cut into `number` parts of at least one."""
    cuts = sorted(draws.shuffled(range(1, total))[: number - 1]) if number else []
    edges = [0, *cuts, total]
    return [high - low for low, high in zip(edges, edges[1:], strict=False)] if number else []


def _reason(year: int, draws: Draws) -> str:
    """By the census's list of the year: other until 2019-20, online misuse and protective measures from 2020-21."""
    return draws.weighted({**REASONS, "OT": 12} if year <= 2019 else {**REASONS, "MT": 2, "PH": 2})
