"""Personal education plans, special educational needs, schools outside the area, and moving on."""

from __future__ import annotations

from functools import cached_property

from analysis_lib.metrics import education_plans, moving_on
from analysis_lib.pages.virtual_school.figures import (
    SchoolFigures,
    uncapitalised,
)
from analysis_lib.report.output import Output
from analysis_lib.report.table import table
from analysis_lib.results import Released


class MovingOn(SchoolFigures):
    """Tables of plans, needs and moves."""

    @cached_property
    def plans(self) -> Released:
        return self._release(education_plans.pep_in_place(self.pupils, years=self.years))

    def plans_table(self) -> Output:
        """Personal education plans."""
        series = {f"{term} term": self.plans.where(term=term) for term in education_plans.TERMS}
        printed = self._council(self.plans.measure, "personal_education_plans")
        if len(printed):
            series[f"As {self.here.name} Council printed it"] = printed
        return self._beside(
            "personal_education_plans",
            "Pupils with a personal education plan, % of those who should have one, by term",
            series,
            "Term",
        )

    @cached_property
    def needs(self) -> Released:
        return self._release(education_plans.special_educational_needs(self.pupils, years=self.years))

    @cached_property
    def outside(self) -> Released:
        return self._release(education_plans.school_outside(self.pupils, years=self.years))

    def needs_table(self) -> Output:
        """Special educational needs, and schools outside the area."""
        kinds = dict.fromkeys(self.needs.frame["need"])
        series = {f"Special educational needs: {uncapitalised(need)}": self.needs.where(need=need) for need in kinds}
        series["At schools outside the council's area"] = self.outside
        return self._beside(
            "needs_and_schools",
            "Looked-after pupils by special educational needs and place of school, % of pupils, reception to year 11",
            series,
            "",
        )

    def moves_table(self) -> Output:
        """Pupils moving on at the end of the latest school year."""
        kinds = (
            moving_on.pupils_moving_on,
            moving_on.left_care_before_move,
            moving_on.next_school_in_authority,
            moving_on.moving_on_with_needs,
        )
        released = [self._release(measure(self.pupils, years=[self.last])) for measure in kinds]
        rows = [[move, *(each.value(move=move) for each in released)] for move in moving_on.MOVES.values()]
        head = [
            "Move",
            "Pupils",
            "Left care before it, %",
            "Next school in the area, %",
            "With special educational needs, %",
        ]
        return table("moving_on", f"Looked-after pupils who moved on at the end of the {self.last.label}", head, rows)

    def offers_table(self) -> Output:
        """Offers to pupils moving on at sixteen."""
        offers = self._release(moving_on.post16_offers(self.pupils, years=self.years))
        return self._beside(
            "post16_offers",
            "Offers to pupils moving on from school at sixteen, % of those pupils",
            {offer: offers.where(offer=offer) for offer in dict.fromkeys(offers.frame["offer"])},
            "Offer",
        )

    @cached_property
    def activity(self) -> Released:
        return self._release(moving_on.post16_activity(self.pupils, years=self.years))

    def activity_table(self) -> Output:
        """What young people of years 12 and 13 do."""
        kinds = dict.fromkeys(self.activity.frame["activity"])
        return self._beside(
            "post16_activity",
            "What looked-after young people of years 12 and 13 do, % of them",
            {kind: self.activity.where(activity=kind) for kind in kinds},
            "Activity",
        )
