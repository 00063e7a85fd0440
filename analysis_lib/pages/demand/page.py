"""The whole page of demand: its first screen, its cautions, and the sections put together."""

from __future__ import annotations

from analysis_lib.metrics import child_protection as protection
from analysis_lib.metrics import children_in_need as need
from analysis_lib.metrics import looked_after as care
from analysis_lib.metrics.spells import YEAR_BEFORE
from analysis_lib.pages.demand.comparison import Comparison
from analysis_lib.pages.demand.groups import Groups
from analysis_lib.periods import day_in_words
from analysis_lib.report.glossary import definitions
from analysis_lib.report.output import Output, sources
from analysis_lib.report.sentence import Sentence, answer, in_whole_numbers, note, say
from analysis_lib.report.stocks import Stock, movement


class Demand(Groups, Comparison):
    """The whole page: one method for each thing that a section shows, says or warns of."""

    # The first screen

    def answer(self) -> Output:
        """Five sentences: children looked after, rising or falling, how we compare, plans, and who comes and leaves."""
        return answer(
            self._number_looked_after(),
            movement(self.looked_after),
            self._looked_after_beside_others(),
            self._numbers_with_plans(),
            self._events_to_date(),
        )

    def _number_looked_after(self) -> Sentence:
        return say(
            "On {day} {area} looked after {children} children: {rate} in every 10,000 aged 0 to 17.",
            otherwise="Children looked after by {area} on {day}: {children}.",
            day=self.day,
            area=self.us.name,
            children=self.looked_after.now,
            rate=in_whole_numbers(self.looked_after.rate),
        )

    def _numbers_with_plans(self) -> Sentence:
        return say(
            "On {day}, {protected} children were on a child protection plan{protected_change}, "
            "and {in_need} on a child in need plan alone{in_need_change}.",
            otherwise="On {day}: on a child protection plan, {protected}; on a child in need plan alone, {in_need}.",
            day=self.day,
            protected=self.on_protection_plan.now,
            protected_change=_since_a_year(self.on_protection_plan),
            in_need=self.on_need_plan.now,
            in_need_change=_since_a_year(self.on_need_plan),
        )

    def _events_to_date(self) -> Sentence:
        return say(
            "In {months} children came into care {starts} times and left it {ends} times: {ratio} starts for each end.",
            otherwise="Coming into care and leaving it in {months}: starts, {starts}; ends, {ends}.",
            months=self.to_date,
            starts=self.flows.starts.latest(),
            ends=self.flows.ends.latest(),
            ratio=self.flows.starts_for_each_end.latest(),
        )

    # What to be careful about, definitions and sources

    def careful(self) -> Output:
        return note(
            "Published rates up to 31 March 2018 divide by population estimates from before the 2021 census, later ones by "
            "estimates revised after it. A small step between the two may be the population, not the children.",
            f"{self._divided_by()} The council has printed rates on other estimates, so the same number of children "
            "can have another rate.",
            "Published figures are shown only from the day they came out, but as last revised: a value can differ from "
            "what was printed then.",
            "The interval of a rate says how far it could move by chance if need stayed the same. It does not say that "
            "the count is uncertain.",
            "This page does not show why numbers move: need, decisions, courts and help for families all move them.",
        )

    def _divided_by(self) -> str:
        """Which estimate the rates divide by, and whether it is the one that DfE divides by."""
        people = self.people
        if people.year == people.wanted_year:
            return (
                "Rates of this page divide by the estimate for the middle of the year before, as DfE does "
                f"({people.name})."
            )
        return (
            f"Rates divide by the ONS mid-{people.year} estimate: mid-{people.wanted_year}, by which DfE will divide, "
            f"was not out by {day_in_words(self.page.as_at)}."
        )

    def definitions(self) -> Output:
        return definitions(*care.MEASURES.values(), *protection.MEASURES.values(), *need.MEASURES.values())

    def sources(self) -> list[str]:
        """Every publication whose figures the page shows, and that of the population it divides by."""
        shown = [
            self.looked_after_published,
            self.protection_plans_published,
            self.dfe_in_need,
            self.looked_after_rates,
            self.protection_plan_rates,
            self.dfe_in_need_rates,
            self.looked_after_printed,
            self.protection_plans_printed,
            self.children_in_need_printed,
            self.need_plans_printed,
        ]
        return [*sources(*shown), self.people.source]


def _since_a_year(stock: Stock) -> Sentence:
    """The change since a year before, after a number; nothing where there is none to say."""
    return say(", {change} a year before", otherwise="", change=stock.since(YEAR_BEFORE))
