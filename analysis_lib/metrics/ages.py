"""Ages by birthday: whole years on a day, the day somebody turns an age, and bands of ages.

Somebody born on 29 February turns a year older on 1 March of a year without that day. We could not verify which day English
law takes, so the documentation says so; pandas' `DateOffset(years=...)` would take 28 February.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

NOT_KNOWN = "Not known"


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
    year = birth_date.dt.year + age
    day_of = pd.to_datetime({"year": year, "month": birth_date.dt.month, "day": 1}, errors="coerce")
    # Days are added to the first of the month: 29 February of a year that has none becomes 1 March.
    return day_of + pd.to_timedelta(birth_date.dt.day - 1, unit="D")


def band_of(age: pd.Series, bands: Mapping[str, tuple[int, int]], otherwise: str = NOT_KNOWN) -> pd.Series:
    """The name of the band that each age lies in, both its ends counted; `otherwise` where no band has it or it is missing.

    `bands` maps a name to the youngest and the oldest age in it; of bands that overlap the first one counts.
    """
    inside = [age.between(youngest, oldest).to_numpy() for youngest, oldest in bands.values()]
    return pd.Series(np.select(inside, list(bands), otherwise), index=age.index, dtype=object)
