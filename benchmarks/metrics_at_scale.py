"""Monthly stocks and flows, placement stability and adoption timescales of 152 authorities, beside DuckDB and a plain pandas loop.

Run: python benchmarks/metrics_at_scale.py [--folder DIR] [--episodes 3000000] [--repeats 3]

Needs the extra `bench` (DuckDB). The tidy tables are made first (`country.py`); each way then reads what it needs of them and
counts, in a process of its own. All three must come to the same counts, or the run fails.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import country_in_sql
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from country import EXTRACT, make_country
from measured import Measured, in_words, measured

from analysis_lib.metrics import adoption, looked_after, placements
from analysis_lib.metrics.adoption_journeys import EPISODE_COLUMNS, adoption_journeys
from analysis_lib.periods import Period
from analysis_lib.results import Result

YEARS = 10
COLUMNS = ["measure", "authority", "day", "numerator", "denominator"]
PARTS = ("stocks and flows", "placement stability", "adoption")
OURS, SQL, LOOP = "panelpack", "DuckDB, 2 threads", "plain pandas loop"
CARE = ["child_id", "authority", "care_start", "care_end"]
CODES = ["reason_new_episode", "legal_status", "place", "reason_ceased", "placement_square"]
EPISODES = ["child_id", "authority", "episode_start", "episode_end", *CODES]
BY = ("authority",)


def asked() -> pd.DataFrame:
    """The month ends of ten years that a part counts on or up to; the rate of stability is that of the 12 months to each."""
    days = pd.date_range(end=pd.Timestamp(EXTRACT), periods=12 * YEARS, freq="ME")
    day_after = pd.Timedelta(days=1)
    return pd.DataFrame(
        {
            "day": days,
            "year_begins": days - pd.DateOffset(years=1) + day_after,
            "begins": days - pd.DateOffset(years=3) + day_after,
        }
    )


# -------------------------------------------------------------------------------------------------------------- ours


def ours(part: str, folder: Path) -> pd.DataFrame:
    """The counts by the library's own functions, as a caller with the tidy tables would ask for them."""
    count = {PARTS[0]: _our_stocks_and_flows, PARTS[1]: _our_stability, PARTS[2]: _our_adoption}[part]
    return pd.concat([_told(result) for result in count(folder, asked())], ignore_index=True)


def _our_stocks_and_flows(folder: Path, days: pd.DataFrame) -> list[Result]:
    care = looked_after.periods_of_care(_coded(folder, "care_periods", CARE), BY)
    months = [Period.month_of(day) for day in days["day"]]
    return [
        looked_after.looked_after_at(care, census_date=list(days["day"]), by=BY),
        looked_after.care_starts(care, period=months, by=BY),
        looked_after.care_ceases(care, period=months, by=BY),
    ]


def _our_stability(folder: Path, days: pd.DataFrame) -> list[Result]:
    episodes, care = _coded(folder, "episodes", EPISODES), _coded(folder, "care_periods", CARE)
    return [placements.stability(episodes, care, census_date=list(days["day"]), by=BY)]


def _our_adoption(folder: Path, days: pd.DataFrame) -> list[Result]:
    episodes = _coded(folder, "episodes", list(EPISODE_COLUMNS))
    care = _coded(folder, "care_periods", [*CARE, "reason_ceased", "ended_by_adoption"])
    decisions, matches = _table(folder, "placement_decisions"), _table(folder, "adoptions")
    journeys = adoption_journeys(episodes, care, decisions, matches, None, None)
    # As in the other two ways the authority is that of the adoption: nobody else counts.
    authority = care.loc[care["ended_by_adoption"], ["child_id", "authority"]].drop_duplicates("child_id")
    journeys = journeys.merge(authority, on="child_id", how="left", validate="many_to_one")
    spans = {str(row.day): Period.span(row.begins, row.day) for row in days.itertuples()}
    return [
        adoption.days_to_moving_in_a1(journeys, spans, by=BY),
        adoption.days_from_order_to_match_a2(journeys, spans, by=BY),
    ]


def _coded(folder: Path, name: str, columns: list[str]) -> pd.DataFrame:
    """A table with its codes as categoricals: each of the few texts is then looked at once, not three million times."""
    return pq.read_table(folder / f"{name}.parquet", columns=columns, read_dictionary=CODES).to_pandas()


def _table(folder: Path, name: str, columns: list[str] | None = None) -> pd.DataFrame:
    return pd.read_parquet(folder / f"{name}.parquet", columns=columns)


def _told(result: Result) -> pd.DataFrame:
    return result.exact().rename(columns={"period_end": "day"})[COLUMNS]


