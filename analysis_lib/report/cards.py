"""Headline cards: a figure, how it moved, how it compares, and the target, each as a line of words with a shape before it.

Every number of a card is a released figure that stands in a table of the same page. A card goes to the manifest of its pack
as well (`Card.headline`), from where the front page and the page of all periods take it: marked up as it is on its page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis_lib.disclosure.printed import VALUE
from analysis_lib.periods import Period, day_in_words
from analysis_lib.report.figure import Figure, interval
from analysis_lib.report.number_words import in_words
from analysis_lib.report.output import Output, escape, merge_origins, only_released, origin_tags
from analysis_lib.report.sentence import Sentence, change, say
from analysis_lib.results import Measure, Released, Value, number_text

# What is drawn before the words of a line. The words say the same: whoever does not see the shape misses nothing.
SHAPES = {"up": "▲", "down": "▼", "level": "■"}
UP, DOWN, LEVEL, NO_WAY = "up", "down", "level", ""
TARGET = "Target"
NONE_PUBLISHED, NOT_IN_TIME = "none is published", "none was published in time for this page"
_BEFORE = {"month": "Month before", "quarter": "Quarter before", "half": "Half-year before"}
_WAYS = {"up": UP, "down": DOWN, "same": LEVEL, "unclear": LEVEL, "hidden": NO_WAY}
_BETTER = {"higher is better": UP, "lower is better": DOWN}


@dataclass(frozen=True)
class Line:
    """One line of a card: what it is about, which way it points ("up", "down", "level" or ""), and the words."""

    label: str
    words: Sentence
    way: str = NO_WAY

    def __post_init__(self):
        in_words(self.label, "a card")

    def html(self, beside: tuple[str, ...]) -> str:
        """As a card shows it; it says whose its figures are where they are not those of the card's own figure (`beside`)."""
        tags = origin_tags(self.words.origins) if set(self.words.origins) - set(beside) else ""
        return f"<li><b>{escape(self.label)}</b> {shape(self.way)}{self.words.marked}{tags}</li>"

    @property
    def text(self) -> str:
        return f"{self.label}: {self.words.text}"

    def as_json(self) -> dict:
        return {"label": self.label, "way": self.way, **_sentence(self.words)}


@dataclass(frozen=True)
class Card:
    """One headline.

    Parameters
    ----------
    title : str
        What the figure counts: "Children looked after".
    figure : Sentence
        The figure with what it counts, made by `of`: "538 children on 30 September 2021".
    value : Value
    lines : changes, comparisons and the target, in the order in which they are read
    questions : what a reader of the front page asks, each with the sentence that answers it
    series : Released
        The figure at other times, oldest first, for the small line of the index pages; None where there is none.
    """

    title: str
    value: Value
    figure: Sentence
    lines: Sequence[Line]
    questions: Mapping[str, Sentence] = field(default_factory=dict)
    series: Released | None = None
    origins: tuple[str, ...] = field(init=False)

    def __post_init__(self):
        only_released(self.value, "a card")
        for text in (self.title, *self.questions):
            in_words(text, "a card")
        found = {origin for each in (self.figure, *(line.words for line in self.lines)) for origin in each.origins}
        object.__setattr__(self, "origins", merge_origins(_Origin(each) for each in found))

    @property
    def html(self) -> str:
        lines = "".join(line.html(self.figure.origins) for line in self.lines)
        return (
            f'<li><p class="what">{escape(self.title)}</p><p class="much">{self.figure.html}</p><ul>{lines}</ul></li>'
        )

    @property
    def text(self) -> str:
        return f"{self.title}: {self.figure.text}. {'. '.join(line.text for line in self.lines)}."

    def headline(self) -> dict:
        """What the manifest says of the card."""
        return {
            "title": self.title,
            "text": self.value.text,
            "key": Figure(self.value, VALUE).key,
            "figure": _sentence(self.figure),
            "lines": [line.as_json() for line in self.lines],
            "origins": list(self.origins),
            "questions": [{"question": asked, **_sentence(reply)} for asked, reply in self.questions.items()],
            "series": _points(self.series, self.value),
        }


def _sentence(spoken: Sentence) -> dict:
    """A sentence as the manifest has it: as it is read, as it is marked up, and whose figures are in it."""
    return {"text": spoken.text, "marked": spoken.marked, "figures": list(spoken.origins)}


@dataclass(frozen=True)
class _Origin:
    origin: str


def cards(*shown: Card, closing: Sentence | None = None) -> Output:
    """The headline cards of a page; `closing` says which of them cannot be shown, and why."""
    body = f'<ul class="cards">{"".join(each.html for each in shown)}</ul>' if shown else ""
    last = f"<p>{closing.marked}</p>" if closing else ""
    return Output(
        "cards",
        body + last,
        text=(*(each.text for each in shown), *([closing.text] if closing else [])),
        origins=merge_origins(_Origin(origin) for each in shown for origin in each.origins),
        headlines=tuple(each.headline() for each in shown),
    )


def shape(way: str) -> str:
    """The shape of a way, for the eye alone; nothing where a line points nowhere."""
    return f'<span class="way {way}" aria-hidden="true">{SHAPES[way]}</span> ' if way else ""


