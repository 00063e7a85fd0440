"""The whole adoption page: its first screen, what was wrong with the dates, and its endnotes."""

from __future__ import annotations

from functools import partial

from analysis_lib.metrics import adoption
from analysis_lib.pages.adoption.cards import Cards
from analysis_lib.pages.adoption.questions import AdoptionQuestions
from analysis_lib.report import crosstab, definitions, figures, joined, listed, say
from analysis_lib.report.output import Output
from analysis_lib.report.sentence import Sentence
from analysis_lib.results import Value

# How the answer speaks of the stages of `metrics.adoption.STAGES`.
STAGES_IN_WORDS = {
    "Entered care to decision": "from entering care to the council's decision for adoption",
    "Decision to placement order": "from the decision for adoption to the court's placement order",
    "Placement order to match": "from the placement order to the match with adopters",
    "Match to moving in": "from the match with adopters to moving in with them",
    "Moving in to adoption": "from moving in with the adopters to the adoption order",
}


PUBLISHED_FIGURES = (
    "adopted_published",
    "stages_in_england",
    "share_of_leavers_published",
    "share_of_leavers_of_neighbours",
    "thresholds",
)


class Adoption(Cards, AdoptionQuestions):
    """How long children wait for adoption, and at which stage."""

    # The first screen

    def answer(self) -> Output:
        """Five sentences: how many adopted, average wait, longest stage, who still waits, when half had moved in."""
        return self.answered(
            {
                "how many children were adopted": self._how_many_adopted,
                "how long they had waited": self._average_wait,
                "which stage took longest": self._longest_stage,
                "how many children still wait": self._still_waiting,
                "how soon after the placement order half of the children had moved in": self._half_moved_in,
            }
        )

    def _how_many_adopted(self) -> Sentence:
        return say("Children adopted from care in {area}: {adopted}.", area=self.place, adopted=listed(self.adopted))

    def _longest_stage(self) -> Sentence:
        longest = [(STAGES_IN_WORDS.get(stage, stage), days) for stage, days in self.longest_stages]
        if not longest:
            return say("There are too few of these children to say which stage took longest.")
        if len(longest) > 1:
            return self._no_stage_stands_out(longest)
        return say(
            "The longest stage was {stage}: half of the children adopted from {three_years} took {days} days or more.",
            stage=longest[0][0],
            three_years=self.three_years,
            days=longest[0][1],
        )

    def _no_stage_stands_out(self, longest: list[tuple[str, Value]]) -> Sentence:
        (stage, days), *others = longest
        first = say("The middle child took {days} days {stage}.", stage=stage, days=days)
        return say(
            "No stage stands out as the longest for children adopted from {three_years}. "
            "The longest took {about}. {stages}",
            three_years=self.three_years,
            about=_about_as_long([days for _, days in longest]),
            stages=joined(
                [
                    first,
                    *(say("It was {days} days {stage}.", stage=stage, days=days) for stage, days in others),
                ],
                " ",
            ),
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
                ". Half of those who had not moved in had waited {days} days or more since the order",
                otherwise=". Too few of them had not moved in to say how long they have waited",
                days=self.waited_so_far.latest(),
            ),
        )

    def _half_moved_in(self) -> Sentence:
        return say(
            "From {span}, {children} children were given a placement order. Half of them had moved in with adopters "
            "within {days} days of it, those who still wait counted in.",
            otherwise="Of the children whose placement order was granted from {span}, fewer than half had moved in "
            "by {day}, or there are too few of them to say.",
            children=self.children_followed.latest(),
            days=self.days_until_half_moved_in.latest(),
            span=self.orders_in,
            day=self.day,
        )

    # Missing and contradictory dates

    def dates(self) -> Output:
        """What was found in the dates.

        How many journeys were past each stage, and used, in the restricted edition only.

        One of these less the other is the number of journeys left out, which may be a small one.
        """
        audit = self.page.release(adoption.dates_audited(self.full_journeys, period=self.orders_in))
        if audit.edition == "public":
            audit = audit.where(finding=list(adoption.FOUND_IN_DATES))
        caption = f"Journeys by stage and what was found in their dates, {self.orders_in.label}"
        return crosstab("dates_audited", caption, audit, rows="stage", columns="finding", heading="Stage")

    def other_findings(self) -> Output:
        """Other things found in the journeys."""
        self.page["children"]  # their days of birth are among what is looked at
        records = self.page.release(adoption.records_audited(self.full_journeys, period=self.orders_in))
        caption = "Other things found in these journeys"
        return figures("records_audited", caption, records, label="finding", heading="Finding")

    # Definitions and sources

    def definitions(self) -> Output:
        return definitions(*self.page.shown(adoption.MEASURES.values()))

    def sources(self) -> list[str]:
        """Every publication whose figures the page shows."""
        shown, _ = self.those_there({name: partial(getattr, self, name) for name in PUBLISHED_FIGURES})
        cited = {source for released in shown.values() for source in released.frame["source"]}
        return sorted(cited | set(adoption.printed_sources(self.page["council_figures"])))


def _about_as_long(days: list[Value]) -> str:
    """How long about equal waits are: "about half a year each" where all round to six months, else that they are close."""
    months = {round(each.number * 12 / 365.25) for each in days}
    return "about half a year each" if months == {6} else "about as long as each other"
