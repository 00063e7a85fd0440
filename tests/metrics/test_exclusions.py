"""Suspensions and permanent exclusions."""

import random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from virtual_school_pupils import THIS_YEAR, permanent, pupils, suspended, the_list, told, years

from analysis_lib.metrics import exclusions
from analysis_lib.periods import Period


def test_suspensions_days_and_permanent_exclusions():
    table = pupils(
        {"suspensions": 2, "suspension_days": 3.5, "permanent_exclusion": False},
        {"suspensions": 1, "suspension_days": 0.5, "permanent_exclusion": True},
        {"suspensions": 0, "permanent_exclusion": False},
        {},
    )
    suspended = exclusions.suspended_pupils(table, years=THIS_YEAR).exact()
    assert suspended[["numerator", "denominator"]].values.tolist() == [[2, 3]]
    days = exclusions.suspension_days(table, years=THIS_YEAR).exact()
    assert days[["numerator", "denominator", "value"]].values.tolist() == [[4, 2, 2]]
    excluded = exclusions.permanent_exclusions(table, years=years("2017-18-AY", "2018-19-AY")).exact()
    assert excluded["value"].fillna(-1).tolist() == [-1, 1]  # nobody has an entry in 2017/18: no figure, not 0


# As published


def test_suspensions_of_a_council_s_pupils_aged_seven_as_dfe_prints_them():
    """DfE, Suspensions and permanent exclusions in England, full year by characteristic: Sutton, age 7, 2014/15.

    2,283 pupils, 1 permanent exclusion (0.043802015), 27 suspensions (1.182654402), 12 pupils suspended (0.525624179).
    """
    several = [{"suspensions": 4}] * 5 + [{"suspensions": 1}] * 7
    table = pupils(
        *({**each, "permanent_exclusion": number == 0} for number, each in enumerate(several)),
        *[{"suspensions": 0, "permanent_exclusion": False}] * 2271,
    )
    assert value(exclusions.suspension_rate(table, years=THIS_YEAR)) == pytest.approx(1.182654402, abs=5e-10)
    assert value(exclusions.suspended_pupils(table, years=THIS_YEAR)) == pytest.approx(0.525624179, abs=5e-10)
    assert value(exclusions.permanent_exclusion_rate(table, years=THIS_YEAR)) == pytest.approx(0.043802015, abs=5e-10)


def test_suspensions_and_days_of_a_suspended_pupil_as_dfe_prints_them():
    """DfE, the same release: average days missed, North East, autumn term 2023/24.

    26,438 suspensions and 49,592 days of 10,396 suspended pupils: 2.54309 and 4.7703 each.
    """
    rows = [
        {"suspensions": 3 if number < 5_646 else 2, "suspension_days": 5 if number < 8_008 else 4}
        for number in range(10_396)
    ]
    table = pupils(*rows, {"suspensions": 0})
    assert value(exclusions.suspensions_each(table, years=THIS_YEAR)) == pytest.approx(2.54309, abs=5e-6)
    assert value(exclusions.suspension_days(table, years=THIS_YEAR)) == pytest.approx(4.7703, abs=5e-5)


def value(result):
    (row,) = result.exact().to_dict("records")
    return row["value"]


# The list of suspensions and exclusions

QUARTER = Period.parse("2020-21-Q4")
NEXT = Period.parse("2021-22-Q1")
EVENTS = (
    exclusions.suspensions,
    exclusions.children_suspended,
    exclusions.suspensions_without_days,
    exclusions.days_lost,
    exclusions.suspensions_by_reason,
    exclusions.permanent_exclusions_upheld,
    exclusions.permanent_exclusions_by_decision,
)


@pytest.mark.parametrize(
    ("day", "in_quarter", "in_next"),
    [("2020-12-31", 0, 0), ("2021-01-01", 1, 0), ("2021-03-30", 1, 0), ("2021-03-31", 1, 0), ("2021-04-01", 0, 1), (None, 0, 0)],
)  # fmt: skip
def test_first_and_last_day_of_a_period_are_counted(day, in_quarter, in_next):
    listed = the_list(suspended("a", day, 2), permanent("b", day, True))
    for measure in (exclusions.suspensions, exclusions.children_suspended, exclusions.permanent_exclusions_upheld):
        assert measure(listed, period=[QUARTER, NEXT]).exact()["value"].tolist() == [in_quarter, in_next]
    assert exclusions.days_lost(listed, period=QUARTER).exact()["value"].tolist() == [2 * in_quarter]


def test_two_suspensions_of_one_child_on_one_day_are_two_events_of_one_child():
    listed = the_list(suspended("a", "2021-02-01", 1, "DB"), suspended("a", "2021-02-01", 0.5, "PP"))
    assert told(lambda: exclusions.suspensions(listed, period=QUARTER)) == {(QUARTER.end,): (2, None, ["a", "a"], None)}
    assert told(lambda: exclusions.children_suspended(listed, period=QUARTER)) == {
        (QUARTER.end,): (1, None, ["a"], None)
    }


def test_a_reason_that_nobody_knows_and_none_at_all_are_not_recorded():
    listed = the_list(*(suspended("a", "2021-02-01", 1, reason) for reason in ("DB", "XX", None, "OT")))
    counted = told(lambda: exclusions.suspensions_by_reason(listed, period=QUARTER), "reason")
    assert {reason: numbers[0] for (_, reason), numbers in counted.items() if numbers[0]} == {
        "Persistent disruptive behaviour": 1, "Other": 1, "Not recorded": 2,
    }  # fmt: skip
    assert len(counted) == 18 and counted[QUARTER.end, "Theft"] == (0, None, [], None)


