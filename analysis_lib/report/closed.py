"""Figures that are closed: one box in their place that says which, why, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis_lib.errors import Closed
from analysis_lib.report.number_words import bare_numbers, in_words, vocabulary
from analysis_lib.report.output import Output, escape
from analysis_lib.report.sentence import Sentence

KIND = "closed"
TITLE = "Not shown here"
SEE_CHECK = "`panelpack check` says what is wrong, and where."
Closings = Sequence[tuple[str, Closed]]


@dataclass(frozen=True, repr=False)
class ClosedOutput(Output):
    """What stands for a closed figure. `closings` are the figures, by name, and what closed each."""

    closings: tuple[tuple[str, Closed], ...] = ()


def closed(figure: str, reason: Closed) -> ClosedOutput:
    """The box for one `figure`, named as a reader would name it, that `reason` closed."""
    return _box([(figure, reason)])


def one_box(outputs: Iterable[Output]) -> list[Output]:
    """The outputs of a section with those that are closed as one box, in the place of the first of them.

    Notes say how to read the figures of their section: where its first and main one is closed, the notes go with it.
    """
    outputs = list(outputs)
    boxes = [each for each in outputs if isinstance(each, ClosedOutput)]
    if not boxes:
        return outputs
    whole = _box([closing for box in boxes for closing in box.closings])
    rest = [each for each in outputs if each is boxes[0] or not isinstance(each, ClosedOutput)]
    if outputs[0] is boxes[0]:
        rest = [each for each in rest if each.kind != "note"]
    return [whole if each is boxes[0] else each for each in rest]


def display(*outputs: Output) -> None:
    """Show the outputs of a section, as `IPython.display.display` does, with one box for all of them that are closed."""
    from IPython.display import display as show  # only a notebook needs it, and it is slow to import

    show(*one_box(outputs))


def why_closed(closings: Closings) -> Sentence | None:
    """What a page cannot say, and why; None without any closing.

    Each of `closings` is what it would say, as a part of a sentence ("how many children are looked after"), and the
    reason that closed it.
    """
    said = [f"{_listed(what)}, because {_why(reason)}." for what, reason in _by_reason(closings)]
    return Sentence.of_words(f"This page cannot say {' Nor can it say '.join(said)}") if said else None


def left_out(closings: Closings) -> str:
    """What is missing from a table, and why, for the line under it; each of `closings` is a heading and its reason."""
    return " ".join(f"Not shown: {_listed(names)}, because {_why(reason)}." for names, reason in _by_reason(closings))


def _box(closings: Closings) -> ClosedOutput:
    points, text = [], []
    for names, reason in _by_reason(closings):
        for name in names:
            in_words(name, "a box of closed figures")
        figures, why = "".join(f"<li>{escape(name)}</li>" for name in names), _capital(f"{_why(reason)}.")
        advice = _worded(reason.advice, SEE_CHECK)
        points.append(f"<ul>{figures}</ul><p><b>Why:</b> {escape(why)} <b>What to do:</b> {escape(advice)}</p>")
        text.append(f"{TITLE}: {'; '.join(names)}. {why} {advice}")
    html = f'<div class="note closed"><p><b>{TITLE}</b></p>{"".join(points)}</div>'
    return ClosedOutput(KIND, html, title=TITLE, text=tuple(text), closings=tuple(closings))


def _why(reason: Closed) -> str:
    return _worded(reason.why, "what it needs cannot be used")


def _worded(text: str, instead: str) -> str:
    """What a problem says, without the clause that counts what was found ("; 12 of the 415 rows have an error").

    The public edition shows no small number, and a problem is made without regard to editions. `instead` stands for one
    that holds a number elsewhere which is none of `number_words`.
    """
    for words in (text, re.sub(r";[^;]*?(?=\. |\.?$)", "", text)):
        if not bare_numbers(words, known=vocabulary()):
            return words
    return instead


def _by_reason(closings: Closings) -> list[tuple[list[str], Closed]]:
    """What each reason closed, in order of first appearance, each name once."""
    found: dict[tuple[str, str], tuple[dict[str, None], Closed]] = {}
    for name, reason in closings:
        found.setdefault((reason.why, reason.advice), ({}, reason))[0][name] = None
    return [(list(names), reason) for names, reason in found.values()]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
