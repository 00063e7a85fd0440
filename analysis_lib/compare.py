"""Our result beside the region, England, statistical neighbours and what the council printed, from the tidy tables.

Nothing here looks further than the tables it is given: cut them to what was known on a day first (`as_known`), which
leaves one release of each figure. Of a table that was not cut, the newest release counts (`current`). Every function
returns a `Result` of origin PUBLISHED, so a page can tell published figures from counted ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from pandas.api.types import is_datetime64_dtype

from analysis_lib.authority import Area
from analysis_lib.errors import Closed, UsageError
from analysis_lib.metrics.counting.once import once_for_each_table
from analysis_lib.results import PUBLISHED, Measure, Result

AVERAGES = ("mean", "median")
NEIGHBOURS = "Statistical neighbours"
DFE_MEDIAN = Area("Statistical neighbours 2025 (median, as DfE publishes it)", "SN2025")
REVISED = "revised after Census 2021"
PERSONS = "persons"
AS_PUBLISHED = "as published"
ADD_PUBLISHED = (
    "Put the publisher's file that has it into the folder of published figures (docs/how-to/add-published-figures.md)."
)


def published(
    measure: Measure,
    benchmarks: pd.DataFrame,
    *,
    indicator: str,
    areas: Sequence[Area],
    since: pd.Timestamp | None = None,
    until: pd.Timestamp | None = None,
) -> Result:
    """One indicator as published for each of `areas`, one row per area and period.

    Parameters
    ----------
    measure : Measure
        What the figures are shown as. Its unit must be the indicator's.
    benchmarks : DataFrame
        Tidy table `benchmarks`, already cut to what was released by the pack's as-at date.
    indicator : str
        Such as "cla_31mar_rate".
    areas : sequence of Area
        Matched by code; `DFE_MEDIAN` is DfE's own neighbour median. Rows keep this order, then go by period.
    since, until : Timestamp, optional
        First and last `period_end` wanted.

    Returns
    -------
    Result
        Groups ("area",). A figure that the publisher hid is missing and has its symbol. No rows when nothing had been
        released yet. No interval: the publisher printed none.

    Raises
    ------
    ValueError
        When the indicator's unit is not the measure's.
    """
    rows = _of_indicator(benchmarks, measure, indicator)
    order = {area.code: place for place, area in enumerate(areas)}
    wanted = rows["area_code"].isin(list(order))
    if since is not None:
        wanted &= rows["period_end"] >= since
    if until is not None:
        wanted &= rows["period_end"] <= until
    rows = rows[wanted]
    if len(order) > 1:
        rows = rows.assign(order=rows["area_code"].map(order)).sort_values(["order", "period_end"])
    else:
        rows = rows.sort_values("period_end", kind="stable")
    names = {area.code: area.name for area in areas}
    method = rows.get("method", AS_PUBLISHED)
    return _result(measure, rows.assign(area=rows["area_code"].map(names), method=method), ("area",))


def must_hold(benchmarks: pd.DataFrame, *, indicator: str, area: Area) -> None:
    """Raise `Closed` where `indicator` had been published of other areas, and none of it is held of `area`.

    Where nothing had been published of anyone, there is nothing to add either: that is told elsewhere.
    """
    rows = benchmarks[benchmarks["indicator"] == indicator]
    if len(rows) and not (rows["area_code"] == area.code).any():
        why = f"the published tables have such figures of other areas, but none of {area.name}"
        raise Closed(f"the published figures of {area.name}", why, ADD_PUBLISHED)


def indicators_of(
    measure: Measure, benchmarks: pd.DataFrame, *, indicators: Mapping[str, str], area: Area, rows: str = "indicator"
) -> Result:
    """Several published indicators of one unit for one area: groups (`rows`,), called by the keys of `indicators`.

    Raises `ValueError` when an indicator's unit is not the measure's.
    """
    found = [
        published(measure, benchmarks, indicator=indicator, areas=[area]).exact().assign(**{rows: name})
        for name, indicator in indicators.items()
    ]
    return Result(measure, pd.concat(found, ignore_index=True), (rows,), PUBLISHED)


def neighbours(
    measure: Measure,
    benchmarks: pd.DataFrame,
    members: pd.DataFrame,
    *,
    indicator: str,
    model: str,
    average: str = "mean",
    until: pd.Timestamp | None = None,
) -> Result:
    """The average of the statistical neighbours for each period in which half of them or more have a figure.

    Parameters
    ----------
    measure, benchmarks, indicator, until
        As for `published`.
    members : DataFrame
        Tidy table `statistical_neighbours`, cut to the lists of one council (`lists_of`).
    model : str
        The list: a value of `members["model"]`, such as "2021 (April 2021)".
    average : "mean" or "median"
        DfE's interactive tool (LAIT) prints the mean of the ten, its dashboard the median: say which. Neither weights
        by size, so this is the average council, not the rate of all their children together.

    Returns
    -------
    Result
        Group ("area",) with the one value "Statistical neighbours". `denominator` is how many of the list have a
        figure; members without one are left out, and `method` says how many that leaves. Missing with symbol "x"
        where fewer than half have one.

    Raises
    ------
    Closed
        For a list that `members` does not have.
    UsageError
        For an unknown average.
    ValueError
        When the indicator's unit is not the measure's.
    """
    if average not in AVERAGES:
        raise UsageError(f"There is no average {average!r}. Choose {' or '.join(AVERAGES)}.")
    codes = members.loc[members["model"] == model, "area_code"].tolist()
    if not codes:
        raise _no_list(model)
    rows = _of_indicator(benchmarks, measure, indicator)
    rows = rows[rows["area_code"].isin(codes)]
    if until is not None:
        rows = rows[rows["period_end"] <= until]
    averaged = [
        _averaged(group, average, len(codes), model.split()[0])
        for _, group in rows.groupby(["period_end", "time_period"], sort=True)
    ]
    columns = ["period_start", "period_end", "value", "denominator", "symbol", "method", "source"]
    frame = pd.DataFrame(averaged, columns=columns).assign(area=NEIGHBOURS, numerator=np.nan)
    return _result(measure, frame, ("area",))


def _no_list(model: str) -> Closed:
    why = f"the published tables have no list of our statistical neighbours called {model}"
    return Closed("the statistical neighbours", why, ADD_PUBLISHED)


def _averaged(group: pd.DataFrame, average: str, listed: int, year: str) -> dict:
    known = group["value"].dropna()
    enough = 2 * len(known) >= listed
    return {
        "period_start": group["period_start"].iloc[0],
        "period_end": group["period_end"].iloc[0],
        "value": known.agg(average) if enough else np.nan,
        "denominator": float(len(known)),
        "symbol": "" if enough else "x",
        "method": f"{average} of {len(known)} of {listed} statistical neighbours ({year} list){_computed(group)}",
        "source": "; ".join(sorted(group["source"].unique())),
    }


def _computed(group: pd.DataFrame) -> str:
    """How many figures of an average are not as published, for its method; "" when all are."""
    computed = (group["method"] != AS_PUBLISHED).sum() if "method" in group else 0
    return f", {computed} of the rates computed here" if computed else ""


def lists_of(neighbour_lists: pd.DataFrame, council: Area) -> pd.DataFrame:
    """The lists of one council's statistical neighbours, out of those of every council."""
    return neighbour_lists[neighbour_lists["of_code"] == council.code].reset_index(drop=True)


