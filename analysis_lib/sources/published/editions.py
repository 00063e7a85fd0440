"""Several releases of one figure: which one holds on a day, which one is the newest, and where they differ.

A published figure may be held in the value of several releases. Each row says when its figure first came out and, in
`issued`, when the release came out that its value was read from.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

# By table: what one figure is, and the column that says when it first came out.
KEYS = {
    "benchmarks": ("indicator", "area_code", "time_period"),
    "population": ("area_code", "year", "sex", "age", "vintage"),
}
FIRST_OUT = {"benchmarks": "first_released", "population": "released"}
REVISION_COLUMNS = (
    "indicator", "title", "area_code", "area", "time_period", "value", "symbol", "release", "issued", "value_before",
    "symbol_before", "release_before", "issued_before",
)  # fmt: skip


def known_on(rows: pd.DataFrame, table: str, day: pd.Timestamp) -> pd.DataFrame:
    """One row for each figure that was out by `day`, from the newest release that was out by then, marked `current`.

    Where only later releases are held, the earliest of them stands in: its value is the nearest to what was printed
    then. A row without a day of publication is dropped, for it cannot be said that it was known.
    """
    out = rows[pd.to_datetime(rows[FIRST_OUT[table]]) <= day]
    if "issued" not in out:
        return out.reset_index(drop=True)
    issued = pd.to_datetime(out["issued"]).to_numpy(dtype="datetime64[D]").astype("int64")
    then = np.datetime64(day, "D").astype("int64")
    nearness = np.where(
        issued <= then, issued - then, then - issued - 10**6
    )  # any release by then before any later one
    return _one_each(out, KEYS[table], nearness).assign(current=True).reset_index(drop=True)


def _one_each(rows: pd.DataFrame, key: Sequence[str], preference: np.ndarray) -> pd.DataFrame:
    """The row of each key that is preferred most; of equals the last. The order of the rows stays."""
    order = np.argsort(preference, kind="stable")
    return rows.iloc[order].drop_duplicates(list(key), keep="last").sort_index()


def with_current(rows: pd.DataFrame, table: str) -> pd.DataFrame:
    """`rows` with `current`: True for the row of each figure that the newest release gives, whatever the day."""
    newest = _one_each(
        rows, KEYS[table], pd.to_datetime(rows["issued"]).to_numpy().astype("datetime64[D]").astype("int64")
    )
    return rows.assign(current=rows.index.isin(newest.index))


def revisions(benchmarks: pd.DataFrame) -> pd.DataFrame:
    """Each figure that a release gives otherwise than the release before it: `REVISION_COLUMNS`, a row per change."""
    key = list(KEYS["benchmarks"])
    held = benchmarks.sort_values([*key, "issued"], kind="stable", ignore_index=True)
    before = held.groupby(key, sort=False)[["value", "symbol", "release", "issued"]].shift(1)
    both = held.join(before.add_suffix("_before"))
    same = both["value"].eq(both["value_before"]) | (both["value"].isna() & both["value_before"].isna())
    changed = both["release_before"].notna() & ~(same & (both["symbol"] == both["symbol_before"]))
    return both.loc[changed, list(REVISION_COLUMNS)].reset_index(drop=True)
