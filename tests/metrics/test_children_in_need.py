"""Children in need plans: a child with something higher is not counted, and the council's printed rate."""

import numpy as np
import pandas as pd
import pytest

from analysis_lib.metrics import children_in_need as area
from analysis_lib.metrics.children_in_need import month_ends_counted, need_plan_rate, on_need_plan_at
from analysis_lib.metrics.counting.members import behind, recorded
from analysis_lib.periods import Period

DAY = pd.Timestamp("2019-02-08")


def spans(first, last, *rows):
    frame = pd.DataFrame(rows, columns=["child_id", first, last])
    return frame.assign(**{first: pd.to_datetime(frame[first]), last: pd.to_datetime(frame[last])})


def plans(*rows):
    return spans("plan_start", "plan_end", *rows)


def care(*rows):
    return spans("care_start", "care_end", *rows)


def count(cin, cp, looked_after, days=DAY):
    return on_need_plan_at(cin, cp, looked_after, census_date=days).exact()["value"].tolist()


def test_the_rate_is_the_one_printed_on_15_march_2019():
    cin = plans(*((f"c{i}", "2018-06-01", None) for i in range(1135)))
    on_plan = on_need_plan_at(cin, plans(), care(), census_date=DAY)
    rate = need_plan_rate(on_plan, population=32396).exact()["value"].item()
    assert round(rate, 1) == 350.4


def test_a_child_with_a_protection_plan_or_in_care_is_not_counted():
    cin = plans(*((child, "2018-06-01", None) for child in ("only", "also cp", "also care", "both", "was in care")))
    cp = plans(("also cp", "2019-02-08", None), ("both", "2019-01-01", None), ("cp only", "2019-01-01", None))
    looked_after = care(("also care", "2018-01-01", None), ("both", "2018-01-01", None), ("was in care", "2018-01-01", "2019-02-08"))  # fmt: skip
    assert count(cin, cp, looked_after) == [2]
    day_before = DAY - pd.Timedelta(days=1)
    assert count(cin, cp, looked_after, [day_before, DAY]) == [2, 2]  # "also cp" goes as "was in care" comes


def test_month_ends_are_counted_from_the_return_that_begins_last():
    cin, cp = plans(("a", "2018-01-01", "2018-05-10")), plans(("b", "2018-01-01", "2018-04-30"))
    ends = month_ends_counted(cin, cp, care(("c", "2016-01-01", "2017-01-01")), until=pd.Timestamp("2018-06-30"))
    assert ends == [pd.Timestamp("2018-05-31"), pd.Timestamp("2018-06-30")]


def test_no_plans_count_nothing():
    assert count(plans(), plans(), care()) == [0]


def test_counts_agree_with_sets_of_children():
    draw = np.random.default_rng(1135)

    def drawn(rows, make):
        starts = pd.Timestamp("2018-01-01") + pd.to_timedelta(draw.integers(0, 500, rows), unit="D")
        ends = starts + pd.to_timedelta(draw.integers(0, 200, rows), unit="D")
        return make(*zip(draw.integers(0, 60, rows).astype(str), starts, ends, strict=True))

    def on(frame, day):
        first, last = frame.columns[1:3]
        return set(frame.loc[(frame[first] <= day) & (frame[last] > day), "child_id"])

    cin, cp, looked_after = drawn(150, plans), drawn(60, plans), drawn(60, care)
    days = list(pd.date_range("2018-01-31", "2019-12-31", freq="ME"))
    expected = [len(on(cin, day) - on(cp, day) - on(looked_after, day)) for day in days]
    assert count(cin, cp, looked_after, days) == expected
    assert max(expected) > 10


MARCH_31, YEAR = pd.Timestamp("2021-03-31"), Period.parse("2021-22")


def needing(*rows):
    """Plans from (child, start, end, primary need, last seen), the last ones as far as needed."""
    columns = ["child_id", "plan_start", "plan_end", "primary_need", "last_seen"]
    made = pd.DataFrame([[*row, *[None] * (5 - len(row))] for row in rows], columns=columns)
    made = made.assign(**{name: pd.to_datetime(made[name]) for name in ("plan_start", "plan_end", "last_seen")})
    return made.assign(extract_date=MARCH_31)


