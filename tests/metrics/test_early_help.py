"""Early help: three units that stay apart, days that count, follow-up that cannot be known yet, and a plain loop as judge."""

import random
from datetime import date, timedelta

import pandas as pd
import pytest
from early_help_cases import cases, opened, referred
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.metrics import early_help as eh
from analysis_lib.metrics.counting.members import recorded
from analysis_lib.periods import Period

YEAR = Period.parse("2020-21")
LATER = pd.Timestamp("2026-03-31")


def values(result) -> list[float]:
    return result.exact()["value"].tolist()


def row(result) -> dict:
    (only,) = result.exact().to_dict("records")
    return only


def counts(result) -> tuple[float, float]:
    only = row(result)
    return only["numerator"], only["denominator"]


def by(result, *groups: str) -> dict:
    frame = result.exact()
    keys = frame[groups[0]] if len(groups) == 1 else list(frame[list(groups)].itertuples(index=False, name=None))
    return dict(zip(keys, frame["value"], strict=True))


# --- open on a day ---------------------------------------------------------------------------------------------------


def test_a_day_counts_from_the_start_up_to_the_day_before_the_end():
    table = cases(opened("a", "2020-03-31", "2021-03-31"), opened("b", "2021-03-31"), opened("c", "2021-04-01"))
    days = [pd.Timestamp(text) for text in ("2020-03-30", "2020-03-31", "2021-03-30", "2021-03-31", "2021-04-01")]
    for function in (eh.children_open, eh.episodes_open):
        result = function(table, census_date=days).exact()
        assert result["value"].tolist() == [0, 1, 1, 1, 2]
        assert result["period_end"].tolist() == days and result["period_start"].isna().all()


def test_an_episode_of_one_day_is_an_event_and_never_open():
    table = cases(opened("a", "2021-03-31", "2021-03-31", family="f"))
    day = pd.Timestamp("2021-03-31")
    assert values(eh.children_open(table, census_date=day)) == [0]
    assert values(eh.families_open(table, census_date=day)) == [0]
    assert values(eh.episodes_starting(table, period=YEAR)) == values(eh.episodes_ending(table, period=YEAR)) == [1]


def test_children_families_and_episodes_are_three_numbers():
    table = cases(
        opened("a", "2020-06-01", family="f1"),
        opened("a", "2020-07-01", family="f1"),
        opened("b", "2020-06-01", family="f1"),
        opened("c", "2020-06-01", family="f2"),
        opened("d", "2020-06-01"),
    )
    day = pd.Timestamp("2020-12-31")
    with recorded():
        children, families, episodes, unknown = (
            row(function(table, census_date=day))
            for function in (eh.children_open, eh.families_open, eh.episodes_open, eh.family_not_known)
        )
    assert [each["value"] for each in (children, families, episodes, unknown)] == [4, 2, 5, 1]
    assert sorted(children["numerator_children"]) == ["a", "b", "c", "d"]
    assert sorted(episodes["numerator_children"]) == ["a", "a", "b", "c", "d"]
    assert unknown["numerator_children"] == ["d"]
    assert not isinstance(families.get("numerator_children"), list)  # families are no children


def test_a_family_is_open_while_one_of_its_children_is():
    table = cases(
        opened("a", "2020-06-01", "2020-08-01", family="f"), opened("b", "2020-07-01", "2020-10-01", family="f")
    )
    days = [pd.Timestamp(f"2020-{month:02d}-15") for month in (5, 6, 7, 8, 9, 10)]
    assert values(eh.families_open(table, census_date=days)) == [0, 1, 1, 1, 1, 0]


def test_groups_of_children_open_have_their_words_and_the_not_known():
    table = cases(
        opened("a", "2020-06-01", lead="COUNCIL", level=3, ward="E05000002", came_from="STEP_DOWN"),
        opened("b", "2020-06-01", lead="PARTNER", level=2, ward="E05000001", came_from="OTHER_COUNCIL"),
        opened("c", "2020-06-01", lead="COUNCIL", level=3, came_from="SELF"),
        opened("d", "2020-06-01"),
    )
    day = pd.Timestamp("2020-12-31")
    lead = eh.children_open(table, census_date=day, by=["lead"])
    assert lead.groups == ("lead",) and by(lead, "lead") == {"Council": 2, "Partner": 1, "Not known": 1}
    level = by(eh.children_open(table, census_date=day, by=["level"]), "level")
    assert level == {"1": 0, "2": 1, "3": 2, "4": 0, "Not known": 1}
    ward = by(eh.children_open(table, census_date=day, by=["ward"]), "ward")
    assert ward == {"E05000001": 1, "E05000002": 1, "Not known": 2}
    source = by(eh.children_open(table, census_date=day, by=["came_from"]), "came_from")
    assert list(source) == [
        "Social care, step-down", "The family itself", "School or early years", "Health", "Police", "Housing",
        "Another service of the council", "Other", "Not known",
    ]  # fmt: skip
    assert (
        source["Social care, step-down"] == source["Another service of the council"] == source["The family itself"] == 1
    )
    both = by(eh.episodes_open(table, census_date=day, by=["lead", "level"]), "lead", "level")
    assert len(both) == 15 and both["Council", "3"] == 2 and both["Partner", "2"] == both["Not known", "Not known"] == 1


