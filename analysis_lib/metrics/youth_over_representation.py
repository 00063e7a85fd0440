"""Whether some children are on the youth offending caseload more often than their share of the children of the area.

An optional local table `school_census_ethnicity` (columns COUNCIL, ETHNIC_GROUP, PUPILS: a row per council that the
service covers and group, pupils of the January census) replaces the census of all ages as the comparison by ethnicity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis_lib.authority import Area
from analysis_lib.metrics.counting import build, members
from analysis_lib.metrics.counting.ages import age_on
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.youth_caseload import (
    AGE_BAND,
    AGES,
    ETHNIC_GROUP,
    LOOKED_AFTER,
    NO_AGE,
    NOT_KNOWN,
    OTHERS_OR_NOT_KNOWN,
    SEX,
    age_band_of,
    children_on_caseload,
    merged,
    order_of,
)
from analysis_lib.periods import Period
from analysis_lib.results import PUBLISHED, Result
from analysis_lib.stats import comparisons, intervals

__all__ = [
    "ethnicity_reference",
    "ethnicity_reference_share",
    "looked_after_relative_rate",
    "percentage_point_gap",
    "population_estimate",
    "population_share",
    "relative_rate",
]

MEASURES = measures("youth_over_representation")
FEWEST = 10  # with fewer children in a group, or in the one beside it, a ratio says more about chance than about them


def __dir__() -> list[str]:
    return __all__


def population_estimate(population: pd.DataFrame, *, period: Period, source: str) -> Result:
    """The row "Population Estimate" of the service's own table: each sex in per cent of `population`, and "All"."""
    of_sex = population.groupby("sex")["population"].sum()
    sizes = {"Female": of_sex["female"], "Male": of_sex["male"], "All": of_sex.sum()}
    frame = pd.DataFrame({"column": list(sizes), "numerator": list(sizes.values()), "denominator": of_sex.sum()})
    frame = frame.assign(block="Gender", row="Population Estimate")
    return _as_published("yos_population_share", frame, ("block", "row", "column"), period, source)


def population_share(
    population: pd.DataFrame, by: str, *, period: Period, source: str, groups: Mapping[str, str] | None = None
) -> Result:
    """The sexes or age bands (`by`) in per cent of the children aged 10 to 17 in `population`: published figures.

    `population` has sex, age and population (the frame of `compare.population`). Nobody in it is 18: compare its ages with
    the caseload `without_those_aged_18`, in groups named by `under_18`.
    """
    column = {
        SEX: population["sex"].map({"female": "Female", "male": "Male"}),
        AGE_BAND: age_band_of(population["age"].astype(float)),
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
    counts = merged(counts, by, groups)
    # A group of the caseload that holds children of no known group has no like in the population.
    counts = counts[~counts[by].isin(with_unknown)].sort_values(
        by, key=lambda names: names.map(order_of(by, groups).index)
    )
    return _as_published(measure, counts, (by,), period, source)


def _as_published(measure: str, counts: pd.DataFrame, groups: tuple[str, ...], period: Period, source: str) -> Result:
    result = build.proportion(MEASURES[measure], counts, groups=groups, when=period)
    frame = result.exact().assign(lower=np.nan, upper=np.nan, method="share of a whole population", source=source)
    return Result(MEASURES[measure], frame, groups, PUBLISHED)


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
    return _comparison(MEASURES["yos_percentage_point_gap"], frame, by, missing=missing, method=method)


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
        MEASURES["yos_relative_rate"],
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
        MEASURES["yos_looked_after_relative_rate"],
        frame,
        LOOKED_AFTER,
        missing=pd.Series([False]),
        population=pd.Series([looked_after]),
        other_population=people - looked_after,
    )


def _looked_after_aged_10_to_17(children: pd.DataFrame, care_periods: pd.DataFrame, period: Period) -> pd.Index:
    # A day on which care ends is no day in care: half-open, as everywhere in the 903.
    start, last = care_periods["care_start"], care_periods["care_end"] - pd.Timedelta(days=1)
    # Care that ends on the day it starts has no day at all.
    in_care = (start <= period.end) & (last.isna() | ((last >= period.start) & (last >= start)))
    last_day = last.fillna(period.end).clip(upper=period.end)[in_care].groupby(care_periods["child_id"]).max()
    born = children.drop_duplicates("child_id").set_index("child_id")["birth_date"].reindex(last_day.index)
    return born.index[age_on(born, last_day).between(*AGES)]


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
    return Result(measure, frame, (by,))
