"""The virtual school's pupils: one row per looked-after child and academic year, from nursery to year 13.

Levels lead each measure towards what is usual for looked-after pupils; no year is fitted to a published fraction, because
behind those fractions stand a dozen children each. Reading, writing and mathematics come from one ability per child and
are combined by whoever reads them, so a combined measure cannot exceed its parts.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from analysis_lib.synthetic.calendar import EXTRACT_DAY, age_on, year_of, year_start
from analysis_lib.synthetic.draws import Draws
from analysis_lib.synthetic.looked_after_return import CareRecord, upn_of
from analysis_lib.synthetic.people import Child

COLUMNS = [
    "UPN", "CHILD", "ACADEMIC_YEAR", "NC_YEAR", "KEY_STAGE_END", "LOOKED_AFTER_12M", "SEN", "SCHOOL_IN_AUTHORITY", "GLD",
    "KS1_READING", "KS1_WRITING", "KS1_MATHS", "KS2_READING", "KS2_WRITING", "KS2_MATHS", "KS4_ENGLISH", "KS4_MATHS",
    "ATTAINMENT_8", "ASSESSED_BY", "PEP_AUTUMN", "PEP_SPRING", "PEP_SUMMER", "SESSIONS_POSSIBLE", "SESSIONS_AUTHORISED",
    "SESSIONS_UNAUTHORISED", "SUSPENSIONS", "SUSPENSION_DAYS", "PERMANENT_EXCLUSION", "TRANSITION",
    "LEFT_CARE_BEFORE_MOVE", "NEXT_SCHOOL_IN_AUTHORITY", "POST16_OFFER", "EET_STATUS",
]  # fmt: skip

# Absence of pupils looked after for 12 months: per cent of sessions, of which unauthorised, and how unequal it is (the
# spread of the logarithm). Led by DfE's levels, smoothed; 2019/20 has no published level and 2025/26 is unfinished.
ABSENCE = {
    2016: (4.5, 0.42, 1.0), 2017: (4.8, 0.36, 1.0), 2018: (5.2, 0.36, 1.05), 2019: (5.6, 0.34, 1.05),
    2020: (9.6, 0.29, 1.1), 2021: (8.8, 0.4, 1.1), 2022: (6.9, 0.46, 1.1), 2023: (7.8, 0.47, 1.15),
    2024: (9.5, 0.55, 1.2), 2025: (9.0, 0.52, 1.2),
}  # fmt: skip
SESSIONS = {2019: 232, 2020: 286, 2025: 236}  # a full year has 380; schools were closed to most in spring 2020 and 2021
SUSPENDED = {
    2016: 0.085,
    2017: 0.1,
    2018: 0.13,
    2019: 0.085,
    2020: 0.1,
    2021: 0.115,
    2022: 0.105,
    2023: 0.097,
    2024: 0.11,
    2025: 0.07,
}
# Chance of reaching the expected standard for an average child of the cohort, before special needs count against it.
STANDARD = {
    "GLD": 0.5, "GLD reformed": 0.42, "KS1_READING": 0.54, "KS1_WRITING": 0.46, "KS1_MATHS": 0.52, "KS2_READING": 0.6,
    "KS2_WRITING": 0.54, "KS2_MATHS": 0.55,
}  # fmt: skip
_TERMS = {"PEP_AUTUMN": (9, 1, 12, 20), "PEP_SPRING": (1, 4, 3, 31), "PEP_SUMMER": (4, 16, 7, 20)}


@dataclass
class _Traits:
    """What a child brings to every year: ability (a normal score), special needs, absence and behaviour."""

    ability: float
    special_needs: str
    absence: float
    behaviour: float
    local: bool


def pupils(records: list[CareRecord], seed_draws) -> Iterator[tuple[str, list[list[str]]]]:
    """Academic years ("2020-21") one after another, each with its rows in the order of the children's identifiers."""
    by_child: dict[int, list[CareRecord]] = defaultdict(list)
    for record in records:
        if not record.period.short_break:
            by_child[record.child.key].append(record)
    traits_draws = seed_draws("pupils")
    traits = {key: _traits(by_child[key][0].child, traits_draws) for key in sorted(by_child)}
    in_order = sorted(by_child, key=lambda key: by_child[key][0].child.identifier)
    for year in range(2016, 2026):
        draws = seed_draws(f"virtual school {year}")
        first, last = date(year, 9, 1), min(date(year + 1, 8, 31), EXTRACT_DAY)
        rows = []
        for key in in_order:
            row = _pupil(by_child[key], traits[key], year, first, last, draws)
            if row:
                rows.append([row.get(column, "") for column in COLUMNS])
        yield f"{year}-{(year + 1) % 100:02d}", rows


