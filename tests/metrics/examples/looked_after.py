"""The cases of the examples in `looked_after.toml`."""

from collections.abc import Callable

import pandas as pd

from analysis_lib.metrics import looked_after
from analysis_lib.results import Result

DAY = pd.Timestamp("2021-03-31")


def _care(*spells: tuple[str, str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(spells, columns=["child_id", "care_start", "care_end"])
    return frame.assign(care_start=pd.to_datetime(frame["care_start"]), care_end=pd.to_datetime(frame["care_end"]))


def _looked_after() -> Result:
    care = _care(("a", "2021-03-31", None), ("b", "2020-06-01", "2021-03-31"), ("c", "2020-06-01", "2021-04-01"))
    return looked_after.looked_after_at(care, census_date=DAY)


EXAMPLES: dict[str, Callable[[], Result]] = {"looked_after": _looked_after}