def printed_by(council_figures: pd.DataFrame, council: Area) -> pd.DataFrame:
    """What one council itself printed: another council's figures are never shown as its own."""
    return council_figures[council_figures["council_code"] == council.code].reset_index(drop=True)


def members_of(members: pd.DataFrame, model: str) -> list[Area]:
    """The councils on the list `model` of statistical neighbours, nearest first. Raises `Closed` where there is none."""
    listed = members[members["model"] == model].sort_values("rank")
    if listed.empty:
        raise _no_list(model)
    return [Area(name, code) for name, code in zip(listed["area"], listed["area_code"], strict=True)]


def beside_others(
    measure: Measure,
    benchmarks: pd.DataFrame,
    members: pd.DataFrame,
    *,
    indicator: str,
    areas: Sequence[Area],
    model: str,
    average: str = "mean",
) -> Result:
    """One indicator as published for each of `areas` and for the statistical neighbours: `published` with `neighbours`.

    Only periods that the first of `areas` has a row for, so that no line runs beyond ours. Without the list, without
    the neighbours. Groups ("area",).
    """
    ours = published(measure, benchmarks, indicator=indicator, areas=areas[:1]).exact()["period_end"]
    each = [published(measure, benchmarks, indicator=indicator, areas=areas)]
    if (members["model"] == model).any():
        each.append(neighbours(measure, benchmarks, members, indicator=indicator, model=model, average=average))
    rows = pd.concat([one.exact() for one in each if len(one)] or [each[0].exact()], ignore_index=True)
    return Result(measure, rows[rows["period_end"].isin(ours)], ("area",), PUBLISHED)


