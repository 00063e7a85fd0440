"""What may not be shown, one row at a time: measured examples first, then each way of telling on a group by name."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.disclosure import release, rules
from analysis_lib.metrics.counting import build
from analysis_lib.periods import Period
from analysis_lib.policy import HIDE_IN_NAMED_GROUPS, ClassPolicy, DisclosurePolicy
from analysis_lib.results import PUBLISHED, Measure, Released, Result, round_half_up
from analysis_lib.stats import intervals

NUMBERS = {"threshold": 6, "min_percentage_base": 10, "min_average_base": 10, "min_quartile_base": 20}
POLICY = ClassPolicy("characteristics", **NUMBERS, zero_and_all=HIDE_IN_NAMED_GROUPS)
LENIENT = ClassPolicy("totals", **NUMBERS)
QUARTER = Period.parse("2021-22-Q2")


def of(unit, **facts):
    return Measure("m", "M", "Something.", unit, "neither", "local", **facts)


COUNT, SHARE, DAYS = of("children"), of("%", decimals=1), of("days", decimals=1)


def why(result, policy=POLICY):
    return list(rules.reasons(result, result.exact(), policy))


def counts(rows, *groups, measure=COUNT, parts=()):
    """Rows of group values and a count."""
    frame = pd.DataFrame(rows, columns=[*groups, "numerator"])
    return build.count(measure, frame, groups=groups, when=QUARTER, parts=parts)


def shares(rows, *groups, parts=(), measure=SHARE):
    """Rows of group values, numerator and denominator."""
    frame = pd.DataFrame(rows, columns=[*groups, "numerator", "denominator"])
    return build.proportion(measure, frame, groups=groups, when=QUARTER, parts=parts)


def rows_of(measure, groups=(), **columns):
    """A result with these columns as they are."""
    frame = pd.DataFrame(columns).assign(measure=measure.name, unit=measure.unit, source="", symbol="")
    defaults = {"period_start": QUARTER.start, "period_end": QUARTER.end, "method": "full count, no interval"}
    for name in ("numerator", "denominator", "value", "lower", "upper"):
        defaults[name] = np.nan
    return Result(measure, frame.assign(**{name: each for name, each in defaults.items() if name not in frame}), groups)


# Intervals: docs/disclosure.md, "An interval tells its base"


@pytest.mark.parametrize("base", [12, 24, 60])
def test_wilsons_interval_to_one_decimal_tells_numerator_and_base_of_every_share_of_12_24_and_60(base):
    for numerator in range(base + 1):
        lower, upper = (float(round_half_up(100 * each, 1)) for each in intervals.wilson(numerator, base))
        assert rules.bases_that_fit(np.nan, lower, upper, 1) == [(numerator, base)]


@pytest.mark.parametrize(
    ("base", "decimals", "share"), [(120, 1, 0.92), (240, 1, 0.44), (12, 0, 1), (24, 0, 0.8), (60, 0, 0)]
)
def test_how_often_the_limits_alone_tell_the_base(base, decimals, share):
    limits = np.array(intervals.wilson(np.arange(base + 1), base))
    printed = round_half_up(100 * limits, decimals).T
    told = [len(rules.bases_that_fit(np.nan, *each, decimals)) == 1 for each in printed]
    assert np.mean(told) == pytest.approx(share, abs=0.005)


@pytest.mark.parametrize(("base", "share"), [(12, 1), (24, 0.84), (60, 0)])
def test_rounding_the_limits_outward_does_not_keep_a_small_base(base, share):
    told = []
    for numerator in range(base + 1):
        lower, upper = (float(100 * each) for each in intervals.wilson(numerator, base))
        value = float(round_half_up(100 * numerator / base))
        told.append(len(rules.bases_that_fit(value, np.floor(lower), np.ceil(upper), 0, outward=True)) == 1)
    assert np.mean(told) == pytest.approx(share, abs=0.005)


def test_a_percentage_alone_fits_many_bases_and_another_method_is_refused():
    assert len(rules.bases_that_fit(33, np.nan, np.nan, 0, most=50)) > 10
    with pytest.raises(ValueError, match="nothing is known of 'Byar"):
        rules.bases_that_fit(33, 10, 50, 0, "Byar, 95%")


def test_an_interval_goes_with_its_figure():
    hidden = release(shares([(3, 24)]), edition="public", policy=DisclosurePolicy.alike(**NUMBERS)).frame.loc[0]
    assert hidden[["numerator", "denominator", "value", "lower", "upper"]].isna().all()


@pytest.mark.parametrize("interval", [build.ORDER_STATISTICS, build.BOOTSTRAP])
def test_limits_of_a_median_are_childrens_own_values_and_never_stand_beside_it(interval):
    waits = pd.DataFrame({"days": [*range(100, 160)]})
    median = build.quantile(DAYS, waits, value="days", q=0.5, when=QUARTER, interval=interval)
    assert why(median) == [""]
    assert list(rules.interval_reasons(median, median.exact())) == ["limits that are children's own values"]
    released = release(median, edition="public", policy=DisclosurePolicy.alike(**NUMBERS)).frame.loc[0]
    assert released["value"] == 130 and np.isnan(released["lower"]) and np.isnan(released["upper"])
    assert release(median, edition="restricted", policy=DisclosurePolicy.alike(**NUMBERS)).frame.loc[0, "lower"] > 100


def test_the_interval_of_a_mean_and_of_a_share_may_stand():
    mean = build.mean(DAYS, pd.DataFrame({"days": [*range(100, 160)]}), value="days", when=QUARTER)
    share = shares([(30, 60)])
    assert list(rules.interval_reasons(mean, mean.exact())) == [""]
    assert list(rules.interval_reasons(share, share.exact())) == [""]


# Counts, percentages, rates


@pytest.mark.parametrize(("number", "reason"), [(0, ""), (1, "1 to 5 children"), (5, "1 to 5 children"), (6, "")])
def test_counts_around_the_threshold(number, reason):
    assert why(counts([(number,)])) == [reason]


def test_the_reason_has_the_measures_unit_and_the_classs_threshold():
    strict = ClassPolicy("youth_offending", **{**NUMBERS, "threshold": 10})
    assert why(counts([(9,)], measure=of("plans")), strict) == ["1 to 9 plans"]
    assert why(shares([(9, 100)]), strict) == ["1 to 9 children"]


@pytest.mark.parametrize(
    ("numerator", "denominator", "reason"),
    [
        (0, 0, ""),
        (0, 1, "base under 10"),
        (0, 9, "base under 10"),
        (7, 9, "base under 10"),
        (0, 10, ""),
        (10, 10, ""),
        (5, 100, "1 to 5 children"),
        (6, 100, ""),
        (94, 100, ""),
        (95, 100, "1 to 5 in the rest of the base"),
        (5, 10, "1 to 5 children"),
        (6, 11, "1 to 5 in the rest of the base"),
        (6, 12, ""),
    ],
)
def test_percentages_need_a_base_and_nobody_few_on_either_side(numerator, denominator, reason):
    assert why(shares([(numerator, denominator)])) == [reason]


def test_a_gap_is_judged_as_the_percentage_that_it_is_made_of():
    exact = shares([("a", 3, 24), ("b", 8, 9), ("c", 20, 40)], "g").exact()
    gap = Result(of("percentage points"), exact.assign(value=exact["value"] - 20), ("g",))
    assert why(gap) == ["1 to 5 children", "base under 10", ""]


@pytest.mark.parametrize(("events", "reason"), [(0, ""), (5, "1 to 5 children"), (6, "")])
def test_a_rate_on_a_public_population_is_its_count(events, reason):
    frame = pd.DataFrame({"numerator": [events], "denominator": [3]})
    assert why(build.rate(of("per 10,000"), frame, when=QUARTER)) == [reason]


def test_a_rate_on_our_own_children_needs_a_base_as_a_percentage_does():
    frame = pd.DataFrame({"g": ["a", "b", "c"], "numerator": [30, 30, 5], "denominator": [9, 10, 40]})
    rate = build.rate(of("per 100", base="pupils"), frame, groups=["g"], when=QUARTER)
    assert why(rate) == ["base under 10", "", "1 to 5 children"]


def test_a_ratio_and_a_difference_are_hidden_with_either_count():
    frame = pd.DataFrame({"g": list("abc"), "numerator": [3, 20, 20], "denominator": [20, 3, 10]})
    assert why(build.ratio(of("ratio"), frame, groups=["g"], when=QUARTER)) == ["1 to 5 children"] * 2 + [""]
    assert why(build.difference(COUNT, frame, groups=["g"], when=QUARTER)) == ["1 to 5 children"] * 2 + [""]
    near = pd.DataFrame({"numerator": [12], "denominator": [15]})
    assert why(build.difference(COUNT, near, when=QUARTER)) == ["1 to 5 children"]


@pytest.mark.parametrize(("base", "decimals"), [(999, 0), (1000, 0), (1001, 1)])
def test_a_decimal_needs_every_base_above_1000(base, decimals):
    assert rules.decimals(SHARE, shares([(500, base)]).exact(), POLICY) == decimals
    assert rules.decimals(SHARE, shares([("a", 500, base), ("b", 300, 600)], "g").exact(), POLICY) == 0


def test_decimals_of_counts_and_rates_are_the_measures_own():
    assert rules.decimals(of("per 10,000", decimals=1), shares([(5, 10)]).exact(), POLICY) == 1
    assert rules.decimals(DAYS, shares([(500, 5000)]).exact(), POLICY) == 0


# Group disclosure: all or none of a named group sharing a sensitive attribute


def test_all_or_none_of_a_named_group_is_caught_in_percentages():
    by_sex = shares([("Female", 12, 12), ("Male", 0, 30), ("Not known", 0, 10)], "sex")
    assert why(by_sex) == ["all of a named group", "none of a named group", ""]
    assert why(shares([(12, 12)])) == [""]
    assert why(by_sex, LENIENT) == ["", "", ""]


def test_none_or_all_of_everybody_is_no_named_group():
    assert why(shares([("All", 0, 40), ("Asian", 0, 12)], "ethnic_group")) == ["", "none of a named group"]


def test_who_the_caseload_is_made_of_tells_nothing_that_cannot_be_seen():
    rows = [("White", 30, 40), ("Asian", 10, 40), ("Black", 0, 40)]
    assert why(shares(rows, "ethnic_group", parts=("ethnic_group",))) == ["", "", ""]
    assert why(shares(rows, "ethnic_group"))[2] == "none of a named group"


def test_the_looked_after_share_of_the_girls_tells_of_the_girls():
    rows = [("Female", "Yes", 12, 12), ("Female", "No", 0, 12), ("Male", "Yes", 10, 30), ("Male", "No", 20, 30)]
    within = shares(rows, "sex", "looked_after", parts=("looked_after",))
    assert why(within) == ["all of a named group", "none of a named group", "", ""]


def test_the_looked_after_share_of_the_whole_caseload_may_be_none():
    rows = [("Yes", 0, 40), ("No", 40, 40)]
    assert why(shares(rows, "looked_after", parts=("looked_after",))) == ["", ""]


def test_groups_that_look_like_parts_of_one_base_are_taken_to_be_groups():
    alike = shares([("Female", 12, 12), ("Male", 0, 12)], "sex", parts=("sex",))
    assert why(alike) == ["all of a named group", "none of a named group"]
    assert why(shares([("Female", 12, 24), ("Male", 12, 30)], "sex", parts=("sex",))) == ["", ""]
    own = shares([("Female", 20, 20), ("Male", 12, 30)], "sex", parts=("sex",))
    assert why(own) == ["all of a named group", ""]


def test_all_or_none_of_a_named_group_is_caught_in_counts():
    rows = [
        ("Female", "Abuse", 12),
        ("Female", "Neglect", 0),
        ("Male", "Abuse", 8),
        ("Male", "Neglect", 9),
        ("Not known", "Abuse", 7),
        ("Not known", "Neglect", 0),
    ]
    assert why(counts(rows, "sex", "need")) == ["all of a named group", "none of a named group", "", "", "", ""]


def test_an_empty_group_and_a_table_without_anything_sensitive_may_have_zeros():
    assert why(counts([("Female", "Abuse", 0), ("Female", "Neglect", 0)], "sex", "need")) == ["", ""]
    assert why(counts([("Female", 0), ("Male", 30)], "sex")) == ["", ""]
    assert why(counts([("Abuse", 0), ("Neglect", 30)], "need")) == ["", ""]


def test_a_group_is_of_one_period():
    rows = [("Female", "Abuse", 12), ("Female", "Neglect", 0)]
    earlier, later = counts(rows, "sex", "need").exact(), counts([r[:2] + (9,) for r in rows], "sex", "need").exact()
    both = pd.concat([earlier, later.assign(period_end=pd.Timestamp("2021-12-31"))])
    assert why(Result(COUNT, both, ("sex", "need"))) == ["all of a named group", "none of a named group", "", ""]


def test_an_average_where_all_of_a_named_group_have_the_same_is_caught():
    waits = pd.DataFrame({"sex": ["Female"] * 12 + ["Male"] * 12, "days": [5] * 12 + [4, 6] * 6})
    assert why(build.mean(DAYS, waits, value="days", groups=["sex"], when=QUARTER)) == ["all of a named group", ""]


# Medians and maxima of few


@pytest.mark.parametrize(
    ("children", "q", "reason"),
    [
        (9, 0.5, "average of fewer than 10"),
        (10, 0.5, ""),
        (19, 0.25, "quartile of fewer than 20"),
        (20, 0.25, ""),
        (19, 0.75, "quartile of fewer than 20"),
        (49, 0.9, "quantile with fewer than 5 beyond it"),
        (50, 0.9, ""),
        (99, 0.05, "quantile with fewer than 5 beyond it"),
        (100, 0.05, ""),
        (1000, 0, "a minimum or maximum is one child"),
        (1000, 1, "a minimum or maximum is one child"),
        (0, 0.5, ""),
    ],
)
def test_quantiles_need_children_on_both_sides(children, q, reason):
    waits = pd.DataFrame({"days": [100.4 + each for each in range(children)]}, dtype=float)
    assert why(build.quantile(DAYS, waits, value="days", q=q, when=QUARTER)) == [reason]


@pytest.mark.parametrize(("children", "reason"), [(9, "average of fewer than 10"), (10, ""), (0, "")])
def test_means_need_ten(children, reason):
    waits = pd.DataFrame({"days": [float(each) for each in range(children)]}, dtype=float)
    assert why(build.mean(DAYS, waits, value="days", when=QUARTER)) == [reason]


def test_events_per_child_are_an_average():
    events = pd.DataFrame({"events": [3, 1] * 4})
    few = build.per_child(of("ratio"), events, value="events", when=QUARTER)
    many = build.per_child(of("ratio"), pd.concat([events, events]), value="events", when=QUARTER)
    assert why(few) == ["average of fewer than 10"] and why(many) == [""]


def test_a_maximum_that_says_so_is_caught_whatever_its_base():
    assert why(rows_of(DAYS, value=[900.0], denominator=[500.0], method="maximum")) == [rules.MINIMUM_OR_MAXIMUM]


# Cost sums that one child dominates

POUNDS = of("£")


def costs(*sets):
    """A row for each list of children's costs."""
    largest = [sorted(each, reverse=True) + [0, 0] for each in sets]
    return rows_of(
        POUNDS,
        ("place",),
        place=[f"p{at}" for at in range(len(sets))],
        numerator=[float(sum(each)) for each in sets],
        value=[float(sum(each)) for each in sets],
        denominator=[float(len(each)) for each in sets],
        largest=[float(each[0]) for each in largest],
        second_largest=[float(each[1]) for each in largest],
    )


