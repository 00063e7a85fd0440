"""The headline cards of the virtual school's page: two standards, absence and suspension."""

from __future__ import annotations

from analysis_lib.compare import NEIGHBOURS
from analysis_lib.metrics.pupils import school_year
from analysis_lib.pages.virtual_school.attainment import Attainment
from analysis_lib.pages.virtual_school.attendance import Attendance
from analysis_lib.pages.virtual_school.figures import figure_at, year_of
from analysis_lib.report.cards import Card, at, beside, cards, changed, of, others, target, told
from analysis_lib.report.closed import why_closed
from analysis_lib.report.output import Output
from analysis_lib.results import Released

YEARS_ADDED = "not compared, for each year's pupils are other pupils and the years are added together"
KEY_STAGE_2, KEY_STAGE_4 = "Key stage 2: reading, writing and maths", "Key stage 4: English and maths, grade 4 or above"


class Cards(Attainment, Attendance):
    """The expected standard at key stage 2, grade 4 at key stage 4, sessions missed, pupils suspended."""

    def cards(self) -> Output:
        """The headline cards."""
        shown, closings = self.those_there(
            {
                "how many pupils reached the standard at key stage 2": lambda: self._standard_card(KEY_STAGE_2),
                "how many reached it at key stage 4": lambda: self._standard_card(KEY_STAGE_4),
                "how much school they missed": self._absence_card,
                "how many were suspended": self._suspended_card,
            }
        )
        return cards(*shown.values(), closing=why_closed(closings))

    def _standard_card(self, standard: str) -> Card:
        value, years = self._pooled(standard)
        england = figure_at(self.national_standards.where(standard=standard), value.period_end)
        of_england = f"in {school_year(year_of(value.period_end))}"
        return Card(
            title=standard,
            value=value,
            figure=of(value, "of pupils reached it", f"in {years}"),
            lines=[
                told("Year before", YEARS_ADDED),
                beside(self.country.name, value, england, "", of_england),
                told(NEIGHBOURS, "none is published for years added together"),
                target(value.measure),
            ],
        )

    def _absence_card(self) -> Card:
        overall = self.absence.where(kind="Overall")
        return self._yearly_card("School sessions missed", "of sessions", overall, self.absence_elsewhere)

    def _suspended_card(self) -> Card:
        elsewhere = self._elsewhere(self.suspended.measure, "cla_suspension_pct")
        return self._yearly_card("Pupils suspended at least once", "of pupils", self.suspended, elsewhere)

    def _yearly_card(self, title: str, unit: str, ours: Released, elsewhere: dict[str, Released]) -> Card:
        """A share of one school year, beside the year before and beside what is published for the year."""
        now, year = ours.value(period_end=self.last.end), school_year(self.last)
        before = self.last.previous
        names = {self.country.name: "country", NEIGHBOURS: "neighbours"}
        areas = {name: at(elsewhere[key], self.last.end) if key in elsewhere else None for name, key in names.items()}
        return Card(
            title=title,
            value=now,
            figure=of(now, unit, f"in {year}"),
            lines=[
                changed("Year before", now, at(ours, before.end), f"in {school_year(before)}"),
                *others(now, areas, "", f"in {year}"),
                target(now.measure),
            ],
            series=ours,
        )
