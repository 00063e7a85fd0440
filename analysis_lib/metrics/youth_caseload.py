"""Who is on the youth offending caseload, now and a year earlier.

The caseload of a period is every child with an intervention open on at least one of its days: started by the period's
last day, and not ended before its first. A child counts once, however many interventions:

- sex, ethnic group, council: the latest that is recorded (by the start of the intervention, then its end);
- age: as given in the extract (the latest row that gives one); otherwise the age on the last day on which the child
  was on the caseload in the period, which is the period's last day while an intervention is open;
- looked after: yes when any of the interventions says so, no when one says no and none yes, otherwise not known.

Only rows open in the period are looked at. Whatever is not recorded is "Not known", is counted, and is part of every
share of the whole caseload; where a base is the known only, the measure says so.

A caseload in a period (`caseload`) and a caseload on a day (`caseload_at`) are different numbers, and interventions are a third
(`metrics/youth_outcomes.py`): a year has several times as many children as a day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from analysis_lib.groupings import groupings
from analysis_lib.metrics.counting import build, members
from analysis_lib.metrics.counting.ages import age_on
from analysis_lib.metrics.counting.groups import NOT_KNOWN
from analysis_lib.metrics.counting.merging import merge_small
from analysis_lib.metrics.counting.once import once_for_each_table
from analysis_lib.metrics.counting.spells import as_list, flow, per_population, spells, stock
from analysis_lib.metrics.facts import measures
from analysis_lib.periods import Period
from analysis_lib.results import Measure, Result

__all__ = [
    "aged_18_or_over",
    "caseload",
    "caseload_at",
    "caseload_by",
    "caseload_demographics",
    "caseload_rate",
    "caseload_share",
    "children_on_caseload",
    "covers",
    "under_18",
    "under_18_by",
    "under_18_share",
    "ways_to_group",
    "without_those_aged_18",
]

MEASURES = measures("youth_caseload")
NO_AGE = "Not known or under 10"
SEX, ETHNIC_GROUP, AGE_BAND, LOOKED_AFTER = "sex", "ethnic_group", "age_band", "looked_after"
CATEGORIES = {
    SEX: ("Female", "Male", NOT_KNOWN),
    ETHNIC_GROUP: ("Asian", "Black", "Chinese", "Mixed", NOT_KNOWN, "Other", "White"),
    AGE_BAND: ("10-13", "14", "15", "16", "17+", NO_AGE),
    LOOKED_AFTER: ("Yes", "No", NOT_KNOWN),
}
ALWAYS_SHOWN = (ETHNIC_GROUP,)  # its "Not known" is a row of the service's own table, 0 or not
AGES = (10, 17)

OTHERS, OTHERS_OR_NOT_KNOWN = "All other known groups", "All other groups or not known"
# What the public edition shows together: in any case, and, first to last, when one of the groups has 1 to 5 children.
PUBLIC_GROUPS: Mapping[str, Mapping[str, str]] = {by: groupings().merged_always(by) for by in CATEGORIES}
MERGE_ORDER: Mapping[str, Sequence[tuple[str, tuple[str, ...]]]] = {
    by: [(merge.name, merge.members) for merge in groupings().merged_when_small(by)] for by in CATEGORIES
}
# What a group that holds "17+" is called without those aged 18 or over.
UNDER_18: Mapping[str, str] = {
    "17+": "17",
    "16 and over": "16 and 17",
    "16 and over, or not known": "16 and 17, or not known",
    "17+, or not known": "17, or not known",
}


def __dir__() -> list[str]:
    return __all__


@once_for_each_table
def children_on_caseload(cases: pd.DataFrame, period: Period) -> pd.DataFrame:
    """One row per child on the caseload in `period`, by the rules at the top of this file.

    Columns: child_id, sex, ethnic_group, age (missing when not known), age_band, looked_after, council_code (missing
    when not known), in the order of child_id. `cases` is the tidy table `youth_offending_cases`; a row without a
    start date is never open.
    """
    start, end = cases["intervention_start"], cases["intervention_end"]
    rows = cases[(start <= period.end) & (end.isna() | (end >= period.start))]
    rows = rows.assign(
        last_day=rows["intervention_end"].fillna(period.end).clip(upper=period.end),
        sex=rows["sex"].map({"female": "Female", "male": "Male"}),
        ethnic_group=rows["ethnic_group"].where(rows["ethnic_group"] != NOT_KNOWN),
        age=rows["age"].astype(float),
        says=rows["looked_after"].map({True: 2.0, False: 1.0}).astype(float).fillna(0),
    ).sort_values(["child_id", "intervention_start", "last_day"], kind="stable")
    by_child = rows.groupby("child_id", sort=True)
    # `last` passes over missing values: the latest that is recorded.
    children = by_child[["sex", "ethnic_group", "council_code", "age", "birth_date"]].last()
    children["age"] = children["age"].fillna(age_on(children["birth_date"], by_child["last_day"].max()))
    children["age_band"] = age_band_of(children["age"])
    children["looked_after"] = by_child["says"].max().map({2.0: "Yes", 1.0: "No", 0.0: NOT_KNOWN})
    children[["sex", "ethnic_group"]] = children[["sex", "ethnic_group"]].astype(object).fillna(NOT_KNOWN)
    return children.reset_index()[
        ["child_id", "sex", "ethnic_group", "age", "age_band", "looked_after", "council_code"]
    ]


def without_those_aged_18(cases: pd.DataFrame, period: Period) -> pd.DataFrame:
    """`cases` without the children on the caseload in `period` who are 18 or older by the rule of age of this file.

    Children of unknown age stay. For a comparison with the population aged 10 to 17, which has none of 18.
    """
    return cases[~cases["child_id"].isin(_aged_18(cases, period))]


def aged_18_or_over(cases: pd.DataFrame, period: Period) -> Result:
    """How many children on the caseload in `period` are 18 or older by the rule of age of this file."""
    older = _aged_18(cases, period)
    counts = {"numerator": [len(older)], "period_start": [period.start], "period_end": [period.end]}
    counts |= members.named(numerator=lambda: [older.tolist()])
    return build.count(MEASURES["yos_caseload_aged_18"], pd.DataFrame(counts))


def _aged_18(cases: pd.DataFrame, period: Period) -> pd.Series:
    children = children_on_caseload(cases, period)
    return children.loc[children["age"] > AGES[1], "child_id"]


def under_18(groups: Mapping[str, str]) -> dict[str, str]:
    """`groups` of age bands, with the names that they have once those aged 18 or over are left out."""
    shown = {band: groups.get(band, band) for band in CATEGORIES[AGE_BAND]}
    return {band: UNDER_18.get(name, name) for band, name in shown.items() if UNDER_18.get(name, name) != band}


def age_band_of(age: pd.Series) -> pd.Series:
    bands = [age.lt(14) & age.ge(10), age.eq(14), age.eq(15), age.eq(16), age.ge(17)]
    return pd.Series(np.select(bands, CATEGORIES[AGE_BAND][:5], NO_AGE), index=age.index, dtype=object)


def covers(cases: pd.DataFrame, period: Period) -> bool:
    """Whether the extract reaches back to `period`: it holds an intervention that had ended by the period's last day.

    An extract of the cases open this year holds those of last year that are still open, and none of the others; to
    count last year from it would be wrong without a sign of it.
    """
    return bool((cases["intervention_end"] <= period.end).any())


def caseload(cases: pd.DataFrame, period: Period, *earlier: Period) -> Result:
    """Children on the caseload in `period` and in each of `earlier`: open on at least one day; `caseload_at` counts one day.

    An earlier period that the extract does not reach back to (`covers`) has no value and the symbol "x".
    """
    children = {each: children_on_caseload(cases, each) for each in (period, *earlier)}
    counts = pd.DataFrame(
        [
            {
                "numerator": len(those),
                "period_start": each.start,
                "period_end": each.end,
                **members.named(numerator=partial(members.ids, those)),
            }
            for each, those in children.items()
        ]
    )
    return _not_reached(build.count(MEASURES["yos_caseload"], counts), cases, period)


def caseload_at(cases: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp]) -> Result:
    """Children with an intervention open on each census date, each once; `caseload` counts those of a whole period.

    The day on which an intervention ends is its last day on the caseload, as in `caseload`: a child whose last one ends on
    the census date is counted.
    """
    day_after = cases["intervention_end"] + pd.Timedelta(days=1)
    on_caseload = spells(cases.assign(day_after=day_after), "intervention_start", "day_after")
    return stock(MEASURES["yos_caseload_at"], on_caseload, census_date)


def caseload_rate(cases: pd.DataFrame, *, period: Period | Sequence[Period], population: int | None) -> Result:
    """Children under 18 on the caseload in each period for every 10,000 of `population`: the service's area, aged 10 to 17.

    Those aged 18 or over are left out, for the population has none; children of unknown age count. Missing without a
    population.
    """
    periods = as_list(period)
    counted = [members.ids(children_on_caseload(without_those_aged_18(cases, each), each)) for each in periods]
    under_18 = flow(MEASURES["yos_caseload"], np.array([len(each) for each in counted]), periods, lambda: counted)
    return per_population(MEASURES["yos_caseload_rate"], under_18, population)


def caseload_by(
    cases: pd.DataFrame, by: str, period: Period, *earlier: Period, groups: Mapping[str, str] | None = None
) -> Result:
    """Children on the caseload by sex, ethnic_group, age_band or looked_after (`by`); they add up to `caseload`.

    `groups` says which categories are shown together, and under which name (see `ways_to_group`). Every category has
    a row, 0 or not, but "Not known" only where some child needs it; the service's table always has it for ethnicity.
    """
    counts = _counts(cases, by, (period, *earlier), groups)
    result = build.count(MEASURES["yos_caseload_by"], counts, groups=(by,), parts=(by,))
    return _not_reached(result, cases, period)


def caseload_share(
    cases: pd.DataFrame, by: str, period: Period, *earlier: Period, groups: Mapping[str, str] | None = None
) -> Result:
    """The same groups in per cent of all children on the caseload, the not known included, with Wilson intervals."""
    counts = _counts(cases, by, (period, *earlier), groups)
    counts["denominator"] = counts.groupby(["period_start", "period_end"])["numerator"].transform("sum")
    counts = counts.assign(**members.named(denominator=lambda: _all_of_the_period(counts)))
    result = build.proportion(MEASURES["yos_caseload_share"], counts, groups=(by,), parts=(by,))
    return _not_reached(result, cases, period)


def under_18_by(cases: pd.DataFrame, period: Period, *, groups: Mapping[str, str] | None = None) -> Result:
    """The children of `caseload_by` by age band without those aged 18 or over; `groups` as `under_18` names them."""
    counted = caseload_by(without_those_aged_18(cases, period), AGE_BAND, period, groups=groups or under_18({}))
    return _as(MEASURES["yos_under_18_by"], counted)


def under_18_share(cases: pd.DataFrame, period: Period, *, groups: Mapping[str, str] | None = None) -> Result:
    """The same groups in per cent of the children on the caseload under 18, those of unknown age included."""
    counted = caseload_share(without_those_aged_18(cases, period), AGE_BAND, period, groups=groups or under_18({}))
    return _as(MEASURES["yos_under_18_share"], counted)


def _as(measure: Measure, result: Result) -> Result:
    return replace(result, measure=measure, frame=result.exact().assign(measure=measure.name))


def _all_of_the_period(counts: pd.DataFrame) -> list[list[str]]:
    days = ["period_start", "period_end"]
    everyone = counts.groupby(days)["numerator_children"].sum()
    return [everyone[start, end] for start, end in counts[days].itertuples(index=False)]


def caseload_demographics(cases: pd.DataFrame, period: Period) -> Result:
    """The service's own table in per cent: groups `block`, `row` and `column`, named and ordered as it prints them.

    Block "Gender" has each sex in per cent of all children; blocks "Ethnicity", "Age" and "Looked after" have each
    category in per cent of the children of that column. Column "All" is every child. A column "Not Known" stands
    before it when some child's sex is not recorded, and a row for the not known in the blocks of age and looked after
    when there is one; nobody is left out of a base. A column without children has no percentages.
    """
    children = children_on_caseload(cases, period)
    columns = [*_present(children, SEX), "All"]
    of_column = {name: children if name == "All" else children[children["sex"] == name] for name in columns}
    rows = [("Gender", "All cases", name, those, children) for name, those in of_column.items()]
    for block, by in (("Ethnicity", ETHNIC_GROUP), ("Age", AGE_BAND), ("Looked after", LOOKED_AFTER)):
        for category in _present(children, by):
            rows += [(block, category, name, those[those[by] == category], those) for name, those in of_column.items()]
        if by != LOOKED_AFTER:  # the service prints no total of "Yes" and "No"
            rows += [(block, "All", name, those, those) for name, those in of_column.items()]
    groups = ("block", "row", "column")
    frame = pd.DataFrame(
        [(*names, len(those), len(base)) for *names, those, base in rows],
        columns=[*groups, "numerator", "denominator"],
    ).assign(
        **members.named(
            numerator=lambda: [members.ids(those) for *_, those, _ in rows],
            denominator=lambda: [members.ids(base) for *_, base in rows],
        )
    )
    frame = frame.replace({"row": {NOT_KNOWN: "Not Known"}, "column": {NOT_KNOWN: "Not Known"}})
    return build.proportion(MEASURES["yos_caseload_demographics"], frame, groups=groups, when=period)


def ways_to_group(
    cases: pd.DataFrame, by: str, period: Period, *earlier: Period, edition: str, threshold: int
) -> list[dict[str, str]]:
    """Which categories of `by` an edition can show together, in the order that serves readers.

    The restricted edition shows every category. The public one starts from `PUBLIC_GROUPS`, and from what `MERGE_ORDER` merges
    while a group in any of the periods has 1 to `threshold` - 1 children; then makes the merges that are left, one after
    the other. Whether a way can be shown is for the gate to say.
    """
    if edition == "restricted":
        return [{}]
    shown = [each for each in (period, *earlier) if each is period or covers(cases, each)]
    counts = _counts(cases, by, shown, None).rename(columns={"numerator": "count"})
    ways = [merge_small(counts, by, first=PUBLIC_GROUPS[by], order=MERGE_ORDER[by], threshold=threshold)]
    for name, those in MERGE_ORDER[by]:
        names = {category: ways[-1].get(category, category) for category in counts[by].unique()}
        present = set(those) & set(names.values())
        if len(present) > 1 and len(set(names.values())) > 2:  # one group with everybody in it tells nothing
            together = {category: name if each in present else each for category, each in names.items()}
            ways.append({category: each for category, each in together.items() if each != category})
    return ways


def _counts(cases, by: str, periods: Sequence[Period], groups: Mapping[str, str] | None) -> pd.DataFrame:
    """One row per category and period: `by`, numerator, period_start, period_end, in the order of the categories."""
    of_period = [children_on_caseload(cases, each) for each in periods]
    categories = _present(pd.concat(of_period), by)
    rows = [
        {
            by: category,
            "numerator": int((children[by] == category).sum()),
            "period_start": each.start,
            "period_end": each.end,
            **members.named(numerator=partial(members.ids, children[children[by] == category])),
        }
        for each, children in zip(periods, of_period, strict=True)
        for category in categories
    ]
    return merged(pd.DataFrame(rows), by, groups or {})


def _present(children: pd.DataFrame, by: str) -> list[str]:
    """The categories of `by`; "Not known" only where some child has it, or where it always has a row."""
    return [
        category
        for category in CATEGORIES[by]
        if by in ALWAYS_SHOWN or category not in (NOT_KNOWN, NO_AGE) or (children[by] == category).any()
    ]


def merged(counts: pd.DataFrame, by: str, groups: Mapping[str, str]) -> pd.DataFrame:
    """`counts` with categories shown together under their common name, in the place of the first of them."""
    numbers = ["numerator", *members.named_in(counts)]
    keys = [by, *(column for column in counts.columns if column not in (by, *numbers))]
    named = counts.assign(**{by: counts[by].map(lambda category: groups.get(category, category))})
    return named.groupby(keys, sort=False, as_index=False, dropna=False)[numbers].sum()


def order_of(by: str, groups: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(groups.get(category, category) for category in CATEGORIES[by]))


def _not_reached(result: Result, cases: pd.DataFrame, period: Period) -> Result:
    """`result` without figures for earlier periods that the extract does not reach back to."""
    frame = result.exact()
    for start, end in frame[["period_start", "period_end"]].drop_duplicates().itertuples(index=False):
        each = Period.span(start, end)
        if end < period.end and not covers(cases, each):
            rows = (frame["period_start"] == start) & (frame["period_end"] == end)
            frame.loc[rows, ["numerator", "denominator", "value", "lower", "upper"]] = np.nan
            frame.loc[rows, "symbol"] = "x"
    return replace(result, frame=frame)
