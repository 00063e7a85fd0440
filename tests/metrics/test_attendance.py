"""Sessions missed: bands and thresholds one session below, at and above."""

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from virtual_school_pupils import THIS_YEAR, attended, pupils, seeded, shares, terms, told, years

from analysis_lib.metrics import attendance
from analysis_lib.metrics.pupils import ALL_LOOKED_AFTER, COHORTS


def test_attendance_bands_of_the_council_in_2020_21():
    """Middlesbrough Virtual School, interim annual report 2020/21, page 8: 44 children (12%) at 100%, 177 (48.3%) at 95% or
    above, 161 (44%) below 90%. On 366 children 177 is 48.4%; the report cut the digit instead of rounding it."""
    table = pupils(
        *[attended(380)] * 44,
        *[attended(380, 10, 5)] * 133,
        *[attended(380, 20, 10)] * 28,
        *[attended(380, 40, 30)] * 161,
    )
    bands = shares(attendance.attendance_bands(table, years=THIS_YEAR), "band")
    assert [round(bands[band], 1) for band in attendance.BANDS] == [48.4, 7.7, 44.0]
    assert attendance.full_attendance(table, years=THIS_YEAR).exact()["value"].item() == pytest.approx(
        12.0219, abs=1e-4
    )


@pytest.mark.parametrize(
    ("missed", "band", "persistent", "severe"),
    [
        (0, "95% or more", False, False),
        (20, "95% or more", False, False),
        (21, "90% to under 95%", False, False),
        (39, "90% to under 95%", False, False),
        (40, "90% to under 95%", True, False),
        (41, "Under 90%", True, False),
        (199, "Under 90%", True, False),
        (200, "Under 90%", True, True),
    ],
)
def test_bands_and_thresholds_one_session_below_at_and_above(missed, band, persistent, severe):
    table = pupils(attended(400, missed))
    assert shares(attendance.attendance_bands(table, years=THIS_YEAR), "band")[band] == 100
    assert attendance.persistent_absence(table, years=THIS_YEAR).exact()["numerator"].item() == persistent
    assert attendance.severe_absence(table, years=THIS_YEAR).exact()["numerator"].item() == severe
    assert attendance.full_attendance(table, years=THIS_YEAR).exact()["numerator"].item() == (missed == 0)


def test_absence_is_a_ratio_of_sums_and_its_parts_add_up():
    table = pupils(
        *[attended(100, 20, 30)] * 5, *[attended(400, 4, 0)] * 5, attended(0), {"nc_year": "12", **attended(100, 100)}
    )
    rates = shares(attendance.absence(table, years=THIS_YEAR), "kind")
    assert rates["Overall"] == pytest.approx(100 * 270 / 2500)  # the mean of the pupils' own rates would be 25.5%
    assert rates["Authorised"] + rates["Unauthorised"] == pytest.approx(rates["Overall"])


def test_absence_of_nine_pupils_is_not_given_and_of_ten_is():
    nine = attendance.absence(pupils(*[attended(380, 10)] * 9), years=THIS_YEAR).exact()
    ten = attendance.absence(pupils(*[attended(380, 10)] * 10), years=THIS_YEAR).exact()
    assert nine["value"].isna().all()
    assert ten["value"].notna().all()


def test_pupils_without_a_record_of_sessions_are_in_no_attendance_figure_and_are_counted():
    table = pupils(attended(380, 380), {}, attended(0), attended(380))
    assert attendance.persistent_absence(table, years=THIS_YEAR).exact()[
        ["numerator", "denominator"]
    ].values.tolist() == [[1, 2]]
    assert attendance.attendance_recorded(table, years=THIS_YEAR).exact()["value"].item() == 50


# By term

BY_TERM = (attendance.absence_by_term, attendance.persistent_absence_by_term, attendance.severe_absence_by_term)
RUNS = {
    "Autumn term": {"AUTUMN"},
    "Autumn and spring terms": {"AUTUMN", "SPRING"},
    "Whole school year": {"AUTUMN", "SPRING", "SUMMER"},
}


