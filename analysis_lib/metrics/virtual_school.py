"""How looked-after pupils do at school: attainment, attendance, exclusion, plans, and moving on.

Every function takes the tidy table `pupils` (one row per pupil and academic year) and the academic `years` to show; a
year without figures stays as a row, so that a gap is seen. Flags are nullable: missing means not recorded.

Cohort. By default pupils looked after continuously for 12 months on 31 March of the school year, as in the statistics of
the Department for Education (DfE); `ALL_LOOKED_AFTER` takes every pupil in the extract.

Not assessed. Everyone at the end of a key stage is in the base. A pupil without a result counts as not having reached
the standard (0 points in Attainment 8), as DfE counts them; how many there are is a figure of its own. Where nobody in a
year has a result, the year has none, not 0%.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis_lib.metrics import build, members
from analysis_lib.metrics.facts import measures
from analysis_lib.periods import Period
from analysis_lib.results import Released, Result

TWELVE_MONTHS, ALL_LOOKED_AFTER = "looked after for 12 months", "all looked after"
COHORTS = (TWELVE_MONTHS, ALL_LOOKED_AFTER)
SCHOOL_YEARS = ["R", *(str(year) for year in range(1, 12))]  # reception to year 11, where school is compulsory
POOLED_YEARS = 3
# One pupil decides an absence rate of fewer than ten; the gate sees sessions and cannot know.
FEWEST_PUPILS_FOR_ABSENCE = 10
NOT_RECORDED = "Not recorded"


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

BANDS = ("95% or more", "90% to under 95%", "Under 90%")
NEEDS = {"N": "None", "K": "Support at school", "E": "Education, health and care plan"}
MOVES = {"RECEPTION": "To reception", "SECONDARY": "To secondary school", "POST16": "On from school at sixteen"}
OFFERS = {"EDUCATION": "Education", "TRAINING": "Training", "EMPLOYMENT": "Employment", "NONE": "No offer"}
NEET = "None of the three (NEET)"
ACTIVITIES = {"EDUCATION": "Education", "EMPLOYMENT": "Employment", "TRAINING": "Training", "NEET": NEET}
TERMS = {"Autumn": "pep_autumn", "Spring": "pep_spring", "Summer": "pep_summer"}


def academic_years(pupils: pd.DataFrame, last: Period) -> list[Period]:
    """Every academic year from the first in `pupils` to `last`, whether or not it has pupils; `last` alone when none has."""
    codes = [code for code in pupils["academic_year"].dropna().unique() if Period.parse(code).end <= last.end]
    year = Period.parse(min(codes)) if codes else last
    years = [year]
    while years[-1].end < last.end:
        years.append(years[-1].shifted(12))
    return years


def school_year(year: Period) -> str:
    """An academic year as schools write it: 2020/21."""
    return f"{year.start.year}/{year.end.year % 100:02d}"


# Attainment


def pupils_at_key_stage_end(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Pupils who came to the end of each key stage in each year, assessed or not; group `key_stage`."""
    counts = [_per_year(_eligible(pupils, stage, cohort), years).assign(key_stage=stage.title) for stage in KEY_STAGES]
    return build.count(_measure("pupils_at_key_stage_end"), pd.concat(counts), groups=("key_stage",))


