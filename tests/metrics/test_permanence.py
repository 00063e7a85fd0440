"""Permanence: hand examples, edges, published figures, and a plain loop as judge."""

import numpy as np
import pandas as pd
import pytest
from care_histories import born, care
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from analysis_lib.metrics import permanence
from analysis_lib.metrics.counting.members import behind, recorded
from analysis_lib.metrics.looked_after import care_ceases, children_ceasing, children_starting
from analysis_lib.periods import Period
from analysis_lib.sources.tables.ssda903 import PREVIOUS_PERMANENCE, REASON_CEASED

YEAR = Period.parse("2020-21")
YEARS = [Period.parse("2021-22"), YEAR]
REASONS = {
    "Adopted": ["E11", "E12"],
    "Special guardianship": ["E43", "E44", "E45", "E46", "E47", "E48"],
    "Residence or child arrangements order": ["E41"],
    "Home to parents or others with parental responsibility": ["E4", "E4A", "E4B"],
    "To parents or others without parental responsibility": ["E13"],
    "Independent living": ["E5", "E6"],
    "Stayed with carers at 18": ["E17"],
    "Adult social care": ["E7"],
    "Care taken over by another council": ["E3"],
    "Sentenced to custody": ["E9"],
    "Remand ended": ["E14"],
    "Found to be 18 or over": ["E15"],
    "Moved abroad": ["E16"],
    "Died": ["E2"],
    "Other": ["E8"],
    "Not known": [None, "E99"],
}
CODES = [code for codes in REASONS.values() for code in codes]


def named(make, side="numerator"):
    with recorded():
        frame = behind(make())
    for column in ("numerator", "denominator"):
        known = frame[f"{column}_children"].notna()
        assert [len(each) for each in frame.loc[known, f"{column}_children"]] == frame.loc[known, column].tolist()
    return [sorted(each) for each in frame[f"{side}_children"]]


def rows_of(result, *columns):
    return result.exact()[list(columns)].values.tolist()


def leaving(*reasons, day="2020-06-01"):
    return care(*((f"c{number:02d}", "2019-01-01", day, reason) for number, reason in enumerate(reasons)))


def groups_of(groups):
    """The children of `leaving(*CODES)` in each group of codes."""
    return [sorted(f"c{CODES.index(code):02d}" for code in codes) for codes in groups]


def test_every_reason_is_in_its_group():
    table = leaving(*CODES)

    def make():
        return permanence.why_left(table, period=YEAR)

    assert named(make) == groups_of(REASONS.values())
    assert rows_of(make(), "reason", "denominator") == [[name, len(CODES)] for name in REASONS]
    assert make().measure.name == "leaving_reasons" and make().groups == ("reason",) == make().parts
    assert {*CODES} - {None, "E99"} == {*REASON_CEASED.meanings} - {"X1"}


def test_shares_of_those_who_left():
    table = leaving(*CODES)
    assert named(lambda: permanence.special_guardianship(table, period=YEAR)) == groups_of(
        [["E43", "E44", "E45", "E46", "E47", "E48"]]
    )
    assert named(lambda: permanence.returned_home(table, period=YEAR)) == groups_of([["E4", "E4A", "E4B"]])
    assert named(lambda: permanence.returned_home(table, period=YEAR, to="anybody")) == groups_of(
        [["E4", "E4A", "E4B", "E13"]]
    )
    for function, name in (
        (permanence.special_guardianship, "special_guardianship"),
        (permanence.returned_home, "returned_home"),
    ):
        assert rows_of(function(table, period=YEAR), "denominator") == [[len(CODES)]]
        assert function(table, period=YEAR).measure.name == name
    with pytest.raises(ValueError, match="to is 'home'; it may be 'with parental responsibility' or 'anybody'"):
        permanence.returned_home(table, period=YEAR, to="home")


