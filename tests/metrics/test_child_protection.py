"""Child protection plans: the council's printed rate, hand examples, edges."""

import pandas as pd

from analysis_lib.metrics.child_protection import (
    on_protection_plan_at,
    plans_started_and_ended,
    protection_plan_ends,
    protection_plan_rate,
    protection_plan_starts,
)
from analysis_lib.periods import Period


def plans(*rows):
    frame = pd.DataFrame(rows, columns=["child_id", "plan_start", "plan_end"])
    return frame.assign(plan_start=pd.to_datetime(frame["plan_start"]), plan_end=pd.to_datetime(frame["plan_end"]))


def test_the_rate_is_the_one_printed_on_15_march_2019():
    open_plans = plans(*((f"c{i}", "2018-06-01", None) for i in range(227)))
    on_plan = on_protection_plan_at(open_plans, census_date=pd.Timestamp("2019-02-08"))
    rate = protection_plan_rate(on_plan, population=32396).exact()["value"].item()
    assert round(rate, 1) == 70.1


def test_a_plan_counts_from_its_start_up_to_the_day_it_ends():
    table = plans(("a", "2021-03-31", "2022-03-31"), ("b", "2022-03-31", None), ("b", "2022-03-31", None))
    days = [pd.Timestamp(text) for text in ("2021-03-30", "2021-03-31", "2022-03-30", "2022-03-31")]
    assert on_protection_plan_at(table, census_date=days).exact()["value"].tolist() == [0, 1, 1, 1]


def test_starts_and_ends_are_plans_not_children():
    table = plans(
        ("a", "2021-04-01", "2021-06-01"), ("a", "2021-09-01", "2022-04-01"), ("b", "2020-01-01", "2022-03-31")
    )
    year = Period.parse("2021-22")
    assert protection_plan_starts(table, period=year).exact()["value"].tolist() == [2]
    assert protection_plan_ends(table, period=year).exact()["value"].tolist() == [2]


def test_plans_of_a_year_before_the_lists_are_not_known_rather_than_none():
    table = plans(("a", "2020-04-01", "2021-06-01"), ("b", "2021-07-01", None))
    year, quarter = Period.parse("2020-21"), Period.parse("2021-22-Q2")
    started, ended = (each.exact() for each in plans_started_and_ended(table, period=[year, quarter]))
    assert started["symbol"].tolist() == ended["symbol"].tolist() == ["x", ""]
    assert (started["value"][1], ended["value"][1]) == (1, 0)
