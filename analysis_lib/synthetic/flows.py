"""From stocks on given days and starts per year to a plan of starts and ends, short segment by short segment.

A segment runs from the day after one mark to the next mark; marks are month ends and the days with a given stock. In each
segment ends = starts - change of stock, so every given stock is hit by construction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from analysis_lib.synthetic.calendar import EXTRACT_DAY, FIRST_DAY, FIRST_YEAR, LAST_YEAR, month_end, year_of
from analysis_lib.synthetic.draws import Draws


@dataclass
class Segment:
    first: date
    last: date
    change: int
    starts: int = 0
    least_starts: int = 0
    least_ends: int = 0

    @property
    def ends(self) -> int:
        return self.starts - self.change

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def plan(
    stocks: dict[date, int],
    starts_per_year: dict[int, int],
    draws: Draws,
    *,
    wobble: int,
    starts_in_part: list[tuple[date, date, int]] = (),
    fixed_starts: list[date] = (),
    fixed_ends: list[date] = (),
) -> list[Segment]:
    """Segments from 1 April 2016 to 31 March 2026 that hit every stock and every number of starts.

    `wobble` (scaled down with a small stock) moves the month ends between two given stocks off the straight line by up to so many children.
    `fixed_starts` and `fixed_ends` are days that are already spoken for: a segment leaves room for them.
    """
    wobble = min(wobble, round(wobble * min(stocks.values()) / 250))
    segments = _segments(_stock_at_marks(stocks, draws, wobble))
    for segment in segments:
        segment.least_starts = 1 + sum(segment.first <= day <= segment.last for day in fixed_starts)
        segment.least_ends = 1 + sum(segment.first <= day <= segment.last for day in fixed_ends)
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        open_segments = [segment for segment in segments if year_of(segment.last) == year]
        remaining = starts_per_year[year]
        parts = sorted(starts_in_part, key=lambda part: part[1] - part[0])  # the narrowest first
        for first, last, number in parts:
            inside = [segment for segment in segments if first <= segment.first and segment.last <= last]
            chosen = [segment for segment in inside if segment in open_segments]
            if not chosen:
                continue
            number -= sum(segment.starts for segment in inside if segment not in chosen)
            _share_starts(chosen, number)
            remaining -= number
            open_segments = [segment for segment in open_segments if segment not in chosen]
        _share_starts(open_segments, remaining)
    return segments


def _stock_at_marks(stocks: dict[date, int], draws: Draws, wobble: int) -> dict[date, int]:
    days = sorted(stocks)
    at_marks = {}
    for (left, right), last in zip(zip(days, days[1:], strict=False), [False] * (len(days) - 2) + [True], strict=True):
        at_marks[left] = stocks[left]
        mark = month_end(left + timedelta(days=1))
        ceiling = max(stocks[left], stocks[right]) + wobble
        while mark < right:
            share = (mark - left).days / (right - left).days
            straight = stocks[left] + share * (stocks[right] - stocks[left])
            near = min((mark - left).days, (right - mark).days) < 20
            at_marks[mark] = min(ceiling, round(straight) + (0 if near else draws.integer(-wobble, wobble)))
            mark = month_end(mark + timedelta(days=1))
        if last:
            at_marks[right] = stocks[right]
    return at_marks


def _segments(at_marks: dict[date, int]) -> list[Segment]:
    marks = sorted(at_marks)
    if marks[0] != FIRST_DAY - timedelta(days=1) or marks[-1] != EXTRACT_DAY:
        raise ValueError("stocks must be given for 31 March 2016 and 31 March 2026")
    return [
        Segment(left + timedelta(days=1), right, at_marks[right] - at_marks[left])
        for left, right in zip(marks, marks[1:], strict=False)
    ]


def _share_starts(segments: list[Segment], total: int) -> None:
    """Give `total` starts to `segments`: by their days, half of a change of stock by starts and half by ends."""
    days = sum(segment.days for segment in segments)
    change = sum(segment.change for segment in segments)
    floor = {
        id(segment): max(
            segment.least_starts, segment.change + segment.least_ends, round(0.25 * total * segment.days / days)
        )
        for segment in segments
    }
    wanted = {
        id(segment): max(
            floor[id(segment)], total * segment.days / days + 0.5 * (segment.change - change * segment.days / days)
        )
        for segment in segments
    }
    for segment in segments:
        segment.starts = max(floor[id(segment)], int(wanted[id(segment)]))
    while (gap := total - sum(segment.starts for segment in segments)) != 0:
        step = 1 if gap > 0 else -1
        candidates = [segment for segment in segments if step > 0 or segment.starts > floor[id(segment)]]
        if not candidates:
            raise ValueError(f"{total} starts do not fit {segments[0].first} to {segments[-1].last}")
        # the segment that is furthest from what it wanted moves first; ties go to the earliest
        best = max(candidates, key=lambda s: (step * (wanted[id(s)] - s.starts) / s.days**0.5, -s.first.toordinal()))
        best.starts += step
