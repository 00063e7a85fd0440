"""Charts from released figures: each with a finding as its title, true alternative text, and its table beneath.

Drawn as SVG with real text, at the width of a phone: shown there at its own size, larger on a desk. Where there are so many
marks that the drawing would be slow to show, they are one picture in it, and the texts stay texts. Nothing is computed here: a
chart that needs a number asks a metric for it.
"""

from __future__ import annotations

import base64
import io
import re
import textwrap
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, num2date
from matplotlib.figure import Figure as Canvas
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis_lib.disclosure.printed import VALUE
from analysis_lib.periods import MONTH_NAMES, month_in_words
from analysis_lib.report.figure import Figure, known_of
from analysis_lib.report.number_words import facts_of, in_words
from analysis_lib.report.output import SYNTHETIC, Output, escape, merge_origins, only_released, origin_tags
from analysis_lib.report.sentence import Sentence, group_name, joined, say
from analysis_lib.results import PUBLISHED, RETURNS, Break, Released, Value, number_text

# What is ours has the first of our shades on every chart; a second line of ours has another. After Okabe and Ito's colours,
# safe for colour-blind readers, darkened where they would stand out too little from white (at least 3 to 1). No line is told
# apart by its colour alone: each has its own stroke, mark or hatching.
OUR_COLOUR = "#0072B2"
OUR_SHADES = (OUR_COLOUR, "#14213D", "#4A90C2")
OTHER_COLOURS = ("#C85200", "#007A5A", "#A8437F", "#6B6B6B", "#8A6100", "#5B4FA2")
INK, AXIS = "#1d1d1d", "#595959"
LINE_STYLES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)), (0, (3, 1, 1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
HATCHES = ("", "//", "..", "xx")
FIGURE = "figure:"  # begins the name of a text in a picture that is a released figure; its key follows
# A phone shows 5 inches of drawing on some 320 of its pixels: its smallest text is then 10 pixels high.
WIDTH_IN_INCHES, HEIGHT_IN_INCHES = 5.0, 3.6
TEXT, SMALL_TEXT = 12, 11.5  # points
MARKED_POINTS = 24  # a line of no more has a mark at each
MANY_MARKS, DOTS_PER_INCH = 2_000, 200
INTERVAL_LABEL = "95% interval"
PUBLISHERS = {
    "DfE": "the Department for Education",
    "ONS": "the Office for National Statistics",
    "YJB": "the Youth Justice Board",
    "YJB/MoJ": "the Youth Justice Board and the Ministry of Justice",
    "MoJ": "the Ministry of Justice",
}
STYLE = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so the layout is the same on every machine
    "font.size": TEXT,
    "svg.fonttype": "none",
    "svg.hashsalt": "panelpack",
    "axes.edgecolor": AXIS,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
}


def trend(
    name: str,
    finding: Sentence | str,
    series: Mapping[str, Released],
    *,
    y_label: str,
    table: Output,
    marks: Mapping[str, Released] | None = None,
    breaks: Sequence[Break] = (),
    target: tuple[str, float] | None = None,
    ours: Collection[str] = (),
    from_zero: bool = True,
    period_name: Callable[[pd.Timestamp], str] | None = None,
) -> Output:
    """Lines over time, one a series, the first in our colour; missing figures are gaps.

    Parameters
    ----------
    name : str
        File name of its CSV.
    finding : Sentence or str
        What the reader should see; the title.
    series : mapping of label to Released
        Values over `period_end`. The interval of the first is drawn where it has one, and its last figure is written.
    y_label : str
        What is counted, in which unit.
    table : Output
        The same figures as a table; shown folded beneath, and the source of the CSV.
    marks : mapping of label to Released
        Single published points to compare with, drawn open and without a line; those without a point are left out.
    breaks : sequence of Break
        Days at which a series may not be compared across; a dotted upright, and the line is cut.
    target : (label, value)
        By default that of the first series' measure, where it has one.
    ours : labels
        Published series that are of us too, and so have one of our shades. What is counted from returns has it anyhow.
    period_name : function of a period's last day
        What a yearly period is called ("2020/21"). The ticks then stand at the periods, each with its name, and a break
        stands half-way between the points on its two sides.
    """
    fig, ax = _canvas()
    marks = {label: released for label, released in (marks or {}).items() if len(only_released(released, "trend()"))}
    ends = sorted({end for released in series.values() for end in released.frame["period_end"]})
    colours = _colours(series, ours)
    for index, (label, released) in enumerate(series.items()):
        only_released(released, "trend()")
        _line(ax, label, released.frame.sort_values("period_end"), colours[label], index, breaks)
    for index, (label, released) in enumerate(marks.items()):
        ax.scatter(released.frame["period_end"], released.frame["value"], label=label, marker=("D", "s", "^")[index % 3], s=46, facecolors="white", edgecolors=INK, linewidths=1.4, zorder=4)  # fmt: skip
    if from_zero:
        ax.set_ylim(0, 1.12 * ax.get_ylim()[1])  # room for a figure or a mark on the highest point
    _last_figure(ax, [*series.values()])
    for each in breaks:
        at = _break_at(each, ends) if period_name else each.day
        ax.axvline(at, color=AXIS, linestyle=":", linewidth=1.4)
        ax.annotate("break", (at, 1), xycoords=("data", "axes fraction"), xytext=(-2, -2), textcoords="offset points", rotation=90, ha="right", va="top", fontsize=SMALL_TEXT)  # fmt: skip
    target = target or _target(series)
    if target:
        ax.axhline(target[1], color=AXIS, linestyle="--", linewidth=1.4)
        ax.annotate(target[0], (1, target[1]), xycoords=("axes fraction", "data"), xytext=(0, 2), textcoords="offset points", ha="right", va="bottom", fontsize=SMALL_TEXT)  # fmt: skip
    if period_name:
        ax.set_xticks(ends, [period_name(end) for end in ends], rotation=0 if len(ends) <= 5 else 45)
    elif len(ends) <= MARKED_POINTS:
        # At the points themselves: a year's figure to December stands on the eve of the next year's tick.
        named = ends[:: -max(1, -(-len(ends) // 6))][::-1]
        ax.set_xticks(named, [f"{MONTH_NAMES[end.month - 1][:3]}\n{end.year}" for end in named])
    else:
        ax.xaxis.set_major_locator(AutoDateLocator(minticks=3, maxticks=7))
        ax.xaxis.set_major_formatter(FuncFormatter(_date_tick))
    spoken = period_name or month_in_words
    facts = [_line_in_words(label, released, spoken, breaks) for label, released in series.items()]
    facts += [_marks_in_words(label, released, spoken) for label, released in marks.items()]
    facts += [say("Break in series on {day}: {reason}.", day=each.day, reason=each.reason) for each in breaks]
    return _finish(
        fig,
        ax,
        "Line chart",
        name,
        finding,
        y_label,
        facts,
        table,
        {**series, **marks},
    )


def bars(
    name: str, finding: Sentence | str, series: Mapping[str, Released], *, category: str, x_label: str, table: Output
) -> Output:
    """Horizontal bars: the rows of column `category` down, one bar a series, intervals as whiskers; hidden rows say so."""
    categories = list(dict.fromkeys(str(each) for released in series.values() for each in released.frame[category]))
    fig, ax = _canvas(rows=len(categories) * (len(series) + 0.6), legend=len(series) + 1)
    height = 0.8 / len(series)
    colours = _colours(series, ())
    has_interval = False
    for index, (label, released) in enumerate(series.items()):
        only_released(released, "bars()")
        frame = released.frame
        middle = (index - (len(series) - 1) / 2) * height
        at = np.array([categories.index(str(each)) for each in frame[category]]) + middle
        ax.barh(at, frame["value"].fillna(0), height=height * 0.9, color=colours[label], label=label, hatch=HATCHES[index % 4], edgecolor="white")  # fmt: skip
        known = frame["value"].notna() & frame["lower"].notna()
        if known.any():
            _whiskers(ax, frame[known], at[known], "" if has_interval else INTERVAL_LABEL)
            has_interval = True
        for y, value in zip(at, released.values(), strict=True):
            _at_end_of_bar(ax, y, value)
    ax.set_yticks(range(len(categories)), [_wrapped(each) for each in categories])
    ax.invert_yaxis()
    ax.set_xlim(left=min(0, ax.get_xlim()[0]), right=1.16 * ax.get_xlim()[1])  # room for the figures
    ax.grid(axis="y", visible=False)
    facts = [_bars_in_words(label, released, category) for label, released in series.items()]
    return _finish(fig, ax, "Bar chart", name, finding, x_label, facts, table, series, value_axis="x")


def _whiskers(ax: Axes, frame: pd.DataFrame, at: np.ndarray, label: str) -> None:
    """The intervals of bars; light at their edges, so that they are seen on a dark bar as well."""
    spread = np.abs(frame[["lower", "upper"]].to_numpy().T - frame["value"].to_numpy())
    _, caps, lines = ax.errorbar(frame["value"], at, xerr=spread, fmt="none", ecolor=INK, elinewidth=1.4, capsize=4, label=label or None)  # fmt: skip
    for each in (*caps, *lines):
        each.set_path_effects([withStroke(linewidth=3, foreground="white")])


def _at_end_of_bar(ax: Axes, y: float, value: Value) -> None:
    """The figure of a bar, beyond its interval; or that it is hidden."""
    at = {"xytext": (5, 0), "textcoords": "offset points", "va": "center", "fontsize": SMALL_TEXT}
    if value.is_shown:
        end = max(value.number, 0) if np.isnan(value.upper) else max(value.upper, value.number)
        ax.annotate(value.text, (end, y), gid=FIGURE + Figure(value, VALUE).key, **at)
    else:
        ax.annotate("c (hidden)" if value.symbol == "c" else "no figure", (0, y), **at)


def spreads(
    name: str,
    finding: Sentence | str,
    stages: Sequence[tuple[str, Value, Value, Value]],
    *,
    x_label: str,
    table: Output,
) -> Output:
    """For each stage a dot at the middle value and a bar from the low to the high one: (label, low, middle, high), all released."""
    fig, ax = _canvas(rows=1.3 * len(stages))
    facts = []
    for y, (label, low, middle, high) in enumerate(stages):
        for value in (low, middle, high):
            only_released(value, "spreads()")
        if low.is_shown and high.is_shown:
            ax.plot([low.number, high.number], [y, y], color="#8FC6E8", linewidth=9, solid_capstyle="butt")
        if middle.is_shown:
            ax.plot(middle.number, y, marker="o", color=OUR_COLOUR, markersize=9)
            which = FIGURE + Figure(middle, VALUE).key
            at = {"xy": (middle.number, y), "xytext": (0, 8), "textcoords": "offset points", "ha": "center"}
            ax.annotate(middle.text, **at, fontsize=SMALL_TEXT, gid=which)
            around = ", half of them between {low} and {high}" if low.is_shown and high.is_shown else ""
            facts.append(
                say(f"{{label}}: middle value {{middle}}{around}.", label=label, middle=middle, low=low, high=high)
            )
        else:
            ax.annotate(
                " hidden: too few children" if middle.symbol == "c" else " no figure",
                (0, y),
                va="center",
                fontsize=SMALL_TEXT,
            )
            why = "hidden, too few children" if middle.symbol == "c" else "no figure"
            facts.append(say("{label}: {why}.", label=label, why=why))
    ax.set_yticks(range(len(stages)), [_wrapped(stage[0]) for stage in stages])
    ax.set_ylim(len(stages) - 0.4, -0.6)
    ax.set_xlim(left=0)
    ax.grid(axis="y", visible=False)
    shown = {str(index): value for index, stage in enumerate(stages) for value in stage[1:]}
    return _finish(fig, ax, "Range chart", name, finding, x_label, facts, table, shown, value_axis="x")


def curve(
    name: str,
    finding: Sentence | str,
    series: Mapping[str, Released],
    *,
    x: str,
    x_label: str,
    y_label: str,
    table: Output,
    stepped: bool = True,
) -> Output:
    """Lines of a share over the time in column `x` (a survival curve), with the interval as a band.

    `stepped`: the share holds from each time to the next; otherwise it is known at the marked times only, and the line
    just leads from one to the next.
    """
    fig, ax = _canvas()
    facts, colours = [], _colours(series, ())
    for index, (label, released) in enumerate(series.items()):
        only_released(released, "curve()")
        frame = released.frame.sort_values(x)
        colour = colours[label]
        ax.plot(
            frame[x],
            frame["value"],
            drawstyle="steps-post" if stepped else "default",
            marker=None if stepped else MARKERS[index],
            color=colour,
            linestyle=LINE_STYLES[index],
            linewidth=2.2,
            label=label,
        )
        ax.fill_between(
            frame[x],
            frame["lower"],
            frame["upper"],
            step="post" if stepped else None,
            color=colour,
            alpha=0.18,
            linewidth=0,
            label=INTERVAL_LABEL if index == 0 and frame["lower"].notna().any() else None,
        )
        facts += [
            say("{label}: {value} at {x}.", label=label, value=value, x=group_name(value, x))
            for value in released.values()
            if value.is_shown
        ]
    ax.set_ylim(0, 100)
    ax.set_xlim(left=0)
    ax.set_xlabel(x_label)
    return _finish(
        fig, ax, "Stepped line chart" if stepped else "Line chart", name, finding, y_label, facts, table, series
    )


def _date_tick(number: float, _position: int) -> str:
    """A year where January is marked, else month and year: 2021, Jul 2021."""
    day = num2date(number)
    return str(day.year) if day.month == 1 else f"{MONTH_NAMES[day.month - 1][:3]} {day.year}"


class _Drawing(Canvas):
    """A drawing that matplotlib saves sooner: to lay it out nothing is drawn, where `Figure` draws everything and throws it away."""

    def draw(self, renderer):
        engine = self.get_layout_engine()
        if isinstance(engine, ConstrainedLayoutEngine):  # another stands in its place once all is laid out
            engine.execute(self)
        else:
            super().draw(renderer)


@cache
def _style() -> dict:
    return {**sns.axes_style("whitegrid"), **STYLE}


def _canvas(rows: float = 0, legend: int = 0) -> tuple[Canvas, Axes]:
    """An empty drawing: of a fixed height, or high enough for `rows` bars and `legend` lines that explain them."""
    with mpl.rc_context(_style()):
        height = max(2.2, 0.34 * rows + 0.9 + 0.22 * legend) if rows else HEIGHT_IN_INCHES
        fig = _Drawing(figsize=(WIDTH_IN_INCHES, height), layout="constrained")
        return fig, fig.subplots()


def _colours(series: Mapping[str, Released], ours: Collection[str]) -> dict[str, str]:
    """The colour of each series: one of our shades for what is of us, the first series at least; others for the others."""
    first = next(iter(series), "")
    mine = [name for name, each in series.items() if name == first or name in ours or each.origin != PUBLISHED]
    others = [name for name in series if name not in mine]
    shades = {name: OUR_SHADES[place % len(OUR_SHADES)] for place, name in enumerate(mine)}
    return shades | {name: OTHER_COLOURS[place % len(OTHER_COLOURS)] for place, name in enumerate(others)}


def _target(series: Mapping[str, Released]) -> tuple[str, float] | None:
    """The target of the first series' measure, in words that its facts say."""
    first = next(iter(series.values()), None)
    if first is None or first.measure.target is None:
        return None
    target = first.measure.target
    return f"Target {number_text(target, first.measure.unit, first.measure.decimals)}", target


def _last_figure(ax: Axes, series: Sequence[Released]) -> None:
    """Writes the last figure of the first line at its point, where no other line ends in its way."""
    lasts = [_last_shown(released) for released in series]
    if not lasts or lasts[0] is None:
        return
    last, low, high = lasts[0], *ax.get_ylim()
    above = [(each.number - last.number) / (high - low) for each in lasts[1:] if each is not None]
    if not any(-0.03 < each < 0.16 for each in above):
        at = {"xytext": (0, 7), "textcoords": "offset points", "ha": "center", "va": "bottom", "zorder": 5}
        box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.6}
        ax.annotate(last.text, (last.period_end, last.number), **at, fontsize=SMALL_TEXT, fontweight="bold", color=OUR_COLOUR, bbox=box, gid=FIGURE + Figure(last, VALUE).key)  # fmt: skip


def _last_shown(released: Released) -> Value | None:
    known = [value for value in released.values() if value.is_shown]
    return max(known, key=lambda value: value.period_end, default=None)


def _wrapped(label: str) -> str:
    """A long label over several lines, so that it leaves room for the bars."""
    return textwrap.fill(label, 17)


def _line(ax: Axes, label: str, frame: pd.DataFrame, colour: str, index: int, breaks: Sequence[Break]) -> None:
    few = len(frame) <= MARKED_POINTS
    has_interval = False
    for number, (start, end) in enumerate(_unbroken(breaks)):
        part = frame[frame["period_end"].ge(start) & frame["period_end"].lt(end)]
        ax.plot(part["period_end"], part["value"], color=colour, linestyle=LINE_STYLES[index % len(LINE_STYLES)], marker=MARKERS[index % len(MARKERS)] if few else None, markersize=5, linewidth=2.2 if index == 0 else 1.6, label=label if number == 0 else None, zorder=3 if index == 0 else 2)  # fmt: skip
        if index == 0 and part["lower"].notna().any():
            named = None if has_interval else INTERVAL_LABEL
            ax.fill_between(part["period_end"], part["lower"], part["upper"], color=colour, alpha=0.18, linewidth=0, label=named)  # fmt: skip
            has_interval = True


def _unbroken(breaks: Sequence[Break]) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """The stretches of time that no break divides, as (first day, first day of the next); open at both ends."""
    edges = [pd.Timestamp.min, *sorted({each.day for each in breaks}), pd.Timestamp.max]
    return list(zip(edges, edges[1:], strict=False))


def _break_at(each: Break, ends: Sequence[pd.Timestamp]) -> pd.Timestamp:
    """Half-way between the last period that ended before the break and the first that ended after it."""
    before, after = [end for end in ends if end < each.day], [end for end in ends if end >= each.day]
    return before[-1] + (after[0] - before[-1]) / 2 if before and after else each.day


def _line_in_words(
    label: str, released: Released, spoken: Callable[[pd.Timestamp], str], breaks: Sequence[Break]
) -> Sentence:
    """First, last, highest and lowest of a line; of each unbroken stretch by itself where a break divides the figures."""
    known = [value for value in sorted(released.values(), key=lambda value: value.period_end) if value.is_shown]
    if not known:
        return say("{label}: no figures that can be shown.", label=label)
    if len(known) == 1:
        return say("{label}: {run}.", label=label, run=_run_in_words(known, spoken))
    runs = {
        (start, end): run
        for start, end in _unbroken(breaks)
        if (run := [value for value in known if start <= value.period_end < end])
    }
    if len(runs) == 1:
        words = _run_in_words(known, spoken)
    else:
        each = [
            say("{stretch}: {run}", stretch=_stretch_in_words(*edges), run=_run_in_words(run, spoken))
            for edges, run in runs.items()
        ]
        words = joined(each, "; ")
    return say("{label}: {words}{missing}.", label=label, words=words, missing=_missing_in_words(released, known))


def _missing_in_words(released: Released, known: Sequence[Value]) -> str:
    """That points are hidden or missing. How many, the table shows: a number here would be of nobody."""
    missing = len(released) - len(known)
    return "" if not missing else f"; {'one point' if missing == 1 else 'several points'} hidden or missing"


def _stretch_in_words(start: pd.Timestamp, end: pd.Timestamp) -> Sentence:
    if start == pd.Timestamp.min:
        return say("before {end}", end=end)
    if end == pd.Timestamp.max:
        return say("since {start}", start=start)
    return say("since {start} and before {end}", start=start, end=end)


def _run_in_words(run: Sequence[Value], spoken: Callable[[pd.Timestamp], str]) -> Sentence:
    def said(value: Value) -> Sentence:
        return say("{value} in {when}", value=value, when=spoken(value.period_end))

    if len(run) == 1:
        return said(run[0])
    high, low = max(run, key=lambda value: value.number), min(run, key=lambda value: value.number)
    return say(
        "from {first} to {last}, highest {high}, lowest {low}",
        first=said(run[0]),
        last=said(run[-1]),
        high=said(high),
        low=said(low),
    )


def _marks_in_words(label: str, released: Released, spoken: Callable[[pd.Timestamp], str]) -> Sentence:
    points = [
        say("{value} in {when}", value=value, when=spoken(value.period_end))
        for value in released.values()
        if value.is_shown
    ]
    return say("{label}: {points}.", label=label, points=joined(points, "; ") if points else "none")


def _bars_in_words(label: str, released: Released, category: str) -> Sentence:
    each = [
        say(
            "{name} {value}",
            name=group_name(value, category, str(name)),
            value=value if value.is_shown else "hidden" if value.symbol == "c" else "no figure",
        )
        for name, value in zip(released.frame[category], released.values(), strict=True)
    ]
    return say("{label}: {each}.", label=label, each=joined(each, "; "))


def alternative(finding: str, description: str) -> str:
    """The alternative text of a chart: its finding, and the description that stands on the page with its figures."""
    return f"{finding.rstrip('.')}. {description}"


def _finish(fig: Canvas, ax: Axes, kind: str, name: str, finding: Sentence | str, value_label: str, facts: Sequence[Sentence], table: Output, shown: Mapping[str, Released | Value], value_axis: str = "y") -> Output:  # fmt: skip
    _must_be_words(name, value_label, ax, shown)
    with mpl.rc_context(STYLE):
        whole = all(each.measure.is_count for each in shown.values())
        steps = MaxNLocator(6 if value_axis == "y" else 5, steps=[1, 2, 5, 10] if whole else [1, 2, 2.5, 5, 10], integer=whole)  # fmt: skip
        if value_axis == "y":
            # Its height is given, as it would come out: matplotlib measures every label of the axes to find it.
            ax.set_title(textwrap.fill(value_label, 44), loc="left", fontsize=TEXT, pad=10, y=1.0)
            ax.yaxis.set_major_locator(steps)
            ax.yaxis.set_major_formatter(FuncFormatter(_number_tick))
        else:
            ax.set_xlabel(textwrap.fill(value_label, 36))
            ax.xaxis.set_major_locator(steps)
            ax.xaxis.set_major_formatter(FuncFormatter(_number_tick))
        for axis in (ax.xaxis, ax.yaxis):
            if not axis.get_label_text():
                axis.set_label_coords(0, 0)  # nor is a place to be found for what is not there
        _legend(fig, ax)
        image = _svg(fig)
    origins = merge_origins(shown.values())
    finding = finding if isinstance(finding, Sentence) else Sentence.of_words(finding)
    description = joined([Sentence.of_words(f"{kind}."), *facts], " ")
    alt = alternative(finding.text, description.text)
    html = (
        f"<figure><figcaption><b>{finding.marked}</b>{origin_tags(origins)}</figcaption>"
        f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{base64.b64encode(image).decode()}">'
        f'<p class="key">{escape(_beneath(kind, shown))}</p>'
        f'<details><summary>The figures behind this chart</summary><p class="description">{description.marked}</p>'
        f"{_named_table(table, name)}</details></figure>"
    )
    return replace(table, kind="chart", name=name, title=finding.text, html=html, text=(alt,))


def _legend(fig: Canvas, ax: Axes) -> None:
    """What each line, mark or bar is, beneath the chart, where there is more than one; in two columns where they fit."""
    handles, labels = ax.get_legend_handles_labels()
    if len(labels) > 1:
        labels = [textwrap.fill(each, 42) for each in labels]
        columns = 2 if max(len(each) for each in labels) <= 18 else 1
        fig.legend(handles, labels, loc="outside lower left", ncols=columns, frameon=False, fontsize=SMALL_TEXT, borderpad=0, handlelength=2.2)  # fmt: skip


def _number_tick(number: float, _position: int) -> str:
    """1,500; 2.5; 0."""
    return f"{number:,.10g}"


def _beneath(kind: str, shown: Mapping[str, Released | Value]) -> str:
    """Who the figures are from, and why some are missing in the picture."""
    symbols = {
        symbol
        for each in shown.values()
        for symbol in (each.frame["symbol"] if isinstance(each, Released) else [each.symbol])
    }
    said = [f"Source: {'; '.join(_counted(shown))}."]
    if "c" in symbols and kind == "Line chart":
        said.append("Where a line breaks off, a figure is hidden so that no child can be recognised, or is missing.")
    elif "c" in symbols:
        said.append("A figure is hidden so that no child can be recognised.")
    return " ".join(said)


def _counted(shown: Mapping[str, Released | Value]) -> Iterator[str]:
    origins = merge_origins(shown.values())
    if SYNTHETIC in origins:
        yield "counted from synthetic returns, which are invented"
    if RETURNS in origins:
        yield "counted from the council's returns"
    if PUBLISHED in origins:
        rows = [each for one in shown.values() for each in (one.values() if isinstance(one, Released) else [one])]
        cited = {source for each in rows if isinstance(each.source, str) for source in each.source.split("; ")} - {""}
        names = {each.split(",")[0].strip() for each in cited}
        found = sorted({PUBLISHERS.get(name, name) for name in names if name in PUBLISHERS or name.endswith("Council")})
        yield f"published by {joined([Sentence.of_words(each) for each in found]).text}" if found else "published"


def _named_table(table: Output, name: str) -> str:
    """The table under a chart, by the name of the chart: its file to download is named so."""
    return table.html.replace(f'data-table="{escape(table.name)}"', f'data-table="{escape(name)}"', 1)


def _must_be_words(name: str, value_label: str, ax: Axes, shown: Mapping[str, Released | Value]) -> None:
    """Raise `DisclosureError` where a text of the chart holds a number that is neither a word nor the name of a group."""
    values = [each for one in shown.values() for each in (one.values() if isinstance(one, Released) else [one])]
    facts = {
        fact for measure in {each.measure.name: each.measure for each in values}.values() for fact in facts_of(measure)
    }
    drawn = [text for text in ax.texts if not str(text.get_gid() or "").startswith(FIGURE)]
    labels = [*ax.get_legend_handles_labels()[1], *(text.get_text() for text in drawn), ax.get_xlabel(), value_label]
    for text in labels:
        in_words(text, f"chart {name}", known=[*known_of(values), *facts])


def _svg(fig: Canvas) -> bytes:
    """The picture, with nothing in it but what is seen: no metadata, comment or name of an element.

    A printed figure has its key (`data-figure`), the texts of axes and legend say by their class what they are.
    """
    stream = io.BytesIO()
    _gather_many_marks(fig)
    fig.savefig(stream, format="svg", dpi=DOTS_PER_INCH, metadata={"Date": None, "Creator": None})
    # A reader without DejaVu Sans gets one of the same width before the narrower ones.
    svg = stream.getvalue().decode().replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, Arial, sans-serif")
    svg = re.sub(r"data:image/png;base64,[^\"]*", lambda found: re.sub(r"\s", "", found[0]), svg)
    svg = re.sub(r"<!DOCTYPE[^>]*>\s*|<metadata>.*?</metadata>\s*|<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    used = {
        name: f"a{place}" for place, name in enumerate(dict.fromkeys(re.findall(r'(?:url\(#|href="#)([^")]+)', svg)))
    }
    svg = re.sub(r"(url\(#|href=\"#)([^\")]+)", lambda found: found[1] + used[found[2]], svg)
    svg = re.sub(r' id="([^"]*)"', lambda found: _named(found[1], used), svg)
    # Two decimals of a point are finer than any screen.
    return re.sub(r"<[^>]*>", lambda tag: re.sub(r"(\d\.\d\d)\d+", r"\1", tag[0]), svg).encode()


def _gather_many_marks(fig: Canvas) -> None:
    """Makes the marks of a drawing one picture in it where they are more than a page should draw one by one."""
    drawn = [each for ax in fig.axes for each in (*ax.lines, *ax.collections, *ax.patches)]
    if sum(_marks(each) for each in drawn) > MANY_MARKS:
        for each in drawn:
            each.set_rasterized(True)


def _marks(artist) -> int:
    if hasattr(artist, "get_offsets"):
        return len(artist.get_offsets())
    return len(artist.get_xdata()) if hasattr(artist, "get_xdata") else 1


def _named(name: str, used: Mapping[str, str]) -> str:
    """The attribute in place of an id: a shorter one where it is referred to, what it is where that matters, or none."""
    if name in used:
        return f' id="{used[name]}"'
    if name.startswith(FIGURE):
        return f' data-figure="{name.removeprefix(FIGURE)}"'
    kind = {"xtick": "tick", "ytick": "tick", "legend": "legend"}.get(name.split("_")[0])
    return f' class="{kind}"' if kind else ""
