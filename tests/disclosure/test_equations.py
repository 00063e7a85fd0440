"""What printed figures say as equations: each kind of clue and each definition, worked out by hand on a few numbers."""

import pytest

from analysis_lib.disclosure.clues import adds_up
from analysis_lib.disclosure.equations import (
    Quantity,
    Relations,
    believable,
    equations,
    exact_numbers,
    is_true,
    number_of,
    solved,
    with_true_growth,
)
from analysis_lib.disclosure.printed import DENOMINATOR, INTERVAL, NUMERATOR, PUBLISHED_MARK, VALUE, PrintedFigure
from analysis_lib.groupings import read_groupings
from analysis_lib.policy import ROUNDED, DisclosurePolicy
from analysis_lib.results import ADDS, GROWS, Measure

NUMBERS = {"threshold": 6, "min_percentage_base": 10, "min_average_base": 10, "min_quartile_base": 20}
POLICY = DisclosurePolicy.alike(**NUMBERS)
TO_FIVE = DisclosurePolicy.alike(profile=ROUNDED, **NUMBERS)
DAY, YEAR = "/2021-09-30", "2021-04-01/2022-03-31"
FIRST, HALF, SECOND = "2021-04-01/2021-06-30", "2021-04-01/2021-09-30", "2021-07-01/2021-09-30"
SPANS = {FIRST: "first", HALF: "half", SECOND: "second", YEAR: "year"}
GROUPINGS = read_groupings("""
identifying = ["sex", "age", "ethnic_group"]
sensitive = ["status", "grade"]
lasting = ["sex"]
estimated = ["curve"]

[made_of.age]
"10-14" = ["10-13", "14"]
"10-15" = ["10-14", "15"]
"14 and 15" = ["14", "15"]

[inside.grade]
"5 or above" = ["4 or above"]

[[same]]
number = "adopted"
as = "leavers?status=Adopted"

[[same]]
number = "wait/base"
as = "waiting"

[[sums]]
total = "gap/base?sex=known"
parts = ["cases?sex=Female", "cases?sex=Male"]

[[sums]]
total = "events?status=*"
parts = ["events_known?status=*", "events_unknown?status=*"]

[[same]]
number = "gap/base?sex=*"
as = "gap/base?sex=known"

[[parts]]
part = "late?status=*"
of = "events?status=*"
""")


def measure(name, unit="children", **facts):
    return Measure(name, name, "Those counted.", unit, "neither", "a test", **facts)


MEASURES = {
    each.name: each
    for each in (
        measure("cases"),
        measure("cases_by", base="cases"),
        measure("share", "%"),
        measure("share_of_cases", "%", counts="cases", base="cases"),
        measure("gap", "percentage points", counts="cases"),
        measure("rate", "per 10,000"),
        measure("each", "ratio", base="cases"),
        measure("odds", "ratio"),
        measure("wait", "days"),
        measure("curve", "%"),
        measure("events", over_time=ADDS),
        measure("events_share", "%", base="events", over_time=ADDS),
        measure("events_known", over_time=ADDS),
        measure("events_unknown", over_time=ADDS),
        measure("children", over_time=GROWS, part_of=("events",)),
        measure("late", "%", part_of=("events",)),
        measure("later", "%", part_of=("late",)),
        measure("stock", moved_by=("come", "gone")),
        measure("come", over_time=ADDS),
        measure("gone", over_time=ADDS),
        measure("leavers"),
        measure("adopted", "%"),
        measure("waiting"),
        measure("carried", carried=True),
    )
}


def relations(policy=POLICY):
    return Relations(MEASURES, GROUPINGS, policy)


def figure(name, text="", span=DAY, what=VALUE, parts="", beside=0.0, **groups):
    start, end = span.split("/")
    return PrintedFigure(
        name, tuple(sorted(groups.items())), start, end, what, text, tuple(filter(None, parts.split(","))), beside
    )


