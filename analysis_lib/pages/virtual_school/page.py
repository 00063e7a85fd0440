"""The whole page of the virtual school: its first screen, its cautions, and the sections put together."""

from __future__ import annotations

from analysis_lib.metrics import attainment, attendance, education_plans, exclusions, moving_on
from analysis_lib.metrics.attainment import KeyStage
from analysis_lib.metrics.pupils import school_year
from analysis_lib.pages.virtual_school.attainment import earlier
from analysis_lib.pages.virtual_school.cards import Cards
from analysis_lib.pages.virtual_school.figures import (
    code_of,
    figure_at,
    short_title,
)
from analysis_lib.pages.virtual_school.printed import Printed
from analysis_lib.pages.virtual_school.questions import SchoolQuestions
from analysis_lib.periods import Period
from analysis_lib.report.closed import why_closed
from analysis_lib.report.figure import denominator, interval
from analysis_lib.report.output import Output
from analysis_lib.report.sentence import Sentence, note, say

# The measures on the page, in the order of their definitions.
SHOWN = (
    "pupils_at_key_stage_end",
    "pupils_not_assessed",
    "eyfs_good_level",
    "ks1_expected_standard",
    "ks2_expected_standard",
    "teacher_assessed_standard",
    "ks4_english_and_maths",
    "attainment_8",
    "key_standards",
    "absence",
    "attendance_recorded",
    "attendance_bands",
    "full_attendance",
    "persistent_absence",
    "severe_absence",
    "suspended_pupils",
    "suspension_days",
    "permanent_exclusions",
    "pep_in_place",
    "special_educational_needs",
    "school_outside",
    "pupils_moving_on",
    "left_care_before_move",
    "next_school_in_authority",
    "moving_on_with_needs",
    "post16_offers",
    "post16_activity",
    "suspended_pupils_number",
)


