"""The case extract of a youth offending service for two councils: one row per child and intervention.

The composition is invented. The council printed percentages of a real caseload (April to September 2021); numbers, shares
and columns here are set apart from them on purpose, and a test keeps them apart, so that no real child can be read from
this file. The service has its own identifiers; children in the care of the first council are drawn from the same invented
children as its other returns.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from analysis_lib.synthetic.calendar import (
    EXTRACT_DAY,
    FIRST_DAY,
    FIRST_YEAR,
    LAST_YEAR,
    age_on,
    birthday,
    month_end,
    written,
)
from analysis_lib.synthetic.draws import Draws
from analysis_lib.synthetic.looked_after_return import CareRecord
from analysis_lib.synthetic.people import Council
from analysis_lib.synthetic.targets import Targets

COLUMNS = [
    "CHILD", "SEX", "DATE_OF_BIRTH", "ETHNICITY", "LOOKED_AFTER", "COUNCIL", "INTERVENTION_START", "INTERVENTION_END",
    "INTERVENTION_TYPE",
]  # fmt: skip

# Interventions that start in a year, for both councils together: falling to 2020, then rising with prevention work.
STARTED = {2016: 262, 2017: 250, 2018: 238, 2019: 214, 2020: 176, 2021: 198, 2022: 226, 2023: 222, 2024: 240, 2025: 232}
_TYPES = {
    2016: {"prevention": 14, "out of court": 42, "court order": 38, "custody": 6},
    2020: {"prevention": 27, "out of court": 40, "court order": 29, "custody": 4},
    2023: {"prevention": 36, "out of court": 40, "court order": 21, "custody": 3},
}
_MONTHS = {"prevention": 4.2, "out of court": 3.8, "court order": 8.0, "custody": 10.0}
_ETHNICITY = {
    "WBRI": 44, "WOTH": 2.5, "WROM": 1.5, "WIRT": 0.5, "MWBC": 1.4, "MWBA": 0.8, "MWAS": 0.9, "APKN": 3.8, "AOTH": 1.2,
    "ABAN": 0.4, "BAFR": 1.9, "BOTH": 0.7, "OOTH": 1.4, "NOBT": 2.2,
}  # fmt: skip
_AGES = {10: 1.5, 11: 3.5, 12: 8, 13: 14.5, 14: 19, 15: 20.5, 16: 19, 17: 14}
_FEMALE = 0.22
_FROM_FIRST_COUNCIL = 0.6


@dataclass
class _Case:
    number: int
    sex: str
    birth: date
    ethnicity: str
    council: str
    start: date
    end: date
    kind: str
    record: CareRecord | None
    elsewhere_in_care: bool


def cases(targets: Targets, records: list[CareRecord], council: Council, draws: Draws) -> list[list[str]]:
    """The whole history to the extract day, in the order of start and child."""
    in_care = _children_in_care_by_month(records)
    made: list[_Case] = []
    known: dict[int, int] = {}
    number = 0
    days = sorted(
        draws.office_day(date(year, 4, 1), date(year + 1, 3, 31))
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
        for _ in range(round(STARTED[year] * targets.youth_offending_scale))
    )
    opening = round(104 * targets.youth_offending_scale)
    days = [FIRST_DAY - timedelta(days=draws.integer(1, 150)) for _ in range(opening)] + days
    for day in days:
        earlier = _somebody_again(made, day, draws)
        if earlier:
            made.append(_again(earlier, day, draws))
            continue
        number += 1
        case = _new_case(number, day, in_care, known, draws)
        made.append(case)
    for case in made:  # the service works with children up to their nineteenth birthday
        case.end = max(case.start + timedelta(days=14), min(case.end, birthday(case.birth, 19) - timedelta(days=1)))
    made = [case for case in made if case.end >= FIRST_DAY]
    made.sort(key=lambda case: (case.start, case.number))
    return [_row(case, council) for case in made]


def _children_in_care_by_month(records: list[CareRecord]) -> dict[tuple[date, str], list[CareRecord]]:
    """Those aged 11 to 17, by the first day of the month and sex, in the order of their identifiers."""
    by_month: dict[tuple[date, str], list[CareRecord]] = defaultdict(list)
    for record in sorted(records, key=lambda record: record.child.identifier):
        if record.period.short_break:
            continue
        day = max(record.period.start, FIRST_DAY).replace(day=1)
        from_eleven, to_eighteen = birthday(record.child.birth, 11), record.child.eighteenth_birthday
        while day <= (record.period.end or EXTRACT_DAY):
            if from_eleven <= day < to_eighteen:
                by_month[(day, record.child.sex)].append(record)
            day = month_end(day) + timedelta(days=1)
    return by_month


def _new_case(number: int, day: date, in_care, known: dict[int, int], draws: Draws) -> _Case:
    kind = draws.weighted(_TYPES[max(year for year in _TYPES if year <= max(day.year, FIRST_YEAR))])
    end = day + timedelta(days=max(14, int(draws.lognormal(30.4 * _MONTHS[kind], 0.45))))
    local = draws.chance(_FROM_FIRST_COUNCIL)
    looked_after = draws.chance(0.21 if local else 0.13)
    council = "Middlesbrough" if local else "Redcar and Cleveland"
    if local and looked_after:
        wanted = "F" if draws.chance(0.24) else "M"
        options = [
            record
            for record in in_care.get((day.replace(day=1), wanted), ())
            if record.child.key not in known and record.period.open_on(day)
        ]
        if options:
            weights = {place: _AGES.get(age_on(record.child.birth, day), 1) for place, record in enumerate(options)}
            record = options[draws.weighted(weights)]
            known[record.child.key] = number
            child = record.child
            return _Case(number, child.sex, child.birth, child.ethnicity, council, day, end, kind, record, False)
    sex = "F" if draws.chance(_FEMALE) else "M"
    age = draws.weighted(_AGES if sex == "M" else {**_AGES, 13: 19, 14: 23, 17: 9})
    birth = day - timedelta(days=int(age * 365.25 + draws.integer(4, 360)))
    return _Case(
        number, sex, birth, draws.weighted(_ETHNICITY), council, day, end, kind, None, looked_after and not local
    )


def _somebody_again(made: list[_Case], day: date, draws: Draws) -> _Case | None:
    if len(made) < 40 or not draws.chance(0.24):
        return None
    for _ in range(10):
        case = made[len(made) - 1 - int(draws.uniform() * min(len(made), 260))]
        if case.end < day - timedelta(days=5) and birthday(case.birth, 18) > day + timedelta(days=40):
            return case
    return None


def _again(earlier: _Case, day: date, draws: Draws) -> _Case:
    kind = draws.weighted({"prevention": 8, "out of court": 34, "court order": 50, "custody": 8})
    end = day + timedelta(days=max(14, int(draws.lognormal(30.4 * _MONTHS[kind], 0.45))))
    return _Case(
        earlier.number, earlier.sex, earlier.birth, earlier.ethnicity, earlier.council, day, end, kind, earlier.record,
        earlier.elsewhere_in_care,
    )  # fmt: skip


def _row(case: _Case, council: Council) -> list[str]:
    in_care = case.elsewhere_in_care
    if case.record:
        period = case.record.period
        in_care = period.start <= case.end and (period.end is None or period.end > case.start)
    return [
        council.youth_offending_case(case.number), {"F": "Female", "M": "Male"}[case.sex], written(case.birth), case.ethnicity,
        "Y" if in_care else "N", case.council, written(case.start), written(case.end) if case.end <= EXTRACT_DAY else "",
        case.kind,
    ]  # fmt: skip