def of(*figures, policy=POLICY):
    return equations(figures, relations(policy))


def words(quantity):
    """A quantity in short: "cases(sex=Female) half"; the last word is its period, where it has one."""
    groups = ",".join(f"{column}={value}" for column, value in quantity.groups)
    days = f"{quantity.start}/{quantity.end}"
    span = f" {SPANS.get(days, days)}" if quantity.start else ""
    role = f" {quantity.role.split()[0]}" if quantity.role else ""
    return f"{quantity.name}{f'({groups})' if groups else ''}{span}{role}"


def sums(told):
    """What holds by definition, in short: "cases = cases(sex=Female) + cases(sex=Male)"."""
    found = set()
    for clue in told.definitions:
        assert (clue.low, clue.high) == (0, 0)
        plus = sorted(words(cell) for cell, factor in clue.terms if factor == 1)
        (total,) = [words(cell) for cell, factor in clue.terms if factor == -1]
        found.add(f"{total} = {' + '.join(plus)}")
    return found


def clues(one, policy=POLICY):
    """The clues of a figure in short: ({cell: factor}, low, high)."""
    (told,) = of(one, policy=policy).clues.values()
    return [({words(cell): factor for cell, factor in clue.terms}, clue.low, clue.high) for clue in told]


def secrets(told):
    return {words(cell) for cell in told.candidates}


# What is printed


def test_a_count_is_told_as_it_is():
    assert clues(figure("cases", "1,135")) == [({"cases": 1}, 1135, 1135)]
    assert clues(figure("cases", "0", sex="Female")) == [({"cases(sex=Female)": 1}, 0, 0)]


@pytest.mark.parametrize("text", ["c", "x", "z", "u", ""])
def test_a_symbol_tells_nothing(text):
    assert clues(figure("cases", text)) == []


def test_half_days_are_a_sum_and_only_limits_are_told():
    assert clues(figure("cases", "12.5")) == [({"cases": 1}, 12, 13)]


@pytest.mark.parametrize(("text", "low", "high"), [("20", 18, 22), ("5", 6, 7), ("0", 0, 0), ("17", 17, 17)])
def test_a_rounded_count_tells_which_it_may_be_and_an_exact_one_is_from_before(text, low, high):
    assert clues(figure("cases", text), TO_FIVE) == [({"cases": 1}, low, high)]


def holds(one, numbers, policy=POLICY):
    """Whether what a figure tells is true of `numbers` (by short name)."""
    (told,) = of(one, policy=policy).clues.values()
    known = {cell: numbers[words(cell)] for clue in told for cell, _ in clue.terms}
    return all(is_true(clue, known) for clue in told)


@pytest.mark.parametrize(
    ("text", "above", "below", "is_so"),
    [
        ("33%", 4, 12, True),
        ("33%", 5, 15, True),
        ("33%", 4, 13, False),
        ("33.3%", 4, 12, True),
        ("33.3%", 34, 102, True),
        ("33.3%", 34, 103, False),
        ("13%", 1, 8, True),  # 12.5: halves go up
        ("12%", 1, 8, False),
        ("0%", 0, 10, True),
        ("0%", 0, 0, False),  # of nobody there is no percentage
        ("100%", 10, 10, True),
        ("100%", 9, 10, False),
    ],
)
def test_a_percentage_tells_what_goes_with_which_base(text, above, below, is_so):
    numbers = {"share": above, "share/base": below}
    assert holds(figure("share", text), numbers) is is_so


def test_a_gap_is_a_percentage_with_the_published_share_beside_it():
    gap = figure("gap", "+33", beside=51.5, sex="Male")  # 84.5% of those of known sex
    assert holds(gap, {"cases(sex=Male)": 160, "gap/base(sex=known)": 190})
    assert holds(gap, {"cases(sex=Male)": 11, "gap/base(sex=known)": 13})
    assert not holds(gap, {"cases(sex=Male)": 159, "gap/base(sex=known)": 190})
    down = figure("gap", "-33", beside=48.5, sex="Female")
    assert holds(down, {"cases(sex=Female)": 30, "gap/base(sex=known)": 190})
    assert not holds(down, {"cases(sex=Female)": 31, "gap/base(sex=known)": 190})


