"""The cases of the examples in `child_protection.toml`."""

from collections.abc import Callable

import pandas as pd

from analysis_lib.metrics import child_protection as area
from analysis_lib.periods import Period
from analysis_lib.results import Result

DAY, YEAR = pd.Timestamp("2021-03-31"), Period.parse("2021-22")
COLUMNS = ["child_id", "plan_start", "plan_end", "previous_plans", "last_visit", "latest_category"]


def plans(*rows: tuple) -> pd.DataFrame:
    """Plans from (child, start, end, earlier plans, last visit, latest category), the last ones as far as needed."""
    made = pd.DataFrame([[*row, *[None] * (6 - len(row))] for row in rows], columns=COLUMNS)
    days = {name: pd.to_datetime(made[name]) for name in ("plan_start", "plan_end", "last_visit")}
    return made.assign(**days, previous_plans=made["previous_plans"].astype("Int64"))


def reviews(*rows: tuple[str, str]) -> pd.DataFrame:
    made = pd.DataFrame(rows, columns=["child_id", "held_on"])
    return made.assign(held_on=pd.to_datetime(made["held_on"]), meeting="RCPC")


def group(result: Result, **chosen: str) -> Result:
    """The one row of a result by groups."""
    rows = result.frame
    for column, value in chosen.items():
        rows = rows[rows[column] == value]
    return Result(result.measure, rows, result.groups)


def _on_plan() -> Result:
    table = plans(("ann", "2021-03-31", None), ("bob", "2020-06-01", "2021-03-31"), ("cal", "2020-06-01", "2021-04-01"))
    return area.on_protection_plan_at(table, census_date=DAY)


def _rate() -> Result:
    table = plans(*((f"c{number}", "2018-06-01", None) for number in range(227)))
    return area.protection_plan_rate(area.on_protection_plan_at(table, census_date=DAY), population=32_396)


def _starts() -> Result:
    table = plans(
        ("ann", "2021-04-01", "2021-06-01"), ("ann", "2021-09-01", None), ("bob", "2021-03-31", None),
        ("cal", "2022-03-31", None),
    )  # fmt: skip
    return area.protection_plan_starts(table, period=YEAR)


def _ends() -> Result:
    table = plans(
        ("ann", "2021-01-01", "2021-06-01"), ("ann", "2021-09-01", "2022-04-01"), ("bob", "2021-03-31", "2022-03-31")
    )
    return area.protection_plan_ends(table, period=YEAR)


def _open() -> Result:
    table = plans(("ann", "2021-01-05", None), ("ann", "2021-03-05", None), ("bob", "2021-01-05", None))
    return area.protection_plans_open(table, census_date=DAY)


def _by_category() -> Result:
    words = ("Neglect", "Neglect", "Emotional abuse", None)
    table = plans(*((name, "2021-01-05", None, 0, None, word) for name, word in zip("abcd", words, strict=True)))
    return group(area.protection_plans_by_category(table, census_date=DAY), category="Neglect")


def _second() -> Result:
    table = plans(
        ("ann", "2021-05-10", None, 1), ("bob", "2020-04-10", "2020-05-10", None), ("bob", "2021-09-10", None, None),
        ("cal", "2021-05-10", None, 0), ("dee", "2021-05-10", None, None),
    )  # fmt: skip
    return area.second_plans(table, period=YEAR)


def _in_24_months() -> Result:
    table = plans(
        ("ann", "2019-01-10", "2019-05-10"), ("bob", "2019-01-10", "2019-05-09"), ("ann", "2021-05-10", None),
        ("bob", "2021-05-10", None), ("cal", "2021-05-10", None),
    )  # fmt: skip
    return area.second_plans_in_24_months(table, period=YEAR, known_from=pd.Timestamp("2019-04-01"))


def _in_24_months_unknown() -> Result:
    table = plans(("ann", "2021-03-31", None), ("bob", "2021-04-01", None))
    both = Period.span(pd.Timestamp("2021-03-01"), pd.Timestamp("2021-04-30"))
    return area.second_plans_in_24_months_unknown(table, period=both, known_from=pd.Timestamp("2019-04-01"))


def _ended_after_two_years() -> Result:
    table = plans(("a", "2019-04-01", "2021-03-29"), ("b", "2019-04-01", "2021-03-30"))
    return area.plans_ended_after_two_years(table, period=Period.parse("2020-21"))


def _open_two_years() -> Result:
    return area.plans_open_two_years(plans(("a", "2019-04-02", None), ("b", "2019-04-03", None)), census_date=DAY)


SHORT = plans(("a", "2021-01-15", "2021-04-15"), ("b", "2021-01-15", "2021-04-16"), ("c", "2021-01-15", "2021-07-15"))


def _reviews() -> Result:
    table = plans(("ann", "2020-12-01", None), ("bob", "2020-12-01", None), ("cal", "2021-01-01", None))
    held = reviews(("ann", "2021-03-01"), ("bob", "2021-03-02"))
    return area.protection_reviews_in_time(table, held, census_date=DAY, known_from=pd.Timestamp("2020-04-01"))


VISITED = plans(
    ("a", "2021-01-05", None, 0, "2021-03-17"), ("b", "2021-01-05", None, 0, "2021-03-16"), ("c", "2021-01-05", None, 0)
)

VISITED["extract_date"] = DAY


def _reviews_unknown() -> Result:
    table = plans(("ann", "2020-03-31", None), ("bob", "2020-04-01", None))
    held = reviews(("ann", "2020-09-01"))
    return area.protection_reviews_unknown(table, held, census_date=DAY, known_from=pd.Timestamp("2020-04-01"))


EXAMPLES: dict[str, Callable[[], Result]] = {
    "on_protection_plan": _on_plan,
    "protection_plan_rate": _rate,
    "protection_plan_starts": _starts,
    "protection_plan_ends": _ends,
    "protection_plans_open": _open,
    "protection_plans_by_category": _by_category,
    "second_plans": _second,
    "second_plans_unknown": lambda: area.second_plans_unknown(
        plans(("ann", "2021-05-10", None, 0), ("bob", "2021-05-10", None)), period=YEAR
    ),
    "second_plans_in_24_months": _in_24_months,
    "second_plans_in_24_months_unknown": _in_24_months_unknown,
    "plans_ended_after_two_years": _ended_after_two_years,
    "plans_open_two_years": _open_two_years,
    "plans_ended_by_duration": lambda: group(
        area.plans_ended_by_duration(SHORT, period=Period.parse("2021-22-H1")), duration="more than 3 to 6 months"
    ),
    "plans_ended_within_3_months": lambda: area.plans_ended_within_3_months(SHORT, period=Period.parse("2021-M04")),
    "protection_reviews_in_time": _reviews,
    "protection_reviews_unknown": _reviews_unknown,
    "protection_visits_in_time": lambda: area.protection_visits_in_time(VISITED, census_date=DAY),
    "protection_visits_unknown": lambda: area.protection_visits_unknown(VISITED, census_date=DAY),
}
