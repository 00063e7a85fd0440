"""Care leavers: published figures, boundary days, each code in its place, a plain loop as judge."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leavers import born, care, episodes, listed, oc3, ten

from analysis_lib.metrics import care_leavers as leavers
from analysis_lib.metrics.counting.members import recorded
from analysis_lib.periods import Period

YEAR = Period.parse("2020-21")
DAY = YEAR.end
OLD = ["19-21"]


def counts(result, *groups):
    """Numerator and denominator by group; the value is held against them."""
    frame = result.exact()
    value = 100 * frame["numerator"] / frame["denominator"].where(frame["denominator"] > 0)
    pd.testing.assert_series_equal(frame["value"], value, check_names=False)
    keys = frame[list(groups or result.groups)].itertuples(index=False, name=None)
    pairs = zip(frame["numerator"], frame["denominator"], strict=True)
    return {key[0] if len(key) == 1 else key: pair for key, pair in zip(keys, pairs, strict=True)}


def numbers(result):
    frame = result.exact()
    assert frame["denominator"].isna().all() and (frame["value"] == frame["numerator"]).all()
    return dict(zip(frame[result.groups[0]], frame["numerator"], strict=True))


def children(result, row=0):
    frame = result.exact()
    return tuple(frame[column][row] for column in ("numerator_children", "denominator_children") if column in frame)


# ------------------------------------------------------------------------------------------------------- published figures


def published(suitable, base, everyone, eet=0, neet=0):
    """As many care leavers of 19 as a publication has: `base` with a known residence in this country, of `everyone`."""
    homes = ["U1"] * suitable + ["X2"] * (base - suitable) + ["G1"] * (everyone - base)
    activities = ["F2"] * eet + ["G5"] * neet + ["0"] * (everyone - eet - neet)
    return pd.DataFrame(
        {
            "child_id": [f"c{number}" for number in range(everyone)],
            "return_year": "2024-25",
            "birth_date": pd.Timestamp("2005-06-01"),
            "in_touch": "YES",
            "activity": activities,
            "accommodation": homes,
        }
    )


@pytest.mark.parametrize(
    ("suitable", "base", "everyone", "printed", "on_the_other_base"),
    [(33_810, 38_190, 38_440, 89, 88), (156, 191, 193, 82, 81)],
    ids=["England", "Middlesbrough"],
)
def test_suitable_accommodation_at_19_to_21_in_2025_is_what_the_department_prints(
    suitable, base, everyone, printed, on_the_other_base
):
    """DfE, Children looked after in England including adoptions 2025 (numbers as in its data file, the base for
    activity as `everyone`): 89% in England, 82% in Middlesbrough."""
    table, year = published(suitable, base, everyone), Period.parse("2024-25")
    official = leavers.suitable_accommodation(table, period=year, ages=OLD).exact()
    assert (official["numerator"][0], official["denominator"][0]) == (suitable, base)
    assert round(official["value"][0]) == printed
    other = leavers.suitable_accommodation_of_all(table, period=year, ages=OLD).exact()
    assert (other["numerator"][0], other["denominator"][0]) == (suitable, everyone)
    assert round(other["value"][0]) == on_the_other_base


def test_activity_at_17_and_18_in_middlesbrough_in_2025_leaves_unknowns_beside():
    """DfE, the same release: 30 of 64 in education, employment or training (47%), 25 not (39%), suitable 54 of 64 (84%)."""
    table = published(54, 64, 64, eet=30, neet=25).assign(birth_date=pd.Timestamp("2007-06-01"))
    shares = [
        round(function(table, period=Period.parse("2024-25"), ages=["17-18"]).exact()["value"][0])
        for function in (leavers.eet, leavers.neet, leavers.activity_unknown, leavers.suitable_accommodation)
    ]
    assert shares == [47, 39, 14, 84]


# ---------------------------------------------------------------------------------------------------------- who and when


def test_age_is_that_reached_on_the_birthday_in_the_year():
    bands = {
        "16": ["2004-04-01"],
        # 17 on the last day of the year and on its first; 18 on the first; 18 on 2 April
        "17-18": ["2004-03-31", "2003-04-01", "2002-04-01", "2002-04-02"],
        "19-21": ["2002-03-31", "1999-04-01", "2000-02-29"],  # 21 on 1 March 2021
        "22-25": ["1999-03-31"],
    }
    table = oc3(*(f"{birth_date} {birth_date} YES F2 U1" for dates in bands.values() for birth_date in dates))
    with recorded():
        found = leavers.number(table, period=YEAR, ages=list(bands)).exact()
    assert found["age"].tolist() == [*bands, "Not known"]
    assert found["numerator_children"].tolist() == [*bands.values(), []]


def test_a_birthday_counts_in_the_period_that_it_falls_in():
    born_in = {
        "2020-21-Q1": ["2001-06-30", "2001-04-01"],
        "2020-21-Q2": ["2001-07-01"],
        "2020-21-Q3": [],
        "2020-21-Q4": ["2002-03-31", "2000-02-29"],
    }
    table = oc3(*(f"{birth_date} {birth_date} YES F2 U1" for dates in born_in.values() for birth_date in dates))
    with recorded():
        frame = leavers.eet(table, period=[Period.parse(code) for code in born_in], ages=OLD).exact()
    assert frame["period_start"].tolist() == [Period.parse(code).start for code in born_in]
    assert frame["period_end"].tolist() == [Period.parse(code).end for code in born_in]
    assert frame["denominator_children"].tolist() == frame["numerator_children"].tolist() == list(born_in.values())


def test_each_years_row_counts_in_its_own_year():
    table = oc3("a 2001-06-01 YES F2 U1 2019-20", "a 2001-06-01 NO G5 U1 2020-21", "b 2001-06-01 YES F2 U1 2020-21")
    years = [Period.parse("2019-20"), YEAR]
    with recorded():
        found = leavers.in_touch(table, period=years, ages=["18", "19"])
    frame = found.exact()
    assert frame[["period_end", "age", "numerator", "denominator"]].values.tolist() == [
        [years[0].end, "18", 1, 1],
        [years[0].end, "19", 0, 0],
        [DAY, "18", 0, 0],
        [DAY, "19", 1, 2],
    ]
    assert children(found, 3) == (["b"], ["a", "b"]) and children(found, 0) == (["a"], ["a"])
    assert found.groups == ("age",) and found.measure.name == "care_leavers_in_touch"
    assert frame["value"].tolist()[0] == 100 and np.isnan(frame["value"][1]) and frame["symbol"][1] == "z"


def test_who_died_or_went_home_is_left_out_everywhere_and_counted_apart():
    table = oc3("a 2001-06-01 DIED 0 0", "b 2001-06-01 RHOM 0 0", "c 2001-06-01 RHOM 0 0", "d 2001-06-01 NO 0 0",
                "e 2001-06-01 REFU 0 0", "f 2001-06-01 NREQ 0 0")  # fmt: skip
    with recorded():
        apart = leavers.left_out(table, period=YEAR)
    assert numbers(apart) == {"Died": 1, "Home for six months or more": 2}
    assert [children(apart, row) for row in (0, 1)] == [(["a"],), (["b", "c"],)]
    assert apart.groups == ("reason",) and apart.measure.name == "care_leavers_left_out"
    assert numbers(leavers.number(table, period=YEAR, ages=OLD)) == {"19-21": 3, "Not known": 0}
    for function in (leavers.in_touch, leavers.eet, leavers.suitable_accommodation):
        assert counts(function(table, period=YEAR, ages=OLD)) == {"19-21": (0, 3)}


def test_without_a_birth_date_somebody_is_counted_at_the_end_of_the_year_as_not_known():
    table = oc3("a - YES F2 U1", "b 2001-06-01 YES F2 U1")
    with recorded():
        found = leavers.number(table, period=[YEAR, Period.parse("2020-21-Q1")], ages=OLD)
    assert found.exact()[["age", "value"]].values.tolist() == [
        ["19-21", 1], ["Not known", 1], ["19-21", 1], ["Not known", 0],
    ]  # fmt: skip
    assert children(found, 1) == (["a"],)
    assert counts(leavers.eet(table, period=YEAR, ages=OLD)) == {"19-21": (1, 1)}


def test_the_ages_are_those_that_the_department_prints_unless_others_are_asked_for():
    table = ten()
    for function in (leavers.in_touch, leavers.eet, leavers.neet, leavers.activity_unknown,
                     leavers.suitable_accommodation, leavers.suitable_accommodation_of_all,
                     leavers.unsuitable_accommodation, leavers.accommodation_unknown):  # fmt: skip
        assert function(table, period=YEAR).exact()["age"].tolist() == ["17-18", "19-21"]
    for function in (leavers.contact, leavers.activity, leavers.accommodation):
        assert list(dict.fromkeys(function(table, period=YEAR).exact()["age"])) == ["17-18", "19-21"]
    assert leavers.with_former_foster_carer(table, period=YEAR).exact()["age"].tolist() == ["18", "19-21"]
    assert leavers.number(table, period=YEAR).exact()["age"].tolist() == ["17-18", "19-21", "Not known"]
    singles = leavers.number(table, period=YEAR, ages=["19", "20", "21"])
    # Born on 1 April 2001 and 31 March 2002: both turn 19 in the year.
    assert numbers(singles) == {"19": 4, "20": 4, "21": 2, "Not known": 0}
    with pytest.raises(ValueError, match="'adults' is neither an age"):
        leavers.eet(table, period=YEAR, ages=["adults"])


def test_a_17_year_old_is_relevant_and_never_former_relevant():
    table = oc3("a 2003-04-01 YES F2 D1", "b 2003-03-31 YES F2 D1", "c 2004-03-31 YES F2 D1", "d - YES F2 D1",
                "e 2003-05-01 DIED 0 0")  # fmt: skip
    with recorded():
        found = leavers.status(table, period=YEAR)
    assert numbers(found) == {"Relevant": 2, "Former relevant": 1, "Not known": 1}
    assert [children(found, row)[0] for row in range(3)] == [["a", "c"], ["b"], ["d"]]
    assert found.groups == ("status",) and found.measure.name == "care_leavers_status"


# --------------------------------------------------------------------------------------------------------------- answers


def test_only_yes_is_in_touch():
    table = ten(touches="YES YES YES NO NO REFU NREQ YES YES -")
    assert counts(leavers.in_touch(table, period=YEAR, ages=OLD)) == {"19-21": (5, 10)}
    found = leavers.contact(table, period=YEAR, ages=OLD)
    assert counts(found) == {
        ("19-21", "In touch"): (5, 10),
        ("19-21", "Not in touch"): (2, 10),
        ("19-21", "Refuses contact"): (1, 10),
        ("19-21", "No longer needs services"): (1, 10),
        ("19-21", "Not known"): (1, 10),
    }
    assert found.groups == ("age", "contact") and found.parts == ("contact",)
    assert found.measure.name == "care_leavers_contact"


CODES = [f"{hours}{number}" for hours in "FP" for number in range(1, 6)]


def test_codes_of_any_year_full_and_part_time_are_education_employment_or_training_and_g_codes_are_not():
    table = oc3(
        *(f"{code} 2001-06-01 YES {code} U1" for code in (*CODES, "G4", "G5", "G6", "G7", "0")),
        "blank 2001-06-01 YES - U1",
    )
    found = {}
    with recorded():
        for function in (leavers.eet, leavers.neet, leavers.activity_unknown):
            found[function] = children(function(table, period=YEAR, ages=OLD))[0]
    assert list(found.values()) == [CODES, ["G4", "G5", "G6"], ["G7", "0", "blank"]]


KINDS = {
    "Higher education": 2,
    "Other education": 2,
    "Apprenticeship": 1,
    "Training or employment": 1,
    "Not in education, employment or training: illness or disability": 1,
    "Not in education, employment or training: pregnancy or parenting": 1,
    "Not in education, employment or training: other": 1,
    "Not known": 1,
}


def test_activity_by_kind_and_by_hours():
    table = ten(activities="F1 P1 F2 P2 P4 F5 G4 G6 G5 0")
    found = leavers.activity(table, period=YEAR, ages=OLD)
    assert counts(found, "activity") == {kind: (number, 10) for kind, number in KINDS.items()}
    assert found.groups == ("age", "activity") and found.parts == ("activity",)
    assert found.measure.name == "care_leavers_activity"
    hours = leavers.activity(table, period=YEAR, ages=OLD, detail="hours")
    assert counts(hours, "activity") == {
        "Full time": (3, 10),
        "Part time": (3, 10),
        "Not in education, employment or training": (3, 10),
        "Not known": (1, 10),
    }
    with recorded():
        named = leavers.activity(table, period=YEAR, ages=OLD)
    assert children(named, 0) == (["c0", "c1"], [f"c{number}" for number in range(10)])
    with pytest.raises(ValueError, match=r"^activity\(\): detail 'length' is not one of kind, hours$"):
        leavers.activity(table, period=YEAR, detail="length")


def test_the_old_codes_of_training_or_employment_count_with_the_new():
    table = ten(activities="F3 P3 F5 P5 F4 0 0 0 0 0")
    found = counts(leavers.activity(table, period=YEAR, ages=OLD), "activity")
    assert found["Training or employment"] == (4, 10) and found["Apprenticeship"] == (1, 10)


HOMES = "U1 U2 B1 G1 H1 R1 0 S1 X1 -"


def test_suitable_unsuitable_and_unknown_share_a_base_without_those_who_live_nowhere_here():
    table = ten(homes=HOMES)
    with recorded():
        suitable = leavers.suitable_accommodation(table, period=YEAR, ages=OLD)
    assert counts(suitable) == {"19-21": (2, 7)}
    assert children(suitable) == (["c0", "c2"], ["c0", "c1", "c2", "c6", "c7", "c8", "c9"])
    assert counts(leavers.unsuitable_accommodation(table, period=YEAR, ages=OLD)) == {"19-21": (3, 7)}
    assert counts(leavers.accommodation_unknown(table, period=YEAR, ages=OLD)) == {"19-21": (2, 7)}
    assert counts(leavers.suitable_accommodation_of_all(table, period=YEAR, ages=OLD)) == {"19-21": (2, 10)}


def test_each_letter_is_a_kind_of_accommodation_whether_suitable_or_not():
    words = {
        "B": "With parents or relatives", "C": "Community home or residential care", "D": "Semi-independent",
        "E": "Supported lodgings", "G": "Gone abroad", "H": "Deported", "K": "Ordinary lodgings",
        "R": "Residence not known", "S": "No fixed abode", "T": "Foyer", "U": "Independent living",
        "V": "Emergency accommodation", "W": "Bed and breakfast", "X": "In custody", "Y": "Other",
        "Z": "With former foster carers",
    }  # fmt: skip
    assert words == leavers.ACCOMMODATION
    codes = [f"{letter}{digit}" for letter in words for digit in "12"]
    table = oc3(*(f"{code} 2001-06-01 YES F2 {code}" for code in (*codes, "0", "A1")), "blank 2001-06-01 YES F2 -")
    with recorded():
        found = leavers.accommodation(table, period=YEAR, ages=OLD)
    frame = found.exact()
    by_kind = dict(zip(frame["accommodation"], frame["numerator_children"], strict=True))
    assert by_kind == {kind: [f"{letter}1", f"{letter}2"] for letter, kind in words.items()} | {
        "Not known": ["0", "A1", "blank"]
    }
    assert found.groups == ("age", "accommodation") and found.parts == ("accommodation",)
    assert frame["denominator"].eq(35).all() and found.measure.name == "care_leavers_accommodation"


def test_with_former_foster_carers_counts_z_of_all_whatever_else():
    table = ten(homes="Z1 Z2 G1 0 X2 U1 U1 U1 U1 U1")
    found = leavers.with_former_foster_carer(table, period=YEAR, ages=OLD)
    assert counts(found) == {"19-21": (2, 10)} and found.measure.name == "care_leavers_with_former_carer"


def test_staying_put_is_of_those_fostered_until_they_turned_18():
    last = {
        "in": "2019-06-01 U6", "early": "2019-05-31 U6", "late": "2019-06-02 U1", "home": "2019-06-01 K2",
        "nowhere": "2019-06-01 -", "open": "- U6", "moved": "2019-06-01 U5",
    }  # fmt: skip
    table = oc3(*(f"{name} 2001-06-01 YES F2 {'U1' if name == 'moved' else 'Z1'}" for name in (*last, "unknown")))
    spells = episodes(
        *(f"{name} 2018-01-01 {ending}" for name, ending in last.items()),
        *(f"{name} 2016-01-01 2018-01-01 {'K1' if name == 'in' else 'U6'}" for name in last),
    )
    with recorded():
        found = leavers.staying_put(table, spells, period=YEAR, ages=["19"])
    assert children(found) == (["in", "late"], ["in", "late", "moved"])
    assert found.measure.name == "staying_put"
    assert leavers.staying_put(table, spells, period=YEAR).exact()["age"].tolist() == ["19", "20"]


def test_staying_put_goes_by_the_last_placement_alone():
    table = oc3("a 2001-06-01 YES F2 Z1", "b 2001-06-01 YES F2 U1", "c 2001-06-01 YES F2 Z1")
    spells = episodes(
        "b 2019-06-10 2019-06-20 U6", "a 2019-06-10 2019-06-20 K2", "a 2019-06-02 2019-06-10 U6",
        "b 2019-06-02 2019-06-10 K2",
    )  # fmt: skip
    with recorded():
        found = leavers.staying_put(table, spells, period=YEAR, ages=["19"])
    assert children(found) == ([], ["b"])


# ------------------------------------------------------------------------------------------------------- by their time in care


STATUS_CASES = [
    # 91 days from 1 May 2020 are over on 31 July, the night of 30 July the last; born so that 16 came in between
    ("2020-05-01", "2020-07-31", "2004-05-15", "Relevant"),
    ("2020-05-01", "2020-07-30", "2004-05-15", None),  # 90 days
    ("2018-01-01", "2020-05-15", "2004-05-15", None),  # ends on the 16th birthday: no care since
    ("2018-01-01", "2020-05-16", "2004-05-15", "Relevant"),  # one night since
    ("2010-01-01", "2018-08-13", "2004-05-15", None),  # 90 days since 14, none since 16
    ("2020-12-31", "-", "2004-05-15", "Eligible"),  # 91 nights with that of 31 March
    ("2021-01-01", "-", "2004-05-15", None),
    ("2018-01-01", "2021-03-31", "2004-05-15", "Relevant"),  # left on the day: not in care that night
    ("2018-01-01", "2021-04-01", "2004-05-15", "Eligible"),
    ("2018-01-01", "-", "2005-03-31", "Eligible"),  # 16 on the day
    ("2018-01-01", "-", "2005-04-01", None),  # 15 on the day
    ("2018-01-01", "2020-12-01", "2003-04-01", "Relevant"),  # 17 until tomorrow
    ("2018-01-01", "2020-12-01", "2003-03-31", "Former relevant"),  # 18 on the day
    ("2010-01-01", "2014-12-01", "1996-04-01", "Former relevant"),  # 24 until tomorrow
    ("2010-01-01", "2014-12-01", "1996-03-31", None),  # 25 on the day
    ("2021-04-01", "-", "2004-05-15", None),  # comes tomorrow
    ("2018-01-01", "2020-06-01", "-", "Not known"),
    ("2021-04-01", "-", "-", None),
]  # fmt: skip


def test_a_status_needs_91_days_since_14_and_some_since_16():
    names = [f"c{place:02d}" for place in range(len(STATUS_CASES))]
    periods = care(
        *(
            f"{name} {start} {end} {'-' if end == '-' else 'E4A'}"
            for name, (start, end, _, _) in zip(names, STATUS_CASES, strict=True)
        )
    )
    births = born(**{name: case[2] for name, case in zip(names, STATUS_CASES, strict=True)})
    with recorded():
        found = leavers.entitled_at(periods, births, census_date=DAY)
    frame = found.exact()
    assert found.groups == ("status",) and found.measure.name == "entitled"
    assert frame["status"].tolist() == ["Eligible", "Relevant", "Former relevant", "Not known"]
    given = {
        name: status
        for status, those in zip(frame["status"], frame["numerator_children"], strict=True)
        for name in those
    }
    for name, case in zip(names, STATUS_CASES, strict=True):
        assert given.get(name) == case[3], case
    assert frame["period_end"].eq(DAY).all() and frame["period_start"].isna().all()
    assert numbers(found) == {status: sum(case[3] == status for case in STATUS_CASES) for status in frame["status"]}


def test_each_census_date_has_its_own_statuses():
    days = [pd.Timestamp("2021-03-31"), pd.Timestamp("2021-06-01")]
    found = leavers.entitled_at(care("a 2018-01-01 2021-04-01 E4A"), born(a="2003-06-01"), census_date=days).exact()
    assert found["period_end"].tolist() == [days[0]] * 4 + [days[1]] * 4
    assert found["value"].tolist() == [1, 0, 0, 0, 0, 0, 1, 0]


def test_days_of_several_periods_of_care_add_up_and_those_before_14_do_not():
    birth = "2004-05-15"
    short = ["a 2018-01-01 2018-07-14 E4A", "a 2020-05-01 2020-05-31 E4A"]  # 60 since 14, then 30
    enough = [*short, "a 2020-06-01 2020-06-02 E4A"]
    for rows, number in ((short, 0), (enough, 1)):
        found = leavers.entitled_at(care(*rows), born(a=birth), census_date=DAY)
        assert numbers(found)["Relevant"] == number


@pytest.mark.parametrize("reason", ["E11", "E12", "E2", "E3"])
def test_who_was_adopted_died_or_was_taken_over_has_no_status_and_is_not_expected(reason):
    periods = care(f"a 2018-01-01 2020-06-01 {reason}", "b 2018-01-01 2020-06-01 E4A")
    children_of = born(a="2003-09-01", b="2003-09-01")
    assert numbers(leavers.entitled_at(periods, children_of, census_date=DAY))["Relevant"] == 1
    later = pd.Timestamp("2022-03-31")
    assert numbers(leavers.entitled_at(periods, children_of, census_date=later))["Former relevant"] == 1
    # The last end decides, and only once it has come.
    back = care(f"a 2018-01-01 2019-06-01 {reason}", "a 2020-01-01 2020-06-01 E4A", f"b 2018-01-01 2021-04-01 {reason}")
    found = numbers(leavers.entitled_at(back, children_of, census_date=DAY))
    assert (found["Relevant"], found["Eligible"]) == (1, 1)
    with recorded():
        expected = leavers.expected(periods, children_of, period=YEAR, ages=["17"])
    assert children(expected) == (["b"],)


def test_who_leaves_on_the_birthday_is_expected_only_when_asked_for():
    ends = {"day before": "2019-05-31", "on the day": "2019-06-01", "day after": "2019-06-02", "never": "-"}
    names = dict(zip(ends, "abcd", strict=True))
    periods = care(*(f"{names[when]} 2017-06-01 {end} -" for when, end in ends.items()))
    births = born(**dict.fromkeys("abcd", "2001-06-01"))
    year = Period.parse("2019-20")
    with recorded():
        default = leavers.expected(periods, births, period=year, ages=["18"])
        out, kept = (
            leavers.expected(periods, births, period=year, ages=["18"], leaving_on_birthday=words)
            for words in ("left out", "kept")
        )
    assert children(default) == children(out) == (["a"],) and children(kept) == (["a", "b"],)
    assert default.groups == ("age",) and default.measure.name == "care_leavers_expected"
    with pytest.raises(ValueError, match="^leaving_on_birthday 'maybe' is not one of left out, kept$"):
        leavers.expected(periods, births, period=year, leaving_on_birthday="maybe")


def test_somebody_is_expected_in_the_year_of_the_birthday():
    births = {
        "a": "2001-04-01",
        "b": "2001-03-31",
        "c": "2000-02-29",
        "d": "2003-06-01",
        "e": "1996-06-01",
        "f": "1995-06-01",
    }
    periods = []
    for name, birth_date in births.items():
        start = pd.Timestamp(birth_date) + pd.Timedelta(days=365 * 14)
        periods.append(f"{name} {start:%Y-%m-%d} {start + pd.Timedelta(days=800):%Y-%m-%d} E4A")
    years = [Period.parse("2019-20"), YEAR]
    ages = [str(number) for number in range(16, 27)]
    with recorded():
        frame = leavers.expected(care(*periods), born(**births), period=years, ages=ages).exact()
    found = {
        (row.period_end.year, row.age): row.numerator_children for row in frame.itertuples() if row.numerator_children
    }  # fmt: skip
    assert found == {
        (2020, "18"): ["a"], (2020, "19"): ["b"], (2020, "20"): ["c"], (2020, "23"): ["e"], (2020, "24"): ["f"],
        (2021, "19"): ["a"], (2021, "20"): ["b"], (2021, "21"): ["c"], (2021, "17"): ["d"], (2021, "24"): ["e"],
        (2021, "25"): ["f"],
    }  # fmt: skip
    shown = leavers.expected(care(*periods), born(**births), period=YEAR).exact()
    assert shown["age"].tolist() == ["17-18", "19-21"] and shown["value"].tolist() == [1, 3]


def test_a_row_of_another_year_does_not_make_somebody_returned():
    periods = care("a 2017-06-01 2019-03-31 E7", "b 2017-06-01 2019-03-31 E7", "c 2017-06-01 2019-03-31 E7")
    children_of = born(a="2001-04-01", b="2001-04-01", c="2002-03-31")
    table = oc3("a 2001-04-01 RHOM 0 0 2020-21", "b 2001-04-01 YES F2 U1 2019-20", "c 2002-03-31 NO 0 0 2020-21")
    with recorded():
        found = leavers.returned(table, periods, children_of, period=YEAR, ages=["19"])
    assert children(found) == (["a", "c"], ["a", "b", "c"]) and counts(found) == {"19": (2, 3)}
    assert found.measure.name == "care_leavers_returned"
    shown = leavers.returned(table, periods, children_of, period=YEAR)
    assert shown.exact()["age"].tolist() == ["17-18", "19-21"]
    late = care("a 2017-06-01 2020-04-01 E7")
    for words, base in (("left out", 0), ("kept", 1)):
        both = leavers.returned(
            table, late, born(a="2001-04-01"), period=YEAR, ages=["19"], leaving_on_birthday=words
        )  # fmt: skip
        assert counts(both) == {"19": (base, base)}


def test_children_named_twice_or_not_at_all_in_the_table_of_children():
    periods = care("a 2017-06-01 2019-03-31 E7", "b 2017-06-01 2019-03-31 E7")
    twice = pd.concat([born(a="2001-04-01"), born(a="1990-01-01", c="2001-04-01")], ignore_index=True)
    found = numbers(leavers.entitled_at(periods, twice, census_date=DAY))
    assert (found["Former relevant"], found["Not known"]) == (1, 1)
    assert numbers(leavers.expected(periods, twice, period=YEAR, ages=["19"])) == {"19": 1}


# ---------------------------------------------------------------------------------------------------------------- list 9


LIST = listed(
    "a 2001-05-01 YES F2 U suitable 2020-03-31", "a 2001-05-01 NO G5 U unsuitable 2021-03-31",
    "b 1998-04-01 YES P4 X suitable 2021-03-31", "c 2003-04-01 REFU - - - 2021-03-31",
    "d - YES Works Flat suitable 2021-03-31", "e 2000-01-01 DIED 0 - - 2021-03-31", "f 1996-03-31 YES F2 B suitable 2021-03-31",
    "g 1995-03-31 YES F2 B suitable 2021-03-31", "h 2004-04-01 NREQ G6 R suitable 2021-03-31",
)  # fmt: skip


def test_the_list_answers_for_its_own_day():
    days = [pd.Timestamp(day) for day in ("2020-03-30", "2020-03-31", "2021-03-30", "2021-03-31", "2022-01-01")]
    found = leavers.in_touch_latest(LIST, census_date=days, ages=["18", "19-21"])
    assert found.exact()[["period_end", "age", "numerator", "denominator"]].values.tolist() == [
        [days[0], "18", 0, 0],
        [days[0], "19-21", 0, 0],
        [days[1], "18", 1, 1],
        [days[1], "19-21", 0, 0],
        [days[3], "18", 0, 0],
        [days[3], "19-21", 0, 1],
    ]
    assert found.exact()["period_start"].isna().all() and found.measure.name == "care_leavers_in_touch_latest"


def test_who_is_on_the_list_by_age_on_its_day():
    with recorded():
        found = leavers.listed(LIST, census_date=DAY)
    assert numbers(found) == {"16": 1, "17-18": 1, "19-21": 1, "22-25": 2, "Not known": 1}
    assert [children(found, row)[0] for row in range(5)] == [["h"], ["c"], ["a"], ["b", "f"], ["d"]]
    assert found.measure.name == "care_leavers_listed" and found.groups == ("age",)


@pytest.mark.parametrize(
    ("function", "name", "expected"),
    [
        (leavers.in_touch_latest, "care_leavers_in_touch_latest", [(0, 1), (0, 1), (2, 2)]),
        (leavers.eet_latest, "care_leavers_eet_latest", [(0, 1), (0, 1), (2, 2)]),
        (leavers.neet_latest, "care_leavers_neet_latest", [(0, 1), (1, 1), (0, 2)]),
        (leavers.activity_unknown_latest, "care_leavers_activity_unknown_latest", [(1, 1), (0, 1), (0, 2)]),
        (leavers.suitable_accommodation_latest, "care_leavers_suitable_latest", [(0, 1), (0, 1), (1, 2)]),
    ],
)
def test_shares_at_the_latest_contact(function, name, expected):
    found = function(LIST, census_date=DAY)
    assert found.measure.name == name
    assert counts(found) == dict(zip(["17-18", "19-21", "22-25"], expected, strict=True))


def test_words_of_the_councils_own_are_no_code():
    rows = listed("a 2001-05-01 YES Works Flat suitable", "b 2001-05-01 YES F2 Gone suitable")
    assert counts(leavers.activity_unknown_latest(rows, census_date=DAY, ages=OLD)) == {"19-21": (1, 2)}
    # "Gone" begins like a code, and is none: the young person stays in the base.
    assert counts(leavers.suitable_accommodation_latest(rows, census_date=DAY, ages=OLD)) == {"19-21": (2, 2)}


def test_of_the_list_those_who_live_nowhere_here_are_in_no_base():
    rows = listed(*(f"{letter} 2001-05-01 YES F2 {letter} suitable" for letter in "GHRSXU"))
    with recorded():
        found = leavers.suitable_accommodation_latest(rows, census_date=DAY, ages=OLD)
    assert children(found) == (["U"], ["S", "X", "U"])


# -------------------------------------------------------------------------------------------------------------- everything


def test_empty_tables_give_a_row_of_nothing():
    empty, no_list = ten().iloc[:0], LIST.iloc[:0]
    assert numbers(leavers.number(empty, period=YEAR)) == {"17-18": 0, "19-21": 0, "Not known": 0}
    for function in (leavers.eet, leavers.suitable_accommodation):
        assert counts(function(empty, period=YEAR, ages=OLD)) == {"19-21": (0, 0)}
    assert set(counts(leavers.accommodation(empty, period=YEAR, ages=OLD)).values()) == {(0, 0)}
    assert counts(leavers.staying_put(empty, episodes(), period=YEAR)) == {"19": (0, 0), "20": (0, 0)}
    assert counts(leavers.eet_latest(no_list, census_date=DAY, ages=OLD)) == {"19-21": (0, 0)}
    assert set(numbers(leavers.entitled_at(care(), born(), census_date=DAY)).values()) == {0}
    assert numbers(leavers.expected(care(), born(), period=YEAR, ages=["19"])) == {"19": 0}
    assert counts(leavers.returned(empty, care(), born(), period=YEAR, ages=["19"])) == {"19": (0, 0)}


def random_leavers(seed, number=60):
    draw = np.random.default_rng(seed)
    rows = []
    for child in range(number):
        birth = pd.Timestamp("1999-04-01") + pd.Timedelta(days=int(draw.integers(0, 1826)))
        home = draw.choice(["U1", "U2", "G1", "H2", "R1", "S2", "X1", "Z1", "B1", "0"])
        touch = draw.choice(["YES", "NO", "REFU", "NREQ", "DIED", "RHOM"], p=[0.7, 0.1, 0.05, 0.05, 0.05, 0.05])
        rows.append(
            f"c{child} {birth:%Y-%m-%d} {touch} {draw.choice(['F1', 'P2', 'F5', 'G4', 'G5', 'G6', '0'])} {home}"
        )
    return oc3(*rows)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_plain_loop_finds_the_same(seed):
    table = random_leavers(seed)
    expected = {age: [0] * 6 for age in ("17-18", "19-21")}
    for row in table.itertuples():
        turned = next(
            age for age in range(30) if YEAR.start <= row.birth_date.replace(year=row.birth_date.year + age) <= DAY
        )  # fmt: skip
        if row.in_touch in ("DIED", "RHOM") or not 17 <= turned <= 21:
            continue
        found = expected["17-18" if turned < 19 else "19-21"]
        letter = row.accommodation[0]
        found[0] += 1
        found[1] += row.in_touch == "YES"
        found[2] += row.activity[0] in "FP"
        found[3] += row.activity[0] == "G"
        if letter not in "GHR":
            found[4] += 1
            found[5] += row.accommodation[1:] == "1" and letter not in "SX"
    for place, (function, base) in {
        1: (leavers.in_touch, 0), 2: (leavers.eet, 0), 3: (leavers.neet, 0), 5: (leavers.suitable_accommodation, 4)
    }.items():  # fmt: skip
        assert counts(function(table, period=YEAR)) == {
            age: (found[place], found[base]) for age, found in expected.items()
        }  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.sampled_from(["U1", "U2", "G1", "R1", "S2", "X2", "Z1", "0"]), min_size=10, max_size=10),
    st.lists(st.sampled_from(["F1", "P5", "G4", "G6", "0"]), min_size=10, max_size=10),
)
def test_shares_that_leave_nobody_out_make_a_hundred(homes, activities):
    table = ten(homes=" ".join(homes), activities=" ".join(activities))
    for functions in (
        (leavers.eet, leavers.neet, leavers.activity_unknown),
        (leavers.suitable_accommodation, leavers.unsuitable_accommodation, leavers.accommodation_unknown),
    ):
        found = [function(table, period=YEAR, ages=OLD).exact() for function in functions]
        assert len({each["denominator"][0] for each in found}) == 1
        assert sum(each["numerator"][0] for each in found) == found[0]["denominator"][0]
    official, of_all = (
        function(table, period=YEAR, ages=OLD).exact()["value"].fillna(0)[0]
        for function in (leavers.suitable_accommodation, leavers.suitable_accommodation_of_all)
    )
    assert of_all <= official
    kinds = leavers.accommodation(table, period=YEAR, ages=OLD).exact()
    assert kinds["numerator"].sum() == 10


def test_the_tables_given_are_not_changed():
    table, periods, children_of, spells = ten(), care("a 2017-06-01 2019-03-31 E7"), born(a="2001-04-01"), LIST.copy()
    before = [each.copy() for each in (table, periods, children_of, spells)]
    leavers.activity(table, period=YEAR)
    leavers.returned(table, periods, children_of, period=YEAR)
    leavers.listed(spells, census_date=DAY)
    for each, was in zip((table, periods, children_of, spells), before, strict=True):
        pd.testing.assert_frame_equal(each, was)


def test_the_module_shows_its_measures():
    assert set(leavers.__all__) <= set(vars(leavers)) and dir(leavers) == sorted(leavers.__all__)