def test_a_rate_on_a_public_population_is_a_count():
    assert clues(figure("rate", "3.8", beside=8000)) == [({"rate": 1}, 3, 3)]
    assert clues(figure("rate", "38", beside=8000)) == [({"rate": 1}, 30, 30)]
    assert clues(figure("rate", "38", beside=80000)) == [({"rate": 1}, 300, 308)]
    assert clues(figure("rate", "38")) == []


def test_a_ratio_of_two_counts_is_told_by_itself_and_one_of_rates_with_their_populations():
    assert holds(figure("each", "1.5"), {"each": 15, "cases": 10})
    assert not holds(figure("each", "1.5"), {"each": 16, "cases": 10})
    odds = figure("odds", "5.0", beside=0.941748)  # 48.5% girls and 51.5% boys
    assert holds(odds, {"odds": 160, "odds/base": 30})
    assert not holds(odds, {"odds": 157, "odds/base": 30}) and not holds(odds, {"odds": 161, "odds/base": 30})
    assert not holds(odds, {"odds": 160, "odds/base": 0})


def test_numbers_above_and_below_the_line_are_counts():
    above = figure("share_of_cases", "12", what=NUMERATOR, parts="sex", sex="Female")
    below = figure("share_of_cases", "60", what=DENOMINATOR, parts="sex", sex="Female")
    assert clues(above) == [({"cases(sex=Female)": 1}, 12, 12)]
    assert clues(below) == [({"cases": 1}, 60, 60)]


def test_what_tells_nothing_of_a_count():
    assert clues(figure("wait", "126")) == []
    assert clues(figure("curve", "42%")) == []
    assert clues(figure("share", "42%"), TO_FIVE) == []
    assert clues(figure("share", "32% to 51%", what=INTERVAL)) == []


def test_figures_of_others_are_not_ours():
    published = PrintedFigure("cases", (PUBLISHED_MARK,), "", "2021-09-30", VALUE, "44")
    told = of(published, figure("carried", "45"))
    assert (told.clues, told.definitions, told.candidates) == ({}, (), {})


@pytest.mark.parametrize(
    ("text", "number", "decimals"),
    [("1,135", 1135, 0), ("42%", 42, 0), ("8.3%", 8.3, 1), ("+37.25", 37.25, 2), ("-5", -5, 0), ("c", None, 0)],
)
def test_a_printed_number_is_read(text, number, decimals):
    found, places = number_of(text)
    assert (found if found is None else float(found), places) == (number, decimals)


def test_a_text_that_is_no_number_is_refused():
    with pytest.raises(ValueError):
        number_of("3 of 4")


# Shares and their bases


def test_a_share_and_its_rest_make_up_the_base_and_all_three_are_secret():
    told = of(figure("share", "42%", sex="Female"))
    assert sums(told) == {"share/base(sex=Female) = share(sex=Female) + share(sex=Female) the"}
    assert secrets(told) == {"share(sex=Female)", "share(sex=Female) the", "share/base(sex=Female)"}


def test_a_share_of_an_own_number_has_that_number_for_a_base():
    assert sums(of(figure("share_of_cases", "42%", parts="sex", sex="Female"))) == {
        "cases = cases(sex=Female) + cases(sex=Female) the",
        "cases = cases(sex=Female)",  # the only part that is printed
    }


@pytest.mark.parametrize("text", ["x", "z", "u"])
def test_a_row_without_a_figure_is_no_part_of_the_base_beside_it(text):
    rows = [figure("gap", "+33", beside=51.5, sex="Male"), figure("gap", text, sex="Not known")]
    counts = [figure("gap", "3", what=NUMERATOR, sex="Not known"), figure("gap", "190", what=DENOMINATOR, sex="Male")]
    told = of(*rows, *counts)
    assert sums(told) == {"gap/base(sex=known) = cases(sex=Male) + cases(sex=Male) the"}
    assert "cases(sex=Not known)" in secrets(told)


