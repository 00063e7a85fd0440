"""Missing from care: how each number names its children."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import missing_from_care as missing
from analysis_lib.who.measures.asked import Asked, Made, Named, NotNamed


def _in_the_periods(function, **how: str) -> Callable[[Asked], Made]:
    return lambda asked: [
        function(asked.page["missing_episodes"], asked.page["care_periods"], period=asked.periods, **how)
    ]


def _on_the_day(kind: str) -> Callable[[Asked], Made]:
    return lambda asked: [
        missing.at(asked.page["missing_episodes"], asked.page["care_periods"], census_date=asked.day, kind=kind)
    ]


def _of(kind: str) -> Named:
    return {
        f"{kind}_children": _in_the_periods(missing.children, kind=kind),
        f"{kind}_share": _in_the_periods(missing.share, kind=kind),
        f"{kind}_incidents": _in_the_periods(missing.incidents, kind=kind),
        f"{kind}_incidents_per_child": _in_the_periods(missing.incidents_per_child, kind=kind),
        f"{kind}_more_than_once": _in_the_periods(missing.more_than_once, kind=kind),
        f"{kind}_at": _on_the_day(kind),
        f"{kind}_days_median": _in_the_periods(missing.nights, kind=kind),
        f"{kind}_days_mean": _in_the_periods(missing.nights, kind=kind, statistic=missing.MEAN),
        f"{kind}_lengths": _in_the_periods(missing.lengths, kind=kind),
    }


NAMED: Named = {**_of(missing.MISSING), **_of(missing.AWAY)}
NOT_NAMED: NotNamed = {}
