"""What every section of the virtual school's page needs: its years, the gate, the published figures beside ours, and words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import pandas as pd

from analysis_lib import compare
from analysis_lib.errors import Closed
from analysis_lib.metrics import attainment, pupils
from analysis_lib.metrics.attainment import KeyStage
from analysis_lib.metrics.pupils import school_year
from analysis_lib.periods import Period
from analysis_lib.report.chart import trend
from analysis_lib.report.figure import denominator, interval, numerator
from analysis_lib.report.number_words import bare_numbers
from analysis_lib.report.output import Output
from analysis_lib.report.sentence import say, sentence
from analysis_lib.report.table import Cell, table
from analysis_lib.results import PUBLISHED, Break, Measure, Released, Result, Value
from analysis_lib.sections import Sections

# DfE's indicators of looked-after pupils (looked after for 12 months), by key stage and standard.
INDICATORS = {
    ("KS2", attainment.ALL_THREE): "cla_ks2_rwm_pct",
    ("KS2", "Reading"): "cla_ks2_read_pct",
    ("KS2", "Writing"): "cla_ks2_writta_pct",
    ("KS2", "Maths"): "cla_ks2_mat_pct",
    ("KS4", attainment.GRADE_5): "cla_ks4_em95_pct",
    ("KS4", attainment.GRADE_4): "cla_ks4_em94_pct",
}


class SchoolFigures(Sections):
    """One page's pupils: `last` is the latest complete academic year, `years` all from the first in the returns."""

    def __init__(self, page):
        self.page = page
        self.last: Period = page.period.last_complete_academic_year
        self.here, self.region, self.country = page.authority.area, page.authority.region, page.authority.country
        self.neighbour_list = page.authority.neighbour_model(page.as_at).name
        self._cited: set[str] = set()
        self._held_elsewhere: dict[tuple[str, str], dict[str, Released]] = {}

    @property
    def pupils(self) -> pd.DataFrame:
        return self.page["pupils"]

    @cached_property
    def years(self) -> list[Period]:
        return pupils.academic_years(self.pupils, self.last)

    def _release(self, result: Result, remedy: str = "") -> Released:
        """`result` through the page's gate; what a published figure cites is kept for the page's sources.

        `remedy` is the sentence that the page says of what was done so that it may be shown.
        """
        released = self.page.release(result, remedy)
        if result.origin == PUBLISHED:
            self._cited |= set(released.frame["source"]) - {""}
        return released

    def _whole_or_latest(self, counted: Callable[[list[Period]], Result]) -> Released | None:
        """What is counted of every school year, else of the latest alone, else nothing: none of its figures is hidden."""
        options = [counted(self.years), counted([self.last])]
        choice = self.page.first_safe([*([each] for each in options), []])
        return self._release(options[choice]) if choice < len(options) else None

    def _neighbour_names(self) -> list[str]:
        members = self.page["statistical_neighbours"]
        return members.loc[members["model"].eq(self.neighbour_list)].sort_values("rank")["area"].tolist()

    def _published(self, measure: Measure, indicator: str, areas, since: pd.Timestamp, until: pd.Timestamp) -> Result:
        days = {"since": since, "until": until}
        return compare.published(measure, self.page["benchmarks"], indicator=indicator, areas=areas, **days)

    def _elsewhere(self, measure: Measure, indicator: str) -> dict[str, Released]:
        """England, the region and the neighbours as published, and DfE's own figure for the council, years that the page shows."""
        if (measure.name, indicator) not in self._held_elsewhere:
            self._held_elsewhere[measure.name, indicator] = self._released_elsewhere(measure, indicator)
        return self._held_elsewhere[measure.name, indicator]

    def _released_elsewhere(self, measure: Measure, indicator: str) -> dict[str, Released]:
        since = self.years[0].start
        wanted = {
            "country": self.country,
            "region": self.region,
            "own": self.here,
        }
        shown = {
            key: self._release(
                by_indicator(self._published(measure, indicator, [area], since, self.last.end), indicator)
            )
            for key, area in wanted.items()
        }
        try:
            mean = compare.neighbours(
                measure,
                self.page["benchmarks"],
                self.page["statistical_neighbours"],
                indicator=indicator,
                model=self.neighbour_list,
                until=self.last.end,
            )
        except Closed:  # a council whose neighbour list is not held: the page goes without
            return shown
        frame = mean.exact()
        since_then = Result(measure, frame[frame["period_end"] >= since], mean.groups, PUBLISHED)
        shown["neighbours"] = self._release(by_indicator(since_then, indicator))
        return shown

    def _labelled(self, elsewhere: Mapping[str, Released]) -> dict[str, Released]:
        labels = {
            "country": self.country.name,
            "region": self.region.name,
            "neighbours": "Statistical neighbours (mean)",
            "own": f"{self.here.name}, as DfE published it",
        }
        return {
            labels[key]: elsewhere[key]
            for key in labels
            if key in elsewhere and elsewhere[key].frame["value"].notna().any()
        }

    def _national_chart(
        self, name: str, ours: Released, indicator: str, finding: str, plain: str, y_label: str
    ) -> Output:
        others = self._labelled(self._elsewhere(ours.measure, indicator))
        latest = [value for value in ours.values() if value.is_shown]
        value = latest[-1] if latest else ours.values()[-1]
        series = {self.here.name: ours, **others}
        shown = self._beside(
            name,
            f"{ours.measure.title}, by school year and area",
            series,
            "Area",
            note=" ".join(f"Break on {break_in_words(each)}." for each in self._breaks(ours)),
        )
        return trend(
            name,
            say(finding, otherwise=plain, value=value, year=school_year(year_of(value.period_end))),
            {
                label: released
                for label, released in series.items()
                if label != f"{self.here.name}, as DfE published it"
            },
            y_label=y_label,
            table=shown,
            breaks=self._breaks(ours),
            period_name=lambda end: school_year(year_of(end)),
        )

    def _others_table(self, name: str, measure: Measure, indicator: str, why: str, *, what: str = "") -> Output:
        """What others have, by school year, where our own figures are not shown by year: `why` says so, `what` of what it is."""
        others = self._labelled(self._elsewhere(measure, indicator))
        if not others:
            return sentence(say(why))
        return self._beside(name, f"{what or measure.title}, by school year and area", others, "Area", note=why)

    def _breaks(self, released: Released) -> list[Break]:
        return [each for each in released.measure.breaks if self.years[0].start < each.day <= self.last.end]

    def _council(self, measure, name: str) -> Released:
        points = compare.council_points(measure, self.page["council_figures"], figures=name)
        frame = points.exact()
        own = frame[frame["period_start"].isin([year.start for year in self.years])]
        return self._release(Result(measure, own, points.groups, PUBLISHED))

    def _beside(
        self,
        name: str,
        caption: str,
        series: Mapping[str, Released],
        heading: str,
        *,
        note: str = "",
        together: bool = False,
    ) -> Output:
        """A table with a row for each series and a column for each school year that the page or the series has.

        A series of which every figure is hidden has no row: a sentence under the table names it. One that is part of a whole stays,
        or what is left would pass for the whole. Where no series is left, the sentences stand by themselves. With `together` the first series has school years added up, and its column says which.
        """
        hidden = [label for label, released in series.items() if is_all_hidden(released)]
        if len(hidden) < len(series):
            hidden = [label for label in hidden if not set(series[label].parts) & set(series[label].groups)]
        series = {label: released for label, released in series.items() if label not in hidden}
        if hidden:
            note = " ".join(filter(None, [note, not_shown(hidden)]))
        if not series:
            return sentence(say(note))
        cells = {label: {value.period_end: value for value in released.values()} for label, released in series.items()}
        ends = sorted({end for each in cells.values() for end in each})
        own = next(iter(series.values()))
        named = {end: school_year(year_of(end)) for end in ends}
        if together:
            named |= dict(zip(own.frame["period_end"], own.frame["years"], strict=True))
        head = [heading, *named.values()]
        rows: list[Sequence[Cell]] = [[label, *(each.get(end, "") for end in ends)] for label, each in cells.items()]
        return table(name, caption, head, rows, note=note)


