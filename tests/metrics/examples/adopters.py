"""The cases of the examples in `adopters.toml`."""

from collections.abc import Callable

from adopting import adopters as of_list_11

from analysis_lib.metrics import adopters
from analysis_lib.periods import Period
from analysis_lib.results import Result

YEAR = Period.parse("2020-21")
DAY = YEAR.end
FOUR = of_list_11(
    "p f1 applied=2020-04-05 approved=2020-05-01",
    "q f2 applied=2020-04-05 approved=2020-06-01 matched=2020-07-01",
    "r f3 applied=2020-04-05",
    "s f4 applied=2020-04-05 approved=2020-06-01 left=2020-08-01",
)
ENQUIRING = of_list_11(
    "p f1 enquiry=2020-04-01", "q f1 enquiry=2020-04-01", "r - enquiry=2021-03-31", "s f2 enquiry=2021-04-01",
    "t f2 enquiry=2021-04-01",
)  # fmt: skip


def _waited() -> Result:
    rows = of_list_11("p f1 approved=2021-03-21", "q f2 approved=2021-03-11", "r f3 approved=2020-12-31")
    return adopters.days_waited_so_far(rows, census_date=DAY)


def _late() -> Result:
    rows = of_list_11("p f1 approved=2020-05-01 matched=2020-07-31", "q f2 approved=2020-05-01 matched=2020-08-01")
    return adopters.matched_late(rows, period=YEAR)


def _step() -> Result:
    rows = of_list_11(
        "p f1 started_1=2020-04-01 ended_1=2020-05-21",
        "q f2 started_1=2020-04-01 ended_1=2020-05-31",
        "r f3 started_1=2020-04-01 ended_1=2020-07-10",
    )
    result = adopters.days_by_step(rows, period=YEAR)
    frame = result.exact()
    return Result(result.measure, frame[frame["step"] == "Stage 1"], result.groups)


EXAMPLES: dict[str, Callable[[], Result]] = {
    "adopter_enquiries": lambda: adopters.enquiries(ENQUIRING, period=YEAR),
    "adopter_approvals": lambda: adopters.approvals(FOUR, period=YEAR),
    "adopters_left": lambda: adopters.left(FOUR, period=YEAR),
    "adopters_waiting": lambda: adopters.waiting(FOUR, census_date=DAY),
    "adopters_days_waited": _waited,
    "adopter_applications_open": lambda: adopters.applications_open(FOUR, census_date=DAY),
    "adopters_matched_late": _late,
    "adopter_step_days": _step,
}