def test_who_the_guardians_are():
    table = leaving(*CODES)

    def make():
        return permanence.special_guardians(table, period=YEAR)

    assert named(make) == groups_of([["E45"], ["E46"], ["E47"], ["E48"], ["E43"], ["E44"]])
    assert rows_of(make(), "guardian") == [
        ["Relative or friend who fostered the child"], ["Other foster carer of the child"],
        ["Relative or friend who did not foster the child"], ["Other person"], ["Foster carer, kind not recorded"],
        ["Not a foster carer, kind not recorded"],
    ]  # fmt: skip
    assert make().measure.name == "special_guardians" and make().parts == ("guardian",)


def test_who_went_home_by_plan():
    table = leaving(*CODES)

    def make():
        return permanence.returned_home_by_plan(table, period=YEAR)

    assert named(make) == groups_of([["E4A"], ["E4B"], ["E4"]])
    assert rows_of(make(), "plan", "denominator") == [["Planned", 3], ["Not planned", 3], ["Not known", 3]]
    assert make().measure.name == "returned_home_by_plan" and make().parts == ("plan",)


TWICE = care(
    ("twice", "2020-01-01", "2020-05-01", "E4A"),
    ("twice", "2020-06-01", "2021-02-01", "E45"),
    ("once", "2020-01-01", "2020-05-01", "E4B"),
    ("still", "2020-01-01", None, None),
)


def test_a_child_who_left_twice_counts_with_the_last_time_or_twice():
    for function in (permanence.special_guardianship, permanence.returned_home):
        assert named(lambda function=function: function(TWICE, period=YEAR), "denominator") == [["once", "twice"]]
        assert named(lambda function=function: function(TWICE, period=YEAR, counting="episodes"), "denominator") == [
            ["once", "twice", "twice"]
        ]
    assert named(lambda: permanence.special_guardianship(TWICE, period=YEAR)) == [["twice"]]
    assert named(lambda: permanence.returned_home(TWICE, period=YEAR)) == [["once"]]
    assert named(lambda: permanence.returned_home(TWICE, period=YEAR, counting="episodes")) == [["once", "twice"]]
    for function in (permanence.why_left, permanence.special_guardians, permanence.returned_home_by_plan):
        children, episodes = (
            function(TWICE, period=YEAR, counting=counting).exact()["numerator"].sum()
            for counting in ("children", "episodes")
        )
        assert function(TWICE, period=YEAR).exact()["numerator"].sum() == children <= episodes
        with pytest.raises(ValueError, match="counting is 'times'; it may be 'children' or 'episodes'"):
            function(TWICE, period=YEAR, counting="times")
    assert permanence.returned_home_by_plan(TWICE, period=YEAR, counting="episodes").exact()["numerator"].tolist() == [
        1,
        1,
        0,
    ]
    assert permanence.why_left(TWICE, period=YEAR, counting="episodes").exact()["denominator"].eq(3).all()


@pytest.mark.parametrize(
    ("day", "years"), [("2020-03-31", [0, 0]), ("2020-04-01", [0, 1]), ("2021-03-31", [0, 1]), ("2021-04-01", [1, 0])]
)
def test_leaving_counts_in_the_period_of_the_day(day, years):
    result = permanence.returned_home(leaving("E4A", day=day), period=YEARS).exact()
    assert result["numerator"].tolist() == years == result["denominator"].tolist()
    assert result["period_start"].tolist() == [each.start for each in YEARS]


def test_where_periods_of_care_overlap_the_one_that_ends_last_gives_the_reason():
    table = care(("a", "2020-01-01", "2020-09-01", "E45"), ("a", "2020-02-01", "2020-06-01", "E4A"))
    assert named(lambda: permanence.special_guardianship(table, period=YEAR, counting="episodes")) == [["a"]]
    assert rows_of(permanence.special_guardianship(table, period=YEAR), "denominator") == [[1]]
    both = care(("a", "2020-01-01", "2020-06-01", "E4A"), ("a", "2020-02-01", "2020-06-01", "E45"))
    assert rows_of(permanence.special_guardianship(both, period=YEAR), "numerator", "denominator") == [[1, 1]]


