"""Children continuously looked after for 12 months: the validation rule day by day, the return's own cohort, a plain loop."""

import random
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.metrics import twelve_months
from analysis_lib.metrics.counting.members import behind, recorded
from analysis_lib.metrics.twelve_months import cohort, continuously_looked_after, first_day_of_year
from analysis_lib.periods import Period
from analysis_lib.prepare import prepare
from analysis_lib.sources import read_returns

DAY = pd.Timestamp("2021-03-31")
COLUMNS = ["child_id", "episode_start", "reason_new_episode", "legal_status", "episode_end", "reason_ceased"]
RAW = Path(__file__).resolve().parents[2] / "data" / "raw" / "synthetic" / "ssda903"


def episodes(*rows):
    """Episodes from "child start reason status end reason", a dash for missing."""
    cells = [[None if cell == "-" else cell for cell in row.split()] for row in rows]
    frame = pd.DataFrame(cells, columns=COLUMNS)
    return frame.assign(**{day: pd.to_datetime(frame[day]) for day in ("episode_start", "episode_end")})


def counted(*rows, **more):
    return sorted(cohort(episodes(*rows), census_date=more.pop("census_date", DAY), **more)["child_id"])


@pytest.mark.parametrize(
    ("row", "is_in"),
    [
        ("a 2020-03-31 S C2 - -", True),
        ("a 2020-04-01 S C2 - -", True),
        ("a 2020-04-02 S C2 - -", False),
        ("a 2020-04-02 P C2 - -", True),  # no start of care
        ("a 2021-03-31 S C2 - -", False),
        ("a 2021-04-01 S C2 - -", False),  # not yet in care
        ("a 2018-01-01 S C2 2021-03-30 E3", False),
        ("a 2018-01-01 S C2 2021-03-30 -", False),  # an end without a reason is one
        ("a 2018-01-01 S C2 2021-03-31 E3", True),
        ("a 2018-01-01 S C2 2021-04-01 E3", True),
        ("a 2018-01-01 S C2 2021-03-30 X1", False),  # goes on, but nothing follows
        ("a 2018-01-01 S C2 2021-03-31 X1", True),
        ("a 2018-01-01 S C2 2019-06-01 E3", False),
        ("a 2018-01-01 S V3 - -", False),
        ("a 2018-01-01 S V4 - -", False),
        ("a - S C2 - -", False),
    ],
)
def test_one_episode(row, is_in):
    assert counted(row) == ["a"] * is_in


@pytest.mark.parametrize(
    ("rows", "is_in"),
    [
        (("2018-01-01 S C2 2020-09-01 X1", "2020-09-01 P C2 - -"), True),
        (("2018-01-01 S C2 2020-09-01 E3", "2020-09-01 S C2 - -"), False),
        (("2018-01-01 S C2 2020-03-31 E3", "2020-04-01 S C2 - -"), True),
        (("2018-01-01 S C2 2020-04-01 E3", "2020-04-01 S C2 - -"), False),  # left in the year, though back the same day
        (("2018-01-01 S C2 2020-03-31 E3", "2020-04-02 S C2 - -"), False),
        (("2018-01-01 S C2 - -", "2020-04-01 S V4 2020-04-01 E3"), False),
        (("2018-01-01 S C2 - -", "2019-06-01 S V4 2020-04-01 X1"), False),
        (("2018-01-01 S C2 - -", "2019-06-01 S V4 2020-03-31 E3"), True),
        (("2018-01-01 S C2 - -", "2021-03-31 L V3 - -"), False),
        (("2018-01-01 S C2 - -", "2021-04-01 L V3 - -"), True),  # after the day
        (("2018-01-01 S C2 2021-03-31 E3", "2021-03-31 S C2 - -"), False),
        (("2018-01-01 S C2 2021-03-31 E3", "2021-04-01 S C2 - -"), True),
    ],
)
def test_two_episodes_of_one_child(rows, is_in):
    assert counted(*(f"a {row}" for row in rows)) == ["a"] * is_in
    assert counted(*(f"a {row}" for row in reversed(rows))) == ["a"] * is_in


@pytest.mark.parametrize(("left", "names"), [("counted", ["a", "b", "c"]), ("left out", ["b", "c"])])
def test_who_leaves_on_the_day_is_counted_or_left_out_as_asked(left, names):
    rows = ("a 2018-01-01 S C2 2021-03-31 E3", "b 2018-01-01 S C2 2021-04-01 E3", "c 2018-01-01 S C2 - -")
    assert counted(*rows, left_on_the_day=left) == names
    assert continuously_looked_after(episodes(*rows), census_date=DAY, left_on_the_day=left).exact()[
        "value"
    ].item() == len(names)


def test_another_word_is_refused_with_those_that_there_are():
    with pytest.raises(ValueError, match="^left_on_the_day is 'counted' or 'left out', not 'in'$"):
        cohort(episodes(), census_date=DAY, left_on_the_day="in")


@pytest.mark.parametrize(
    ("day", "first"),
    [
        ("2021-03-31", "2020-04-01"),
        ("2020-02-29", "2019-03-01"),
        ("2021-02-28", "2020-02-29"),
        ("2020-09-30", "2019-10-01"),
    ],
)
def test_the_year_begins_on_the_day_after_the_same_day_a_year_before(day, first):
    assert first_day_of_year(pd.Timestamp(day)) == pd.Timestamp(first)


