"""The whole page of demand: its first screen, its cautions, and the sections put together."""

from __future__ import annotations

from functools import partial

from analysis_lib.metrics import child_protection as protection
from analysis_lib.metrics import children_in_need as need
from analysis_lib.metrics import looked_after as care
from analysis_lib.metrics.counting.spells import YEAR_BEFORE
from analysis_lib.pages.demand.cards import Cards
from analysis_lib.pages.demand.groups import IN_EVERY, Groups
from analysis_lib.pages.demand.questions import DemandQuestions
from analysis_lib.periods import day_in_words
from analysis_lib.report.closed import why_closed
from analysis_lib.report.glossary import definitions
from analysis_lib.report.output import Output, sources
from analysis_lib.report.sentence import Sentence, in_whole_numbers, note, say
from analysis_lib.report.stocks import Stock, movement

PUBLISHED_FIGURES = (
    "looked_after_published",
    "protection_plans_published",
    "dfe_in_need",
    "looked_after_rates",
    "protection_plan_rates",
    "dfe_in_need_rates",
    "looked_after_printed",
    "protection_plans_printed",
    "children_in_need_printed",
    "need_plans_printed",
)


class Demand(Groups, Cards, DemandQuestions):
    """The whole page: one method for each thing that a section shows, says or warns of."""

    # The first screen

    def answer(self) -> Output:
        """Five sentences: children looked after, rising or falling, how we compare, plans, and who comes and leaves."""
        return self.answered(
            {
                "how many children are looked after": self._number_looked_after,
                IN_EVERY: lambda: self.people,
                "whether their number rises or falls": lambda: movement(self.looked_after),
                "how that compares with others": self._looked_after_beside_others,
                "how many children are on a child protection plan": self._numbers_with_plans,
                "how many are on a child in need plan alone": lambda: self.on_need_plan,
                "how often children come into care and leave it": self._events_to_date,
            }
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
        protected = self.on_protection_plan
        if not self.is_there(lambda: self.on_need_plan):
            return say(
                "On {day}, {protected} children were on a child protection plan{protected_change}.",
                otherwise="Children on a child protection plan on {day}: {protected}.",
                day=self.day,
                protected=protected.now,
                protected_change=_since_a_year(protected),
            )
        return say(
            "On {day}, {protected} children were on a child protection plan{protected_change}. "
            "Another {in_need} were on a child in need plan alone{in_need_change}.",
            otherwise="On {day}: on a child protection plan, {protected}; on a child in need plan alone, {in_need}.",
            day=self.day,
            protected=self.on_protection_plan.now,
            protected_change=_since_a_year(self.on_protection_plan),
            in_need=self.on_need_plan.now,
            in_need_change=_since_a_year(self.on_need_plan),
        )

    def _events_to_date(self) -> Sentence:
        return say(
            "In {months} children came into care {starts} times and left it {ends} times.",
            otherwise="Coming into care and leaving it in {months}: starts, {starts}; ends, {ends}.",
            months=self.to_date,
            starts=self.flows.starts.latest(),
            ends=self.flows.ends.latest(),
        )

    # What to be careful about, definitions and sources

    def careful(self) -> Output:
        """What to be careful about."""
        divided_by, no_rates = self.those_there({IN_EVERY: self._divided_by})
        return note(
            "Published rates up to 31 March 2018 divide by population estimates from before the 2021 census. Later ones "
            "divide by estimates revised after it. A small step between the two may be the population, not the children.",
            *divided_by.values(),
            *filter(None, [why_closed(no_rates)]),
            "Published figures are shown only from the day they came out, but as last revised: a value can differ from "
            "what was printed then.",
            "The interval of a rate says how far it could move by chance if need stayed the same. It does not say that "
            "the count is uncertain.",
            "This page does not show why numbers move: need, decisions, courts and help for families all move them.",
        )

    def _divided_by(self) -> str:
        """Which estimate the rates divide by, and whether it is the one that DfE divides by."""
        people = self.people
        other_rates = ""
        if len(self.page["council_figures"]):
            other_rates = " The council has printed rates on other estimates, so the same number of children can have another rate."
        if people.year == people.wanted_year:
            return (
                "Rates of this page divide by the estimate for the middle of the year before, as DfE does "
                f"({people.name}).{other_rates}"
            )
        return (
            f"Rates divide by the Office for National Statistics mid-{people.year} estimate: mid-{people.wanted_year}, by which DfE will divide, "
            f"was not out by {day_in_words(self.page.as_at)}.{other_rates}"
        )

    def definitions(self) -> Output:
        rooms = (care.MEASURES, protection.MEASURES, need.MEASURES)
        shown = self.page.shown(measure for room in rooms for measure in room.values())
        return definitions(*shown, said=self.said)

    def sources(self) -> list[str]:
        """Every publication whose figures the page shows, and that of the population it divides by."""
        shown, _ = self.those_there({name: partial(getattr, self, name) for name in PUBLISHED_FIGURES})
        people, _ = self.those_there({"people": lambda: self.people.source})
        return [*sources(*shown.values()), *people.values()]


def _since_a_year(stock: Stock) -> Sentence:
    """The change since a year before, after a number; nothing where there is none to say."""
    return say(", {change} a year before", otherwise="", change=stock.since(YEAR_BEFORE))
