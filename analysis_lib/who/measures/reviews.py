"""Reviews of children looked after: how each number names its children."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import reviews
from analysis_lib.who.measures.asked import Asked, Made, Named, NotNamed


def _by_regulation(function) -> Callable[[Asked], Made]:
    def made(asked: Asked) -> Made:
        held = asked.page["reviews"]
        known_from = reviews.reviews_known_from(held)
        return [function(held, asked.page["care_periods"], period=asked.periods, known_from=known_from)]

    return made


def _by_own_dates(function) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.page["reviews_and_conferences"], period=asked.periods)]


def _held(function) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.page["reviews"], period=asked.periods)]


NAMED: Named = {
    "reviews_on_time": _by_regulation(reviews.reviews_on_time),
    "children_reviewed_on_time": _by_regulation(reviews.children_reviewed_on_time),
    "reviews_with_due_date_unknown": _by_regulation(reviews.reviews_with_due_date_unknown),
    "reviews_on_time_by_own_dates": _by_own_dates(reviews.reviews_on_time_by_own_dates),
    "children_reviewed_on_time_by_own_dates": _by_own_dates(reviews.children_reviewed_on_time_by_own_dates),
    "reviews_with_views": _held(reviews.reviews_with_views),
    "reviews_attended": _held(reviews.reviews_attended),
    "reviews_by_participation": _held(reviews.reviews_by_participation),
}
NOT_NAMED: NotNamed = {}
