"""The small line beside a headline: a drawing without a text, from the points that the manifest has."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import date
from itertools import groupby

WIDTH, HEIGHT, EDGE = 240, 48, 5
LINE = "fill: none; stroke: #00558c; stroke-width: 2.5; stroke-linejoin: round"
DOT = "fill: #00558c"

Point = tuple[str, float | None]


def small_line(points: Sequence[Point]) -> str:
    """The address (data:) of the drawing of `points`, each a last day (ISO) and a number, None where it is hidden.

    The line fills its height: it shows the way, not the size. A hidden point is a gap; a point between two gaps is a dot,
    and so is the last.
    """
    places = _places(points)
    stretches = [list(run) for shown, run in groupby(places, key=lambda place: place is not None) if shown]
    lines = [f'<path d="M{" L".join(run)}" style="{LINE}"/>' for run in stretches if len(run) > 1]
    dots = [run[0] for run in stretches if len(run) == 1] + ([stretches[-1][-1]] if stretches else [])
    circles = [_circle(place) for place in dict.fromkeys(dots)]
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f"{''.join(lines)}{''.join(circles)}</svg>"
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"


def in_words(points: Sequence[Point]) -> str:
    """What the line shows, for who does not see it. It has no number: the figures stand beside it."""
    shown = [number for _, number in points if number is not None]
    if len(shown) < 2:
        return "A small line. Too few of its points can be shown to say more."
    first, last = shown[0], shown[-1]
    way = "higher than" if last > first else "lower than" if last < first else "where"
    peak = ", and is at its highest there" if last == max(shown) > min(shown) else ""
    low = ", and is at its lowest there" if last == min(shown) < max(shown) else ""
    return f"A small line: it ends {way} it began{peak}{low}."


def _places(points: Sequence[Point]) -> list[str | None]:
    """Where each point is drawn, "x,y"; None where it is hidden."""
    days = [date.fromisoformat(day).toordinal() for day, _ in points]
    shown = [number for _, number in points if number is not None]
    least, most = (min(shown), max(shown)) if shown else (0, 0)
    return [
        None
        if number is None
        else f"{_scaled(day, days[0], days[-1], WIDTH):.1f},{HEIGHT - _scaled(number, least, most, HEIGHT):.1f}"
        for day, (_, number) in zip(days, points, strict=True)
    ]


def _scaled(number: float, least: float, most: float, size: int) -> float:
    """From the edge of the drawing to its other edge; in the middle where all are equal."""
    share = (number - least) / (most - least) if most > least else 0.5
    return EDGE + share * (size - 2 * EDGE)


def _circle(place: str) -> str:
    x, y = place.split(",")
    return f'<circle cx="{x}" cy="{y}" r="4" style="{DOT}"/>'