@pytest.mark.parametrize(
    ("children", "reason"),
    [
        ([100] * 10, ""),
        ([900] + [100] * 9, ""),  # exactly half
        ([901] + [100] * 9, "one child's cost is most of the sum"),
        ([450, 300] + [31.25] * 8, ""),  # exactly three quarters
        ([450, 301] + [31.25] * 8, "two children's costs are most of the sum"),
        ([100] * 5, "1 to 5 children"),
        ([], ""),
    ],
)
def test_a_cost_that_one_or_two_children_make_most_of_is_caught(children, reason):
    assert why(costs(children)) == [reason]


def test_a_cost_without_its_largest_parts_is_withheld():
    bare = costs([100] * 10, [100] * 20)
    assert (
        why(Result(POUNDS, bare.exact().drop(columns=["largest", "second_largest"]), ("place",)))
        == [rules.UNKNOWN_DOMINANCE] * 2
    )
    unknown = bare.exact()
    unknown.loc[1, "second_largest"] = np.nan
    assert why(Result(POUNDS, unknown, ("place",))) == ["", rules.UNKNOWN_DOMINANCE]
    refunded = bare.exact().assign(numerator=-5.0)
    assert why(Result(POUNDS, refunded, ("place",))) == [rules.UNKNOWN_DOMINANCE] * 2