def test_a_hidden_row_is_part_of_the_base():
    assert len(sums(of(figure("gap", "c", sex="Male")))) == 1


def test_an_average_and_a_ratio_are_no_part_of_a_base():
    assert sums(of(figure("wait", "126"), figure("each", "1.5"))) == set()


# Breakdowns


def test_the_groups_of_a_breakdown_add_up_to_its_total():
    rows = [figure("cases", text, parts="sex", sex=sex) for sex, text in (("Female", "20"), ("Male", "c"))]
    assert sums(of(*rows)) == {"cases = cases(sex=Female) + cases(sex=Male)"}


def test_the_total_of_a_measure_with_a_base_is_that_base():
    rows = [figure("cases_by", "20", parts="sex", sex=sex) for sex in ("Female", "Male")]
    assert sums(of(*rows)) == {"cases = cases_by(sex=Female) + cases_by(sex=Male)"}


def test_groups_that_add_up_to_nothing_are_no_breakdown():
    assert sums(of(figure("cases", "20", sex="Female"), figure("cases", "40", sex="Male"))) == set()


def test_a_breakdown_within_a_group_adds_up_to_that_group():
    rows = [figure("cases", "20", parts="age", sex="Female", age=age) for age in ("14", "15")]
    assert sums(of(*rows)) == {"cases(sex=Female) = cases(age=14,sex=Female) + cases(age=15,sex=Female)"}


def test_a_table_both_ways_adds_up_to_all():
    rows = [figure("cases", "20", parts="age,sex", sex=sex, age=age) for sex in ("F", "M") for age in ("14", "15")]
    assert sums(of(*rows)) == {
        "cases = cases(age=14,sex=F) + cases(age=14,sex=M) + cases(age=15,sex=F) + cases(age=15,sex=M)"
    }


def test_a_merged_group_is_the_sum_of_those_that_it_is_made_of_and_merges_may_overlap():
    one = [figure("cases", "30", parts="age", age=age) for age in ("10-15", "16")]
    other = [figure("cases", "30", parts="age", age=age) for age in ("10-13", "14 and 15", "16")]
    assert sums(of(*one, *other)) == {
        "cases(age=10-15) = cases(age=10-13) + cases(age=14) + cases(age=15)",
        "cases(age=14 and 15) = cases(age=14) + cases(age=15)",
        "cases = cases(age=10-13) + cases(age=14) + cases(age=15) + cases(age=16)",
    }


def test_breakdowns_of_two_measures_with_one_base_are_not_mixed():
    rows = [figure("cases_by", "9", parts="sex", sex=sex) for sex in ("F", "M")]
    rows += [figure("share_of_cases", "9%", parts="sex", sex=sex) for sex in ("F", "M")]
    assert {"cases = cases_by(sex=F) + cases_by(sex=M)", "cases = cases(sex=F) + cases(sex=M)"} <= sums(of(*rows))


def test_an_estimated_percentage_is_no_share_of_anything():
    assert sums(of(figure("curve", "42%", parts="sex", sex="F"), figure("curve", "58%", parts="sex", sex="M"))) == set()


# Sums and names of the groupings


def test_what_adds_up_by_the_groupings_does_where_all_of_it_is_spoken_of():
    three = [figure(name, "20", HALF, status="A") for name in ("events", "events_known", "events_unknown")]
    assert sums(of(*three)) == {"events(status=A) half = events_known(status=A) half + events_unknown(status=A) half"}
    assert sums(of(*three[:2])) == set()


def test_a_base_may_be_the_total_of_a_sum():
    rows = [figure("gap", "+33", beside=51.5, sex="Male"), figure("gap", "-33", beside=48.5, sex="Female")]
    assert "gap/base(sex=known) = cases(sex=Female) + cases(sex=Male)" in sums(of(*rows))


