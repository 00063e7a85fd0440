"""Every measure that can name its children names exactly those that it counts."""

import pandas as pd
import pytest

from analysis_lib.authority import read_authority
from analysis_lib.metrics.counting.members import behind, recorded
from analysis_lib.metrics.facts import every_measure
from analysis_lib.page import page_of
from analysis_lib.periods import Period
from analysis_lib.results import CHILDREN, PUBLISHED
from analysis_lib.who.measures import NAMED, NOT_NAMED, Asked

PERIODS = [Period.parse("2021-22-Q2"), Period.parse("2018-19")]
SUMS = {"mean"}  # a mean's numerator is the sum of its values, and names nobody


@pytest.fixture(scope="module")
def asked():
    authority = read_authority()
    return {period.code: Asked(page_of(authority, period, "restricted"), period) for period in PERIODS}


def test_every_measure_names_its_children_or_says_why_not():
    assert set(NAMED) | set(NOT_NAMED) == set(every_measure())
    assert not set(NAMED) & set(NOT_NAMED)


@pytest.mark.parametrize("period", [period.code for period in PERIODS])
@pytest.mark.parametrize("name", NAMED)
def test_as_many_are_named_as_are_counted_in_every_row(asked, name, period):
    with recorded():
        results = NAMED[name](asked[period])
    assert results and all(result.measure.name == name and result.origin != PUBLISHED for result in results)
    for result in results:
        frame = behind(result)
        assert frame.empty or frame[list(CHILDREN)].notna().any().any(), "names nobody"
        for column in CHILDREN:
            number = column.removesuffix("_children")
            counted = frame[frame[number].notna() & frame[column].notna()]
            assert [len(each) for each in counted[column]] == counted[number].tolist(), number


@pytest.mark.parametrize(
    "name", sorted(set(NAMED) - {"starts_per_cease", "net_change"})
)  # two counts of different things
def test_nobody_is_in_a_numerator_who_is_not_in_its_denominator(asked, name):
    with recorded():
        results = NAMED[name](asked["2021-22-Q2"])
    for frame in map(behind, results):
        both = frame[frame[list(CHILDREN)].notna().all(axis=1)]
        for part, whole in zip(both[CHILDREN[0]], both[CHILDREN[1]], strict=True):
            assert set(part) <= set(whole)


def test_nobody_is_named_unless_asked(asked):
    for name in ("looked_after", "a1_days", "ks2_expected_standard", "yos_caseload_by", "children_waiting"):
        for result in NAMED[name](asked["2021-22-Q2"]):
            assert not set(CHILDREN) & set(result.exact().columns)


def test_the_figures_are_the_same_whether_children_are_named_or_not(asked):
    for name in (
        "uasc_share",
        "starts_per_cease",
        "a3_percent",
        "stage_days",
        "journeys_audited",
        "attainment_8",
        "post16_offers",
    ):
        make = NAMED[name]
        plain = make(asked["2021-22-Q2"])
        with recorded():
            named = make(asked["2021-22-Q2"])
        for one, other in zip(plain, named, strict=True):
            pd.testing.assert_frame_equal(one.exact(), other.exact().drop(columns=list(CHILDREN), errors="ignore"))


def test_children_looked_after_are_those_of_a_plain_loop(asked):
    day = pd.Timestamp("2021-09-30")
    children = set()
    for row in asked["2021-22-Q2"].page["care_periods"].itertuples():
        if row.care_start <= day and (pd.isna(row.care_end) or row.care_end > day):
            children.add(row.child_id)
    with recorded():
        (result,) = NAMED["looked_after"](asked["2021-22-Q2"])
    assert set(behind(result)["numerator_children"][0]) == children and len(children) == 543


def test_children_on_a_need_plan_alone_are_those_of_a_plain_loop(asked):
    page, day = asked["2021-22-Q2"].page, pd.Timestamp("2021-09-30")

    def on(table, start, end):
        found = set()
        for child, begins, ends in page[table][["child_id", start, end]].itertuples(index=False):
            if begins <= day and not ends <= day:
                found.add(child)
        return found

    expected = on("cin_plans", "plan_start", "plan_end") - on("cp_plans", "plan_start", "plan_end")
    expected -= on("care_periods", "care_start", "care_end")
    with recorded():
        (result,) = NAMED["on_need_plan"](asked["2021-22-Q2"])
    assert set(behind(result)["numerator_children"][0]) == expected


def test_the_girls_on_the_caseload_are_the_girls(asked):
    page = asked["2021-22-Q2"].page
    with recorded():
        result = NAMED["yos_caseload_by"](asked["2021-22-Q2"])[0]
    frame = behind(result)
    girls = frame.loc[frame["sex"] == "Female", "numerator_children"].iloc[0]
    cases = page["youth_offending_cases"]
    assert girls and set(cases.loc[cases["child_id"].isin(girls), "sex"]) == {"female"}
