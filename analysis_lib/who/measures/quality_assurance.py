"""Quality assurance: interviews name the children who came back; visits to homes and challenges name none."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import quality_assurance as quality
from analysis_lib.metrics.facts import measures
from analysis_lib.who.measures.asked import Asked, Made, Named, NotNamed


def _in_each_period(function) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.page["return_home_interviews"], period=asked.periods)]


NAMED: Named = {
    "missing_returns": _in_each_period(quality.returns),
    "interviews_offered": _in_each_period(quality.interviews_offered),
    "interview_offers_not_known": _in_each_period(quality.offers_not_known),
    "interviews_accepted": _in_each_period(quality.interviews_accepted),
    "interviews_held": _in_each_period(quality.interviews_held),
    "interviews_held_in_72_hours": _in_each_period(quality.interviews_held_in_72_hours),
    "returns_followed_in_72_hours": lambda asked: [
        quality.returns_followed_in_72_hours(
            asked.page["return_home_interviews"], period=asked.periods, known_until=asked.day
        )
    ],
}
NOT_NAMED: NotNamed = {
    **{
        name: "it counts visits, recommendations or beds of a home, and the extract names no child"
        for name in measures("quality_assurance")
        if name.startswith(("regulation_44", "children_home"))
    },
    **{
        name: "it counts challenges, some of which are about no single child"
        for name in measures("quality_assurance")
        if name.startswith("issues")
    },
}
