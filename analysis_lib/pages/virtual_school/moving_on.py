"""Personal education plans, special educational needs, schools outside the area, and moving on."""

from __future__ import annotations

from functools import cached_property

from analysis_lib.metrics import education_plans, moving_on
from analysis_lib.metrics.counting.together import merged_groups, without_column, years_together
from analysis_lib.metrics.pupils import NOT_KNOWN, years_in_words
from analysis_lib.pages.virtual_school.figures import (
    SchoolFigures,
    not_shown,
    uncapitalised,
)
from analysis_lib.report.output import Output
from analysis_lib.report.sentence import say, sentence
from analysis_lib.report.table import table
from analysis_lib.results import Released, Result, Value

MOVES_TOGETHER = "Where a move by itself has too few pupils, the figure is that of all three moves."
OFFERS_OF_YEARS = "School years are added together, because too few pupils had some of the offers in one."
OFFERS_MERGED = "Offers that too few pupils had are shown together."
ACTIVITIES_MERGED = "What too few young people do is shown together with something else."
NEET_OR_NOT_KNOWN = "Not in education, employment or training, or not known"


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
        years = [self.last]
        kinds = {
            "Pupils": moving_on.pupils_moving_on(self.pupils, years=years),
            "Left care before it, %": moving_on.left_care_before_move(self.pupils, years=years),
            "Next school in the area, %": moving_on.next_school_in_authority(self.pupils, years=years),
            "With special educational needs, %": moving_on.moving_on_with_needs(self.pupils, years=years),
        }
        released, left_out = {}, []
        for heading, result in kinds.items():
            choice = self.page.first_safe([[result], [without_column(result, "move")], []])
            if choice < 2:
                options = (result, without_column(result, "move"))
                released[heading] = self._release(options[choice], MOVES_TOGETHER if choice else "")
            else:
                left_out.append(heading)
        rows = [[move, *(_of_move(each, move) for each in released.values())] for move in moving_on.MOVES.values()]
        together = [each.groups == () for each in released.values()]
        if any(together):
            rows.append(["All three moves", *(each.value() if each.groups == () else "" for each in released.values())])
        if not released:
            return sentence(say(not_shown(left_out)))
        said = [*([MOVES_TOGETHER] if any(together) else []), *([not_shown(left_out)] if left_out else [])]
        caption = f"Looked-after pupils who moved on at the end of the {self.last.label}"
        return table("moving_on", caption, ["Move", *released], rows, note=" ".join(said))

    def offers_table(self) -> Output:
        """Offers to pupils moving on at sixteen."""
        yearly = moving_on.post16_offers(self.pupils, years=self.years)
        latest = self.years[-3:]
        together = years_together(yearly, latest, years_in_words(latest))
        # An offer by its kind over three years tells more than kinds merged in every year.
        options = [yearly, together, self._merged(together, "offer"), self._merged(yearly, "offer")]
        choice = self.page.first_safe([*([each] for each in options), []])
        if choice == len(options):
            return sentence(
                say("The offers to pupils moving on at sixteen are not shown, because too few pupils had one of them.")
            )
        said = ("", OFFERS_OF_YEARS, f"{OFFERS_OF_YEARS} {OFFERS_MERGED}", OFFERS_MERGED)[choice]
        offers = self._release(options[choice], said)
        return self._beside(
            "post16_offers",
            "Offers to pupils moving on from school at sixteen, % of those pupils",
            {offer: offers.where(offer=offer) for offer in dict.fromkeys(offers.frame["offer"])},
            "Offer",
            note=said,
            together=choice in (1, 2),
        )

    def _merged(self, result: Result, column: str) -> Result:
        return merged_groups(result, column, threshold=self.page.fewest_shown)

    @cached_property
    def activity(self) -> Released:
        activity = moving_on.post16_activity(self.pupils, years=self.years)
        merged = self._merged(activity, "activity")
        return self._release(merged, ACTIVITIES_MERGED if merged is not activity else "")

    @property
    def neither(self) -> tuple[Value, str]:
        """How many of years 12 and 13 were in none of the three in the latest year, and what they are called in a sentence."""
        if moving_on.NEET in set(self.activity.frame["activity"]):
            name, who = moving_on.NEET, "in neither education, employment nor training"
        else:
            name, who = NEET_OR_NOT_KNOWN, "in neither education, employment nor training, or not known"
        return self.activity.value(period_end=self.last.end, activity=name), who

    def activity_table(self) -> Output:
        """What young people of years 12 and 13 do."""
        kinds = dict.fromkeys(self.activity.frame["activity"])
        is_merged = not set(kinds) <= {*moving_on.ACTIVITIES.values(), NOT_KNOWN}
        return self._beside(
            "post16_activity",
            "What looked-after young people of years 12 and 13 do, % of them",
            {kind: self.activity.where(activity=kind) for kind in kinds},
            "Activity",
            note=ACTIVITIES_MERGED if is_merged else "",
        )


def _of_move(released: Released, move: str) -> Value | str:
    """The figure of one move; empty where the moves are shown together."""
    return released.value(move=move) if released.groups else ""