@pytest.mark.parametrize(
    ("birth", "age"),
    [
        ("2019-06-02", "Under 1"), ("2019-06-01", "1 to 4"), ("2015-06-02", "1 to 4"), ("2015-06-01", "5 to 9"),
        ("2010-06-02", "5 to 9"), ("2010-06-01", "10 to 15"), ("2004-06-02", "10 to 15"), ("2004-06-01", "16"),
        ("2003-06-02", "16"), ("2003-06-01", "17"), ("2002-06-02", "17"), ("2002-06-01", "18 or over"),
        ("2020-06-01", "Under 1"), ("2000-01-01", "18 or over"), (None, "Not known"), ("2020-06-02", "Not known"),
    ],
)  # fmt: skip
def test_the_age_is_that_of_the_day_of_leaving(birth, age):
    def make():
        return permanence.ages_at_leaving(leaving("E4A"), born(("c00", birth)), period=YEAR)

    names = ["Under 1", "1 to 4", "5 to 9", "10 to 15", "16", "17", "18 or over", "Not known"]
    assert rows_of(make(), "age", "numerator", "denominator") == [[name, int(name == age), 1] for name in names]
    assert named(make)[names.index(age)] == ["c00"]
    assert make().measure.name == "leaving_ages" and make().parts == ("age",)


def test_ages_of_those_who_left_twice():
    children = born(("twice", "2010-05-15"), ("once", "2010-05-15"))
    last = permanence.ages_at_leaving(TWICE, children, period=YEAR).exact()
    assert last.loc[last["age"] == "5 to 9", "numerator"].tolist() == [1]
    both = permanence.ages_at_leaving(TWICE, children, period=YEAR, counting="episodes").exact()
    assert both.loc[both["age"] == "5 to 9", "numerator"].tolist() == [2] and both["denominator"].eq(3).all()


# Coming back

AGED_10 = born(("a", "2010-01-01"))


def coming_back(*rows, known_until="2022-12-31", children=AGED_10, period=YEAR, **how):
    known = pd.Timestamp(known_until)
    came = permanence.return_to_care(care(*rows), children, period=period, known_until=known, **how).exact()
    open_ones = permanence.return_to_care_awaited(
        care(*rows), children, period=period, known_until=known, **how
    ).exact()
    return [*came[["numerator", "denominator"]].values[0].tolist(), open_ones["value"].iloc[0]]


@pytest.mark.parametrize(
    ("again", "back"),
    [("2020-06-01", 1), ("2020-06-02", 1), ("2021-05-31", 1), ("2021-06-01", 1), ("2021-06-02", 0), (None, 0)],
)
def test_within_twelve_months_of_leaving(again, back):
    rows = [("a", "2019-01-01", "2020-06-01", "E4A"), *([("a", again, None)] if again else [])]
    assert coming_back(*rows) == [back, 1, 0]


def test_twelve_months_from_29_february():
    leap, year = ("a", "2019-01-01", "2020-02-29", "E4A"), Period.parse("2019-20")
    assert coming_back(leap, ("a", "2021-02-28", None), period=year) == [1, 1, 0]
    assert coming_back(leap, ("a", "2021-03-01", None), period=year) == [0, 1, 0]


@pytest.mark.parametrize(("known_until", "counts"), [("2021-05-31", [0, 0, 1]), ("2021-06-01", [1, 1, 0])])
def test_who_cannot_have_come_back_yet_is_left_out(known_until, counts):
    rows = [("a", "2019-01-01", "2020-06-01", "E4A"), ("a", "2020-07-01", None)]
    assert coming_back(*rows, known_until=known_until) == counts


@pytest.mark.parametrize(
    ("birth", "base"), [("2003-06-01", 0), ("2003-06-02", 1), ("2002-01-01", 0), (None, 0), ("2019-06-01", 1)]
)
def test_only_who_stays_a_child_for_the_twelve_months_is_followed(birth, base):
    rows = [("a", "2019-01-01", "2020-06-01", "E4A")]
    assert coming_back(*rows, children=born(("a", birth))) == [0, base, 0]
    assert coming_back(*rows, children=born(("a", birth)), known_until="2020-07-01") == [0, 0, base]