@pytest.mark.parametrize(
    ("missed", "persistent", "severe"),
    [(0, 0, 0), (13, 0, 0), (14, 1, 0), (15, 1, 0), (69, 1, 0), (70, 1, 1), (140, 1, 1)],
)
def test_a_term_one_session_below_at_and_above_the_thresholds(missed, persistent, severe):
    rows = terms((0, "AUTUMN", 140, missed, 0))
    assert numbers(attendance.persistent_absence_by_term, rows, pupils({}))["Autumn term"] == (persistent, 1)
    assert numbers(attendance.severe_absence_by_term, rows, pupils({}))["Autumn term"] == (severe, 1)


def numbers(measure, rows, table, **more):
    frame = measure(rows, table, years=THIS_YEAR, **more).exact()
    pairs = zip(frame["numerator"], frame["denominator"], strict=True)
    return {terms: None if np.isnan(pair[1]) else pair for terms, pair in zip(frame["terms"], pairs, strict=True)}


def test_terms_are_added_up_for_each_pupil_and_one_not_yet_in_has_no_figure():
    rows = terms((0, "AUTUMN", 100, 4, 5), (0, "SPRING", 100, 0, 11), (1, "AUTUMN", 100, 50, 0))
    persistent = numbers(attendance.persistent_absence_by_term, rows, pupils({}, {}))
    # The first missed 9 of 100, then 20 of 200; the second's autumn goes on counting after the pupil left.
    assert persistent == {"Autumn term": (1, 2), "Autumn and spring terms": (2, 2), "Whole school year": None}
    ten = terms(*((number, "AUTUMN", 100, 1, 2) for number in range(10)), (0, "SUMMER", 50, 0, 0))
    assert numbers(attendance.absence_by_term, ten, pupils(*[{}] * 10)) == {
        "Autumn term": (30, 1000), "Autumn and spring terms": None, "Whole school year": (30, 1050),
    }  # fmt: skip


def test_absence_of_nine_pupils_by_term_is_not_given():
    nine = terms(*((number, "AUTUMN", 100, 1, 2) for number in range(9)))
    assert numbers(attendance.absence_by_term, nine, pupils(*[{}] * 9))["Autumn term"] is None
    assert numbers(attendance.persistent_absence_by_term, nine, pupils(*[{}] * 9))["Autumn term"] == (0, 9)


def test_whose_terms_count():
    table = pupils({}, {"looked_after_12m": False}, {"nc_year": "12"}, {"academic_year": "2017-18-AY"})
    rows = terms(*((number, "AUTUMN", 100, 50, 0) for number in (0, 1, 2, 3, 4)), (0, "AUTUMN", 0, 0, 0))
    assert numbers(attendance.severe_absence_by_term, rows, table)["Autumn term"] == (1, 1)
    # Whoever is not in the extract of that year counts only where all are asked for: the one of another year, and the fifth.
    everyone = numbers(attendance.severe_absence_by_term, rows, table, cohort=ALL_LOOKED_AFTER)
    assert everyone["Autumn term"] == (4, 4)
    with pytest.raises(
        ValueError, match="there is no cohort 'none': choose looked after for 12 months or all looked after"
    ):
        attendance.severe_absence_by_term(rows, table, years=THIS_YEAR, cohort="none")


def test_a_pupil_without_possible_sessions_in_the_term_is_not_in_the_base():
    rows = terms((0, "AUTUMN", 0, 0, 0), (1, "AUTUMN", 1, 0, 0))
    assert numbers(attendance.persistent_absence_by_term, rows, pupils({}, {}))["Autumn term"] == (0, 1)


def test_no_rows_by_term_at_all_have_no_figures():
    for measure in BY_TERM:
        frame = measure(terms(), pupils(), years=THIS_YEAR).exact()
        assert len(frame) == 3 and frame["value"].isna().all() and set(frame["symbol"]) == {"z"}


