"""Children in need plans: a child with something higher is not counted, and the council's printed rate."""

import numpy as np
import pandas as pd

from analysis_lib.metrics.children_in_need import month_ends_counted, need_plan_rate, on_need_plan_at

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
