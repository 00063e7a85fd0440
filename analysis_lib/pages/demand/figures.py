"""The figures of the demand page, each counted and released once: our own counts, what the council has printed, and
what the Department for Education (DfE) publishes of us and of others.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from analysis_lib import compare
from analysis_lib.authority import Area
from analysis_lib.errors import Closed
from analysis_lib.metrics import child_protection as protection
from analysis_lib.metrics import children_in_need as need
from analysis_lib.metrics import looked_after as care
from analysis_lib.periods import Period
from analysis_lib.report.areas import latest_of
from analysis_lib.report.stocks import Stock, stock
from analysis_lib.results import Measure, Released
from analysis_lib.sections import Sections


class Flows(NamedTuple):
    """Who comes into care and leaves it, in the order of `looked_after.flows_in_and_out`: events, then children."""

    starts: Released
    ends: Released
    starts_for_each_end: Released
    children_starting: Released
    children_ceasing: Released


class DemandFigures(Sections):
    """The figures of one page, on `day` (the period's last) and in `to_date` (the financial year up to it)."""

    def __init__(self, page):
        self.page = page
        self.us = page.authority
        self.day: pd.Timestamp = page.period.end
        self.to_date: Period = page.period.year_to_date
        self.year_before: Period = self.to_date.shifted(-12)

    # Counted from the returns

    @cached_property
    def people(self) -> compare.Population:
        """The children aged 0 to 17 that rates divide by."""
        return compare.population(self.page["population"], areas=[self.us.area], ages=(0, 17), day=self.day)

    @property
    def number_of_people(self) -> int | None:
        """How many they are; None where no estimate is held. Numbers of children are counted all the same."""
        try:
            return self.people.number
        except Closed:
            return None

    # Each stock is counted at the month ends from which its own returns can be trusted.

    @cached_property
    def looked_after(self) -> Stock:
        care_periods = self.page["care_periods"]
        days = care.month_ends_counted(care_periods, until=self.day)
        counted = care.looked_after_at(care_periods, census_date=days)
        return stock(self.page.release, counted, care.looked_after_rate, self.number_of_people)

    @cached_property
    def on_protection_plan(self) -> Stock:
        cp_plans = self.page["cp_plans"]
        days = protection.month_ends_counted(cp_plans, until=self.day)
        counted = protection.on_protection_plan_at(cp_plans, census_date=days)
        return stock(self.page.release, counted, protection.protection_plan_rate, self.number_of_people)

    @cached_property
    def on_need_plan(self) -> Stock:
        """Children on a child in need plan who have no child protection plan and are not looked after: needs all three."""
        plans_and_care = self.page["cin_plans"], self.page["cp_plans"], self.page["care_periods"]
        days = need.month_ends_counted(*plans_and_care, until=self.day)
        counted = need.on_need_plan_at(*plans_and_care, census_date=days)
        return stock(self.page.release, counted, need.need_plan_rate, self.number_of_people)

    @cached_property
    def unaccompanied(self) -> Released:
        """The share of the children looked after who are unaccompanied asylum-seeking children."""
        share = care.uasc_share(self.page["care_periods"], self.page["children"], census_date=self.day)
        return self.page.release(share)

    @cached_property
    def flows(self) -> Flows:
        return self._flows_in_and_out(self.to_date)

    @cached_property
    def flows_year_before(self) -> Flows:
        return self._flows_in_and_out(self.year_before)

    @cached_property
    def flows_by_month(self) -> Flows:
        """The two years of months that end with the period's last."""
        return self._flows_in_and_out(self.page.period.months_to_end(24).months)

    def _flows_in_and_out(self, period: Period | Sequence[Period]) -> Flows:
        counted = care.flows_in_and_out(self.page["care_periods"], period=period)
        return Flows(*(self.page.release(each) for each in counted))

    @cached_property
    def protection_plan_flows(self) -> tuple[Released, Released]:
        """Child protection plans that started and that ended in the year to date."""
        started, ended = protection.plans_started_and_ended(self.page["cp_plans"], period=self.to_date)
        return self.page.release(started), self.page.release(ended)

    # What the council has printed

    @cached_property
    def looked_after_printed(self) -> Released:
        return self._printed(care.MEASURES["looked_after"], "children_looked_after")

    @cached_property
    def flows_printed(self) -> list[Released]:
        """Starts, ends, and starts for each end. The council does not say whether it counts events or children."""
        return [
            self._printed(care.MEASURES["children_starting"], "started_looked_after"),
            self._printed(care.MEASURES["children_ceasing"], "ceased_looked_after"),
            self._printed(care.MEASURES["starts_per_cease"], "starts_per_cease"),
        ]

    @cached_property
    def protection_plans_printed(self) -> Released:
        return self._printed(protection.MEASURES["on_protection_plan"], "child_protection_plans")

    @cached_property
    def children_in_need_printed(self) -> Released:
        """What the council calls children in need, which is taken to be `on_need_plan`."""
        return self._printed(need.MEASURES["on_need_plan"], "children_in_need_council")

    @cached_property
    def need_plans_printed(self) -> Released:
        return self._printed(need.MEASURES["on_need_plan"], "child_in_need_plans")

    def _printed(self, measure: Measure, figures: str) -> Released:
        return self.page.release(compare.council_points(measure, self.page["council_figures"], figures=figures))

    # What DfE publishes of us, from the first month end that we count on

    @cached_property
    def looked_after_published(self) -> Released:
        return self._published_of_us(care.MEASURES["dfe_looked_after"], "cla_31mar_number", self.looked_after)

    @cached_property
    def protection_plans_published(self) -> Released:
        measure = protection.MEASURES["dfe_protection_plans"]
        return self._published_of_us(measure, "cpp_31mar_number", self.on_protection_plan)

    @cached_property
    def dfe_in_need(self) -> Released:
        """Every open episode of need: not the council's child in need plans. The years are those of children in care."""
        self.held_of_us("cin_31mar_number")
        return self._published_of_us(need.MEASURES["dfe_in_need"], "cin_31mar_number", self.looked_after)

    def _published_of_us(self, measure: Measure, indicator: str, beside: Stock) -> Released:
        since = beside.series.frame["period_end"].min()
        published = compare.published(
            measure, self.page["benchmarks"], indicator=indicator, areas=[self.us.area], since=since
        )
        return self.page.release(published)

    def held_of_us(self, indicator: str) -> None:
        """Raise `Closed` where what is published of others is not held of us."""
        compare.must_hold(self.page["benchmarks"], indicator=indicator, area=self.us.area)

    # What DfE publishes of us and of others

    @property
    def neighbour_list(self) -> str:
        """The name of the list of statistical neighbours in force."""
        return self.us.neighbour_model(self.page.as_at).name

    @cached_property
    def neighbours(self) -> list[Area]:
        return compare.members_of(self.page["statistical_neighbours"], self.neighbour_list)

    @cached_property
    def looked_after_rates(self) -> Released:
        return self._beside_others(care.MEASURES["dfe_looked_after_rate"], "cla_31mar_rate")

    @cached_property
    def protection_plan_rates(self) -> Released:
        return self._beside_others(protection.MEASURES["dfe_protection_plan_rate"], "cpp_31mar_rate")

    @cached_property
    def dfe_in_need_rates(self) -> Released:
        return self._beside_others(need.MEASURES["dfe_in_need_rate"], "cin_31mar_rate")

    def _beside_others(self, measure: Measure, indicator: str) -> Released:
        """Us, the region, the country and the mean of the statistical neighbours."""
        self.held_of_us(indicator)
        beside = compare.beside_others(
            measure,
            self.page["benchmarks"],
            self.page["statistical_neighbours"],
            indicator=indicator,
            areas=[self.us.area, self.us.region, self.us.country],
            model=self.neighbour_list,
        )
        return self.page.release(beside)

    @cached_property
    def looked_after_rate_of_each(self) -> Released:
        return self._latest_of_each(care.MEASURES["dfe_looked_after_rate"], "cla_31mar_rate")

    @cached_property
    def protection_plan_rate_of_each(self) -> Released:
        return self._latest_of_each(protection.MEASURES["dfe_protection_plan_rate"], "cpp_31mar_rate")

    def _latest_of_each(self, measure: Measure, indicator: str) -> Released:
        """Us and each statistical neighbour on the latest day published."""
        self.held_of_us(indicator)
        areas = [self.us.area, *self.neighbours]
        return latest_of(
            self.page.release(compare.published(measure, self.page["benchmarks"], indicator=indicator, areas=areas))
        )