@pytest.mark.parametrize("reason", CODES)
def test_who_is_followed_by_reason(reason):
    rows = [("a", "2019-01-01", "2020-06-01", reason), ("a", "2020-07-01", None)]
    followed = int(reason not in ("E11", "E12", "E2", "E3", "E15"))
    assert coming_back(*rows) == [followed, followed, 0]
    home = int(reason in ("E4", "E4A", "E4B"))
    assert coming_back(*rows, left="went home") == [home, home, 0]
    assert coming_back(*rows, left="went home", known_until="2020-09-01") == [0, 0, home]


def test_every_time_of_leaving_or_the_last():
    rows = [
        ("a", "2019-01-01", "2020-06-01", "E4A"), ("a", "2020-07-01", "2020-08-01", "E4A"), ("a", "2020-07-10", "2020-08-05", "E4A"),
    ]  # fmt: skip
    assert coming_back(*rows) == [1, 2, 0]
    assert coming_back(*rows, counting="children") == [0, 1, 0]
    assert coming_back(*rows, counting="children", known_until="2021-06-01") == [0, 0, 1]
    with pytest.raises(ValueError, match="left is 'home'; it may be 'any reason' or 'went home'"):
        coming_back(*rows, left="home")


def test_names_of_the_measures_of_coming_back():
    table, how = leaving("E4A"), {"period": YEAR, "known_until": YEAR.end}
    assert permanence.return_to_care(table, AGED_10, **how).measure.name == "return_to_care"
    assert permanence.return_to_care_awaited(table, AGED_10, **how).measure.name == "return_to_care_awaited"
    children = born(("c00", "2010-01-01"))
    assert named(lambda: permanence.return_to_care_awaited(table, children, **how)) == [["c00"]]
    how["known_until"] = pd.Timestamp("2021-06-01")
    assert named(lambda: permanence.return_to_care(table, children, **how), "denominator") == [["c00"]]


# What children had before


def before(*rows):
    return pd.DataFrame(rows, columns=["child_id", "return_year", "permanence"])


EARLIER = {
    "Adoption": ["P1"],
    "Special guardianship": ["P2"],
    "Residence or child arrangements order": ["P3"],
    "None": ["Z1"],
    "Not known": ["P4", None],
}


def test_every_code_of_previous_permanence_has_a_group():
    codes = [code for those in EARLIER.values() for code in those]
    table = care(*((f"c{number}", "2020-06-01", None) for number in range(len(codes) + 1)))
    told = before(*((f"c{number}", "2020-21", code) for number, code in enumerate(codes)))

    def make():
        return permanence.previous_permanence(table, told, period=YEAR)

    def after():
        return permanence.started_after_permanence(table, told, period=YEAR)

    assert named(make) == [["c0"], ["c1"], ["c2"], ["c3"], ["c4", "c5", "c6"]]
    assert rows_of(make(), "permanence", "denominator") == [[name, 7] for name in EARLIER]
    assert named(after) == [["c0", "c1", "c2"]] and rows_of(after(), "denominator") == [[7]]
    assert make().measure.name == "previous_permanence" and make().parts == ("permanence",)
    assert after().measure.name == "started_after_permanence"
    assert {*codes} - {None} == {*PREVIOUS_PERMANENCE.meanings}


def test_the_return_of_the_year_of_the_first_start_tells():
    table = care(("a", "2020-03-31", "2020-05-01"), ("a", "2020-06-01", "2020-07-01"), ("a", "2020-08-01", None))
    told = before(("a", "2019-20", "P1"), ("a", "2020-21", "Z1"), ("a", "2020-21", "P2"), ("a", "2021-22", "P3"))

    def make(code, told=told):
        frame = permanence.previous_permanence(table, told, period=Period.parse(code)).exact()
        return frame.loc[frame["numerator"] > 0, ["permanence", "numerator", "denominator"]].values.tolist()

    assert make("2019-20") == [["Adoption", 1, 1]]
    assert make("2020-21") == [["Special guardianship", 1, 1]]
    assert make("2021-22") == []
    assert make("2020-21", before(("a", "", "P3"))) == [["Residence or child arrangements order", 1, 1]]
    assert make("2020-21", before(("a", None, "P3"))) == [["Residence or child arrangements order", 1, 1]]
    assert make("2020-21", before(("a", "", "P3"), ("a", "2020-21", "P1"))) == [["Adoption", 1, 1]]
    assert make("2020-21", before(("a", "2021-22", "P3"))) == [["Not known", 1, 1]]


