"""Results by key stage: years added together, year by year, and beside England."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from analysis_lib.metrics import attainment
from analysis_lib.metrics.attainment import KeyStage
from analysis_lib.metrics.counting.together import years_together
from analysis_lib.metrics.pupils import are_in_a_row, school_year, years_in_words
from analysis_lib.pages.virtual_school.figures import (
    INDICATORS,
    SchoolFigures,
    code_of,
    figure_at,
    gap_in_words,
    short_title,
    spelled,
    stage_of,
    uncapitalised,
    year_of,
)
from analysis_lib.periods import Period
from analysis_lib.report.chart import bars
from analysis_lib.report.figure import denominator, interval
from analysis_lib.report.output import Output
from analysis_lib.report.sentence import Sentence, change, say, sentence
from analysis_lib.report.table import table
from analysis_lib.results import PUBLISHED, Released, Result, Value

# What the page says above its first chart.
YEARS_ADDED = "Up to three school years are added together, because one year has too few pupils."


class Attainment(SchoolFigures):
    """Charts, tables and sentences of the results."""

    @cached_property
    def standards(self) -> Released:
        return self._release(attainment.key_standards(self.pupils, years=self.years), YEARS_ADDED)

    @cached_property
    def national_standards(self) -> Released:
        """England's figure for the last of the years added together, for each standard that DfE publishes."""
        measure = self.standards.measure
        rows = []
        for label, stage, standard in attainment.KEY_STANDARDS:
            end = self._pooled(label)[0].period_end
            if (stage.code, standard) in INDICATORS:
                rows.append(
                    self._published(measure, INDICATORS[stage.code, standard], [self.country], end, end)
                    .exact()
                    .assign(standard=label)
                )
        return self._release(Result(measure, pd.concat(rows), ("standard",), PUBLISHED))

    def _pooled(self, label: str) -> tuple[Value, str]:
        row = self.standards.where(standard=label)
        return row.value(), row.frame["years"].iloc[0]

    def standards_chart(self) -> Output:
        """Pupils who reached the standard at each key stage, years added together."""
        ours, country = self.standards, self.national_standards
        rows = []
        for label, _, _ in attainment.KEY_STANDARDS:
            value, years = self._pooled(label)
            rows.append([label, years, *spelled(value)])
            against = country.where(standard=label).values()
            if against:
                rows.append(
                    [
                        f"{label}, {self.country.name}",
                        school_year(Period.parse(code_of(against[0].period_end))),
                        *spelled(against[0]),
                    ]
                )
        shown = table(
            "key_standards",
            f"Looked-after pupils who reached the standard, {self.here.name} with years added together, {self.country.name} in the last of them",
            ["Standard", "School years", "Reached it", "Number", "Out of", "95% interval"],
            rows,
            note=f"{self.country.name}'s figure is DfE's for the last year only. DfE publishes none for looked-after pupils in the early years and at key stage 1 in the files used here.",
        )
        value, years = self._pooled("Key stage 2: reading, writing and maths")
        finding = say(
            "{value} reached the key stage 2 standard in all three subjects in {years}",
            otherwise="Shares of looked-after pupils who reached each standard",
            value=value,
            years=years,
        )
        named = {f"{self.here.name}, years added together": ours}
        if country.frame["value"].notna().any():
            named[f"{self.country.name}, last of the years"] = country
        return bars("key_standards", finding, named, category="standard", x_label="% of pupils", table=shown)

    def standards_in_words(self) -> Output:
        """The share of each standard with its interval, and whether England's figure is inside the interval."""
        return sentence(*(self._against_country(label) for label, _, _ in attainment.KEY_STANDARDS))

    def _against_country(self, label: str) -> Sentence:
        value, years = self._pooled(label)
        england = figure_at(self.national_standards.where(standard=label), value.period_end)
        parts = {
            "label": label,
            "value": value,
            "interval": interval(value),
            "country": self.country.name,
            "england": england or "",
            "years": years,
        }
        if value.symbol == "z":
            return say("{label}: no results are held.", **parts)
        if not value.is_shown:
            before = self._shown_before(
                label, next(stage for name, stage, _ in attainment.KEY_STANDARDS if name == label)
            )
            parts |= {"before": before[0], "before_years": before[1]} if before else {}
            return say(f"{{label}}: hidden in {{years}}, too few pupils{earlier(before)}.", **parts)
        told = "{label}: {value} in {years}. Allowing for chance, the true figure may lie anywhere from {interval}"
        if england is None or not england.is_shown:
            return say(f"{told}.", **parts)
        inside = value.lower <= england.number <= value.upper
        return say(
            f"{told}. {{country}}'s published {{england}} is {'inside' if inside else 'outside'} that range.", **parts
        )

    @cached_property
    def _yearly(self) -> dict[str, Result]:
        return {
            stage.code: attainment.by_standard(self.pupils, stage, years=self.years) for stage in attainment.KEY_STAGES
        }

    @cached_property
    def added_up(self) -> dict[str, list[Released]]:
        """Every standard of each key stage with years added together, the latest years first.

        Earlier years follow where the assessments changed in between. They are released after the headlines and before any
        single year: a year that is hidden must not cost the reader the years together.
        """
        released = {"headlines": [self.standards]}
        for stage in attainment.KEY_STAGES:
            released[stage.code] = [
                self._release(run, YEARS_ADDED) for run in attainment.runs(self._yearly[stage.code])
            ]
        return released

    @cached_property
    def by_year(self) -> dict[str, Released]:
        """The standards of each key stage by single year, where no figure has to be hidden; other key stages are not there."""
        shown = {}
        for code, yearly in self._yearly.items():
            if self.added_up and self.page.first_safe([[yearly], []]) == 0:
                shown[code] = self._release(yearly)
        return shown

    def _shown_before(self, label: str, stage: KeyStage) -> tuple[Value, str] | None:
        """The latest earlier years of which the standard may be shown, with their name."""
        standard = next(each for name, _, each in attainment.KEY_STANDARDS if name == label)
        for added in self.added_up[stage.code][1:]:
            row = added.where(standard=standard)
            if len(row) and row.value().is_shown:
                return row.value(), row.frame["years"].iloc[0]
        return None

    def _why_no_single_years(self, stage: KeyStage) -> str:
        return (
            f"Results of {uncapitalised(short_title(stage))} are not shown for single school years, because too few pupils are behind "
            "some of them. The table of years added together has them."
        )

    def cohorts(self) -> Output:
        """Pupils at the end of each key stage."""
        reached = self._release(attainment.pupils_at_key_stage_end(self.pupils, years=self.years))
        without = self._release(attainment.pupils_not_assessed(self.pupils, years=self.years))
        series = {}
        for stage in attainment.KEY_STAGES:
            series[stage.title] = reached.where(key_stage=stage.title)
            series[f"{stage.title}, without any result"] = without.where(key_stage=stage.title)
        return self._beside(
            "cohorts",
            "Pupils at the end of each key stage, and those of them without any result, by school year",
            series,
            "Key stage",
        )

    def early_stages_table(self) -> Output:
        """Each standard of the early years and key stages 1 and 2 by school year."""
        every = (attainment.EARLY_YEARS, attainment.KEY_STAGE_1, attainment.KEY_STAGE_2)
        stages = [stage for stage in every if stage.code in self.by_year]
        without = [self._why_no_single_years(stage) for stage in every if stage not in stages]
        if not stages:
            return sentence(
                say(
                    "Results of the early years, key stage 1 and key stage 2 are not shown for single school years, because too few "
                    "pupils are behind some of them. The table of years added together has them."
                )
            )
        series = {
            f"{short_title(stage)}: {uncapitalised(standard)}": self.by_year[stage.code].where(standard=standard)
            for stage in stages
            for standard in stage.standards
        }
        return self._beside(
            "attainment",
            "Looked-after pupils who reached each standard, % of the pupils at the end of the key stage, by school year",
            series,
            "Standard",
            note=" ".join(filter(None, (*(gap_in_words(stage, self.years) for stage in stages), *without))),
        )

    def intervals_table(self) -> Output:
        """Each standard with years added together, and where it is shown its latest year, with counts and intervals."""
        rows = []
        for stage in attainment.KEY_STAGES:
            for standard in stage.standards:
                label = f"{short_title(stage)}: {uncapitalised(standard)}"
                for added in self.added_up[stage.code]:
                    row = added.where(standard=standard)
                    value, years = row.value(), row.frame["years"].iloc[0]
                    is_one_year = years == school_year(year_of(value.period_end))
                    if stage.code in self.by_year and not is_one_year:
                        latest = figure_at(self.by_year[stage.code].where(standard=standard), value.period_end)
                        rows.append([label, school_year(year_of(latest.period_end)), *spelled(latest)])
                    rows.append([label, years, *spelled(value)])
        return table(
            "attainment_intervals",
            "Each standard with up to three school years added together, and the latest of them where single years are shown",
            ["Standard", "School years", "Reached it", "Number", "Out of", "95% interval"],
            rows,
            note="Years on two sides of a change of the assessments stand apart.",
        )

    def key_stage_2_chart(self) -> Output:
        """Key stage 2 by school year."""
        if "KS2" not in self.by_year:
            measure = attainment.MEASURES[attainment.KEY_STAGE_2.measure]
            why = self._why_no_single_years(attainment.KEY_STAGE_2)
            return self._others_table("key_stage_2", measure, "cla_ks2_rwm_pct", why)
        return self._national_chart(
            "key_stage_2",
            self.by_year["KS2"].where(standard=attainment.ALL_THREE),
            "cla_ks2_rwm_pct",
            "{value} reached the key stage 2 standard in {year}",
            "Key stage 2 reading, writing and maths by school year",
            "% of pupils, all three subjects",
        )

    def attainment_8_chart(self) -> Output:
        """Attainment 8 by school year."""
        return self._national_chart(
            "attainment_8",
            self._release(attainment.attainment_8(self.pupils, years=self.years)),
            "cla_ks4_att8",
            "Attainment 8 averaged {value} points in {year}",
            "Average Attainment 8 by school year",
            "Average points",
        )

    def change_in_words(self, code: str) -> Output:
        """The combined standard in its latest year with results, and how it moved from the year before.

        Where there is no such move to tell, the sentence says why: no figure of the year before, a hidden one, or a break.
        """
        stage = stage_of(code)
        standard = list(stage.standards)[-1]
        if code not in self.by_year:
            return sentence(
                say(
                    "How the results of {stage} moved from one school year to the next is not said, because single years have too few "
                    "pupils.",
                    stage=short_title(stage).lower(),
                )
            )
        shown = self.by_year[code].where(standard=standard)
        held = [value for value in shown.values() if value.symbol != "z"]
        parts = {"stage": short_title(stage).lower(), "standard": uncapitalised(standard)}
        if not held:
            return sentence(say("No results are held for {stage}.", **parts))
        now, then = held[-1], figure_at(shown, held[-1].period_end - pd.DateOffset(years=1))
        parts |= {
            "now": now,
            "year": school_year(year_of(now.period_end)),
            "base": denominator(now),
            "interval": interval(now),
        }
        told = "At {stage}, {now} of {base} pupils reached the standard ({standard}) in {year}, 95% interval {interval}"
        hidden = "At {stage} the figure for {year} ({standard}) is hidden, for the numbers are too small."
        before = year_of(now.period_end).shifted(-12)
        parts["before"] = school_year(before)
        if not stage.is_assessed_in(before):
            why = "there were no statutory assessments in {before}"
        elif then is None or not (then.is_shown or then.symbol == "c"):
            why = "no results of the year before, {before}, are held"
        elif not then.is_shown:
            why = "the figure for the year before, {before}, is hidden (too few pupils)"
        elif any(then.period_end < each.day <= now.period_end for each in self._breaks(shown)):
            why = "the year before, {before}, cannot be compared with it, for the assessments changed in between"
        else:
            why = "{change} the {then} of {before}"
            parts |= {"then": then, "change": change(now, then)}
        return sentence(say(f"{told}{': ' if 'change' in parts else '; '}{why}.", otherwise=hidden, **parts))

    def elsewhere_tables(self) -> list[Output]:
        """English and maths of key stage 4 beside the country, the region, the neighbours and DfE's figure for the council."""
        tables = []
        for standard in attainment.KEY_STAGE_4.standards:
            name, indicator = f"key_stage_4_grade_{standard.split()[1]}", INDICATORS["KS4", standard]
            if "KS4" not in self.by_year:
                measure = attainment.MEASURES[attainment.KEY_STAGE_4.measure]
                tables.append(
                    self._others_table(
                        name,
                        measure,
                        indicator,
                        self._why_no_single_years(attainment.KEY_STAGE_4),
                        what=f"{measure.title}, {uncapitalised(standard)} in both",
                    )
                )
                continue
            ours = self.by_year["KS4"].where(standard=standard)
            series = {self.here.name: ours, **self._labelled(self._elsewhere(ours.measure, indicator))}
            tables.append(
                self._beside(
                    name,
                    f"English and maths at the end of key stage 4, {uncapitalised(standard)} in both, by school year and area",
                    series,
                    "Area",
                )
            )
        return tables

    def teacher_assessments(self) -> Output:
        """Local teacher assessments of years without statutory ones."""
        yearly = attainment.teacher_assessment(self.pupils, years=self.years)
        ends = set(yearly.exact()["period_end"])
        if not ends:
            return sentence(say("No local teacher assessments are held for the years without statutory ones."))
        those = [year for year in self.years if year.end in ends]
        together = years_together(yearly, those, years_in_words(those)) if are_in_a_row(those) else yearly
        choice = self.page.first_safe([[yearly], [together], []])
        if choice == 2:
            return sentence(
                say(
                    "Local teacher assessments of years without statutory ones are held, and not shown: too few pupils have one.",
                )
            )
        added = "Years are added together, because too few pupils have such an assessment in one." if choice else ""
        released = self._release((yearly, together)[choice], added)
        series = {
            f"{short_title(stage)}: {uncapitalised(standard)}": released.where(key_stage=stage.title, standard=standard)
            for stage in attainment.KEY_STAGES
            for standard in stage.standards
        }
        return self._beside(
            "teacher_assessments",
            f"Local teacher assessments in years without statutory ones ({years_in_words(those)}), % of the pupils so assessed: not moderated, and comparable with no other figure on this page",
            {label: own for label, own in series.items() if len(own)},
            "Standard",
            together=choice == 1,
            note=added,
        )

    def impossible_in_words(self) -> Output:
        """Whether any of our own combined measures is above one of its parts."""
        shown = [each for code in self._yearly for each in self.added_up[code]]
        found = [
            each
            for released in (*shown, *self.by_year.values())
            for each in attainment.impossible_combinations(released)
        ]
        years = sorted({school_year(year_of(each.period_end)) for each in found})
        return sentence(
            say(
                "A combined measure is above one of its parts, in years to {years}: look for pupils with wrong entries before using these figures.",
                years=" and ".join(years),
            )
            if found
            else say(
                "No combined measure of the pupils above is higher than one of its parts, which would be impossible."
            )
        )


def earlier(before: tuple[Value, str] | None) -> str:
    """How a sentence goes on where a figure is hidden and that of earlier years is not."""
    return ". In {before_years} it was {before}" if before else ""
