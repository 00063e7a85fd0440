"""What measures say of one another holds: on synthetic returns, over periods that touch and overlap."""

import dataclasses

import pytest
from page_in_process import shown_by
from relations import broken, is_known, names_in, numbers_of

from analysis_lib.authority import read_authority
from analysis_lib.groupings import groupings
from analysis_lib.metrics.facts import every_measure
from analysis_lib.page import Page, page_of
from analysis_lib.periods import Period
from analysis_lib.results import PUBLISHED, TIME_GROUPS
from analysis_lib.who.measures import NAMED, Asked

CLASSES = ("", "totals", "characteristics", "results", "youth_offending", "activity")
NOTEBOOKS = ("adoption_timescales", "demand", "virtual_school_outcomes", "yos_caseload_demographics")
# A period beside the one before it and the months of both: what adds up, what grows, and a stock with its flows.
PERIODS = [Period.parse("2021-22-Q1"), Period.parse("2021-22-Q2")]


@pytest.fixture(scope="module")
def page():
    return page_of(read_authority(), PERIODS[-1], "restricted")


@pytest.fixture(scope="module")
def results(page):
    """The results of every measure that speaks of another or of time, from the same data for each period."""
    every = every_measure()
    spoken_of = {name for measure in every.values() for name in _speaks_of(measure)} | set(names_in(groupings()))
    names = [name for name in NAMED if name in spoken_of or _speaks_of(every[name])]
    asked = [Asked(dataclasses.replace(page, period=period), period) for period in PERIODS]
    return [result for each in asked for name in names for result in NAMED[name](each)]


def _speaks_of(measure):
    others = [name for name in (measure.counts, measure.base, *measure.part_of, *measure.moved_by) if name]
    return [*others, measure.name] if others or measure.over_time else []


def test_every_relation_is_with_a_measure_that_there_is():
    every = every_measure()
    named = [name for measure in every.values() for name in _speaks_of(measure)]
    assert [name for name in (*named, *names_in(groupings())) if not is_known(name, every)] == []
    assert {measure.protection for measure in every.values()} <= set(CLASSES)


def test_no_measure_counts_or_rests_on_itself():
    for measure in every_measure().values():
        assert measure.name not in (measure.counts, measure.base, *measure.part_of, *measure.moved_by)


def test_what_measures_say_of_one_another_holds(results):
    wrong, tested = broken(numbers_of(results, every_measure(), groupings()), every_measure(), groupings())
    assert wrong == []
    assert len(tested) > 100
    assert {
        "looked_after moved",
        "care_starts adds",
        "children_starting grows",
        "severe_absence in persistent_absence",
    } <= tested


@pytest.mark.parametrize(("edition", "notebooks"), [("public", NOTEBOOKS), ("restricted", NOTEBOOKS[-1:])])
def test_it_holds_among_all_the_figures_of_the_pages(page, edition, notebooks, monkeypatch):
    released = []
    release = Page.release
    monkeypatch.setattr(
        Page,
        "release",
        lambda self, result, *told, **named: released.append(result) or release(self, result, *told, **named),
    )
    for name in notebooks:
        shown_by(name, dataclasses.replace(page, edition=edition, used=set()), monkeypatch)
    ours = [result for result in released if result.origin != PUBLISHED]
    wrong, tested = broken(numbers_of(ours, every_measure(), groupings()), every_measure(), groupings())
    assert wrong == []
    if notebooks == NOTEBOOKS:
        assert {"children_adopted adds", "on_protection_plan moved"} <= tested


def test_every_column_of_a_result_is_listed(results):
    columns = {column for result in results for column in result.groups} - set(TIME_GROUPS)
    assert [column for column in sorted(columns) if not groupings().is_listed(column)] == []


def test_a_false_relation_is_noticed(results):
    every = dict(every_measure())
    every["looked_after_rate"] = dataclasses.replace(every["looked_after_rate"], counts="on_need_plan")
    every["children_starting"] = dataclasses.replace(every["children_starting"], over_time="adds")
    every["care_starts"] = dataclasses.replace(every["care_starts"], part_of=("children_starting",))
    every["on_protection_plan"] = dataclasses.replace(
        every["on_protection_plan"], moved_by=("care_starts", "care_ceases")
    )
    wrong, _ = broken(numbers_of(results, every, groupings()), every, groupings())
    for words in (
        "on_need_plan",
        "children_starting adds",
        "care_starts in children_starting",
        "on_protection_plan moved",
    ):
        assert any(words in each for each in wrong)