def _traits(child: Child, draws: Draws) -> _Traits:
    plan = 0.55 if child.disabled else 0.19
    needs = draws.weighted({"E": plan, "K": 0.3, "N": max(0.05, 0.7 - plan)})
    ability = draws.normal(0.12) - {"E": 0.95, "K": 0.25, "N": -0.25}[needs]
    return _Traits(ability, needs, draws.normal(), draws.normal() - 0.2 * (child.sex == "F"), draws.chance(0.6))


def national_curriculum_year(birth: date, year: int) -> int:
    """0 for reception, -1 and -2 for nursery, 1 to 13 for the years of school, in the academic year that begins in `year`."""
    return age_on(birth, date(year, 8, 31)) - 4


def _pupil(
    records: list[CareRecord], traits: _Traits, year: int, first: date, last: date, draws: Draws
) -> dict[str, str] | None:
    """The row of one child in the academic year from `first` to `last` (or the extract), None if not of it."""
    child = records[0].child
    spans = [
        (max(record.period.start, first), min(record.period.end or last, last))
        for record in records
        if record.period.start <= last and (record.period.end is None or record.period.end > first)
    ]
    if not spans:
        return None
    stage = national_curriculum_year(child.birth, year)
    if not -2 <= stage <= 13:
        return None
    finished = last.month == 8
    needs = "N" if stage < 0 and traits.special_needs != "E" else traits.special_needs
    row = {
        "UPN": upn_of(child, year), "CHILD": child.identifier, "ACADEMIC_YEAR": f"{year}-{(year + 1) % 100:02d}",
        "NC_YEAR": {-2: "N1", -1: "N2", 0: "R"}.get(stage, str(stage)), "SEN": needs,
        "LOOKED_AFTER_12M": "Y" if _twelve_months(records, date(year + 1, 3, 31)) else "N",
        "SCHOOL_IN_AUTHORITY": "Y" if traits.local or draws.chance(0.05) else "N", "PERMANENT_EXCLUSION": "N",
        "SUSPENSIONS": "0", "SUSPENSION_DAYS": "0",
    }  # fmt: skip
    if finished:
        _results(row, traits, stage, year, draws)
        _moves(row, records, traits, stage, year, draws)
    _education_plans(row, spans, stage, year, last, draws)
    if 0 <= stage <= 11 or (stage == -1 and draws.chance(0.6)):
        _attendance(row, traits, stage, year, spans, last, draws)
    if stage >= 12:
        row["EET_STATUS"] = _destination(traits, draws, {"EDUCATION": 62, "TRAINING": 7, "EMPLOYMENT": 8, "NEET": 23})
    return row


def _twelve_months(records: list[CareRecord], day: date) -> bool:
    first = year_start(year_of(day))
    return any(
        record.period.start <= first and (record.period.end is None or record.period.end > day) for record in records
    )


# --- results ---------------------------------------------------------------------------------------------------------


def _reaches(standard: str, traits: _Traits, draws: Draws, shift: float = 0.0) -> str:
    """Y when the child's ability and the day's luck exceed what the standard asks."""
    threshold = -_normal_score(STANDARD[standard])
    return "Y" if 0.88 * traits.ability + 0.42 * draws.normal() + shift > threshold else "N"


@cache
def _normal_score(share: float) -> float:
    """The normal score below which a share lies, by bisection on the error function (no table, no library)."""
    low, high = -6.0, 6.0
    for _ in range(60):
        middle = (low + high) / 2
        if 0.5 * (1 + math.erf(middle / math.sqrt(2))) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _results(row: dict[str, str], traits: _Traits, stage: int, year: int, draws: Draws) -> None:
    cancelled = year in (2019, 2020)  # no early years profile and no key stage 1 or 2 tests in either summer
    key_stage = {0: "EYFS", 2: "KS1" if year <= 2022 else "", 6: "KS2", 11: "KS4"}.get(stage, "")
    row["KEY_STAGE_END"] = key_stage
    if not key_stage:
        return
    if key_stage == "KS4":
        _key_stage_4(row, traits, year, draws)
        return
    by_teacher = cancelled and draws.chance(0.62)
    if cancelled and not by_teacher:
        return
    row["ASSESSED_BY"] = "TEACHER" if by_teacher else ""
    shift = (-0.12 if year >= 2021 else 0.0) + (0.1 if by_teacher else 0.0)
    if key_stage == "EYFS":
        row["GLD"] = _reaches("GLD reformed" if year >= 2021 else "GLD", traits, draws, shift if by_teacher else 0.0)
        return
    for subject in ("READING", "WRITING", "MATHS"):
        row[f"{key_stage}_{subject}"] = _reaches(f"{key_stage}_{subject}", traits, draws, shift)