@pytest.mark.parametrize(
    ("day", "code"), [("2020-03-31", "2019-20"), ("2020-04-01", "2020-21"), ("2021-03-31", "2020-21")]
)
def test_the_financial_year_of_the_start(day, code):
    told = before(("a", code, "P1"))
    result = permanence.started_after_permanence(care(("a", day, None)), told, period=Period.parse(code))
    assert rows_of(result, "numerator", "denominator", "value") == [[1, 1, 100]]


# All of them


def test_nobody_left_and_nobody_came():
    none, nobody, untold = care(), born(), before()
    for function in (
        permanence.why_left,
        permanence.special_guardianship,
        permanence.returned_home,
        permanence.special_guardians,
    ):
        assert function(none, period=YEARS).exact()["numerator"].eq(0).all()
    for function in (
        permanence.why_left,
        permanence.special_guardianship,
        permanence.returned_home,
        permanence.returned_home_by_plan,
    ):
        assert function(none, period=YEAR).exact()["value"].isna().all()
    assert permanence.ages_at_leaving(none, nobody, period=YEAR).exact()["denominator"].eq(0).all()
    assert coming_back() == [0, 0, 0]
    assert permanence.previous_permanence(none, untold, period=YEARS).exact()["denominator"].tolist() == [0] * 10
    assert permanence.started_after_permanence(none, untold, period=YEAR).exact()["symbol"].tolist() == ["z"]


@pytest.mark.parametrize(
    ("guardians", "left", "printed"),
    [(35, 152, 23), (46, 199, 23), (61, 279, 22), (64, 273, 23), (46, 239, 19)],
)
def test_special_guardianship_is_the_percentage_that_the_department_prints(guardians, left, printed):
    """DfE, Explore Education Statistics, children ceasing to be looked after: Middlesbrough, years to 31 March 2019 to 2023."""
    table = leaving(*["E45"] * guardians, *["E8"] * (left - guardians))
    result = permanence.special_guardianship(table, period=YEAR).exact()
    assert rows_of(permanence.special_guardianship(table, period=YEAR), "numerator", "denominator") == [
        [guardians, left]
    ]
    assert round(result["value"].item()) == printed
    assert result["lower"].item() < result["value"].item() < result["upper"].item()


def at_random(seed):
    rng = np.random.default_rng(seed)
    spells, births, told = [], [], []
    for number in range(60):
        child = f"c{number}"
        births.append(
            (
                child,
                None
                if rng.random() < 0.05
                else pd.Timestamp("2002-01-01") + pd.Timedelta(days=int(rng.integers(0, 6500))),
            )
        )
        day = pd.Timestamp("2019-01-01") + pd.Timedelta(days=int(rng.integers(0, 500)))
        for _ in range(int(rng.integers(1, 5))):
            end = day + pd.Timedelta(days=int(rng.integers(0, 250)))
            is_open = rng.random() < 0.1
            spells.append(
                (child, day, None if is_open else end, None if is_open else CODES[rng.integers(0, len(CODES))])
            )
            if is_open:
                break
            day = end + pd.Timedelta(days=int(rng.integers(0, 500)))
        for code in ("2019-20", "2020-21", "2021-22"):
            if rng.random() < 0.7:
                told.append((child, code, ["P1", "P2", "P3", "P4", "Z1"][rng.integers(0, 5)]))
    return care(*spells), born(*births), before(*told)