# -------------------------------------------------------------------------------------------------- the plain loop


def loop(part: str, folder: Path) -> pd.DataFrame:
    """The counts in plain pandas: a mask over the whole table for each month, year or span."""
    count = {PARTS[0]: _loop_stocks_and_flows, PARTS[1]: _loop_stability, PARTS[2]: _loop_adoption}[part]
    return pd.concat(count(folder, asked()), ignore_index=True)


def _loop_stocks_and_flows(folder: Path, days: pd.DataFrame) -> list[pd.DataFrame]:
    care = _table(folder, "care_periods", CARE)
    found = []
    for day in days["day"]:
        inside = care[(care["care_start"] <= day) & (care["care_end"].isna() | (care["care_end"] > day))]
        found.append(_of_groups("looked_after", day, inside.drop_duplicates("child_id")))
        for measure, column in (("care_starts", "care_start"), ("care_ceases", "care_end")):
            rows = care[(care[column] >= day.replace(day=1)) & (care[column] <= day)]
            found.append(_of_groups(measure, day, rows))
    return found


def _loop_stability(folder: Path, days: pd.DataFrame) -> list[pd.DataFrame]:
    care, stays = _table(folder, "care_periods", CARE), _stays(_table(folder, "episodes"))
    found = []
    for row in days.itertuples():
        there = stays[(stays["begun"] <= row.day) & ~(stays["ended"] <= row.year_begins)]
        number = there.groupby("child_id").size()
        inside = care[(care["care_start"] <= row.day) & (care["care_end"].isna() | (care["care_end"] > row.day))]
        inside = inside.drop_duplicates("child_id")
        many = inside[inside["child_id"].isin(number.index[number >= 3])]
        found.append(_of_groups("placement_stability", row.day, many, inside))
    return found


def _stays(episodes: pd.DataFrame) -> pd.DataFrame:
    """Placements: one row each, with the first day and the last."""
    rows = episodes[~episodes["legal_status"].isin(["V3", "V4"])].sort_values(["child_id", "episode_start"])
    of_child = rows.groupby("child_id")
    goes_on = of_child["reason_ceased"].shift().eq("X1") & (rows["episode_start"] <= of_child["episode_end"].shift())
    rows = rows.assign(care=(~goes_on | (rows["reason_new_episode"] == "S")).cumsum())
    temporary = rows["place"].isin(["T0", "T1", "T2", "T3", "T4"])
    settled = rows[["care", "place", "placement_square"]].assign(number=np.arange(len(rows))).mask(temporary)
    before = settled.groupby(rows["care"])["number"].ffill()
    after = settled.groupby(rows["care"])["number"].bfill()
    one, other = (rows.iloc[each.fillna(0).astype(int)].reset_index(drop=True) for each in (before, after))
    squares = (one["placement_square"], other["placement_square"])
    same = (one["place"] == other["place"]) & (squares[0].isna() | squares[1].isna() | (squares[0] == squares[1]))
    bridged = temporary & before.notna() & (after.isna() | same.to_numpy())
    returned = bridged.groupby(rows["care"]).shift(fill_value=False) & ~bridged
    reason = rows["reason_new_episode"]
    moves = reason.isin(["P", "B"]) | (reason.isin(["T", "U"]) & ~rows["place"].isin(["A3", "A5"]))
    new = ~rows["care"].duplicated() | (moves & ~bridged & ~returned)
    stays = rows.assign(ended=rows["episode_end"].fillna(pd.Timestamp("2262-01-01"))).groupby(new.cumsum())
    stays = stays.agg(child_id=("child_id", "first"), begun=("episode_start", "first"), ended=("ended", "max"))
    return stays[stays["ended"] > stays["begun"]]


