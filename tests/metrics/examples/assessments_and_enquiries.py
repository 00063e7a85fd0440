"""The cases of the examples in `assessments_and_enquiries.toml`."""

from collections.abc import Callable

import pandas as pd

from analysis_lib.metrics import assessments_and_enquiries as area
from analysis_lib.periods import Period
from analysis_lib.results import Result

YEAR = Period.parse("2021-22")
MARCH = Period.parse("2021-M03")


def assessments(*rows: tuple) -> pd.DataFrame:
    """Assessments from (child, start, authorised, requires support, child seen), the last ones as far as needed."""
    columns = ["child_id", "assessment_start", "authorised_date", "requires_support", "child_seen"]
    made = pd.DataFrame([[*row, *[None] * (5 - len(row))] for row in rows], columns=columns)
    days = {name: pd.to_datetime(made[name]) for name in columns[1:3]}
    answers = {name: made[name].astype("boolean") for name in columns[3:]}
    return made.assign(**days, **answers, dropped_date=pd.Series(pd.NaT, index=made.index, dtype="datetime64[ns]"))


def enquiries(*rows: tuple) -> pd.DataFrame:
    """Enquiries from (child, start, conference, unnecessary, led to a plan), the last ones as far as needed."""
    columns = ["child_id", "enquiry_start", "conference_date", "conference_unnecessary", "led_to_plan"]
    made = pd.DataFrame([[*row, *[None] * (5 - len(row))] for row in rows], columns=columns)
    days = {name: pd.to_datetime(made[name]) for name in columns[1:3]}
    return made.assign(**days, **{name: made[name].astype("boolean") for name in columns[3:]})


def conferences(*rows: tuple) -> pd.DataFrame:
    """Conferences from (child, discussion, held): as the council's own extract has them."""
    made = pd.DataFrame(rows, columns=["child_id", "strategy_discussion_on", "held_on"])
    days = {name: pd.to_datetime(made[name]) for name in ("strategy_discussion_on", "held_on")}
    return area.conferences_extracted(made.assign(**days, meeting="ICPC", meeting_outcome="PLAN"))


def group(result: Result, **chosen: str) -> Result:
    """The one row of a result by groups."""
    rows = result.frame
    for column, value in chosen.items():
        rows = rows[rows[column] == value]
    return Result(result.measure, rows, result.groups)


def each(number: int, *rest) -> list[tuple]:
    return [(f"c{place}", *rest) for place in range(number)]


SHORT = assessments(
    ("a", "2021-07-05", "2021-07-05"), ("b", "2021-07-05", "2021-07-06"), ("c", "2021-07-05", "2021-07-19")
)
ANSWERED = assessments(
    ("a", "2021-07-05", "2021-07-20", False), ("b", "2021-07-05", "2021-07-20", True),
    ("c", "2021-07-05", "2021-07-20", True), ("d", "2021-07-05", "2021-07-20", None),
)  # fmt: skip
SEEN = assessments(
    *(
        (name, "2021-07-05", "2021-07-20", True, seen)
        for name, seen in zip("abcde", [True, True, True, False, None], strict=True)
    )
)
DECIDED = enquiries(
    ("a", "2021-05-04", "2021-05-20"), ("b", "2021-05-04", None, True), ("c", "2021-05-04", None, False)
)
ANN_AND_BOB = enquiries(("ann", "2021-04-01"), ("ann", "2021-10-01"), ("bob", "2022-03-31"))
TIMED = conferences(
    ("ann", "2021-03-01", "2021-03-22"), ("bob", "2021-03-01", "2021-03-23"), ("cal", None, "2021-03-23")
)
WITH_PLANS = enquiries(
    *(
        (name, "2021-05-04", "2021-05-20", False, led)
        for name, led in zip("abcde", [True, True, True, False, None], strict=True)
    )
)


def _completed() -> Result:
    table = assessments(
        ("a", "2021-03-01", "2021-03-31"), ("b", "2021-03-01", "2021-04-01"), ("c", "2022-03-01", "2022-03-31"),
        ("d", "2022-03-01", None),
    )  # fmt: skip
    return area.assessments_completed(table, period=YEAR)


def _assessment_rate() -> Result:
    twelve = assessments(*each(12, "2021-07-05", "2021-07-20"))
    return area.assessment_rate(area.assessments_completed(twelve, period=YEAR), population=3_000)


