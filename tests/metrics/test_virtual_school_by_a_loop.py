"""Every measure of the virtual school's pupils against a plain loop over the rows: numbers, and the children named."""

import pandas as pd
import pytest
from virtual_school_pupils import ALL_YEARS, seeded, told

from analysis_lib.metrics import attainment, attendance, education_plans, exclusions, moving_on
from analysis_lib.metrics.pupils import ALL_LOOKED_AFTER, COHORTS, TWELVE_MONTHS

TABLE = seeded()
ROWS = [
    {column: None if pd.isna(value) else value for column, value in row.items()}
    for row in TABLE.astype(object).to_dict("records")
]
OF_SCHOOL_AGE = {"R", "1", "6", "10", "11"}


def anybody(_):
    return True


def at_school(row):
    return row["nc_year"] in OF_SCHOOL_AGE


def with_record(row):
    return at_school(row) and (row["sessions_possible"] or 0) > 0


def missed(row):
    return (row["sessions_authorised"] or 0) + (row["sessions_unauthorised"] or 0)


def attended_percent(row):
    return 100 * (row["sessions_possible"] - missed(row)) / row["sessions_possible"]


def band(row):
    attended = attended_percent(row)
    return "95% or more" if attended >= 95 else "90% to under 95%" if attended >= 90 else "Under 90%"


def moves(kind):
    return {"To reception": "RECEPTION", "To secondary school": "SECONDARY", "On from school at sixteen": "POST16"}[
        kind
    ]


MOVES = ["To reception", "To secondary school", "On from school at sixteen"]
NEEDS = {"N": "None", "K": "Support at school", "E": "Education, health and care plan", None: "Not recorded"}
OFFERS = {"EDUCATION": "Education", "TRAINING": "Training", "EMPLOYMENT": "Employment", "NONE": "No offer", None: "Not recorded"}  # fmt: skip
ACTIVITIES = {"EDUCATION": "Education", "EMPLOYMENT": "Employment", "TRAINING": "Training", "NEET": "None of the three (NEET)", None: "Not known"}  # fmt: skip
TERMS = {"Autumn": "pep_autumn", "Spring": "pep_spring", "Summer": "pep_summer"}
# measure -> group, its kinds, who is in the base of a kind, who is in its numerator
SHARES = {
    attendance.attendance_recorded: ("", [None], lambda r, _: at_school(r), lambda r, _: (r["sessions_possible"] or 0) > 0),
    attendance.attendance_bands: ("band", list(attendance.BANDS), lambda r, _: with_record(r), lambda r, k: band(r) == k),
    attendance.full_attendance: ("", [None], lambda r, _: with_record(r), lambda r, _: missed(r) == 0),
    attendance.persistent_absence: ("", [None], lambda r, _: with_record(r), lambda r, _: attended_percent(r) <= 90),
    attendance.severe_absence: ("", [None], lambda r, _: with_record(r), lambda r, _: attended_percent(r) <= 50),
    exclusions.suspended_pupils: (
        "", [None], lambda r, _: at_school(r) and r["suspensions"] is not None, lambda r, _: r["suspensions"] > 0
    ),
    exclusions.permanent_exclusion_rate: (
        "", [None], lambda r, _: at_school(r) and r["permanent_exclusion"] is not None, lambda r, _: r["permanent_exclusion"]
    ),
    education_plans.pep_in_place: (
        "term", list(TERMS), lambda r, k: r[TERMS[k]] is not None, lambda r, k: r[TERMS[k]] is True
    ),
    education_plans.special_educational_needs: (
        "need", list(NEEDS.values()), lambda r, _: at_school(r), lambda r, k: NEEDS[r["sen"]] == k
    ),
    education_plans.school_outside: (
        "", [None], lambda r, _: at_school(r) and r["school_in_authority"] is not None,
        lambda r, _: r["school_in_authority"] is False,
    ),
    moving_on.left_care_before_move: (
        "move", MOVES, lambda r, k: r["transition"] == moves(k) and r["left_care_before_move"] is not None,
        lambda r, _: r["left_care_before_move"],
    ),
    moving_on.next_school_in_authority: (
        "move", MOVES, lambda r, k: r["transition"] == moves(k) and r["next_school_in_authority"] is not None,
        lambda r, _: r["next_school_in_authority"],
    ),
    moving_on.moving_on_with_needs: (
        "move", MOVES, lambda r, k: r["transition"] == moves(k) and r["sen"] is not None, lambda r, _: r["sen"] in ("K", "E")
    ),
    moving_on.post16_offers: (
        "offer", list(OFFERS.values()), lambda r, _: r["transition"] == "POST16", lambda r, k: OFFERS[r["post16_offer"]] == k
    ),
    moving_on.post16_activity: (
        "activity", list(ACTIVITIES.values()), lambda r, _: r["nc_year"] in ("12", "13"),
        lambda r, k: ACTIVITIES[r["eet_status"]] == k,
    ),
    moving_on.neet: ("", [None], lambda r, _: r["nc_year"] in ("12", "13"), lambda r, _: r["eet_status"] == "NEET"),
    moving_on.neet_or_not_known: (
        "", [None], lambda r, _: r["nc_year"] in ("12", "13"), lambda r, _: r["eet_status"] in ("NEET", None)
    ),
}  # fmt: skip
OF_ALL_BY_DEFAULT = {
    education_plans.pep_in_place, moving_on.left_care_before_move, moving_on.next_school_in_authority,
    moving_on.moving_on_with_needs, moving_on.post16_offers, moving_on.post16_activity, moving_on.neet,
    moving_on.neet_or_not_known, moving_on.pupils_moving_on,
}  # fmt: skip
COUNTS = {
    moving_on.pupils_moving_on: ("move", MOVES, lambda r, k: r["transition"] == moves(k)),
    attainment.pupils_at_key_stage_end: (
        "key_stage", [stage.title for stage in attainment.KEY_STAGES],
        lambda r, k: {"EYFS": "Early years (age five)", "KS1": "Key stage 1 (age seven)", "KS2": "Key stage 2 (age eleven)", "KS4": "Key stage 4 (age sixteen)"}.get(r["key_stage_end"]) == k,
    ),
}  # fmt: skip


