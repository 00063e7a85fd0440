"""How looked-after pupils do in the assessments at the end of each key stage.

Every function takes the tidy table `pupils` and the academic `years` to show; `metrics/pupils.py` says who counts.

Not assessed. Everyone at the end of a key stage is in the base. A pupil without a result counts as not having reached
the standard (0 points in Attainment 8), as DfE counts them; how many there are is a figure of its own. Where nobody in a
year has a result, the year has none, not 0%.

Not fed by any source that is read: the phonics check of year 1, Progress 8 and progress from key stage 1 to 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis_lib.metrics.counting import build, members
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.pupils import (
    TWELVE_MONTHS,
    in_cohort,
    is_true,
    only_where,
    per_year,
    school_year,
    share_per_year,
    years_in_words,
)
from analysis_lib.periods import Period
from analysis_lib.results import Released, Result

__all__ = [
    "attainment_8",
    "attainment_8_pooled",
    "by_standard",
    "impossible_combinations",
    "key_standards",
    "pooled",
    "pupils_at_key_stage_end",
    "pupils_not_assessed",
    "teacher_assessment",
]

MEASURES = measures("attainment")
POOLED_YEARS = 3


def __dir__() -> list[str]:
    return __all__


@dataclass(frozen=True)
class KeyStage:
    """One point at which pupils are assessed.

    `standards` names, for each standard, the columns that must all be reached; the last one combines the others where
    there are several. `without_results` are academic years in which nothing statutory was assessed, `last` the last
    year in which it was (none: it goes on).
    """

    code: str
    title: str
    measure: str
    standards: dict[str, tuple[str, ...]]
    without_results: tuple[str, ...] = ("2019-20-AY", "2020-21-AY")
    last: str = ""

    @property
    def columns(self) -> list[str]:
        return sorted({column for columns in self.standards.values() for column in columns})

    def is_assessed_in(self, year: Period) -> bool:
        """Whether statutory results exist for `year`."""
        return year.code not in self.without_results and (not self.last or year.end <= Period.parse(self.last).end)


def _three(stage: str) -> dict[str, tuple[str, ...]]:
    columns = {subject.capitalize(): (f"{stage}_{subject}",) for subject in ("reading", "writing", "maths")}
    return {**columns, ALL_THREE: tuple(column for each in columns.values() for column in each)}


ALL_THREE, GOOD_LEVEL, GRADE_5, GRADE_4 = "All three", "Good level", "Grade 5 or above", "Grade 4 or above"
# KS1 and KS2 were cancelled and the early years profile not done or not required in 2020 and 2021 (Standards and Testing
# Agency); KS1 stopped being statutory after 2023. KS4 had grades in both years, given by centres, then by teachers.
EARLY_YEARS = KeyStage("EYFS", "Early years (age five)", "eyfs_good_level", {GOOD_LEVEL: ("gld",)})
KEY_STAGE_1 = KeyStage("KS1", "Key stage 1 (age seven)", "ks1_expected_standard", _three("ks1"), last="2022-23-AY")
KEY_STAGE_2 = KeyStage("KS2", "Key stage 2 (age eleven)", "ks2_expected_standard", _three("ks2"))
KEY_STAGE_4 = KeyStage("KS4", "Key stage 4 (age sixteen)", "ks4_english_and_maths", {GRADE_5: ("english_5", "maths_5"), GRADE_4: ("english_4", "maths_4")}, without_results=())  # fmt: skip
KEY_STAGES = (EARLY_YEARS, KEY_STAGE_1, KEY_STAGE_2, KEY_STAGE_4)

# (label, key stage, its standard): what the page puts first.
KEY_STANDARDS = (
    ("Early years: good level of development", EARLY_YEARS, GOOD_LEVEL),
    ("Key stage 1: reading, writing and maths", KEY_STAGE_1, ALL_THREE),
    ("Key stage 2: reading, writing and maths", KEY_STAGE_2, ALL_THREE),
    ("Key stage 4: English and maths, grade 5 or above", KEY_STAGE_4, GRADE_5),
    ("Key stage 4: English and maths, grade 4 or above", KEY_STAGE_4, GRADE_4),
)
# (the larger claim, the smaller one that it contains): the first may never have the higher share.
CONTAINED = (
    (ALL_THREE, "Reading"),
    (ALL_THREE, "Writing"),
    (ALL_THREE, "Maths"),
    (GRADE_5, GRADE_4),
)


def pupils_at_key_stage_end(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Pupils who came to the end of each key stage in each year, assessed or not; group `key_stage`."""
    counts = [per_year(_eligible(pupils, stage, cohort), years).assign(key_stage=stage.title) for stage in KEY_STAGES]
    return build.count(MEASURES["pupils_at_key_stage_end"], pd.concat(counts), groups=("key_stage",))