def _in_45_days() -> Result:
    table = assessments(("a", "2021-07-05", "2021-09-07"), ("b", "2021-07-05", "2021-09-08"))
    return area.assessments_in_45_days(table, period=YEAR)


def _open() -> Result:
    table = assessments(("a", "2021-03-31", None), ("b", "2021-03-01", "2021-03-31"), ("c", "2021-03-01", "2021-04-01"))
    return area.assessments_open(table, census_date=pd.Timestamp("2021-03-31"))


def _open_over_45_days() -> Result:
    table = assessments(("a", "2021-07-02", None), ("b", "2021-07-05", None))
    return area.assessments_open_over_45_days(table, census_date=pd.Timestamp("2021-09-07"))


def _enquiry_rate() -> Result:
    eight = enquiries(*each(8, "2021-07-05"))
    return area.enquiry_rate(area.section_47_enquiries(eight, period=YEAR), population=4_000)


def _initial_conferences() -> Result:
    table = enquiries(
        ("ann", "2022-03-10", "2022-03-31"), ("ann", "2022-03-12", "2022-03-31"), ("bob", "2022-03-10", "2022-03-31"),
        ("cal", "2022-03-10", "2022-04-01"),
    )  # fmt: skip
    return area.initial_conferences(area.conferences_listed(table), period=YEAR)


def _conference_rate() -> Result:
    five = area.conferences_listed(enquiries(*each(5, "2021-07-05", "2021-07-20")))
    return area.conference_rate(area.initial_conferences(five, period=YEAR), population=4_000)


def _children_with_conference() -> Result:
    table = conferences(("ann", None, "2021-05-20"), ("bob", None, "2021-05-20"), ("ann", None, "2022-03-20"))
    return area.children_with_conference(table, period=YEAR)


def _conferences_by_days() -> Result:
    held = ("2021-02-26", "2021-03-15", "2021-03-22", "2021-03-23")
    table = enquiries(*((name, "2021-03-01", day) for name, day in zip("abcd", held, strict=True)))
    both = Period.span(pd.Timestamp("2021-02-01"), pd.Timestamp("2021-03-31"))
    return group(area.conferences_by_days(area.conferences_listed(table), period=both), working_days="11 to 15")


EXAMPLES: dict[str, Callable[[], Result]] = {
    "assessments_completed": _completed,
    "assessment_rate": _assessment_rate,
    "assessments_in_45_days": _in_45_days,
    "assessments_by_days": lambda: group(area.assessments_by_days(SHORT, period=YEAR), working_days="1 to 10"),
    "assessment_days": lambda: area.assessment_days(SHORT, period=YEAR),
    "assessments_open": _open,
    "assessments_open_over_45_days": _open_over_45_days,
    "assessments_not_requiring_support": lambda: area.assessments_not_requiring_support(ANSWERED, period=YEAR),
    "assessments_not_requiring_support_unknown": lambda: area.assessments_not_requiring_support_unknown(
        ANSWERED, period=YEAR
    ),
    "assessments_child_seen": lambda: area.assessments_child_seen(SEEN, period=YEAR),
    "assessments_child_seen_unknown": lambda: area.assessments_child_seen_unknown(SEEN, period=YEAR),
    "section_47_enquiries": lambda: area.section_47_enquiries(ANN_AND_BOB, period=YEAR),
    "enquiry_rate": _enquiry_rate,
    "children_with_enquiry": lambda: area.children_with_enquiry(ANN_AND_BOB, period=YEAR),
    "enquiries_leading_to_conference": lambda: area.enquiries_leading_to_conference(DECIDED, period=YEAR),
    "enquiries_leading_unknown": lambda: area.enquiries_leading_unknown(DECIDED, period=YEAR),
    "initial_conferences": _initial_conferences,
    "conference_rate": _conference_rate,
    "children_with_conference": _children_with_conference,
    "conferences_in_15_days": lambda: area.conferences_in_15_days(TIMED, period=MARCH),
    "conferences_in_15_days_unknown": lambda: area.conferences_in_15_days_unknown(TIMED, period=MARCH),
    "conferences_by_days": _conferences_by_days,
    "conferences_leading_to_plan": lambda: area.conferences_leading_to_plan(
        area.conferences_listed(WITH_PLANS), period=YEAR
    ),
    "conferences_leading_unknown": lambda: area.conferences_leading_unknown(
        area.conferences_listed(WITH_PLANS), period=YEAR
    ),
}
