"""The cases of the examples in `moving_on.toml`."""

from collections.abc import Callable

from one_row import one_row
from virtual_school_pupils import THIS_YEAR, pupils

from analysis_lib.metrics import moving_on
from analysis_lib.results import Result

TO_SECONDARY = {"move": "To secondary school"}


def _moving(column: str, *values):
    return pupils(*({"transition": "SECONDARY", column: value} for value in values))


def _older(*activities: str | None):
    years = ("12", "13") * len(activities)
    return pupils(*({"nc_year": year, "eet_status": each} for each, year in zip(activities, years, strict=False)))


EXAMPLES: dict[str, Callable[[], Result]] = {
    "pupils_moving_on": lambda: one_row(
        moving_on.pupils_moving_on(
            pupils({"transition": "SECONDARY"}, {"transition": "SECONDARY"}, {}), years=THIS_YEAR
        ),
        **TO_SECONDARY,
    ),
    "left_care_before_move": lambda: one_row(
        moving_on.left_care_before_move(_moving("left_care_before_move", True, False, False, None), years=THIS_YEAR),
        **TO_SECONDARY,
    ),
    "next_school_in_authority": lambda: one_row(
        moving_on.next_school_in_authority(_moving("next_school_in_authority", True, False, None), years=THIS_YEAR),
        **TO_SECONDARY,
    ),
    "moving_on_with_needs": lambda: one_row(
        moving_on.moving_on_with_needs(_moving("sen", "E", "K", "N", None), years=THIS_YEAR), **TO_SECONDARY
    ),
    "post16_offers": lambda: one_row(
        moving_on.post16_offers(
            pupils(
                *({"transition": "POST16", "post16_offer": offer} for offer in ("EDUCATION", "EDUCATION", "NONE", None))
            ),
            years=THIS_YEAR,
        ),
        offer="Education",
    ),
    "post16_activity": lambda: one_row(
        moving_on.post16_activity(_older("EDUCATION", "EDUCATION", "EMPLOYMENT", "NEET", None), years=THIS_YEAR),
        activity="Education",
    ),
    "neet": lambda: moving_on.neet(_older("EDUCATION", "EDUCATION", "EDUCATION", "NEET", None), years=THIS_YEAR),
    "neet_or_not_known": lambda: moving_on.neet_or_not_known(
        _older("EDUCATION", "EDUCATION", "EDUCATION", "NEET", None), years=THIS_YEAR
    ),
}
