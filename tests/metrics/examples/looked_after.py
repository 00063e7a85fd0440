"""The cases of the examples in `looked_after.toml`."""

from collections.abc import Callable

import pandas as pd

from analysis_lib.metrics import looked_after
from analysis_lib.periods import Period
from analysis_lib.results import Result

DAY = pd.Timestamp("2021-03-31")
YEAR = Period.parse("2020-21")


def _care(*spells: tuple[str, str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(spells, columns=["child_id", "care_start", "care_end"])
    return frame.assign(care_start=pd.to_datetime(frame["care_start"]), care_end=pd.to_datetime(frame["care_end"]))


def _looked_after() -> Result:
    care = _care(("a", "2021-03-31", None), ("b", "2020-06-01", "2021-03-31"), ("c", "2020-06-01", "2021-04-01"))
    return looked_after.looked_after_at(care, census_date=DAY)


FOUR_AND_ONE_WHO_LEFT = _care(*((child, "2020-06-01", None) for child in "abcd"), ("left", "2020-06-01", "2021-03-30"))
ONE_UNACCOMPANIED = pd.DataFrame({"child_id": ["a", "b", "c", "d", "left"], "uasc": [False, True, False, False, True]})


def _looked_after_by_uasc() -> Result:
    result = looked_after.looked_after_by_uasc_at(FOUR_AND_ONE_WHO_LEFT, ONE_UNACCOMPANIED, census_date=DAY)
    return Result(result.measure, result.exact().head(1), result.groups)


def _in_short_breaks() -> Result:
    rows = [("a", "V4", None), ("b", "V3", "2021-03-31"), ("c", "C2", None)]
    episodes = pd.DataFrame(rows, columns=["child_id", "legal_status", "episode_end"])
    days = {"episode_start": pd.Timestamp("2020-06-01"), "episode_end": pd.to_datetime(episodes["episode_end"])}
    return looked_after.in_short_breaks_at(episodes.assign(**days), census_date=DAY)


TWICE_IN = _care(("a", "2020-04-10", "2020-05-10"), ("a", "2020-09-01", None), ("b", "2021-03-31", None))
TWICE_OUT = _care(("a", "2019-04-10", "2020-05-10"), ("a", "2020-09-01", "2021-03-31"), ("b", "2019-01-01", None))
ONE_IN_THREE_OUT = _care(
    *((child, "2019-06-01", "2020-08-01") for child in "abc"), ("d", "2019-06-01", None), ("e", "2020-12-01", None)
)
THREE_IN_TWO_OUT = _care(
    *((child, "2020-06-01", None) for child in "abc"), *((child, "2019-01-01", "2020-08-01") for child in "de")
)

EXAMPLES: dict[str, Callable[[], Result]] = {
    "looked_after": _looked_after,
    "looked_after_rate": lambda: looked_after.looked_after_rate(_looked_after(), population=500),
    "looked_after_by_uasc": _looked_after_by_uasc,
    "in_short_breaks": _in_short_breaks,
    "uasc_share": lambda: looked_after.uasc_share(FOUR_AND_ONE_WHO_LEFT, ONE_UNACCOMPANIED, census_date=DAY),
    "care_starts": lambda: looked_after.care_starts(TWICE_IN, period=YEAR),
    "care_ceases": lambda: looked_after.care_ceases(TWICE_OUT, period=YEAR),
    "net_change": lambda: looked_after.net_change(ONE_IN_THREE_OUT, period=YEAR),
    "starts_per_cease": lambda: looked_after.starts_per_cease(THREE_IN_TWO_OUT, period=YEAR),
    "children_starting": lambda: looked_after.children_starting(TWICE_IN, period=YEAR),
    "children_ceasing": lambda: looked_after.children_ceasing(TWICE_OUT, period=YEAR),
}
