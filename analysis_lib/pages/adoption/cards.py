"""The headline cards of the adoption page: how long children waited, how many were adopted, who waits, and the share of leavers."""

from __future__ import annotations

from analysis_lib.compare import NEIGHBOURS
from analysis_lib.pages.adoption.counts import Counts
from analysis_lib.pages.adoption.waits import Waits
from analysis_lib.report.cards import Card, Line, at, before_in_words, cards, changed, of, others, target, told
from analysis_lib.report.closed import why_closed
from analysis_lib.report.output import Output
from analysis_lib.report.sentence import Sentence, joined, say

THREE_YEARS = "not compared, for years added together share most of their children"
NOT_HELD = "the Department for Education's figure is not at hand"
AS_KNOWN_NOW = "not shown, for the returns are read as they stood on this day alone"
NOT_THIS_COUNT = "none is published of this count"


UP_TO_MOVING_IN = Sentence.of_words(
    "The court's adoption order comes after that. Children who still wait are not in this average."
)


class Cards(Counts, Waits):
    """The average wait, children adopted, children who wait, and children adopted among those who left care."""

    def cards(self) -> Output:
        """The headline cards."""
        shown, closings = self.those_there(
            {
                "how long children had waited": self._wait_card,
                "how many children were adopted": self._adopted_card,
                "how many children still wait": self._waiting_card,
                "how many of those who left care were adopted": self._share_card,
            }
        )
        return cards(*shown.values(), closing=why_closed(closings))

    def _wait_card(self) -> Card:
        days = self.over_three_years(self.a1)
        return Card(
            title="From entering care to moving in with adopters",
            value=days,
            figure=of(days, "days on average, children adopted", self.three_years),
            lines=[
                self._last_of_the_years(),
                told("Year before", THREE_YEARS),
                told(self.page.authority.country.name, NOT_HELD),
                told(NEIGHBOURS, NOT_HELD),
                self._threshold(),
            ],
            questions={"How long does adoption take?": joined([self._average_wait(), UP_TO_MOVING_IN], " ")},
        )

    def _last_of_the_years(self) -> Line:
        last = self.in_the_last_year(self.a1)
        if last is None:
            return told("Last of these years", "there is but one")
        return told("Last of these years", "{days} days", days=last)

    def _threshold(self) -> Line:
        """The last threshold for A1, and that none has followed."""
        latest = self.thresholds.frame
        latest = latest[latest["threshold"].str.startswith("A1")].sort_values("period_end").iloc[-1]
        return Line(
            "Target",
            say(
                "none is published now; the last, for the years to {day}, was {days} days",
                day=latest["period_end"],
                days=self.thresholds.value(threshold=latest["threshold"]),
            ),
        )

    def _adopted_card(self) -> Card:
        year = self.page.period.last_full_financial_year
        adopted = self.adopted_in_each_year.value(period_end=year.end)
        return Card(
            title="Children adopted",
            value=adopted,
            figure=of(adopted, "children", year),
            lines=[
                changed("Year before", adopted, at(self.adopted_in_each_year, year.previous.end), year.previous),
                told(self.page.authority.country.name, "compared as a share of children leaving care, in another card"),
                target(adopted.measure),
            ],
            series=self.adopted_in_each_year,
        )

    def _waiting_card(self) -> Card:
        waiting = self.waiting_now
        return Card(
            title="Children who wait with a placement order",
            value=waiting,
            figure=of(waiting, "children", self.day),
            lines=[
                told(before_in_words(self.page.period), AS_KNOWN_NOW),
                told("Year before", AS_KNOWN_NOW),
                told(self.page.authority.country.name, NOT_THIS_COUNT),
                told(NEIGHBOURS, NOT_THIS_COUNT),
                target(waiting.measure),
            ],
        )

    def _share_card(self) -> Card:
        share, year = self.share_of_leavers.latest(), self.page.period.last_full_financial_year
        country = self.page.authority.country.name
        there, _ = self.those_there(
            {
                country: lambda: self.share_of_leavers_published.where(area=country),
                NEIGHBOURS: lambda: self.share_of_leavers_of_neighbours,
            }
        )
        areas = {name: at(there[name], year.end) if name in there else None for name in (country, NEIGHBOURS)}
        return Card(
            title="Adopted, of the children who left care",
            value=share,
            figure=of(share, "of them", year),
            lines=[
                changed("Year before", share, at(self.share_of_leavers, year.previous.end), year.previous),
                *others(share, areas, "", year),
                target(share.measure),
            ],
            series=self.share_of_leavers,
        )