def test_a_number_by_several_names_is_one():
    assert clues(figure("adopted", "7", what=NUMERATOR)) == clues(figure("leavers", "7", status="Adopted"))
    assert clues(figure("wait", "12", what=DENOMINATOR)) == clues(figure("waiting", "12"))


# Groups in groups


def test_a_value_inside_another_leaves_a_difference_that_is_secret():
    told = of(figure("cases", "20", grade="5 or above"), figure("cases", "23", grade="4 or above"))
    assert sums(told) == {"cases(grade=4 or above) = cases(grade=4 or above) not + cases(grade=5 or above)"}
    assert "cases(grade=4 or above) not" in secrets(told)


def test_the_difference_is_no_secret_where_the_policy_says_so():
    open_policy = DisclosurePolicy.alike(protect_nested=False, **NUMBERS)
    told = of(figure("cases", "20", grade="5 or above"), figure("cases", "23", grade="4 or above"), policy=open_policy)
    assert len(told.definitions) == 1 and "cases(grade=4 or above) not" not in secrets(told)


def test_children_are_part_of_their_events_and_parts_of_the_wholes_of_the_groupings():
    told = of(figure("children", "9", HALF, sex="F"), figure("events", "12", HALF, sex="F"))
    assert sums(told) == {"events(sex=F) half = children(sex=F) half + events(sex=F) half not"}
    told = of(figure("late", "20%", HALF, status="A"), figure("events", "12", HALF, status="A"))
    assert "events(status=A) half = events(status=A) half not + late(status=A) half" in sums(told)


def test_the_base_of_a_share_is_part_of_a_count_that_holds_it_and_not_of_another_share():
    told = sums(of(figure("late", "20%", HALF), figure("events", "12", HALF), figure("later", "10%", HALF)))
    span = " half"
    assert {
        f"events{span} = events{span} not + late{span}",
        f"events{span} = events{span} not + late/base{span}",
        f"late{span} = late{span} not + later{span}",
    } <= told
    assert not any("later/base" in each and each.startswith("late half") for each in told)


# Over time


def test_children_of_a_period_are_children_of_a_longer_one_and_the_newcomers_are_secret():
    told = of(figure("children", "20", FIRST, sex="F"), figure("children", "23", HALF, sex="F"))
    assert sums(told) == {"children(sex=F) half = children(sex=F) first + children(sex=F) half not"}
    assert told.growth == frozenset(told.definitions)
    assert "children(sex=F) half not" in secrets(told)


def test_only_the_longest_period_inside_is_compared():
    told = of(*(figure("children", "20", span, sex="F") for span in (FIRST, HALF, YEAR)))
    assert len(told.definitions) == 2


def test_children_of_an_age_do_not_grow_with_the_period():
    assert of(figure("children", "20", FIRST, age="14"), figure("children", "18", HALF, age="14")).definitions == ()


def test_growth_that_the_numbers_contradict_is_dropped_and_nothing_else():
    figures = [figure("children", "20", FIRST, sex="F"), figure("children", "18", HALF, sex="F")]
    figures += [figure("children", "20", HALF, parts="sex", sex=sex) for sex in ("F", "M")]
    figures += [figure("children", "31", HALF)]
    told = of(*figures)
    kept = with_true_growth(told, exact_numbers(told.told[:2] + told.told[-1:]))
    assert len(told.definitions) - len(kept.definitions) == 1 and kept.growth == frozenset()
    assert sums(kept) == {"children half = children(sex=F) half + children(sex=M) half"}
    wrong = {cell: 99 for clue in kept.definitions for cell, _ in clue.terms}
    assert with_true_growth(kept, wrong).definitions == kept.definitions  # that is for others to find


