"""Absence, attendance, suspension and exclusion."""

from __future__ import annotations

from functools import cached_property

from analysis_lib.metrics import attendance, exclusions
from analysis_lib.metrics.pupils import school_year
from analysis_lib.pages.virtual_school.figures import (
    SchoolFigures,
    not_shown,
    uncapitalised,
)
from analysis_lib.report.figure import numerator
from analysis_lib.report.output import Output
from analysis_lib.report.sentence import say, sentence
from analysis_lib.report.table import table
from analysis_lib.results import Released, Value


class Attendance(SchoolFigures):
    """Charts, tables and sentences of attendance and exclusion."""

    @cached_property
    def absence(self) -> Released:
        return self._release(attendance.absence(self.pupils, years=self.years))

    @cached_property
    def absence_elsewhere(self) -> dict[str, Released]:
        return self._elsewhere(self.absence.measure, "cla_absence_pct")

    @cached_property
    def persistent_absence(self) -> Released:
        return self._release(attendance.persistent_absence(self.pupils, years=self.years))

    def absence_chart(self) -> Output:
        """Absence by school year."""
        return self._national_chart(
            "absence",
            self.absence.where(kind="Overall"),
            "cla_absence_pct",
            "Looked-after pupils missed {value} of their sessions in {year}",
            "Absence of looked-after pupils by school year",
            "% of possible sessions missed",
        )

    def absence_table(self) -> Output:
        """Absence by kind."""
        series = {
            f"{kind} absence": self.absence.where(kind=kind) for kind in ("Overall", "Authorised", "Unauthorised")
        }
        series["Persistently absent (10% or more)"] = self.persistent_absence
        left_out = []
        for label, result in {
            "Severely absent (50% or more)": attendance.severe_absence,
            "With an attendance record": attendance.attendance_recorded,
        }.items():
            released = self._whole_or_latest(lambda years, counted=result: counted(self.pupils, years=years))
            if released is None:
                left_out.append(label)
                continue
            series[label] = released
            if len(released) < len(self.years):
                left_out.append(f"{label.split(' (')[0]} in earlier years")
        country = {
            "Overall absence": "cla_absence_pct",
            "Unauthorised absence": "cla_unauth_absence_pct",
            "Persistently absent (10% or more)": "cla_persistent_absence_pct",
            "Severely absent (50% or more)": "cla_severe_absence_pct",
        }
        rows = {}
        for label, released in series.items():
            rows[label] = released
            elsewhere = self._elsewhere(released.measure, country[label])["country"] if label in country else ()
            if len(elsewhere):
                rows[f"{label}, {self.country.name}"] = elsewhere
        return self._beside(
            "absence_kinds",
            "Absence, % of sessions; persistent and severe absence and attendance records, % of pupils; reception to year 11",
            rows,
            "",
            note=" ".join(
                [
                    "Authorised and unauthorised add up to the overall figure before rounding.",
                    *([not_shown(left_out)] if left_out else []),
                ]
            ),
        )

    def attendance_bands(self) -> Output:
        """Pupils by their attendance."""
        released = self._release(attendance.attendance_bands(self.pupils, years=self.years))
        series = {f"Attended {uncapitalised(band)}": released.where(band=band) for band in attendance.BANDS}
        series["Attended every session (part of 95% or more)"] = self._release(
            attendance.full_attendance(self.pupils, years=self.years)
        )
        return self._beside(
            "attendance_bands",
            "Pupils by the share of their own possible sessions that they attended, % of pupils with a record",
            series,
            "Attendance",
        )

    @cached_property
    def suspended(self) -> Released:
        return self._release(exclusions.suspended_pupils(self.pupils, years=self.years))

    @cached_property
    def excluded(self) -> Released:
        return self._release(exclusions.permanent_exclusions(self.pupils, years=self.years))

    def exclusions(self) -> Output:
        """Suspensions and permanent exclusions."""
        number = self._release(exclusions.suspended_pupils_number(self.pupils, years=self.years))
        series = {
            "Pupils suspended at least once": number,
            "Pupils suspended at least once, % of pupils": self.suspended,
            **{
                f"The same, {name}": released
                for name, released in self._labelled(
                    self._elsewhere(self.suspended.measure, "cla_suspension_pct")
                ).items()
            },
            "Days of suspension for each suspended pupil": self._release(
                exclusions.suspension_days(self.pupils, years=self.years)
            ),
            "Pupils permanently excluded": self.excluded,
            f"Pupils suspended, as {self.here.name} Council printed it": self._council(
                number.measure, "suspended_pupils"
            ),
            f"School days lost, as {self.here.name} Council printed it": self._council(
                exclusions.MEASURES["printed_days_lost"], "suspension_days"
            ),
        }
        return self._beside(
            "exclusions",
            "Suspensions and permanent exclusions of looked-after pupils, reception to year 11, by school year",
            {label: released for label, released in series.items() if len(released)},
            "",
        )

    @cached_property
    def _days_lost(self) -> Value:
        return self._release(exclusions.suspension_days(self.pupils, years=[self.last])).value()

    def days_lost(self) -> Output:
        """The school days lost to suspension in the latest year."""
        return table(
            "days_lost",
            "School days lost to suspension, pupils suspended at least once",
            ["School year", "Days in all", "Days for each suspended pupil"],
            [[school_year(self.last), numerator(self._days_lost), self._days_lost]],
        )

    def suspension_days_in_words(self) -> Output:
        """The school days lost to suspension in the latest year, in all and for each suspended pupil."""
        mean = self._days_lost
        return sentence(
            say(
                "The suspended pupils lost {total} school days in all in the {year}, {mean} each on average.",
                otherwise="How many school days were lost to suspension in the {year} is not shown: none, or too few pupils were suspended.",
                total=numerator(mean),
                mean=mean,
                year=self.last,
            )
        )
