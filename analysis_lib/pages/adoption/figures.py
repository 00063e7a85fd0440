"""The figures that several sections of the adoption page speak of, each counted and released once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

import pandas as pd

from analysis_lib import compare
from analysis_lib.metrics import adoption, adoption_curves
from analysis_lib.metrics.adoption_journeys import adoption_journeys
from analysis_lib.periods import Period
from analysis_lib.report import as_printed
from analysis_lib.report.output import Output
from analysis_lib.results import Measure, Released, Result, Value
from analysis_lib.sections import Sections

NO_YEAR_TO_DATE = "The year to date is left out: beside the full year, a few quarters later, it would tell of the few children adopted in between."


class AdoptionFigures(Sections):
    """What the page counts: `journeys`, one row per child and plan for adoption, over the `spans` it reports for.

    `longest_span` names the last of the spans: the last three full financial years, or since the returns begin.
    """

    def __init__(self, page):
        self.page = page
        self.day: pd.Timestamp = page.period.end
        self.place: str = page.authority.name

    @cached_property
    def since(self) -> pd.Timestamp:
        return adoption.returns_begin(self.page["episodes"])

    @cached_property
    def spans(self) -> dict[str, Period]:
        return adoption.reporting_spans(self.page.period, self.since)

    @property
    def longest_span(self) -> str:
        return list(self.spans)[-1]

    @property
    def three_years(self) -> Period:
        return self.spans[self.longest_span]

    @cached_property
    def years(self) -> list[Period]:
        return adoption.financial_years(self.page.period, self.since)

    @cached_property
    def orders_in(self) -> Period:
        return adoption.years_back(self.page.period, self.since)

    # The journeys: all figures rest on the episodes; what else a figure needs it asks for.

    @cached_property
    def journeys(self) -> pd.DataFrame:
        """With the dates that the tables at hand give: right for entering care, orders, moving in and adoption."""
        page = self.page
        return adoption_journeys(
            page["episodes"],
            page["care_periods"],
            page.optional("placement_decisions"),
            page.optional("adoptions"),
            page.optional("adoption_list"),
            page.optional("children"),
        )

    @property
    def decided_journeys(self) -> pd.DataFrame:
        """The journeys where the decisions are at hand: when the plan was made, and whether it has ended."""
        self.page["placement_decisions"]
        return self.journeys

    @property
    def matched_journeys(self) -> pd.DataFrame:
        """The journeys where AD1 is at hand: the match of the children adopted."""
        self.page["adoptions"]
        return self.journeys

    @property
    def full_journeys(self) -> pd.DataFrame:
        """The journeys where both are at hand: every stage."""
        self.page["adoptions"]
        return self.decided_journeys

    # Children adopted, orders and decisions, one row per span

    @cached_property
    def adopted(self) -> Released:
        return self.page.release(adoption.children_adopted(self.journeys, self.spans, self.since))

    @cached_property
    def orders(self) -> Released:
        return self.page.release(adoption.placement_orders_granted(self.journeys, self.spans, self.since))

    @cached_property
    def decisions(self) -> Released:
        return self.page.release(adoption.adoption_decisions(self.decided_journeys, self.spans, self.since))

    # Average days, one row per span

    @cached_property
    def full_spans(self) -> dict[str, Period]:
        """The spans that averages and shares are shown for: in the public edition without the year to date.

        The average of nine months beside that of the year, a pack later, is the wait of the few children adopted in between.
        """
        if self.page.edition != "public":
            return self.spans
        to_date = self.page.period.year_to_date
        return {
            name: span
            for name, span in self.spans.items()
            if name == self.longest_span
            or (span.start, span.end) != (to_date.start, to_date.end)
            or self._is_full(span)
        }

    def _is_full(self, span: Period) -> bool:
        last = self.page.period.last_full_financial_year
        return (span.start, span.end) == (last.start, last.end)

    @property
    def why_no_year_to_date(self) -> str:
        """The sentence beside averages and shares; empty where all spans are there."""
        return "" if self.full_spans == self.spans else NO_YEAR_TO_DATE

    @cached_property
    def a1(self) -> Released:
        days = adoption.days_to_moving_in_a1(self.journeys, self.full_spans)
        return self.page.release(days, self.why_no_year_to_date)

    @cached_property
    def a10(self) -> Released:
        days = adoption.days_to_moving_in_a10(self.journeys, self.full_spans)
        return self.page.release(days, self.why_no_year_to_date)

    @cached_property
    def a2(self) -> Released:
        days = adoption.days_from_order_to_match_a2(self.matched_journeys, self.full_spans)
        return self.page.release(days, self.why_no_year_to_date)

    def over_three_years(self, released: Released) -> Value:
        """The figure of the longest span."""
        return released.value(span=self.longest_span)

    def in_the_last_year(self, released: Released) -> Value | None:
        """The figure of the last full financial year; None where the longest span is that year."""
        last = self.page.period.last_full_financial_year
        if last.start == self.three_years.start:
            return None
        return released.value(period_start=last.start, period_end=last.end)

    @cached_property
    def a1_of_the_middle_child(self) -> Released:
        """The median of the days of A1."""
        days = adoption.days_to_moving_in_a1(self.journeys, self.full_spans, "median")
        return self.page.release(by_statistic(days, "median"), self.why_no_year_to_date)

    # Days in each stage, one row per stage

    @cached_property
    def stage_quartiles(self) -> dict[str, Released]:
        return {
            "Lower quartile": self._days_by_stage("lower quartile"),
            "Median": self._days_by_stage("median"),
            "Upper quartile": self._days_by_stage("upper quartile"),
        }

    def _days_by_stage(self, statistic: str, cohort: str = "adopted") -> Released:
        days = adoption.days_by_stage(self.full_journeys, period=self.three_years, statistic=statistic, cohort=cohort)
        return self.page.release(by_statistic(days, statistic))

    # Children who wait on the period's last day

    @cached_property
    def all_waiting(self) -> Released:
        return self.page.release(adoption.children_waiting(self.decided_journeys, census_date=self.day))

    @property
    def waiting_now(self) -> Value:
        return self.all_waiting.latest()

    @cached_property
    def waiting_by_stage(self) -> Released:
        """By how far they have come. The stages before moving in may be one row: in the public edition, and where there
        is no list 10 to tell of a match."""
        _ = self.all_waiting  # the total goes through the gate before its parts
        by_stage = adoption.children_waiting_by_stage(
            self.decided_journeys,
            census_date=self.day,
            fewest_shown=self.page.fewest_shown,
            matches_known=self.matches_known,
        )
        return self.page.release(by_stage)

    @cached_property
    def matches_known(self) -> bool:
        """Whether there is a list of the children with a decision: of children who wait, nothing else tells the match."""
        return self.page.optional("adoption_list") is not None

    @cached_property
    def waited_so_far(self) -> Released:
        """The middle value of the days since the placement order, of children who have not moved in."""
        return self.page.release(adoption.days_waited_so_far(self.decided_journeys, census_date=self.day))

    # Children followed from the placement order

    @cached_property
    def followed(self) -> pd.DataFrame:
        return adoption_curves.time_to_moving_in(self.decided_journeys, orders_in=self.orders_in, census_date=self.day)

    @cached_property
    def children_followed(self) -> Released:
        return self.page.release(adoption_curves.children_followed(self.followed, when=self.orders_in))

    @cached_property
    def days_until_half_moved_in(self) -> Released:
        half = adoption_curves.days_until_moved_in(self.followed, share=0.5, when=self.orders_in)
        return self.page.release(half)

    # What others have published

    @cached_property
    def adopted_published(self) -> Released:
        """Children adopted in each year, as the Department for Education printed it for this council."""
        compare.must_hold(self.page["benchmarks"], indicator="adopted_number", area=self.page.authority.area)
        return self._published("children_adopted", "adopted_number", [self.page.authority.area])

    @cached_property
    def stages_in_england(self) -> Released:
        measure, benchmarks = adoption.MEASURES["stage_months"], self.page["benchmarks"]
        indicators, area = adoption.ENGLAND_STAGES, self.page.authority.country
        return self.page.release(
            compare.indicators_of(measure, benchmarks, indicators=indicators, area=area, rows="stage")
        )

    @cached_property
    def share_of_leavers_published(self) -> Released:
        """Children adopted as a share of children leaving care: this council, its region and the country."""
        authority = self.page.authority
        return self._published("adopted_percent", "adopted_pct", [authority.area, authority.region, authority.country])

    @cached_property
    def share_of_leavers_of_neighbours(self) -> Released:
        share, indicator = adoption.MEASURES["adopted_percent"], "adopted_pct"
        benchmarks, members = self.page["benchmarks"], self.page["statistical_neighbours"]
        return self.page.release(
            compare.neighbours(share, benchmarks, members, indicator=indicator, model=self.neighbour_list)
        )

    @cached_property
    def thresholds(self) -> Released:
        return self.page.release(adoption.thresholds())

    @property
    def share_of_leavers_of_us(self) -> Released:
        """That of this council alone. Raises `Closed` where what is published of others is not held of us."""
        compare.must_hold(self.page["benchmarks"], indicator="adopted_pct", area=self.page.authority.area)
        return self.share_of_leavers_published.where(area=self.place)

    @property
    def neighbour_list(self) -> str:
        return self.page.authority.neighbour_model(self.page.as_at).name

    def _published(self, measure: str, indicator: str, areas: list) -> Released:
        benchmarks = self.page["benchmarks"]
        return self.page.release(
            compare.published(adoption.MEASURES[measure], benchmarks, indicator=indicator, areas=areas)
        )

    def _as_printed(self, name: str, about: str, measures: Mapping[str, Measure]) -> Output:
        """What the council itself has printed of `measures`, which are `about` that, as a table."""
        printed = compare.points_of(measures, self.page["council_figures"])
        return as_printed(name, f"What the council has printed of {about}", self._released(printed))

    def _released(self, results: Iterable[Result]) -> list[Released]:
        return [self.page.release(result) for result in results]


def by_statistic(result: Result, statistic: str) -> Result:
    """`result` with its statistic as a group, so that a median, a quartile and an average of the same days are told apart."""
    return replace(result, frame=result.exact().assign(statistic=statistic), groups=(*result.groups, "statistic"))
