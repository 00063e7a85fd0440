"""The local extracts of the demonstration authority: printed figures hit, and one story with the other returns.

Sources of the expected numbers: scrutiny panel of 16 December 2019; Executive Member of 29 November 2023; fostering quarterly
report and reviewing officers' report in the Corporate Parenting Board's papers of 30 November 2021.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

LOCAL = Path(__file__).resolve().parents[2] / "data" / "raw" / "synthetic" / "local"
FIRST = date(2018, 4, 1)


def day(text: str) -> date | None:
    return date(int(text[6:]), int(text[3:5]), int(text[:2])) if text else None


@pytest.fixture(scope="module")
def rows_of():
    import csv

    cache: dict[str, list[dict[str, str]]] = {}

    def read(name: str) -> list[dict[str, str]]:
        if name not in cache:
            files = sorted(LOCAL.glob(f"{name}/*.csv")) or [LOCAL / f"{name}.csv"]
            cache[name] = []
            for file in files:
                with open(file, encoding="utf-8", newline="") as text:
                    cache[name] += list(csv.DictReader(text))
        return cache[name]

    return read


@pytest.fixture(scope="module")
def care(episodes) -> dict[str, list[tuple[date, date | None]]]:
    """Days in care by child, one span an episode, short breaks apart."""
    return {
        child: [(day(row["DECOM"]), day(row["DEC"])) for row in rows if row["LS"] not in ("V3", "V4")]
        for child, rows in episodes.items()
    }


def in_care(care, child: str, when: date) -> bool:
    return any(start <= when and (end is None or end > when) for start, end in care.get(child, ()))


# --- printed figures -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lead", "when", "children"),
    [
        ("COUNCIL", date(2019, 12, 31), 990),
        ("PARTNER", date(2019, 12, 31), 588),
        ("COUNCIL", date(2023, 10, 31), 833),
        ("PARTNER", date(2023, 10, 31), 2543),
    ],
)
def test_children_in_early_help(rows_of, lead, when, children):
    found = [
        row["CHILD"]
        for row in rows_of("early_help")
        if row["LEAD"] == lead
        and day(row["EARLY_HELP_START"]) <= when
        and (not row["EARLY_HELP_END"] or day(row["EARLY_HELP_END"]) > when)
    ]
    assert len(found) == len(set(found)) == children


@pytest.mark.parametrize(
    ("when", "households", "approved", "filled", "not_usable", "on_hold"),
    [
        ("31/03/2021", 145, 264, 160, 55, 22),
        ("30/06/2021", 138, 251, 156, 45, 18),
        ("30/09/2021", 130, 243, 139, 45, 19),
    ],
)
def test_fostering_households(rows_of, when, households, approved, filled, not_usable, on_hold):
    rows = [r for r in rows_of("fostering_households") if r["COUNTED_ON"] == when and not r["HOUSEHOLD_LEFT_ON"]]

    def total(*columns: str) -> int:
        return sum(int(row[column]) for row in rows for column in columns)

    assert (len(rows), total("PLACES_APPROVED"), total("PLACES_FILLED")) == (households, approved, filled)
    assert total("PLACES_UNAVAILABLE", "PLACES_ON_HOLD") == not_usable
    assert sum(bool(row["ON_HOLD_REASON"]) for row in rows) == on_hold


def test_fostering_approvals_departures_and_enquiries_of_2020_21(rows_of):
    first, last = date(2020, 4, 1), date(2021, 3, 31)
    rows = rows_of("fostering_households")
    approved = {
        (row["HOUSEHOLD"], row["HOUSEHOLD_KIND"] == "CONNECTED")
        for row in rows
        if first <= day(row["HOUSEHOLD_APPROVED_ON"]) <= last
    }
    left = [
        r["HOUSEHOLD_KIND"] == "CONNECTED"
        for r in rows
        if r["HOUSEHOLD_LEFT_ON"] and first <= day(r["HOUSEHOLD_LEFT_ON"]) <= last
    ]
    assert Counter(connected for _, connected in approved) == {False: 15, True: 23}
    assert Counter(left) == {False: 15, True: 17}
    assert sum(first <= day(row["ENQUIRED_ON"]) <= last for row in rows_of("fostering_enquiries")) == 112


def test_challenges_of_2019_20_and_2020_21(rows_of):
    for code, total, in_time in (("19", 119, 77), ("20", 202, 84)):
        raised = [row for row in rows_of("issues_resolution") if row["ISSUE"].startswith(f"IR-{code}-")]
        resolved = [r for r in raised if r["ISSUE_RESOLVED_ON"] and day(r["ISSUE_RESOLVED_ON"]) <= day(r["ISSUE_DUE"])]
        assert len(raised) == total and round(100 * len(resolved) / total) == in_time
    assert Counter(row["ISSUE_RAISED_AT"] for row in raised) == {"CLA_REVIEW": 150, "CONFERENCE": 52}


def test_return_home_interviews_of_2019(rows_of):
    year = [row for row in rows_of("return_home_interviews") if row["MISSING_FROM"].endswith("2019")]
    offered = sum(row["INTERVIEW_OFFERED"] == "Y" for row in year)
    held = sum(bool(row["INTERVIEW_HELD_ON"]) for row in year)
    assert (len(year), held) == (1304, 974) and round(100 * offered / 1304) == 94


def test_every_home_was_visited_from_april_to_october_2021(rows_of):
    months = {f"{month:02d}/2021" for month in range(4, 11)}
    due = [row for row in rows_of("regulation_44") if row["VISIT_MONTH"][3:] in months]
    assert len(due) == sum(bool(row["VISITED_ON"]) for row in due) == 42


def test_caseloads_are_near_what_was_printed(rows_of):
    def mean(when: str, *roles: str) -> float:
        held = [
            int(r["CHILDREN_HELD"])
            for r in rows_of("caseloads")
            if r["COUNTED_ON"] == when and r["WORKER_ROLE"] in roles
        ]
        return sum(held) / len(held)

    assert mean("28/02/2022", "SOCIAL_WORKER", "SENIOR", "NEWLY_QUALIFIED") == pytest.approx(16.7, abs=1)
    assert mean("31/03/2020", "REVIEWING_OFFICER") == pytest.approx(70, abs=8)
    assert mean("31/03/2021", "REVIEWING_OFFICER") == pytest.approx(100, abs=8)


# --- one story with the other returns --------------------------------------------------------------------------------


def test_terms_add_up_to_the_virtual_schools_year(rows_of, shipped):
    columns = ("SESSIONS_POSSIBLE", "SESSIONS_AUTHORISED", "SESSIONS_UNAUTHORISED")
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows_of("attendance"):
        for place, column in enumerate(columns):
            sums[(row["CHILD"], row["ACADEMIC_YEAR"])][place] += int(row[column])
        assert int(row["SESSIONS_AUTHORISED"]) + int(row["SESSIONS_UNAUTHORISED"]) <= int(row["SESSIONS_POSSIBLE"])
    expected = {
        (row["CHILD"], row["ACADEMIC_YEAR"]): [int(row[column]) for column in columns]
        for row in _pupils(shipped)
        if row["SESSIONS_POSSIBLE"]
    }
    assert dict(sums) == expected


def test_nobody_was_at_school_in_the_closed_summer_or_after_the_extract(rows_of, care):
    for row in rows_of("attendance"):
        if (row["ACADEMIC_YEAR"], row["ATTENDANCE_TERM"]) == ("2019-20", "SUMMER"):  # in care in no open term
            assert not any(
                start <= date(2020, 3, 20) and (end is None or end >= date(2019, 9, 4))
                for start, end in care[row["CHILD"]]
            )
        assert (row["ACADEMIC_YEAR"], row["ATTENDANCE_TERM"]) != ("2025-26", "SUMMER")


def _pupils(shipped):
    import csv

    for file in sorted((shipped / "virtual_school").glob("*.csv"))[2:]:
        with open(file, encoding="utf-8", newline="") as text:
            yield from csv.DictReader(text)


def test_suspensions_and_exclusions_are_the_virtual_schools(rows_of, shipped):
    times, days, permanent = Counter(), Counter(), set()
    for row in rows_of("exclusions"):
        start = day(row["EXCLUSION_START"])
        year = start.year if start.month >= 9 else start.year - 1
        key = (row["CHILD"], f"{year}-{(year + 1) % 100:02d}")
        assert start.weekday() < 5
        if row["EXCLUSION_KIND"] == "SUSPENSION":
            times[key] += 1
            days[key] += float(row["EXCLUSION_DAYS"])
        elif row["UPHELD"] == "Y":
            permanent.add(key)
    pupils = list(_pupils(shipped))
    key = [(row["CHILD"], row["ACADEMIC_YEAR"]) for row in pupils]
    assert times == {
        k: int(row["SUSPENSIONS"]) for k, row in zip(key, pupils, strict=True) if row["SUSPENSIONS"] != "0"
    }
    assert days == {
        k: float(row["SUSPENSION_DAYS"]) for k, row in zip(key, pupils, strict=True) if row["SUSPENSIONS"] != "0"
    }
    assert permanent == {k for k, row in zip(key, pupils, strict=True) if row["PERMANENT_EXCLUSION"] == "Y"}


def test_reviews_held_are_those_of_the_903(rows_of, returns):
    held = sorted((r["CHILD"], r["HELD_ON"], r["MEETING_PARTICIPATION"]) for r in rows_of("reviews_and_conferences") if r["MEETING"] == "CLA_REVIEW" and r["HELD_ON"])  # fmt: skip
    of_903 = sorted(
        (row["CHILD"], row["REVIEW"], row["REVIEW_CODE"])
        for year in returns
        for row in returns[year]["reviews"]
        if day(row["REVIEW"]) >= FIRST
    )
    extra = Counter(held) - Counter(of_903)
    missing = Counter(of_903) - Counter(held)
    assert not missing
    # held before 1 April 2018, due after it
    assert all(day(when) < FIRST + timedelta(days=60) for _, when, _ in extra)


def test_a_first_review_is_due_twenty_weekdays_after_care_starts(rows_of, care):
    due = defaultdict(set)
    for row in rows_of("reviews_and_conferences"):
        if row["MEETING"] == "CLA_REVIEW":
            due[row["CHILD"]].add(day(row["MEETING_DUE"]))
    starts = [
        (child, spans[0][0], spans[-1][1]) for child, spans in care.items() if spans and spans[0][0] >= date(2018, 5, 1)
    ]
    long_enough = [
        (c, s) for c, s, e in starts if (e or date(2026, 4, 1)) > s + timedelta(days=28) and s < date(2026, 3, 1)
    ]
    assert len(long_enough) > 500
    found = [_after(start, 20) in due[child] for child, start in long_enough]
    assert sum(found) / len(found) > 0.9  # the others came back into care, or left before


def _after(start: date, weekdays: int) -> date:
    while weekdays:
        start += timedelta(days=1)
        weekdays -= start.weekday() < 5
    return start


def test_conferences_are_those_of_lists_5_and_7(rows_of, annex_a):
    rows = rows_of("reviews_and_conferences")
    initial = {(r["CHILD"], r["HELD_ON"]) for r in rows if r["MEETING"] == "ICPC"}
    listed = {
        (row["Child Unique ID"], row["Date of Initial Child Protection Conference"])
        for year in list(annex_a)[2:]
        for row in annex_a[year][5]
        if row["Date of Initial Child Protection Conference"]
        and day(row["Date of Initial Child Protection Conference"]) > FIRST + timedelta(days=60)
    }
    assert listed <= initial
    review = {(r["CHILD"], r["HELD_ON"]) for r in rows if r["MEETING"] == "RCPC"}
    latest = {
        (row["Child Unique ID"], row["Date of latest review conference"])
        for year in list(annex_a)[2:]
        for row in annex_a[year][7]
        if row["Date of latest review conference"]
        and day(row["Date of latest review conference"]) > FIRST + timedelta(days=30)
    }
    assert latest and latest <= review


def test_children_missing_from_care_are_those_of_the_903(rows_of, returns, care):
    rows = rows_of("return_home_interviews")
    of_903 = {
        (row["CHILD"], row["MIS_START"], row["MIS_END"])
        for year in returns
        for row in returns[year]["missing"]
        if row["MISSING"] == "M" and day(row["MIS_START"]) >= FIRST and row["MIS_END"]
    }
    own = {(r["CHILD"], r["MISSING_FROM"], r["RETURNED_ON"]) for r in rows if r["IN_CARE"] == "Y" and r["PLACED_BY_ANOTHER_COUNCIL"] == "N"}  # fmt: skip
    assert own == of_903
    for row in rows:
        if row["IN_CARE"] != "Y":
            assert not in_care(care, row["CHILD"], day(row["MISSING_FROM"]))
        elif row["PLACED_BY_ANOTHER_COUNCIL"] == "Y":
            assert row["CHILD"] not in care
        assert not row["INTERVIEW_HELD_ON"] or (row["INTERVIEW_OFFERED"], row["INTERVIEW_ACCEPTED"]) == ("Y", "Y")


def test_spells_of_one_child_do_not_overlap(rows_of):
    for name, child, start, end in (
        ("return_home_interviews", "CHILD", "MISSING_FROM", "RETURNED_ON"),
        ("early_help", "CHILD", "EARLY_HELP_START", "EARLY_HELP_END"),
    ):
        of_child = defaultdict(list)
        for row in rows_of(name):
            of_child[row[child]].append((day(row[start]), day(row[end]) or date(2026, 3, 31)))
        for spells in of_child.values():
            spells.sort()
            assert all(first[1] < second[0] for first, second in zip(spells, spells[1:], strict=False))


def test_nobody_in_early_help_is_looked_after_or_on_a_plan_when_it_starts(rows_of, care, annex_a):
    plans = defaultdict(set)
    for year in annex_a:
        for number, start, end in (
            (7, "Child Protection Plan Start Date", "Child Protection Plan End Date"),
            (6, "CIN Start Date", "CIN Closure Date"),
        ):
            for row in annex_a[year][number]:
                if row.get("Case Status", "c")[0] in "ce":
                    plans[(row["Child Unique ID"], day(row[start]))].add(day(row[end]))
    spans = defaultdict(list)
    for (child, start), ends in plans.items():
        spans[child].append((start, max((end for end in ends if end), default=None)))
    rows = rows_of("early_help")
    for row in rows:
        start = day(row["EARLY_HELP_START"])
        assert not in_care(care, row["CHILD"], start) and not in_care(spans, row["CHILD"], start)


def test_a_step_up_is_followed_by_a_referral_a_plan_or_care_within_days(rows_of, care, annex_a):
    columns = {3: "Date of Referral", 6: "CIN Start Date", 7: "Child Protection Plan Start Date"}
    known = defaultdict(set)
    for year in annex_a:
        for number, column in columns.items():
            for row in annex_a[year][number]:
                known[row["Child Unique ID"]].add(day(row[column]))
    for child, spans in care.items():
        known[child] |= {start for start, _ in spans}
    families = defaultdict(list)
    for row in rows_of("early_help"):
        if row["EARLY_HELP_OUTCOME"] == "STEP_UP":
            families[(row["FAMILY"], row["EARLY_HELP_END"])].append(row["CHILD"])
    assert len(families) > 300
    for (_, ended), children in families.items():  # one of the brothers and sisters is enough
        assert any(day(ended) in known[child] for child in children)


def test_brothers_and_sisters_start_and_end_together_in_one_ward(rows_of):
    wards, ends = defaultdict(set), defaultdict(set)
    for row in rows_of("early_help"):
        wards[row["FAMILY"]].add(row["WARD"])
        ends[(row["FAMILY"], row["EARLY_HELP_START"])].add((row["EARLY_HELP_END"], row["EARLY_HELP_OUTCOME"]))
    assert all(len(found) == 1 for found in wards.values())
    assert sum(len(found) == 1 for found in ends.values()) / len(ends) > 0.9


def test_a_household_once_gone_stays_gone_and_is_counted_once_a_quarter(rows_of):
    gone: dict[str, date] = {}
    seen = set()
    for row in sorted(rows_of("fostering_households"), key=lambda row: day(row["COUNTED_ON"])):
        counted = day(row["COUNTED_ON"])
        assert row["HOUSEHOLD"] not in gone and (row["HOUSEHOLD"], counted) not in seen
        seen.add((row["HOUSEHOLD"], counted))
        if row["HOUSEHOLD_LEFT_ON"]:
            gone[row["HOUSEHOLD"]] = counted
            assert timedelta(0) <= counted - day(row["HOUSEHOLD_LEFT_ON"]) <= timedelta(days=92)
            assert row["PLACES_FILLED"] == "0"
        else:
            used = sum(int(row[c]) for c in ("PLACES_FILLED", "PLACES_UNAVAILABLE", "PLACES_ON_HOLD"))
            assert used <= int(row["PLACES_APPROVED"])
    approved = {r["HOUSEHOLD"]: r["HOUSEHOLD_APPROVED_ON"] for r in rows_of("fostering_households")}
    for row in rows_of("fostering_enquiries"):
        if row["APPLICATION_OUTCOME"] == "APPROVED":
            assert approved[row["HOUSEHOLD"]] == row["APPLICATION_DECIDED_ON"]


def test_a_social_worker_holds_at_least_the_children_in_care_of_the_903(rows_of, returns, care):
    last = date(2025, 3, 31)
    latest = {}
    for row in returns["2024-25"]["sw_episodes"]:
        if (
            day(row["SW_DECOM"]) <= last
            and (not row["SW_DEC"] or day(row["SW_DEC"]) > last)
            and in_care(care, row["CHILD"], last)
        ):
            latest[(row["CHILD"], row["SW_ID"])] = row["SW_ID"]
    with_worker = Counter(latest.values())
    held = {r["WORKER"]: int(r["CHILDREN_HELD"]) for r in rows_of("caseloads") if r["COUNTED_ON"] == "31/03/2025"}
    assert len(with_worker) > 50 and all(held[worker] >= number for worker, number in with_worker.items())


def test_there_are_no_names(rows_of):
    for row in rows_of("regulation_44"):
        assert row["HOME"].split()[0] == "Home" and row["HOME"].split()[1].isdigit()
    for row in rows_of("caseloads"):
        assert row["WORKER"][:2] in ("SW", "RO", "PA") and row["WORKER"][2:].isdigit()
