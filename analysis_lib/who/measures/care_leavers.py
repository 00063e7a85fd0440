"""Care leavers: how each number names its young people."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import care_leavers as leavers
from analysis_lib.who.measures.asked import Asked, Made, Named, NotNamed


def _of_birthdays(function) -> Callable[[Asked], Made]:
    # OC3 is there for years that have ended.
    return lambda asked: [
        function(asked.page["care_leavers"], period=asked.page.period.last_full_financial_year)
    ]  # fmt: skip


def _of_list(function) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.page["care_leaver_list"], census_date=asked.day)]


NAMED: Named = {
    "care_leavers": _of_birthdays(leavers.number),
    "care_leavers_left_out": _of_birthdays(leavers.left_out),
    "care_leavers_status": _of_birthdays(leavers.status),
    "care_leavers_in_touch": _of_birthdays(leavers.in_touch),
    "care_leavers_contact": _of_birthdays(leavers.contact),
    "care_leavers_eet": _of_birthdays(leavers.eet),
    "care_leavers_neet": _of_birthdays(leavers.neet),
    "care_leavers_activity_unknown": _of_birthdays(leavers.activity_unknown),
    "care_leavers_activity": _of_birthdays(leavers.activity),
    "care_leavers_suitable": _of_birthdays(leavers.suitable_accommodation),
    "care_leavers_suitable_of_all": _of_birthdays(leavers.suitable_accommodation_of_all),
    "care_leavers_unsuitable": _of_birthdays(leavers.unsuitable_accommodation),
    "care_leavers_accommodation_unknown": _of_birthdays(leavers.accommodation_unknown),
    "care_leavers_accommodation": _of_birthdays(leavers.accommodation),
    "care_leavers_with_former_carer": _of_birthdays(leavers.with_former_foster_carer),
    "staying_put": lambda asked: [
        leavers.staying_put(
            asked.page["care_leavers"], asked.page["episodes"], period=asked.page.period.last_full_financial_year
        )
    ],
    "entitled": lambda asked: [
        leavers.entitled_at(asked.page["care_periods"], asked.page["children"], census_date=asked.day)
    ],
    "care_leavers_expected": lambda asked: [
        leavers.expected(
            asked.page["care_periods"], asked.page["children"], period=asked.page.period.last_full_financial_year
        )
    ],
    "care_leavers_returned": lambda asked: [
        leavers.returned(
            asked.page["care_leavers"],
            asked.page["care_periods"],
            asked.page["children"],
            period=asked.page.period.last_full_financial_year,
        )
    ],
    "care_leavers_listed": _of_list(leavers.listed),
    "care_leavers_in_touch_latest": _of_list(leavers.in_touch_latest),
    "care_leavers_eet_latest": _of_list(leavers.eet_latest),
    "care_leavers_neet_latest": _of_list(leavers.neet_latest),
    "care_leavers_activity_unknown_latest": _of_list(leavers.activity_unknown_latest),
    "care_leavers_suitable_latest": _of_list(leavers.suitable_accommodation_latest),
}
NOT_NAMED: NotNamed = {}
