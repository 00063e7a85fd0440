"""The sections that compare: rates of us and of others on 31 March, as the Department for Education publishes them."""

from __future__ import annotations

from analysis_lib.pages.demand.figures import DemandFigures
from analysis_lib.report.areas import areas_by_year, compared
from analysis_lib.report.closed import left_out
from analysis_lib.report.output import Output, folded
from analysis_lib.report.sentence import Sentence, note, sentence
from analysis_lib.report.table import figures, side_by_side
from analysis_lib.results import Released

# What each published rate counts, in the middle of a sentence.
LOOKED_AFTER = "children looked after for every 10,000 children"
PROTECTION_PLANS = "child protection plans for every 10,000 children"
DFE_IN_NEED = "children in need (the Department's count) for every 10,000 children"


class Comparison(DemandFigures):
    """How we compare, and children in need as the Department counts them: two measures that never meet."""

    # How we compare

    def looked_after_compared(self) -> Output:
        """Children looked after for every 10,000, as published, beside others."""
        caption = "Children looked after on 31 March for every 10,000 children, as published"
        return self._by_year("looked_after_compared", self.looked_after_rates, LOOKED_AFTER, caption)

    def protection_compared(self) -> Output:
        """Child protection plans for every 10,000 children, as published, beside others."""
        caption = "Child protection plans on 31 March for every 10,000 children, as published"
        return self._by_year("protection_compared", self.protection_plan_rates, PROTECTION_PLANS, caption)

    def compared_in_words(self) -> Output:
        """How we stand beside the region, the country and the neighbours."""
        return sentence(
            self._looked_after_beside_others(),
            self._compared(self.protection_plan_rates, PROTECTION_PLANS),
        )

    def beside_each_neighbour(self) -> Output:
        """Each statistical neighbour."""
        beside = side_by_side(
            "neighbours_each",
            f"{self.us.name} and each statistical neighbour (list {self.neighbour_list}) on the latest 31 March, "
            "for every 10,000 children, as published",
            {
                "Children looked after": self.looked_after_rate_of_each,
                "Child protection plans": self.protection_plan_rate_of_each,
            },
            rows="area",
            heading="Council",
        )
        return folded(beside)

    def care_with_comparisons(self) -> Output:
        return note(
            "A council can stand above others because need is greater, because it acts earlier, or because children "
            "stay longer. Rates do not say which.",
            "The mean of the neighbours counts each council the same, however large. Published rates are whole numbers "
            "for children looked after.",
        )

    def _looked_after_beside_others(self) -> Sentence:
        return self._compared(self.looked_after_rates, LOOKED_AFTER)

    def _by_year(self, name: str, rates: Released, what: str, caption: str) -> Output:
        words = {"ours": self.us.name, "what": what, "as_at": self.page.as_at}
        return areas_by_year(name, rates, **words, caption=caption, note=self._who_the_neighbours_are())

    def _compared(self, rates: Released, what: str) -> Sentence:
        return compared(rates, ours=self.us.name, what=what, as_at=self.page.as_at)

    def _who_the_neighbours_are(self) -> str:
        neighbours, missing = self.those_there({"the statistical neighbours": lambda: self.neighbours})
        if missing:
            return left_out(missing)
        names = ", ".join(area.name for each in neighbours.values() for area in each)
        return (
            f"Statistical neighbours: the mean of {names} (list {self.neighbour_list}), each council counting the same."
        )

    # Children in need as the Department for Education counts them

    def dfe_in_need_compared(self) -> Output:
        """Children in need by the Department's count for every 10,000, beside others."""
        caption = "Children in need on 31 March for every 10,000 children, the Department's count, as published"
        return self._by_year("in_need_dfe", self.dfe_in_need_rates, DFE_IN_NEED, caption)

    def dfe_in_need_number(self) -> Output:
        """The number of children in need by the Department's count."""
        caption = f"Children in need on 31 March in {self.us.name}, the Department's count, as published"
        return figures("in_need_dfe_number", caption, self.dfe_in_need, heading="On")

    def dfe_in_need_in_words(self) -> Output:
        """How we stand beside others in children in need by the Department's count."""
        return sentence(self._compared(self.dfe_in_need_rates, DFE_IN_NEED))

    def care_with_dfe_in_need(self) -> Output:
        return note(
            "Do not set these figures beside the council's child in need plans, or add them to children looked after or "
            "protection plans. The groups overlap, so neither is a share of the other."
        )
