"""What the council printed of its looked-after pupils, and what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from analysis_lib import compare
from analysis_lib.metrics import attainment, attendance, moving_on
from analysis_lib.metrics.pupils import school_year
from analysis_lib.pages.virtual_school.figures import (
    INDICATORS,
    SchoolFigures,
    by_indicator,
    listed,
    short_title,
    uncapitalised,
    year_of,
)
from analysis_lib.report.output import Output
from analysis_lib.report.sentence import Sentence, joined, note, say, sentence
from analysis_lib.report.table import table
from analysis_lib.results import PUBLISHED, Released, Result, Value, rows_of

# What the council's papers call a standard, in the order of their table.
PRINTED = {
    "eyfs_gld": (attainment.EARLY_YEARS, attainment.GOOD_LEVEL),
    "ks1_rwm": (attainment.KEY_STAGE_1, attainment.ALL_THREE),
    "ks1_reading": (attainment.KEY_STAGE_1, "Reading"),
    "ks1_writing": (attainment.KEY_STAGE_1, "Writing"),
    "ks1_maths": (attainment.KEY_STAGE_1, "Maths"),
    "ks2_rwm": (attainment.KEY_STAGE_2, attainment.ALL_THREE),
    "ks2_reading": (attainment.KEY_STAGE_2, "Reading"),
    "ks2_writing": (attainment.KEY_STAGE_2, "Writing"),
    "ks2_maths": (attainment.KEY_STAGE_2, "Maths"),
    "ks4_english_maths_5": (attainment.KEY_STAGE_4, attainment.GRADE_5),
}
PRINTED_ATTENDANCE = {
    "attendance": "Attendance",
    "absence": "Absence",
    "absence_authorised": "Authorised absence",
    "absence_unauthorised": "Unauthorised absence",
}
WHOLE = "100%"
READS_LIKE_POINTS = 1.5  # how far a printed column may be from another's, figure by figure, and still read like it


@dataclass(frozen=True)
class LikeCountry:
    """A year of printed figures that read like the country's: by standard what is printed, the country's, and our own of DfE."""

    end: pd.Timestamp
    both: list[str]
    here: Mapping[str, Value]
    country: Mapping[str, Value]
    own: Mapping[str, Value]


class Printed(SchoolFigures):
    """The council's published figures, each rule that one of them breaks, and whether they add up."""

    @cached_property
    def printed(self) -> dict[str, Released]:
        """The council's published results by key stage code; a key stage that it printed nothing for has no rows."""
        released = {}
        for stage in attainment.KEY_STAGES:
            measure = attainment.MEASURES[stage.measure]
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
        """The council's own printed results."""
        series = {
            f"{short_title(stage)}: {uncapitalised(standard)}": self.printed[stage.code].where(standard=standard)
            for stage, standard in PRINTED.values()
        }
        if not any(len(released) for released in series.values()):
            return sentence(
                say(
                    "No table of results that {council} had published by {as_at} is held.",
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
        """What speaks against the printed table."""
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
        for stage in attainment.KEY_STAGES:
            printed = self.printed[stage.code]
            for each in attainment.impossible_combinations(printed):
                pick = {
                    name: printed.value(standard=name, period_end=each.period_end)
                    for name in (each.combined, each.part)
                }
                found.append(
                    say(
                        "In {year} {stage} has {all} for {combined} and {one} for {part}. That is impossible: whoever reached the first reached the second.",
                        year=school_year(year_of(each.period_end)),
                        stage=short_title(stage).lower(),
                        all=pick[each.combined],
                        one=pick[each.part],
                        combined="all three subjects"
                        if each.combined == attainment.ALL_THREE
                        else uncapitalised(each.combined),
                        part=uncapitalised(each.part),
                    )
                )
        return found

    def _printed_without_assessments(self) -> list[Sentence]:
        years: dict[str, list[str]] = {}
        for stage in attainment.KEY_STAGES:
            for end in sorted(self.printed[stage.code].frame["period_end"].unique()):
                if not stage.is_assessed_in(year_of(end)):
                    years.setdefault(school_year(year_of(end)), []).append(short_title(stage).lower())
        return [
            say(
                "{year} has figures for {stages}, though there were no statutory assessments in that year; what was counted is not said.",
                year=year,
                stages=listed(stages),
            )
            for year, stages in years.items()
        ]

    def _printed_like_country(self) -> list[Sentence]:
        """What to say of the years in `_like_country`."""
        found = []
        for each in self._like_country:
            here, country, own = each.here, each.country, each.own
            beside = [
                say(
                    "{name} {here} printed, {there} in {country}",
                    name=uncapitalised(name),
                    here=here[name],
                    there=country[name],
                    country=self.country.name,
                )
                for name in each.both
            ]
            against = [
                say(
                    " For {here} DfE has {own} in {name}.", here=self.here.name, own=own[name], name=uncapitalised(name)
                )
                for name in own
                if name in here
            ]
            found.append(
                say(
                    "The key stage 2 figures of {year} read like {country}'s: {told}.{against}",
                    year=school_year(year_of(each.end)),
                    country=self.country.name,
                    told=joined(beside, "; "),
                    against=joined(against, " ") if against else "",
                )
            )
        return found

    def printed_beside_published(self) -> list[Output]:
        """Printed results that read like the country's, beside those that DfE publishes; nothing where none do."""
        rows = [
            [
                f"{school_year(year_of(each.end))}: {uncapitalised(name)}",
                each.here[name],
                each.country[name],
                each.own.get(name, ""),
            ]
            for each in self._like_country
            for name in each.both
        ]
        if not rows:
            return []
        caption = "Key stage 2 results that the council printed, beside those that DfE publishes"
        return [
            table(
                "printed_beside_published",
                caption,
                ["School year and standard", "Printed", f"{self.country.name}, DfE", f"{self.here.name}, DfE"],
                rows,
            )
        ]

    @cached_property
    def _like_country(self) -> list[LikeCountry]:
        """Years in which the printed key stage 2 figures are England's within 1.5 points each, and not the council's own in DfE's tables."""
        printed, found = self.printed["KS2"], []
        for end in sorted(printed.frame["period_end"].unique()):
            own, country = (self._dfe_key_stage_2(area, end) for area in (self.here, self.country))
            here = {
                row["standard"]: value
                for row, value in zip(
                    rows_of(printed.where(period_end=end).frame),
                    printed.where(period_end=end).values(),
                    strict=True,
                )
            }
            both = [name for name in here if name in country]
            if len(both) < 2 or not reads_like(here, country) or reads_like(here, own):
                continue
            found.append(LikeCountry(end, both, here, country, own))
        return found

    def _dfe_key_stage_2(self, area, end: pd.Timestamp) -> dict[str, Value]:
        shown, measure = {}, attainment.MEASURES[attainment.KEY_STAGE_2.measure]
        for standard in attainment.KEY_STAGE_2.standards:
            indicator = INDICATORS["KS2", standard]
            values = self._release(
                by_indicator(self._published(measure, indicator, [area], end, end), indicator)
            ).values()
            if values and values[0].is_shown:
                shown[standard] = values[0]
        return shown

    def printed_attendance(self) -> list[Output]:
        """The council's own printed attendance."""
        printed = self._printed_attendance()
        if not len(printed):
            nothing = say(
                "No attendance figures of looked-after pupils that {council} had published by {as_at} are held.",
                council=self.here.name,
                as_at=self.page.as_at,
            )
            return [sentence(nothing)]
        last = printed.where(period_end=printed.frame["period_end"].max())
        told = dict(zip(last.frame["kind"], last.values(), strict=True))
        year = school_year(year_of(last.frame["period_end"].max()))
        sentences = [
            say(
                "For {year} the council printed: {all}.",
                year=year,
                all=joined(
                    [say("{kind} {value}", kind=uncapitalised(kind), value=value) for kind, value in told.items()]
                ),
            )
        ]
        rows = [[f"{kind}, {year}", value, ""] for kind, value in told.items()]
        for kinds, whole in (
            (("Attendance", "Absence"), ""),
            (("Authorised absence", "Unauthorised absence"), "Absence"),
        ):
            if all(kind in told for kind in (*kinds, *filter(None, [whole]))):
                total = self._sum(last, kinds)
                rows.append([f"{kinds[0]} and {uncapitalised(kinds[1])} added up, {year}", total, ""])
                sentences.append(_sum_in_words(total, kinds, told.get(whole)))
        for end, value, dfe in self._absence_of_country:
            rows.append([f"Absence in {self.country.name}, {end}", value, dfe])
            sentences.append(self._printed_country_in_words(end, value, dfe))
        head = ["What was printed", "By the council", "By DfE"]
        return [
            sentence(*(replace(each, origins=(PUBLISHED,)) for each in sentences)),
            table(
                "printed_attendance", f"Attendance as {self.here.name} Council printed it, % of sessions", head, rows
            ),
        ]

    def _printed_attendance(self) -> Released:
        measure = attendance.MEASURES["printed_attendance"]
        frames = [
            compare.council_points(measure, self.page["council_figures"], figures=name, breakdown="")
            .exact()
            .assign(kind=kind)
            for name, kind in PRINTED_ATTENDANCE.items()
        ]
        frame = pd.concat(frames).drop_duplicates(["kind", "period_end"], keep="last")
        return self._release(Result(measure, frame, ("kind",), PUBLISHED))

    def _sum(self, printed: Released, kinds: tuple[str, str]) -> Value:
        """Two printed shares added up."""
        frame = printed.where(kind=list(kinds)).frame
        added = frame.iloc[[0]].assign(value=frame["value"].sum(), method="added up by us", kind=" and ".join(kinds))
        return self._release(Result(printed.measure, added, ("kind",), PUBLISHED)).value()

    def _printed_country_in_words(self, year: str, value: Value, dfe: Value) -> Sentence:
        return say(
            "For {country} in {year} it printed an absence of {value}; DfE has {dfe}.",
            country=self.country.name,
            year=year,
            value=value,
            dfe=dfe,
        )

    @cached_property
    def _absence_of_country(self) -> list[tuple[str, Value, Value]]:
        """School year, the country's absence as the council printed it, and DfE's where that is another figure."""
        measure = attendance.MEASURES["printed_attendance"]
        points = compare.council_points(measure, self.page["council_figures"], figures="absence").exact()
        points = points[points["breakdown"].str.startswith(self.country.name)]
        found = []
        for value in self._release(Result(measure, points, ("figure", "breakdown"), PUBLISHED)).values():
            dfe = compare.published(
                measure,
                self.page["benchmarks"],
                indicator="cla_absence_pct",
                areas=[self.country],
                since=value.period_end,
                until=value.period_end,
            )
            found += [
                (school_year(year_of(value.period_end)), value, each)
                for each in self._release(dfe).values()
                if each.is_shown and each.number != value.number
            ]
        return found

    def printed_moves(self) -> Output:
        """The council's own printed moves and offers after year 11."""
        moving, offered = (moving_on.MEASURES[name] for name in ("pupils_moving_on", "printed_offers"))
        printed = {"Move": self._council(moving, "transitions"), "Offer": self._council(offered, "post_16_offers")}
        rows = [
            [f"{kind}: {row['breakdown']}", school_year(year_of(row["period_end"])), value]
            for kind, released in printed.items()
            for row, value in zip(rows_of(released.frame), released.values(), strict=True)
        ]
        if not rows:
            return sentence(
                say(
                    "No figures of pupils moving on that {council} had published by {as_at} are held.",
                    council=self.here.name,
                    as_at=self.page.as_at,
                )
            )
        return table(
            "printed_moves",
            f"Pupils moving on, as {self.here.name} Council printed it",
            ["Move or offer", "School year", "Pupils"],
            rows,
        )


def _sum_in_words(total: Value, kinds: tuple[str, str], whole: Value | None) -> Sentence:
    """Whether two printed shares add up to their whole (100% when none), and where not, whether rounding can explain it."""
    gap = round(abs(total.number - (whole.number if whole else 100.0)), 1)
    could_be_rounding = gap <= 0.05 * (len(kinds) + (whole is not None)) + 1e-9  # half a tenth in each figure
    reason = "rounding can explain that" if could_be_rounding else "rounding cannot explain that, so a figure is wrong"
    told = "{first} and {second} together make {total}, "
    return say(
        told + ("as they should." if gap == 0 else f"not {{whole}}; {reason}."),
        first=kinds[0],
        second=uncapitalised(kinds[1]),
        total=total,
        whole=whole or WHOLE,
    )


def reads_like(printed: Mapping[str, Value], other: Mapping[str, Value]) -> bool:
    """Whether every figure that both have differs by no more than 1.5 points; False when they have none in common."""
    both = [name for name in printed if name in other]
    return bool(both) and all(abs(printed[name].number - other[name].number) <= READS_LIKE_POINTS for name in both)