def by_name(value):
    return value.__name__ if callable(value) else str(value)


def of_cohort(cohort):
    return [row for row in ROWS if cohort == ALL_LOOKED_AFTER or row["looked_after_12m"] is True]


def children(rows):
    return sorted(row["child_id"] for row in rows)


def key(year, kind):
    return (year.code,) if kind is None else (year.code, kind)


@pytest.mark.parametrize("cohort", COHORTS)
@pytest.mark.parametrize("measure", SHARES, ids=by_name)
def test_a_share_agrees_with_a_plain_loop(measure, cohort):
    group, kinds, in_base, reached = SHARES[measure]
    expected = {}
    for year in ALL_YEARS:
        for kind in kinds:
            base = [row for row in of_cohort(cohort) if row["academic_year"] == year.code and in_base(row, kind)]
            part = [row for row in base if reached(row, kind)]
            expected[key(year, kind)] = (len(part), len(base), children(part), children(base))
    assert told(lambda: measure(TABLE, years=ALL_YEARS, cohort=cohort), *([group] if group else [])) == expected


@pytest.mark.parametrize("measure", [*SHARES, *COUNTS], ids=by_name)
def test_the_cohort_is_the_official_one_unless_another_is_asked_for(measure):
    usual = ALL_LOOKED_AFTER if measure in OF_ALL_BY_DEFAULT else TWELVE_MONTHS
    pd.testing.assert_frame_equal(
        measure(TABLE, years=ALL_YEARS).exact(), measure(TABLE, years=ALL_YEARS, cohort=usual).exact()
    )


@pytest.mark.parametrize("measure", SHARES, ids=by_name)
def test_a_share_is_its_measure_in_per_cent_with_the_periods_of_its_years(measure):
    result = measure(TABLE, years=ALL_YEARS[2:4])
    frame = result.exact()
    name = {"attendance_bands": "attendance_bands"}.get(measure.__name__, measure.__name__)
    assert result.measure.name == name and set(frame["unit"]) == {"%"}
    assert (frame["value"] - 100 * frame["numerator"] / frame["denominator"]).abs().max() < 1e-9
    assert set(zip(frame["period_start"], frame["period_end"], strict=True)) == {
        (pd.Timestamp("2018-09-01"), pd.Timestamp("2019-08-31")),
        (pd.Timestamp("2019-09-01"), pd.Timestamp("2020-08-31")),
    }
    group = SHARES[measure][0]
    assert result.groups == ((group,) if group else ())
    assert result.parts == ((group,) if group in ("band", "need", "offer", "activity") else ())


