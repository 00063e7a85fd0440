"""Who is on the youth offending caseload, how that compares with the children of the area, and with a year earlier.

The caseload of a period is every child with an intervention open on at least one of its days: started by the period's
last day, and not ended before its first. A child counts once, however many interventions:

- sex, ethnic group, council: the latest that is recorded (by the start of the intervention, then its end);
- age: as given in the extract (the latest row that gives one); otherwise the age on the last day on which the child
  was on the caseload in the period, which is the period's last day while an intervention is open;
- looked after: yes when any of the interventions says so, no when one says no and none yes, otherwise not known.

Only rows open in the period are looked at. Whatever is not recorded is "Not known", is counted, and is part of every
share of the whole caseload; where a base is the known only, the measure says so.

An optional local table `school_census_ethnicity` (columns COUNCIL, ETHNIC_GROUP, PUPILS: a row per council that the
service covers and group, pupils of the January census) replaces the census of all ages as the comparison by ethnicity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from analysis_lib.authority import Area
from analysis_lib.metrics import build, members
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.merging import merge_small
from analysis_lib.periods import Period
from analysis_lib.results import PUBLISHED, Result
from analysis_lib.stats import comparisons, intervals

FACTS = measures("youth_offending")
NOT_KNOWN = "Not known"
NO_AGE = "Not known or under 10"
SEX, ETHNIC_GROUP, AGE_BAND, LOOKED_AFTER, COUNCIL = "sex", "ethnic_group", "age_band", "looked_after", "council"
CATEGORIES = {
    SEX: ("Female", "Male", NOT_KNOWN),
    ETHNIC_GROUP: ("Asian", "Black", "Chinese", "Mixed", NOT_KNOWN, "Other", "White"),
    AGE_BAND: ("10-13", "14", "15", "16", "17+", NO_AGE),
    LOOKED_AFTER: ("Yes", "No", NOT_KNOWN),
}
ALWAYS_SHOWN = (ETHNIC_GROUP,)  # its "Not known" is a row of the service's own table, 0 or not
AGES = (10, 17)
FEWEST = 10  # with fewer children in a group, or in the one beside it, a ratio says more about chance than about them

OTHERS, OTHERS_OR_NOT_KNOWN = "All other known groups", "All other groups or not known"
PUBLIC_GROUPS: Mapping[str, Mapping[str, str]] = {
    ETHNIC_GROUP: dict.fromkeys(("Asian", "Black", "Chinese", "Mixed", "Other"), OTHERS),
    AGE_BAND: {"10-13": "10-14", "14": "10-14"},
}
# What the public edition merges, first line first, when one of the groups has 1 to 5 children.
MERGE_ORDER: Mapping[str, Sequence[tuple[str, tuple[str, ...]]]] = {
    SEX: (("Male or not known", ("Male", NOT_KNOWN)),),
    ETHNIC_GROUP: ((OTHERS_OR_NOT_KNOWN, (OTHERS, NOT_KNOWN)),),
    AGE_BAND: (
        ("10-15", ("10-14", "15")),
        ("16 and over", ("16", "17+")),
        ("16 and over, or not known", ("16 and over", NO_AGE)),
        ("17+, or not known", ("17+", NO_AGE)),
    ),
    LOOKED_AFTER: (("No, or not known", ("No", NOT_KNOWN)),),
}
# What a group that holds "17+" is called without those aged 18 or over.
UNDER_18: Mapping[str, str] = {
    "17+": "17",
    "16 and over": "16 and 17",
    "16 and over, or not known": "16 and 17, or not known",
    "17+, or not known": "17, or not known",
}


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
    children["age_band"] = _age_band(children["age"])
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
    return build.count(FACTS["yos_caseload_aged_18"], pd.DataFrame(counts))


def _aged_18(cases: pd.DataFrame, period: Period) -> pd.Series:
    children = children_on_caseload(cases, period)
    return children.loc[children["age"] > AGES[1], "child_id"]


def under_18(groups: Mapping[str, str]) -> dict[str, str]:
    """`groups` of age bands, with the names that they have once those aged 18 or over are left out."""
    shown = {band: groups.get(band, band) for band in CATEGORIES[AGE_BAND]}
    return {band: UNDER_18.get(name, name) for band, name in shown.items() if UNDER_18.get(name, name) != band}


def age_on(birth_date: pd.Series, day: pd.Series | pd.Timestamp) -> pd.Series:
    """Age in whole years on `day`; one born on 29 February is a year older on 1 March of other years. Missing stays so."""
    day = day if isinstance(day, pd.Series) else pd.Series(day, index=birth_date.index)
    before_birthday = (day.dt.month < birth_date.dt.month) | (
        (day.dt.month == birth_date.dt.month) & (day.dt.day < birth_date.dt.day)
    )
    return (day.dt.year - birth_date.dt.year - before_birthday).where(birth_date.notna()).astype(float)


def _age_band(age: pd.Series) -> pd.Series:
    bands = [age.lt(14) & age.ge(10), age.eq(14), age.eq(15), age.eq(16), age.ge(17)]
    return pd.Series(np.select(bands, CATEGORIES[AGE_BAND][:5], NO_AGE), index=age.index, dtype=object)


def covers(cases: pd.DataFrame, period: Period) -> bool:
    """Whether the extract reaches back to `period`: it holds an intervention that had ended by the period's last day.

    An extract of the cases open this year holds those of last year that are still open, and none of the others; to
    count last year from it would be wrong without a sign of it.
    """
    return bool((cases["intervention_end"] <= period.end).any())


def caseload(cases: pd.DataFrame, period: Period, *earlier: Period) -> Result:
    """Children on the caseload in `period` and in each of `earlier`.

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
    return _not_reached(build.count(FACTS["yos_caseload"], counts), cases, period)