def counted(result):
    frame = result.exact()
    return [tuple(row) for row in frame[["numerator", "denominator"]].to_numpy().tolist()]


def naming(make):
    with recorded():
        frame = behind(make())
    (top,), (base,) = frame["numerator_children"], frame["denominator_children"]
    return sorted(top), (None if base is None else sorted(base))


def alone(function, cin, cp=None, looked_after=None, **how):
    return function(
        cin,
        plans() if cp is None else cp,
        care() if looked_after is None else looked_after,
        **{"census_date": MARCH_31, **how},
    )


def test_plans_that_start_and_end_are_events_whatever_else_the_child_has():
    table = plans(
        ("ann", "2021-04-01", "2021-06-01"), ("ann", "2021-09-01", "2022-04-01"), ("bob", "2021-03-31", "2022-03-31"),
        ("cal", "2022-03-31", None), ("cal", "2022-03-31", None),
    )  # fmt: skip
    assert naming(lambda: area.need_plan_starts(table, period=YEAR)) == (["ann", "ann", "cal"], None)
    assert naming(lambda: area.need_plan_ends(table, period=YEAR)) == (["ann", "bob"], None)
    both = [YEAR.previous, YEAR]
    assert area.need_plan_starts(table, period=both).exact()["value"].tolist() == [1, 3]
    ends = area.need_plan_ends(table, period=both).exact()
    assert ends["value"].tolist() == [0, 2] and set(ends["measure"]) == {"need_plan_ends"}


def test_needs_of_children_who_have_nothing_higher_one_plan_each():
    cin = needing(
        ("ann", "2021-02-01", None, "N1"), ("ann", "2020-02-01", None, "N2"), ("bob", "2021-01-05", None, "N8"),
        ("cal", "2021-01-05", None, "N1"), ("dee", "2021-01-05", None, "N1"), ("eve", "2021-01-05", None, "N0"),
        ("fay", "2021-01-05", None, None), ("gus", "2021-01-05", None, "our words"),
        ("hal", "2021-01-05", "2021-03-31", "N1"), ("ida", "2021-03-31", None, "N9"), ("jan", "2021-04-01", None, "N1"),
    )  # fmt: skip
    cp, looked_after = (
        plans(("cal", "2021-03-31", None)),
        care(("dee", "2021-01-10", None), ("bob", "2020-01-01", "2021-03-31")),
    )
    result = alone(area.need_plans_by_need, cin, cp, looked_after)
    shares = result.exact().set_index("need")
    assert list(shares.index) == list(area.NEEDS.values()) and len(area.NEEDS) == 10
    assert shares["numerator"][shares["numerator"] > 0].to_dict() == {
        "Abuse or neglect": 1, "Absent parenting": 1, "Cases other than children in need": 1, "Not known": 3,
    }  # fmt: skip
    assert set(shares["denominator"]) == {6} and result.groups == result.parts == ("need",)
    with recorded():
        named = behind(alone(area.need_plans_by_need, cin, cp, looked_after)).set_index("need")
    assert named.loc["Not known", "numerator_children"] == ["eve", "fay", "gus"]
    expected = ["ann", "bob", "eve", "fay", "gus", "ida"]
    assert naming(lambda: alone(area.on_need_plan_at, cin, cp, looked_after)) == (expected, None)
    assert alone(area.on_need_plan_at, cin, cp, looked_after).exact()["value"].tolist() == [6]


