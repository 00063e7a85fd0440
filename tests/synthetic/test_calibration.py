"""Published totals recomputed from the shipped files by plain loops.

Sources of the expected numbers: DfE children looked after and adopted, Middlesbrough, 31 March 2016 to 2025; Executive
Member report of March 2019 (8 February 2019); Corporate Parenting Board of 30 November 2021 (peak, September 2021, adopted
in 2019-20 and 2020-21, days from care to moving in).
"""

from __future__ import annotations

from datetime import date

import pytest

YEARS = [f"{year}-{(year + 1) % 100:02d}" for year in range(2016, 2026)]


def day(text: str) -> date | None:
    """A date as the files write it, dd/mm/yyyy; None for a blank."""
    return date(int(text[6:]), int(text[3:5]), int(text[:2])) if text else None


DFE_LOOKED_AFTER = {
    2016: 377,
    2017: 444,
    2018: 466,
    2019: 518,
    2020: 618,
    2021: 570,
    2022: 502,
    2023: 509,
    2024: 513,
    2025: 493,
}
DFE_ADOPTED = {2017: 24, 2018: 24, 2019: 19, 2020: 16, 2021: 25, 2022: 24, 2023: 26, 2024: 23, 2025: 17}
DFE_STARTED = {2017: 254, 2018: 185, 2019: 205, 2020: 296, 2021: 227, 2022: 199, 2023: 245, 2024: 207, 2025: 172}
DFE_CEASED = {2017: 194, 2018: 167, 2019: 152, 2020: 199, 2021: 279, 2022: 273, 2023: 239, 2024: 205, 2025: 193}
DFE_PROTECTION_PLANS = {
    2016: 250,
    2017: 276,
    2018: 266,
    2019: 263,
    2020: 379,
    2021: 567,
    2022: 416,
    2023: 469,
    2024: 320,
    2025: 353,
}
DFE_REFERRALS = {
    2017: 2497,
    2018: 2786,
    2019: 2600,
    2020: 3833,
    2021: 4429,
    2022: 4613,
    2023: 4229,
    2024: 2797,
    2025: 3636,
}
ADOPTED = ("E11", "E12")


def looked_after_on(when: date, episodes) -> set[str]:
    found = set()
    for child, rows in episodes.items():
        for row in rows:
            start, end = day(row["DECOM"]), day(row["DEC"])
            if row["LS"] not in ("V3", "V4") and start <= when and (end is None or end > when):
                found.add(child)
    return found


@pytest.mark.parametrize(
    ("when", "expected"),
    [(date(year, 3, 31), number) for year, number in DFE_LOOKED_AFTER.items()]
    + [(date(2019, 2, 8), 505), (date(2020, 9, 30), 702), (date(2021, 9, 30), 543)],
)
def test_children_looked_after(when, expected, episodes):
    assert len(looked_after_on(when, episodes)) == expected