class VirtualSchool(Cards, SchoolQuestions, Printed):
    """The whole page: its first screen, and what to know before using a figure."""

    def answer(self) -> Output:
        """Five sentences: key stage 2, key stage 4, absence, suspension, and what those over sixteen do."""
        return self.answered(
            {
                "how many pupils reached the standard at key stage 2": lambda: self._standard_in_words(
                    "Key stage 2: reading, writing and maths",
                    attainment.KEY_STAGE_2,
                    "reached the expected standard in reading, writing and maths",
                ),
                "how many reached it at key stage 4": lambda: self._standard_in_words(
                    "Key stage 4: English and maths, grade 4 or above",
                    attainment.KEY_STAGE_4,
                    "had grade 4 or above in English and maths",
                ),
                "how much school they missed": self._absence_in_words,
                "how many were suspended": self._suspensions_in_words,
                "what those over sixteen do, and how many pupils have a plan": self._activity_in_words,
            }
        )

    def _standard_in_words(self, label: str, stage: KeyStage, reached: str) -> Sentence:
        value, years = self._pooled(label)
        england = figure_at(self.national_standards.where(standard=label), value.period_end)
        parts = {
            "value": value,
            "years": years,
            "reached": reached,
            "stage": short_title(stage).lower(),
            "interval": interval(value),
            "base": denominator(value),
            "last": school_year(self.last),
            "country": self.country.name,
            "end": school_year(Period.parse(code_of(value.period_end))),
            "as_at": self.page.as_at,
        }
        if value.symbol == "z":
            return say("No results at the end of {stage} are held for any year to {last}.", **parts)
        before = None if value.is_shown else self._shown_before(label, stage)
        parts |= {"before": before[0], "before_years": before[1]} if before else {}
        told = "Of the {base} looked-after pupils who came to the end of {stage} in {years}, {value} {reached}. Allowing for chance, the true figure may lie anywhere from {interval}"
        hidden = "Of the looked-after pupils who came to the end of {stage} in {years}, how many {reached} is not shown. The numbers are too small"
        if stage.is_assessed_in(self.last) and value.period_end != self.last.end:
            told, hidden = (f"{each}. No results are held for {{last}}" for each in (told, hidden))
        elif not stage.is_assessed_in(self.last):
            told, hidden = (f"{each}. There were no statutory assessments in {{last}}" for each in (told, hidden))
        if england is None:
            told += ". {country}'s figure for {end} had not been published by {as_at}"
            return say(f"{told}.", otherwise=f"{hidden}{earlier(before)}.", **parts)
        return say(
            f"{told}. {{country}}'s published figure for {{end}} was {{england}}.",
            otherwise=f"{hidden}{earlier(before)}.",
            england=england,
            **parts,
        )

    def _absence_in_words(self) -> Sentence:
        overall = figure_at(self.absence.where(kind="Overall"), self.last.end)
        persistent = figure_at(self.persistent_absence, self.last.end)
        country = figure_at(self.absence_elsewhere["country"], self.last.end)
        parts = {
            "year": self.last,
            "overall": overall,
            "persistent": persistent,
            "country": self.country.name,
            "england": country or "",
            "as_at": self.page.as_at,
        }
        against = (
            ". {country}'s published figure was {england}"
            if country
            else ". No figure for {country} had been published by {as_at}"
        )
        return say(
            f"Pupils from reception to year 11 missed {{overall}} of their school sessions in the {{year}}{against}. {{persistent}} of these pupils were persistently absent: they missed a tenth of their sessions or more.",
            otherwise="How much school the pupils missed in the {year} is not shown: there is no figure, or it rests on too few pupils.",
            **parts,
        )

    def _suspensions_in_words(self) -> Sentence:
        share, excluded = figure_at(self.suspended, self.last.end), figure_at(self.excluded, self.last.end)
        if excluded.text == "0":
            and_excluded = ". None was permanently excluded"
        else:
            and_excluded = (
                ". {excluded} were permanently excluded"
                if excluded.is_shown
                else ". How many were permanently excluded is not shown"
            )
        return say(
            f"{{share}} of these pupils were suspended at least once in the {{year}}{and_excluded}.",
            otherwise=f"How many were suspended in the {{year}} is not shown, for there is no figure or it is too small{and_excluded}.",
            share=share,
            excluded=excluded,
            year=self.last,
        )

    def _activity_in_words(self) -> Sentence:
        neet, who = self.neither
        summer = self.plans.value(period_end=self.last.end, term="Summer")
        parts = {"neet": neet, "year": self.last, "summer": summer}
        return say(
            f"Of the young people in years 12 and 13, {{neet}} were {who}. {{summer}} of the pupils who should have a personal education plan had one in the summer term.",
            otherwise="{summer} of the pupils who should have a personal education plan had one in the summer term of the {year}."
            if summer.is_shown
            else f"Of the young people in years 12 and 13, {{neet}} were {who} in the {{year}}."
            if neet.is_shown
            else "What the young people in years 12 and 13 do, and how many pupils had a personal education plan, is not shown for the {year}: there is no figure, or the numbers are too small.",
            **parts,
        )

    def cautions(self) -> Output:
        """What to know before using any figure of the page."""
        said, closings = self.those_there(
            {
                "how many pupils the figures rest on": self._small_cohorts,
                "how sure the figure for key stage 2 is": self._rough_even_when_added,
                "how many pupils have an education, health and care plan": self._pupils_with_plans,
                "how many are at schools outside the council's area": self._pupils_outside,
            }
        )
        return note(
            *said.values(),
            "Each year's pupils are other pupils. A rise or fall between years is not the progress of the same pupils.",
            "The page does not show progress from one key stage to the next. Nor does it show how looked-after pupils compare with other pupils of the same needs.",
            *filter(None, [why_closed(closings)]),
        )

    def _small_cohorts(self) -> Sentence:
        cohort = self._release(attainment.pupils_at_key_stage_end(self.pupils, years=[self.last]))
        return say(
            "In the {year}, {two} pupils came to the end of key stage 2 and {four} to the end of key stage 4. With so few pupils, one of them moves a yearly figure by several points.",
            otherwise="Few pupils come to the end of a key stage in a year, so one pupil moves a yearly figure by several points.",
            two=cohort.value(key_stage=attainment.KEY_STAGE_2.title),
            four=cohort.value(key_stage=attainment.KEY_STAGE_4.title),
            year=self.last,
        )

    def _rough_even_when_added(self) -> Sentence:
        key_stage_2, years = self._pooled("Key stage 2: reading, writing and maths")
        return say(
            "Even with the years {years} added together, the key stage 2 figure of {value} is only a rough one. Allowing for chance, the true figure may lie anywhere from {interval}.",
            otherwise="Even with years added together a figure is known only roughly: the interval says how far chance alone can move it.",
            value=key_stage_2,
            interval=interval(key_stage_2),
            years=years,
        )

    def _pupils_with_plans(self) -> Sentence:
        return say(
            "{plan} of the pupils had an education, health and care plan in the {year}. A year group with more such plans usually has lower results, whatever the school does.",
            otherwise="A year group in which more pupils have an education, health and care plan usually has lower results, whatever the school does.",
            plan=self.needs.value(period_end=self.last.end, need="Education, health and care plan"),
            year=self.last,
        )

    def _pupils_outside(self) -> Sentence:
        return say(
            "{outside} of the pupils were at schools outside the council's area in the {year}. Their results are counted here, though other councils' schools taught them.",
            otherwise="Pupils at schools outside the council's area are counted here, though other councils' schools taught them.",
            outside=figure_at(self.outside, self.last.end),
            year=self.last,
        )

    def measures(self) -> list:
        """The measures of the page, for its definitions."""
        rooms = (attainment, attendance, exclusions, education_plans, moving_on)
        known = {name: measure for room in rooms for name, measure in room.MEASURES.items()}
        return [known[name] for name in SHOWN]

    def sources(self) -> list[str]:
        """The publications cited by what the page has shown so far, and the neighbours by name."""
        names = self._neighbour_names()
        neighbours = f"Statistical neighbours: DfE's list {self.neighbour_list}: {'; '.join(names)}. Their figure is the mean of those with a figure, each council counting once."
        return [*sorted(self._cited), *([neighbours] if names else [])]