def caseload_by(
    cases: pd.DataFrame, by: str, period: Period, *earlier: Period, groups: Mapping[str, str] | None = None
) -> Result:
    """Children on the caseload by sex, ethnic_group, age_band or looked_after (`by`); they add up to `caseload`.

    `groups` says which categories are shown together, and under which name (see `groups_to_show`). Every category has
    a row, 0 or not, but "Not known" only where some child needs it; the service's table always has it for ethnicity.
    """
    counts = _counts(cases, by, (period, *earlier), groups)
    result = build.count(FACTS["yos_caseload_by"], counts, groups=(by,), parts=(by,))
    return _not_reached(result, cases, period)


def caseload_share(
    cases: pd.DataFrame, by: str, period: Period, *earlier: Period, groups: Mapping[str, str] | None = None
) -> Result:
    """The same groups in per cent of all children on the caseload, the not known included, with Wilson intervals."""
    counts = _counts(cases, by, (period, *earlier), groups)
    counts["denominator"] = counts.groupby("period_end")["numerator"].transform("sum")
    counts = counts.assign(**members.named(denominator=lambda: _all_of_the_period(counts)))
    result = build.proportion(FACTS["yos_caseload_share"], counts, groups=(by,), parts=(by,))
    return _not_reached(result, cases, period)


def _all_of_the_period(counts: pd.DataFrame) -> list[list[str]]:
    everyone = counts.groupby("period_end")["numerator_children"].sum()
    return [everyone[end] for end in counts["period_end"]]


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
    return build.proportion(FACTS["yos_caseload_demographics"], frame, groups=groups, when=period)


def population_estimate(population: pd.DataFrame, *, period: Period, source: str) -> Result:
    """The row "Population Estimate" of the service's own table: each sex in per cent of `population`, and "All"."""
    of_sex = population.groupby("sex")["population"].sum()
    sizes = {"Female": of_sex["female"], "Male": of_sex["male"], "All": of_sex.sum()}
    frame = pd.DataFrame({"column": list(sizes), "numerator": list(sizes.values()), "denominator": of_sex.sum()})
    frame = frame.assign(block="Gender", row="Population Estimate")
    return _as_published("yos_population_share", frame, ("block", "row", "column"), period, source)


