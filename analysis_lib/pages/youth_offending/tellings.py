"""The ways in which a breakdown of the youth offending caseload can be told, in the order that serves readers.

A caseload of a year to date grows from quarter to quarter, so that one to five girls more can be had by subtraction, and so can
small groups. Groups are shown together first; then the same months of last year are left out; then the period is
longer. The page takes the first way of which the gate hides nothing, and says in one sentence what was done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis_lib.metrics.counting.groups import NOT_KNOWN
from analysis_lib.metrics.youth_caseload import (
    AGE_BAND,
    CATEGORIES,
    ETHNIC_GROUP,
    LOOKED_AFTER,
    NO_AGE,
    SEX,
    covers,
    ways_to_group,
)
from analysis_lib.periods import Period, day_in_words

LONGER = {12: "the twelve months", 24: "the two years"}  # what a longer period is called, by its months
WHO = {SEX: "girls and boys", ETHNIC_GROUP: "ethnic groups", AGE_BAND: "ages", LOOKED_AFTER: "looked-after children"}


@dataclass(frozen=True)
class Telling:
    """How one breakdown is told: which categories are shown together, for which period, beside which earlier one.

    `months` is the length of a period that is longer than the page's own, 0 where it is the page's own.
    """

    by: str
    groups: Mapping[str, str]
    now: Period
    before: Period | None
    months: int = 0

    @property
    def periods(self) -> tuple[Period, ...]:
        return (self.now, self.before) if self.before else (self.now,)

    @property
    def span(self) -> str:
        """The longer period in words; "" where it is the page's own."""
        return f"{LONGER[self.months]} to {day_in_words(self.now.end)}" if self.months else ""

    @property
    def remedy(self) -> str:
        """What was done so that no child can be recognised, in one sentence; "" where nothing was."""
        return remedies([self])

    @property
    def done(self) -> list[str]:
        """What was done, as parts of a sentence."""
        done = [f"the {self._named(name)} are shown together" for name in dict.fromkeys(self.groups.values())]
        alone = "" if self.before else " alone"
        if self.months or alone:
            done.append(f"{WHO[self.by]} are shown for {self.span or 'this year'}{alone}")
        return done

    def _named(self, name: str) -> str:
        members = [each for each in CATEGORIES[self.by] if self.groups.get(each) == name]
        said = listed(["not known" if each in (NOT_KNOWN, NO_AGE) else each for each in members])
        return f"ages of {name} ({said})" if self.by == AGE_BAND else f"groups {said}"


def tellings(cases: pd.DataFrame, by: str, now: Period, *, edition: str, threshold: int) -> Iterator[Telling]:
    """Every way to tell the breakdown `by` for the year to date `now`, the one that serves readers best first.

    A longer period is offered where the extract reaches back to it. The restricted edition has one way: everything.
    """
    for months, each, before in _spans(cases, now) if edition == "public" else [(0, now, now.same_period_last_year)]:
        earlier = [before] if before else []
        for groups in ways_to_group(cases, by, each, *earlier, edition=edition, threshold=threshold):
            yield Telling(by, groups, each, before, months)


def _spans(cases: pd.DataFrame, now: Period) -> Iterator[tuple[int, Period, Period | None]]:
    """The periods to tell of: months of a longer one or 0, the period, the earlier one beside it."""
    yield 0, now, now.same_period_last_year
    yield 0, now, None
    for months in LONGER:
        longer = now.months_to_end(months)
        if longer.start < now.start and covers(cases, Period.span(longer.start, now.start - pd.Timedelta(days=1))):
            if months == 12:
                yield months, longer, longer.same_period_last_year
            yield months, longer, None


def remedies(several: Sequence[Telling]) -> str:
    """What was done in several breakdowns, in one sentence; "" where nothing was."""
    done = [each for telling in several for each in telling.done]
    return f"So that no child can be recognised, {'; '.join(done)}." if done else ""


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them: "a, b and c"."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
