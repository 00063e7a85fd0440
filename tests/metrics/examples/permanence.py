"""The cases of the examples in `permanence.toml`."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
from care_histories import born, care

from analysis_lib.metrics import permanence
from analysis_lib.periods import Period
from analysis_lib.results import Result

YEAR = Period.parse("2020-21")


def _only(result: Result, name: str) -> Result:
    """The one row of a group."""
    (group,) = result.groups
    return replace(result, frame=result.exact()[result.frame[group] == name])


def _left(*reasons: str) -> pd.DataFrame:
    return care(*((f"c{number}", "2019-01-01", "2020-06-01", reason) for number, reason in enumerate(reasons)))


def _why_left() -> Result:
    home = "Home to parents or others with parental responsibility"
    return _only(permanence.why_left(_left("E4A", "E4B", "E12", "E47"), period=YEAR), home)


def _guardians() -> Result:
    result = permanence.special_guardians(_left("E45", "E45", "E46"), period=YEAR)
    return _only(result, "Relative or friend who fostered the child")


def _ages() -> Result:
    births = ["2002-06-01", "2017-01-01", "2009-01-01", "2003-01-01"]
    children = born(*((f"c{number}", birth) for number, birth in enumerate(births)))
    return _only(permanence.ages_at_leaving(_left(*["E8"] * 4), children, period=YEAR), "18 or over")


def _return() -> Result:
    again = care(("c0", "2021-04-01", None), ("c1", "2021-07-01", None))
    children = born(*((f"c{number}", "2010-01-01") for number in range(3)))
    table = pd.concat([_left("E4A", "E4A", "E4A"), again])
    return permanence.return_to_care(table, children, period=YEAR, known_until=pd.Timestamp("2021-12-31"))


def _awaited() -> Result:
    table = care(("c0", "2019-01-01", "2021-03-01", "E4A"), ("c1", "2019-01-01", "2020-12-01", "E4A"))
    children = born(("c0", "2010-09-01"), ("c1", "2010-09-01"))
    return permanence.return_to_care_awaited(table, children, period=YEAR, known_until=pd.Timestamp("2022-01-01"))


def _came() -> tuple[pd.DataFrame, pd.DataFrame]:
    told = [(f"c{number}", "2020-21", code) for number, code in enumerate(("P1", "Z1", "Z1"))]
    before = pd.DataFrame(told, columns=["child_id", "return_year", "permanence"])
    return care(*((f"c{number}", "2020-06-01", None) for number in range(4))), before


EXAMPLES: dict[str, Callable[[], Result]] = {
    "leaving_reasons": _why_left,
    "special_guardianship": lambda: permanence.special_guardianship(_left("E45", "E4A", "E8", "E12"), period=YEAR),
    "special_guardians": _guardians,
    "returned_home": lambda: permanence.returned_home(_left("E4A", "E4B", "E13", "E12"), period=YEAR),
    "returned_home_by_plan": lambda: _only(
        permanence.returned_home_by_plan(_left("E4A", "E4A", "E4A", "E4B"), period=YEAR), "Planned"
    ),
    "leaving_ages": _ages,
    "return_to_care": _return,
    "return_to_care_awaited": _awaited,
    "previous_permanence": lambda: _only(permanence.previous_permanence(*_came(), period=YEAR), "Adoption"),
    "started_after_permanence": lambda: permanence.started_after_permanence(*_came(), period=YEAR),
}