def groups_to_show(
    cases: pd.DataFrame, period: Period, *earlier: Period, edition: str, threshold: int
) -> dict[str, dict[str, str]]:
    """For each of sex, ethnic_group, age_band and looked_after: which categories this edition shows together.

    The restricted edition shows every category. The public one starts from `PUBLIC_GROUPS` and goes on by
    `MERGE_ORDER` while a group in any of the periods has 1 to `threshold` - 1 children; what is small even then is left
    to the gate.
    """
    if edition == "restricted":
        return {by: {} for by in CATEGORIES}
    shown = [each for each in (period, *earlier) if each is period or covers(cases, each)]
    groups = {}
    for by in CATEGORIES:
        counts = _counts(cases, by, shown, None).rename(columns={"numerator": "count"})
        groups[by] = merge_small(
            counts, by, first=PUBLIC_GROUPS.get(by, {}), order=MERGE_ORDER[by], threshold=threshold
        )
    return groups


def population_share(
    population: pd.DataFrame, by: str, *, period: Period, source: str, groups: Mapping[str, str] | None = None
) -> Result:
    """The sexes or age bands (`by`) in per cent of the children aged 10 to 17 in `population`: published figures.

    `population` has sex, age and population (the frame of `compare.population`). Nobody in it is 18: compare its ages with
    the caseload `without_those_aged_18`, in groups named by `under_18`.
    """
    column = {
        SEX: population["sex"].map({"female": "Female", "male": "Male"}),
        AGE_BAND: _age_band(population["age"].astype(float)),
    }[by]
    counts = population.assign(**{by: column}).groupby(by, as_index=False)["population"].sum()
    return _published_share(counts, by, period, groups, "yos_population_share", source)


def ethnicity_reference_share(
    reference: pd.DataFrame, *, period: Period, groups: Mapping[str, str] | None = None
) -> Result:
    """The ethnic groups in per cent of the people in `reference` (see `ethnicity_reference`): published figures."""
    source = "; ".join(sorted(reference["source"].unique()))
    counts = reference.groupby(ETHNIC_GROUP, as_index=False)["population"].sum()
    return _published_share(counts, ETHNIC_GROUP, period, groups, "yos_ethnicity_reference", source)


def _published_share(counts, by, period, groups, measure: str, source: str) -> Result:
    groups = groups or {}
    counts = counts.rename(columns={"population": "numerator"}).assign(denominator=counts["population"].sum())
    with_unknown = {groups[each] for each in (NOT_KNOWN, NO_AGE) if each in groups}
    counts = _merged(counts, by, groups)
    # A group of the caseload that holds children of no known group has no like in the population.
    counts = counts[~counts[by].isin(with_unknown)].sort_values(
        by, key=lambda names: names.map(_order(by, groups).index)
    )
    return _as_published(measure, counts, (by,), period, source)


def _as_published(measure: str, counts: pd.DataFrame, groups: tuple[str, ...], period: Period, source: str) -> Result:
    result = build.proportion(FACTS[measure], counts, groups=groups, when=period)
    frame = result.exact().assign(lower=np.nan, upper=np.nan, method="share of a whole population", source=source)
    return Result(FACTS[measure], frame, groups, PUBLISHED)


def ethnicity_reference(
    census: pd.DataFrame, areas: Sequence[Area], school_census: pd.DataFrame | None = None
) -> pd.DataFrame | None:
    """Ethnic groups of the people to compare with: ethnic_group, population, source, basis; a row per area and group.

    The council's own school census when `school_census` (council_code, ethnic_group, population) covers every area,
    basis "pupils"; otherwise the census of all ages, basis "people of all ages". None when neither covers every area.
    Pupils whose group is not known are left out.
    """
    codes = {area.code for area in areas}
    if school_census is not None and codes <= set(school_census["council_code"]):
        rows = school_census[school_census["council_code"].isin(codes) & (school_census["ethnic_group"] != NOT_KNOWN)]
        return rows.assign(source="School census extract supplied by the council", basis="pupils")
    if codes <= set(census["area_code"]):
        return census[census["area_code"].isin(codes)].assign(basis="people of all ages")
    return None