def test_how_long_plans_have_been_open_on_each_day():
    starts = ("2020-12-31", "2020-12-30", "2020-09-30", "2020-04-01", "2020-03-31", "2019-04-02", "2019-04-03")
    cin = needing(*((name, start, None) for name, start in zip("abcdefg", starts, strict=True)))
    result = alone(area.need_plans_by_duration, cin, census_date=[MARCH_31, MARCH_31 - pd.Timedelta(days=1)])
    frame = result.exact()
    now = frame[frame["period_end"] == MARCH_31]
    assert now["duration"].tolist() == list(area.DURATIONS) and now["numerator"].tolist() == [1, 1, 2, 2, 1]
    before = frame[frame["period_end"] < MARCH_31]
    assert before["numerator"].tolist() == [2, 1, 2, 2, 0] and set(frame["denominator"]) == {7}
    assert result.groups == result.parts == ("duration",) and frame["period_start"].isna().all()


@pytest.mark.parametrize(
    ("seen", "start", "expected"),
    [
        ("2021-03-31", "2021-01-05", True),
        ("2021-03-03", "2021-01-05", True),  # twenty working days before
        ("2021-03-02", "2021-01-05", False),
        (None, "2021-01-05", None),
        (None, "2021-03-02", None),
        ("2021-03-02", "2021-03-03", "not due"),
    ],
)
def test_children_seen_in_twenty_working_days(seen, start, expected):
    cin = needing(("ann", start, None, "N1", seen), ("cal", "2021-01-05", None, "N1", "2021-03-31"))
    cp = plans(("cal", "2021-02-05", None))
    known = expected in (True, False)
    assert counted(alone(area.need_visits_in_time, cin, cp)) == [(expected is True, known)]
    assert counted(alone(area.need_visits_unknown, cin, cp))[0][0] == (expected is None)


def test_the_days_in_which_a_child_is_seen_are_an_argument_and_children_are_named():
    seen = ("2021-03-24", "2021-03-23", None)
    cin = needing(
        *((name, "2021-01-05", None, "N1", day) for name, day in zip(("ann", "bob", "cal"), seen, strict=True))
    )
    within = {"within_working_days": 5}
    assert naming(lambda: alone(area.need_visits_in_time, cin, **within)) == (["ann"], ["ann", "bob"])
    assert naming(lambda: alone(area.need_visits_unknown, cin, **within)) == (["cal"], None)
    later = cin.assign(extract_date=pd.Timestamp("2021-04-30"))
    assert naming(lambda: alone(area.need_visits_unknown, later, **within))[0] == ["ann", "bob", "cal"]
    new = needing(("ann", "2021-03-24", None), ("bob", "2021-03-23", None))
    assert naming(lambda: alone(area.need_visits_unknown, new, **within)) == (["bob"], None)


def test_empty_tables_give_rows_with_nothing():
    none = needing()
    assert counted(alone(area.need_visits_in_time, none)) == [(0, 0)]
    assert counted(alone(area.need_plans_by_need, none)) == [(0, 0)] * 10
    assert counted(alone(area.need_plans_by_duration, none)) == [(0, 0)] * 5
    assert area.need_plan_starts(none, period=YEAR).exact()["value"].tolist() == [0]


def test_the_module_shows_its_measures():
    assert dir(area) == sorted(area.__all__)


def test_needs_are_those_of_a_plain_loop():
    draw = np.random.default_rng(17)
    cin, cp = [], []
    for number in range(200):
        start = pd.Timestamp("2020-01-01") + pd.Timedelta(days=int(draw.integers(0, 500)))
        need = f"N{draw.integers(0, 10)}"
        cin.append((f"c{number % 120}", start, start + pd.Timedelta(days=int(draw.integers(1, 400))), need))
        if number % 5 == 0:
            cp.append((f"c{draw.integers(0, 120)}", start, start + pd.Timedelta(days=90)))
    expected = {}
    for child in sorted({row[0] for row in cin}):
        if any(name == child and start <= MARCH_31 < end for name, start, end in cp):
            continue
        theirs = [(start, need) for name, start, end, need in cin if name == child and start <= MARCH_31 < end]
        if theirs:
            word = area.NEEDS[max(theirs)[1]]
            expected[word] = expected.get(word, 0) + 1
    result = alone(area.need_plans_by_need, needing(*cin), plans(*cp)).exact().set_index("need")["numerator"]
    assert result[result > 0].to_dict() == expected and sum(expected.values()) > 30