def test_single_costs_never_pass_the_gate():
    released = release(costs([100] * 10), edition="restricted", policy=DisclosurePolicy.alike(**NUMBERS))
    assert not {"largest", "second_largest"} & set(released.frame.columns)
    with pytest.raises(ValueError, match="single children's costs"):
        Released(POUNDS, costs([100] * 10).exact(), ("place",), "returns", "public", 0)


# Forecasts and control limits of tiny series


@pytest.mark.parametrize("method", ["control limits, XmR", "forecast, exponential smoothing"])
@pytest.mark.parametrize(("mean", "hidden"), [(9.99, True), (10, False), (np.nan, True), (300, False)])
def test_limits_and_forecasts_need_ten_a_period(method, mean, hidden):
    reason = {"c": rules.LIMITS_OF_TINY_SERIES, "f": rules.FORECAST_OF_TINY_SERIES}[method[0]]
    for measure in (COUNT, of("per 10,000"), DAYS):
        # A limit of 3 is no count of 3 children.
        series = rows_of(measure, value=[3.0], denominator=[mean], method=method)
        assert why(series) == [reason if hidden else ""]


# All of it


def test_published_figures_and_empty_tables_have_no_reasons():
    few = shares([("Female", 3, 7)], "sex")
    assert why(Result(SHARE, few.exact(), ("sex",), origin=PUBLISHED)) == [""]
    assert why(Result(SHARE, few.exact().iloc[:0], ("sex",))) == []


