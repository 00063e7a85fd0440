"""Wording of the demand page over small inline returns: the first screen, hidden numbers, and what is not held."""

from pathlib import Path

import pandas as pd
import pytest

from analysis_lib.authority import read_authority
from analysis_lib.page import Page
from analysis_lib.pages.demand import Demand
from analysis_lib.periods import Period

HOME = Path(__file__).resolve().parents[2]
EARLY, OPEN = "2015-01-01", None
FIRST_END = ("2020-08-10", 1)  # the returns begin with the month of the first spell to end
PEOPLE = 3_000
BENCHMARKS = "indicator area_code area time_period period_start period_end unit value symbol first_released source"
PRINTED = "figure_id council_code measure breakdown period_start period_end unit value published source locator note"


def spells(name, start, end, *groups):
    """Spells that all begin early, `number` of them ending on each day of `groups` (day, number)."""
    ends = [day for day, number in groups for _ in range(number)]
    children = [f"{name}{index}" for index in range(len(ends))]
    return pd.DataFrame({"child_id": children, start: pd.Timestamp(EARLY), end: pd.to_datetime(ends)})


def in_care(*groups):
    return spells("care", "care_start", "care_end", FIRST_END, *groups)


def protected(*groups):
    return spells("protected", "plan_start", "plan_end", FIRST_END, *groups)


def in_need(*groups):
    return spells("need", "plan_start", "plan_end", FIRST_END, *groups)


def demand(edition="public", **tables):
    """The page of July to September 2021: by default 40 children looked after (50 a year before), 30 on a child
    protection plan and 20 in need, in a population of 3,000, and nothing published or printed."""
    authority, period = read_authority(HOME), Period.parse("2021-22-Q2")
    children = pd.DataFrame({"child_id": ["care1"], "uasc": [True]})
    estimate = {"area_code": authority.area.code, "area": authority.name, "year": 2020, "sex": "persons", "age": "0-17"}
    estimate |= {"population": PEOPLE, "vintage": "revised after Census 2021", "source": "ONS"}
    neighbour = {"model": "2021 (April 2021)", "rank": 1, "area_code": "E06000099", "area": "Exampleton"}
    tables = {
        "care_periods": in_care(("2021-05-01", 10), (OPEN, 40)),
        "cp_plans": protected((OPEN, 30)),
        "cin_plans": in_need(("2021-05-01", 5), (OPEN, 20)),
        "children": children,
        "population": pd.DataFrame([estimate]),
        "benchmarks": pd.DataFrame(columns=[*BENCHMARKS.split(), "numerator", "denominator"]),
        "council_figures": pd.DataFrame(columns=PRINTED.split()),
        "statistical_neighbours": pd.DataFrame([neighbour]),
        "extracts": pd.DataFrame({"label": ["synthetic"]}),
    } | tables
    return Demand(Page(authority, period, edition, HOME, tables))


def test_the_first_screen_says_how_many_and_which_way():
    said = demand().answer().text
    assert said[:2] == (
        "On 30 September 2021 Middlesbrough looked after 40 children: 133 in every 10,000 aged 0 to 17.",
        "Children looked after: the same as three months before (40 on 30 June 2021). Their number was down 10 (20%) from a year "
        "before (50 on 30 September 2020). The highest month end since August 2020 was 50 on 31 August 2020.",
    )
    assert said[3] == (
        "On 30 September 2021, 30 children were on a child protection plan, the same as a year before. "
        "Another 20 were on a child in need plan alone, down 5 (20%) from a year before."
    )
    assert len(said) == 5


@pytest.mark.parametrize(
    ("edition", "said"),
    [
        ("public", "On 30 September 2021: on a child protection plan, a number too small to show; on a child in need plan alone, 20."),
        ("restricted", "On 30 September 2021, 3 children were on a child protection plan, down 6 (67%) from a year before. "
                       "Another 20 were on a child in need plan alone, down 5 (20%) from a year before."),
    ],
)  # fmt: skip
def test_a_small_number_of_plans_is_said_to_those_entitled_to_it(edition, said):
    page = demand(edition, cp_plans=protected(("2021-05-01", 6), (OPEN, 3)))
    assert page.answer().text[3] == said


