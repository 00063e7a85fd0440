"""The gate: boundary triples around each threshold, and what each edition shows."""

import random
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.disclosure import Gate, release
from analysis_lib.disclosure.equations import Relations
from analysis_lib.disclosure.printed import DENOMINATOR, NUMERATOR, VALUE, PrintedFigure
from analysis_lib.errors import DisclosureError, UsageError
from analysis_lib.groupings import groupings
from analysis_lib.metrics.counting import build
from analysis_lib.pack.attack import Printed, attack
from analysis_lib.periods import Period
from analysis_lib.policy import ROUNDED, DisclosurePolicy
from analysis_lib.results import ADDS, GROWS, PUBLISHED, Measure, Result

POLICY = DisclosurePolicy.alike(threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20)
QUARTER = Period.parse("2021-22-Q2")
COUNT = Measure("cases", "Cases", "Children on the caseload.", "children", "neither", "local")
SHARE = Measure("share", "Share", "Share of the caseload.", "%", "neither", "local", decimals=1)
RATE = Measure("rate", "Rate", "Rate.", "per 10,000", "neither", "local", decimals=1)
DAYS = Measure("days", "Days", "Days waited.", "days", "lower is better", "local", decimals=1)


def counted(*numbers, parts=()):
    frame = pd.DataFrame({"group": [f"g{i}" for i in range(len(numbers))], "numerator": numbers})
    return build.count(COUNT, frame, groups=["group"], when=QUARTER, parts=parts)


def shared(numerator, denominator):
    return build.proportion(SHARE, pd.DataFrame({"numerator": [numerator], "denominator": [denominator]}), when=QUARTER)


def shown(result, edition="public"):
    return [value.text for value in release(result, edition=edition, policy=POLICY).values()]


def test_counts_of_1_to_5_are_hidden_and_0_and_6_are_not():
    assert shown(counted(0, 1, 5, 6, 1135)) == ["0", "c", "c", "6", "1,135"]


def test_the_restricted_edition_shows_exact_figures_with_decimals():
    assert shown(counted(0, 1, 5, 6), "restricted") == ["0", "1", "5", "6"]
    assert shown(shared(2, 24), "restricted") == ["8.3%"]


def test_the_restricted_edition_keeps_its_figures_at_full_precision_and_the_public_one_has_none():
    gates = {edition: Gate(edition, POLICY, measures={"share": SHARE}) for edition in ("public", "restricted")}
    for gate in gates.values():
        gate.release(shared(7, 24))
    assert gates["public"].results == []
    gates["restricted"].release(shared(0, 0))
    (row, empty) = gates["restricted"].results
    assert row.pop("key") == empty.pop("key") == "share;2021-07-01/2021-09-30;value;;0"
    assert row["value"] == 100 * 7 / 24 and (row["numerator"], row["denominator"]) == (7.0, 24.0)
    assert 0 < row["lower"] < row["value"] < row["upper"] < 100
    assert empty == {"numerator": 0.0, "denominator": 0.0, "symbol": "z"}


@pytest.mark.parametrize(
    ("numerator", "denominator", "text"),
    [
        (0, 9, "c"),
        (0, 10, "0%"),
        (6, 12, "50%"),
        (5, 100, "c"),
        (6, 100, "6%"),
        (95, 100, "c"),
        (94, 100, "94%"),
        (10, 10, "100%"),
        (0, 0, "z"),
    ],
)
def test_percentages_need_a_base_of_10_and_0_or_6_on_both_sides(numerator, denominator, text):
    assert shown(shared(numerator, denominator)) == [text]


def test_a_hidden_percentage_leaves_neither_base_nor_interval():
    row = release(shared(3, 24), edition="public", policy=POLICY).frame.loc[0]
    assert np.isnan(row[["numerator", "denominator", "value", "lower", "upper"]].astype(float)).all()
    assert row["symbol"] == "c"


def test_a_rate_on_a_public_population_is_treated_as_its_count():
    few = build.rate(
        RATE,
        pd.DataFrame({"numerator": [5, 6], "denominator": [8000, 8000], "area": ["a", "b"]}),
        groups=["area"],
        when=QUARTER,
    )
    assert shown(few) == ["c", "7.5"]


@pytest.mark.parametrize(("children", "text"), [(9, "c"), (10, "100"), (0, "z")])
def test_averages_need_ten_children(children, text):
    result = build.mean(DAYS, pd.DataFrame({"days": [100.4] * children}), value="days", when=QUARTER)
    assert shown(result) == [text]