def council_points(
    measure: Measure, council_figures: pd.DataFrame, *, figures: str, breakdown: str | None = None
) -> Result:
    """The points that the council printed for `figures`, one row per figure, as reference marks beside a series.

    Parameters
    ----------
    measure : Measure
        Its unit must be the figures' (the counted noun of a count may differ: "orders", "children").
    council_figures : DataFrame
        Tidy table `council_figures`, already cut by `published`.
    figures : str
        A value of its column `measure`, such as "children_looked_after".
    breakdown : str, optional
        Only figures of this breakdown; "" are those of the council as a whole. All, when left out.

    Returns
    -------
    Result
        Groups ("figure", "breakdown"): two papers that print different numbers for one month are two rows. `method`
        carries what is to be said about the figure, `source` its document and place. No intervals.
    """
    rows = council_figures[council_figures["measure"] == figures]
    if breakdown is not None:
        rows = rows[rows["breakdown"] == breakdown]
    if not measure.is_count:
        _check_units(measure, rows, figures)
    rows = rows.sort_values(["period_end", "figure_id"]).rename(columns={"figure_id": "figure"})
    said = np.where(rows["note"] == "", "", "; " + rows["note"])
    rows = rows.assign(
        method="as printed by the council" + pd.Series(said, index=rows.index, dtype=object),
        source=rows["source"] + ", " + rows["locator"],
        numerator=np.nan,
        denominator=np.nan,
        symbol="",
    )
    return _result(measure, rows, ("figure", "breakdown"))


def points_of(measures: Mapping[str, Measure], council_figures: pd.DataFrame) -> list[Result]:
    """`council_points` of several figures, each shown as the measure beside its name."""
    return [council_points(measure, council_figures, figures=figures) for figures, measure in measures.items()]


def together(results: Iterable[Result]) -> Result:
    """Several results of one measure and the same groups as one, in the order given.

    Raises `ValueError` when they are not of one measure, one origin and the same groups, or two rows stand for the
    same groups and period.
    """
    results = list(results)
    first = results[0]
    if any((each.measure, each.groups, each.origin) != (first.measure, first.groups, first.origin) for each in results):
        raise ValueError(f"results beside {first.measure.name} differ in measure, groups or origin")
    frames = [each.exact() for each in results if len(each)] or [first.exact()]
    return Result(first.measure, pd.concat(frames, ignore_index=True), first.groups, first.origin, first.parts)


@dataclass(frozen=True)
class Population:
    """An ONS mid-year estimate in force on a day: one year and one vintage for all its areas, sexes and ages.

    `frame` has a row per area, sex and age: area_code, area, sex, age, population. `wanted_year` is the mid-year that
    the rule asks for; `year` is earlier where that one is not held for these ages and sexes.
    """

    frame: pd.DataFrame = field(repr=False)
    year: int
    vintage: str
    wanted_year: int
    source: str

    @property
    def number(self) -> int:
        """Everyone in it."""
        return int(self.frame["population"].sum())

    @property
    def name(self) -> str:
        """As a caption has it: "Office for National Statistics mid-2020 population estimate, revised after Census 2021"."""
        first = f"mid-{self.year} "  # the vintage of a first estimate repeats its year
        return f"Office for National Statistics mid-{self.year} population estimate, {self.vintage.removeprefix(first)}"


def preceding_mid_year(day: pd.Timestamp) -> int:
    """The year of the mid-year estimate that goes with `day`: the latest 30 June at least nine months before it.

    DfE divides by the mid-year before: 31 March 2021 by mid-2020. Nine months carry that to any day: mid-2020 holds
    from 30 March 2021 to 29 March 2022, so 30 September 2021 has mid-2020, 31 March 2019 mid-2018, and 8 February
    2019 mid-2017, which is what Middlesbrough Council divided by in its report of 15 March 2019.
    """
    return day.year - 1 if (day.month, day.day) >= (3, 30) else day.year - 2