def test_children_of_a_group_are_named_in_that_group():
    table = cases(opened("a", "2020-06-01", lead="COUNCIL"), opened("b", "2020-06-01", lead="PARTNER"))
    with recorded():
        frame = eh.children_open(table, census_date=pd.Timestamp("2020-12-31"), by=["lead"]).exact()
    assert frame["numerator_children"].tolist() == [["a"], ["b"], []]


def test_a_group_that_is_not_offered_is_refused():
    with pytest.raises(ValueError, match="no group sex; there are lead, came_from, level, ward"):
        eh.children_open(cases(opened("a", "2020-06-01")), census_date=LATER, by=["sex"])


def test_a_case_is_not_allocated_until_the_day_it_is():
    table = cases(
        opened("a", "2021-03-01", "2021-03-20", allocated="2021-03-10"), opened("b", "2021-03-01", "2021-03-05")
    )
    days = [pd.Timestamp(f"2021-03-{day:02d}") for day in (1, 4, 5, 9, 10)]
    assert values(eh.not_allocated(table, census_date=days)) == [2, 2, 1, 1, 0]


def test_rows_that_cannot_be_read_are_left_out():
    table = cases(opened("a", None, "2020-09-01"), opened("b", "2020-09-01", "2020-08-31"), opened("c", "2020-09-01"))
    day = pd.Timestamp("2020-12-31")
    assert values(eh.children_open(table, census_date=day)) == values(eh.episodes_open(table, census_date=day)) == [1]
    assert values(eh.episodes_ending(table, period=YEAR)) == [0]
    assert values(eh.episodes_starting(table, period=YEAR)) == [1]


def test_nothing_at_all_is_a_row_with_0_or_a_missing_value():
    none = cases(opened("a", "2020-06-01")).iloc[:0]
    referrals = referred(("a", "2020-06-01")).iloc[:0]
    for function in (eh.children_open, eh.families_open, eh.episodes_open, eh.family_not_known, eh.not_allocated):
        assert values(function(none, census_date=LATER)) == [0]
    for function in (
        eh.children_starting, eh.families_starting, eh.episodes_starting,
        eh.children_ending, eh.families_ending, eh.episodes_ending,
    ):  # fmt: skip
        assert values(function(none, period=YEAR)) == [0]
    for function in (
        eh.step_downs,
        eh.needs_met,
        eh.step_ups,
        eh.days_in_early_help,
        eh.days_to_allocation,
        eh.days_to_contact,
    ):
        assert row(function(none, period=YEAR))["denominator"] == 0 and pd.isna(values(function(none, period=YEAR))[0])
    for function in (eh.contact_in_time, eh.reopened_within_12_months):
        assert counts(function(none, period=YEAR, known_until=LATER)) == (0, 0)
    assert counts(eh.not_referred_within_12_months(none, referrals, period=YEAR, known_until=LATER)) == (0, 0)
    assert values(eh.outcomes(none, period=YEAR)) == [0] * 6


# --- in a period -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "counted"), [("2020-03-31", 0), ("2020-04-01", 1), ("2021-03-31", 1), ("2021-04-01", 0)]
)
def test_the_first_and_the_last_day_of_the_year_count(day, counted):
    starts, ends = cases(opened("a", day, family="f")), cases(opened("a", "2019-01-01", day, family="f"))
    for function in (eh.children_starting, eh.families_starting, eh.episodes_starting):
        assert values(function(starts, period=YEAR)) == [counted]
    for function in (eh.children_ending, eh.families_ending, eh.episodes_ending):
        assert values(function(ends, period=YEAR)) == [counted]


