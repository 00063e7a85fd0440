"""Charts from released figures: each with a finding as its title, true alternative text, and its table beneath.

Drawn as SVG with real text. Nothing is computed here: a chart that needs a number asks a metric for it.
"""

from __future__ import annotations

import base64
import io
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, num2date
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis_lib.disclosure.printed import VALUE
from analysis_lib.periods import MONTH_NAMES, month_in_words
from analysis_lib.report.figure import Figure, known_of
from analysis_lib.report.number_words import facts_of, in_words
from analysis_lib.report.output import Output, escape, merge_origins, only_released, origin_tags
from analysis_lib.report.sentence import Sentence, group_name, joined, say
from analysis_lib.results import Break, Released, Value

# Okabe and Ito's colours, safe for colour-blind readers; ours is always the first.
OUR_COLOUR = "#0072B2"
OTHER_COLOURS = ("#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#6b6b6b")
LINE_STYLES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)), (0, (3, 1, 1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
FIGURE = "figure:"  # begins the name of a text in a picture that is a released figure; its key follows
SIZE_IN_INCHES = (6.4, 3.9)  # near a phone's width, so that 11-point text stays readable on one
STYLE = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so the layout is the same on every machine
    "font.size": 11,
    "axes.titlesize": 12,
    "svg.fonttype": "none",
    "svg.hashsalt": "panelpack",
    "axes.edgecolor": "#595959",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": "#1d1d1d",
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
        Values over `period_end`. The interval is drawn where a series has one.
    y_label : str
        What is counted, in which unit.
    table : Output
        The same figures as a table; shown folded beneath, and the source of the CSV.
    marks : mapping of label to Released
        Single published points to compare with, drawn open and without a line; those without a point are left out.
    breaks : sequence of Break
        Days at which a series may not be compared across; a dotted upright, and the line is cut.
    target : (label, value)
    period_name : function of a period's last day
        What a yearly period is called ("2020/21"). The ticks then stand at the periods, each with its name, and a break
        stands half-way between the points on its two sides.
    """
    fig, ax = _canvas()
    marks = {label: released for label, released in (marks or {}).items() if len(only_released(released, "trend()"))}
    ends = sorted({end for released in series.values() for end in released.frame["period_end"]})
    for index, (label, released) in enumerate(series.items()):
        only_released(released, "trend()")
        colour = OUR_COLOUR if index == 0 else OTHER_COLOURS[(index - 1) % len(OTHER_COLOURS)]
        _line(ax, label, released.frame.sort_values("period_end"), colour, index, breaks)
    for index, (label, released) in enumerate(marks.items()):
        ax.scatter(released.frame["period_end"], released.frame["value"], label=label, marker=("D", "s", "^")[index % 3], s=46, facecolors="white", edgecolors="#1d1d1d", linewidths=1.4, zorder=4)  # fmt: skip
    for each in breaks:
        ax.axvline(_break_at(each, ends) if period_name else each.day, color="#595959", linestyle=":", linewidth=1.2)
    if target:
        ax.axhline(target[1], color="#595959", linestyle="--", linewidth=1.2)
        ax.annotate(target[0], (1, target[1]), xycoords=("axes fraction", "data"), ha="right", va="bottom", fontsize=10)
    if period_name:
        ax.set_xticks(ends, [period_name(end) for end in ends], rotation=0 if len(ends) <= 7 else 45)
    else:
        ax.xaxis.set_major_locator(AutoDateLocator(minticks=3, maxticks=7))
        ax.xaxis.set_major_formatter(FuncFormatter(_date_tick))
    if from_zero:
        ax.set_ylim(0, 1.04 * ax.get_ylim()[1])  # room for a mark on the highest point
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
    fig, ax = _canvas(rows=_row_count(series, category))
    categories = list(dict.fromkeys(str(each) for released in series.values() for each in released.frame[category]))
    height = 0.8 / len(series)
    for index, (label, released) in enumerate(series.items()):
        only_released(released, "bars()")
        frame = released.frame
        at = (
            np.array([categories.index(str(each)) for each in frame[category]])
            + (index - (len(series) - 1) / 2) * height
        )
        colour = OUR_COLOUR if index == 0 else OTHER_COLOURS[(index - 1) % len(OTHER_COLOURS)]
        ax.barh(
            at,
            frame["value"].fillna(0),
            height=height * 0.9,
            color=colour,
            label=label,
            hatch=("", "//", "..", "xx")[index % 4],
            edgecolor="white",
        )
        known = frame["value"].notna() & frame["lower"].notna()
        if known.any():
            spread = np.abs(frame.loc[known, ["lower", "upper"]].to_numpy().T - frame.loc[known, "value"].to_numpy())
            ax.errorbar(
                frame.loc[known, "value"],
                at[known],
                xerr=spread,
                fmt="none",
                ecolor="#1d1d1d",
                elinewidth=1.2,
                capsize=3,
            )
        for y in at[(frame["symbol"] == "c").to_numpy()]:
            ax.annotate(" c (hidden)", (0, y), va="center", fontsize=10)
    ax.set_yticks(range(len(categories)), [_wrapped(each) for each in categories])
    ax.invert_yaxis()
    ax.set_xlim(left=min(0, ax.get_xlim()[0]))
    ax.grid(axis="y", visible=False)
    facts = [_bars_in_words(label, released, category) for label, released in series.items()]
    return _finish(fig, ax, "Bar chart", name, finding, x_label, facts, table, series, value_axis="x")


def spreads(
    name: str,
    finding: Sentence | str,
    stages: Sequence[tuple[str, Value, Value, Value]],
    *,
    x_label: str,
    table: Output,
) -> Output:
    """For each stage a dot at the middle value and a bar from the low to the high one: (label, low, middle, high), all released."""
    fig, ax = _canvas(rows=len(stages))
    facts = []
    for y, (label, low, middle, high) in enumerate(stages):
        for value in (low, middle, high):
            only_released(value, "spreads()")
        if low.is_shown and high.is_shown:
            ax.plot([low.number, high.number], [y, y], color="#56B4E9", linewidth=9, solid_capstyle="butt")
        if middle.is_shown:
            ax.plot(middle.number, y, marker="o", color=OUR_COLOUR, markersize=9)
            which = FIGURE + Figure(middle, VALUE).key
            at = {"xy": (middle.number, y), "xytext": (0, 9), "textcoords": "offset points", "ha": "center"}
            ax.annotate(middle.text, **at, fontsize=10, gid=which)
            around = ", half of them between {low} and {high}" if low.is_shown and high.is_shown else ""
            facts.append(
                say(f"{{label}}: middle value {{middle}}{around}.", label=label, middle=middle, low=low, high=high)
            )
        else:
            ax.annotate(
                " hidden: too few children" if middle.symbol == "c" else " no figure", (0, y), va="center", fontsize=10
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
    facts = []
    for index, (label, released) in enumerate(series.items()):
        only_released(released, "curve()")
        frame = released.frame.sort_values(x)
        colour = OUR_COLOUR if index == 0 else OTHER_COLOURS[(index - 1) % len(OTHER_COLOURS)]
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


def _canvas(rows: int = 0) -> tuple[Canvas, Axes]:
    with sns.axes_style("whitegrid"), mpl.rc_context(STYLE):
        width, height = SIZE_IN_INCHES
        fig = Canvas(figsize=(width, max(2.4, 0.42 * rows + 1.3) if rows else height), layout="constrained")
        return fig, fig.subplots()


def _wrapped(label: str) -> str:
    """A long label over several lines, so that it leaves room for the bars."""
    return textwrap.fill(label, 26)


def _row_count(series: Mapping[str, Released], category: str) -> int:
    return (
        sum(released.frame[category].nunique() for released in series.values())
        if len(series) > 1
        else next(iter(series.values())).frame[category].nunique()
    )


def _line(ax: Axes, label: str, frame: pd.DataFrame, colour: str, index: int, breaks: Sequence[Break]) -> None:
    few = len(frame) <= 24
    for number, (start, end) in enumerate(_unbroken(breaks)):
        part = frame[frame["period_end"].ge(start) & frame["period_end"].lt(end)]
        ax.plot(part["period_end"], part["value"], color=colour, linestyle=LINE_STYLES[index % len(LINE_STYLES)], marker=MARKERS[index % len(MARKERS)] if few else None, markersize=5, linewidth=2.2 if index == 0 else 1.6, label=label if number == 0 else None, zorder=3 if index == 0 else 2)  # fmt: skip
        if index == 0 and part["lower"].notna().any():
            ax.fill_between(part["period_end"], part["lower"], part["upper"], color=colour, alpha=0.15, linewidth=0)


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
        if value_axis == "y":
            ax.set_title(textwrap.fill(value_label, 64), loc="left", fontsize=10, pad=10)
            ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
        else:
            ax.set_xlabel(textwrap.fill(value_label, 44))
        if len(ax.get_legend_handles_labels()[1]) > 1:
            fig.legend(*ax.get_legend_handles_labels(), loc="outside lower left", ncols=2, frameon=False, fontsize=10)
        image = _svg(fig)
    origins = merge_origins(shown.values())
    finding = finding if isinstance(finding, Sentence) else Sentence.of_words(finding)
    description = joined([Sentence.of_words(f"{kind}."), *facts], " ")
    alt = alternative(finding.text, description.text)
    html = (
        f"<figure><figcaption><b>{finding.marked}</b>{origin_tags(origins)}</figcaption>"
        f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{base64.b64encode(image).decode()}">'
        f'<details><summary>The figures behind this chart</summary><p class="description">{description.marked}</p>'
        f"{_named_table(table, name)}</details></figure>"
    )
    return replace(table, kind="chart", name=name, title=finding.text, html=html, text=(alt,))


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
    fig.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    # A reader without DejaVu Sans gets one of the same width before the narrower ones.
    svg = stream.getvalue().decode().replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, Arial, sans-serif")
    svg = re.sub(r"<!DOCTYPE[^>]*>\s*|<metadata>.*?</metadata>\s*|<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    used = {
        name: f"a{place}" for place, name in enumerate(dict.fromkeys(re.findall(r'(?:url\(#|href="#)([^")]+)', svg)))
    }
    svg = re.sub(r"(url\(#|href=\"#)([^\")]+)", lambda found: found[1] + used[found[2]], svg)
    svg = re.sub(r' id="([^"]*)"', lambda found: _named(found[1], used), svg)
    # Two decimals of a point are finer than any screen.
    return re.sub(r"<[^>]*>", lambda tag: re.sub(r"(\d\.\d\d)\d+", r"\1", tag[0]), svg).encode()


def _named(name: str, used: Mapping[str, str]) -> str:
    """The attribute in place of an id: a shorter one where it is referred to, what it is where that matters, or none."""
    if name in used:
        return f' id="{used[name]}"'
    if name.startswith(FIGURE):
        return f' data-figure="{name.removeprefix(FIGURE)}"'
    kind = {"xtick": "tick", "ytick": "tick", "legend": "legend"}.get(name.split("_")[0])
    return f' class="{kind}"' if kind else ""