def population(
    estimates: pd.DataFrame,
    *,
    areas: Sequence[Area],
    ages: tuple[int, int],
    day: pd.Timestamp,
    sexes: Sequence[str] = (PERSONS,),
    vintage: str | None = None,
) -> Population:
    """The population of `areas` aged `ages` (first and last age, both counted) that a rate on `day` divides by.

    Parameters
    ----------
    estimates : DataFrame
        Tidy table `population`, already cut to what was released by the pack's as-at date.
    areas : sequence of Area
        Matched by code; added up by `Population.number`.
    ages : (int, int)
        (0, 17) takes the published total where there is one, anything else single ages.
    sexes : sequence of str
        ("persons",) or ("female", "male").
    vintage : str, optional
        Only this vintage. When left out the revised series goes before a first estimate of the same mid-year, because
        it is the only one held for most years; then the one that was issued last.

    Returns
    -------
    Population
        Of the year `preceding_mid_year(day)`, or of the latest earlier one that is held complete for all of `areas`,
        `ages` and `sexes`: year, vintage and source are those actually used.

    Raises
    ------
    Closed
        When none is held; it names what is missing.
    """
    wanted = preceding_mid_year(day)
    held = estimates[
        estimates["area_code"].isin([area.code for area in areas])
        & estimates["sex"].isin(list(sexes))
        & (estimates["year"] <= wanted)
    ]
    held = _in_force(held if "issued" in held else held.assign(issued=pd.NaT))
    if vintage is not None:
        held = held[held["vintage"] == vintage]
    editions = held.groupby(["year", "vintage"], as_index=False, dropna=False)["issued"].max()
    editions = editions.assign(first=editions["vintage"] != REVISED)
    order = ["year", "first", "issued", "vintage"]
    for edition in editions.sort_values(order, ascending=[False, True, False, True]).itertuples():
        rows = held[(held["year"] == edition.year) & (held["vintage"] == edition.vintage)]
        rows = _of_ages(rows, ages, len(areas) * len(sexes))
        if rows is not None:
            source = "; ".join(sorted(rows["source"].unique()))
            frame = rows[["area_code", "area", "sex", "age", "population"]].reset_index(drop=True)
            return Population(frame, int(edition.year), edition.vintage, wanted, source)
    people = f"people aged {ages[0]} to {ages[1]} in {_and([area.name for area in areas])}"
    detail = "".join([", by sex" if len(sexes) > 1 else "", f", {vintage}" if vintage else ""])
    why = f"the published tables have no estimate of the {people} in mid-{wanted} or before{detail}"
    raise Closed("the population", why, ADD_PUBLISHED)


def _and(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _of_ages(rows: pd.DataFrame, ages: tuple[int, int], series: int) -> pd.DataFrame | None:
    """The rows that make up `ages` in each of the `series` of area and sex; None when one is not complete."""
    if ages == (0, 17):
        total = rows[rows["age"] == "0-17"]
        if len(total) == series:
            return total
    wanted = [str(age) for age in range(ages[0], ages[1] + 1)]
    single = rows[rows["age"].isin(wanted)]
    return single if len(single) == series * len(wanted) else None


def _of_indicator(benchmarks: pd.DataFrame, measure: Measure, indicator: str) -> pd.DataFrame:
    rows = _rows_in_force(benchmarks, indicator)
    _check_units(measure, rows, indicator)
    return rows


@once_for_each_table
def _rows_in_force(benchmarks: pd.DataFrame, indicator: str) -> pd.DataFrame:
    return _in_force(benchmarks[benchmarks["indicator"] == indicator])


def _in_force(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows that a later release has not superseded."""
    return rows[rows["current"]] if "current" in rows else rows


def _check_units(measure: Measure, rows: pd.DataFrame, what: str) -> None:
    units = sorted(set(rows["unit"]) - {measure.unit})
    if units:
        raise ValueError(f"measure {measure.name} is in {measure.unit}, {what} in {', '.join(units)}")


def _result(measure: Measure, rows: pd.DataFrame, groups: tuple[str, ...]) -> Result:
    frame = rows.assign(measure=measure.name, unit=measure.unit, lower=np.nan, upper=np.nan)
    for column in ("numerator", "denominator", "value"):
        if frame[column].dtype != np.float64:
            frame[column] = frame[column].astype(float)
    for column in ("period_start", "period_end"):
        if not is_datetime64_dtype(frame[column].dtype):
            frame[column] = pd.to_datetime(frame[column])
    return Result(measure, frame, groups, PUBLISHED)