def by_indicator(published: Result, indicator: str) -> Result:
    """`published` with its indicator as a group: two that stand beside one measure of ours are told apart by it."""
    frame = published.exact().assign(indicator=indicator)
    return replace(published, frame=frame, groups=(*published.groups, "indicator"))


def figure_at(released: Released, end: pd.Timestamp) -> Value | None:
    """The one figure for the period that ends on `end`; None when there is no row."""
    values = released.where(period_end=end).values()
    return values[0] if values else None


def is_all_hidden(released: Released) -> bool:
    """Whether there are figures and none of them may be shown."""
    symbols = released.frame["symbol"]
    return bool(symbols.eq("c").any() and not released.frame["value"].notna().any())


def not_shown(labels: Sequence[str]) -> str:
    """The sentence in place of rows of which every figure is hidden; a label with a number of its own is not repeated."""
    names = [label.split(" (")[0] for label in labels]
    named = [uncapitalised(name) for name in names if not bare_numbers(name)]
    words = [*named, *(["another group"] if len(named) < len(names) else [])]
    return f"Not shown, because too few pupils are behind each figure: {listed(words)}."


def spelled(value: Value) -> list[Cell]:
    return [value, numerator(value), denominator(value), interval(value)]


def stage_of(code: str) -> KeyStage:
    return next(stage for stage in attainment.KEY_STAGES if stage.code == code)


def short_title(stage: KeyStage) -> str:
    return stage.title.split(" (")[0]


def gap_in_words(stage: KeyStage, years: list[Period]) -> str:
    without = [school_year(year) for year in years if not stage.is_assessed_in(year)]
    return f"{short_title(stage)}: no statutory assessments in {listed(without)}: a gap, not a zero." if without else ""


def year_of(end: pd.Timestamp) -> Period:
    return Period.parse(code_of(end))


def code_of(end: pd.Timestamp) -> str:
    """The code of the academic year that contains the day `end`."""
    first = end.year if end.month >= 9 else end.year - 1
    return f"{first}-{(first + 1) % 100:02d}-AY"


def break_in_words(each: Break) -> str:
    return f"1 September {each.day.year}: {each.reason}"


def uncapitalised(text: str) -> str:
    return text[:1].lower() + text[1:]


def listed(words: Sequence[str]) -> str:
    """Words in a row as a sentence has them: a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
