"""The cases of the examples in `care_leavers.toml`."""

from collections.abc import Callable

from leavers import born, care, episodes, listed, oc3, ten

from analysis_lib.metrics import care_leavers
from analysis_lib.periods import Period
from analysis_lib.results import Result

YEAR = Period.parse("2020-21")
DAY = YEAR.end
ACTIVITIES = "F1 F2 F5 F4 P2 G4 G5 G6 0 0"
HOMES = "U1 U1 B1 D1 E1 K1 X2 0 G1 H1"
FOUR = listed(
    "a 2001-05-01 YES F2 U suitable", "b 2001-05-01 YES G4 X unsuitable",
    "c 2000-05-01 YES G5 Z suitable", "d 1999-05-01 NO - - -",
)  # fmt: skip


def _row(result: Result, **where: str) -> Result:
    frame = result.exact()
    for column, value in where.items():
        frame = frame[frame[column] == value]
    return Result(result.measure, frame, result.groups)


def _of_ten(function, **ten_answers: str) -> Callable[[], Result]:
    return lambda: function(ten(**ten_answers), period=YEAR, ages=["19-21"])


def _of_four(function) -> Callable[[], Result]:
    return lambda: function(FOUR, census_date=DAY, ages=["19-21"])


def _number() -> Result:
    leavers = oc3(
        "a 2001-04-01 YES F2 U1", "b 2001-03-31 YES F2 U1", "c 1999-06-05 DIED 0 0", "d 2002-05-05 YES F2 U1"
    )  # fmt: skip
    return _row(care_leavers.number(leavers, period=YEAR), age="19-21")


def _left_out() -> Result:
    leavers = oc3("a 2001-04-01 DIED 0 0", "b 2001-04-01 RHOM 0 0", "c 2001-04-01 YES F2 U1")
    return _row(care_leavers.left_out(leavers, period=YEAR), reason="Home for six months or more")


def _status() -> Result:
    leavers = oc3("a 2003-06-01 YES F2 D1", "b 2002-06-01 YES F2 U1", "c 1999-06-01 YES F2 U1")
    return _row(care_leavers.status(leavers, period=YEAR), status="Former relevant")


def _contact() -> Result:
    leavers = ten(touches="YES " * 8 + "REFU NO")
    return _row(care_leavers.contact(leavers, period=YEAR, ages=["19-21"]), contact="Refuses contact")


def _activity() -> Result:
    leavers = ten(activities="F1 P1 " + "G5 " * 8)
    return _row(care_leavers.activity(leavers, period=YEAR, ages=["19-21"]), activity="Higher education")


def _accommodation() -> Result:
    leavers = ten(homes="U1 U1 U2 U1 " + "B1 " * 6)
    return _row(
        care_leavers.accommodation(leavers, period=YEAR, ages=["19-21"]), accommodation="Independent living"
    )  # fmt: skip


def _staying_put() -> Result:
    leavers = oc3("a 2001-06-01 YES F2 Z1", "b 2001-06-01 YES F2 U1", "c 2001-06-01 YES F2 U1")
    last = episodes("a 2015-01-01 2019-06-01 U6", "b 2015-01-01 2019-06-01 U4", "c 2015-01-01 2019-06-01 K2")
    return care_leavers.staying_put(leavers, last, period=YEAR, ages=["19"])


def _entitled() -> Result:
    periods = care("a 2019-06-01 - -", "b 2018-09-01 2020-09-01 E4A", "c 2020-01-01 2020-03-31 E4A")
    children = born(a="2003-06-01", b="2003-06-01", c="2003-06-01")
    return _row(care_leavers.entitled_at(periods, children, census_date=DAY), status="Relevant")


def _expected() -> Result:
    periods = care("a 2017-06-01 2019-06-01 E7", "b 2015-06-01 2017-07-01 E12")
    return care_leavers.expected(periods, born(a="2001-06-01", b="2001-06-01"), period=YEAR, ages=["19"])


def _returned() -> Result:
    periods = care(*(f"{child} 2017-06-01 2019-06-01 E7" for child in "abcd"))
    leavers = oc3("a 2001-06-01 YES F2 U1", "b 2001-06-01 NO 0 0", "c 2001-06-01 RHOM 0 0")
    children = born(a="2001-06-01", b="2001-06-01", c="2001-06-01", d="2001-06-01")
    return care_leavers.returned(leavers, periods, children, period=YEAR, ages=["19"])


def _listed() -> Result:
    rows = listed(
        "a 2002-06-01 YES F2 U suitable", "b 2000-06-01 YES F2 U suitable", "c 2000-06-01 NO F2 U suitable"
    )  # fmt: skip
    return _row(care_leavers.listed(rows, census_date=DAY), age="19-21")


def _suitable_latest() -> Result:
    rows = listed(
        "a 2001-05-01 YES F2 U suitable", "b 2001-05-01 YES F2 B suitable", "c 2001-05-01 YES G5 X unsuitable",
        "d 2001-05-01 NO - - -", "e 2001-05-01 NO - G -",
    )  # fmt: skip
    return care_leavers.suitable_accommodation_latest(rows, census_date=DAY, ages=["19-21"])


EXAMPLES: dict[str, Callable[[], Result]] = {
    "care_leavers": _number,
    "care_leavers_left_out": _left_out,
    "care_leavers_status": _status,
    "care_leavers_in_touch": _of_ten(care_leavers.in_touch, touches="YES " * 8 + "REFU NO"),
    "care_leavers_contact": _contact,
    "care_leavers_eet": _of_ten(care_leavers.eet, activities=ACTIVITIES),
    "care_leavers_neet": _of_ten(care_leavers.neet, activities=ACTIVITIES),
    "care_leavers_activity_unknown": _of_ten(care_leavers.activity_unknown, activities=ACTIVITIES),
    "care_leavers_activity": _activity,
    "care_leavers_suitable": _of_ten(care_leavers.suitable_accommodation, homes=HOMES),
    "care_leavers_suitable_of_all": _of_ten(care_leavers.suitable_accommodation_of_all, homes=HOMES),
    "care_leavers_unsuitable": _of_ten(care_leavers.unsuitable_accommodation, homes=HOMES),
    "care_leavers_accommodation_unknown": _of_ten(care_leavers.accommodation_unknown, homes=HOMES),
    "care_leavers_accommodation": _accommodation,
    "care_leavers_with_former_carer": lambda: care_leavers.with_former_foster_carer(
        ten(homes="Z1 Z2 " + "U1 " * 8), period=YEAR, ages=["19-21"]
    ),
    "staying_put": _staying_put,
    "entitled": _entitled,
    "care_leavers_expected": _expected,
    "care_leavers_returned": _returned,
    "care_leavers_listed": _listed,
    "care_leavers_in_touch_latest": _of_four(care_leavers.in_touch_latest),
    "care_leavers_eet_latest": _of_four(care_leavers.eet_latest),
    "care_leavers_neet_latest": _of_four(care_leavers.neet_latest),
    "care_leavers_activity_unknown_latest": _of_four(care_leavers.activity_unknown_latest),
    "care_leavers_suitable_latest": _suitable_latest,
}