@pytest.mark.parametrize(("children", "q", "text"), [(19, 0.25, "c"), (20, 0.25, "100"), (19, 0.5, "100")])
def test_quartiles_need_twenty(children, q, text):
    result = build.quantile(DAYS, pd.DataFrame({"days": [100.4] * children}), value="days", q=q, when=QUARTER)
    assert shown(result) == [text]


def test_a_single_hidden_part_takes_the_smallest_other_part_with_it():
    assert shown(counted(3, 40, 0, 7, parts=("group",))) == ["c", "40", "0", "c"]


def test_hidden_parts_of_fewer_than_6_together_take_another_with_them():
    assert shown(counted(2, 3, 40, 7, parts=("group",))) == ["c", "c", "40", "c"]
    assert shown(counted(1, 1, 1, parts=("group",))) == ["c", "c", "c"]


def test_each_of_two_hidden_parts_could_be_any_small_number_or_a_third_goes_with_them():
    assert shown(counted(3, 3, 40, 7, parts=("group",))) == ["c", "c", "40", "7"]  # 1 and 5, 2 and 4, 3 and 3, ...
    assert shown(counted(3, 4, 7, 40, parts=("group",))) == ["c", "c", "c", "40"]  # 7 together: neither could be 1
    assert shown(counted(3, 40, 7)) == ["c", "40", "7"]


def test_limits_are_rounded_outward_so_that_they_do_not_give_the_base_away():
    row = release(shared(24, 213), edition="public", policy=POLICY).frame.loc[0]
    assert (row["value"], row["lower"], row["upper"]) == (11, 7, 17)  # exactly 7.68 and 16.22


def test_published_figures_pass_as_they_were_published():
    published = Result(SHARE, shared(7, 8).exact(), origin=PUBLISHED)
    assert shown(published) == ["87.5%"]


def test_an_unknown_edition_is_refused():
    with pytest.raises(UsageError, match="public or restricted"):
        release(counted(1), edition="draft", policy=POLICY)


def test_the_label_names_whose_figures_they_are():
    assert release(counted(7), edition="public", policy=POLICY, label="synthetic").values()[0].origin == "synthetic"


@given(st.lists(st.integers(0, 60), min_size=2, max_size=8))
def test_no_count_of_1_to_5_is_ever_shown_nor_given_by_the_rest(numbers):
    released = release(counted(*numbers, parts=("group",)), edition="public", policy=POLICY)
    values = released.frame["value"]
    assert not values.between(1, 5).any()
    remainder = sum(numbers) - values.sum()
    if any(number in range(1, 6) for number in numbers) and values.gt(0).any():
        assert remainder >= 6 and released.hidden > 1


@given(st.integers(0, 300), st.data())
def test_a_shown_percentage_never_rests_on_few(denominator, data):
    numerator = data.draw(st.integers(0, denominator))
    row = release(shared(numerator, denominator), edition="public", policy=POLICY).frame.loc[0]
    if not np.isnan(row["value"]):
        assert denominator >= 10
        assert numerator not in range(1, 6)
        assert denominator - numerator not in range(1, 6)
        assert row["lower"] <= row["value"] <= row["upper"]


