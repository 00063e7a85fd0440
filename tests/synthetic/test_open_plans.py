"""Plans that must end on a day, in authorities so small that a month may have fewer ends than that."""

from dataclasses import dataclass
from datetime import date

from analysis_lib.synthetic.draws import Draws
from analysis_lib.synthetic.flows import Segment
from analysis_lib.synthetic.protection import _OpenPlans


@dataclass
class Opened:
    start: date
    meant_to_end: date
    must_end: date | None = None
    end: date | None = None


def month(number: int, ends: int) -> Segment:
    return Segment(date(2020, number, 1), date(2020, number, 28), change=-ends)


def test_ends_that_a_month_has_too_many_are_taken_from_the_months_after_it():
    plans = _OpenPlans()
    for day in (5, 6, 7):
        plans.add(Opened(date(2019, 1, 1), date(2020, 6, 1), must_end=date(2020, 3, day)))
    for _ in range(4):
        plans.add(Opened(date(2019, 1, 1), date(2020, 6, 1)))
    draws = Draws(1, "plans")
    closed = [len(plans.close(month(number, ends), draws, lambda *_: "")) for number, ends in ((3, 1), (4, 1), (5, 2))]
    assert closed == [3, 0, 1] and sum(closed) == 1 + 1 + 2