def _key_stage_4(row: dict[str, str], traits: _Traits, year: int, draws: Draws) -> None:
    row["ASSESSED_BY"] = {2019: "CAG", 2020: "TAG"}.get(year, "")
    if draws.chance(0.14):  # entered for nothing that counts
        row["KS4_ENGLISH"] = row["KS4_MATHS"] = "0"
        row["ATTAINMENT_8"] = f"{draws.integer(0, 30) / 10:.1f}"
        return
    kinder = 0.35 if year in (2019, 2020) else 0.0
    mark = 2.45 + 1.4 * traits.ability + kinder
    english = max(0, min(9, round(mark + 0.35 + 0.8 * draws.normal())))
    maths = max(0, min(9, round(mark + 0.9 * draws.normal())))
    row["KS4_ENGLISH"], row["KS4_MATHS"] = str(english), str(maths)
    others = sum(max(0.0, min(9.0, mark + 0.9 * draws.normal())) for _ in range(6 if mark > 2 else 3))
    row["ATTAINMENT_8"] = f"{min(90.0, round(2 * english + 2 * maths + others, 1)):.1f}"


# --- attendance, suspensions, plans, transitions ---------------------------------------------------------------------


def _attendance(row, traits: _Traits, stage: int, year: int, spans, last: date, draws: Draws) -> None:
    if draws.chance(0.03):
        return  # no attendance record reached the virtual school
    level, unauthorised, spread = ABSENCE[year]
    days = sum((end - start).days for start, end in spans)
    share_of_year = min(1.0, days / ((last - date(year, 9, 1)).days or 1))
    possible = 2 * round(SESSIONS.get(year, 380) / 2 * share_of_year * draws.uniform(0.97, 1.0))
    if possible < 10:
        return
    older = {True: 1.45, False: 0.72}[stage >= 7] * (1.5 if stage >= 10 else 1.0)
    individual = math.exp(spread * (0.75 * traits.absence + 0.66 * draws.normal()) - spread * spread / 2)
    missed = min(0.97, level / 100 * 0.92 * older * individual)
    missed_sessions = min(possible, round(possible * missed))
    part = min(1.0, max(0.0, unauthorised * (1.25 if stage >= 7 else 0.6) + 0.22 * draws.normal()))
    row["SESSIONS_POSSIBLE"] = str(possible)
    row["SESSIONS_UNAUTHORISED"] = str(round(missed_sessions * part))
    row["SESSIONS_AUTHORISED"] = str(missed_sessions - round(missed_sessions * part))
    if stage < 1:
        return
    chance = SUSPENDED[year] * {True: 1.85, False: 0.3}[stage >= 7] * math.exp(0.75 * traits.behaviour - 0.28)
    if draws.chance(min(0.9, chance)):
        times = 1 + draws.poisson(1.1)
        lengths = [draws.weighted({1: 5, 2: 9, 3: 4, 4: 4, 6: 3, 10: 2}) for _ in range(times)]
        row["SUSPENSIONS"] = str(times)
        row["SUSPENSION_DAYS"] = f"{sum(lengths) / 2:g}"
        if stage >= 8 and year >= 2021 and draws.chance(0.012):
            row["PERMANENT_EXCLUSION"] = "Y"


def _education_plans(row, spans, stage: int, year: int, last: date, draws: Draws) -> None:
    if stage < -1 or stage > 12:
        return
    made = 0.97 if year >= 2020 else 0.93
    for term, (month, day, to_month, to_day) in _TERMS.items():
        first = date(year if month == 9 else year + 1, month, day)
        final = date(first.year, to_month, to_day)
        if final > last:
            continue  # the term has not ended
        days = max(((min(end, final) - max(start, first)).days for start, end in spans), default=0)
        if days >= 14:
            row[term] = "Y" if draws.chance(made) else "N"


def _moves(row, records: list[CareRecord], traits: _Traits, stage: int, year: int, draws: Draws) -> None:
    move = {-1: "RECEPTION", 6: "SECONDARY", 11: "POST16"}.get(stage)
    end_of_year = date(year + 1, 8, 31)
    in_care_at_easter = any(record.period.open_on(end_of_year - timedelta(days=140)) for record in records)
    if not move or not in_care_at_easter:
        return
    left = not any(record.period.open_on(end_of_year) for record in records)
    row["TRANSITION"] = move
    row["LEFT_CARE_BEFORE_MOVE"] = "Y" if left else "N"
    if move == "POST16":
        row["POST16_OFFER"] = _destination(traits, draws, {"EDUCATION": 78, "TRAINING": 9, "EMPLOYMENT": 5, "NONE": 8})
    else:
        row["NEXT_SCHOOL_IN_AUTHORITY"] = (
            row["SCHOOL_IN_AUTHORITY"] if draws.chance(0.9) else ("Y" if draws.chance(0.5) else "N")
        )


def _destination(traits: _Traits, draws: Draws, weights: dict[str, float]) -> str:
    weights = dict(weights)
    weights["EDUCATION"] *= math.exp(0.35 * traits.ability)
    return draws.weighted(weights)
