"""The sections that count: the three groups of children, and who comes into care and leaves it."""

from __future__ import annotations

from analysis_lib.pages.demand.figures import DemandFigures
from analysis_lib.report.chart import trend
from analysis_lib.report.closed import why_closed
from analysis_lib.report.figure import denominator
from analysis_lib.report.output import Output, folded
from analysis_lib.report.sentence import Sentence, joined, note, say, sentence
from analysis_lib.report.stocks import Stock, movement, stock_trend, stocks_table
from analysis_lib.report.table import as_printed, by_measure, figures, side_by_side

COUNTED, PUBLISHED = "Counted for this page", "Published by DfE"
MARK_PRINTED, MARK_PUBLISHED = "Printed by the council", "Published by DfE, 31 March"
PRINTED = "What the council has printed"
IN_EVERY = "how many there are for every 10,000 children"


class Groups(DemandFigures):
    """Children looked after, on a child protection plan, and on a child in need plan alone."""

    # Where the numbers stand

    def now(self) -> Output:
        """Children in each group on the last day of the period, with rates and changes."""
        stocks, no_stocks = self.those_there(
            {
                "how many children are looked after": lambda: self.looked_after,
                "how many are on a child protection plan": lambda: self.on_protection_plan,
                "how many are on a child in need plan alone": lambda: self.on_need_plan,
            }
        )
        shown = list(stocks.values()) or [self.looked_after]
        rates, no_rates = self.those_there({IN_EVERY: lambda: self._what_rates_divide_by(shown[0])})
        closing = why_closed([*no_rates, *no_stocks])
        return stocks_table(
            "children_now",
            f"Children in {self.us.name} on the last day of {self.page.period.label}",
            shown,
            note=joined([*rates.values(), *([closing] if closing else [])], " "),
        )

    def _what_rates_divide_by(self, stock: Stock) -> Sentence:
        return say(
            "Rates are for every 10,000 children aged 0 to 17: {number} by the {estimate}.",
            otherwise="Rates are for every 10,000 children aged 0 to 17, by the {estimate}.",
            number=denominator(stock.rate),
            estimate=self.people.name,
        )

    def care_with_now(self) -> Output:
        return note(
            "Neither a high nor a low number is good by itself: it can mean more need, or help that comes earlier or "
            "later.",
            "A number of children moves on from where it stood, so one quarter's change says little about where it is "
            "going. Look at the line over years.",
        )

    # Children looked after

    def looked_after_trend(self) -> Output:
        """Children looked after at each month end."""
        return stock_trend(
            "looked_after",
            self.looked_after,
            y_label="Children looked after",
            marks={MARK_PRINTED: self.looked_after_printed, MARK_PUBLISHED: self.looked_after_published},
        )

    def looked_after_in_words(self) -> Output:
        """Whether the number of children looked after rises or falls."""
        movement_first = movement(self.looked_after)
        return self.told(
            {
                "whether their number rises or falls": lambda: movement_first,
                "how many of them are unaccompanied asylum-seeking children": self._unaccompanied_in_words,
            }
        )

    def _unaccompanied_in_words(self) -> Sentence:
        return say(
            "Of the children looked after, {share} were unaccompanied asylum-seeking children.",
            otherwise="The share of unaccompanied asylum-seeking children is not shown: the number is too small.",
            share=self.unaccompanied.latest(),
        )

    def unaccompanied_share(self) -> Output:
        """Unaccompanied asylum-seeking children among those looked after."""
        caption = f"Unaccompanied asylum-seeking children, as a share of the children looked after by {self.us.name}"
        return figures("unaccompanied", caption, self.unaccompanied, heading="On")

    def looked_after_beside_published(self) -> Output:
        """Children looked after on 31 March beside the published number."""
        self.held_of_us("cla_31mar_number")
        published = self.looked_after_published
        counted = self.looked_after.series.where(period_end=list(published.frame["period_end"]))
        beside = side_by_side(
            "looked_after_31_march",
            "Children looked after on 31 March: counted for this page, and published by the Department for Education "
            "(DfE)",
            {COUNTED: counted, PUBLISHED: published},
            rows="period_end",
            heading="On",
        )
        return folded(beside)

    def looked_after_as_printed(self) -> Output:
        """The council's own printed numbers of children looked after."""
        return folded(
            as_printed("looked_after_printed", f"{PRINTED} of children looked after", [self.looked_after_printed])
        )

    def care_with_looked_after(self) -> Output:
        conflicts = "Figures that the council printed for one time do not all agree; each is shown as printed."
        return note(
            *([conflicts] if len(self.looked_after_printed) else []),
            "DfE revises its figures for some years after they first come out. Which revision is shown, the end of this page "
            "says.",
        )

    # Coming into care and leaving it

    def starts_and_ends_by_month(self) -> Output:
        """Starts and ends of care by month."""
        name, caption = "starts_and_ends_by_month", "Starts and ends of care by month"
        lines = {"Starts": self.flows_by_month.starts, "Ends": self.flows_by_month.ends}
        columns = lines | {"Starts for each end": self.flows_by_month.starts_for_each_end}
        finding = say(
            "{starts} starts of care and {ends} ends in {months}",
            otherwise=caption,
            months=self.to_date,
            starts=self.flows.starts.latest(),
            ends=self.flows.ends.latest(),
        )
        return trend(
            name,
            finding,
            lines,
            y_label="Periods of care in the month",
            table=side_by_side(name, caption, columns, rows="period_end", heading="Month to"),
        )

    def starts_and_ends_to_date(self) -> Output:
        """Starts and ends of care in the year to date, beside the same months a year before."""
        return by_measure(
            "starts_and_ends_to_date",
            "Starts and ends of care, the financial year to date",
            {self.to_date.label: self.flows, self.year_before.label: self.flows_year_before},
            heading="Counted as",
        )

    def starts_and_ends_in_words(self) -> Output:
        """Children who started and ceased to be looked after."""
        both_counts = say(
            "In {months}, {starting} children started to be looked after and {ceasing} ceased, each counted once; "
            "as events there were {starts} starts and {ends} ends.",
            otherwise="Children in {months}: starting to be looked after, {starting}; ceasing, {ceasing}. "
            "As events: starts, {starts}; ends, {ends}.",
            months=self.to_date,
            starting=self.flows.children_starting.latest(),
            ceasing=self.flows.children_ceasing.latest(),
            starts=self.flows.starts.latest(),
            ends=self.flows.ends.latest(),
        )
        return sentence(both_counts)

    def starts_and_ends_as_printed(self) -> Output:
        """The council's own printed starts and ends of care."""
        return folded(
            as_printed(
                "starts_and_ends_printed", f"{PRINTED} of children coming into care and leaving it", self.flows_printed
            )
        )

    def care_with_starts_and_ends(self) -> Output:
        unsaid = "The council does not say whether its printed starts and ends are events or children."
        return note(
            "A month has few starts and ends, so starts for each end swings from month to month. The year to date is "
            "steadier.",
            *([unsaid] if any(map(len, self.flows_printed)) else []),
        )

    # Children on a child protection plan

    def protection_trend(self) -> Output:
        """Children on a child protection plan at each month end."""
        return stock_trend(
            "protection_plans",
            self.on_protection_plan,
            y_label="Children on a child protection plan",
            marks={MARK_PRINTED: self.protection_plans_printed, MARK_PUBLISHED: self.protection_plans_published},
        )

    def protection_in_words(self) -> Output:
        """Whether the number on a child protection plan rises or falls, and the plans started and ended."""
        started, ended = self.protection_plan_flows
        flows = say(
            "In {months}, {started} plans started and {ended} ended.",
            otherwise="Plans in {months}: started, {started}; ended, {ended}.",
            months=self.to_date,
            started=started.latest(),
            ended=ended.latest(),
        )
        return sentence(movement(self.on_protection_plan), flows)

    def protection_plans_to_date(self) -> Output:
        """Child protection plans started and ended in the year to date."""
        return by_measure(
            "protection_plans_to_date",
            "Child protection plans started and ended, the financial year to date",
            {self.to_date.label: self.protection_plan_flows},
            heading="Counted as",
        )

    def protection_beside_published(self) -> Output:
        """Children on a child protection plan on 31 March beside the published number of plans."""
        self.held_of_us("cpp_31mar_number")
        published = self.protection_plans_published
        counted = self.on_protection_plan.series.where(period_end=list(published.frame["period_end"]))
        beside = side_by_side(
            "protection_plans_31_march",
            "Child protection plans on 31 March: children counted for this page, and plans published by the Department "
            "for Education (DfE)",
            {COUNTED: counted, PUBLISHED: published},
            rows="period_end",
            heading="On",
        )
        return folded(beside)

    def protection_as_printed(self) -> Output:
        """The council's own printed numbers of child protection plans."""
        return folded(
            as_printed(
                "protection_plans_printed", f"{PRINTED} of child protection plans", [self.protection_plans_printed]
            )
        )

    def care_with_protection(self) -> Output:
        return note(
            "DfE counts plans, this page children. A child has one plan at a time, so on one day the two should agree."
        )

    # Children on a child in need plan

    def need_trend(self) -> Output:
        """Children on a child in need plan alone at each month end."""
        marks = {
            "Printed by the council as children in need": self.children_in_need_printed,
            "Printed by the council as plans": self.need_plans_printed,
        }
        label = "Children on a child in need plan alone"
        return stock_trend("need_plans", self.on_need_plan, y_label=label, marks=marks)

    def need_in_words(self) -> Output:
        """Whether the number on a child in need plan alone rises or falls."""
        return sentence(movement(self.on_need_plan))

    def need_as_printed(self) -> Output:
        """The council's own printed numbers of children in need."""
        printed = [self.children_in_need_printed, self.need_plans_printed]
        return folded(as_printed("need_plans_printed", f"{PRINTED} of child in need plans", printed))

    def care_with_need(self) -> Output:
        return note(
            "What the Department for Education calls children in need is another measure and much larger, for it takes "
            "in protection plans and children looked after. It has its own section below and is never set against this "
            "one.",
            "Every open row of the return's list of children in need counts as a plan, also one whose assessment is "
            "still open. The list does not say when an assessment became a plan.",
        )
