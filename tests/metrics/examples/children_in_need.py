"""The cases of the examples in `children_in_need.toml`."""

from collections.abc import Callable

import pandas as pd

from analysis_lib.metrics import children_in_need as area
from analysis_lib.periods import Period
from analysis_lib.results import Result

DAY, YEAR = pd.Timestamp("2021-03-31"), Period.parse("2021-22")
NOT_IN_CARE = pd.DataFrame({"child_id": [], "care_start": pd.to_datetime([]), "care_end": pd.to_datetime([])})


def plans(*rows: tuple) -> pd.DataFrame:
    """Plans from (child, start, end, primary need, last seen), the last ones as far as needed."""
    columns = ["child_id", "plan_start", "plan_end", "primary_need", "last_seen"]
    made = pd.DataFrame([[*row, *[None] * (5 - len(row))] for row in rows], columns=columns)
    return made.assign(**{name: pd.to_datetime(made[name]) for name in ("plan_start", "plan_end", "last_seen")})


NO_PROTECTION = plans()


def group(result: Result, **chosen: str) -> Result:
    """The one row of a result by groups."""
    rows = result.frame
    for column, value in chosen.items():
        rows = rows[rows[column] == value]
    return Result(result.measure, rows, result.groups)


def _on_plan() -> Result:
    table = plans(("ann", "2021-01-05", None), ("bob", "2021-01-05", None), ("cal", "2021-01-05", "2021-03-31"))
    protected = plans(("bob", "2021-02-05", None))
    return area.on_need_plan_at(table, protected, NOT_IN_CARE, census_date=DAY)


def _rate() -> Result:
    table = plans(*((f"c{number}", "2021-01-05", None) for number in range(1_135)))
    on_plan = area.on_need_plan_at(table, NO_PROTECTION, NOT_IN_CARE, census_date=DAY)
    return area.need_plan_rate(on_plan, population=32_396)


def _starts() -> Result:
    table = plans(("ann", "2021-04-01", "2021-06-01"), ("ann", "2021-09-01", None), ("bob", "2021-03-31", None))
    return area.need_plan_starts(table, period=YEAR)


def _ends() -> Result:
    table = plans(
        ("ann", "2021-01-05", "2021-06-01"), ("ann", "2021-09-01", "2022-03-31"), ("bob", "2021-03-31", "2022-04-01")
    )
    return area.need_plan_ends(table, period=YEAR)


def _by_need() -> Result:
    needs = ("N1", "N1", "N2", "support with memory")
    table = plans(*((name, "2021-01-05", None, need) for name, need in zip("abcd", needs, strict=True)))
    result = area.need_plans_by_need(table, NO_PROTECTION, NOT_IN_CARE, census_date=DAY)
    return group(result, need="Abuse or neglect")


def _by_duration() -> Result:
    table = plans(("a", "2020-12-31", None), ("b", "2020-12-30", None), ("c", "2020-09-30", None))
    result = area.need_plans_by_duration(table, NO_PROTECTION, NOT_IN_CARE, census_date=DAY)
    return group(result, duration="more than 3 to 6 months")


SEEN = plans(
    ("a", "2021-01-05", None, "N1", "2021-03-03"), ("b", "2021-01-05", None, "N1", "2021-03-02"),
    ("c", "2021-01-05", None, "N1"),
)  # fmt: skip

SEEN["extract_date"] = DAY

EXAMPLES: dict[str, Callable[[], Result]] = {
    "on_need_plan": _on_plan,
    "need_plan_rate": _rate,
    "need_plan_starts": _starts,
    "need_plan_ends": _ends,
    "need_plans_by_need": _by_need,
    "need_plans_by_duration": _by_duration,
    "need_visits_in_time": lambda: area.need_visits_in_time(SEEN, NO_PROTECTION, NOT_IN_CARE, census_date=DAY),
    "need_visits_unknown": lambda: area.need_visits_unknown(SEEN, NO_PROTECTION, NOT_IN_CARE, census_date=DAY),
}
