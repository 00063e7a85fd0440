"""How long: average days of the children adopted, days in each stage, and the curve of all with a placement order."""

from __future__ import annotations

from functools import cached_property

from analysis_lib.metrics import adoption, adoption_curves
from analysis_lib.pages.adoption.figures import AdoptionFigures
from analysis_lib.policy import CHARACTERISTICS
from analysis_lib.report import bars, by_measure, crosstab, curve, figures, note, say, side_by_side, spreads
from analysis_lib.report.closed import left_out
from analysis_lib.report.output import Output
from analysis_lib.report.sentence import Sentence, sentence
from analysis_lib.results import Released, Value

SHORTER_LEFT_OUT = (
    "A single year is left out of a column where too few of its children were in time, or too few were not, or where other "
    "years would tell how many."
)
SHARES_LEFT_OUT = "A way of counting is left out where too few children were in time, or too few were not."


class Waits(AdoptionFigures):
    """Charts, tables and sentences of days."""

    # Average waits: the adoption scorecard measures

    def average_days(self) -> Output:
        """Average days from stage to stage of the children adopted."""
        finding = say(
            "{days} days from entering care to moving in (A1), for children adopted from {span}",
            otherwise="Average days from stage to stage, children adopted",
            days=self.over_three_years(self.a1),
            span=self.three_years,
        )
        averages, missing = self.those_there(
            {
                "A1, care to moving in": lambda: self.a1,
                "A10, fostering counted": lambda: self.a10,
                "A2, order to match": lambda: self.a2,
            }
        )
        table = side_by_side(
            "scorecard_days",
            f"Average days, children adopted in {self.place}",
            averages,
            rows="span",
            heading="Adopted in",
            show=("value", "interval", "denominator"),
            note=" ".join(filter(None, [left_out(missing), self.why_no_year_to_date])),
        )
        x_label = "Average days, with 95% interval"
        return bars("scorecard_days", finding, averages, category="span", x_label=x_label, table=table)

    def _average_wait(self) -> Sentence:
        return say(
            "Children adopted from {three_years} had waited {days} days on average from entering care to moving in "
            "with their adopters{last_year}.",
            otherwise="No average wait can be shown for children adopted from {three_years}: "
            "they are too few, or left before the returns begin.",
            three_years=self.three_years,
            days=self.over_three_years(self.a1),
            last_year=self._beside_last_year(
                ". Those adopted in the last of these years had waited {days} days", self.a1
            ),
        )

    def average_in_words(self) -> Output:
        """The average wait beside that of the middle child."""
        until_fostered = [self._average_until_fostered()] if self.over_three_years(self.a10).is_shown else []
        return sentence(
            say(
                "For children adopted from {span} the average (A1) was {mean} days and the middle child waited "
                "{median} days. The two differ when a few children wait much longer or shorter than the rest.",
                otherwise="The average cannot be set beside the middle value for children adopted from {span}.",
                mean=self.over_three_years(self.a1),
                median=self.over_three_years(self.a1_of_the_middle_child),
                span=self.three_years,
            ),
            *until_fostered,
        )

    def average_and_middle(self) -> Output:
        """The average wait and that of the middle child, side by side."""
        columns = {"Average days": self.a1, "Days of the middle child": self.a1_of_the_middle_child}
        return side_by_side(
            "average_and_middle",
            f"From entering care to moving in (A1): the average and the middle child, children adopted in {self.place}",
            {label: days.where(span=self.longest_span) for label, days in columns.items()},
            rows="span",
            heading="Adopted in",
        )

    def _average_until_fostered(self) -> Sentence:
        return say(
            "When a child adopted by the foster carer counts as arrived on the day that the fostering began, "
            "the average is {days} days{last_year}.",
            days=self.over_three_years(self.a10),
            last_year=self._beside_last_year(
                ". For those adopted in the last of these years it is {days} days", self.a10
            ),
        )

    def _beside_last_year(self, words: str, released: Released) -> Sentence:
        """What follows the figure of three years: that of the last of them, unless there is but one."""
        last = self.in_the_last_year(released)
        if last is None:
            return say("")
        hidden = ". For those adopted in the last of these years alone no average can be shown"
        return say(words, otherwise=hidden, days=last)

    def moved_in_in_time(self) -> Output:
        """Children who moved in within 14 months."""
        longest = {self.longest_span: self.three_years}
        options = [adoption.a3_both_ways(self.journeys, spans) for spans in (self.full_spans, longest)]
        columns, said = {}, [self.why_no_year_to_date]
        for words, *both in zip(adoption.A3_WORDS, *options, strict=True):
            choice = self.page.first_safe([*([share] for share in both), []])
            if choice < len(both):
                why = SHORTER_LEFT_OUT if choice else self.why_no_year_to_date
                columns[words] = self.page.release(both[choice], why)
            said.append(("", SHORTER_LEFT_OUT, SHARES_LEFT_OUT)[choice])
        note = " ".join(dict.fromkeys(filter(None, said)))
        if not columns:
            return sentence(say(note))
        caption = "A3: share who waited less than 14 months from entering care to moving in, counted both ways"
        return side_by_side("scorecard_a3", caption, columns, rows="span", heading="Period", note=note)

    def days_as_printed(self) -> Output:
        """The council's own printed days."""
        return self._as_printed("days_printed", "days to adoption", adoption.PRINTED_DAYS)

    def scorecard_thresholds(self) -> Output:
        """The thresholds of the scorecard."""
        caption = "Thresholds that the Department for Education set for its scorecards, by their years"
        return figures("scorecard_thresholds", caption, self.thresholds, label="threshold", heading="Measure and years")

    def care_with_averages(self) -> Output:
        has_printed = len(adoption.printed_sources(self.page["council_figures"])) > 0
        unsaid = " The council does not say which children its printed days count." if has_printed else ""
        return note(
            "These averages leave out every child who was not adopted, "
            "so they are too kind when hard cases still wait. The curve below counts all.",
            f"A1 and A10 differ only for children adopted by their foster carer.{unsaid}",
            "A3: whether the Department counts 14 months or 426 days, and whether children who still wait belong, "
            "could not be verified. Both are shown.",
            "The thresholds are of their time. 426 and 121 days were derived from 14 and 4 months. "
            "No source read for this page names a threshold for a year after 2013 to 2016, "
            "so the figures are not held against one.",
            "A single year rests on few children: one long wait can move the average by weeks.",
        )

    # Stage by stage

    @cached_property
    def longest_stages(self) -> list[tuple[str, Value]]:
        """The stage that took longest by its median, alone only where it stands out; otherwise the two or three longest.

        It stands out when its median, as shown, is at least a tenth above the next. Empty where fewer than two medians
        can be shown, so that there is nothing to compare.
        """
        medians = self.stage_quartiles["Median"].where(stage=adoption.STAGE_NAMES)
        shown = [pair for pair in zip(medians.frame["stage"], medians.values(), strict=True) if pair[1].is_shown]
        shown.sort(key=lambda pair: -pair[1].number)
        if len(shown) < 2:
            return []
        longest = shown[0][1].number
        # In whole numbers: 1.1 x 100 is a little more than 110.
        near = [pair for pair in shown[1:] if longest == pair[1].number or 10 * longest < 11 * pair[1].number]
        return [shown[0], *near][:3]

    def stages(self) -> Output:
        """Days in each stage."""
        return spreads(
            "stages", self._stages_finding(), self._spread_of_stages(), x_label="Days", table=self._stages_table()
        )

    def _stages_finding(self) -> Sentence:
        longest = self.longest_stages
        if not longest:
            return say("Days in each stage")
        stage, most = longest[0]
        if len(longest) == 1:
            return say("The longest stage: {stage}, {days} days for the middle child", stage=stage, days=most)
        least = longest[-1][1]
        words = "{most}" if most.text == least.text else "{least} to {most}"
        return say(f"No stage stands out: the longest took the middle child {words} days", least=least, most=most)

    def _spread_of_stages(self) -> list[tuple[str, Value, Value, Value]]:
        low, middle, high = self.stage_quartiles.values()
        return list(zip(middle.frame["stage"], low.values(), middle.values(), high.values(), strict=True))

    def _stages_table(self) -> Output:
        completed = self._days_by_stage("median", cohort="completed")
        columns = {**self.stage_quartiles, "Median of all who completed it": completed}
        caption = f"Days in each stage, {self.place}, {self.three_years.label}"
        return side_by_side("stages", caption, columns, rows="stage", heading="Stage")

    def stages_in_words(self) -> Output:
        """Days from entering care to the adoption order."""
        return sentence(
            say(
                "From entering care to the adoption order the middle child took {days} days.",
                otherwise="There are too few children for the days from entering care to the adoption order.",
                days=self.stage_quartiles["Median"].value(stage="Entered care to adoption"),
            )
        )

    def england_by_stage(self) -> Output:
        """England's months in each stage."""
        caption = "England: average months in each stage, children adopted in the year, as published"
        return crosstab(
            "stages_england", caption, self.stages_in_england, rows="stage", columns="period_end", heading="Stage"
        )

    def care_with_stages(self) -> Output:
        return note(
            "England's figures are averages in months, ours are middle values in days: they are not converted here. "
            "England's second stage runs from the decision to the match, so the placement order falls inside it.",
            "The middle values of the stages do not add up to the middle value of the whole way.",
            '"Median of all who completed it" also counts children who have not been adopted.',
        )

    # From the placement order to moving in

    @cached_property
    def curve_rules(self) -> adoption_curves.CurveRules:
        fewest_followed = self.page.authority.disclosure.classes[CHARACTERISTICS].min_average_base
        return adoption_curves.CurveRules(fewest_per_step=self.page.fewest_shown, fewest_followed=fewest_followed)

    @cached_property
    def outcomes_so_far(self) -> Released:
        """Two outcomes instead of three where those still waiting, beside the table of who waits, would give few away."""
        together = adoption_curves.gives_few_away(
            self.decided_journeys, self.followed, census_date=self.day, fewest_shown=self.page.fewest_shown
        )
        return self.page.release(adoption_curves.outcomes_so_far(self.followed, when=self.orders_in, together=together))

    def moved_in_curve(self) -> Output:
        """The share who had moved in, by days since the placement order."""
        share = adoption_curves.moved_in_after_order(self.followed, when=self.orders_in, rules=self.curve_rules)
        moved_in = self.page.release(share)
        finding = say(
            "Half of the children had moved in {days} days after the placement order",
            otherwise="Share of children who had moved in, by days since the placement order",
            days=self.days_until_half_moved_in.latest(),
        )
        return curve(
            "moved_in_curve",
            finding,
            {"Moved in with adopters": moved_in},
            x="days",
            x_label="Days since the placement order",
            y_label="% of children with a placement order",
            stepped=False,
            table=self._moved_in_table(moved_in),
        )

    def half_moved_in(self) -> Output:
        """The days after the placement order by which half of the children had moved in."""
        columns = {self.orders_in.label: [self.children_followed, self.days_until_half_moved_in]}
        caption = "How soon half of the children with a placement order had moved in"
        return by_measure("half_moved_in", caption, columns, heading="Orders granted from")

    def _moved_in_table(self, moved_in: Released) -> Output:
        return side_by_side(
            "moved_in_curve",
            f"Moved in with adopters, share of all children with a placement order granted from {self.orders_in.label}",
            {"Moved in": moved_in},
            rows="days",
            heading="Days since the order",
            show=("value", "interval"),
        )

    def outcomes_in_words(self) -> Output:
        """What had become of the children with a placement order."""
        if len(self.outcomes_so_far) == 2:
            return self._outcomes_together_in_words()
        moved, ended, still = self.outcomes_so_far.values()
        return sentence(
            say(
                "By {day}, {moved} of the {all} children had moved in and {still} were still waiting. "
                "The plan for {ended} had ended, or they had left care otherwise.",
                otherwise="By {day}, {moved} of the {all} children had moved in.",
                day=self.day,
                moved=moved,
                ended=ended,
                still=still,
                all=self.children_followed.latest(),
            )
        )

    def _outcomes_together_in_words(self) -> Output:
        moved, not_moved = self.outcomes_so_far.values()
        return sentence(
            say(
                "By {day}, {moved} of the {all} children had moved in and {not_moved} had not. They were still waiting, "
                "their plan had ended, or they had left care otherwise. "
                "These are shown together so that no child can be recognised.",
                otherwise="By {day}, {moved} of the {all} children had moved in. "
                "The others are shown together so that no child can be recognised.",
                day=self.day,
                moved=moved,
                not_moved=not_moved,
                all=self.children_followed.latest(),
            )
        )

    def outcomes(self) -> Output:
        """Their numbers by outcome."""
        return figures(
            "outcomes_so_far",
            f"What had become of the children with a placement order granted from {self.orders_in.label}",
            [self.outcomes_so_far, self.children_followed],
            label=_outcome_or_all,
            heading="Outcome",
        )

    def not_moved_in(self) -> Output:
        """The share who had not moved in."""
        shares = adoption_curves.not_moved_in_after_order(self.followed, when=self.orders_in, rules=self.curve_rules)
        return crosstab(
            "not_moved_in",
            "Not moved in, share of the same children",
            self.page.release(shares),
            rows="days",
            columns="outcome",
            heading="Days since the order",
        )

    def care_with_the_curve(self) -> Output:
        return note(
            "A child who still waits counts for as many days as have been watched, so nobody who waits is left out. "
            "The method for those still waiting is Kaplan-Meier's. For those who moved in it is Aalen-Johansen's, "
            "which is the same where no plan ends. An ended plan is an end of its own, "
            "for that child will not move in.",
            "The band is a 95% interval for each day by itself.",
            "In the public edition a day is shown only where enough children had reached it since the day above it, "
            "so that no step is of single children. "
            "No line goes on where fewer than ten children are still followed.",
            "Averages of adopted children alone leave out those who wait longest; this curve does not.",
        )


def _outcome_or_all(row: dict) -> str:
    return row.get("outcome", "All")