@pytest.mark.parametrize("cohort", COHORTS)
@pytest.mark.parametrize("measure", COUNTS, ids=by_name)
def test_a_count_agrees_with_a_plain_loop(measure, cohort):
    group, kinds, counted = COUNTS[measure]
    expected = {}
    for year in ALL_YEARS:
        for kind in kinds:
            those = [row for row in of_cohort(cohort) if row["academic_year"] == year.code and counted(row, kind)]
            expected[year.code, kind] = (len(those), None, children(those), None)
    assert told(lambda: measure(TABLE, years=ALL_YEARS, cohort=cohort), group) == expected


STANDARDS = {
    "EYFS": {"Good level": [("gld", None)]},
    "KS1": {"Reading": [("ks1_reading", None)], "Writing": [("ks1_writing", None)], "Maths": [("ks1_maths", None)], "All three": [("ks1_reading", None), ("ks1_writing", None), ("ks1_maths", None)]},
    "KS2": {"Reading": [("ks2_reading", None)], "Writing": [("ks2_writing", None)], "Maths": [("ks2_maths", None)], "All three": [("ks2_reading", None), ("ks2_writing", None), ("ks2_maths", None)]},
    "KS4": {"Grade 5 or above": [("ks4_english", 5), ("ks4_maths", 5)], "Grade 4 or above": [("ks4_english", 4), ("ks4_maths", 4)]},
}  # fmt: skip
WITHOUT = {
    "EYFS": {"2019-20-AY", "2020-21-AY"},
    "KS1": {"2019-20-AY", "2020-21-AY", "2023-24-AY", "2024-25-AY"},
    "KS2": {"2019-20-AY", "2020-21-AY"},
    "KS4": set(),
}


def at_end(cohort, code, year):
    return [r for r in of_cohort(cohort) if r["key_stage_end"] == code and r["academic_year"] == year.code]


def result_of(row, columns):
    return any(row[column] is not None for each in columns.values() for column, _ in each)


def reached_all(row, columns):
    return all(
        row[column] is not None and (row[column] is True if least is None else row[column] >= least)
        for column, least in columns
    )


@pytest.mark.parametrize("cohort", COHORTS)
@pytest.mark.parametrize("stage", attainment.KEY_STAGES, ids=lambda stage: stage.code)
def test_attainment_agrees_with_a_plain_loop(stage, cohort):
    standards, expected, unassessed = STANDARDS[stage.code], {}, {}
    for year in ALL_YEARS:
        base = at_end(cohort, stage.code, year)
        statutory = [row for row in base if row["assessed_by"] != "TEACHER"]
        has = year.code not in WITHOUT[stage.code] and any(result_of(row, standards) for row in statutory)
        without = [row for row in base if row["assessed_by"] == "TEACHER" or not result_of(row, standards)]
        unassessed[year.code] = (len(without) if has else None, None, children(without), None)
        for standard, columns in standards.items():
            part = [row for row in statutory if reached_all(row, columns)]
            numbers = (len(part), len(base)) if has else (None, None)
            expected[year.code, standard] = (*numbers, children(part), children(base))
    assert told(lambda: attainment.by_standard(TABLE, stage, years=ALL_YEARS, cohort=cohort), "standard") == expected
    counted = told(lambda: attainment.pupils_not_assessed(TABLE, years=ALL_YEARS, cohort=cohort), "key_stage")
    assert {code: numbers for (code, title), numbers in counted.items() if title == stage.title} == unassessed


@pytest.mark.parametrize("cohort", COHORTS)
def test_local_teacher_assessment_agrees_with_a_plain_loop(cohort):
    expected = {}
    for stage in attainment.KEY_STAGES:
        for year in ALL_YEARS:
            local = [row for row in at_end(cohort, stage.code, year) if row["assessed_by"] == "TEACHER"]
            if year.code in WITHOUT[stage.code] and local:
                for standard, columns in STANDARDS[stage.code].items():
                    part = [row for row in local if reached_all(row, columns)]
                    expected[year.code, stage.title, standard] = (
                        len(part),
                        len(local),
                        children(part),
                        children(local),
                    )
    shown = told(lambda: attainment.teacher_assessment(TABLE, years=ALL_YEARS, cohort=cohort), "key_stage", "standard")
    assert shown == expected and len(expected) > 10