def test_the_exact_rows_are_left_as_they_are():
    few = shares([("Female", 3, 7), ("Male", 0, 20)], "sex")
    frame = few.exact()
    rules.reasons(few, frame, POLICY)
    pd.testing.assert_frame_equal(frame, few.exact())


tables = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=6)


@settings(max_examples=30)
@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_reason(table, random):
    rows = [(f"g{at}", above, above + rest) for at, (above, rest) in enumerate(table)]
    shuffled = random.sample(rows, len(rows))
    found = [
        dict(zip([each[0] for each in order], why(shares(order, "ward", parts=("ward",))), strict=True))
        for order in (rows, shuffled)
    ]
    assert found[0] == found[1]


@settings(max_examples=30)
@given(st.integers(0, 60), st.integers(0, 60))
def test_a_share_and_its_complement_are_hidden_together(above, rest):
    one, other = (why(shares([("Female", each, above + rest)], "sex"))[0] for each in (above, rest))
    assert (one == "") == (other == "")


@settings(max_examples=30)
@given(st.integers(0, 60), st.integers(0, 60), st.integers(6, 12))
def test_a_higher_threshold_hides_no_less(above, rest, threshold):
    strict = ClassPolicy("characteristics", **{**NUMBERS, "threshold": threshold}, zero_and_all=HIDE_IN_NAMED_GROUPS)
    share = shares([("Female", above, above + rest)], "sex")
    assert why(share)[0] == "" or why(share, strict)[0] != ""


@settings(max_examples=30)
@given(st.lists(st.floats(1, 1000), min_size=6, max_size=15))
def test_the_rule_of_dominance_agrees_with_its_words(children):
    total, largest = sum(children), sorted(children)[-2:]
    dominated = 100 * largest[1] > 50 * total or 100 * (largest[0] + largest[1]) > 75 * total
    assert (why(costs(children)) != [""]) == dominated
