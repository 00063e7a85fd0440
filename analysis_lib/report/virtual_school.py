"""The page of the virtual school: what its measures say, in tables, charts and sentences, from released figures only.

`VirtualSchool(page)` measures and releases each figure once; its methods are the sections of the notebook. A branch
here is a branch of wording: which sentence is true when a year has no results, a figure is hidden, or nothing had been
published yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from analysis_lib import compare
from analysis_lib.errors import UsageError
from analysis_lib.metrics import virtual_school as school
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.virtual_school import KeyStage, school_year
from analysis_lib.periods import Period
from analysis_lib.report.chart import bars, trend
from analysis_lib.report.output import Output
from analysis_lib.report.sentence import Sentence, answer, change, note, say, sentence
from analysis_lib.report.table import Cell, table
from analysis_lib.results import PUBLISHED, Break, Released, Result, Value

# DfE's indicators of looked-after pupils (looked after for 12 months), by key stage and standard.
INDICATORS = {
    ("KS2", school.ALL_THREE): "cla_ks2_rwm_pct",
    ("KS2", "Reading"): "cla_ks2_read_pct",
    ("KS2", "Writing"): "cla_ks2_writta_pct",
    ("KS2", "Maths"): "cla_ks2_mat_pct",
    ("KS4", school.GRADE_5): "cla_ks4_em95_pct",
    ("KS4", school.GRADE_4): "cla_ks4_em94_pct",
}
# What the council's papers call a standard, in the order of their table.
PRINTED = {
    "eyfs_gld": (school.EARLY_YEARS, school.GOOD_LEVEL),
    "ks1_rwm": (school.KEY_STAGE_1, school.ALL_THREE),
    "ks1_reading": (school.KEY_STAGE_1, "Reading"),
    "ks1_writing": (school.KEY_STAGE_1, "Writing"),
    "ks1_maths": (school.KEY_STAGE_1, "Maths"),
    "ks2_rwm": (school.KEY_STAGE_2, school.ALL_THREE),
    "ks2_reading": (school.KEY_STAGE_2, "Reading"),
    "ks2_writing": (school.KEY_STAGE_2, "Writing"),
    "ks2_maths": (school.KEY_STAGE_2, "Maths"),
    "ks4_english_maths_5": (school.KEY_STAGE_4, school.GRADE_5),
}
PRINTED_ATTENDANCE = {
    "attendance": "Attendance",
    "absence": "Absence",
    "absence_authorised": "Authorised absence",
    "absence_unauthorised": "Unauthorised absence",
}
READS_LIKE_POINTS = 1.5  # how far a printed column may be from another's, figure by figure, and still read like it


class VirtualSchool:
    """The figures of one page: `last` is the latest complete academic year, `years` all from the first in the returns."""

    def __init__(self, page):
        self.page = page
        self.pupils = page["pupils"]
        self.last: Period = page.period.last_complete_academic_year
        self.years = school.academic_years(self.pupils, self.last)
        self.here, self.region, self.country = page.authority.area, page.authority.region, page.authority.country
        self.neighbour_list = page.authority.neighbour_model(page.as_at).name
        self._cited: set[str] = set()

    def _release(self, result: Result) -> Released:
        """`result` through the page's gate; what a published figure cites is kept for the page's sources."""
        released = self.page.release(result)
        if result.origin == PUBLISHED:
            self._cited |= set(released.frame["source"]) - {""}
        return released

    # The first screen

    def answer(self) -> Output:
        """Four or five sentences: key stage 2, key stage 4, absence, suspension, and what those over sixteen do."""
        return answer(
            self._standard_in_words(
                "Key stage 2: reading, writing and maths",
                school.KEY_STAGE_2,
                "reached the expected standard in reading, writing and maths",
            ),  # fmt: skip
            self._standard_in_words(
                "Key stage 4: English and maths, grade 4 or above",
                school.KEY_STAGE_4,
                "had grade 4 or above in English and maths",
            ),  # fmt: skip
            self._absence_in_words(),
            self._suspensions_in_words(),
            self._activity_in_words(),
        )

    def _standard_in_words(self, label: str, stage: KeyStage, reached: str) -> Sentence:
        value, years = self._pooled(label)
        england = _at(self.national_standards.where(standard=label), value.period_end)
        parts = {
            "value": value,
            "years": years,
            "reached": reached,
            "stage": _short(stage).lower(),
            "likely": in_ten(value),
            "base": _base(value),
            "last": school_year(self.last),
            "country": self.country.name,
            "end": school_year(Period.parse(_code(value.period_end))),
            "as_at": self.page.as_at,
        }
        if value.symbol == "z":
            return say("No results at the end of {stage} are held for any year to {last}.", **parts)
        told = "{value} of the {base} looked-after pupils who came to the end of {stage} in {years} {reached} ({likely}, allowing for chance)"
        hidden = "How many of the looked-after pupils who came to the end of {stage} in {years} {reached} is not shown, for the numbers are too small"
        if stage.is_assessed_in(self.last) and value.period_end != self.last.end:
            told, hidden = (f"{each}; no results are held for {{last}}" for each in (told, hidden))
        elif not stage.is_assessed_in(self.last):
            told, hidden = (f"{each}; there were no statutory assessments in {{last}}" for each in (told, hidden))
        if england is None:
            told += "; {country}'s figure for {end} had not been published by {as_at}"
            return say(f"{told}.", otherwise=f"{hidden}.", **parts)
        return say(
            f"{told}; in {{country}} it was {{england}} in {{end}}.", otherwise=f"{hidden}.", england=england, **parts
        )

    def _absence_in_words(self) -> Sentence:
        overall = _at(self.absence.where(kind="Overall"), self.last.end)
        persistent = _at(self.persistent_absence, self.last.end)
        country = _at(self.absence_elsewhere["country"], self.last.end)
        parts = {
            "year": self.last,
            "overall": overall,
            "persistent": persistent,
            "country": self.country.name,
            "england": country or "",
            "as_at": self.page.as_at,
        }
        against = (
            "; in {country} it was {england}" if country else "; no figure for {country} had been published by {as_at}"
        )
        return say(
            f"Pupils from reception to year 11 missed {{overall}} of their school sessions in the {{year}}{against}. {{persistent}} of them were persistently absent (a tenth of their sessions or more).",
            otherwise="How much school the pupils missed in the {year} is not shown: there is no figure, or it rests on too few pupils.",
            **parts,
        )

    def _suspensions_in_words(self) -> Sentence:
        share, excluded = _at(self.suspended, self.last.end), _at(self.excluded, self.last.end)
        none = excluded.text == "0"
        return say(
            "{share} of these pupils were suspended at least once in the {year}, and "
            + ("none was permanently excluded." if none else "{excluded} were permanently excluded."),
            otherwise="How many were suspended in the {year} is not shown"
            + ("; none was permanently excluded." if none else ": there is no figure, or the numbers are too small."),
            share=share,
            excluded=excluded,
            year=self.last,
        )

    def _activity_in_words(self) -> Sentence:
        neet = self.activity.value(period_end=self.last.end, activity=school.NEET)
        summer = self.plans.value(period_end=self.last.end, term="Summer")
        parts = {"neet": neet, "year": self.last, "summer": summer}
        return say(
            "Of the young people in years 12 and 13, {neet} were in neither education, employment nor training; {summer} of the pupils who should have a personal education plan had one in the summer term.",
            otherwise="{summer} of the pupils who should have a personal education plan had one in the summer term of the {year}."
            if summer.is_shown
            else "Of the young people in years 12 and 13, {neet} were in neither education, employment nor training in the {year}."
            if neet.is_shown
            else "What the young people in years 12 and 13 do, and how many pupils had a personal education plan, is not shown for the {year}: there is no figure, or the numbers are too small.",
            **parts,
        )

    # Attainment, years added together

    @cached_property
    def standards(self) -> Released:
        return self._release(school.key_standards(self.pupils, years=self.years))

    @cached_property
    def national_standards(self) -> Released:
        """England's figure for the last of the years added together, for each standard that DfE publishes."""
        measure = self.standards.measure
        rows = []
        for label, stage, standard in school.KEY_STANDARDS:
            end = self._pooled(label)[0].period_end
            if (stage.code, standard) in INDICATORS:
                rows.append(self._published(measure, INDICATORS[stage.code, standard], [self.country], since=end, until=end).assign(standard=label))  # fmt: skip
        return self._release(Result(measure, pd.concat(rows), ("standard",), PUBLISHED))

    def _pooled(self, label: str) -> tuple[Value, str]:
        row = self.standards.where(standard=label)
        return row.value(), row.frame["years"].iloc[0]

    def standards_chart(self) -> Output:
        ours, country = self.standards, self.national_standards
        rows = []
        for label, _, _ in school.KEY_STANDARDS:
            value, years = self._pooled(label)
            rows.append([label, years, *_spelled(value)])
            against = country.where(standard=label).values()
            if against:
                rows.append([f"{label}, {self.country.name}", school_year(Period.parse(_code(against[0].period_end))), *_spelled(against[0])])  # fmt: skip
        shown = table(
            "key_standards",
            f"Looked-after pupils who reached the standard, {self.here.name} with years added together, {self.country.name} in the last of them",
            ["Standard", "School years", "Reached it", "Number", "Out of", "95% interval"],
            rows,
            note=f"{self.country.name}'s figure is DfE's for the last year only; DfE publishes none for looked-after pupils in the early years and at key stage 1 in the files used here.",
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
        return bars("key_standards", finding, named, category="standard", x_label="% of pupils", table=shown)  # fmt: skip

    def standards_in_words(self) -> Output:
        """For each standard, the share in tens, and whether England's figure is inside the interval."""
        return sentence(*(self._against_country(label) for label, _, _ in school.KEY_STANDARDS))

    def _against_country(self, label: str) -> Sentence:
        value, years = self._pooled(label)
        england = _at(self.national_standards.where(standard=label), value.period_end)
        parts = {"label": label, "value": value, "likely": in_ten(value), "country": self.country.name, "england": england or "", "years": years}  # fmt: skip
        if not value.is_shown:
            return say("{label}: " + ("no results are held." if value.symbol == "z" else "hidden, too few pupils."), **parts)  # fmt: skip
        told = "{label}: {value} in {years}, {likely}"
        if england is None or not england.is_shown:
            return say(f"{told}.", **parts)
        inside = value.lower <= england.number <= value.upper
        return say(f"{told}; {{country}}'s {{england}} is {'inside' if inside else 'outside'} that range.", **parts)

    # Attainment by year

    @cached_property
    def by_year(self) -> dict[str, Released]:
        return {stage.code: self._release(school.attainment(self.pupils, stage, years=self.years)) for stage in school.KEY_STAGES}  # fmt: skip

    def cohorts(self) -> Output:
        reached = self._release(school.pupils_at_key_stage_end(self.pupils, years=self.years))
        without = self._release(school.pupils_not_assessed(self.pupils, years=self.years))
        series = {}
        for stage in school.KEY_STAGES:
            series[stage.title] = reached.where(key_stage=stage.title)
            series[f"{stage.title}, without any result"] = without.where(key_stage=stage.title)
        return self._beside("cohorts", "Pupils at the end of each key stage, and those of them without any result, by school year", series, "Key stage")  # fmt: skip

    def early_stages_table(self) -> Output:
        """Each standard of the early years and key stages 1 and 2 by school year."""
        stages = (school.EARLY_YEARS, school.KEY_STAGE_1, school.KEY_STAGE_2)
        series = {
            f"{_short(stage)}: {_uncapitalised(standard)}": self.by_year[stage.code].where(standard=standard)
            for stage in stages
            for standard in stage.standards
        }
        return self._beside("attainment", "Looked-after pupils who reached each standard, % of the pupils at the end of the key stage, by school year", series, "Standard", note=" ".join(filter(None, (_gap_words(stage, self.years) for stage in stages))))  # fmt: skip

    def intervals_table(self) -> Output:
        """For each standard its latest year with results and the years added together, with counts and intervals."""
        rows = []
        for stage in school.KEY_STAGES:
            yearly = school.attainment(self.pupils, stage, years=self.years)
            added = self._release(school.pooled(yearly))
            for standard in stage.standards:
                label = f"{_short(stage)}: {_uncapitalised(standard)}"
                row = added.where(standard=standard)
                years = row.frame["years"].iloc[0]
                latest = _at(self.by_year[stage.code].where(standard=standard), row.value().period_end)
                if years != school_year(_year(row.value().period_end)):
                    rows.append([label, school_year(_year(latest.period_end)), *_spelled(latest)])
                rows.append([label, years, *_spelled(row.value())])
        return table(
            "attainment_intervals",
            "Each standard in its latest school year with results, and with up to three years added together",
            ["Standard", "School years", "Reached it", "Number", "Out of", "95% interval"],
            rows,
            note="Where just one of the years added together is hidden, a second one is hidden as well, so that the first cannot be worked out."
            if self.page.edition == "public"
            else "",
        )

    def key_stage_2_chart(self) -> Output:
        return self._national_chart(
            "key_stage_2",
            self.by_year["KS2"].where(standard=school.ALL_THREE),
            "cla_ks2_rwm_pct",
            "{value} reached the key stage 2 standard in {year}",
            "Key stage 2 reading, writing and maths by school year",
            "% of pupils, all three subjects",
        )

    def attainment_8_chart(self) -> Output:
        return self._national_chart(
            "attainment_8",
            self._release(school.attainment_8(self.pupils, years=self.years)),
            "cla_ks4_att8",
            "Attainment 8 averaged {value} points in {year}",
            "Average Attainment 8 by school year",
            "Average points",
        )

    def change_in_words(self, code: str) -> Output:
        """The combined standard of `code` in its latest year with results, and in the year before unless a break lies between."""
        stage = _stage(code)
        standard = list(stage.standards)[-1]
        shown = self.by_year[code].where(standard=standard)
        held = [value for value in shown.values() if value.symbol != "z"]
        parts = {"stage": _short(stage).lower(), "standard": _uncapitalised(standard)}
        if not held:
            return sentence(say("No results are held for {stage}.", **parts))
        now, then = held[-1], _at(shown, held[-1].period_end - pd.DateOffset(years=1))
        parts |= {"now": now, "year": school_year(_year(now.period_end)), "base": _base(now), "interval": now.interval}
        is_across = then is not None and any(
            then.period_end < each.day <= now.period_end for each in self._breaks(shown)
        )
        told = "At {stage}, {now} of {base} pupils reached the standard ({standard}) in {year}, 95% interval {interval}"
        hidden = "At {stage} the figure for {year} ({standard}) is hidden, for the numbers are too small."
        if then is None or not then.is_shown or is_across:
            return sentence(say(f"{told}; the year before cannot be compared with it.", otherwise=hidden, **parts))
        parts |= {"then": then, "change": change(now, then), "before": school_year(_year(then.period_end))}
        return sentence(say(f"{told}: {{change}} the {{then}} of {{before}}.", otherwise=hidden, **parts))

    def elsewhere_tables(self) -> list[Output]:
        """English and maths of key stage 4 beside the country, the region, the neighbours and DfE's figure for the council."""
        tables = []
        for standard in school.KEY_STAGE_4.standards:
            ours = self.by_year["KS4"].where(standard=standard)
            series = {
                self.here.name: ours,
                **self._labelled(self._elsewhere(ours.measure, INDICATORS["KS4", standard])),
            }
            tables.append(self._beside(f"key_stage_4_{standard.split()[1]}", f"English and maths at the end of key stage 4, {_uncapitalised(standard)} in both, by school year and area", series, "Area"))  # fmt: skip
        return tables

    def teacher_assessments(self) -> Output:
        """Local teacher assessments of years without statutory ones: a table of their own, or a sentence that there are none."""
        released = self._release(school.teacher_assessment(self.pupils, years=self.years))
        if not len(released):
            return sentence(say("No local teacher assessments are held for the years without statutory ones."))
        series = {
            f"{_short(stage)}: {_uncapitalised(standard)}": released.where(key_stage=stage.title, standard=standard)
            for stage in school.KEY_STAGES
            for standard in stage.standards
        }
        return self._beside("teacher_assessments", "Local teacher assessments in years without statutory ones, % of the pupils so assessed: not moderated, and comparable with no other figure on this page", {label: own for label, own in series.items() if len(own)}, "Standard")  # fmt: skip

    def impossible_in_words(self) -> Output:
        """Whether any of our own combined measures is above one of its parts."""
        found = [each for released in self.by_year.values() for each in school.impossible_combinations(released)]
        years = sorted({school_year(_year(each.period_end)) for each in found})
        return sentence(
            say(
                "A combined measure is above one of its parts in {years}: look for pupils with wrong entries before using these figures.",
                years=" and ".join(years),
            )  # fmt: skip
            if found
            else say(
                "No combined measure of the pupils above is higher than one of its parts, which would be impossible."
            )
        )

    # What the council printed

    @cached_property
    def printed(self) -> dict[str, Released]:
        """The council's published results by key stage code; a key stage that it printed nothing for has no rows."""
        released = {}
        for stage in school.KEY_STAGES:
            measure = measures("virtual_school")[stage.measure]
            frames = [
                compare.council_points(measure, self.page["council_figures"], figures=name)
                .exact()
                .assign(standard=standard)
                for name, (own, standard) in PRINTED.items()
                if own is stage
            ]
            # Two papers may print one figure: the later row stands.
            frame = pd.concat(frames).drop_duplicates(["standard", "period_start", "period_end"], keep="last")
            released[stage.code] = self._release(Result(measure, frame, ("standard",), PUBLISHED))
        return released

    def printed_table(self) -> Output:
        series = {
            f"{_short(stage)}: {_uncapitalised(standard)}": self.printed[stage.code].where(standard=standard)
            for stage, standard in PRINTED.values()
        }
        if not any(len(released) for released in series.values()):
            return sentence(
                say(
                    "{council} had published no table of results by {as_at}.",
                    council=self.here.name,
                    as_at=self.page.as_at,
                )
            )
        return self._beside(
            "printed_results",
            f"Results of looked-after pupils as {self.here.name} Council printed them (looked after for 12 months; cohorts not printed)",
            {label: released for label, released in series.items() if len(released)},
            "Standard",
            note="As published, rounded to whole percentages.",
        )

    def printed_objections(self) -> Output:
        """What speaks against the printed table: every rule that one of its figures breaks, with the figures."""
        objections = [*self._printed_impossible(), *self._printed_without_assessments(), *self._printed_like_country()]
        if any(len(released) for released in self.printed.values()):
            objections.append(
                "No cohorts are printed, so no interval can be given: ten points may be two or three pupils."
            )
        if not objections:
            return note(
                say("Nothing was printed that could be held against these rules by {as_at}.", as_at=self.page.as_at),
                title="The printed table",
            )
        return note(*objections, title="What speaks against the printed table")

    def _printed_impossible(self) -> list[Sentence]:
        found = []
        for stage in school.KEY_STAGES:
            printed = self.printed[stage.code]
            for each in school.impossible_combinations(printed):
                pick = {
                    name: printed.value(standard=name, period_end=each.period_end)
                    for name in (each.combined, each.part)
                }
                found.append(
                    say(
                        "In {year} {stage} has {all} for {combined} and {one} for {part}. That is impossible: whoever reached the first reached the second.",
                        year=school_year(_year(each.period_end)),
                        stage=_short(stage).lower(),
                        all=pick[each.combined],
                        one=pick[each.part],
                        combined="all three subjects"
                        if each.combined == school.ALL_THREE
                        else _uncapitalised(each.combined),
                        part=_uncapitalised(each.part),
                    )
                )
        return found

    def _printed_without_assessments(self) -> list[Sentence]:
        years: dict[str, list[str]] = {}
        for stage in school.KEY_STAGES:
            for end in sorted(self.printed[stage.code].frame["period_end"].unique()):
                if not stage.is_assessed_in(_year(end)):
                    years.setdefault(school_year(_year(end)), []).append(_short(stage).lower())
        return [
            say(
                "{year} has figures for {stages}, though there were no statutory assessments in that year; what was counted is not said.",
                year=year,
                stages=_listed(stages),
            )  # fmt: skip
            for year, stages in years.items()
        ]

    def _printed_like_country(self) -> list[Sentence]:
        """Years in which the printed key stage 2 figures are England's within 1.5 points each, and not the council's own in DfE's tables."""
        printed, found = self.printed["KS2"], []
        for end in sorted(printed.frame["period_end"].unique()):
            own, country = (self._dfe_key_stage_2(area, end) for area in (self.here, self.country))
            here = {row["standard"]: value for row, value in zip(printed.where(period_end=end).frame.to_dict("records"), printed.where(period_end=end).values(), strict=True)}  # fmt: skip
            both = [name for name in here if name in country]
            if len(both) < 2 or not reads_like(here, country) or reads_like(here, own):
                continue
            told = "; ".join(f"{_uncapitalised(name)} {here[name]} printed, {country[name]} in {self.country.name}" for name in both)  # fmt: skip
            apart = [name for name in own if name in here]
            against = "".join(f" For {self.here.name} DfE has {own[name]} in {_uncapitalised(name)}." for name in apart)
            found.append(
                Sentence(
                    f"The key stage 2 figures of {school_year(_year(end))} read like {self.country.name}'s: {told}.{against}",
                    (PUBLISHED,),
                )
            )
        return found

    def _dfe_key_stage_2(self, area, end: pd.Timestamp) -> dict[str, Value]:
        shown = {}
        for standard in school.KEY_STAGE_2.standards:
            frame = self._published(
                self.by_year["KS2"].measure, INDICATORS["KS2", standard], [area], since=end, until=end
            )
            values = self._release(Result(self.by_year["KS2"].measure, frame, ("area",), PUBLISHED)).values()
            if values and values[0].is_shown:
                shown[standard] = values[0]
        return shown

    # Attendance and exclusion

    @cached_property
    def absence(self) -> Released:
        return self._release(school.absence(self.pupils, years=self.years))

    @cached_property
    def absence_elsewhere(self) -> dict[str, Released]:
        return self._elsewhere(self.absence.measure, "cla_absence_pct")

    @cached_property
    def persistent_absence(self) -> Released:
        return self._release(school.persistent_absence(self.pupils, years=self.years))

    def absence_chart(self) -> Output:
        return self._national_chart(
            "absence",
            self.absence.where(kind="Overall"),
            "cla_absence_pct",
            "Looked-after pupils missed {value} of their sessions in {year}",
            "Absence of looked-after pupils by school year",
            "% of possible sessions missed",
        )

    def absence_table(self) -> Output:
        series = {
            f"{kind} absence": self.absence.where(kind=kind) for kind in ("Overall", "Authorised", "Unauthorised")
        }
        series["Persistently absent (10% or more)"] = self.persistent_absence
        series["Severely absent (50% or more)"] = self._release(school.severe_absence(self.pupils, years=self.years))
        series["With an attendance record"] = self._release(school.attendance_recorded(self.pupils, years=self.years))
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
        return self._beside("absence_kinds", "Absence, % of sessions; persistent and severe absence and attendance records, % of pupils; reception to year 11", rows, "", note="Authorised and unauthorised add up to the overall figure before rounding.")  # fmt: skip

    def attendance_bands(self) -> Output:
        released = self._release(school.attendance_bands(self.pupils, years=self.years))
        series = {f"Attended {_uncapitalised(band)}": released.where(band=band) for band in school.BANDS}
        series["Attended 100% (part of 95% or more)"] = self._release(
            school.full_attendance(self.pupils, years=self.years)
        )
        return self._beside("attendance_bands", "Pupils by the share of their own possible sessions that they attended, % of pupils with a record", series, "Attendance")  # fmt: skip

    def printed_attendance(self) -> Output:
        """The council's printed attendance, and whether it adds up."""
        printed = self._printed_attendance()
        if not len(printed):
            return sentence(say("{council} had published no attendance figures for its looked-after pupils by {as_at}.", council=self.here.name, as_at=self.page.as_at))  # fmt: skip
        last = printed.where(period_end=printed.frame["period_end"].max())
        told = dict(zip(last.frame["kind"], last.values(), strict=True))
        year = school_year(_year(last.frame["period_end"].max()))
        sentences = [say("For {year} the council printed: {all}.", year=year, all=_listed([f"{_uncapitalised(kind)} {value}" for kind, value in told.items()]))]  # fmt: skip
        for kinds, whole in (
            (("Attendance", "Absence"), ""),
            (("Authorised absence", "Unauthorised absence"), "Absence"),
        ):
            if all(kind in told for kind in (*kinds, *filter(None, [whole]))):
                sentences.append(self._sum_in_words(last, kinds, told.get(whole)))
        sentences += self._printed_country_in_words()
        return sentence(*(Sentence(each.text, (PUBLISHED,)) for each in sentences))

    def _printed_attendance(self) -> Released:
        measure = measures("virtual_school")["printed_attendance"]
        frames = [
            compare.council_points(measure, self.page["council_figures"], figures=name, breakdown="")
            .exact()
            .assign(kind=kind)
            for name, kind in PRINTED_ATTENDANCE.items()
        ]
        frame = pd.concat(frames).drop_duplicates(["kind", "period_end"], keep="last")
        return self._release(Result(measure, frame, ("kind",), PUBLISHED))

    def _sum_in_words(self, printed: Released, kinds: tuple[str, str], whole: Value | None) -> Sentence:
        """Whether two printed shares add up to their whole (100% when none), and where not, whether rounding can explain it."""
        frame = printed.where(kind=list(kinds)).frame
        added = frame.iloc[[0]].assign(value=frame["value"].sum(), method="added up by us", kind="sum")
        total = self._release(Result(printed.measure, added, ("kind",), PUBLISHED)).value()
        gap = round(abs(total.number - (whole.number if whole else 100.0)), 1)
        could_be_rounding = gap <= 0.05 * (len(kinds) + (whole is not None)) + 1e-9  # half a tenth in each figure
        reason = (
            "rounding can explain that" if could_be_rounding else "rounding cannot explain that, so a figure is wrong"
        )
        told = "{first} and {second} together make {total}, "
        return say(
            told + ("as they should." if gap == 0 else f"not {{whole}}; {reason}."),
            first=kinds[0],
            second=_uncapitalised(kinds[1]),
            total=total,
            whole=whole or "100%",
        )

    def _printed_country_in_words(self) -> list[Sentence]:
        """The country's absence as the council printed it, where DfE has another figure for that year."""
        measure = measures("virtual_school")["printed_attendance"]
        points = compare.council_points(measure, self.page["council_figures"], figures="absence").exact()
        points = points[points["breakdown"].str.startswith(self.country.name)]
        found = []
        for value in self._release(Result(measure, points, ("figure", "breakdown"), PUBLISHED)).values():
            dfe = compare.published(measure, self.page["benchmarks"], indicator="cla_absence_pct", areas=[self.country], since=value.period_end, until=value.period_end)  # fmt: skip
            parts = {"country": self.country.name, "year": school_year(_year(value.period_end)), "value": value}
            found += [
                say("For {country} in {year} it printed an absence of {value}; DfE has {dfe}.", dfe=each, **parts)
                for each in self._release(dfe).values()
                if each.is_shown and each.number != value.number
            ]
        return found

    @cached_property
    def suspended(self) -> Released:
        return self._release(school.suspended_pupils(self.pupils, years=self.years))

    @cached_property
    def excluded(self) -> Released:
        return self._release(school.permanent_exclusions(self.pupils, years=self.years))

    def exclusions(self) -> Output:
        number = self._release(school.suspended_pupils_number(self.pupils, years=self.years))
        series = {
            "Pupils suspended at least once": number,
            "Pupils suspended at least once, % of pupils": self.suspended,
            **{
                f"The same, {name}": released
                for name, released in self._labelled(
                    self._elsewhere(self.suspended.measure, "cla_suspension_pct")
                ).items()
            },  # fmt: skip
            "Days of suspension for each suspended pupil": self._release(
                school.suspension_days(self.pupils, years=self.years)
            ),  # fmt: skip
            "Pupils permanently excluded": self.excluded,
            f"Pupils suspended, as {self.here.name} Council printed it": self._council(
                number.measure, "suspended_pupils"
            ),
            f"School days lost, as {self.here.name} Council printed it": self._council(
                measures("virtual_school")["printed_days_lost"], "suspension_days"
            ),  # fmt: skip
        }
        return self._beside("exclusions", "Suspensions and permanent exclusions of looked-after pupils, reception to year 11, by school year", {label: released for label, released in series.items() if len(released)}, "")  # fmt: skip

    def suspension_days_in_words(self) -> Output:
        """The school days lost to suspension in the latest year, in all and for each suspended pupil."""
        mean = self._release(school.suspension_days(self.pupils, years=[self.last])).value()
        return sentence(
            say(
                "The suspended pupils lost {total} school days in all in the {year}, {mean} each on average.",
                otherwise="How many school days were lost to suspension in the {year} is not shown: none, or too few pupils were suspended.",
                total="" if np.isnan(mean.numerator) else f"{mean.numerator:,.0f}",
                mean=mean,
                year=self.last,
            )
        )

    # Plans, needs, moving on

    @cached_property
    def plans(self) -> Released:
        return self._release(school.pep_in_place(self.pupils, years=self.years))

    def plans_table(self) -> Output:
        series = {f"{term} term": self.plans.where(term=term) for term in school.TERMS}
        printed = self._council(self.plans.measure, "personal_education_plans")
        if len(printed):
            series[f"As {self.here.name} Council printed it"] = printed
        return self._beside("personal_education_plans", "Pupils with a personal education plan, % of those who should have one, by term", series, "Term")  # fmt: skip

    @cached_property
    def needs(self) -> Released:
        return self._release(school.special_educational_needs(self.pupils, years=self.years))

    @cached_property
    def outside(self) -> Released:
        return self._release(school.school_outside(self.pupils, years=self.years))

    def needs_table(self) -> Output:
        kinds = dict.fromkeys(self.needs.frame["need"])
        series = {f"Special educational needs: {_uncapitalised(need)}": self.needs.where(need=need) for need in kinds}
        series["At schools outside the council's area"] = self.outside
        return self._beside("needs_and_schools", "Looked-after pupils by special educational needs and place of school, % of pupils, reception to year 11", series, "")  # fmt: skip

    def moves_table(self) -> Output:
        """The moves at the end of the latest school year, one row a move."""
        kinds = (school.pupils_moving_on, school.left_care_before_move, school.next_school_in_authority, school.moving_on_with_needs)  # fmt: skip
        released = [self._release(measure(self.pupils, years=[self.last])) for measure in kinds]
        rows = [[move, *(each.value(move=move) for each in released)] for move in school.MOVES.values()]
        head = [
            "Move",
            "Pupils",
            "Left care before it, %",
            "Next school in the area, %",
            "With special educational needs, %",
        ]
        return table("moving_on", f"Looked-after pupils who moved on at the end of the {self.last.label}", head, rows)

    def printed_moves(self) -> Output:
        """The moves and the offers after year 11 as the council printed them."""
        moving, offered = (measures("virtual_school")[name] for name in ("pupils_moving_on", "printed_offers"))
        printed = {"Move": self._council(moving, "transitions"), "Offer": self._council(offered, "post_16_offers")}
        rows = [
            [f"{kind}: {row['breakdown']}", school_year(_year(row["period_end"])), value]
            for kind, released in printed.items()
            for row, value in zip(released.frame.to_dict("records"), released.values(), strict=True)
        ]
        if not rows:
            return sentence(say("{council} had published no figures of pupils moving on by {as_at}.", council=self.here.name, as_at=self.page.as_at))  # fmt: skip
        return table("printed_moves", f"Pupils moving on, as {self.here.name} Council printed it", ["Move or offer", "School year", "Pupils"], rows)  # fmt: skip

    def offers_table(self) -> Output:
        offers = self._release(school.post16_offers(self.pupils, years=self.years))
        return self._beside("post16_offers", "Offers to pupils moving on from school at sixteen, % of those pupils", {offer: offers.where(offer=offer) for offer in dict.fromkeys(offers.frame["offer"])}, "Offer")  # fmt: skip

    @cached_property
    def activity(self) -> Released:
        return self._release(school.post16_activity(self.pupils, years=self.years))

    def activity_table(self) -> Output:
        kinds = dict.fromkeys(self.activity.frame["activity"])
        return self._beside("post16_activity", "What looked-after young people of years 12 and 13 do, % of them", {kind: self.activity.where(activity=kind) for kind in kinds}, "Activity")  # fmt: skip

    # Words of care

    def cautions(self) -> Output:
        """What to know before using any figure of the page."""
        cohort = self._release(school.pupils_at_key_stage_end(self.pupils, years=[self.last]))
        key_stage_2, years = self._pooled("Key stage 2: reading, writing and maths")
        plan = self.needs.value(period_end=self.last.end, need="Education, health and care plan")
        outside = _at(self.outside, self.last.end)
        parts = {"year": self.last}
        return note(
            say(
                "Cohorts are small: {two} pupils came to the end of key stage 2 and {four} to the end of key stage 4 in the {year}, so one pupil moves a yearly figure by several points.",
                otherwise="Cohorts are small, so one pupil moves a yearly figure by several points.",
                two=cohort.value(key_stage=school.KEY_STAGE_2.title),
                four=cohort.value(key_stage=school.KEY_STAGE_4.title),
                **parts,
            ),
            say(
                "Even with the years {years} added together, the key stage 2 figure of {value} is only known to be {likely}: the interval says how far chance alone can move it.",
                otherwise="Even with years added together a figure is known only roughly: the interval says how far chance alone can move it.",
                value=key_stage_2,
                likely=in_ten(key_stage_2),
                years=years,
            ),
            "Each year's pupils are other pupils. A rise or fall between years is not the progress of the same pupils.",
            say(
                "{plan} of the pupils had an education, health and care plan in the {year}; a cohort with more such plans has lower results, whatever the school does.",
                otherwise="A cohort in which more pupils have an education, health and care plan has lower results, whatever the school does.",
                plan=plan,
                **parts,
            ),
            say(
                "{outside} of the pupils were at schools outside the council's area in the {year}: their results are counted here, though other councils' schools taught them.",
                otherwise="Pupils at schools outside the council's area are counted here, though other councils' schools taught them.",
                outside=outside,
                **parts,
            ),
            "The page does not show progress from one key stage to the next, nor how looked-after pupils compare with other pupils of the same needs.",
        )

    def measures(self) -> list:
        """The measures of the page, for its definitions."""
        return [measure for name, measure in measures("virtual_school").items() if not name.startswith("printed_")]

    def sources(self) -> list[str]:
        """The publications cited by what the page has shown so far, and the neighbours by name."""
        names = self._neighbour_names()
        listed = f"Statistical neighbours: DfE's list {self.neighbour_list}: {'; '.join(names)}. Their figure is the mean of those with a figure, each council counting once."
        return [*sorted(self._cited), *([listed] if names else [])]

    # Shared

    def _neighbour_names(self) -> list[str]:
        members = self.page["statistical_neighbours"]
        return members.loc[members["model"].eq(self.neighbour_list)].sort_values("rank")["area"].tolist()

    def _published(self, measure, indicator: str, areas, **days) -> pd.DataFrame:
        return compare.published(measure, self.page["benchmarks"], indicator=indicator, areas=areas, **days).exact()

    def _elsewhere(self, measure, indicator: str) -> dict[str, Released]:
        """England, the region and the neighbours as published, and DfE's own figure for the council, years that the page shows."""
        since = self.years[0].start
        wanted = {
            "country": self.country,
            "region": self.region,
            "own": self.here,
        }
        shown = {
            key: self._release(
                compare.published(
                    measure,
                    self.page["benchmarks"],
                    indicator=indicator,
                    areas=[area],
                    since=since,
                    until=self.last.end,
                )
            )  # fmt: skip
            for key, area in wanted.items()
        }
        try:
            mean = compare.neighbours(measure, self.page["benchmarks"], self.page["statistical_neighbours"], indicator=indicator, model=self.neighbour_list, until=self.last.end)  # fmt: skip
        except UsageError:  # a council whose neighbour list is not held: the page goes without
            return shown
        frame = mean.exact()
        shown["neighbours"] = self._release(
            Result(measure, frame[frame["period_end"] >= since], mean.groups, PUBLISHED)
        )
        return shown

    def _labelled(self, elsewhere: Mapping[str, Released]) -> dict[str, Released]:
        labels = {
            "country": self.country.name,
            "region": self.region.name,
            "neighbours": "Statistical neighbours (mean)",
            "own": f"{self.here.name}, as DfE published it",
        }
        return {labels[key]: elsewhere[key] for key in labels if key in elsewhere and elsewhere[key].frame["value"].notna().any()}  # fmt: skip

    def _national_chart(
        self, name: str, ours: Released, indicator: str, finding: str, plain: str, y_label: str
    ) -> Output:
        others = self._labelled(self._elsewhere(ours.measure, indicator))
        latest = [value for value in ours.values() if value.is_shown]
        value = latest[-1] if latest else ours.values()[-1]
        series = {self.here.name: ours, **others}
        shown = self._beside(name, f"{ours.measure.title}, by school year and area", series, "Area", note=" ".join(f"Break on {_day(each)}." for each in self._breaks(ours)))  # fmt: skip
        return trend(
            name,
            say(finding, otherwise=plain, value=value, year=school_year(_year(value.period_end))),
            {
                label: released
                for label, released in series.items()
                if label != f"{self.here.name}, as DfE published it"
            },
            y_label=y_label,
            table=shown,
            breaks=self._breaks(ours),
            period_name=lambda end: school_year(_year(end)),
        )

    def _breaks(self, released: Released) -> list[Break]:
        return [each for each in released.measure.breaks if self.years[0].start < each.day <= self.last.end]

    def _council(self, measure, name: str) -> Released:
        points = compare.council_points(measure, self.page["council_figures"], figures=name)
        frame = points.exact()
        own = frame[frame["period_start"].isin([year.start for year in self.years])]
        return self._release(Result(measure, own, points.groups, PUBLISHED))

    def _beside(
        self, name: str, caption: str, series: Mapping[str, Released], heading: str, *, note: str = ""
    ) -> Output:
        """A table with a row for each series and a column for each school year that the page or the series has."""
        cells = {label: {value.period_end: value for value in released.values()} for label, released in series.items()}
        ends = sorted({end for own in cells.values() for end in own})
        head = [heading, *(school_year(_year(end)) for end in ends)]
        rows: list[Sequence[Cell]] = [[label, *(own.get(end, "") for end in ends)] for label, own in cells.items()]
        return table(name, caption, head, rows, note=note)


def in_ten(value: Value) -> str:
    """An interval as people say it: "between 3 and 6 in ten". Rounded outward; empty when there is none to show."""
    if np.isnan(value.lower) or np.isnan(value.upper):
        return ""
    low, high = int(np.floor(value.lower / 10 + 1e-9)), int(np.ceil(value.upper / 10 - 1e-9))
    if low <= 0:
        return f"at most {high} in ten"
    return f"at least {low} in ten" if high >= 10 else f"between {low} and {high} in ten"


def reads_like(printed: Mapping[str, Value], other: Mapping[str, Value]) -> bool:
    """Whether every figure that both have differs by no more than 1.5 points; False when they have none in common."""
    both = [name for name in printed if name in other]
    return bool(both) and all(abs(printed[name].number - other[name].number) <= READS_LIKE_POINTS for name in both)


def _at(released: Released, end: pd.Timestamp) -> Value | None:
    """The one figure for the period that ends on `end`; None when there is no row."""
    values = released.where(period_end=end).values()
    return values[0] if values else None


def _spelled(value: Value) -> list[Cell]:
    counts = ["c" if value.symbol == "c" else "" if np.isnan(number) else f"{number:,.0f}" for number in (value.numerator, value.denominator)]  # fmt: skip
    return [value, *counts, value.interval or ("c" if value.symbol == "c" else "")]


def _base(value: Value) -> str:
    return "" if np.isnan(value.denominator) else f"{value.denominator:,.0f}"


def _stage(code: str) -> KeyStage:
    return next(stage for stage in school.KEY_STAGES if stage.code == code)


def _short(stage: KeyStage) -> str:
    return stage.title.split(" (")[0]


def _gap_words(stage: KeyStage, years: list[Period]) -> str:
    without = [school_year(year) for year in years if not stage.is_assessed_in(year)]
    return f"{_short(stage)}: no statutory assessments in {_listed(without)}: a gap, not a zero." if without else ""


def _year(end: pd.Timestamp) -> Period:
    return Period.parse(_code(end))


def _code(end: pd.Timestamp) -> str:
    """The code of the academic year that contains the day `end`."""
    first = end.year if end.month >= 9 else end.year - 1
    return f"{first}-{(first + 1) % 100:02d}-AY"


def _day(each: Break) -> str:
    return f"1 September {each.day.year}: {each.reason}"


def _uncapitalised(text: str) -> str:
    return text[:1].lower() + text[1:]


def _listed(words: Sequence[str]) -> str:
    """ "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