def _loop_adoption(folder: Path, days: pd.DataFrame) -> list[pd.DataFrame]:
    care, episodes = _table(folder, "care_periods"), _table(folder, "episodes")
    adopted = care[care["ended_by_adoption"]]
    rows = episodes[~episodes["legal_status"].isin(["V3", "V4"])].merge(
        adopted[["child_id", "care_start", "care_end"]], on="child_id"
    )
    rows = rows[(rows["episode_start"] >= rows["care_start"]) & (rows["episode_start"] <= rows["care_end"])]
    period = ["child_id", "care_start"]
    # In these tables an order, and an adoptive placement, once there, lasts until the adoption.
    order = rows[rows["legal_status"] == "E1"].groupby(period)["episode_start"].min().rename("order")
    moved = rows[rows["place"].isin(["A3", "A4", "A5", "A6"])].groupby(period)["episode_start"].min().rename("moved")
    matches = _table(folder, "adoptions", ["child_id", "match_date"])
    journeys = adopted.merge(order.reset_index(), on=period, how="left").merge(
        moved.reset_index(), on=period, how="left"
    )
    journeys = journeys.merge(matches, on="child_id", how="left")
    entered = journeys["care_start"].where(journeys["start_known"])
    journeys["a1_days"] = (journeys["moved"] - entered).dt.days
    journeys["a2_days"] = (journeys["match_date"] - journeys["order"]).dt.days.clip(lower=0)
    found = []
    for row in days.itertuples():
        inside = journeys[(journeys["care_end"] >= row.begins) & (journeys["care_end"] <= row.day)]
        for measure in ("a1_days", "a2_days"):
            groups = inside.groupby("authority", observed=True)[measure].agg(numerator="sum", denominator="count")
            found.append(groups.reset_index().assign(measure=measure, day=row.day))
    return found


def _of_groups(measure: str, day: pd.Timestamp, rows: pd.DataFrame, whole: pd.DataFrame | None = None) -> pd.DataFrame:
    sizes = rows.groupby("authority", observed=True).size()
    base = 0 if whole is None else whole.groupby("authority", observed=True).size()
    counts = pd.DataFrame({"numerator": sizes, "denominator": base}).fillna(0)
    return counts.rename_axis("authority").reset_index().assign(measure=measure, day=day)


# --------------------------------------------------------------------------------------------------------- comparing


def sql(part: str, folder: Path) -> pd.DataFrame:
    """The counts by DuckDB."""
    return country_in_sql.counted(part, folder, asked())


WAYS = {OURS: ours, SQL: sql, LOOP: loop}


def count(way: str, part: str, folder: Path) -> None:
    """One part counted in one way, left beside the tables for the comparison."""
    keep_counts(way, part, folder, WAYS[way](part, folder))


def keep_counts(way: str, part: str, folder: Path, counts: pd.DataFrame) -> None:
    counts.to_parquet(folder / f"counts of {way}, {part}.parquet")


def read_counts(way: str, part: str, folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / f"counts of {way}, {part}.parquet")


def same_counts(part: str, folder: Path) -> int:
    """How many counts of a part all ways agree on. Raises `AssertionError` where they do not."""
    first, *others = (_comparable(read_counts(way, part, folder)) for way in WAYS)
    for other in others:
        pd.testing.assert_frame_equal(first, other)
    return len(first)


def _comparable(counts: pd.DataFrame) -> pd.DataFrame:
    numbers = counts[["numerator", "denominator"]].fillna(0).astype("int64")
    frame = counts.assign(
        authority=counts["authority"].astype(str), day=counts["day"].astype("datetime64[us]"), **numbers
    )
    frame = frame[(numbers != 0).any(axis=1)]  # who counts by groups alone has no row where nothing is
    return frame[COLUMNS].sort_values(COLUMNS[:3], ignore_index=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--folder", type=Path, help="where the tables are, or are to be made; default: made and removed"
    )
    parser.add_argument("--episodes", type=int, default=3_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary, "tables")
        if not folder.is_dir():
            make_country(folder, given.episodes)
        _compare(folder, given.repeats)


def _compare(folder: Path, repeats: int) -> None:
    care = _table(folder, "care_periods", ["authority"])
    episodes = len(_table(folder, "episodes", ["authority"]))
    print(f"{episodes:,} episodes, {len(care):,} periods of care, {care['authority'].nunique()} authorities")
    runs: dict[tuple[str, str], list[Measured]] = {(part, way): [] for part in PARTS for way in WAYS}
    for _ in range(repeats):
        for part, way in runs:  # in turn, so that what else the machine does slows all
            runs[part, way].append(measured(count, way, part, folder))
    for part in PARTS:
        print(f"{part}: {same_counts(part, folder):,} counts, the same in all")
        for way in WAYS:
            print(f"  {in_words(way, runs[part, way])}")
    for other in (SQL, LOOP):
        clock, processor = (_ratio(runs, PARTS, other, what) for what in ("seconds", "processor"))
        print(f"{other} / {OURS}, all parts: {clock:.1f} (processor time: {processor:.1f})")


def _ratio(runs: dict, parts: Sequence[str], other: str, what: str) -> float:
    theirs, own = (sum(min(getattr(run, what) for run in runs[part, way]) for part in parts) for way in (other, OURS))
    return theirs / own


if __name__ == "__main__":
    main()