def test_events_of_periods_add_up_and_those_of_the_piece_between_are_secret():
    told = of(figure("events", "20", FIRST, sex="F"), figure("events", "23", HALF, sex="F"))
    assert sums(told) == {"events(sex=F) half = events(sex=F) first + events(sex=F) second"}
    assert "events(sex=F) second" in secrets(told)
    assert told.growth == frozenset()


def test_rolling_years_are_taken_apart_where_they_overlap():
    told = of(figure("events", "20", "2020-07-01/2021-06-30"), figure("events", "23", "2020-10-01/2021-09-30"))
    assert sums(told) == {
        "events 2020-07-01/2021-06-30 = events 2020-07-01/2020-09-30 + events 2020-10-01/2021-06-30",
        "events 2020-10-01/2021-09-30 = events 2020-10-01/2021-06-30 + events second",
    }


def test_a_piece_has_the_breakdown_and_the_rest_of_its_periods():
    rows = [figure("events_share", "40%", span, parts="sex", sex=sex) for span in (FIRST, HALF) for sex in ("F", "M")]
    told = of(*rows)
    piece = " second"
    assert f"events{piece} = events_share(sex=F){piece} + events_share(sex=M){piece}" in sums(told)
    assert f"events{piece} = events_share(sex=F){piece} + events_share(sex=F){piece} the" in sums(told)
    assert {f"events_share(sex=F){piece}", f"events_share(sex=F){piece} the"} <= secrets(told)


def test_the_piece_between_two_figures_of_one_number_by_two_measures_is_secret():
    told = of(figure("events", "20", FIRST, sex="F"), figure("events_share", "40%", HALF, sex="F"))
    assert "events(sex=F) half = events(sex=F) first + events(sex=F) second" in sums(told)
    assert "events(sex=F) second" in secrets(told)


def test_a_stock_is_the_one_before_with_what_came_less_what_left():
    figures = [figure("stock", "20", "/2021-06-30"), figure("stock", "22")]
    flows = [figure("come", "9", SECOND), figure("gone", "7", SECOND)]
    (clue,) = of(*figures, *flows).definitions
    (after, _), (before, _), *moves = clue.terms
    assert (after.end, before.end) == ("2021-09-30", "2021-06-30") and (clue.low, clue.high) == (0, 0)
    assert [factor for _, factor in clue.terms] == [1, -1, -1, 1]
    assert [words(cell) for cell, _ in moves] == ["come second", "gone second"]
    assert of(*figures, *flows[:1]).definitions == ()
    assert of(*figures, figure("come", "9", HALF), figure("gone", "7", HALF)).definitions == ()


# What follows


A, B, C, D = (Quantity(name, (), "", "2021-09-30") for name in "abcd")


def test_what_follows_one_unknown_at_a_time_is_found():
    assert solved({A: 10, B: 4}, [adds_up(C, (D, B)), adds_up(A, (B, C))]) == {A: 10, B: 4, C: 6, D: 2}
    assert solved({A: 10}, [adds_up(A, (B, C))]) == {A: 10}


def test_what_does_not_hold_for_the_numbers_is_not_believed():
    told = of(figure("cases", "20", grade="5 or above"), figure("cases", "18", grade="4 or above"))
    assert believable(told, exact_numbers(told.told)).definitions == ()
    assert believable(told, {}).definitions == told.definitions


def test_equations_do_not_hang_on_the_order_of_a_set():
    rows = [figure("gap", "+33", beside=51.5, sex=sex) for sex in ("Male", "Female")]
    rows += [
        figure(name, "9", HALF, status=status)
        for status in "AB"
        for name in ("events", "events_known", "events_unknown")
    ]
    found = [[*told.definitions, *told.candidates] for told in (of(*rows), of(*reversed(rows)))]
    assert set(found[0]) == set(found[1])
    totals = [words(clue.terms[-1][0]) for clue in of(*rows).definitions if len(clue.terms) == 3]
    assert totals[-2:] == ["events(status=A) half", "events(status=B) half"]  # as the rows stand