def of(value: Value, unit: str, when: pd.Timestamp | Period | str) -> Sentence:
    """The figure of a card with its unit and when it is of: "538 children on 30 September 2021", "29% in 2018/19"."""
    return say(
        f"{{value}} {'{unit} ' if unit else ''}{{when}}",
        otherwise="{value} {when}",
        value=value,
        unit=unit,
        when=_when(when),
    )


def changed(label: str, now: Value, then: Value | None, when: pd.Timestamp | Period | str) -> Line:
    """How the figure moved since `then`, which is of `when`: "down 7 (1%) from 545 on 30 June 2021"."""
    if then is None or then.symbol in ("x", "z"):
        return Line(label, say("no figure to compare with"))
    if then.period_end < _last_break(now):
        return Line(label, say("not compared, for the way of counting changed in between"))
    moved = change(now, then)
    words = say(
        "{change} {then} {when}{worth}",
        otherwise="not compared, as a number is too small to show",
        change=moved,
        then=then,
        when=_when(when),
        worth=_worth(now.measure, _WAYS[moved.direction]),
    )
    return Line(label, words, _WAYS[moved.direction])


def beside(label: str, mine: Value | None, theirs: Value | None, unit: str, when: pd.Timestamp | Period | str) -> Line:
    """How the figure stands beside that of others: "above: 165 against 67 for every 10,000 children on 31 March 2021".

    Where theirs lies in the interval of ours, chance alone could make the difference, and none is claimed.
    """
    if theirs is None or mine is None or not theirs.is_shown:
        return Line(label, say(NOT_IN_TIME))
    way = _side(mine, theirs)
    relation = {UP: "above", DOWN: "below", LEVEL: "the same", NO_WAY: "no clear difference"}[way]
    words = say(
        f"{{relation}}: {{mine}} against {{theirs}}{' {unit}' if unit else ''} {{when}}{{worth}}",
        otherwise="not compared, as a number is too small to show",
        relation=relation,
        mine=mine,
        theirs=theirs,
        unit=unit,
        when=_when(when),
        worth=_worth(mine.measure, way),
    )
    return Line(label, words, (way or LEVEL) if mine.is_shown else NO_WAY)


def others(
    mine: Value | None, areas: Mapping[str, Value | None], unit: str, when: pd.Timestamp | Period | str
) -> list[Line]:
    """A line for each of `areas`, by its name."""
    return [beside(name, mine, theirs, unit, when) for name, theirs in areas.items()]


def target(measure: Measure) -> Line:
    """The target of a measure with who set it, or that none is published."""
    if measure.target is None:
        return Line(TARGET, say(NONE_PUBLISHED))
    number = number_text(measure.target, measure.unit, measure.decimals)
    source = f" ({measure.target_source})" if measure.target_source else ""
    return Line(TARGET, Sentence.of_words(f"{number}{source}", known=[number, f"{number}{source}"]))


def told(label: str, words: str, **parts) -> Line:
    """A line that points nowhere."""
    return Line(label, say(words, **parts))


def before_in_words(period: Period) -> str:
    """What the period before is called in front of a line: "Quarter before"."""
    return _BEFORE.get(period.kind, "Year before")


def at(released: Released, end: pd.Timestamp) -> Value | None:
    """The figure of the period or day that ends on `end`; None where there is none."""
    rows = only_released(released, "a card").where(period_end=end).values()
    return rows[0] if rows else None


def _last_break(value: Value) -> pd.Timestamp:
    """The last day up to that of `value` from which its measure may not be compared with what was before."""
    return max((each.day for each in value.measure.breaks if each.day <= value.period_end), default=pd.Timestamp.min)


def _side(mine: Value, theirs: Value) -> str:
    """Where ours stands; "" where the difference could be chance."""
    if interval(mine).is_shown and mine.lower <= theirs.number <= mine.upper:
        return NO_WAY
    if mine.number == theirs.number:
        return LEVEL
    return UP if mine.number > theirs.number else DOWN


def _worth(measure: Measure, way: str) -> str:
    """Whether that is better or worse, where everybody would say so."""
    better = _BETTER.get(measure.polarity)
    if better is None or way not in (UP, DOWN):
        return ""
    return ", which is better" if way == better else ", which is worse"


def _when(when: pd.Timestamp | Period | str) -> Sentence:
    match when:
        case pd.Timestamp():
            return say("on {day}", day=when)
        case Period():
            return say(f"{'from' if ' to ' in when.label else 'in'} {{period}}", period=when)
    return say("{when}", when=when)


def _points(series: Released | None, value: Value) -> dict | None:
    """The points of the small line: the key of its latest figure, and [last day, number] of each; no number where hidden.

    It begins after the last break in the series. None where fewer than two points are left.
    """
    if series is None:
        return None
    values = sorted(series.values(), key=lambda each: each.period_end)
    values = [each for each in values if _last_break(value) <= each.period_end]
    if len(values) < 2:
        return None
    points = [[f"{each.period_end:%Y-%m-%d}", None if np.isnan(each.number) else each.number] for each in values]
    return {
        "key": Figure(values[-1], VALUE).key,
        "first": day_in_words(values[0].period_end),
        "last": day_in_words(values[-1].period_end),
        "points": points,
    }