def test_starts_and_ends_by_child_family_and_episode():
    table = cases(
        opened("a", "2020-05-01", "2020-06-01", family="f1", lead="COUNCIL"),
        opened("a", "2020-08-01", "2020-09-01", family="f1", lead="PARTNER"),
        opened("b", "2020-05-01", "2020-06-01", family="f1", lead="COUNCIL"),
        opened("c", "2020-05-01", "2020-06-01", lead="COUNCIL"),
    )
    for children, families, episodes in (
        (eh.children_starting, eh.families_starting, eh.episodes_starting),
        (eh.children_ending, eh.families_ending, eh.episodes_ending),
    ):
        assert [values(each(table, period=YEAR)) for each in (children, families, episodes)] == [[3], [1], [4]]
        assert by(children(table, period=YEAR, by=["lead"]), "lead") == {"Council": 3, "Partner": 1, "Not known": 0}
        assert by(families(table, period=YEAR, by=["lead"]), "lead") == {"Council": 1, "Partner": 1, "Not known": 0}
        assert by(episodes(table, period=YEAR, by=["lead"]), "lead") == {"Council": 3, "Partner": 1, "Not known": 0}
        with recorded():
            assert row(children(table, period=YEAR))["numerator_children"] == ["a", "b", "c"]
            assert row(episodes(table, period=YEAR))["numerator_children"] == ["a", "a", "b", "c"]
            assert "numerator_children" not in families(table, period=YEAR).exact()


def test_each_measure_is_the_one_it_says():
    table, referrals = cases(opened("a", "2020-06-01")), referred(("a", "2020-06-01"))
    found = [
        *(f(table, census_date=LATER).measure.name for f in (eh.children_open, eh.families_open, eh.episodes_open, eh.family_not_known, eh.not_allocated)),
        *(f(table, period=YEAR).measure.name for f in (
            eh.children_starting, eh.families_starting, eh.episodes_starting, eh.children_ending, eh.families_ending, eh.episodes_ending,
            eh.sources, eh.step_downs, eh.outcomes, eh.needs_met, eh.step_ups, eh.days_in_early_help, eh.days_to_allocation,
            eh.days_to_contact)),
        *(f(table, period=YEAR, known_until=LATER).measure.name for f in (eh.contact_in_time, eh.reopened_within_12_months)),
        eh.not_referred_within_12_months(table, referrals, period=YEAR, known_until=LATER).measure.name,
    ]  # fmt: skip
    assert found == list(eh.MEASURES)
    assert dir(eh) == eh.__all__ and len(eh.__all__) == len(eh.MEASURES)


def test_sources_and_outcomes_are_counted_whole():
    table = cases(
        opened("a", "2020-05-01", "2020-06-01", came_from="STEP_DOWN", outcome="NEEDS_MET"),
        opened("b", "2020-05-01", "2020-06-01", came_from="SELF", outcome="DISENGAGED"),
        opened("c", "2020-05-01", "2020-06-01", came_from="HOUSING", outcome="MOVED"),
        opened("d", "2020-05-01", "2020-06-01", came_from="POLICE", outcome="OTHER"),
        opened("e", "2020-05-01", "2020-06-01", came_from="HEALTH", outcome="STEP_UP"),
        opened("f", "2020-05-01", "2020-06-01", came_from="OTHER"),
        opened("g", "2020-05-01"),
    )
    assert by(eh.sources(table, period=YEAR), "came_from") == {
        "Social care, step-down": 1, "The family itself": 1, "School or early years": 0, "Health": 1, "Police": 1,
        "Housing": 1, "Another service of the council": 0, "Other": 1, "Not known": 1,
    }  # fmt: skip
    assert by(eh.outcomes(table, period=YEAR), "outcome") == {
        "Needs met": 1, "Social care, step-up": 1, "The family did not go on": 1, "Moved away": 1, "Other": 1, "Not known": 1,
    }  # fmt: skip
    assert counts(eh.step_downs(table, period=YEAR)) == (1, 6)
    assert counts(eh.needs_met(table, period=YEAR)) == counts(eh.step_ups(table, period=YEAR)) == (1, 5)
    with recorded():
        named = row(eh.step_ups(table, period=YEAR))
    assert named["numerator_children"] == ["e"] and named["denominator_children"] == list("abcde")