def test_every_reason_has_a_name_of_its_own():
    codes = list(exclusions.REASONS)
    listed = the_list(*(suspended(code, "2021-02-01", 1, code) for code in codes))
    counted = told(lambda: exclusions.suspensions_by_reason(listed, period=QUARTER), "reason")
    assert [numbers[2] for numbers in counted.values()] == [*([code] for code in codes), []]
    assert [name for _, name in counted] == [
        "Physical assault against a pupil", "Physical assault against an adult", "Verbal abuse or threat against a pupil",
        "Verbal abuse or threat against an adult", "Offensive weapon", "Bullying", "Racist abuse",
        "Abuse against sexual orientation or gender identity", "Abuse relating to disability", "Sexual misconduct",
        "Drugs and alcohol", "Damage", "Theft", "Inappropriate use of social media", "Breach of protective measures",
        "Persistent disruptive behaviour", "Other", "Not recorded",
    ]  # fmt: skip


def test_permanent_exclusions_by_what_was_decided():
    listed = the_list(
        *(permanent(child, "2021-02-01", upheld) for child, upheld in (("a", True), ("b", False), ("c", None)))
    )
    counted = told(lambda: exclusions.permanent_exclusions_by_decision(listed, period=QUARTER), "decision")
    assert counted == {
        (QUARTER.end, "Upheld"): (1, None, ["a"], None),
        (QUARTER.end, "Overturned"): (1, None, ["b"], None),
        (QUARTER.end, "Not decided yet, or not recorded"): (1, None, ["c"], None),
    }
    assert told(lambda: exclusions.permanent_exclusions_upheld(listed, period=QUARTER)) == {
        (QUARTER.end,): (1, None, ["a"], None)
    }


def test_an_empty_list_counts_nobody():
    nobody = the_list()
    for measure in EVENTS:
        frame = measure(nobody, period=QUARTER).exact()
        assert len(frame) and (frame["value"] == 0).all()


def seeded_list():
    chance = random.Random(11)
    rows = []
    for _ in range(300):
        child, day = chance.choice("abcdefgh"), f"2021-{chance.randrange(1, 7):02d}-{chance.randrange(1, 29):02d}"
        if chance.random() < 0.7:
            rows.append(suspended(child, day, chance.choice([0.5, 1, 5, None]), chance.choice(["DB", "PA", None])))
        else:
            rows.append(permanent(child, day, chance.choice([True, False, None])))
    return rows


def test_the_list_agrees_with_a_plain_loop():
    rows, expected = seeded_list(), {}
    for period in (QUARTER, NEXT):
        own = [row for row in rows if period.start <= pd.Timestamp(row["exclusion_start"]) <= period.end]
        expected[period.end] = [row for row in own if row["exclusion_kind"] == "SUSPENSION"], own
    listed = the_list(*rows)

    def counted(measure, *groups):
        return told(lambda: measure(listed, period=[QUARTER, NEXT]), *groups)

    for end, (suspensions, own) in expected.items():
        who = sorted(row["child_id"] for row in suspensions)
        assert counted(exclusions.suspensions)[(end,)] == (len(who), None, who, None)
        assert counted(exclusions.children_suspended)[(end,)] == (len(set(who)), None, sorted(set(who)), None)
        blank = sorted(row["child_id"] for row in suspensions if row["exclusion_days"] is None)
        assert counted(exclusions.suspensions_without_days)[(end,)] == (len(blank), None, blank, None)
        days = sum(row["exclusion_days"] or 0 for row in suspensions)
        assert counted(exclusions.days_lost)[(end,)] == (days, None, None, None)
        upheld = sorted(row["child_id"] for row in own if row.get("upheld") is True)
        assert counted(exclusions.permanent_exclusions_upheld)[(end,)] == (len(upheld), None, upheld, None)


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"), st.integers(0, 200), st.sampled_from(["DB", "PA", "??", None]), st.booleans()
        ),
        max_size=15,
    )
)
def test_reasons_and_decisions_add_up_and_children_are_no_more_than_events(drawn):
    day = [str(pd.Timestamp("2020-12-01") + pd.Timedelta(days=after))[:10] for _, after, _, _ in drawn]
    listed = the_list(
        *(
            suspended(child, when, 1, reason) if is_suspension else permanent(child, when, None)
            for (child, _, reason, is_suspension), when in zip(drawn, day, strict=True)
        )
    )
    total = value(exclusions.suspensions(listed, period=QUARTER))
    assert exclusions.suspensions_by_reason(listed, period=QUARTER).exact()["value"].sum() == total
    assert value(exclusions.children_suspended(listed, period=QUARTER)) <= total
    assert value(exclusions.days_lost(listed, period=QUARTER)) == total


def test_rows_carry_their_measure_unit_and_period():
    listed = the_list(suspended("a", "2021-02-01", 1, "DB"))
    for measure in EVENTS:
        result = measure(listed, period=QUARTER)
        frame = result.exact()
        assert result.measure.name == measure.__name__ and set(frame["measure"]) == {measure.__name__}
        assert set(frame["period_start"]) == {QUARTER.start} and set(frame["period_end"]) == {QUARTER.end}
        assert result.parts == result.groups


def test_the_module_shows_its_measures():
    assert dir(exclusions) == sorted(exclusions.__all__) and "suspension_rate" in dir(exclusions)


def test_nobody_with_an_entry_is_no_number_of_suspended_pupils():
    shown = years("2017-18-AY", "2018-19-AY")
    numbers = exclusions.suspended_pupils_number(pupils({"suspensions": 0}), years=shown).exact()
    assert numbers["value"].fillna(-1).tolist() == [-1, 0]
