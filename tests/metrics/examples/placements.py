"""The cases of the examples in `placements.toml`."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
from care_histories import born, care, episodes

from analysis_lib.metrics import placements
from analysis_lib.periods import Period
from analysis_lib.results import Result

DAY = pd.Timestamp("2021-03-31")
MOVED = {"reason_ceased": "X1"}


def _only(result: Result, name: str) -> Result:
    """The one row of a group."""
    (group,) = result.groups
    return replace(result, frame=result.exact()[result.frame[group] == name])


def _together(*histories: list[tuple]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each history, the moves of one child, as episodes and as a period of care."""
    rows = [(f"c{number}", *row) for number, each in enumerate(histories) for row in each]
    return episodes(*rows), care(*((f"c{number}", each[0][0], None) for number, each in enumerate(histories)))


def _settled(**told) -> list[tuple]:
    return [("2019-06-01", None, "S", told)]


def _moved(*days: str) -> list[tuple]:
    first, last = ["2019-06-01", *days], [*days, None]
    return [
        (start, end, "P" if number else "S", MOVED if end else {})
        for number, (start, end) in enumerate(zip(first, last, strict=True))
    ]


def _stability() -> Result:
    return placements.stability(*_together(_settled(), _moved("2020-05-10", "2020-08-20")), census_date=DAY)


def _number_in_year() -> Result:
    tables = _together(_settled(), _settled(), _moved("2020-05-10"), _moved("2020-05-10", "2020-08-20"))
    return _only(placements.number_in_year(*tables, census_date=DAY), "1")


def _same_carer() -> Result:
    stayed, moved = [("2018-03-31", None, "S")], [("2018-03-31", "2020-03-31", "S", MOVED), ("2020-03-31", None, "P")]
    children = born(("c0", "2010-06-01"), ("c1", "2010-06-01"))
    return placements.long_term_stability(*_together(stayed, moved), children, census_date=DAY)


def _same_placement() -> Result:
    stayed = [("2018-03-31", None, "S")]
    adopted = [("2018-03-31", "2021-02-28", "S", MOVED), ("2021-02-28", None, "B", {"place": "A6"})]
    children = born(("c0", "2018-01-01"), ("c1", "2018-01-01"))
    return placements.long_term_stability(*_together(stayed, adopted), children, census_date=DAY, same="placement")


def _living(*told: dict) -> tuple[pd.DataFrame, pd.DataFrame]:
    return _together(*(_settled(**each) for each in told))


def _far_and_near() -> tuple[pd.DataFrame, pd.DataFrame]:
    return _living(
        {"distance_miles": 30, "in_own_area": False},
        {"distance_miles": 25, "in_own_area": True},
        {"distance_miles": 5, "in_own_area": False},
        {},
    )


def _type() -> Result:
    tables = _living({"place": "U6"}, {"place": "U4"}, {"place": "U3"}, {"place": "K2"})
    return _only(placements.by_type(*tables, census_date=DAY), "Foster care, other carer")


def _provider() -> Result:
    tables = _living(*({"place_provider": each} for each in ("PR1", "PR1", "PR1", "PR4")))
    return _only(placements.by_provider(*tables, census_date=DAY), "Own council")


def _external() -> Result:
    tables = _living(*({"place_provider": each} for each in ("PR1", "PR1", "PR4", "PR0")))
    return _only(placements.by_own_or_external(*tables, census_date=DAY), "External provision")


def _distance() -> Result:
    tables = _living(*({"distance_miles": each} for each in (2, 5, 21, 60)))
    return _only(placements.by_distance(*tables, census_date=DAY), "Up to 5 miles")


def _aged_16_and_17() -> Result:
    children = born(("c0", "2004-06-01"), ("c1", "2003-06-01"), ("c2", "2005-06-01"))
    tables = _living({"place": "U6"}, {"place": "H5"}, {"place": "K2"})
    return placements.semi_independent_16_and_17(*tables, children, census_date=DAY)


def _under_16() -> Result:
    children = born(("c0", "2005-06-01"), ("c1", "2004-06-01"))
    return placements.semi_independent_under_16(*_living({"place": "H5"}, {"place": "H5"}), children, census_date=DAY)


def _days(statistic: str) -> Result:
    tables = _together(*([(day, None, "S")] for day in ("2021-03-21", "2021-03-11", "2020-12-31")))
    return placements.days_in_placement(*tables, census_date=DAY, statistic=statistic)


def _duration() -> Result:
    tables = _together([("2020-10-01", None, "S")], [("2020-09-30", None, "S")])
    return _only(placements.by_duration(*tables, census_date=DAY), "Under 6 months")


def _ended() -> Result:
    asked = {"reason_ceased": "X1", "reason_place_change": "CREQO"}
    table, _ = _together(
        [("2020-01-01", "2020-06-01", "S", asked), ("2020-06-01", None, "P")],
        [("2020-01-01", "2020-06-01", "S", {"reason_ceased": "E4A"})],
    )
    return _only(placements.ended(table, period=Period.parse("2020-21")), "Carer asked: other reason")


EXAMPLES: dict[str, Callable[[], Result]] = {
    "placement_stability": _stability,
    "placements_in_year": _number_in_year,
    "long_term_stability": _same_carer,
    "long_term_stability_same_placement": _same_placement,
    "placed_over_20_miles_outside": lambda: placements.over_20_miles_outside(*_far_and_near(), census_date=DAY),
    "placed_over_20_miles": lambda: placements.over_20_miles(*_far_and_near(), census_date=DAY),
    "placed_outside_area": lambda: placements.outside_area(*_far_and_near(), census_date=DAY),
    "placement_distance_unknown": lambda: placements.unknown_distance(*_far_and_near(), census_date=DAY),
    "placement_distance": _distance,
    "placement_type": _type,
    "placement_provider": _provider,
    "placement_own_or_external": _external,
    "semi_independent_16_and_17": _aged_16_and_17,
    "semi_independent_under_16": _under_16,
    "placement_days_median": lambda: _days("median"),
    "placement_days_mean": lambda: _days("mean"),
    "placement_duration": _duration,
    "placements_ended": _ended,
}
