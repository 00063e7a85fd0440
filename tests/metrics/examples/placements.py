"""The cases of the examples in `placements.toml`."""

from collections.abc import Callable

import pandas as pd
from care_histories import care, episodes

from analysis_lib.metrics import placements
from analysis_lib.results import Result

DAY = pd.Timestamp("2021-03-31")


def _stability() -> Result:
    moved = {"reason_ceased": "X1"}
    table = episodes(
        ("settled", "2019-06-01", None, "S"),
        ("moved", "2019-06-01", "2020-05-10", "S", moved),
        ("moved", "2020-05-10", "2020-08-20", "P", moved),
        ("moved", "2020-08-20", None, "P"),
    )
    spells = care(("settled", "2019-06-01", None), ("moved", "2019-06-01", None))
    return placements.stability(table, spells, census_date=DAY)


EXAMPLES: dict[str, Callable[[], Result]] = {"placement_stability": _stability}