@pytest.mark.parametrize("cohort", COHORTS)
def test_terms_agree_with_a_plain_loop(cohort):
    chance = random.Random(5)
    table = seeded(120)
    rows = [
        (number, term, chance.choice([0, 40, 140]), chance.choice([0, 4, 60]), chance.choice([0, 10]))
        for number in range(0, 140)
        for term in ("AUTUMN", "SPRING", "SUMMER")
        if chance.random() < 0.7
    ]
    frame = pd.concat([terms(*rows[:200]), terms(*rows[200:], year="2019-20")], ignore_index=True)
    of_year = {(row["child_id"], row["academic_year"]): row for row in table.astype(object).to_dict("records")}
    expected = {}
    for year in years("2018-19-AY", "2019-20-AY"):
        for run, in_run in RUNS.items():
            added, last_is_in = {}, False
            for row in frame.to_dict("records"):
                pupil = of_year.get((row["child_id"], year.code))
                of_school_age = pupil is not None and pupil["nc_year"] in ("R", "1", "6", "10", "11")
                counts = of_school_age and (pupil["looked_after_12m"] is True or cohort == ALL_LOOKED_AFTER)
                counts = counts or (pupil is None and cohort == ALL_LOOKED_AFTER)
                if not counts or row["academic_year"] != year.code.removesuffix("-AY"):
                    continue
                last_is_in = last_is_in or row["attendance_term"] == list(in_run_order(in_run))[-1]
                if row["attendance_term"] in in_run:
                    missed, possible = added.get(row["child_id"], (0, 0))
                    missed += row["sessions_authorised"] + row["sessions_unauthorised"]
                    added[row["child_id"]] = missed, possible + row["sessions_possible"]
            base = {child: pair for child, pair in added.items() if pair[1]}
            part = sorted(child for child, (missed, possible) in base.items() if missed / possible >= 0.1)
            held = (len(part), len(base)) if last_is_in else (None, None)
            expected[year.code, run] = (*held, part, sorted(base))
    shown = told(
        lambda: attendance.persistent_absence_by_term(
            frame, table, years=years("2018-19-AY", "2019-20-AY"), cohort=cohort
        ),
        "terms",
    )
    assert shown == expected


def in_run_order(terms_of_run):
    return [term for term in ("AUTUMN", "SPRING", "SUMMER") if term in terms_of_run]


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 4), st.sampled_from(["AUTUMN", "SPRING", "SUMMER"]), st.integers(1, 20), st.integers(0, 10)
        ),
        max_size=10,
        unique_by=lambda row: row[:2],
    )
)
def test_severe_absence_is_persistent_absence_and_both_are_of_the_same_pupils(drawn):
    rows = terms(*((number, term, possible, min(missed, possible), 0) for number, term, possible, missed in drawn))
    table = pupils(*[{}] * 5)
    persistent = attendance.persistent_absence_by_term(rows, table, years=THIS_YEAR).exact()
    severe = attendance.severe_absence_by_term(rows, table, years=THIS_YEAR).exact()
    assert (severe["numerator"].fillna(0) <= persistent["numerator"].fillna(0)).all()
    assert severe["denominator"].equals(persistent["denominator"])


def test_rows_by_term_carry_their_measure_and_year():
    for measure in BY_TERM:
        result = measure(terms((0, "AUTUMN", 10, 0, 0)), pupils({}), years=THIS_YEAR)
        frame = result.exact()
        assert result.measure.name == measure.__name__ and result.groups == ("terms",)
        assert set(frame["period_start"]) == {THIS_YEAR[0].start} and set(frame["period_end"]) == {THIS_YEAR[0].end}
        assert set(frame["unit"]) == {"%"} and frame["terms"].tolist() == list(RUNS)


def test_the_module_shows_its_measures():
    assert dir(attendance) == sorted(attendance.__all__) and "absence_by_term" in dir(attendance)
