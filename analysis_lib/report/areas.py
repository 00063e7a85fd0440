"""One published figure of several areas: the sentence, and the chart with its table by year."""

from __future__ import annotations

import pandas as pd

from analysis_lib.compare import NEIGHBOURS
from analysis_lib.report.chart import trend
from analysis_lib.report.output import Output, only_released
from analysis_lib.report.sentence import Sentence, joined, say, sentence
from analysis_lib.report.table import crosstab
from analysis_lib.results import Released, Value

REGIONS_WITH_AN_ARTICLE = (
    "North East",
    "North West",
    "East Midlands",
    "West Midlands",
    "East of England",
    "South East",
    "South West",
)


def compared(released: Released, *, ours: str, what: str, as_at: pd.Timestamp) -> Sentence:
    """How we stand beside the others on the latest day that we have a figure for.

    Parameters
    ----------
    released : Released
        Published rates by group "area", in the order in which they are to be said.
    ours : str
        The area that is us.
    what : str
        What the rate counts, in the middle of a sentence: "children looked after for every 10,000 children".
    as_at : Timestamp
        The day up to which publications are used; said when there is none.
    """
    known = only_released(released, "compared()").frame
    known = known[(known["area"] == ours) & known["value"].notna()]
    if known.empty:
        return say("By {as_at} no figure of {what} had been published to compare with.", as_at=as_at, what=what)
    latest = released.where(period_end=known["period_end"].max())
    others = {area: latest.value(area=area) for area in latest.frame["area"] if area != ours}
    mine = latest.value(area=ours)
    return say(
        "On {day}, {ours} had {mine} {what}{others}. No later figure had been published by {as_at}.",
        day=mine.period_end,
        as_at=as_at,
        ours=ours,
        mine=mine,
        what=what,
        others=_others(mine, others),
    )


def _others(mine: Value, others: dict[str, Value]) -> Sentence:
    """ ". That is above England (67); below ...": the areas by whether theirs is lower, the same or higher."""
    relations = (
        ("above", lambda value: value.number < mine.number),
        ("level with", lambda value: value.number == mine.number),
        ("below", lambda value: value.number > mine.number),
    )
    words = []
    for relation, holds in relations:
        found = [
            say("{area} ({value})", area=_named(area), value=value)
            for area, value in others.items()
            if value.is_shown and holds(value)
        ]
        if found:
            words.append(say("{relation} {areas}", relation=relation, areas=joined(found)))
    return say(". That is {words}", words=joined(words, "; ")) if words else say("")


def _named(area: str) -> str:
    """An area in a sentence: "the North East", but "England"."""
    return f"the {area}" if area in REGIONS_WITH_AN_ARTICLE else _spoken(area)


def _spoken(area: str) -> str:
    return "the average of its statistical neighbours" if area == NEIGHBOURS else area


def areas_by_year(
    name: str, released: Released, *, ours: str, what: str, as_at: pd.Timestamp, caption: str, note: str | Sentence = ""
) -> Output:
    """Lines of our area, in front, and of the others over the years, with the table beneath; without any figure yet the
    sentence that says so. Parameters as for `compared`.
    """
    areas = sorted(
        dict.fromkeys(only_released(released, "areas_by_year()").frame["area"]), key=lambda area: area != ours
    )
    if not areas:
        return sentence(compared(released, ours=ours, what=what, as_at=as_at))
    latest = latest_of(released)
    each = [say("{area} {value}", area=_spoken(area), value=latest.value(area=area)) for area in latest.frame["area"]]
    what = what[0].upper() + what[1:]
    finding = say("{what} on {day}: {each}", what=what, day=latest.frame["period_end"].max(), each=joined(each))
    by_year = crosstab(name, caption, released, rows="period_end", columns="area", heading="On", note=note)
    lines = {area: released.where(area=area) for area in areas}
    return trend(
        name, finding, lines, y_label=f"{released.measure.unit.replace('per', 'For every')} children", table=by_year
    )


def latest_of(released: Released) -> Released:
    """The rows of the latest day that there is a figure for; none when there is no figure."""
    known = only_released(released, "latest_of()").frame.dropna(subset="value")
    return released.where(period_end=known["period_end"].max())
