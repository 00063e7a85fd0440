"""Numbers of children over time: the sentence that says where they stand, and the table that sets them side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from analysis_lib.metrics.counting.spells import HIGHEST, NOW, QUARTER_BEFORE, YEAR_BEFORE, moments
from analysis_lib.periods import day_in_words, month_in_words
from analysis_lib.report.chart import trend
from analysis_lib.report.figure import denominator, interval
from analysis_lib.report.output import Output, only_released
from analysis_lib.report.sentence import Change, Sentence, change, joined, say
from analysis_lib.report.table import figures, table
from analysis_lib.results import Released, Result, Value


@dataclass(frozen=True)
class Stock:
    """Children counted at month ends, as they may be shown.

    `series` has a row a month end, `moments` the rows that a reader compares (`metrics.spells.MOMENTS`), `rate` the
    latest month end for every 10,000 children.
    """

    series: Released
    moments: Released
    rate: Value

    @property
    def now(self) -> Value:
        return self.moments.value(moment=NOW)

    @property
    def highest(self) -> Value:
        return self.moments.value(moment=HIGHEST)

    @property
    def title(self) -> str:
        return self.series.measure.title

    def since(self, moment: str) -> Change:
        """The change since "three months before", "a year before" or the "highest month end"."""
        return change(self.now, self.moments.value(moment=moment))


def stock(
    release: Callable[[Result], Released], series: Result, rate: Callable[..., Result], population: int | None
) -> Stock:
    """The released stock of a month-end `series` that ends on the period's last day.

    `release` is the page's gate; `rate` makes a rate of a count (such as `looked_after_rate`) in `population`, which is
    None where no estimate is held: the rate is then missing, symbol "x".
    """
    day = series.exact()["period_end"].max()
    rates = release(rate(series, population=population)).where(period_end=day)
    return Stock(release(series), release(moments(series, day)), rates.latest())


def movement(stock: Stock) -> Sentence:
    """Whether a number of children rises or falls: since three months and a year before, and beside its highest.

    Where one of those days was itself the highest month end, that is said beside its figure and not again.
    """
    peaks = {moment: _peak_named(stock, moment) for moment in (QUARTER_BEFORE, YEAR_BEFORE)}
    return say(
        "{title}: {quarter}. {year}." if any(peaks.values()) else "{title}: {quarter}. {year}. {peak}.",
        title=stock.title,
        quarter=_since(stock, QUARTER_BEFORE, peaks[QUARTER_BEFORE]),
        year=_over_the_year(stock, peaks[YEAR_BEFORE]),
        peak=_peak(stock),
    )


def _over_the_year(stock: Stock, peak_named: str) -> Sentence:
    """The change in a year as a sentence of its own, without its full stop."""
    year = _since(stock, YEAR_BEFORE, peak_named)
    begins = "There is" if stock.moments.value(moment=YEAR_BEFORE).symbol == "x" else "Their number was"
    return say(f"{begins} {{year}}", year=year)


def movement_in_a_year(*stocks: Stock) -> Sentence:
    """Since a year before only, for one number of children or several, without a full stop: a title, or part of a sentence."""
    return joined([_in_a_year(one, _title(one, first=index == 0)) for index, one in enumerate(stocks)], "; ")


def _in_a_year(stock: Stock, title: str) -> Sentence:
    if stock.moments.value(moment=YEAR_BEFORE).symbol == "x":
        return say("{title}: {now} on {day}", title=title, now=stock.now, day=stock.now.period_end)
    return say("{title}: {year}", title=title, year=_since(stock, YEAR_BEFORE))


def _title(stock: Stock, first: bool) -> str:
    return stock.title if first else stock.title[0].lower() + stock.title[1:]


def _since(stock: Stock, moment: str, peak_named: str = "") -> Sentence:
    then = stock.moments.value(moment=moment)
    if then.symbol == "x":
        return say("no count {moment} to compare with", moment=moment)
    return say(
        "{change} {moment} ({then} on {day}{peak_named})",
        otherwise="not compared with {moment}, as a number is too small to show",
        change=change(stock.now, then),
        moment=moment,
        then=then,
        day=then.period_end,
        peak_named=peak_named,
    )


def _peak_named(stock: Stock, moment: str) -> str:
    """What follows the figure of `moment` when it may be shown and is the highest; "" otherwise."""
    then = stock.moments.value(moment=moment)
    is_said = stock.since(moment).direction != "hidden"
    return f", the highest month end since {_first_month(stock)}" if is_said and _is_highest(stock, then) else ""


def _is_highest(stock: Stock, then: Value) -> bool:
    return then.period_end == stock.highest.period_end


def _first_month(stock: Stock) -> str:
    return month_in_words(stock.series.frame["period_end"].min())


def _peak(stock: Stock) -> Sentence:
    first = _first_month(stock)
    if len(stock.series) == 1:
        return say("This is the first month end that the returns hold")
    if _is_highest(stock, stock.now):
        return say("No month end since {first} was higher", first=first)
    return say(
        "The highest month end since {first} was {peak} on {day}",
        otherwise="The highest month end cannot be shown",
        first=first,
        peak=stock.highest,
        day=stock.highest.period_end,
    )


def stock_trend(
    name: str, stock: Stock, *, y_label: str, marks: Mapping[str, Released], note: str | Sentence = ""
) -> Output:
    """A month-end series with its finding as title, and the published points of `marks` on it."""
    first, last = (month_in_words(day) for day in (stock.series.frame["period_end"].min(), stock.now.period_end))
    caption = f"{stock.title} at each month end, {first} to {last}"
    months = figures(f"{name}_by_month", caption, stock.series, heading="On", note=note)
    return trend(
        name, movement_in_a_year(stock), {stock.title: stock.series}, y_label=y_label, table=months, marks=marks
    )


def stocks_table(name: str, caption: str, stocks: Sequence[Stock], *, note: str | Sentence = "") -> Output:
    """Several numbers of children side by side: now, the rate, the changes, the highest month end and its day."""
    head = [
        "",
        "Children",
        "For every 10,000",
        "95% interval",
        "Residents aged 0 to 17",
        "Change in 3 months",
        "Change in a year",
        "Highest month end",
        "Highest on",
    ]
    rows = [
        [
            only_released(each.series, "stocks_table()").measure.title,
            each.now,
            each.rate,
            interval(each.rate) if interval(each.rate).text else each.rate.symbol,
            denominator(each.rate) if denominator(each.rate).text else each.rate.symbol,
            each.since(QUARTER_BEFORE),
            each.since(YEAR_BEFORE),
            each.highest,
            day_in_words(each.highest.period_end) if each.highest.is_shown else "",
        ]
        for each in stocks
    ]
    return table(name, caption, head, rows, note=note)