def test_a_small_number_looked_after_is_neither_said_nor_given_as_a_rate():
    said = demand(care_periods=in_care((OPEN, 3))).answer().text
    assert said[0] == "Children looked after by Middlesbrough on 30 September 2021: a number too small to show."


def test_no_change_is_said_from_a_number_too_small_to_show():
    few_before = in_need((OPEN, 3))
    more_now = few_before.assign(child_id="new" + few_before["child_id"], plan_start=pd.Timestamp("2021-09-01"))
    page = demand(
        cin_plans=pd.concat([few_before, *(more_now.assign(child_id=more_now["child_id"] + x) for x in "abc")])
    )
    assert page.answer().text[3] == (
        "On 30 September 2021, 30 children were on a child protection plan, the same as a year before. "
        "Another 12 were on a child in need plan alone."
    )


def test_no_change_is_said_where_the_returns_do_not_reach_back_a_year():
    page = demand(cin_plans=spells("need", "plan_start", "plan_end", ("2021-02-10", 1), (OPEN, 20)))
    assert page.answer().text[3] == (
        "On 30 September 2021, 30 children were on a child protection plan, the same as a year before. "
        "Another 20 were on a child in need plan alone."
    )


def test_a_child_with_a_higher_plan_is_not_in_need_alone():
    also_looked_after = in_care((OPEN, 7)).rename(columns={"care_start": "plan_start", "care_end": "plan_end"})
    both = pd.concat([in_need((OPEN, 20)), also_looked_after], ignore_index=True)
    page = demand(care_periods=in_care((OPEN, 40)), cin_plans=both)
    assert page.on_need_plan.now.text == "20"


def test_marks_and_comparisons_that_were_not_out_are_said_to_be_missing():
    page = demand()
    assert page.answer().text[2] == (
        "By 30 November 2021 no figure of children looked after for every 10,000 children had been published to "
        "compare with."
    )
    assert page.looked_after_compared().kind == page.dfe_in_need_compared().kind == "sentence"
    for shown in (page.looked_after_as_printed(), page.starts_and_ends_as_printed(), page.need_as_printed()):
        assert shown.csv.splitlines()[1:] == ["Nothing that was out by then,,,,"]


def test_starts_and_ends_are_those_of_the_year_to_date_beside_the_same_months():
    shown = demand().starts_and_ends_to_date()
    assert shown.csv.splitlines()[:3] == [
        "Counted as,April to September 2021,April to September 2020",
        "Starts of care,0,x",
        "Ends of care,10,x",
    ]


def test_the_page_cites_what_it_divides_by_when_nothing_else_is_published():
    assert demand().sources() == ["ONS"]


@pytest.mark.parametrize(
    ("year", "said"),
    [
        (2020, "Rates of this page divide by the estimate for the middle of the year before, as DfE does "
               "(Office for National Statistics mid-2020 population estimate, revised after Census 2021)."),
        (2019, "Rates divide by the Office for National Statistics mid-2019 estimate: mid-2020, by which DfE will divide, was not out by "
               "30 November 2021."),
    ],
)  # fmt: skip
def test_the_estimate_divided_by_is_named_with_the_one_that_was_not_out_yet(year, said):
    estimates = demand().page["population"].assign(year=year)
    assert demand(population=estimates).careful().text[1] == said
    printed = pd.DataFrame({"measure": ["children_looked_after_rate"]})
    assert demand(population=estimates, council_figures=printed).careful().text[1] == (
        f"{said} The council has printed rates on other estimates, so the same number of children can have another rate."
    )


def test_the_definitions_of_our_rates_allow_for_an_estimate_that_is_not_out_yet():
    page = demand()
    page.now()
    told = " ".join(page.definitions().text)
    assert told.count("or an earlier one where that is not held.") == 3