def test_shares_by_lead():
    table = cases(
        opened("a", "2020-05-01", "2020-06-01", lead="COUNCIL", outcome="NEEDS_MET"),
        opened("b", "2020-05-01", "2020-06-01", lead="COUNCIL", outcome="STEP_UP"),
        opened("c", "2020-05-01", "2020-06-01", lead="PARTNER", outcome="NEEDS_MET"),
    )
    met, up = (by(f(table, period=YEAR, by=["lead"]), "lead") for f in (eh.needs_met, eh.step_ups))
    assert (met["Council"], met["Partner"]) == (50, 100) and (up["Council"], up["Partner"]) == (50, 0)
    assert pd.isna(met["Not known"]) and pd.isna(up["Not known"])


# --- days ------------------------------------------------------------------------------------------------------------


def test_days_are_of_the_period_in_which_they_end_and_never_negative():
    table = cases(
        opened("a", "2019-05-01", "2020-04-01", allocated="2020-04-02", contact="2020-04-01", lead="COUNCIL"),
        opened("b", "2020-05-01", "2020-05-01", allocated="2020-05-01", contact="2020-05-01", lead="PARTNER"),
        opened("c", "2020-05-01", "2021-04-01", allocated="2021-04-01", contact="2021-04-02", lead="PARTNER"),
        opened("d", "2020-05-01", allocated="2020-04-30", contact="2020-06-30", lead="COUNCIL"),
    )
    days, allocation, contact = (
        row(f(table, period=YEAR)) for f in (eh.days_in_early_help, eh.days_to_allocation, eh.days_to_contact)
    )
    assert (days["value"], days["denominator"]) == (168, 2)  # 336 and 0
    assert (allocation["value"], allocation["denominator"]) == (168.5, 2)  # 337 and 0; d's lies before the start
    assert (contact["value"], contact["denominator"]) == (30.5, 2)  # 0 and 61; a's lies before the allocation
    assert by(eh.days_in_early_help(table, period=YEAR, by=["lead"]), "lead")["Council"] == 336
    assert by(eh.days_to_allocation(table, period=YEAR, by=["lead"]), "lead")["Partner"] == 0
    assert by(eh.days_to_contact(table, period=YEAR, by=["lead"]), "lead")["Council"] == 61
    with recorded():
        assert row(eh.days_in_early_help(table, period=YEAR))["denominator_children"] == ["a", "b"]


def test_a_contact_in_time_is_one_within_three_days_and_the_last_days_are_not_known_yet():
    until = pd.Timestamp("2021-03-31")
    table = cases(
        *(
            opened(f"c{days}", "2020-06-01", allocated="2020-06-10", contact=f"2020-06-{10 + days}")
            for days in (0, 3, 4)
        ),
        opened("before", "2020-06-01", allocated="2020-06-10", contact="2020-06-09"),
        opened("never", "2020-06-01", allocated="2021-03-28"),
        opened("too late to tell", "2020-06-01", allocated="2021-03-29"),
        opened("not allocated", "2020-06-01", contact="2020-06-02"),
    )
    assert counts(eh.contact_in_time(table, period=YEAR, known_until=until)) == (3, 5)
    assert counts(eh.contact_in_time(table, period=YEAR, known_until=until, within_days=4)) == (4, 4)
    assert counts(eh.contact_in_time(table, period=YEAR, known_until=until, within_days=0)) == (2, 6)
    frame = eh.contact_in_time(table.assign(lead="PARTNER"), period=YEAR, known_until=until, by=["lead"])
    assert by(frame, "lead")["Partner"] == 60


# --- afterwards ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ended", "next_start", "again"),
    [
        ("2020-06-01", "2020-06-01", 1),  # the same day
        ("2020-06-01", "2021-06-01", 1),
        ("2020-06-01", "2021-06-02", 0),
        ("2020-06-01", "2020-05-31", 0),  # had begun before
        ("2021-02-28", "2022-02-28", 1),
        ("2021-02-28", "2022-03-01", 0),
    ],
)
def test_early_help_that_begins_again(ended, next_start, again):
    table = cases(opened("a", "2020-01-01", ended), opened("a", next_start), opened("b", next_start))
    assert counts(eh.reopened_within_12_months(table, period=YEAR, known_until=LATER)) == (again, 1)


@pytest.mark.parametrize(("next_start", "again"), [("2021-02-28", 1), ("2021-03-01", 0)])
def test_a_year_after_29_february_is_28_february(next_start, again):
    table = cases(opened("a", "2020-01-01", "2020-02-29"), opened("a", next_start))
    period = Period.parse("2019-20")
    assert counts(eh.reopened_within_12_months(table, period=period, known_until=LATER)) == (again, 1)


