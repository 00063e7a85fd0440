"""The whole adoption page: its first screen, what was wrong with the dates, and its endnotes."""

from __future__ import annotations

from analysis_lib.metrics import adoption
from analysis_lib.pages.adoption.counts import Counts
from analysis_lib.pages.adoption.waits import Waits
from analysis_lib.report import answer, crosstab, definitions, figures, listed, say
from analysis_lib.report.output import Output
from analysis_lib.report.sentence import Sentence


class Adoption(Counts, Waits):
    """How long children wait for adoption, and at which stage."""

    # The first screen

    def answer(self) -> Output:
        """Five sentences: how many adopted, average wait, longest stage, who still waits, when half had moved in."""
        return answer(
            say("Children adopted from care in {area}: {adopted}.", area=self.place, adopted=listed(self.adopted)),
            self._average_wait(),
            self._longest_stage(),
            self._still_waiting(),
            self._half_moved_in(),
        )

    def _average_wait(self) -> Sentence:
        return say(
            "Those adopted from {three_years} had waited {a1} days on average from entering care to moving in with "
            "their adopters (measure A1), or {a10} days when a child adopted by the foster carer counts as arrived on "
            "the day that the fostering began (A10).",
            otherwise="No average wait can be shown for children adopted from {three_years}: "
            "they are too few, or left before the returns begin.",
            three_years=self.three_years,
            a1=self.over_three_years(self.a1),
            a10=self.over_three_years(self.a10),
        )

    def _longest_stage(self) -> Sentence:
        stage, days = self.longest_stage
        return say(
            'The longest stage was "{stage}": half of these children took {days} days or more.',
            otherwise="There are too few of these children to say which stage took longest.",
            stage=stage,
            days=days,
        )

    def _still_waiting(self) -> Sentence:
        return say(
            "On {day}, {waiting} children had a placement order and were not adopted yet; {unmatched} of them had not "
            "moved in and no match with adopters was known.",
            otherwise="Children with a placement order and not adopted yet on {day}: {waiting}.",
            day=self.day,
            waiting=self.waiting_now,
            unmatched=self.waiting_by_stage.value(stage=adoption.NOT_MATCHED),
        )

    def _half_moved_in(self) -> Sentence:
        return say(
            "With those who still wait counted in, half of the {children} children whose placement order was granted "
            "from {span} had moved in within {days} days of it.",
            otherwise="Of the children whose placement order was granted from {span}, fewer than half had moved in "
            "by {day}, or there are too few of them to say.",
            children=self.children_followed.latest(),
            days=self.days_until_half_moved_in,
            span=self.orders_in,
            day=self.day,
        )

    # Missing and contradictory dates

    def dates(self) -> Output:
        audit = self.page.release(adoption.dates_audited(self.journeys, period=self.orders_in))
        caption = f"Journeys by stage and what was found in their dates, {self.orders_in.label}"
        return crosstab("dates_audited", caption, audit, rows="stage", columns="finding", heading="Stage")

    def other_findings(self) -> Output:
        records = self.page.release(adoption.records_audited(self.journeys, period=self.orders_in))
        caption = "Other things found in these journeys"
        return figures("records_audited", caption, records, label="finding", heading="Finding")

    # Definitions and sources

    def definitions(self) -> Output:
        return definitions(*adoption.MEASURES.values())

    def sources(self) -> list[str]:
        """Every publication whose figures the page shows."""
        shown = (
            self.adopted_published,
            self.stages_in_england,
            self.share_of_leavers_published,
            self.share_of_leavers_of_neighbours,
            self.thresholds,
        )
        cited = {source for released in shown for source in released.frame["source"]}
        return sorted(cited | set(adoption.printed_sources(self.page["council_figures"])))
