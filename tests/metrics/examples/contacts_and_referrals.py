"""The cases of the examples in `contacts_and_referrals.toml`."""

from collections.abc import Callable

import pandas as pd

from analysis_lib.metrics import contacts_and_referrals as area
from analysis_lib.periods import Period
from analysis_lib.results import Result

MAY, YEAR = Period.parse("2021-M05"), Period.parse("2021-22")
NO_PLANS = pd.DataFrame(
    {
        "child_id": [],
        "enquiry_start": pd.to_datetime([]),
        "conference_date": pd.to_datetime([]),
        "conference_unnecessary": [],
        "led_to_plan": [],
    }
)


def frame(columns: list[str], *rows: tuple) -> pd.DataFrame:
    made = pd.DataFrame(list(rows), columns=columns)
    dates = [name for name in columns if name.endswith(("_date", "_start"))]
    return made.assign(**{name: pd.to_datetime(made[name]) for name in dates})


def contacts(*rows: tuple[str, str]) -> pd.DataFrame:
    return frame(["child_id", "contact_date"], *rows)


def referrals(*rows: tuple[str, str]) -> pd.DataFrame:
    return frame(["child_id", "referral_date"], *rows)


def group(result: Result, **chosen: str) -> Result:
    """The one row of a result by groups."""
    rows = result.frame
    for column, value in chosen.items():
        rows = rows[rows[column] == value]
    return Result(result.measure, rows, result.groups)


TWO_CALLS = contacts(("ann", "2021-05-01"), ("ann", "2021-05-31"))
AT_THE_END = contacts(("ann", "2021-05-27"), ("bob", "2021-05-28"), ("cal", "2021-05-31"))
SIBLINGS = referrals(("ann", "2021-05-10"), ("ann", "2021-09-10"), ("bob", "2021-05-10"))
A_YEAR_BEFORE = referrals(
    ("ann", "2020-05-10"), ("bob", "2020-05-10"), ("ann", "2021-05-10"), ("bob", "2021-05-11"), ("cal", "2021-05-10")
)
THRICE = referrals(("ann", "2021-05-10"), ("ann", "2021-07-10"), ("ann", "2021-09-10"), ("bob", "2021-05-10"))


def by_source(table: pd.DataFrame, *sources: str) -> pd.DataFrame:
    return table.assign(source_group=list(sources))


def decided(*rows: tuple[str, str, bool | None]) -> pd.DataFrame:
    made = frame(["child_id", "referral_date", "no_further_action"], *rows)
    return made.assign(no_further_action=made["no_further_action"].astype("boolean"))


def _contacts_received() -> Result:
    return area.contacts_received(
        pd.concat([TWO_CALLS, contacts(("bob", "2021-04-30"), ("bob", "2021-06-01"))]), period=MAY
    )


def _contacts_by_source() -> Result:
    four = contacts(*((name, "2021-05-05") for name in "abcd"))
    four = by_source(four, "Police", "Police", "Schools", "Not known")
    return group(area.contacts_by_source(four, period=MAY), source_group="Police")


def _contacts_leading_to_referral() -> Result:
    called = contacts(*((name, "2021-05-07") for name in ("ann", "bob", "cal")))
    sent = referrals(("ann", "2021-05-10"), ("bob", "2021-05-11"))
    return area.contacts_leading_to_referral(called, sent, period=MAY)


def _contacts_leading_unknown() -> Result:
    end = pd.Timestamp("2021-05-31")
    return area.contacts_leading_unknown(AT_THE_END, referrals(), period=MAY, known_until=end)


def _referrals_received() -> Result:
    table = referrals(("ann", "2021-03-31"), ("ann", "2021-04-01"), ("ann", "2021-09-01"), ("bob", "2021-09-01"))
    return area.referrals_received(table, period=YEAR)


def _referral_rate() -> Result:
    twenty = referrals(*((f"c{number}", "2021-09-01") for number in range(20)))
    return area.referral_rate(area.referrals_received(twenty, period=YEAR), population=4_000)


def _referrals_by_source() -> Result:
    five = referrals(*((name, "2021-05-05") for name in "abcde"))
    five = by_source(five, "Schools", "Schools", "Police", "Police", "Individual")
    return group(area.referrals_by_source(five, period=YEAR), source_group="Schools")


def _re_referrals_unknown() -> Result:
    table = referrals(("ann", "2021-03-31"), ("bob", "2021-04-01"))
    both = Period.span(pd.Timestamp("2021-03-01"), pd.Timestamp("2021-04-30"))
    return area.re_referrals_unknown(table, period=both, known_from=pd.Timestamp("2020-04-01"))


def _no_further_action() -> Result:
    table = decided(
        ("a", "2022-03-01", True), ("b", "2022-03-02", False), ("c", "2022-03-15", False), ("d", "2022-03-16", True)
    )
    return area.referrals_no_further_action(table, period=YEAR, known_until=pd.Timestamp("2022-03-15"))


def _no_further_action_unknown() -> Result:
    table = decided(("a", "2022-03-01", None), ("b", "2022-03-15", True), ("c", "2022-03-16", False))
    return area.referrals_no_further_action_unknown(table, period=YEAR, known_until=pd.Timestamp("2022-03-15"))


def _conversion() -> Result:
    sent = referrals(("ann", "2021-05-04"), ("bob", "2021-05-04"))
    assessed = frame(["child_id", "assessment_start"], ("ann", "2021-05-04"), ("bob", "2021-05-19"))
    return group(area.conversion(None, sent, assessed, NO_PLANS, period=MAY), step="referral to assessment")


EXAMPLES: dict[str, Callable[[], Result]] = {
    "contacts_received": _contacts_received,
    "children_with_contact": lambda: area.children_with_contact(
        pd.concat([TWO_CALLS, contacts(("cal", "2021-05-20"))]), period=MAY
    ),
    "contacts_by_source": _contacts_by_source,
    "contacts_leading_to_referral": _contacts_leading_to_referral,
    "contacts_leading_unknown": _contacts_leading_unknown,
    "referrals_received": _referrals_received,
    "referral_rate": _referral_rate,
    "children_referred": lambda: area.children_referred(SIBLINGS, period=YEAR),
    "referrals_by_source": _referrals_by_source,
    "re_referrals": lambda: area.re_referrals(A_YEAR_BEFORE, period=YEAR, known_from=pd.Timestamp("2020-04-01")),
    "re_referrals_unknown": _re_referrals_unknown,
    "children_re_referred": lambda: area.children_re_referred(
        THRICE, period=YEAR, known_from=pd.Timestamp("2020-04-01")
    ),
    "referrals_no_further_action": _no_further_action,
    "referrals_no_further_action_unknown": _no_further_action_unknown,
    "conversion": _conversion,
}
