"""How many children: adopted, waiting, and adopted among all who left care."""

from __future__ import annotations

from functools import cached_property

from analysis_lib.metrics import adoption
from analysis_lib.pages.adoption.figures import AdoptionFigures
from analysis_lib.periods import day_in_words
from analysis_lib.report import bars, by_measure, figures, note, say, side_by_side, trend
from analysis_lib.report.closed import Closings, left_out
from analysis_lib.report.output import Output
from analysis_lib.report.sentence import Sentence, sentence
from analysis_lib.results import Released


class Counts(AdoptionFigures):
    """Charts, tables and sentences of the numbers of children."""

    # Children adopted, placement orders and decisions

    @cached_property
    def adopted_in_each_year(self) -> Released:
        """One row a full financial year."""
        return self.page.release(adoption.children_adopted_by_year(self.journeys, self.years, self.since))

    def adopted_by_year(self) -> Output:
        """Children adopted by year."""
        by_year = self.adopted_in_each_year
        lines, missing = self.those_there(
            {
                "Counted for this page": lambda: by_year,
                "Published by the Department for Education": lambda: self.adopted_published,
            }
        )
        finding = say(
            "{n} children were adopted from {year}",
            otherwise="Children adopted by year",
            n=by_year.latest(),
            year=self.page.period.last_full_financial_year,
        )
        caption = f"Children adopted in {self.place}, years ending 31 March"
        table = side_by_side(
            "adopted_by_year", caption, lines, rows="period_end", heading="Year ending", note=left_out(missing)
        )
        return trend("adopted_by_year", finding, lines, y_label="Children adopted in the year", table=table, ours=lines)

    def adopted_orders_and_decisions(self) -> Output:
        """Children adopted, placement orders and decisions."""
        columns, no_decisions = self.those_there(
            {
                "Children adopted": lambda: self.adopted,
                "Placement orders": lambda: self.orders,
                "Decisions for adoption": lambda: self.decisions,
            }
        )
        caption = f"Children adopted, placement orders and decisions in {self.place}"
        return side_by_side(
            "adopted_orders_decisions", caption, columns, rows="span", heading="Period", note=left_out(no_decisions)
        )

    def adopted_in_words(self) -> Output:
        """Children adopted and placement orders granted."""
        return sentence(
            say(
                "From {span}, {orders} placement orders were granted and {adopted} children were adopted.",
                otherwise="The numbers of placement orders and adoptions cannot both be shown from {span}.",
                span=self.three_years,
                orders=self.over_three_years(self.orders),
                adopted=self.over_three_years(self.adopted),
            )
        )

    def adopted_as_printed(self) -> Output:
        """The council's own printed numbers."""
        return self._as_printed(
            "counts_printed", "children adopted, and decisions and orders for adoption", adoption.PRINTED_COUNTS
        )

    def care_with_counts(self) -> Output:
        return note(
            "An order and an adoption in the same year are seldom of the same child: "
            "adoptions of one year come from the orders of earlier ones.",
            "A full year's number can still change when the yearly return is corrected.",
        )

    # Children who wait

    def waiting(self) -> Output:
        """Children who wait, by how far they have come."""
        finding = say(
            "{n} children had a placement order and were not adopted yet",
            otherwise="Children with a placement order, not adopted yet",
            n=self.waiting_now,
        )
        table = figures(
            "waiting_by_stage",
            f"Children with a placement order and not adopted yet, {self.place}",
            self.waiting_by_stage,
            label="stage",
            heading="How far they have come",
        )
        children = {"Children": self.waiting_by_stage}
        return bars("waiting_by_stage", finding, children, category="stage", x_label="Children", table=table)

    def waiting_in_words(self) -> Output:
        """How long those who wait have waited."""
        how_long = self._waited_so_far_in_words()
        if adoption.NOT_MOVED_IN not in set(self.waiting_by_stage.frame["stage"]):
            return sentence(how_long)
        together = say("Children with and without a match are shown together so that no child can be recognised.")
        if not self.matches_known:
            together = say(
                "Children with and without a match are shown together, because there is no list of the children with a "
                "decision (Annex A list 10) that would tell of the match."
            )
        return sentence(together, how_long)

    def _waited_so_far_in_words(self) -> Sentence:
        return say(
            "Of those who had not moved in on {day}, half had waited {days} days or more since the placement order.",
            otherwise="Too few children had a placement order and had not moved in on {day} "
            "to say how long they have waited.",
            day=self.day,
            days=self.waited_so_far.latest(),
        )

    def waited(self) -> Output:
        """How many children wait, and the days that half of those not moved in have waited."""
        caption = f"How many children in {self.place} wait, and how long those who have not moved in had waited"
        columns = {day_in_words(self.day): [self.all_waiting, self.waited_so_far]}
        return by_measure("waited_so_far", caption, columns, heading="On the last day of the period")

    def waiting_as_printed(self) -> Output:
        """The council's own printed numbers of children who wait."""
        return self._as_printed("waiting_printed", "children who wait", adoption.PRINTED_WAITING)

    def care_with_waiting(self) -> Output:
        return note(
            "The day of a match comes from Annex A list 10 and, for children adopted by the end of the last full year, "
            "from the yearly return. Where neither has it, no match is known, though there may be one.",
            "A child whose placement with adopters broke down counts as not moved in.",
        )

    # Beside others

    @cached_property
    def share_of_leavers(self) -> Released:
        return self.page.release(adoption.adopted_share_of_leavers(self.page["care_periods"], self.years))

    def beside_others(self) -> Output:
        """Children adopted as a share of the children who left care."""
        finding = say(
            "{share} of the children who left care from {year} were adopted",
            otherwise="Children adopted as a share of children leaving care",
            share=self.share_of_leavers.latest(),
            year=self.page.period.last_full_financial_year,
        )
        lines, missing = self._shares_of_leavers()
        caption = "Children adopted, as a share of children leaving care in the year"
        table = side_by_side(
            "adopted_share", caption, lines, rows="period_end", heading="Year ending", note=left_out(missing)
        )
        y_label = "% of children leaving care in the year"
        of_us = [f"{self.place}, published"]
        return trend("adopted_share", finding, lines, y_label=y_label, table=table, ours=of_us)

    def _shares_of_leavers(self) -> tuple[dict[str, Released], Closings]:
        """The lines of the chart, and those that are missing."""
        region, country = self.page.authority.region.name, self.page.authority.country.name
        published = self.share_of_leavers_published
        ours = f"{self.place}, published"
        lines, missing = self.those_there(
            {
                "Counted for this page": lambda: self.share_of_leavers,
                ours: lambda: self.share_of_leavers_of_us,
                region: lambda: published.where(area=region),
                country: lambda: published.where(area=country),
                "Statistical neighbours, mean": lambda: self.share_of_leavers_of_neighbours,
            }
        )
        return lines, missing

    def care_with_others(self) -> Output:
        neighbours = (
            f"Statistical neighbours: the mean of the councils in the list {self.neighbour_list}, "
            "by the Department's figures for each."
        )
        return note(
            "The share falls when more children leave care for other reasons, without a child fewer being adopted. "
            "Adoption is the right plan for some children only, so a high share is not better by itself.",
            *([neighbours] if self.is_there(lambda: self.share_of_leavers_of_neighbours) else []),
            "For days waited, the Department's figures for single councils were not at hand, "
            "so there is no comparison with neighbours.",
        )
