"""What changed since the last signed-off pack: the headlines of a manifest beside what the register has of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from analysis_lib.disclosure.equations import number_of
from analysis_lib.disclosure.printed import PrintedFigure
from analysis_lib.disclosure.register import Entry, Register
from analysis_lib.periods import Period
from analysis_lib.report.cards import DOWN, LEVEL, NO_WAY, UP

A_FEW_DAYS = 5  # spans of the same number of months differ by as much


def last_signed_off(register: Register, before: str) -> Entry | None:
    """The signed-off pack of the latest period that ended before the period `before` does; None where there is none."""
    end = Period.parse(before).end
    earlier = [entry for entry in register.entries if Period.parse(entry.period).end < end]
    return max(earlier, key=lambda entry: (Period.parse(entry.period).end, entry.period), default=None)


def since_then(pages: Iterable[dict], entry: Entry) -> list[dict]:
    """A row for each headline that the signed-off pack `entry` printed as well.

    Title, and text and key now and then; `way` and `words` say how the two differ. A figure of the very same days says
    nothing of a change: it is there only where it was revised.
    """
    printed = [PrintedFigure.from_key(key, text) for key, text in entry.latest.figures]
    rows = []
    for page in pages:
        for card in page.get("headlines", ()):
            now = PrintedFigure.from_key(card["key"], card["text"])
            then = _counterpart(now, printed)
            if then is not None and (then.key != now.key or then.text != now.text):
                rows.append({"title": card["title"], "now": now, "then": then, **_difference(now, then)})
    return rows


def _counterpart(now: PrintedFigure, printed: list[PrintedFigure]) -> PrintedFigure | None:
    """The latest figure of the same measure and groups, over as many days where there is one."""
    alike = [
        each
        for each in printed
        if (each.measure, each.groups, each.what) == (now.measure, now.groups, now.what)
        and bool(each.start) == bool(now.start)
        and each.end <= now.end
    ]
    as_long = [each for each in alike if abs(_days(each) - _days(now)) <= A_FEW_DAYS]
    return max(as_long or alike, key=lambda each: (each.end, each.start), default=None)


def _days(figure: PrintedFigure) -> int:
    if not figure.start:
        return 0
    return (date.fromisoformat(figure.end) - date.fromisoformat(figure.start)).days


def _difference(now: PrintedFigure, then: PrintedFigure) -> dict:
    (number, _), (before, _) = number_of(now.text), number_of(then.text)
    if number is None or before is None:
        return {"way": NO_WAY, "words": "not compared, as a number is not shown"}
    if now.key == then.key:
        return {"way": UP if number > before else DOWN, "words": "revised: the same days, counted again"}
    if number == before:
        return {"way": LEVEL, "words": "the same"}
    return {"way": UP, "words": "higher"} if number > before else {"way": DOWN, "words": "lower"}
