"""What the panel may wish to ask about demand: the rules, and the figures of this page that they look at."""

from __future__ import annotations

from analysis_lib.metrics.counting.spells import YEAR_BEFORE
from analysis_lib.pages.demand.comparison import LOOKED_AFTER, PROTECTION_PLANS
from analysis_lib.pages.demand.figures import DemandFigures
from analysis_lib.report.output import Output
from analysis_lib.report.questions import Question, beyond_neighbours, hidden_headline, moved, unusual
from analysis_lib.report.stocks import Stock


class DemandQuestions(DemandFigures):
    """The questions of the page."""

    def questions(self) -> Output:
        """Questions the panel may wish to ask."""
        return self.asked(
            {
                "whether starts of care stand out": lambda: self._unusual("starts of care", self.flows_by_month.starts),
                "whether ends of care stand out": lambda: self._unusual("ends of care", self.flows_by_month.ends),
                "whether many more or fewer children are looked after": lambda: _of(
                    self.looked_after, "children looked after"
                ),
                "whether many more or fewer children are on a child protection plan": lambda: _of(
                    self.on_protection_plan, "children on a child protection plan"
                ),
                "whether many more or fewer children are on a child in need plan alone": lambda: _of(
                    self.on_need_plan, "children on a child in need plan alone"
                ),
                "how far children looked after are from the neighbours": lambda: beyond_neighbours(
                    self.looked_after_rate_of_each, ours=self.us.name, what=LOOKED_AFTER
                ),
                "how far child protection plans are from the neighbours": lambda: beyond_neighbours(
                    self.protection_plan_rate_of_each, ours=self.us.name, what=PROTECTION_PLANS
                ),
                "what the quality of the data is": self.page.doubts,
            }
        )

    def _unusual(self, what: str, series) -> list[Question]:
        return unusual(series, what=what, period=self.page.period)


def _of(stock: Stock, what: str) -> list[Question]:
    hidden = hidden_headline(stock.now, what=f"the number of {what}")
    return [*hidden, *moved(stock.now, stock.moments.value(moment=YEAR_BEFORE), what=what)]
