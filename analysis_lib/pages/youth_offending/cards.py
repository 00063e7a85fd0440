"""The headline cards of the youth offending page: the caseload, looked-after children on it, and first-time entrants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis_lib.compare import NEIGHBOURS
from analysis_lib.report.cards import Card, at, before_in_words, cards, changed, of, others, target, told
from analysis_lib.report.closed import why_closed
from analysis_lib.report.output import Output

if TYPE_CHECKING:
    from analysis_lib.pages.youth_offending.page import YouthOffending

NOT_THIS_COUNT = "none is published of this count"
FROM_APRIL = "not compared, for the count begins in April"
NO_COUNTRY = "none is published as a rate: the file has a sum of regional rates"
ENTRANTS = "for every 100,000 children aged 10 to 17"


def headline_cards(page: YouthOffending) -> Output:
    """The cards of `page`."""
    shown, closings = page.those_there(
        {
            "how many children are on the caseload": lambda: _caseload(page),
            "how many are looked after": lambda: _looked_after(page),
            "how many children entered the youth justice system for the first time": lambda: _entrants(page),
        }
    )
    return cards(*filter(None, shown.values()), closing=why_closed(closings))


def _caseload(page: YouthOffending) -> Card:
    now, before = (page.total.value(period_end=each.end) for each in (page.now, page.before))
    return Card(
        title="Children on the youth offending caseload",
        value=now,
        figure=of(now, "children", page.now),
        lines=[
            told(before_in_words(page.page.period), FROM_APRIL),
            changed("Year before", now, before, page.before),
            told(page.page.authority.country.name, NOT_THIS_COUNT),
            told(NEIGHBOURS, NOT_THIS_COUNT),
            target(now.measure),
        ],
    )


def _looked_after(page: YouthOffending) -> Card | None:
    """None where this edition has no such group."""
    view = page.looked_after
    now = view.of(view.shares, "Yes", page.now.end)
    if now is None:
        return None
    before = view.of(view.shares, "Yes", view.before.end) if view.before else None
    return Card(
        title="Looked after, of the caseload",
        value=now,
        figure=of(now, "of the caseload", view.now),
        lines=[
            told(before_in_words(page.page.period), FROM_APRIL),
            changed("Year before", now, before, view.before or page.before),
            told(page.page.authority.country.name, NOT_THIS_COUNT),
            told(NEIGHBOURS, NOT_THIS_COUNT),
            target(now.measure),
        ],
    )


def _entrants(page: YouthOffending) -> Card | None:
    """None where nothing had been published yet."""
    released = page.entrants.get(page.page.authority.name)
    if released is None:
        return None
    now = released.latest()
    year = f"in the year to December {now.period_end.year}"
    before = now.period_end - pd.DateOffset(years=1)
    mean = page.entrants.get(NEIGHBOURS)
    return Card(
        title="First-time entrants to the youth justice system",
        value=now,
        figure=of(now, ENTRANTS, year),
        lines=[
            changed("Year before", now, at(released, before), f"in the year to December {before.year}"),
            told(page.page.authority.country.name, NO_COUNTRY),
            *others(now, {NEIGHBOURS: None if mean is None else at(mean, now.period_end)}, ENTRANTS, year),
            target(now.measure),
        ],
        series=released,
    )
