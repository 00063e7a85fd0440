"""What `who` was asked, and what each service area needs to answer: the data as known then, and the periods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis_lib.compare import population
from analysis_lib.errors import Closed
from analysis_lib.metrics.pupils import academic_years
from analysis_lib.metrics.youth_caseload import AGES
from analysis_lib.page import Page
from analysis_lib.pages.adoption.figures import AdoptionFigures
from analysis_lib.pages.demand.figures import DemandFigures
from analysis_lib.periods import Period
from analysis_lib.results import Result


@dataclass(frozen=True)
class Asked:
    """What was asked for: the data as known on the last day of `page.period`, and the `period` that flows are counted over."""

    page: Page
    period: Period

    @property
    def day(self) -> pd.Timestamp:
        return self.page.period.end

    @cached_property
    def periods(self) -> list[Period]:
        """The period itself and the financial year up to its last day, which pages show."""
        to_date = self.period.year_to_date
        same = (to_date.start, to_date.end) == (self.period.start, self.period.end)
        return [self.period] if same else [self.period, to_date]

    @property
    def people(self) -> int | None:
        """The children aged 0 to 17 that rates divide by."""
        return DemandFigures(self.page).number_of_people

    @cached_property
    def adoption(self) -> AdoptionFigures:
        return AdoptionFigures(self.page)

    @cached_property
    def years(self) -> list[Period]:
        return academic_years(self.page["pupils"], self.page.period.last_complete_academic_year)


Made = list[Result]
Named = Mapping[str, Callable[[Asked], Made]]
NotNamed = Mapping[str, str]
PUBLISHED = "it is published by others, who do not say which children it counts"
COMPARISON = "it compares a number of children with a population; ask for {instead}"


def of_pupils(measure: Callable[..., Result]) -> Callable[[Asked], Made]:
    """A measure of the virtual school's pupils, for every school year that its page shows."""
    return lambda asked: [measure(asked.page["pupils"], years=asked.years)]


def people_aged_10_to_17(asked: Asked) -> int | None:
    """The children aged 10 to 17 of the councils that the youth offending service covers; None where no estimate is held."""
    areas = asked.page.authority.youth_service_areas
    try:
        return population(asked.page["population"], areas=areas, ages=AGES, day=asked.day).number
    except Closed:
        return None
