"""Ages by birthday: whole years on a day, the day somebody turns an age, and bands of ages.

Somebody born on 29 February turns a year older on 1 March of a year without that day. That is not verified: the Family Law Reform
Act 1969 (section 9) says only "the commencement of the relevant anniversary"; a solicitor's column calls 1 March the established
position in English law (Clitheroe Advertiser, "The joys of 2016 being a leap year"). pandas' `DateOffset(years=...)` would take
28 February.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd


def age_on(birth_date: pd.Series, day: pd.Series | pd.Timestamp) -> pd.Series:
    """Age in whole years on `day`: a year older on the birthday itself.

    Missing where either date is; below 0 for a day before the birth. `turns` gives the day on which an age is reached.
    """
    day = day if isinstance(day, pd.Series) else pd.Series(day, index=birth_date.index)
    before_birthday = (day.dt.month < birth_date.dt.month) | (
        (day.dt.month == birth_date.dt.month) & (day.dt.day < birth_date.dt.day)
    )
    return (day.dt.year - birth_date.dt.year - before_birthday).where(birth_date.notna()).astype(float)


def turns(birth_date: pd.Series, age: int | pd.Series) -> pd.Series:
    """The day on which somebody turns `age`: the first day on which `age_on` gives it. Missing stays missing."""
    born = pd.to_datetime(birth_date).to_numpy("datetime64[D]")
    month = born.astype("datetime64[M]")
    years = np.broadcast_to(np.asarray(age, dtype=float), born.shape)
    reached = month + np.nan_to_num(years).astype(int) * np.timedelta64(12, "M")
    # Days are added to the first of the month: 29 February of a year that has none becomes 1 March.
    day_of = pd.Series(reached.astype("datetime64[D]") + (born - month), index=birth_date.index)
    return day_of.where(~np.isnan(years)).astype("datetime64[us]")


def in_bands(age: pd.Series, bands: Sequence[str]) -> dict[str, np.ndarray]:
    """Which rows are in each of `bands`: "17-18", both ends counted, or a single age, "19". A missing age is in none.

    Bands may overlap and leave ages out. Raises `ValueError` for what is neither.
    """
    found = {}
    for band in bands:
        youngest, _, oldest = band.partition("-")
        if not (youngest.isdigit() and (oldest or youngest).isdigit()):
            raise ValueError(f"{band!r} is neither an age such as '19' nor a band of ages such as '17-18'")
        found[band] = age.between(int(youngest), int(oldest or youngest)).to_numpy()
    return found
