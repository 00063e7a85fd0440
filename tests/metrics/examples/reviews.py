"""The cases of the examples in `reviews.toml`."""

from collections.abc import Callable

import pandas as pd

from analysis_lib.metrics import reviews
from analysis_lib.periods import Period
from analysis_lib.results import Result

MAY = Period.parse("2021-M05")


def _dated(rows, columns: list[str], days: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(**{day: pd.to_datetime(frame[day]) for day in days})


def _care(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    return _dated(rows, ["child_id", "care_start", "care_end"], ["care_start", "care_end"])


def _held(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    return _dated(rows, ["child_id", "review_date", "participation"], ["review_date"])


def _meetings(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    return _dated(rows, ["child_id", "meeting_due", "held_on"], ["meeting_due", "held_on"]).assign(meeting="CLA_REVIEW")


def _reviews_on_time() -> Result:
    held = _held(("a", "2021-01-25", "PN1"), ("a", "2021-04-26", "PN1"), ("a", "2021-10-01", "PN1"))
    care = _care(("a", "2021-01-04", None), ("b", "2021-01-04", "2021-02-02"))
    period = Period.span(pd.Timestamp("2021-01-01"), pd.Timestamp("2021-10-31"))
    return reviews.reviews_on_time(held, care, period=period)


def _children_reviewed_on_time() -> Result:
    held = _held(("a", "2021-01-25", "PN1"), ("a", "2021-04-26", "PN1"), ("b", "2021-02-01", "PN1"))
    care = _care(("a", "2021-01-04", None), ("b", "2021-01-04", "2021-02-02"), ("c", "2021-01-04", None))
    period = Period.span(pd.Timestamp("2021-01-01"), pd.Timestamp("2021-04-30"))
    return reviews.children_reviewed_on_time(held, care, period=period)


def _by_own_dates() -> Result:
    meetings = _meetings(
        ("a", "2021-05-04", "2021-05-03"), ("b", "2021-05-04", "2021-05-04"), ("c", "2021-05-31", None)
    )
    return reviews.reviews_on_time_by_own_dates(meetings, period=MAY)


def _children_by_own_dates() -> Result:
    meetings = _meetings(
        ("a", "2021-05-04", "2021-05-03"), ("a", "2021-05-20", "2021-05-21"), ("b", "2021-05-04", "2021-05-04")
    )
    return reviews.children_reviewed_on_time_by_own_dates(meetings, period=MAY)


def _due_date_unknown() -> Result:
    held = _held(("a", "2020-06-01", "PN1"), ("a", "2020-12-01", "PN1"))
    return reviews.reviews_with_due_date_unknown(
        held, _care(("a", "2018-01-08", None)), period=Period.parse("2020-21"), known_from=pd.Timestamp("2020-04-01")
    )


def _in_may(*codes: str | None) -> pd.DataFrame:
    return _held(*((f"c{number}", "2021-05-04", code) for number, code in enumerate(codes)))


def _by_participation() -> Result:
    held = pd.concat([_in_may("PN1", "PN1", None), _held(("d", "2021-06-01", "PN1"))])
    result = reviews.reviews_by_participation(held, period=MAY)
    frame = result.exact()
    return Result(result.measure, frame[frame["participation"] == "Came and spoke"], result.groups)


EXAMPLES: dict[str, Callable[[], Result]] = {
    "reviews_on_time": _reviews_on_time,
    "children_reviewed_on_time": _children_reviewed_on_time,
    "reviews_on_time_by_own_dates": _by_own_dates,
    "children_reviewed_on_time_by_own_dates": _children_by_own_dates,
    "reviews_with_due_date_unknown": _due_date_unknown,
    "reviews_with_views": lambda: reviews.reviews_with_views(_in_may("PN1", "PN4", "PN6", "PN0"), period=MAY),
    "reviews_attended": lambda: reviews.reviews_attended(_in_may("PN1", "PN4", "PN6", "PN6", "PN0"), period=MAY),
    "reviews_by_participation": _by_participation,
}
