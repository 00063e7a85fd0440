"""Several returns as one history: which row stands where more than one tells of the same thing, and under which names."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis_lib.errors import DataProblem
from analysis_lib.periods import Period
from analysis_lib.prepare.identifiers import COUNCIL_CHILD, hashed
from analysis_lib.sources.table import TEXT_DTYPE, WARNING


def of_the_latest_return(frame: pd.DataFrame, key: list[str], returned: str) -> pd.DataFrame:
    """The rows of the latest return (by column `returned`) that has each key: the later return corrects the earlier.

    Rows are in the order of return, file and line.
    """
    frame = in_order_of_return(frame, returned)
    rank = _rank(frame[returned])
    place = frame.groupby(key, sort=False, dropna=False).ngroup().to_numpy()
    latest = np.zeros(len(frame), dtype=rank.dtype)
    latest[place] = rank  # the last of several rows of one place stays
    return frame[rank == latest[place]]


def without_open_that_ended(frame: pd.DataFrame, key: list[str], end: str, returned: str) -> pd.DataFrame:
    """Rows whose return is not told (blank `returned`), without those open where another of that key has ended.

    A file of several years may hold what was open at the end of one year and ended in the next twice, in any order:
    the row that has ended is the later one.
    """
    is_untold = frame[returned] == ""
    ended = frame.loc[is_untold & frame[end].notna(), key].drop_duplicates()
    if ended.empty:
        return frame
    has_ended = pd.MultiIndex.from_frame(frame[key]).isin(pd.MultiIndex.from_frame(ended))
    return frame[~(is_untold & frame[end].isna() & has_ended)]


def one_row_each(frame: pd.DataFrame, key: list[str], returned: str) -> pd.DataFrame:
    """One row for each key, from the latest return that has it, and there the last row; in the order of return."""
    return in_order_of_return(frame, returned).drop_duplicates(key, keep="last")


def in_order_of_return(frame: pd.DataFrame, returned: str) -> pd.DataFrame:
    """The rows in the order of return (those of an unknown one first), file and line.

    Returns of several years are mostly read in this order; then the frame is given back as it is.
    """
    order = np.lexsort((frame["_line"], _rank(frame["_file"]), _rank(frame[returned])))
    return frame if (order[1:] > order[:-1]).all() else frame.take(order).reset_index(drop=True)


def by_child_and_day(tidy: pd.DataFrame, *days: str) -> pd.DataFrame:
    """The rows in the order of `child_id` and then of the columns `days`, missing ones last; else as they were."""
    order = np.lexsort([*(_late_when_missing(tidy[day]) for day in reversed(days)), _rank(tidy["child_id"])])
    return tidy.take(order).reset_index(drop=True)


def _late_when_missing(days: pd.Series) -> np.ndarray:
    numbers = days.to_numpy().astype("datetime64[us]").view("int64")
    return np.where(days.isna(), np.iinfo("int64").max, numbers)


def _rank(values: pd.Series) -> np.ndarray:
    """0, 1, 2, ... for the distinct values in their order; -1 for missing."""
    return pd.factorize(values, sort=True)[0]


def is_among(values: pd.Series, known: pd.Series) -> np.ndarray:
    """Whether each value is one of `known`; False where it is missing. `isin` takes ten seconds for a million texts."""
    places, distinct = pd.factorize(values)
    known = set(known.dropna().unique().tolist())
    return np.array([*(value in known for value in distinct.tolist()), False])[places]


def close_what_is_not_carried_on(rows: pd.DataFrame, end: str, returned: str) -> tuple[pd.DataFrame, list[DataProblem]]:
    """Close, on the day after the return's last day, what was left open and is not in any later return.

    Each return repeats all that is still open, so what it does not repeat has ended, on a day that no return tells.
    Left open it would be counted for ever. The stock on the return's own last day is as that return has it.
    """
    latest = rows[returned].max()
    stale = rows[end].isna() & (rows[returned] < latest) & (rows[returned] != "")
    last_days = rows.loc[stale, returned].map(lambda each: Period.parse(each).end if isinstance(each, str) else each)
    closed = rows[end].astype("datetime64[us]").copy()
    closed[stale] = pd.to_datetime(last_days) + pd.Timedelta(days=1)
    advice = "It is taken to have ended on the day after. Correct the later return, or this one, in the case system."
    expected = "a date, or the row again in the next return: it is open and not carried on"
    problems = [
        DataProblem(file, int(line), end, "", expected, advice, WARNING)
        for file, line in rows.loc[stale, ["_file", "_line"]].itertuples(index=False)
    ]
    return rows.assign(**{end: closed}), problems


def renamed(
    rows: pd.DataFrame, child: str, names: Mapping[str, str], key: bytes, namespace: bytes = COUNCIL_CHILD
) -> pd.DataFrame:
    """`child_id` and the columns in `names` under their new names; a row for each row."""
    tidy = rows[list(names)].rename(columns=dict(names)).assign(child_id=hashed(rows[child], key, namespace))
    return tidy[["child_id", *names.values()]].reset_index(drop=True)


def mapped(values: pd.Series, meaning: Mapping[str, str]) -> pd.Series:
    """`values` through `meaning`, as text, also when none is filled."""
    return values.map(meaning).astype(TEXT_DTYPE)
