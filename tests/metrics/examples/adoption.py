"""The cases of the examples in `adoption.toml`."""

from collections.abc import Callable

import pandas as pd
from adoption_stories import BY_CARER, PLAIN, WAITING, day, returns

from analysis_lib.metrics import adoption, adoption_curves, adoption_families
from analysis_lib.metrics.adoption_journeys import adoption_journeys
from analysis_lib.periods import Period
from analysis_lib.results import Result

YEAR = Period.parse("2020-21")
SPANS = {"year": YEAR}
DAY = YEAR.end
DECIDED = ("decided", [("2020-05-01", "S", "C1", "U6", None, None)], {"decision": "2020-10-01"})
ENDED = ("ended", WAITING[1], {"decision": "2020-10-01", "ceased": "2021-01-01"})
MOVED = ("moved", [*WAITING[1][:1], ("2020-11-01", "B", "E1", "A6", None, None)], {"decision": "2020-10-01"})
TEN = pd.DataFrame({"child_id": list("abcdefghij"), "days": [10] * 4 + [5] * 5 + [20], "end": [1] * 4 + [2] * 5 + [0]})
READ_ON_DAY_12 = adoption_curves.CurveRules([12], fewest_followed=1)


def _story(name: str, moved_in: str = "2020-02-01", adopted: str = "2020-09-30", **extra: str):
    rows = [
        *PLAIN[1][:1],
        ("2019-10-01", "L", "E1", "U6", moved_in, "X1"),
        (moved_in, "P", "E1", "A6", adopted, "E12"),
    ]
    return name, rows, {**PLAIN[2], **extra}


def _journeys(*stories) -> pd.DataFrame:
    return adoption_journeys(**returns(*stories))


def _row(result: Result, **where: str) -> Result:
    frame = result.exact()
    for column, value in where.items():
        frame = frame[frame[column] == value]
    return Result(result.measure, frame, result.groups)


def _a3_with_waiting() -> Result:
    rows = [("2020-01-01", *WAITING[1][0][1:4], "2020-11-01", "X1"), *WAITING[1][1:]]
    journeys = _journeys(PLAIN, ("waits", rows, WAITING[2]))
    return adoption.moved_in_in_time_a3(journeys, SPANS, include_waiting=True, threshold_months=14)


def _a3() -> Result:
    journeys = _journeys(_story("a", moved_in="2020-05-31"), _story("b", moved_in="2020-06-01"))
    return adoption.moved_in_in_time_a3(journeys, SPANS, include_waiting=False, threshold_months=14)


def _stage(cohort: str, journeys: pd.DataFrame) -> Result:
    days = adoption.days_by_stage(journeys, period=YEAR, statistic="median", cohort=cohort)
    return _row(days, stage="Decision to placement order")


def _still_waiting() -> Result:
    rows = adoption_curves.not_moved_in_after_order(TEN, when=YEAR, rules=READ_ON_DAY_12)
    return _row(rows, outcome=adoption_curves.STILL_WAITING)


def _followed() -> Result:
    years = Period.span(day("2019-10-01"), DAY)
    rows = [("2019-04-01", "S", "C1", "U6", "2019-09-30", "X1"), ("2019-09-30", "L", "E1", "U6", None, None)]
    journeys = _journeys(PLAIN, WAITING, ("early", rows, {"decision": "2019-08-01"}))
    followed = adoption_curves.time_to_moving_in(journeys, orders_in=years, census_date=DAY)
    return adoption_curves.children_followed(followed, when=years)


def _until_half() -> Result:
    five = pd.DataFrame({"days": [50, 60, 70, 80, 90] + [200] * 5, "end": [1] * 5 + [0] * 5})
    return adoption_curves.days_until_moved_in(five, share=0.5, when=YEAR)


def _audited() -> Result:
    journeys = _journeys(PLAIN, ("unmatched", PLAIN[1], {"decision": "2019-08-01"}))
    found = adoption.dates_audited(journeys, period=YEAR)
    return _row(found, stage="Placement order to match", finding="End date missing")


def _share_of_leavers() -> Result:
    home = ("2020-04-01", "S", "C1", "U6", "2020-05-01", "E4A"), ("2020-06-01", "S", "C1", "U6", "2020-09-01", "E4A")
    return adoption.adopted_share_of_leavers(returns(PLAIN, ("home", list(home), {}))["care_periods"], [YEAR])


def _families(function, **where: str) -> Callable[[], Result]:
    def case() -> Result:
        tables = returns(*(_story(name, listed={"decision_date": "2019-08-01"}) for name in "abc"))
        listed = tables["adoption_list"].assign(family_id=["f", "f", "g"])
        return _row(function(adoption_journeys(**tables), listed, SPANS), **where)

    return case


def _of(function, *stories, **arguments) -> Callable[[], Result]:
    return lambda: function(_journeys(*stories), **(arguments or {"spans": SPANS}))


EARLY_MATCH = ("early", PLAIN[1], {"decision": "2019-08-01", "match": "2019-09-17"})
EXAMPLES: dict[str, Callable[[], Result]] = {
    "children_adopted": _of(
        adoption.children_adopted, _story("a", adopted="2021-03-31"), _story("b", adopted="2021-04-01")
    ),
    "placement_orders": _of(adoption.placement_orders_granted, PLAIN, WAITING),
    "adoption_decisions": _of(adoption.adoption_decisions, PLAIN, WAITING),
    "children_waiting": _of(adoption.children_waiting, PLAIN, WAITING, census_date=DAY),
    "days_waited_so_far": _of(adoption.days_waited_so_far, WAITING, MOVED, census_date=DAY),
    "a1_days": _of(adoption.days_to_moving_in_a1, PLAIN, BY_CARER),
    "a10_days": _of(adoption.days_to_moving_in_a10, PLAIN, BY_CARER),
    "a2_days": _of(adoption.days_from_order_to_match_a2, PLAIN, EARLY_MATCH),
    "a3_percent": _a3,
    "a3_with_waiting_percent": _a3_with_waiting,
    "stage_days": lambda: _stage("adopted", _journeys(PLAIN, _story("b", decision="2019-07-02"))),
    "stage_days_completed": lambda: _stage("completed", _journeys(WAITING)),
    "moved_in_percent": lambda: adoption_curves.moved_in_after_order(TEN, when=YEAR, rules=READ_ON_DAY_12),
    "not_moved_in_percent": _still_waiting,
    "children_followed": _followed,
    "days_until_moved_in": _until_half,
    "journeys_audited": _audited,
    "adopted_percent": _share_of_leavers,
    "waiting_to_be_placed": _of(adoption.waiting_to_be_placed, WAITING, DECIDED, MOVED, census_date=DAY),
    "waiting_to_be_placed_with_order": _of(
        adoption.waiting_to_be_placed_with_order, WAITING, DECIDED, MOVED, census_date=DAY
    ),
    "decisions_changed": _of(adoption.decisions_changed, PLAIN, ENDED),
    "decisions_changed_share": _of(adoption.decisions_changed_share, PLAIN, ENDED),
    "adopting_families": _families(adoption_families.adopting_families),
    "groups_adopted": _families(adoption_families.groups_adopted),
    "children_by_size_of_group": _families(
        adoption_families.children_by_size_of_group, group=adoption_families.WITH_ONE
    ),
}
