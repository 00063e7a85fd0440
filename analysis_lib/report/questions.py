"""Questions that the panel may wish to ask: raised by fixed rules from released figures, each with the figure that raised it.

A rule sees what a reader of this edition sees and nothing else, so a question cannot tell what is hidden. None of them is a
judgement: the page says which rules there are, and a reader may ask other things.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis_lib.periods import Period, month_in_words
from analysis_lib.report.figure import denominator
from analysis_lib.report.number_words import facts_of
from analysis_lib.report.output import Output, escape, merge_origins, only_released
from analysis_lib.report.sentence import Change, Piece, Sentence, change, say
from analysis_lib.report.table import Rows
from analysis_lib.results import PERCENT, Measure, Released, Value, number_text
from analysis_lib.stats.control_charts import FLOW, NEAR, NEUTRAL_HIGH, OUTSIDE, TREND, xmr

SMALL_BASE = 30  # as on the page for the person who decides: a figure that rests on fewer is spoken of with care
LARGE_CHANGE = 10  # per cent in a year, of a number of children that is not small itself
SMALLEST_FOR_CHANGES = 50
FEWEST_NEIGHBOURS = 5  # beyond every one of a list of two or three says little

RULES = (
    "a month stands out from the two years of months before it, by the rules of control charts",
    "a number of children has moved by a tenth or more in a year",
    "a target was missed in two periods running",
    "a figure lies beyond that of every statistical neighbour, or apart from England's or the population's by more than chance explains",
    "a headline is hidden, or rests on fewer than thirty children",
    "a table of the returns is closed, or more than one row in a hundred has an error or a warning",
)
NONE_RAISED = "The rules raise no question from these figures. That does not mean that there is none to ask."


@dataclass(frozen=True)
class Question:
    """`asks` is the question, in words; `because` says what raised it, with the figure."""

    asks: str
    because: Sentence

    @property
    def text(self) -> str:
        return f"{self.asks} {self.because.text}"


def questions(raised: Iterable[Question], *, closing: Sentence | None = None) -> Output:
    """The list of questions, or the sentence that says that there is none; beneath it the rules.

    `closing` says what the rules could not look at. Each question stands once.
    """
    raised = list({each.text: each for each in raised}.values())
    asked = [Sentence.of_words(each.asks, each.because.origins) for each in raised]
    items = "".join(
        f"<li><p><b>{words.marked}</b></p><p>{each.because.html}</p></li>"
        for words, each in zip(asked, raised, strict=True)
    )
    none = Sentence.of_words(NONE_RAISED)
    listed = f'<ol class="questions">{items}</ol>' if raised else f"<p>{none.marked}</p>"
    missing = f"<p>{closing.marked}</p>" if closing else ""
    rules = "".join(f"<li>{escape(rule[0].upper() + rule[1:])}.</li>" for rule in RULES)
    told = (
        "<details><summary>What raises a question</summary><p>Fixed rules look at the figures of this page; nobody chose "
        f"the questions. A question is raised when one of these holds:</p><ul>{rules}</ul></details>"
    )
    origins = [_Origin(origin) for each in raised for origin in each.because.origins]
    said = [*(each.text for each in raised), *([] if raised else [none.text]), *([closing.text] if closing else [])]
    return Output("questions", f"{listed}{missing}{told}", text=tuple(said), origins=merge_origins(origins))


@dataclass(frozen=True)
class _Origin:
    origin: str


# The rules


def unusual(series: Released, *, what: str, period: Period) -> list[Question]:
    """Whether a month of `period` stands out in a series of months: the latest that does.

    Parameters
    ----------
    series : Released
        What happened in each month, in order of time; hidden months are gaps.
    what : str
        What is counted, in the middle of a sentence: "starts of care".

    Not asked where a control chart does not fit: fewer than twelve points, or fewer than ten a month on average.
    """
    values = only_released(series, "unusual()").values()
    # Moving ranges are not screened: the limits are then wider, and a question is raised less easily.
    chart = xmr([value.number for value in values], screen_moving_ranges=False, of=FLOW)
    marked = [
        (value, rule, label == NEUTRAL_HIGH)
        for value, rule, label in zip(values, chart.rule, chart.label, strict=True)
        if rule and value.is_shown and period.start <= value.period_end <= period.end
    ]
    if chart.cautions or not marked:
        return []
    value, rule, is_high = marked[-1]
    words = {
        OUTSIDE: f"{'more' if is_high else 'fewer'} than chance alone would explain beside the other months",
        TREND: f"one of seven months in a row that each had {'more' if is_high else 'fewer'} than the one before",
        NEAR: f"nearly {'more' if is_high else 'fewer'} than chance alone would explain, for the second time in three months",
    }.get(rule, f"one of seven months or more in a row {'above' if is_high else 'below'} the average")
    because = say(
        "{what}, {month}: {value}, {words}.", what=_capital(what), month=_month(value), value=value, words=words
    )
    return [Question(f"What lies behind the number of {what} in {_month(value)}?", because)]


def moved(now: Value, then: Value, *, what: str) -> list[Question]:
    """Whether a number of children has changed by a tenth or more since `then`, a year before.

    `what` is whom it counts, in the middle of a sentence: "children looked after".
    """
    since: Change = change(now, then)
    if since.direction not in ("up", "down") or then.number < SMALLEST_FOR_CHANGES:
        return []
    if 100 * abs(now.number - then.number) < LARGE_CHANGE * then.number:
        return []
    because = say(
        "{now} on {day}, {change} a year before ({then}).", now=now, day=now.period_end, change=since, then=then
    )
    more = "more" if since.direction == "up" else "fewer"
    return [Question(f"Why are there {more} {what} than a year before, and is that expected to go on?", because)]


def missed_target(series: Released, *, what: str) -> list[Question]:
    """Whether the last two figures of a series both miss the target of their measure; nothing where nobody has set one.

    `what` is the figure in the middle of a sentence: "the share of reviews held on time". A hidden figure ends the run.
    """
    measure, latest = only_released(series, "missed_target()").measure, series.values()[-2:]
    if len(latest) < 2 or not all(_misses(value, measure) for value in latest):
        return []
    then, now = latest
    target = Sentence.of_words(
        f"Target {number_text(measure.target, measure.unit, measure.decimals)}", known=facts_of(measure)
    )
    because = say(
        "{now} in {period}, after {then} in {before}. {target}, set by {source}.",
        now=now,
        period=_when(now),
        then=then,
        before=_when(then),
        target=target,
        source=Sentence.of_words(measure.target_source, known=facts_of(measure)),
    )
    return [Question(f"What will bring {what} to its target, and by when?", because)]


def _misses(value: Value, measure: Measure) -> bool:
    if measure.target is None or not value.is_shown:
        return False
    match measure.polarity:
        case "higher is better":
            return value.number < measure.target
        case "lower is better":
            return value.number > measure.target
    return False


def beyond_neighbours(rates: Released, *, ours: str, what: str) -> list[Question]:
    """Whether our rate is higher, or lower, than that of every statistical neighbour.

    `rates` has a row for each area (group "area") for one day; `what` is what it counts: "children looked after for every
    10,000 children".
    """
    areas = [str(area) for area in only_released(rates, "beyond_neighbours()").frame.get("area", ())]
    shown = [(area, value) for area, value in zip(areas, rates.values(), strict=bool(areas)) if value.is_shown]
    mine = next((value for area, value in shown if area == ours), None)
    others = [pair for pair in shown if pair[0] != ours]
    if mine is None or len(others) < FEWEST_NEIGHBOURS:
        return []
    highest, lowest = max(others, key=lambda pair: pair[1].number), min(others, key=lambda pair: pair[1].number)
    if mine.number > highest[1].number:
        more, side, (area, nearest) = "more", "highest", highest
    elif mine.number < lowest[1].number:
        more, side, (area, nearest) = "fewer", "lowest", lowest
    else:
        return []
    because = say(
        "On {day} {ours} had {mine} {what}. The {side} of its statistical neighbours, {area}, had {nearest}.",
        day=mine.period_end,
        ours=ours,
        mine=mine,
        what=what,
        side=side,
        area=area,
        nearest=nearest,
    )
    return [Question(f"Why does {ours} have {more} {what} than every one of its statistical neighbours?", because)]


def apart(value: Value | None, other: Value | None, *, what: str, theirs: str) -> list[Question]:
    """Whether a published figure of others lies outside the interval of ours.

    `what` is the figure, in the middle of a sentence ("the share of pupils who were suspended"); `theirs` whose the other
    is ("England").
    """
    if value is None or other is None or not (value.is_shown and other.is_shown):
        return []
    if np.isnan([value.lower, value.upper]).any() or value.lower <= other.number <= value.upper:
        return []
    side = "above" if value.number > other.number else "below"
    because = say(
        "{what}: {value}, {side} {theirs} ({other}) by more than chance alone would explain.",
        what=_capital(what),
        value=value,
        side=side,
        theirs=theirs,
        other=other,
    )
    return [Question(f"Why is {what} {_side_in_words(value, side)} {theirs}?", because)]


def _side_in_words(value: Value, side: str) -> str:
    """ "above", and where the measure says which is better, whether that is."""
    better = {"higher is better": "above", "lower is better": "below"}.get(value.measure.polarity, "")
    return f"{'better' if side == better else 'worse'}, that is {side}," if better else side


def over_represented(rate: Value | None, *, group: str, beside: str, where: str) -> list[Question]:
    """Whether the interval of a relative rate leaves out one: a group is there more, or less, often than another.

    `group` and `beside` are the two, in the middle of a sentence ("boys", "girls"), `where` the place ("on the caseload").
    """
    if rate is None or not rate.is_shown or np.isnan([rate.lower, rate.upper]).any() or rate.lower <= 1 <= rate.upper:
        return []
    because = say(
        "{group} were {rate} times as likely as {beside} to be {where}, and chance alone does not explain that.",
        where=where,
        group=_capital(group),
        rate=rate,
        beside=beside,
    )
    more = "more" if rate.number > 1 else "less"
    return [Question(f"Why are {group} {where} {more} often than {beside}, and what is done about it?", because)]


def tiny_base(value: Value | None, *, what: str) -> list[Question]:
    """Whether a share or an average that is shown rests on fewer than `SMALL_BASE` children."""
    if value is None or not value.is_shown or value.measure.is_count or not 0 < value.denominator < SMALL_BASE:
        return []
    moves = (
        "one child more or less moves it by several points"
        if value.measure.unit == PERCENT
        else "one long or short wait moves it a good deal"
        if value.measure.is_average
        else "one child more or less moves it a good deal"
    )
    because = say(
        "{what}: {value}. It rests on {base} children, so that {moves}.",
        what=_capital(what),
        value=value,
        base=denominator(value),
        moves=moves,
    )
    return [Question(f"How much can be read into {what}?", because)]


def hidden_headline(value: Value | None, *, what: str) -> list[Question]:
    """Whether a headline of the page is hidden in this edition."""
    if value is None or value.symbol != "c":
        return []
    because = say("{what}: {value}, or one that would give such a number away.", what=_capital(what), value=value)
    return [Question(f"Who on the panel may see {what}?", because)]


def doubtful_data(title: str, read: Rows, errors: Rows, warnings: Rows) -> Question:
    """The question on a table of the returns of which many rows are in doubt, with the numbers of the table of data quality."""
    because = say(
        "{title}: {errors} errors and {warnings} warnings in {read} rows read. The table of data quality says of what kind.",
        title=title,
        errors=_rows(errors),
        warnings=_rows(warnings),
        read=_rows(read),
    )
    return Question("What is done about the quality of these data, and how far may the figures be trusted?", because)


def closed_data(title: str) -> Question:
    """The question on a table of the returns that errors have closed."""
    because = say("{title}: not used at all, because of errors in it.", title=title)
    return Question("When will these data be put right?", because)


def _rows(rows: Rows) -> Sentence:
    return Sentence((Piece(rows.text, "span", rows.attribute),), ())


def _when(value: Value) -> Period | Sentence:
    if pd.isna(value.period_start):
        return say("{day}", day=value.period_end)
    return Period.span(value.period_start, value.period_end)


def _month(value: Value) -> str:
    return month_in_words(value.period_end)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def flat(raised: Iterable[Sequence[Question]]) -> list[Question]:
    """The questions of several rules in order."""
    return [each for several in raised for each in several]
