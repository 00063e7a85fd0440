"""The whole adoption page: its first screen, what was wrong with the dates, and its endnotes."""

from __future__ import annotations

from analysis_lib.metrics import adoption
from analysis_lib.pages.adoption.counts import Counts
from analysis_lib.pages.adoption.waits import Waits
from analysis_lib.report import answer, crosstab, definitions, figures, joined, listed, say
from analysis_lib.report.output import Output
from analysis_lib.report.sentence import Sentence
from analysis_lib.results import Released

# How the answer speaks of the stages of `metrics.adoption.STAGES`.
STAGES_IN_WORDS = {
    "Entered care to decision": "from entering care to the council's decision for adoption",
    "Decision to placement order": "from the decision for adoption to the court's placement order",
    "Placement order to match": "from the placement order to the match with adopters",
    "Match to moving in": "from the match with adopters to moving in with them",
    "Moving in to adoption": "from moving in with the adopters to the adoption order",
}


class Adoption(Counts, Waits):
    """How long children wait for adoption, and at which stage."""

    # The first screen

    def answer(self) -> Output:
        """Five sentences: how many adopted, average wait, longest stage, who still waits, when half had moved in."""
        return answer(
            self._how_many_adopted(),
            self._average_wait(),
            self._longest_stage(),
            self._still_waiting(),
            self._half_moved_in(),
        )

    def _how_many_adopted(self) -> Sentence:
        all_shown = all(number.is_shown for number in self.adopted.values())
        words = "The number of children adopted from care in {area} was {adopted}."
        return say(
            words if all_shown else "Children adopted from care in {area}: {adopted}.",
            area=self.place,
            adopted=listed(self.adopted),
        )

    def _average_wait(self) -> Sentence:
        """Until the child moved in, and, where that can be shown, until fostering by the later adopter began."""
        spoken = [self._average_until_moved_in()]
        if self.over_three_years(self.a10).is_shown:
            spoken.append(self._average_until_fostered())
        return joined(spoken, between=" ")

    def _average_until_moved_in(self) -> Sentence:
        return say(
            "Children adopted from {three_years} had waited {days} days on average from entering care to moving in "
            "with their adopters{last_year}.",
            otherwise="No average wait can be shown for children adopted from {three_years}: "
            "they are too few, or left before the returns begin.",
            three_years=self.three_years,
            days=self.over_three_years(self.a1),
            last_year=self._beside_last_year(", and those adopted in the last of these years {days} days", self.a1),
        )

    def _average_until_fostered(self) -> Sentence:
        return say(
            "When a child adopted by the foster carer counts as arrived on the day that the fostering began, "
            "the average is {days} days{last_year}.",
            days=self.over_three_years(self.a10),
            last_year=self._beside_last_year(
                ", and {days} days for those adopted in the last of these years", self.a10
            ),
        )

    def _beside_last_year(self, words: str, released: Released) -> Sentence:
        """What follows the figure of three years: that of the last of them, unless there is but one."""
        last = self.in_the_last_year(released)
        if last is None:
            return say("")
        hidden = "; for those adopted in the last of these years alone no average can be shown"
        return say(words, otherwise=hidden, days=last)

    def _longest_stage(self) -> Sentence:
        stage, days = self.longest_stage
        return say(
            "The longest stage was {stage}: half of the children adopted from {three_years} took {days} days or more.",
            otherwise="There are too few of these children to say which stage took longest.",
            stage=STAGES_IN_WORDS.get(stage, stage),
            three_years=self.three_years,
            days=days,
        )

    def _still_waiting(self) -> Sentence:
        if self.waiting_now.number == 0:
            return say("On {day}, no child had a placement order and was not adopted yet.", day=self.day)
        return say(
            "On {day}, {waiting} children had a placement order and were not adopted yet{how_long}.",
            otherwise="Children with a placement order and not adopted yet on {day}: {waiting}.",
            day=self.day,
            waiting=self.waiting_now,
            how_long=say(
                "; half of those who had not moved in had waited {days} days or more since the order",
                otherwise="; too few of them had not moved in to say how long they have waited",
                days=self.waited_so_far,
            ),
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
        if audit.edition == "public":
            audit = audit.where(finding=list(adoption.FOUND_IN_DATES))
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