def test_the_peak_of_september_2020_is_the_highest_month_end(episodes):
    month_ends = [date(year, month, 28) for year in range(2016, 2026) for month in range(1, 13)]
    month_ends = [when.replace(day=28) for when in month_ends if date(2016, 4, 1) <= when]
    ends = [_month_end(when) for when in month_ends] + [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
    stocks = {when: len(looked_after_on(when, episodes)) for when in ends}
    assert max(stocks, key=stocks.get) == date(2020, 9, 30)
    assert sorted(stocks.values())[-2] < 702


def _month_end(when: date) -> date:
    following = date(when.year + when.month // 12, when.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


@pytest.mark.parametrize("year", sorted(DFE_STARTED))
def test_dfe_starts_and_ceases_hold_when_a_child_is_counted_once_a_year(year, episodes):
    first, last = date(year - 1, 4, 1), date(year, 3, 31)
    started, ceased = set(), set()
    for child, rows in episodes.items():
        for row in rows:
            if row["LS"] in ("V3", "V4"):
                continue
            if row["RNE"] == "S" and first <= day(row["DECOM"]) <= last:
                started.add(child)
            if row["REC"] not in ("", "X1") and first <= day(row["DEC"]) <= last:
                ceased.add(child)
    assert (len(started), len(ceased)) == (DFE_STARTED[year], DFE_CEASED[year])


@pytest.mark.parametrize("year", sorted(DFE_ADOPTED))
def test_children_adopted(year, episodes):
    adopted = [
        child
        for child, rows in episodes.items()
        for row in rows
        if row["REC"] in ADOPTED and date(year - 1, 4, 1) <= day(row["DEC"]) <= date(year, 3, 31)
    ]
    assert len(adopted) == len(set(adopted)) == DFE_ADOPTED[year]


def days_from_care_to_moving_in(year: int, episodes) -> list[int]:
    found = []
    for rows in episodes.values():
        if rows[-1]["REC"] not in ADOPTED or not date(year - 1, 4, 1) <= day(rows[-1]["DEC"]) <= date(year, 3, 31):
            continue
        entered = max(day(row["DECOM"]) for row in rows if row["RNE"] == "S")
        moved_in, last = None, None
        for row in reversed(rows):
            if row["PLACE"] not in ("A3", "A4", "A5", "A6"):
                break
            moved_in, last = day(row["DECOM"]), row
            if last["RNE"] in ("P", "B"):
                break
        found.append((moved_in - entered).days)
    return found


def test_385_days_from_care_to_moving_in_in_2020_21(episodes):
    days = days_from_care_to_moving_in(2021, episodes)
    assert (len(days), sum(days)) == (25, 25 * 385)


def test_just_over_500_days_in_2019_20(episodes):
    days = days_from_care_to_moving_in(2020, episodes)
    assert len(days) == 16
    assert 500 < sum(days) / 16 < 520


def test_adopted_by_september_and_october_2021_and_waiting_with_an_order(episodes, returns):
    adopted = [
        day(rows[-1]["DEC"])
        for rows in episodes.values()
        if rows[-1]["REC"] in ADOPTED and day(rows[-1]["DEC"]) >= date(2021, 4, 1)
    ]
    assert sum(when <= date(2021, 9, 30) for when in adopted) == 12
    assert sum(when <= date(2021, 10, 31) for when in adopted) == 14
    waiting = 0
    for rows in episodes.values():
        on_day = [
            row
            for row in rows
            if day(row["DECOM"]) <= date(2021, 9, 30) and (not row["DEC"] or day(row["DEC"]) > date(2021, 9, 30))
        ]
        waiting += bool(on_day) and on_day[0]["LS"] == "E1"
    assert waiting == 32


def test_list_10_agrees_with_the_903_and_most_of_those_waiting_are_matched(annex_a):
    when = date(2021, 9, 30)
    order, match = "Date of Placement Order", "Date of Matching Child and Prospective Adopters"
    waiting = [
        row
        for row in annex_a["2021-22"][10]
        if row[order]
        and day(row[order]) <= when
        and not (row["Date of Adoption Order"] and day(row["Date of Adoption Order"]) <= when)
        and not _reversed_by(row, when)
    ]
    assert len(waiting) == 32
    assert 1 <= sum(not row[match] or day(row[match]) > when for row in waiting) <= 6


def _reversed_by(row, when) -> bool:
    reversed_on = row["Date of Decision that Child Should No Longer be Placed for Adoption"]
    return bool(reversed_on) and day(reversed_on) <= when


def open_in_list(number: int, when: date, annex_a, start: str, end: str) -> set[str]:
    year = when.year if when.month > 3 else when.year - 1
    rows = annex_a[YEARS[max(0, year - 2016)]][number]
    return {
        row["Child Unique ID"] for row in rows if day(row[start]) <= when and (not row[end] or day(row[end]) > when)
    }


PLAN = ("Child Protection Plan Start Date", "Child Protection Plan End Date")


@pytest.mark.parametrize(
    ("when", "expected"), [(date(y, 3, 31), n) for y, n in DFE_PROTECTION_PLANS.items()] + [(date(2019, 2, 8), 227)]
)
def test_child_protection_plans(when, expected, annex_a):
    assert len(open_in_list(7, when, annex_a, *PLAN)) == expected


OPEN_ASSESSMENT = "d) Open assessment"


def test_list_6_tells_children_with_a_plan_from_those_whose_assessment_is_open(annex_a, episodes):
    for year in YEARS:
        when = date(int(year[:4]) + 1, 3, 31)
        without = [row for row in annex_a[year][6] if row["Case Status"] == OPEN_ASSESSMENT]
        plans = [row for row in annex_a[year][6] if row["Case Status"] != OPEN_ASSESSMENT]
        assert {row["Case Status"] for row in plans} == {"c) Child in need plan", "e) Closed episode"}
        assert all((row["Case Status"] == "e) Closed episode") == bool(row["CIN Closure Date"]) for row in plans)
        children = {row["Child Unique ID"] for row in without}
        assert len(children) == len(without) > 50
        assert not children & {row["Child Unique ID"] for row in plans if not row["CIN Closure Date"]}
        assert not children & (looked_after_on(when, episodes) | open_in_list(7, when, annex_a, *PLAN))
        open_assessments = {
            (row["Child Unique ID"], row["Continuous Assessment Start Date"])
            for row in annex_a[year][4]
            if not row["Continuous Assessment Date of Authorisation"]
        }
        assert {(row["Child Unique ID"], row["CIN Start Date"]) for row in without} <= open_assessments
        assert not any(row["CIN Closure Date"] or row["Reason for Closure"] for row in without)


def test_children_in_need_plans_of_february_2019_are_neither_in_care_nor_on_a_protection_plan(annex_a, episodes):
    when = date(2019, 2, 8)
    plans = {year: {6: [row for row in annex_a[year][6] if row["Case Status"] != OPEN_ASSESSMENT]} for year in YEARS}
    in_need = open_in_list(6, when, plans, "CIN Start Date", "CIN Closure Date")
    assert len(in_need) == 1135
    assert not in_need & looked_after_on(when, episodes)
    assert not in_need & open_in_list(7, when, annex_a, *PLAN)


@pytest.mark.parametrize("year", sorted(DFE_REFERRALS))
def test_referrals(year, annex_a):
    assert len(annex_a[YEARS[year - 2017]][3]) == DFE_REFERRALS[year]


def test_list_8_has_the_children_of_the_903(annex_a, returns):
    for year in YEARS:
        listed = {row["Child Unique ID"] for row in annex_a[year][8]}
        assert listed == {row["CHILD"] for row in returns[year]["episodes"] if row["LS"] not in ("V3", "V4")}
