"""The headline cards of the demand page: the three groups of children, how each moved, and how it compares."""

from __future__ import annotations

from collections.abc import Mapping

from analysis_lib.compare import NEIGHBOURS
from analysis_lib.metrics.counting.spells import QUARTER_BEFORE, YEAR_BEFORE
from analysis_lib.pages.demand.comparison import PROTECTION_PLANS, Comparison
from analysis_lib.report.cards import (
    NOT_IN_TIME,
    Card,
    Line,
    at,
    before_in_words,
    cards,
    changed,
    of,
    others,
    target,
    told,
)
from analysis_lib.report.closed import why_closed
from analysis_lib.report.output import Output
from analysis_lib.report.sentence import Sentence, joined, say
from analysis_lib.report.stocks import Stock, movement

IN_EVERY = "for every 10,000 children"
NOT_THIS_COUNT = "none is published of this count"


class Cards(Comparison):
    """Children looked after, on a child protection plan, and on a child in need plan alone, a card each."""

    def cards(self) -> Output:
        """The headline cards."""
        shown, closings = self.those_there(
            {
                "how many children are looked after": self._looked_after_card,
                "how many children are on a child protection plan": self._protection_card,
                "how many are on a child in need plan alone": self._need_card,
            }
        )
        return cards(*shown.values(), closing=why_closed(closings))

    def _looked_after_card(self) -> Card:
        questions = {
            "Is the number of children in care rising?": self._rising(),
            f"How does {self.us.name} compare?": self._both_beside_others(),
        }
        return self._card(self.looked_after, self._rates_beside("looked_after_rates"), questions)

    def _protection_card(self) -> Card:
        return self._card(self.on_protection_plan, self._rates_beside("protection_plan_rates"))

    def _need_card(self) -> Card:
        return self._card(
            self.on_need_plan, [told(each, NOT_THIS_COUNT) for each in (self.us.country.name, NEIGHBOURS)]
        )

    def _card(self, stock: Stock, comparison: list[Line], questions: Mapping[str, Sentence] | None = None) -> Card:
        return Card(
            title=stock.title,
            value=stock.now,
            figure=of(stock.now, "children", self.day),
            lines=[*self._changes(stock), *comparison, target(stock.series.measure)],
            questions=questions or {},
            series=stock.series,
        )

    def _changes(self, stock: Stock) -> list[Line]:
        """Since the last day of the period before, and of the same period last year; one line where these are one."""
        days = {
            before_in_words(self.page.period): self.page.period.previous.end,
            "Year before": self.page.period.same_period_last_year.end,
        }
        return [changed(label, stock.now, at(stock.series, day), day) for label, day in days.items()]

    def _rates_beside(self, rates: str) -> list[Line]:
        """Our rate beside the country's and the neighbours', on the latest day that one of ours is published for."""
        names = [self.us.country.name, NEIGHBOURS]
        there, _ = self.those_there({"rates": lambda: getattr(self, rates)})
        released = there.get("rates")
        known = released.frame.dropna(subset="value").query("area == @self.us.name") if released is not None else ()
        if not len(known):
            return [told(name, NOT_IN_TIME) for name in names]
        latest = {value.groups[0][1]: value for value in released.where(period_end=known["period_end"].max()).values()}
        mine = latest[self.us.name]
        return others(mine, {name: latest.get(name) for name in names}, IN_EVERY, mine.period_end)

    def _rising(self) -> Sentence:
        """Whether the number of children in care rose in a year, and its movement."""
        lead = {
            "up": "Yes, over a year.",
            "down": "No: it fell over a year.",
            "same": "No: it is what it was a year ago.",
        }
        return say(
            "{lead} {children} children were in care on {day}. {long_run}",
            otherwise="{lead} {movement}",
            children=self.looked_after.now,
            day=self.day,
            lead=lead.get(self.looked_after.since(YEAR_BEFORE).direction, "That cannot be said."),
            long_run=self._long_run(),
            movement=movement(self.looked_after),
        )

    def _long_run(self) -> Sentence:
        """What a year alone does not say: three months and a year before, the highest, and where the returns begin."""
        stock = self.looked_after
        return say(
            "There were {quarter} three months before, {year} a year before and {first} on {first_day}. The highest number at "
            "the end of a month was {peak}, on {peak_day}.",
            otherwise="{movement}",
            quarter=stock.moments.value(moment=QUARTER_BEFORE),
            year=stock.moments.value(moment=YEAR_BEFORE),
            first=stock.series.values()[0],
            first_day=stock.series.values()[0].period_end,
            peak=stock.highest,
            peak_day=stock.highest.period_end,
            movement=movement(stock),
        )

    def _both_beside_others(self) -> Sentence:
        """Children looked after and child protection plans, beside others."""
        looked_after = self._looked_after_beside_others()
        plans, _ = self.those_there({"plans": lambda: self._compared(self.protection_plan_rates, PROTECTION_PLANS)})
        return joined([looked_after, *plans.values()], " ")