def test_several_census_dates_give_each_childs_days_in_order():
    table = episodes("b 2018-01-01 S C2 2020-12-31 E3", "a 2019-05-01 S C2 - -", "c 2020-10-01 S V3 - -")
    days = [pd.Timestamp(text) for text in ("2021-03-31", "2020-03-31", "2020-04-30")]
    found = cohort(table, census_date=days)
    assert list(found.columns) == ["child_id", "period_end"]
    assert found.values.tolist() == [["b", days[1]], ["a", days[2]], ["b", days[2]], ["a", days[0]]]
    counts = continuously_looked_after(table, census_date=days).exact()
    assert counts["period_end"].tolist() == days and counts["value"].tolist() == [1, 1, 2]


def test_one_child_alone_has_each_of_its_days():
    days = [pd.Timestamp("2020-03-31"), DAY]
    assert cohort(episodes("a 2018-01-01 S C2 - -"), census_date=days).values.tolist() == [["a", day] for day in days]


def test_the_children_are_named_once_each():
    with recorded():
        result = continuously_looked_after(episodes("a 2018-01-01 S C2 - -", "b 2018-01-01 S C2 - -"), census_date=DAY)
    assert result.measure.name == "looked_after_12_months"
    assert behind(result)["numerator_children"].tolist() == [["a", "b"]]


def test_no_episodes_make_a_zero():
    assert cohort(episodes(), census_date=DAY).empty
    assert continuously_looked_after(episodes(), census_date=DAY).exact()["value"].tolist() == [0]


def test_the_tables_given_stay_as_they_are():
    table = episodes("a 2018-01-01 S C2 - -", "b - S C2 - -")
    before = table.copy(deep=True)
    cohort(table, census_date=DAY)
    pd.testing.assert_frame_equal(table, before)


def naive(table, day, left):
    """Child by child, episode by episode, the rule as it is written."""
    first = first_day_of_year(day)
    children = set()
    for child in set(table["child_id"]):
        in_care, broken = False, False
        for row in table[table["child_id"] == child].itertuples():
            start, end = row.episode_start, row.episode_end
            ended = not pd.isna(end)
            short = row.legal_status in ("V3", "V4")
            if start <= day and not short and (not ended or end > day or (end == day and left == "counted")):
                in_care = True
            if row.reason_new_episode == "S" and first < start <= day:
                broken = True
            if ended and row.reason_ceased != "X1" and first <= end < day:
                broken = True
            if short and start <= day and (not ended or end >= first):
                broken = True
        if in_care and not broken:
            children.add(child)
    return children


def seeded(seed, children=60):
    draw = random.Random(seed)
    rows = []
    for number in range(children):
        start = pd.Timestamp("2018-01-01") + pd.Timedelta(days=draw.randrange(900))
        reason = "S"
        for _ in range(draw.randrange(1, 5)):
            end = start + pd.Timedelta(days=draw.choice([0, 1, 30, 200, 365, 366, 700]))
            is_open = draw.random() < 0.3
            why = draw.choice(["X1", "X1", "X1", "E3"])
            status = draw.choice(["C2", "C2", "C2", "C2", "C2", "V3", "V4"])
            rows.append((f"c{number}", start, reason, status, pd.NaT if is_open else end, None if is_open else why))
            reason = "S" if why == "E3" else draw.choice("LPTBU")
            start = end + pd.Timedelta(days=0 if why == "X1" else draw.choice([0, 1, 50]))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.assign(**{day: pd.to_datetime(frame[day]) for day in ("episode_start", "episode_end")})


@pytest.mark.parametrize("left", ["counted", "left out"])
def test_it_is_what_a_plain_loop_finds(left):
    table = seeded(7)
    edges = [day for day in table["episode_end"].dropna().sample(4, random_state=1)]
    days = sorted({DAY, pd.Timestamp("2020-03-31"), pd.Timestamp("2019-09-30"), pd.Timestamp("2020-02-29"), *edges})
    found = cohort(table, census_date=days, left_on_the_day=left)
    for day in days:
        assert set(found.loc[found["period_end"] == day, "child_id"]) == naive(table, day, left)
    assert not found.duplicated().any() and len(found) > 20


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_the_order_of_the_episodes_and_other_days_do_not_matter(seed):
    table = seeded(seed, children=8)
    shuffled = table.sample(frac=1, random_state=seed)
    days = [DAY, pd.Timestamp("2020-03-31")]
    both = cohort(table, census_date=days)
    pd.testing.assert_frame_equal(both, cohort(shuffled, census_date=days[::-1]))
    alone = cohort(table, census_date=DAY)
    assert alone["child_id"].tolist() == both.loc[both["period_end"] == DAY, "child_id"].tolist()
    without = cohort(table, census_date=DAY, left_on_the_day="left out")
    assert set(without["child_id"]) <= set(alone["child_id"])


def test_it_is_the_cohort_that_the_demonstrations_returns_have_in_oc2():
    raw = read_returns(RAW / "2024-25")
    tables = prepare(raw)
    found = cohort(tables["episodes"], census_date=Period.parse("2024-25").end)
    assert sorted(found["child_id"]) == sorted(tables["health_outcomes"]["child_id"]) and len(found) == 393


def test_the_module_shows_its_functions_and_nothing_else():
    assert dir(twelve_months) == ["cohort", "continuously_looked_after", "first_day_of_year"]