def pupils_not_assessed(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Pupils at the end of each key stage without any result, in years that have results; group `key_stage`."""
    counts = []
    for stage in KEY_STAGES:
        eligible = _eligible(pupils, stage, cohort)
        without = per_year(eligible[~_has_result(eligible, stage)], years)
        counts.append(only_where(without, _years_held(eligible, stage, years)).assign(key_stage=stage.title))
    return build.count(MEASURES["pupils_not_assessed"], pd.concat(counts), groups=("key_stage",))


def by_standard(pupils: pd.DataFrame, stage: KeyStage, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of the pupils at the end of `stage` who reached each of its standards, by year.

    Groups: `standard`, and `added_in`, the run of years that `pooled` adds up and that the row is part of (its own year
    when of none). Years without statutory assessment, or in which nobody has a result, have no figure. Local teacher
    assessments (`assessed_by` TEACHER) never count here: such a pupil has no statutory result.
    """
    eligible = _eligible(pupils, stage, cohort)
    held = _years_held(eligible, stage, years)
    counts = [
        only_where(share_per_year(eligible, _reached(eligible, columns), years), held).assign(standard=standard)
        for standard, columns in stage.standards.items()
    ]
    run = _run_of_years(MEASURES[stage.measure].breaks, [year for year, has in zip(years, held, strict=True) if has])
    own = [school_year(year) if year not in run else years_in_words(run) for year in years]
    frame = pd.concat(counts).assign(added_in=own * len(stage.standards))
    # A year hidden among years that add up to a shown total needs a second one hidden.
    return build.proportion(MEASURES[stage.measure], frame, groups=("standard", "added_in"), parts=("period_end",))


def teacher_assessment(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share at the expected standard by local teacher assessment, in years without statutory ones.

    Groups `key_stage`, `standard`. The base is the pupils so assessed. Only years and key stages with any are rows.
    """
    counts = []
    for stage in KEY_STAGES:
        local = _at_end(pupils, stage, cohort)
        local = local[local["assessed_by"].eq("TEACHER")]
        without = [
            year for year in years if not stage.is_assessed_in(year) and local["academic_year"].eq(year.code).any()
        ]
        for standard, columns in stage.standards.items():
            share = share_per_year(local, _reached(local, columns), without)
            counts.append(share.assign(key_stage=stage.title, standard=standard))
    frame = pd.concat(counts, ignore_index=True)
    return build.proportion(MEASURES["teacher_assessed_standard"], frame, groups=("key_stage", "standard"))


def attainment_8(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Mean Attainment 8 score of the pupils at the end of key stage 4, by year, with a t interval.

    A pupil without a score counts with 0; a year in which nobody has one has no mean. `attainment_8_pooled` adds years up.
    """
    scores = _attainment_8_scores(pupils, cohort)
    results = []
    for year in years:
        own = scores[scores["academic_year"].eq(year.code)]
        results.append(build.mean(MEASURES["attainment_8"], own, value="attainment_8", when=year).exact())
    return Result(MEASURES["attainment_8"], pd.concat(results))


def attainment_8_pooled(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Mean Attainment 8 score over the pupils of the latest years that may be added together; group `years`.

    At most three years and never across a break, as `pooled`: one mean over all their pupils, not the mean of yearly means
    (`attainment_8`). One row, without a value where no year has scores.
    """
    scores = _attainment_8_scores(pupils, cohort)
    measure = MEASURES["attainment_8_pooled"]
    has_scores = set(scores.loc[scores["attainment_8"].notna(), "academic_year"])
    run = _run_of_years(measure.breaks, [year for year in years if year.code in has_scores]) or years[-1:]
    own = scores[scores["academic_year"].isin([year.code for year in run])]
    over_run = Period.span(run[0].start, run[-1].end)
    frame = build.mean(measure, own, value="attainment_8", when=over_run).exact()
    return Result(measure, frame.assign(years=years_in_words(run)), ("years",))


def _attainment_8_scores(pupils: pd.DataFrame, cohort: str) -> pd.DataFrame:
    """The pupils at the end of key stage 4 with their scores, 0 without one in a year in which somebody has one."""
    eligible = _eligible(pupils, KEY_STAGE_4, cohort)
    somebody_has_one = eligible["attainment_8"].notna().groupby(eligible["academic_year"]).transform("any")
    return eligible.assign(
        attainment_8=eligible["attainment_8"].mask(somebody_has_one & eligible["attainment_8"].isna(), 0.0)
    )


def pooled(result: Result) -> Result:
    """The yearly shares of `result` added up: one row per standard for the latest years that may be added together.

    Numerators and denominators are summed over the latest year with figures and at most two before it, never across one
    of the measure's breaks, then divided; percentages are never averaged. A standard without any figure keeps one row,
    without a value, for the last year. `years` says which were added.
    """
    yearly = result.exact()
    rows = []
    for standard, own in yearly.groupby("standard", sort=False):
        own = own.sort_values("period_end")
        known = own[own["value"].notna()]
        run = own[own["added_in"].eq(known["added_in"].iloc[-1])] if len(known) else own.tail(1)
        rows.append(
            {
                "standard": standard,
                "years": run["added_in"].iloc[-1],
                "period_start": run["period_start"].min(),
                "period_end": run["period_end"].max(),
                **run[["numerator", "denominator"]].sum(min_count=1),
                **{column: [child for each in run[column] for child in each] for column in members.named_in(run)},
            }
        )
    return build.proportion(result.measure, pd.DataFrame(rows), groups=("standard", "years"))


def runs(result: Result) -> list[Result]:
    """The yearly shares of `result` added up as `pooled` does, the latest years first, then those before them, and so on.

    The years before are not added to the latest ones because of a break, of a year without figures, or because three are enough.
    """
    found, yearly = [pooled(result)], result.exact()
    while True:
        yearly = yearly[yearly["period_end"] < found[-1].exact()["period_start"].min()]
        if not yearly["value"].notna().any():
            return found
        held = yearly[yearly["value"].notna()]
        years = [Period.span(*days) for days in sorted(set(zip(held["period_start"], held["period_end"], strict=True)))]
        run = _run_of_years(result.measure.breaks, years)
        own = yearly[yearly["period_end"].isin([year.end for year in run])].assign(added_in=years_in_words(run))
        found.append(pooled(Result(result.measure, own, result.groups, result.origin, result.parts)))


def key_standards(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """The headline standard of each key stage, years added together; groups `standard` and `years`."""
    rows = []
    for label, stage, standard in KEY_STANDARDS:
        frame = pooled(by_standard(pupils, stage, years=years, cohort=cohort)).exact()
        rows.append(frame[frame["standard"].eq(standard)].assign(standard=label))
    return build.proportion(MEASURES["key_standards"], pd.concat(rows), groups=("standard", "years"))


@dataclass(frozen=True)
class Impossible:
    """A combined measure above one of its parts in the same group and period: one of the two figures must be wrong."""

    period_end: pd.Timestamp
    combined: str
    part: str
    combined_value: float
    part_value: float


def impossible_combinations(
    shown: Result | Released, *, column: str = "standard", contained: tuple[tuple[str, str], ...] = CONTAINED
) -> list[Impossible]:
    """Where a share that requires several things is above the share of one of them, for the same pupils.

    Parameters
    ----------
    shown : Result or Released
        One row per `column`, period and further groups; hidden and missing figures are passed over.
    column : str
        Names the standard of a row.
    contained : pairs (combined, part)
        Rounded figures are compared as they are: rounding keeps the order, so a printed combined share above a printed
        part cannot come from rounding.
    """
    frame = (shown.exact() if isinstance(shown, Result) else shown.frame).dropna(subset=["value"])
    others = [group for group in ("period_start", "period_end", *shown.groups) if group not in (column, "added_in")]
    found = []
    for _, rows in frame.groupby(others, dropna=False):
        value = dict(zip(rows[column], rows["value"], strict=True))
        found += [
            Impossible(rows["period_end"].iloc[0], combined, part, value[combined], value[part])
            for combined, part in contained
            if combined in value and part in value and value[combined] > value[part]
        ]
    return found


def _at_end(pupils: pd.DataFrame, stage: KeyStage, cohort: str) -> pd.DataFrame:
    """The cohort's pupils at the end of `stage`; for KS4 with a flag for each grade boundary in English and maths."""
    own = in_cohort(pupils, cohort)
    own = own[own["key_stage_end"].eq(stage.code)]
    if stage is not KEY_STAGE_4:
        return own
    flags = {
        f"{subject}_{grade}": own[f"ks4_{subject}"].ge(grade).astype(object).where(own[f"ks4_{subject}"].notna(), None)
        for subject in ("english", "maths")
        for grade in (4, 5)
    }
    return own.assign(**flags)


def _eligible(pupils: pd.DataFrame, stage: KeyStage, cohort: str) -> pd.DataFrame:
    """The pupils at the end of `stage`, local teacher assessments blanked: they are no statutory results."""
    own = _at_end(pupils, stage, cohort).copy()
    own[stage.columns] = own[stage.columns].astype(object).mask(own["assessed_by"].eq("TEACHER"), None)
    return own


def _reached(rows: pd.DataFrame, columns: tuple[str, ...]) -> pd.Series:
    reached = pd.Series(True, index=rows.index)
    for column in columns:
        reached &= is_true(rows[column])
    return reached


def _has_result(rows: pd.DataFrame, stage: KeyStage) -> pd.Series:
    return rows[stage.columns].notna().any(axis=1)


def _years_held(eligible: pd.DataFrame, stage: KeyStage, years: list[Period]) -> np.ndarray:
    """For each year, whether it had statutory assessments and at least one pupil has a result."""
    with_result = set(eligible.loc[_has_result(eligible, stage), "academic_year"])
    return np.array([stage.is_assessed_in(year) and year.code in with_result for year in years], dtype=bool)


def _run_of_years(breaks, held: list[Period]) -> list[Period]:
    """The latest of `held` and at most two school years before it, stopping at a break or a year that is not held."""
    run = held[-1:]
    while run and len(run) < POOLED_YEARS:
        before = run[0].shifted(-12)
        if before not in held or any(before.start < each.day <= run[0].start for each in breaks):
            break
        run = [before, *run]
    return run
