"""Placements: how stable they are, where they are, of which kind, who provides them, how long they last and why they end.

Who is looked after on a day is told by the table `care_periods`, as in `looked_after`; where the child is, by the table
`episodes`, joined into placements as `placement_history` says. Series of short breaks are in neither. A child looked after whose
placement no episode tells is counted as "Not known".

Children placed with or apart from their brothers and sisters are not counted: the return does not say who is whose brother or
sister.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis_lib.metrics import placement_history as history
from analysis_lib.metrics.counting import build, members, sweep, tally
from analysis_lib.metrics.counting.ages import age_on
from analysis_lib.metrics.counting.answers import is_false
from analysis_lib.metrics.counting.groups import NOT_KNOWN, among
from analysis_lib.metrics.counting.spells import as_list
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.looked_after import periods_of_care
from analysis_lib.metrics.placement_history import (
    ADOPTIVE,
    BRIDGED,
    COUNTED,
    GOES_ON,
    NOT_COUNTED,
    OPEN,
    check_word,
    grouped,
    in_order,
)
from analysis_lib.periods import Period, year_before
from analysis_lib.results import Result

MEASURES = measures("placements")
MANY = 3  # placements in the year from which a child's care counts as unstable
FAR_MILES = 20.0
ALL, KNOWN = "all", "known"
PLACEMENT, CARER = "placement", "carer"
MEAN, MEDIAN = "mean", "median"
TYPE, PROVIDER, OWN_OR_EXTERNAL, DISTANCE, DURATION, REASON, NUMBER = (
    "placement_type", "provider", "own_or_external", "distance", "duration", "reason", "placements",
)  # fmt: skip
SEMI_INDEPENDENT = ("H5", "K3", "P2")
# What each group holds, by the codes of the return; what is in none is "Not known".
PLACEMENT_TYPES: Mapping[str, Sequence[str]] = {
    "Foster care, relative or friend": ("U1", "U2", "U3"),
    "Foster care, other carer": ("U4", "U5", "U6"),
    "Placed for adoption": ADOPTIVE,
    "With parents": ("P1",),
    "Children's home": ("K2",),
    "Secure children's home": ("K1",),
    "Semi-independent or supported accommodation": SEMI_INDEPENDENT,
    "Residential school": ("S1",),
    "Other residential setting": ("R1", "R2", "R3", "R5"),
    "Temporary placement": history.TEMPORARY,
    "Other placement": ("P3", "Z1", "Z11", "Z12", "Z13", "Z14"),
    NOT_KNOWN: (),
}
PROVIDERS: Mapping[str, Sequence[str]] = {
    "Own council": ("PR1",),
    "Another council": ("PR2",),
    "Other public body": ("PR3",),
    "Private": ("PR4",),
    "Voluntary": ("PR5",),
    "Parents": ("PR0",),
    NOT_KNOWN: (),
}
OWN_AND_EXTERNAL: Mapping[str, Sequence[str]] = {
    "Own provision": ("PR1",),
    "External provision": ("PR2", "PR3", "PR4", "PR5"),
    "With parents": ("PR0",),
    NOT_KNOWN: (),
}
DISTANCES: Mapping[str, float] = {  # up to and including so many miles
    "Up to 5 miles": 5.0,
    "Over 5 to 10 miles": 10.0,
    "Over 10 to 20 miles": FAR_MILES,
    "Over 20 to 50 miles": 50.0,
    "Over 50 miles": np.inf,
}
DURATIONS: Mapping[str, int] = {  # so many months or more
    "Under 6 months": 0,
    "6 months to under 1 year": 6,
    "1 to under 2 years": 12,
    "2 to under 5 years": 24,
    "5 years or more": 60,
}
REASONS: Mapping[str, Sequence[str]] = {
    "Change to or of the care plan": ("CARPL",),
    "Carer resigned or home closed": ("CLOSE",),
    "Allegation": ("ALLEG",),
    "Standards of care": ("STAND",),
    "Approval removed": ("APPRR",),
    "Carer asked: behaviour": ("CREQB",),
    "Carer asked: other reason": ("CREQO",),
    "Child asked": ("CHILD",),
    "Council asked": ("LAREQ",),
    "Status of the placement only": ("PLACE",),
    "Custody": ("CUSTOD",),
    "Other": ("OTHER",),
    NOT_KNOWN: (),
}
NUMBERS = ("1", "2", "3 or more", NOT_KNOWN)
__all__ = [
    "by_distance",
    "by_duration",
    "by_own_or_external",
    "by_provider",
    "by_type",
    "days_in_placement",
    "ended",
    "long_term_stability",
    "number_in_year",
    "outside_area",
    "over_20_miles",
    "over_20_miles_outside",
    "placed_on",
    "semi_independent_16_and_17",
    "semi_independent_under_16",
    "stability",
    "unknown_distance",
]


def __dir__() -> list[str]:
    return __all__


def stability(
    episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    by: Sequence[str] = (),
    temporary: str = BRIDGED,
    same_carer_moves: str = COUNTED,
) -> Result:
    """Share of the children looked after on each census date who had three or more placements in the 12 months to it.

    Counts every placement of 24 hours or more that the child was in on any day of the 12 months, those open on the first and
    on the last day included, in all periods of care of those months. The first of the months begins on the day after the same
    day a year before: 1 April for 31 March. Once called national indicator 62.

    Parameters
    ----------
    episodes, care_periods : DataFrame
        Tidy tables. They have to reach back a year before the census date; they may be of many authorities (`by`).
    census_date : one or several days
    by : names of columns of both tables
        One row per day and group; a child is one within its group, a missing group is "Not known". Groups are those of
        `care_periods`.
    temporary : "bridged" or "counted"
        Whether a hospital stay, a holiday or a carer's break, and the return from it, go on with the placement (the usual way;
        no official text says so), or count as placements of their own.
    same_carer_moves : "counted" or "not counted"
        Whether a new placement with the same carer (reason T or U: the carer moves house, the placement becomes long-term)
        counts. Adoption by the carer never does.
    """
    days, order = sweep.rising(as_list(census_date))
    group, groups = _groups(care_periods, by)
    care = sweep.once_a_day(care_periods, "care_start", "care_end", days, by=by)
    found = in_order(episodes, by=by, temporary=temporary, same_carer_moves=same_carer_moves)
    both = _meet(_with_placements(found, days, MANY), episodes, care, care_periods, [*by, "child_id"])

    def on_each_day(runs: sweep.Runs) -> np.ndarray:
        return sweep.counted(runs, group[runs.row], len(groups), len(days))[:, order].T.ravel()

    def children(runs: sweep.Runs) -> list[list[str]]:
        day, row = sweep.each_day(runs)
        listed = care_periods["child_id"].take(row).groupby([day, group[row]]).agg(list)
        return [listed.get((number, each), []) for number in order for each in range(len(groups))]

    counts = pd.DataFrame(
        {
            "period_start": pd.NaT,
            "period_end": np.repeat(pd.DatetimeIndex(as_list(census_date)), len(groups)),
            **{name: np.tile(groups[name].to_numpy(), len(days)) for name in by},
            "numerator": on_each_day(both),
            "denominator": on_each_day(care),
            **members.named(numerator=lambda: children(both), denominator=lambda: children(care)),
        }
    )
    return build.proportion(MEASURES["placement_stability"], counts, groups=tuple(by))


def number_in_year(
    episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    temporary: str = BRIDGED,
    same_carer_moves: str = COUNTED,
) -> Result:
    """Share of the children looked after on each census date who had 1, 2, or 3 or more placements in the 12 months to it.

    The placements are those of `stability`, whose figure the third group is. A child without any that lasted a day is
    "Not known".
    """
    days, order = sweep.rising(as_list(census_date))
    care = _looked_after(care_periods, days, order)
    found = in_order(episodes, temporary=temporary, same_carer_moves=same_carer_moves)
    had = [
        sweep.spelled_out(_with_placements(found, days, number), episodes["child_id"], order)
        for number in range(1, MANY + 1)
    ]
    number = pd.concat(had).groupby(["child_id", "when"]).size().rename("number").reset_index()
    placed = care.merge(number, on=["child_id", "when"], how="left", validate="one_to_one")
    names = dict(enumerate(NUMBERS[:MANY], start=1))
    rows = placed.assign(**{NUMBER: among(placed["number"].map(names).astype(object), NUMBERS)})
    return tally.shares(MEASURES["placements_in_year"], rows, census_date, NUMBER)


def long_term_stability(
    episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    children: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    same: str = CARER,
) -> Result:
    """Share of the long looked after children under 16 who have lived for two years in one placement, or with one carer.

    The base are children under 16 on the census date who have been looked after without a break for two and a half years or
    more. `same` is what has to have lasted two years:

    - "carer", as the Department for Education publishes it now (measure `long_term_stability`): the stay with the present carer,
      whatever the placement is called;
    - "placement", as national indicator 63 was first defined (measure `long_term_stability_same_placement`): the present placement;
      for a child placed for adoption with new parents, together with the placement before it in the same period of care.

    Temporary placements with return go on with the stay. Where the returns do not reach back to its beginning, a period of care or
    a stay counts from the first day known: such children are missing from the base until the returns reach back two and a half
    years. A child without a date of birth is in neither count.
    """
    check_word("same", same, (CARER, PLACEMENT))
    name = "long_term_stability" if same == CARER else "long_term_stability_same_placement"
    days, order = sweep.rising(as_list(census_date))
    spells = periods_of_care(care_periods)
    rows = sweep.spelled_out(sweep.held(spells, "start", "end", days), spells["child_id"], order)
    rows = rows.assign(care_start=spells["start"].take(rows["row"]).to_numpy())
    is_long = rows["care_start"] <= _earlier(rows, census_date, months=30)
    rows = _with_age(rows[is_long], children, census_date)
    rows = rows[rows["age"].lt(16)]
    stays = history.placements(episodes, same_carer_moves=COUNTED if same == PLACEMENT else NOT_COUNTED)
    since = _with_the_placement_before(stays) if same == PLACEMENT else stays["placement_start"]
    stays = stays.assign(since=since)
    rows = _with_placement(rows, stays, days, order)
    rows = rows.assign(settled=rows["since"] <= _earlier(rows, census_date, months=24))
    return tally.share(MEASURES[name], rows, census_date, "settled")


def _with_the_placement_before(stays: pd.DataFrame) -> pd.Series:
    """Since when each child has been in the placement, that before an adoptive one counted in."""
    came_from = stays["placement_start"].shift().where(~sweep.differs_from_before(stays["care"].to_numpy()))
    adoptive = history.is_one_of(stays["place_at_start"], ADOPTIVE)
    return stays["placement_start"].mask(adoptive & came_from.notna(), came_from)


def placed_on(
    episodes: pd.DataFrame, care_periods: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp]
) -> pd.DataFrame:
    """One row per child looked after on each census date, with what the episode of that day says of the placement.

    Columns: child_id; when (the number of the census date, from 0); those of `episodes` that are there of place,
    place_provider, distance_miles, in_own_area. They are missing where the child has no episode on the day.
    """
    days, order = sweep.rising(as_list(census_date))
    care = _looked_after(care_periods, days, order)
    found = in_order(episodes)
    # Where episodes overlap, the later one stands.
    later = np.append(np.where(found.child[1:] == found.child[:-1], found.start[1:], OPEN), OPEN)[: len(found.rows)]
    numbers = sweep.day_numbers(days)
    first, stop = np.searchsorted(numbers, found.start), np.searchsorted(numbers, np.minimum(found.end, later))
    runs = sweep.Runs(found.child, found.rows, first, stop)
    there = [name for name in ("place", "place_provider", "distance_miles", "in_own_area") if name in episodes]
    placed = sweep.spelled_out(runs.take(first < stop), episodes["child_id"], order)
    placed = placed.assign(**{name: episodes[name].take(placed["row"]).array for name in there})
    return care.drop(columns="row").merge(
        placed.drop(columns="row"), on=["child_id", "when"], how="left", validate="one_to_one"
    )


def over_20_miles_outside(
    episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    base: str = ALL,
) -> Result:
    """Share of the children looked after on each census date who live over 20 miles from home and outside the council's area.

    `base` "all" divides by every child looked after, those whose distance or area is not known included, as the Local Authority
    Interactive Tool does; "known" by those alone for whom both are known. `unknown_distance` says how many the others are. Both
    conditions have to hold; `over_20_miles` asks for the distance alone, `outside_area` for the area alone.
    """
    rows = placed_on(episodes, care_periods, census_date=census_date)
    known = rows["distance_miles"].notna() & rows["in_own_area"].notna()
    counts = (rows["distance_miles"] > FAR_MILES) & is_false(rows["in_own_area"])
    return _share_of_placed("placed_over_20_miles_outside", rows, census_date, counts, known, base)


def over_20_miles(
    episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    base: str = ALL,
) -> Result:
    """Share of the children looked after on each census date who live over 20 miles from home, inside the area or outside.

    `base` as in `over_20_miles_outside`, which asks for a placement outside the council's area as well.
    """
    rows = placed_on(episodes, care_periods, census_date=census_date)
    counts, known = rows["distance_miles"] > FAR_MILES, rows["distance_miles"].notna()
    return _share_of_placed("placed_over_20_miles", rows, census_date, counts, known, base)


def outside_area(
    episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    base: str = ALL,
) -> Result:
    """Share of the children looked after on each census date who live outside the council's area, however near.

    `base` as in `over_20_miles_outside`, which asks for the distance as well.
    """
    rows = placed_on(episodes, care_periods, census_date=census_date)
    counts, known = is_false(rows["in_own_area"]), rows["in_own_area"].notna()
    return _share_of_placed("placed_outside_area", rows, census_date, counts, known, base)


def _share_of_placed(
    name: str, rows: pd.DataFrame, census_date, counts: pd.Series, known: pd.Series, base: str
) -> Result:
    check_word("base", base, (ALL, KNOWN))
    rows = rows.assign(counts=counts)
    return tally.share(MEASURES[name], rows if base == ALL else rows[known], census_date, "counts")


def unknown_distance(
    episodes: pd.DataFrame, care_periods: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp]
) -> Result:
    """Children looked after on each census date of whom it is not known how far from home, or in whose area, they live."""
    rows = placed_on(episodes, care_periods, census_date=census_date)
    unknown = rows[rows["distance_miles"].isna() | rows["in_own_area"].isna()]
    return tally.number(MEASURES["placement_distance_unknown"], unknown, census_date)


def by_distance(
    episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    base: str = ALL,
) -> Result:
    """Share of the children looked after on each census date who live so many miles from home (group "distance").

    `base` "all": of all children, with those not known as a group of their own; "known": of those whose distance is known.
    """
    check_word("base", base, (ALL, KNOWN))
    rows = placed_on(episodes, care_periods, census_date=census_date)
    kept = rows if base == ALL else rows[rows["distance_miles"].notna()]
    band = pd.cut(kept["distance_miles"], [-np.inf, *DISTANCES.values()], labels=list(DISTANCES)).astype(object)
    kept = kept.assign(**{DISTANCE: among(band, [*DISTANCES, NOT_KNOWN] if base == ALL else [*DISTANCES])})
    return tally.shares(MEASURES["placement_distance"], kept, census_date, DISTANCE)


def by_type(
    episodes: pd.DataFrame, care_periods: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp]
) -> Result:
    """Share of the children looked after on each census date in each type of placement (group "placement_type").

    A child away for a while (hospital, holiday, carer's break) is in a temporary placement on that day.
    """
    return _shares_placed("placement_type", TYPE, "place", PLACEMENT_TYPES, episodes, care_periods, census_date)


def by_provider(
    episodes: pd.DataFrame, care_periods: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp]
) -> Result:
    """Share of the children looked after on each census date by who provides the placement (group "provider").

    The return names no provider for temporary and some other placements: those are "Not known".
    """
    return _shares_placed(
        "placement_provider", PROVIDER, "place_provider", PROVIDERS, episodes, care_periods, census_date
    )


def by_own_or_external(
    episodes: pd.DataFrame, care_periods: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp]
) -> Result:
    """Share of the children looked after on each census date in the council's own provision or that of others.

    Group "own_or_external"; external are other councils, other public bodies, private and voluntary providers.
    """
    return _shares_placed(
        "placement_own_or_external",
        OWN_OR_EXTERNAL,
        "place_provider",
        OWN_AND_EXTERNAL,
        episodes,
        care_periods,
        census_date,
    )


def _shares_placed(name: str, group: str, column: str, groups, episodes, care_periods, census_date) -> Result:
    rows = placed_on(episodes, care_periods, census_date=census_date)
    rows = rows.assign(**{group: grouped(rows[column], groups)})
    return tally.shares(MEASURES[name], rows, census_date, group)


def semi_independent_16_and_17(
    episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    children: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
) -> Result:
    """Share of the children aged 16 and 17 looked after on each census date who live in semi-independent or supported housing.

    Codes H5 and P2 (to 2023-24) and K3 (from 2024-25). Not registered with a regulator until 28 October 2023; the return does not
    tell which settings were registered. `semi_independent_under_16` counts younger children.
    """
    rows = _with_age(placed_on(episodes, care_periods, census_date=census_date), children, census_date)
    rows = rows[rows["age"].between(16, 17)]
    rows = rows.assign(there=history.is_one_of(rows["place"], SEMI_INDEPENDENT))
    return tally.share(MEASURES["semi_independent_16_and_17"], rows, census_date, "there")


def semi_independent_under_16(
    episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    children: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
) -> Result:
    """Children under 16 looked after on each census date who live in semi-independent or supported housing: there should be none.

    Such placements of children under 16 have been unlawful since 9 September 2021. `semi_independent_16_and_17` is the share of
    the older ones.
    """
    rows = _with_age(placed_on(episodes, care_periods, census_date=census_date), children, census_date)
    rows = rows[rows["age"].lt(16) & history.is_one_of(rows["place"], SEMI_INDEPENDENT)]
    return tally.number(MEASURES["semi_independent_under_16"], rows, census_date)


def days_in_placement(
    episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    statistic: str = MEDIAN,
) -> Result:
    """How many days the children looked after on each census date have been in their placement so far (mean or median).

    The placements are those of `placement_history`: a move with the same carer begins one. Not a length of stay: it goes on.
    Left out are placements that began before the returns at hand, and children in none.
    """
    check_word("statistic", statistic, (MEAN, MEDIAN))
    rows = _in_placement(episodes, care_periods, census_date)
    so_far = (tally.date_of(rows, census_date) - rows["placement_start"]).dt.days
    rows = rows.assign(days=so_far.where(rows["start_known"].eq(True)))
    if statistic == MEAN:
        return tally.mean(MEASURES["placement_days_mean"], rows, census_date, "days")
    measure = MEASURES["placement_days_median"]
    return tally.median(measure, rows, census_date, "days", interval=build.ORDER_STATISTICS)


def by_duration(
    episodes: pd.DataFrame, care_periods: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp]
) -> Result:
    """Share of the children looked after on each census date who have been in their placement for so long (group "duration").

    By calendar months. A placement that began before the returns at hand is "Not known" unless the part that is known is five years.
    """
    rows = _in_placement(episodes, care_periods, census_date)
    duration = pd.Series(NOT_KNOWN, index=rows.index, dtype=object)
    *_, longest = DURATIONS
    for name, months in DURATIONS.items():
        lasted = rows["placement_start"] <= _earlier(rows, census_date, months=months)
        duration = duration.mask(lasted & (rows["start_known"].eq(True) | (name == longest)), name)
    rows = rows.assign(**{DURATION: among(duration, [*DURATIONS, NOT_KNOWN])})
    return tally.shares(MEASURES["placement_duration"], rows, census_date, DURATION)


def ended(
    episodes: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    temporary: str = BRIDGED,
    same_carer_moves: str = COUNTED,
) -> Result:
    """Placements that ended in each period because the child moved on within care, by the reason for the move (group "reason").

    Events: a child who moves twice counts twice. The end of care is no move. The return gives no reason where one of the two
    placements is temporary: that is "Not known".
    """
    stays = history.placements(episodes, temporary=temporary, same_carer_moves=same_carer_moves)
    stays = stays[history.is_one_of(stays["reason_ceased"], (GOES_ON,))]
    rows = tally.happening(stays, "placement_end", period)
    rows = rows.assign(**{REASON: grouped(rows["reason_place_change"], REASONS)})
    return tally.numbers(MEASURES["placements_ended"], rows, period, REASON)


def _in_placement(episodes: pd.DataFrame, care_periods: pd.DataFrame, census_date) -> pd.DataFrame:
    """One row per child looked after on each census date with the placement that it is in."""
    days, order = sweep.rising(as_list(census_date))
    care = _looked_after(care_periods, days, order)
    return _with_placement(care, history.placements(episodes), days, order)


def _with_placement(rows: pd.DataFrame, stays: pd.DataFrame, days, order: np.ndarray) -> pd.DataFrame:
    """`rows` (child_id, when) with the columns of the placement that the child is in; of two, the one that began last."""
    held = sweep.held(stays, "placement_start", "placement_end", days)
    held = sweep.spelled_out(held, stays["child_id"], order)
    held = held.sort_values("row").drop_duplicates(["child_id", "when"], keep="last")
    told = held[["child_id", "when"]].reset_index(drop=True)
    told = told.join(stays.drop(columns="child_id").take(held["row"]).reset_index(drop=True))
    return rows.merge(told, on=["child_id", "when"], how="left", validate="one_to_one")


def _with_age(rows: pd.DataFrame, children: pd.DataFrame, census_date) -> pd.DataFrame:
    births = children.set_index("child_id")["birth_date"]
    born = births.reindex(rows["child_id"]).set_axis(rows.index)
    return rows.assign(age=age_on(born, tally.date_of(rows, census_date)))


def _earlier(rows: pd.DataFrame, census_date, *, months: int) -> pd.Series:
    """The day so many months before the census date of each row."""
    return tally.date_of(rows, [day - pd.DateOffset(months=months) for day in as_list(census_date)])


def _groups(table: pd.DataFrame, by: Sequence[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """The number of each row's group, and the groups by number; one group of all where nothing is asked for."""
    if not by:
        return np.zeros(len(table), dtype="int64"), pd.DataFrame(index=[0])
    values = table[list(by)].astype(object)
    grouped = values.where(values.notna(), NOT_KNOWN).groupby(list(by), sort=True)
    return grouped.ngroup().to_numpy(), grouped.size().index.to_frame(index=False)


def _looked_after(care_periods: pd.DataFrame, days: Sequence[pd.Timestamp], order: np.ndarray) -> pd.DataFrame:
    """A row for each child looked after on each day: child_id, when, row."""
    care = sweep.once_a_day(care_periods, "care_start", "care_end", days)
    return sweep.spelled_out(care, care_periods["child_id"], order)


def _with_placements(found: history.Episodes, days: Sequence[pd.Timestamp], number: int) -> sweep.Runs:
    """On which of `days` each child had had `number` placements or more in the 12 months to it.

    A child has had that many where the last of so many placements in a row had begun by the day, and the first of them, in the
    order of their ends, had not ended by the first day of the 12 months.
    """
    first = np.flatnonzero(found.new)
    end = np.maximum.reduceat(found.end, first) if len(first) else found.end
    lasted = end > found.start[first]
    first, end = first[lasted], end[lasted]
    child, start = found.child[first], found.start[first]
    end = end[np.lexsort((end, child))] if _falls(child, end) else end
    last = np.flatnonzero(child[number - 1 :] == child[: max(len(child) - number + 1, 0)]) + number - 1
    year_begins = [year_before(day) + pd.Timedelta(days=1) for day in days]
    return sweep.disjoint(
        sweep.Runs(
            child[last],
            found.rows[first[last]],
            np.searchsorted(sweep.day_numbers(days), start[last]),
            np.searchsorted(sweep.day_numbers(year_begins), end[last - number + 1]),
        )
    )


def _falls(child: np.ndarray, end: np.ndarray) -> bool:
    return bool(((child[1:] == child[:-1]) & (end[1:] < end[:-1])).any())


def _meet(
    one: sweep.Runs, table: pd.DataFrame, other: sweep.Runs, other_table: pd.DataFrame, keys: Sequence[str]
) -> sweep.Runs:
    """The days on which runs of the same child in two tables both hold; rows and children are those of the other table."""

    def keyed(runs: sweep.Runs, of: pd.DataFrame) -> pd.DataFrame:
        columns = {name: of[name].take(runs.row).to_numpy() for name in keys}
        return pd.DataFrame({**columns, "first": runs.first, "stop": runs.stop, "run": np.arange(len(runs.row))})

    pairs = keyed(one, table).merge(keyed(other, other_table), on=list(keys), suffixes=("", "_other"))
    place = pairs["run_other"].to_numpy()
    met = sweep.Runs(
        other.child[place],
        other.row[place],
        np.maximum(pairs["first"], pairs["first_other"]).to_numpy(),
        np.minimum(pairs["stop"], pairs["stop_other"]).to_numpy(),
    )
    return met.take(met.first < met.stop)