def percentage_point_gap(shares: Result, reference: Result) -> Result:
    """Each group's share of the caseload less its share of the population, in percentage points.

    `shares` is a `caseload_share`, `reference` the published shares of the same groups. The base of the caseload is
    the children whose group is known, because the population has no "not known". The interval is Wilson's around the
    share of the caseload; the population's share is taken as exact. Groups that the population does not have get the
    symbol "x".

    Where the public edition shows the not known together with a group, they are in the base: for sex and age they are
    1 to 5 children beside many. By ethnic group they may be as many as the groups that they are shown with, so there
    every group gets the symbol "x".
    """
    (by,) = shares.groups
    frame = members.of_numerator_only(shares.exact())
    expected = frame[by].map(reference.exact().set_index(by)["value"])
    in_base = ~frame[by].isin([NOT_KNOWN, NO_AGE])
    base = frame["numerator"].where(in_base).groupby(frame["period_end"]).transform("sum")
    base = base.where(base > 0)
    lower, upper = intervals.wilson(frame["numerator"].where(in_base), base)
    frame = frame.assign(
        denominator=base,
        value=100 * frame["numerator"] / base - expected,
        lower=100 * lower - expected,
        upper=100 * upper - expected,
    )
    missing = expected.isna()
    if (frame[by] == OTHERS_OR_NOT_KNOWN).any():
        missing[:] = True
    method = "Wilson score around the share of the caseload, 95%; the population's share taken as exact"
    return _comparison(FACTS["yos_percentage_point_gap"], frame, by, missing=missing, method=method)


def relative_rate(shares: Result, reference: Result, *, compared_with: str) -> Result:
    """How many times as likely each group is to be on the caseload as the group `compared_with`, for its number of people.

    (children of the group / people of the group) / (children compared with / people compared with). `numerator` is the
    group's children, `denominator` those compared with. Fewer than ten children in either gives symbol "u": too few to
    say. Groups that the population does not have get "x". No row for the group compared with.
    """
    (by,) = shares.groups
    people = reference.exact().set_index(by)["numerator"]
    frame = members.of_numerator_only(shares.exact())
    beside = frame[frame[by] == compared_with].set_index("period_end")["numerator"]
    frame = frame[frame[by] != compared_with].reset_index(drop=True)
    frame["denominator"] = frame["period_end"].map(beside)
    known = frame[by].isin(list(people.index)) & (compared_with in people.index)
    return _ratio(
        FACTS["yos_relative_rate"],
        frame,
        by,
        missing=~known,
        population=frame[by].map(people),
        other_population=people.get(compared_with, np.nan),
    )


def looked_after_relative_rate(
    cases: pd.DataFrame,
    children: pd.DataFrame,
    care_periods: pd.DataFrame,
    population: pd.DataFrame,
    *,
    area: Area,
    period: Period,
) -> Result | None:
    """How many times as likely looked-after children of `area` are to be on the caseload as its other children aged 10 to 17.

    One rule of age for both sides: the age on the child's last day there in the period, which is the period's last day
    while an intervention is open or care goes on. So one who leaves care on an eighteenth birthday is in the
    denominator, as one who leaves the caseload the day before it is in the numerator.

    Looked after: children of that age, 10 to 17, who were looked after on any day of the period. The other children are
    the population aged 10 to 17 less those, so nobody stands in both denominators. On the caseload count only children
    of `area` aged 10 to 17 whose looked-after status is known. None when the council is missing
    for more than one in ten children on the caseload: the children of `area` could not be told apart. The extract does
    not say which council looks after a child, so a child of the area looked after by another council is counted with
    the looked after of the caseload and not of the denominator.
    """
    on_caseload = children_on_caseload(cases, period)
    if on_caseload["council_code"].isna().mean() > 0.1:
        return None
    ours = on_caseload[(on_caseload["council_code"] == area.code) & on_caseload["age"].between(*AGES)]
    looked_after = len(_looked_after_aged_10_to_17(children, care_periods, period))
    people = population.loc[population["area_code"] == area.code, "population"].sum()
    frame = pd.DataFrame(
        {
            LOOKED_AFTER: ["Yes"],
            "period_start": [period.start],
            "period_end": [period.end],
            "numerator": [float((ours["looked_after"] == "Yes").sum())],
            "denominator": [float((ours["looked_after"] == "No").sum())],
            **members.named(
                numerator=lambda: [members.ids(ours[ours["looked_after"] == "Yes"])],
                denominator=lambda: [members.ids(ours[ours["looked_after"] == "No"])],
            ),
        }
    )
    return _ratio(
        FACTS["yos_looked_after_relative_rate"],
        frame,
        LOOKED_AFTER,
        missing=pd.Series([False]),
        population=pd.Series([looked_after]),
        other_population=people - looked_after,
    )