def test_an_episode_of_one_day_is_not_followed_by_itself():
    table = cases(
        opened("a", "2020-06-01", "2020-06-01"), opened("b", "2020-06-01", "2020-06-01"), opened("b", "2020-09-01")
    )
    assert counts(eh.reopened_within_12_months(table, period=YEAR, known_until=LATER)) == (1, 2)


def test_what_cannot_be_followed_for_12_months_is_left_out():
    table = cases(
        opened("a", "2020-01-01", "2020-06-01"), opened("b", "2020-01-01", "2020-06-02"), opened("b", "2020-07-01")
    )
    until = pd.Timestamp("2021-06-01")
    assert counts(eh.reopened_within_12_months(table, period=YEAR, known_until=until)) == (0, 1)
    table = table.assign(early_help_outcome="NEEDS_MET", lead="COUNCIL")
    referrals = referred(("a", "2020-06-01"))
    result = eh.not_referred_within_12_months(table, referrals, period=YEAR, known_until=until)
    assert counts(result) == (0, 1)
    by_lead = eh.not_referred_within_12_months(table, referrals, period=YEAR, known_until=LATER, by=["lead"])
    assert by(by_lead, "lead")["Council"] == 50
    again = eh.reopened_within_12_months(table, period=YEAR, known_until=LATER, by=["lead"])
    assert by(again, "lead")["Council"] == 50


@pytest.mark.parametrize(
    ("referral", "not_referred"),
    [("2020-05-31", 1), ("2020-06-01", 0), ("2021-06-01", 0), ("2021-06-02", 1), (None, 1)],
)
def test_a_referral_from_the_day_of_the_end_to_the_same_day_of_the_next_year(referral, not_referred):
    table = cases(
        opened("a", "2020-01-01", "2020-06-01", outcome="MOVED"),
        opened("b", "2020-01-01", "2020-06-01", outcome="STEP_UP"),
    )
    referrals = referred(("a", referral), ("b", "2020-06-01"))
    result = eh.not_referred_within_12_months(table, referrals, period=YEAR, known_until=LATER)
    assert counts(result) == (not_referred, 1)


def test_closures_without_an_outcome_are_followed_too():
    table = cases(opened("a", "2020-01-01", "2020-06-01"))
    result = eh.not_referred_within_12_months(table, referred(("z", "2020-06-01")), period=YEAR, known_until=LATER)
    assert counts(result) == (1, 1)


def test_the_first_of_several_referrals_counts():
    table = cases(opened("a", "2020-01-01", "2020-06-01", outcome="MOVED"))
    referrals = referred(("a", "2023-01-01"), ("a", "2020-07-01"), ("a", "2019-01-01"))
    with recorded():
        found = row(eh.not_referred_within_12_months(table, referrals, period=YEAR, known_until=LATER))
    assert (found["numerator"], found["numerator_children"], found["denominator_children"]) == (0, [], ["a"])


# --- properties and a plain loop -------------------------------------------------------------------------------------

SPELLS = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.integers(0, 800), st.integers(0, 300) | st.none(), st.sampled_from(["f", "g", None])
    ),
    max_size=8,
)


@settings(max_examples=10, deadline=None)
@given(SPELLS, st.integers(0, 900))
def test_episodes_open_are_those_before_plus_starts_less_ends(spells, at):
    first = date(2020, 1, 1)
    rows = [
        opened(child, str(first + timedelta(start)), length if length is None else str(first + timedelta(start + length)), family=family)
        for child, start, length, family in spells
    ]  # fmt: skip
    table = cases(*rows) if rows else cases(opened("a", "2020-01-01")).iloc[:0]
    period = Period.span(pd.Timestamp(first + timedelta(at)), pd.Timestamp(first + timedelta(at + 60)))
    before = period.start - pd.Timedelta(days=1)
    open_before, open_after = values(eh.episodes_open(table, census_date=[before, period.end]))
    starts, ends = (values(f(table, period=period))[0] for f in (eh.episodes_starting, eh.episodes_ending))
    assert open_after == open_before + starts - ends
    children, families = (values(f(table, census_date=period.end))[0] for f in (eh.children_open, eh.families_open))
    unknown = values(eh.family_not_known(table, census_date=period.end))[0]
    assert max(families, children) <= open_after and unknown <= children