@pytest.mark.parametrize("cohort", COHORTS)
def test_attainment_8_agrees_with_a_plain_loop(cohort):
    expected, scores = {}, {}
    for year in ALL_YEARS:
        base = [row["attainment_8"] for row in at_end(cohort, "KS4", year)]
        scores[year.code] = [score or 0 for score in base] if any(score is not None for score in base) else []
        expected[year.code] = (sum(scores[year.code]), len(scores[year.code]))
    frame = attainment.attainment_8(TABLE, years=ALL_YEARS, cohort=cohort).exact()
    assert dict(zip([year.code for year in ALL_YEARS], zip(frame["numerator"], frame["denominator"], strict=True), strict=True)) == expected  # fmt: skip
    last_three = [score for year in ALL_YEARS[-3:] for score in scores[year.code]]
    (pooled,) = attainment.attainment_8_pooled(TABLE, years=ALL_YEARS, cohort=cohort).exact().to_dict("records")
    assert (pooled["numerator"], pooled["denominator"], pooled["years"]) == (
        sum(last_three), len(last_three), "2022/23 to 2024/25"
    )  # fmt: skip
    assert pooled["value"] == pytest.approx(sum(last_three) / len(last_three))


@pytest.mark.parametrize("cohort", COHORTS)
def test_absence_is_the_ratio_of_the_loops_sums(cohort):
    expected = {}
    for year in ALL_YEARS:
        base = [row for row in of_cohort(cohort) if row["academic_year"] == year.code and with_record(row)]
        possible = sum(row["sessions_possible"] for row in base)
        for kind, lost in (
            ("Overall", missed),
            ("Authorised", lambda row: row["sessions_authorised"] or 0),
            ("Unauthorised", lambda row: row["sessions_unauthorised"] or 0),
        ):
            enough = len(base) >= 10
            expected[year.code, kind] = (
                sum(map(lost, base)) if enough else None, possible if enough else None, None, None
            )  # fmt: skip
    assert told(lambda: attendance.absence(TABLE, years=ALL_YEARS, cohort=cohort), "kind") == expected


@pytest.mark.parametrize("cohort", COHORTS)
def test_suspensions_of_the_school_year_agree_with_a_plain_loop(cohort):
    rate, each, days, number = {}, {}, {}, {}
    for year in ALL_YEARS:
        own = [row for row in of_cohort(cohort) if row["academic_year"] == year.code and at_school(row)]
        recorded = [row for row in own if row["suspensions"] is not None]
        suspended = [row for row in recorded if row["suspensions"] > 0]
        total = sum(row["suspensions"] for row in recorded)
        rate[(year.code,)] = (total, len(recorded), None, children(recorded))
        each[(year.code,)] = (total, len(suspended), None, children(suspended))
        with_days = [row for row in suspended if row["suspension_days"] is not None]
        days[(year.code,)] = (
            sum(row["suspension_days"] for row in with_days),
            len(with_days),
            None,
            children(with_days),
        )
        number[(year.code,)] = (len(suspended), None, children(suspended), None)
    assert told(lambda: exclusions.suspension_rate(TABLE, years=ALL_YEARS, cohort=cohort)) == rate
    assert told(lambda: exclusions.suspensions_each(TABLE, years=ALL_YEARS, cohort=cohort)) == each
    assert told(lambda: exclusions.suspension_days(TABLE, years=ALL_YEARS, cohort=cohort)) == days
    assert told(lambda: exclusions.suspended_pupils_number(TABLE, years=ALL_YEARS, cohort=cohort)) == number


@pytest.mark.parametrize("cohort", COHORTS)
def test_permanent_exclusions_of_the_school_year_agree_with_a_plain_loop(cohort):
    expected = {}
    for year in ALL_YEARS:
        own = [row for row in of_cohort(cohort) if row["academic_year"] == year.code and at_school(row)]
        excluded = [row for row in own if row["permanent_exclusion"] is True]
        recorded = any(row["permanent_exclusion"] is not None for row in own)
        expected[(year.code,)] = (len(excluded) if recorded else None, None, children(excluded), None)
    assert told(lambda: exclusions.permanent_exclusions(TABLE, years=ALL_YEARS, cohort=cohort)) == expected