def _looked_after_aged_10_to_17(children: pd.DataFrame, care_periods: pd.DataFrame, period: Period) -> pd.Index:
    # A day on which care ends is no day in care: half-open, as everywhere in the 903.
    start, last = care_periods["care_start"], care_periods["care_end"] - pd.Timedelta(days=1)
    in_care = (start <= period.end) & (last.isna() | (last >= period.start))
    last_day = last.fillna(period.end).clip(upper=period.end)[in_care].groupby(care_periods["child_id"]).max()
    born = children.drop_duplicates("child_id").set_index("child_id")["birth_date"].reindex(last_day.index)
    return born.index[age_on(born, last_day).between(*AGES)]


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
    return _merged(pd.DataFrame(rows), by, groups or {})


def _present(children: pd.DataFrame, by: str) -> list[str]:
    """The categories of `by`; "Not known" only where some child has it, or where it always has a row."""
    return [
        category
        for category in CATEGORIES[by]
        if by in ALWAYS_SHOWN or category not in (NOT_KNOWN, NO_AGE) or (children[by] == category).any()
    ]


def _merged(counts: pd.DataFrame, by: str, groups: Mapping[str, str]) -> pd.DataFrame:
    """`counts` with categories shown together under their common name, in the place of the first of them."""
    numbers = ["numerator", *members.named_in(counts)]
    keys = [by, *(column for column in counts.columns if column not in (by, *numbers))]
    named = counts.assign(**{by: counts[by].map(lambda category: groups.get(category, category))})
    return named.groupby(keys, sort=False, as_index=False, dropna=False)[numbers].sum()


def _order(by: str, groups: Mapping[str, str]) -> list[str]:
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


def _ratio(measure, frame: pd.DataFrame, by: str, *, missing, population: pd.Series, other_population: float) -> Result:
    few = ~(frame[["numerator", "denominator"]].min(axis=1) >= FEWEST)
    ratios = [
        comparisons.relative_rate(int(count), people, int(other), other_population)
        if not (few[row] or missing[row])
        else comparisons.NO_COMPARISON
        for row, count, other, people in zip(
            frame.index, frame["numerator"], frame["denominator"], population, strict=True
        )
    ]
    frame = frame.assign(
        value=[each.value for each in ratios],
        lower=[each.lower for each in ratios],
        upper=[each.upper for each in ratios],
    )
    return _comparison(measure, frame, by, missing=missing, few=few, method="exact conditional interval, 95%")


def _comparison(measure, frame: pd.DataFrame, by: str, *, missing, few=False, method: str) -> Result:
    """A comparison as a `Result`: symbol "x" where there is nothing to compare with, "u" where there are too few."""
    frame = frame.assign(measure=measure.name, unit=measure.unit, method=method, source="")
    frame.loc[missing, ["value", "lower", "upper"]] = np.nan
    frame["symbol"] = np.select([missing, few, frame["value"].isna()], ["x", "u", "z"], "")
    for column in ("numerator", "denominator", "value", "lower", "upper"):
        frame[column] = frame[column].astype(float)
    return Result(measure, frame, (by,), parts=(by,) if measure.unit != "ratio" else ())
