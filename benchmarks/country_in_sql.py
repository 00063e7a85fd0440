"""The counts of `metrics_at_scale.py` in DuckDB: as an analyst who knows it well would write them, on two threads."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

STOCKS = """
with edges as (
    select authority, last_day(care_start) as day, 1 as change from care_periods
    union all
    select authority, last_day(care_end), -1 from care_periods where care_end is not null
), changes as (
    select authority, greatest(day, (select min(day) from days)::date) as day, sum(change) as change from edges group by all
), running as (
    select authority, days.day, sum(coalesce(change, 0)) over (partition by authority order by days.day) numerator
    from (select distinct authority from care_periods) cross join days left join changes using (authority, day)
)
select 'looked_after' measure, authority, day, numerator::bigint numerator, 0::bigint denominator from running
"""
FLOWS = """
select 'care_starts', authority, last_day(care_start)::timestamp, count(*), 0 from care_periods
where care_start >= (select date_trunc('month', min(day)) from days) group by all
union all
select 'care_ceases', authority, last_day(care_end)::timestamp, count(*), 0 from care_periods
where care_end >= (select date_trunc('month', min(day)) from days) group by all
"""
STABILITY = """
with told as (
    select child_id, episode_start, episode_end, place, placement_square, reason_new_episode reason,
        row_number() over child number, lag(episode_end) over child ended, lag(reason_ceased) over child left_for,
        place in ('T0', 'T1', 'T2', 'T3', 'T4') temporary
    from episodes where legal_status not in ('V3', 'V4')
    window child as (partition by child_id order by episode_start)
), of_care as (
    select *, sum((number = 1 or reason = 'S' or left_for <> 'X1' or episode_start > ended)::int) over child care
    from told window child as (partition by child_id order by episode_start)
), settled as (
    select *, case when not temporary then {'care': care, 'place': place, 'square': placement_square} end spot from of_care
), beside as (
    select * exclude (spot), lag(spot ignore nulls) over child was, lead(spot ignore nulls) over child becomes, lag(care) over child care_before
    from settled window child as (partition by child_id order by episode_start)
), bridged as (
    select *, temporary and was.care = care and (becomes.care is distinct from care or (was.place = becomes.place
        and coalesce(was.square = becomes.square, true))) bridge
    from beside
), moved as (
    select *, coalesce(lag(bridge) over child, false) and not coalesce(bridge, false) returned
    from bridged window child as (partition by child_id order by episode_start)
), placed as (
    select child_id, episode_start, episode_end, sum((care_before is distinct from care or ((reason in ('P', 'B')
        or (reason in ('T', 'U') and place not in ('A3', 'A5'))) and not coalesce(bridge, false) and not returned))::int) over child placement
    from moved window child as (partition by child_id order by episode_start)
), placements as (
    select child_id, min(episode_start) begun, max(coalesce(episode_end, timestamp '2262-01-01')) ended
    from placed group by child_id, placement having ended > begun
), many as (
    select child_id, day from placements join years on begun <= day and ended > year_begins
    group by all having count(*) >= 3
), in_care as (
    select distinct authority, child_id, day
    from years join care_periods on care_start <= day and (care_end is null or care_end > day)
)
select 'placement_stability' measure, authority, day, count(many.child_id) numerator, count(*) denominator
from in_care left join many using (child_id, day) group by all
"""
ADOPTION = """
with adopted as (
    select child_id, authority, care_start, care_end, start_known from care_periods where ended_by_adoption
), stays as (
    select adopted.*, episode_start, reason_new_episode, legal_status = 'E1' ordered, place in ('A3', 'A4', 'A5', 'A6') adoptive,
        row_number() over (partition by child_id, care_start order by episode_start) number
    from adopted join (select * from episodes where legal_status not in ('V3', 'V4')) using (child_id)
    where episode_start between care_start and care_end
), numbered as (
    select *, sum((number = 1 or reason_new_episode in ('S', 'P', 'B') or adoptive <> was_adoptive)::int) over care spell,
        sum((number = 1 or ordered <> was_ordered)::int) over care run
    from (select *, lag(adoptive) over care was_adoptive, lag(ordered) over care was_ordered
        from stays window care as (partition by child_id, care_start order by number))
    window care as (partition by child_id, care_start order by number)
), moved as (
    select child_id, care_start, max(begun) moved_in from
        (select child_id, care_start, min(episode_start) begun from numbered where adoptive group by child_id, care_start, spell)
    group by all
), authorised as (
    select child_id, care_start, max(begun) order_date from
        (select child_id, care_start, min(episode_start) begun from numbered where ordered group by child_id, care_start, run)
    group by all
), journeys as (
    select authority, care_end, date_diff('day', case when start_known then care_start end, moved_in) a1,
        greatest(date_diff('day', order_date, match_date), 0) a2
    from adopted left join moved using (child_id, care_start) left join authorised using (child_id, care_start)
        left join (select child_id, match_date from adoptions) using (child_id)
)
select 'a1_days' measure, authority, day, sum(a1)::bigint numerator, count(a1) denominator
from spans join journeys on care_end between begins and day group by all
union all
select 'a2_days', authority, day, sum(a2)::bigint, count(a2)
from spans join journeys on care_end between begins and day group by all
"""
QUERIES = {"stocks and flows": STOCKS + "union all" + FLOWS, "placement stability": STABILITY, "adoption": ADOPTION}


def counted(part: str, folder: Path, asked: pd.DataFrame) -> pd.DataFrame:
    """The counts of one part: measure, authority, day, numerator, denominator; no row where nothing is counted.

    `asked` has the days: column `day`, and `year_begins` or `begins` where a part needs them.
    """
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("set enable_progress_bar = false")
        for table in ("episodes", "care_periods", "adoptions"):
            connection.execute(f"create view {table} as select * from read_parquet('{folder / table}.parquet')")
        for name in ("days", "years", "spans"):
            connection.register(name, asked)
        return connection.execute(QUERIES[part]).df()