def pupils_not_assessed(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Pupils at the end of each key stage without any result, in years that have results; group `key_stage`."""
    counts = []
    for stage in KEY_STAGES:
        eligible = _eligible(pupils, stage, cohort)
        without = _per_year(eligible[~_has_result(eligible, stage)], years)
        counts.append(_only(without, _years_held(eligible, stage, years)).assign(key_stage=stage.title))
    return build.count(_measure("pupils_not_assessed"), pd.concat(counts), groups=("key_stage",))


def attainment(pupils: pd.DataFrame, stage: KeyStage, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of the pupils at the end of `stage` who reached each of its standards, by year.

    Groups: `standard`, and `added_in`, the run of years that `pooled` adds up and that the row is part of (its own year
    when of none). Years without statutory assessment, or in which nobody has a result, have no figure. Local teacher
    assessments (`assessed_by` TEACHER) never count here: such a pupil has no statutory result.
    """
    eligible = _eligible(pupils, stage, cohort)
    held = _years_held(eligible, stage, years)
    counts = [
        _only(_share_per_year(eligible, _reached(eligible, columns), years), held).assign(standard=standard)
        for standard, columns in stage.standards.items()
    ]
    run = _run_of_years(_measure(stage.measure).breaks, [year for year, has in zip(years, held, strict=True) if has])
    own = [school_year(year) if year not in run else _years_in_words(run) for year in years]
    frame = pd.concat(counts).assign(added_in=own * len(stage.standards))
    # A year hidden among years that add up to a shown total needs a second one hidden.
    return build.proportion(_measure(stage.measure), frame, groups=("standard", "added_in"), parts=("period_end",))


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
            share = _share_per_year(local, _reached(local, columns), without)
            counts.append(share.assign(key_stage=stage.title, standard=standard))
    frame = pd.concat(counts, ignore_index=True)
    return build.proportion(_measure("teacher_assessed_standard"), frame, groups=("key_stage", "standard"))


def attainment_8(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Mean Attainment 8 score of the pupils at the end of key stage 4, by year, with a t interval."""
    eligible = _eligible(pupils, KEY_STAGE_4, cohort)
    results = []
    for year in years:
        scores = eligible[eligible["academic_year"].eq(year.code)]
        scores = scores if scores["attainment_8"].isna().all() else scores.fillna({"attainment_8": 0.0})
        results.append(build.mean(_measure("attainment_8"), scores, value="attainment_8", when=year).exact())
    return Result(_measure("attainment_8"), pd.concat(results))


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


def key_standards(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """The headline standard of each key stage, years added together; groups `standard` and `years`."""
    rows = []
    for label, stage, standard in KEY_STANDARDS:
        frame = pooled(attainment(pupils, stage, years=years, cohort=cohort)).exact()
        rows.append(frame[frame["standard"].eq(standard)].assign(standard=label))
    return build.proportion(_measure("key_standards"), pd.concat(rows), groups=("standard", "years"))


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


# Attendance and exclusion


def absence(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Sessions missed as a share of sessions possible (a ratio of sums, not a mean of rates); group `kind`.

    Kinds: overall, authorised, unauthorised; the last two add up to the first. No figure for fewer than ten pupils.
    """
    recorded = _with_attendance(pupils, cohort)
    enough = _per_year(recorded, years)["numerator"].ge(FEWEST_PUPILS_FOR_ABSENCE)
    sums = recorded.groupby("academic_year")[["authorised", "unauthorised", "missed", "sessions_possible"]].sum()
    sums = sums.reindex([year.code for year in years]).reset_index(drop=True)
    frames = [
        _only(_years_frame(years).assign(numerator=sums[column], denominator=sums["sessions_possible"]), enough).assign(
            kind=kind
        )
        for kind, column in (("Overall", "missed"), ("Authorised", "authorised"), ("Unauthorised", "unauthorised"))
    ]
    return build.share_of_sums(_measure("absence"), pd.concat(frames), groups=("kind",))


def attendance_recorded(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of the pupils in reception to year 11 who have an attendance record."""
    school_age = _school_age(pupils, cohort)
    return build.proportion(
        _measure("attendance_recorded"), _share_per_year(school_age, school_age["sessions_possible"].gt(0), years)
    )


def attendance_bands(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of pupils in each band of attendance; group `band`, each pupil in one.

    A pupil who attended exactly 90% is in "90% to under 95%", though persistently absent: that line is drawn at 10% missed.
    """
    recorded = _with_attendance(pupils, cohort)
    return _shares(_measure("attendance_bands"), recorded, recorded["band"], years, BANDS, "band")


def full_attendance(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of pupils who missed no session: a part of those who attended 95% or more."""
    recorded = _with_attendance(pupils, cohort)
    return build.proportion(_measure("full_attendance"), _share_per_year(recorded, recorded["missed"].eq(0), years))


def persistent_absence(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of pupils who missed 10% or more of their own possible sessions."""
    recorded = _with_attendance(pupils, cohort)
    at_least_a_tenth = 10 * recorded["missed"] >= recorded["sessions_possible"]
    return build.proportion(_measure("persistent_absence"), _share_per_year(recorded, at_least_a_tenth, years))


def severe_absence(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of pupils who missed half or more of their own possible sessions."""
    recorded = _with_attendance(pupils, cohort)
    at_least_half = 2 * recorded["missed"] >= recorded["sessions_possible"]
    return build.proportion(_measure("severe_absence"), _share_per_year(recorded, at_least_half, years))


def suspended_pupils(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of pupils suspended at least once in the year; pupils without a record of suspensions are not in the base."""
    recorded = _school_age(pupils, cohort).dropna(subset=["suspensions"])
    return build.proportion(
        _measure("suspended_pupils"), _share_per_year(recorded, recorded["suspensions"].gt(0), years)
    )


def suspended_pupils_number(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Number of pupils suspended at least once; no figure for a year in which nobody has an entry."""
    share = suspended_pupils(pupils, years=years, cohort=cohort).exact()
    kept = ["period_start", "period_end", *(column for column in members.named_in(share) if column.startswith("num"))]
    counts = share[kept].assign(numerator=share["numerator"].where(share["denominator"] > 0))
    return build.count(_measure("suspended_pupils_number"), counts)


def suspension_days(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Mean days of suspension over the pupils suspended in the year; the numerator is their total."""
    suspended = _school_age(pupils, cohort)
    suspended = suspended[suspended["suspensions"].gt(0)]
    measure = _measure("suspension_days")
    results = [
        build.mean(
            measure, suspended[suspended["academic_year"].eq(year.code)], value="suspension_days", when=year
        ).exact()
        for year in years
    ]
    return Result(measure, pd.concat(results))


def permanent_exclusions(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Pupils permanently excluded in the year; no figure for a year in which nobody has an entry."""
    school_age = _school_age(pupils, cohort)
    recorded = _per_year(school_age[school_age["permanent_exclusion"].notna()], years)["numerator"].gt(0)
    excluded = _per_year(school_age[_is_true(school_age["permanent_exclusion"])], years)
    return build.count(_measure("permanent_exclusions"), _only(excluded, recorded))


# Who they are, and plans


def pep_in_place(pupils: pd.DataFrame, *, years: list[Period], cohort: str = ALL_LOOKED_AFTER) -> Result:
    """Share of pupils with a personal education plan in each term, of those who should have had one; group `term`."""
    frames = []
    for term, column in TERMS.items():
        due = _in_cohort(pupils, cohort).dropna(subset=[column])
        frames.append(_share_per_year(due, _is_true(due[column]), years).assign(term=term))
    return build.proportion(_measure("pep_in_place"), pd.concat(frames), groups=("term",))


def special_educational_needs(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of pupils in reception to year 11 by special educational needs; group `need`."""
    school_age = _school_age(pupils, cohort)
    needs = school_age["sen"].map(NEEDS).fillna(NOT_RECORDED)
    return _shares(
        _measure("special_educational_needs"), school_age, needs, years, (*NEEDS.values(), NOT_RECORDED), "need"
    )


def school_outside(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of pupils in reception to year 11 whose school lies outside the authority; unrecorded schools are not in the base."""
    recorded = _school_age(pupils, cohort).dropna(subset=["school_in_authority"])
    return build.proportion(
        _measure("school_outside"), _share_per_year(recorded, ~_is_true(recorded["school_in_authority"]), years)
    )


# Moving on


def pupils_moving_on(pupils: pd.DataFrame, *, years: list[Period], cohort: str = ALL_LOOKED_AFTER) -> Result:
    """Pupils who moved to the next phase at the end of each year; group `move`."""
    moving = _in_cohort(pupils, cohort)
    frames = [_per_year(moving[moving["transition"].eq(code)], years).assign(move=move) for code, move in MOVES.items()]
    return build.count(_measure("pupils_moving_on"), pd.concat(frames), groups=("move",))


def left_care_before_move(pupils: pd.DataFrame, *, years: list[Period], cohort: str = ALL_LOOKED_AFTER) -> Result:
    """Share of the pupils moving on who had left care by then; not recorded is not in the base; group `move`."""
    return _share_of_movers(
        "left_care_before_move", pupils, years, cohort, lambda moving: moving["left_care_before_move"]
    )


def next_school_in_authority(pupils: pd.DataFrame, *, years: list[Period], cohort: str = ALL_LOOKED_AFTER) -> Result:
    """Share of the pupils moving on whose next school is in the authority; not recorded is not in the base; group `move`."""
    return _share_of_movers(
        "next_school_in_authority", pupils, years, cohort, lambda moving: moving["next_school_in_authority"]
    )


def moving_on_with_needs(pupils: pd.DataFrame, *, years: list[Period], cohort: str = ALL_LOOKED_AFTER) -> Result:
    """Share of the pupils moving on with special educational needs (support or plan); group `move`."""
    return _share_of_movers("moving_on_with_needs", pupils, years, cohort, lambda moving: moving["sen"].map({"N": False, "K": True, "E": True}))  # fmt: skip


def post16_offers(pupils: pd.DataFrame, *, years: list[Period], cohort: str = ALL_LOOKED_AFTER) -> Result:
    """Share of the pupils moving on at sixteen by the place that they were offered; group `offer`."""
    moving = _in_cohort(pupils, cohort)
    moving = moving[moving["transition"].eq("POST16")]
    offers = moving["post16_offer"].map(OFFERS).fillna(NOT_RECORDED)
    return _shares(_measure("post16_offers"), moving, offers, years, (*OFFERS.values(), NOT_RECORDED), "offer")


def post16_activity(pupils: pd.DataFrame, *, years: list[Period], cohort: str = ALL_LOOKED_AFTER) -> Result:
    """Share of the young people of years 12 and 13 by what they do; group `activity`, those not known in the base."""
    older = _in_cohort(pupils, cohort)
    older = older[older["nc_year"].isin(["12", "13"])]
    activities = older["eet_status"].map(ACTIVITIES).fillna("Not known")
    return _shares(
        _measure("post16_activity"), older, activities, years, (*ACTIVITIES.values(), "Not known"), "activity"
    )


# Cohorts and counts


def _measure(name: str):
    return measures("virtual_school")[name]


def _is_true(flags: pd.Series) -> pd.Series:
    """A nullable flag as plain booleans, missing as False."""
    return flags.astype(object).eq(True)


def _in_cohort(pupils: pd.DataFrame, cohort: str) -> pd.DataFrame:
    if cohort not in COHORTS:
        raise ValueError(f"there is no cohort {cohort!r}: choose {' or '.join(COHORTS)}")
    return pupils[_is_true(pupils["looked_after_12m"])] if cohort == TWELVE_MONTHS else pupils


def _school_age(pupils: pd.DataFrame, cohort: str) -> pd.DataFrame:
    own = _in_cohort(pupils, cohort)
    return own[own["nc_year"].isin(SCHOOL_YEARS)]


def _at_end(pupils: pd.DataFrame, stage: KeyStage, cohort: str) -> pd.DataFrame:
    """The cohort's pupils at the end of `stage`; for KS4 with a flag for each grade boundary in English and maths."""
    own = _in_cohort(pupils, cohort)
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
        reached &= _is_true(rows[column])
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


def _years_in_words(run: list[Period]) -> str:
    first, last = school_year(run[0]), school_year(run[-1])
    return first if first == last else f"{first} to {last}"


def _years_frame(years: list[Period]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "period_start": pd.Series([year.start for year in years], dtype="datetime64[ns]"),
            "period_end": pd.Series([year.end for year in years], dtype="datetime64[ns]"),
        }
    )


def _per_year(rows: pd.DataFrame, years: list[Period]) -> pd.DataFrame:
    counts = rows["academic_year"].value_counts()
    return _years_frame(years).assign(
        numerator=[float(counts.get(year.code, 0)) for year in years],
        **members.named(numerator=lambda: [members.ids(rows[rows["academic_year"].eq(year.code)]) for year in years]),
    )


def _share_per_year(rows: pd.DataFrame, reached: pd.Series, years: list[Period]) -> pd.DataFrame:
    base = _per_year(rows, years)
    return _per_year(rows[reached.astype(bool)], years).assign(
        denominator=base["numerator"], **members.named(denominator=lambda: base["numerator_children"].tolist())
    )


def _only(counts: pd.DataFrame, held) -> pd.DataFrame:
    """`counts` with its numbers missing in the years (rows) that are not `held`."""
    numbers = [column for column in ("numerator", "denominator") if column in counts]
    return counts.assign(**{column: counts[column].where(np.asarray(held, dtype=bool)) for column in numbers})


def _shares(measure, rows: pd.DataFrame, kinds: pd.Series, years: list[Period], expected: tuple[str, ...], column: str) -> Result:  # fmt: skip
    """The share of `rows` in each of the `expected` kinds by year; "not recorded" is left out where it never occurs."""
    frames = [
        _share_per_year(rows, kinds.eq(kind), years).assign(**{column: kind})
        for kind in expected
        if kind not in (NOT_RECORDED, "Not known") or kinds.eq(kind).any()
    ]
    return build.proportion(measure, pd.concat(frames), groups=(column,), parts=(column,))


def _share_of_movers(name: str, pupils: pd.DataFrame, years: list[Period], cohort: str, flag) -> Result:
    moving = _in_cohort(pupils, cohort)
    frames = []
    for code, move in MOVES.items():
        own = moving[moving["transition"].eq(code)]
        own = own[flag(own).notna()]
        frames.append(_share_per_year(own, _is_true(flag(own)), years).assign(move=move))
    return build.proportion(_measure(name), pd.concat(frames), groups=("move",))


def _with_attendance(pupils: pd.DataFrame, cohort: str) -> pd.DataFrame:
    """School-age pupils with a record of sessions, and of these what they missed and their band."""
    own = _school_age(pupils, cohort)
    own = own[own["sessions_possible"].gt(0)]
    authorised, unauthorised = own["sessions_authorised"].fillna(0), own["sessions_unauthorised"].fillna(0)
    missed, possible = authorised + unauthorised, own["sessions_possible"]
    # Whole sessions are compared by multiplying, so that no pupil changes band by a rounding error.
    band = np.select([20 * missed <= possible, 10 * missed <= possible], BANDS[:2], BANDS[2])
    return own.assign(authorised=authorised, unauthorised=unauthorised, missed=missed, band=band)