@pytest.mark.parametrize("counting", ["children", "episodes"])
def test_all_counts_are_those_of_a_plain_loop(counting):
    table, children, told = at_random(4)
    births = dict(zip(children["child_id"], children["birth_date"], strict=True))
    known_until = pd.Timestamp("2021-12-31")
    for period in (YEAR, Period.parse("2020-21-Q3")):
        left = {}
        for number, row in enumerate(table.itertuples()):
            if pd.notna(row.care_end) and period.start <= row.care_end <= period.end:
                left[row.child_id if counting == "children" else number] = row
        back, base, awaited = [], [], []
        for row in left.values():
            birth = births[row.child_id]
            if pd.isna(birth) or row.reason_ceased in ("E11", "E12", "E2", "E3", "E15"):
                continue
            age = row.care_end.year - birth.year - ((row.care_end.month, row.care_end.day) < (birth.month, birth.day))
            if age >= 17:
                continue
            until = pd.Timestamp(row.care_end.year + 1, row.care_end.month, row.care_end.day)
            if until > known_until:
                awaited.append(row.child_id)
                continue
            base.append(row.child_id)
            later = [
                each.care_start
                for each in table.itertuples()
                if each.child_id == row.child_id and each.care_start >= row.care_end and each.Index != row.Index
            ]
            if later and min(later) <= until:
                back.append(row.child_id)
        how = {"period": period, "counting": counting}
        assert named(lambda how=how: permanence.why_left(table, **how), "denominator")[0] == sorted(
            row.child_id for row in left.values()
        )
        assert named(lambda how=how: permanence.special_guardianship(table, **how)) == [
            sorted(row.child_id for row in left.values() if str(row.reason_ceased) in REASONS["Special guardianship"])
        ]
        how["known_until"] = known_until
        assert named(lambda how=how: permanence.return_to_care(table, children, **how)) == [sorted(back)]
        assert named(lambda how=how: permanence.return_to_care(table, children, **how), "denominator") == [sorted(base)]
        assert named(lambda how=how: permanence.return_to_care_awaited(table, children, **how)) == [sorted(awaited)]
        assert base and (period is not YEAR or (back and awaited))


def test_previous_permanence_is_that_of_a_plain_loop():
    table, _, told = at_random(9)
    lookup = {(row.child_id, row.return_year): row.permanence for row in told.itertuples()}
    expected = dict.fromkeys(EARLIER, 0)
    first = {}
    for row in table.itertuples():
        if YEAR.start <= row.care_start <= YEAR.end:
            first.setdefault(row.child_id, row.care_start)
    for child in first:
        code = lookup.get((child, "2020-21"))
        (name,) = (name for name, codes in EARLIER.items() if code in codes)
        expected[name] += 1
    result = permanence.previous_permanence(table, told, period=YEAR).exact()
    assert dict(zip(result["permanence"], result["numerator"], strict=True)) == expected
    assert result["denominator"].tolist() == [len(first)] * 5


@settings(max_examples=5)
@given(st.integers(0, 1_000), st.integers(0, 50))
def test_the_leavers_and_starters_are_those_of_looked_after(seed, shuffle):
    table, children, told = at_random(seed)
    mixed = table.sample(frac=1, random_state=shuffle)
    one = permanence.why_left(table, period=YEARS)
    assert_frame_equal(one.exact(), permanence.why_left(mixed, period=YEARS).exact())
    bases = one.exact().drop_duplicates("period_end")["denominator"].tolist()
    assert bases == children_ceasing(table, period=YEARS).exact()["value"].tolist()
    events = permanence.why_left(table, period=YEARS, counting="episodes").exact()
    assert (
        events.groupby("period_end", sort=False)["numerator"].sum().tolist()
        == care_ceases(table, period=YEARS).exact()["value"].tolist()
    )
    started = permanence.started_after_permanence(mixed, told, period=YEARS).exact()
    assert started["denominator"].tolist() == children_starting(table, period=YEARS).exact()["value"].tolist()


def test_the_library_shows_its_measures():
    assert dir(permanence) == sorted(permanence.__all__)
    assert all(callable(getattr(permanence, name)) for name in permanence.__all__)