@pytest.fixture(scope="module")
def seeded() -> pd.DataFrame:
    draw = random.Random(3)
    rows, first = {}, date(2018, 1, 1)
    for _ in range(400):
        start = first + timedelta(draw.randrange(1400))
        end = start + timedelta(draw.randrange(0, 500)) if draw.random() < 0.8 else None
        child = draw.randrange(150)
        allocated = start + timedelta(draw.randrange(9)) if draw.random() < 0.8 else None
        contact = allocated + timedelta(draw.randrange(7)) if allocated and draw.random() < 0.9 else None
        rows[child, start] = {
            "child": f"c{child}", "family": f"f{child // 2}" if child % 7 else None, "start": start, "end": end,
            "allocated": allocated, "contact": contact, "lead": draw.choice(["COUNCIL", "PARTNER", None]),
            "outcome": draw.choice(["NEEDS_MET", "STEP_UP", "MOVED", None]) if end else None,
            "came_from": draw.choice(["STEP_DOWN", "SCHOOL", None]),
        }  # fmt: skip
    return cases(*rows.values())


def test_a_plain_loop_counts_the_same(seeded):
    rows = seeded.to_dict("records")
    for day in pd.to_datetime(["2019-03-31", "2020-02-29", "2021-03-31"]):
        open_rows = [
            r
            for r in rows
            if r["early_help_start"] <= day and (pd.isna(r["early_help_end"]) or r["early_help_end"] > day)
        ]
        assert values(eh.episodes_open(seeded, census_date=day)) == [len(open_rows)]
        assert values(eh.children_open(seeded, census_date=day)) == [len({r["child_id"] for r in open_rows})]
        families = {r["family_id"] for r in open_rows if pd.notna(r["family_id"])}
        assert values(eh.families_open(seeded, census_date=day)) == [len(families)]
        waiting = {r["child_id"] for r in open_rows if pd.isna(r["allocated_on"]) or r["allocated_on"] > day}
        assert values(eh.not_allocated(seeded, census_date=day)) == [len(waiting)]
        for lead, word in (("COUNCIL", "Council"), ("PARTNER", "Partner"), (None, "Not known")):
            led = {r["child_id"] for r in open_rows if (r["lead"] if pd.notna(r["lead"]) else None) == lead}
            assert by(eh.children_open(seeded, census_date=day, by=["lead"]), "lead")[word] == len(led)


def test_a_plain_loop_follows_the_same(seeded):
    rows, until = seeded.to_dict("records"), pd.Timestamp("2021-12-31")
    draw = random.Random(5)
    referrals = referred(
        *((f"c{draw.randrange(150)}", str(date(2018, 1, 1) + timedelta(draw.randrange(1500)))) for _ in range(120))
    )
    referral_days = referrals.groupby("child_id")["referral_date"].agg(list).to_dict()
    for period in (Period.parse(code) for code in ("2018-19", "2019-20", "2020-21")):
        ended = [
            r for r in rows
            if period.start <= r["early_help_end"] <= period.end and r["early_help_end"] + pd.DateOffset(years=1) <= until
        ]  # fmt: skip
        again = [
            any(
                o is not r and o["child_id"] == r["child_id"]
                and r["early_help_end"] <= o["early_help_start"] <= r["early_help_end"] + pd.DateOffset(years=1)
                for o in rows
            )
            for r in ended
        ]  # fmt: skip
        assert counts(eh.reopened_within_12_months(seeded, period=period, known_until=until)) == (
            sum(again),
            len(again),
        )
        others = [r for r in ended if r["early_help_outcome"] != "STEP_UP"]
        quiet = [
            not any(
                r["early_help_end"] <= when <= r["early_help_end"] + pd.DateOffset(years=1)
                for when in referral_days.get(r["child_id"], [])
            )
            for r in others
        ]
        result = eh.not_referred_within_12_months(seeded, referrals, period=period, known_until=until)
        assert counts(result) == (sum(quiet), len(quiet))


def test_order_of_rows_does_not_matter_and_the_table_is_left_alone(seeded):
    shuffled = seeded.sample(frac=1, random_state=1)
    before = shuffled.copy()
    for result in (
        lambda t: eh.children_open(t, census_date=pd.Timestamp("2020-03-31"), by=["lead"]),
        lambda t: eh.reopened_within_12_months(t, period=YEAR, known_until=LATER),
        lambda t: eh.days_in_early_help(t, period=YEAR, by=["lead"]),
    ):
        pd.testing.assert_frame_equal(result(seeded).exact(), result(shuffled).exact())
    pd.testing.assert_frame_equal(shuffled, before)