@pytest.mark.parametrize(("base", "text"), [(999, "8%"), (1000, "8%"), (1001, "8.2%")])
def test_a_decimal_needs_a_base_above_1000(base, text):
    assert shown(shared(82 * base // 1000, base)) == [text]


def test_one_small_base_takes_the_decimal_from_the_whole_table():
    two = pd.DataFrame({"group": ["a", "b"], "numerator": [820, 41], "denominator": [10_000, 500]})
    result = build.proportion(SHARE, two, groups=["group"], when=QUARTER)
    assert shown(result) == ["8%", "8%"]


def test_years_that_add_up_to_a_shown_total_are_never_hidden_alone():
    yearly = replace(SHARE, over_time="adds")
    days = pd.DataFrame({"year": [2016, 2017, 2018], "numerator": [8, 9, 3], "denominator": 20})
    days["period_start"], days["period_end"] = (
        pd.to_datetime(days["year"].astype(str) + end) for end in ("-01-01", "-12-31")
    )
    single = build.proportion(yearly, days.drop(columns="year"))
    pooled = days[["numerator", "denominator"]].sum().to_frame().T
    pooled["period_start"], pooled["period_end"] = days["period_start"].min(), days["period_end"].max()
    gate = Gate("public", POLICY, measures={"share": yearly})
    assert [value.text for value in gate.release(build.proportion(yearly, pooled)).values()] == ["33%"]
    assert [value.text for value in gate.release(single).values()] == ["c", "45%", "c"]
    assert shown(single) == ["40%", "45%", "c"]


@pytest.mark.parametrize(
    ("begun", "ended", "text"),
    [
        (10, 3, "c"),
        (3, 10, "c"),
        (14, 10, "c"),
        (10, 14, "c"),
        (20, 10, "10"),
        (10, 20, "-10"),
        (8, 8, "0"),
        (0, 8, "-8"),
    ],
)
def test_a_difference_is_hidden_where_it_or_either_count_is_small(begun, ended, text):
    counts = pd.DataFrame({"numerator": [begun], "denominator": [ended]})
    measure = Measure("change", "Change", "Starts less ends of something.", "children", "neither", "local")
    released = shown(build.difference(measure, counts, when=Period.parse("2020-21")))
    assert released == [text]


def plain_gate(**known):
    return Gate("public", POLICY, measures={each.name: each for each in (COUNT, SHARE, DAYS)}, **known)


def test_the_first_option_that_is_whole_is_taken_and_nothing_where_nothing_is():
    assert plain_gate().first_safe([[shared(2, 24)], [shared(12, 24)], []]) == 1
    assert plain_gate().first_safe([[shared(2, 24)], []]) == 1
    assert (
        plain_gate().first_safe([[counted(6, 1, 2)], [counted(6, 7, 2)]]) == 1
    )  # none is whole: what loses the smaller share


def waited(months, days):
    """The mean of `days` over children of the last `months` to the end of the quarter."""
    frame = pd.DataFrame({"child_id": [f"c{at}" for at in range(len(days))], "days": days})
    return build.mean(DAYS, frame, value="days", when=QUARTER.months_to_end(months))


def test_an_average_that_differs_from_an_earlier_packs_by_few_children_is_hidden():
    nine, year = waited(9, [500.0] * 15), waited(12, [500.0] * 15 + [300.0])
    value = release(nine, edition="public", policy=POLICY).value()
    earlier = [PrintedFigure.of_value(value, DENOMINATOR, "15"), PrintedFigure.of_value(value, VALUE, value.text)]
    assert plain_gate(earlier=earlier).release(year).value().text == "c"
    assert plain_gate(earlier=earlier).release(waited(12, [500.0] * 25)).value().text == "500"
    assert plain_gate().release(year).value().text == "488"


# Several results of one page, and what is known besides

FIRST, HALF, DAY = "2021-22-Q1", "2021-22-H1", pd.Timestamp("2021-09-30")


def fact(name, unit="children", **facts):
    return Measure(name, name.title(), "Those counted.", unit, "neither", "a test", **facts)


PAGE = {
    each.name: each
    for each in (
        fact("cases"),
        fact("cases_share", "%", counts="cases", base="cases"),
        fact("starts", over_time=ADDS),
        fact("children", over_time=GROWS),
        fact("wait", "days"),
    )
}


def gate(policy=POLICY, **known):
    return Gate("public", policy, measures=PAGE, **known)


def table(name, counts, by="age", when=DAY, parts=None, **within):
    """Counts of one measure by one group, which add up to a total unless `parts` says otherwise; `within` other groups."""
    frame = pd.DataFrame({by: list(counts), "numerator": list(counts.values())}).assign(**within)
    parts = (by,) if parts is None else parts
    return build.count(PAGE[name], frame, groups=(by, *within), when=span(when), parts=parts)


def shares(counts, base, by="age"):
    frame = pd.DataFrame({by: list(counts), "numerator": list(counts.values())}).assign(denominator=base)
    return build.proportion(PAGE["cases_share"], frame, groups=(by,), when=DAY, parts=(by,))


def span(when):
    return when if isinstance(when, pd.Timestamp) else Period.parse(when)


def total(name, number, when=DAY):
    return build.count(PAGE[name], pd.DataFrame({"numerator": [number]}), when=span(when))


def texts(before, *results):
    """What the gate `before` shows of each of `results`, released one after the other."""
    return [[value.text for value in before.release(each).values()] for each in results]


def known(name, text, days="/2021-09-30", **groups):
    start, end = days.split("/")
    return PrintedFigure(name, tuple(sorted(groups.items())), start, end, VALUE, text)


FIRST_DAYS, HALF_DAYS = "2021-04-01/2021-06-30", "2021-04-01/2021-09-30"
SEXES = {"Female": "18", "Male": "40"}
AGES = {"13": 3, "14": 7, "15": 40}


def test_a_total_does_not_give_back_a_hidden_cell_in_whichever_order_they_come():
    assert texts(gate(), total("cases", 50), table("cases", AGES)) == [["50"], ["c", "c", "40"]]
    assert texts(gate(), table("cases", AGES), total("cases", 50)) == [["c", "c", "40"], ["50"]]


def test_a_total_within_a_group_counts_as_known_though_no_page_has_printed_it_yet():
    girls, sexes = table("cases", AGES, sex="Female"), table("cases", {"Female": 50, "Male": 60}, by="sex")
    assert texts(gate(), girls, sexes) == [["c", "c", "40"], ["50", "60"]]
    assert texts(gate(), sexes, girls) == [["50", "60"], ["c", "c", "40"]]


def test_a_cell_that_one_result_hides_is_not_shown_by_another():
    alone = table("cases", {"14": 7}, parts=())
    assert texts(gate(), table("cases", AGES), alone) == [["c", "c", "40"], ["c"]]
    assert texts(gate(), alone, table("cases", AGES)) == [["7"], ["c", "7", "c"]]


def test_a_percentage_does_not_give_back_a_hidden_count():
    counted_first = texts(gate(), table("cases", AGES), shares(AGES, 50))
    assert counted_first == [["c", "c", "40"], ["c", "c", "80%"]]
    assert texts(gate(), shares(AGES, 50), table("cases", AGES)) == [["c", "c", "80%"], ["c", "c", "40"]]


@pytest.mark.parametrize(("second", "text"), [(23, "c"), (25, "c"), (26, "26"), (20, "20")])
def test_a_year_to_date_does_not_give_the_last_quarter_by_subtraction(second, text):
    now = table("starts", {"Female": second}, by="sex", when=HALF, parts=())
    earlier = [known("starts", "20", FIRST_DAYS, sex="Female")]
    assert texts(gate(earlier=earlier), now) == [[text]]
    assert texts(gate(), now) == [[str(second)]]
    before = table("starts", {"Female": 20}, by="sex", when=FIRST, parts=())
    assert texts(gate(), before, now) == [["20"], [text]]


def test_newcomers_of_a_longer_period_are_not_given_by_subtraction():
    now = table("children", {"Female": 23}, by="sex", when=HALF, parts=())
    assert texts(gate(earlier=[known("children", "20", FIRST_DAYS, sex="Female")]), now) == [["c"]]
    aged = table("children", {"14": 23}, when=HALF, parts=())  # a child's age does not stay
    assert texts(gate(earlier=[known("children", "20", FIRST_DAYS, age="14")]), aged) == [["23"]]


def test_a_figure_of_an_earlier_pack_that_has_been_revised_is_not_believed():
    now = table("starts", {"Female": 23}, by="sex", when=HALF, parts=())
    assert texts(gate(earlier=[known("starts", "30", FIRST_DAYS, sex="Female")]), now) == [["23"]]
    both = [known("starts", "30", FIRST_DAYS, sex="Female"), known("starts", "20", FIRST_DAYS, sex="Male")]
    sexes = table("starts", {"Female": 23, "Male": 22}, by="sex", when=HALF, parts=())
    assert texts(gate(earlier=both), sexes) == [["23", "c"]]  # the other one still counts


def test_what_is_public_elsewhere_is_known():
    now = table("starts", {"Female": 23, "Male": 40}, by="sex", when=HALF, parts=())
    assert texts(gate(), now) == [["23", "40"]]
    assert texts(gate(elsewhere=[known("starts", "20", FIRST_DAYS, sex="Female")]), now) == [["c", "40"]]


def test_what_is_lost_already_does_not_withhold_the_rest():
    ages = {"13": 3, "14": 40, "15": 50}
    assert texts(gate(), table("cases", ages)) == [["c", "c", "50"]]
    assert texts(gate(elsewhere=[known("cases", "3", age="13")]), table("cases", ages)) == [["c", "40", "50"]]


@pytest.mark.parametrize(("more", "text"), [(1, "c"), (9, "c"), (10, "100")])
def test_two_averages_do_not_give_that_of_the_few_between(more, text):
    def waits(children, when):
        days = pd.DataFrame({"days": [100.0] * children, "sex": "Female"})
        return build.mean(PAGE["wait"], days, value="days", groups=("sex",), when=span(when))

    assert texts(gate(), waits(20, FIRST), waits(20 + more, HALF)) == [["100"], [text]]
    assert texts(gate(), waits(20 + more, HALF), waits(20, FIRST)) == [["100"], [text]]


def test_the_order_of_what_is_known_changes_no_byte():
    earlier = [known("starts", str(20 + at), FIRST_DAYS, sex=sex) for at, sex in enumerate("ABCDEF")]
    earlier += [known("starts", "c", FIRST_DAYS, sex="G"), known("starts", "146", FIRST_DAYS)]
    now = table("starts", dict(zip("ABCDEFG", (23, 24, 25, 40, 24, 31, 4), strict=True)), by="sex", when=HALF)

    def released(order):
        frame = gate(earlier=order).release(now).frame
        return frame.to_csv().encode()

    once = released(earlier)
    assert {released(random.Random(seed).sample(earlier, len(earlier))) for seed in range(4)} == {once}


def test_the_rounded_profile_needs_to_hide_less():
    rounded = DisclosurePolicy.alike(
        profile=ROUNDED, threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20
    )
    ages = {"13": 3, "14": 22, "15": 41}
    assert texts(gate(), total("cases", 66), table("cases", ages)) == [["66"], ["c", "c", "41"]]
    assert texts(gate(rounded), total("cases", 66), table("cases", ages)) == [["65"], ["c", "20", "40"]]


def test_the_first_choice_that_shows_everything_is_taken_and_nothing_is_released_by_asking():
    fine = table("cases", AGES)
    broad = table("cases", {"13 and 14": 10, "15": 40})
    broadest = table("cases", {"All": 50})
    before = gate()
    assert before.first_safe([[fine], [broad], [broadest]]) == 1
    assert before.first_safe([[broadest], [broad]]) == 0
    assert before.records == []
    assert texts(before, broad, fine) == texts(gate(), broad, fine)


def test_where_every_choice_loses_something_the_one_that_loses_least_is_taken():
    fine = table("cases", {"13": 3, "14": 7, "15": 40, "16": 2, "17": 1})  # loses three of five
    less = table("cases", {"13": 3, "14": 7, "15": 40, "16": 30})  # two of four
    assert gate().first_safe([[fine], [less], [fine]]) == 1
    assert Gate("restricted", POLICY, measures=PAGE).first_safe([[fine], [less]]) == 0


def test_one_number_that_is_counted_in_two_ways_is_a_mistake_of_ours():
    before = gate()
    before.release(table("cases", AGES))
    with pytest.raises(DisclosureError, match="cases.*is counted in two ways"):
        before.release(table("cases", AGES | {"15": 41}))


def printed(released):
    """Everything that the gate takes for printed, as an auditor reads it."""
    for value in released.values():
        yield PrintedFigure.of_value(value, VALUE, value.text)
        for what in (NUMERATOR, DENOMINATOR):
            number = value.numerator if what == NUMERATOR else value.denominator
            if not np.isnan(number):
                yield PrintedFigure.of_value(value, what, f"{number:.0f}")


small_or_not = st.integers(0, 8) | st.integers(6, 60)


@settings(max_examples=6, deadline=None)
@given(
    st.lists(st.tuples(small_or_not, small_or_not), min_size=2, max_size=4),
    st.lists(small_or_not, min_size=2, max_size=4),
    st.booleans(),
)
def test_an_auditor_finds_nothing_in_two_quarters_of_two_breakdowns(quarters, ages, by_sex_first):
    relations = Relations(PAGE, groupings(), POLICY)
    first = {f"g{at}": begun for at, (begun, _) in enumerate(quarters)}
    half = {f"g{at}": begun + more for at, (begun, more) in enumerate(quarters)}
    counts = {f"{13 + at}": number for at, number in enumerate(ages)}
    stock = [total("cases", sum(ages)), table("cases", counts), shares(counts, sum(ages))]
    earlier = []
    for when, groups in ((FIRST, first), (HALF, half)):
        results = [total("starts", sum(groups.values()), when), table("starts", groups, by="sex", when=when)]
        results = results if by_sex_first else results[::-1]
        results += stock if when == HALF else []
        before = gate(earlier=earlier)
        pages = [figure for each in results for figure in printed(before.release(each))]
        found = attack(Printed.of([(figure, "here") for figure in pages], earlier), relations).findings
        assert found == []
        earlier += pages


def test_an_auditor_does_not_take_a_child_whose_record_changed_for_a_contradiction():
    relations = Relations(PAGE, groupings(), POLICY)
    figures = [known("children", "20", FIRST_DAYS, sex="Female"), known("children", "18", HALF_DAYS, sex="Female")]
    assert attack(Printed.of([(figure, "here") for figure in figures]), relations).findings == []
    figures += [replace(known("children", text, HALF_DAYS, sex=sex), parts=("sex",)) for sex, text in SEXES.items()]
    (found,) = attack(
        Printed.of([(figure, "here") for figure in [*figures, known("children", "99", HALF_DAYS)]]), relations
    ).findings
    assert found.what == "figures that cannot all be true"  # two sexes that do not add up still stop a pack
