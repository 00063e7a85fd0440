"""What the service says of a page, in its place: the cause, what will be done by whom and when, what became of the last actions.

The files are read and checked by `analysis_lib.commentary`; here is their shape, and how a page shows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis_lib.periods import day_in_words
from analysis_lib.report.figure import day_attribute
from analysis_lib.report.output import SYNTHETIC, Output, escape, origin_tags

KIND = "commentary"
SERVICE = "service"  # the other label: what a council's own service has written
NONE = "The service has not written anything on this page for this period."
OF_OTHER_RETURNS = "A commentary on this page is there, but it is left out: it was written for the demonstration, and these figures are a council's own."
OF_A_COUNCIL = (
    "A commentary on this page is there, but it is left out: a service has written it, and these figures are invented."
)
WRITTEN_FOR_THE_DEMONSTRATION = "Written for the demonstration, to show what a commentary looks like. Nobody of the council has said or decided this."


@dataclass(frozen=True)
class Action:
    """What will be done: `owner` is a role."""

    what: str
    owner: str
    due: pd.Timestamp


@dataclass(frozen=True)
class LastAction:
    """What was to be done, and what became of it."""

    what: str
    became: str


@dataclass(frozen=True)
class Commentary:
    """One page's commentary. `label` is "synthetic" for the demonstration's, else "service"; `stated` are the phrases with a
    number that counts no children."""

    label: str
    written_by: str
    written_on: pd.Timestamp
    cause: str
    actions: tuple[Action, ...] = ()
    last_actions: tuple[LastAction, ...] = ()
    stated: tuple[str, ...] = ()

    @property
    def days(self) -> list[str]:
        """Every day that it names in a field of its own, ISO."""
        return sorted({f"{day:%Y-%m-%d}" for day in (self.written_on, *(each.due for each in self.actions))})

    def is_of(self, figures: str) -> bool:
        """Whether it was written of figures with this label: "synthetic" or "returns"."""
        return (self.label == SYNTHETIC) == (figures == SYNTHETIC)


@dataclass(frozen=True)
class Correction:
    """What a corrected pack says of itself: the manifest that it corrects (SHA-256), what was wrong, why, who decided it, when.

    `first_by` and `first_on` say who had signed the corrected pack off, and when.
    """

    corrects: str
    what: str
    why: str
    by: str
    on: pd.Timestamp
    first_by: str = ""
    first_on: pd.Timestamp | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """For the banner: that this pack takes the place of another, what was wrong there, and why."""
        first = f", signed off by {self.first_by} on {day_in_words(self.first_on)}" if self.first_on is not None else ""
        return (
            f"Corrected pack. It corrects the earlier pack of this period{first}, and takes its place: do not use the earlier one.",
            f"What was wrong: {_sentence(self.what)} Why: {_sentence(self.why)} Decided by {self.by}, {day_in_words(self.on)}.",
        )


def commentary(told: Commentary | None, *, figures: str) -> Output:
    """The commentary of a page whose own figures have the label `figures`; a sentence where there is none for them."""
    if told is None or not told.is_of(figures):
        words = NONE if told is None else OF_OTHER_RETURNS if told.label == SYNTHETIC else OF_A_COUNCIL
        return Output(KIND, f"<p>{escape(words)}</p>", text=(words,))
    is_synthetic = told.label == SYNTHETIC
    written = f"Written by the {_role(told.written_by)}, {_time(told.written_on)}."
    notice = f"<p>{origin_tags((SYNTHETIC,)).strip()} {WRITTEN_FOR_THE_DEMONSTRATION}</p>" if is_synthetic else ""
    parts = [
        notice,
        *(f"<p>{_marked(each, told.stated)}</p>" for each in paragraphs(told.cause)),
        *_actions(told.actions, told.stated),
        *_last_actions(told.last_actions, told.stated),
        f'<p class="who-wrote">{written}</p>',
    ]
    text = [
        *([WRITTEN_FOR_THE_DEMONSTRATION] if is_synthetic else []),
        *paragraphs(told.cause),
        *(f"{_sentence(each.what)} {each.owner}, by {day_in_words(each.due)}." for each in told.actions),
        *(f"{_sentence(each.what)} {_sentence(each.became)}" for each in told.last_actions),
    ]
    return Output(
        KIND,
        f'<div class="commentary">{"".join(parts)}</div>',
        text=tuple(text),
        origins=(SYNTHETIC,) if is_synthetic else (),
        page={"label": told.label, "written_by": told.written_by, "days": told.days, "stated": list(told.stated)},
    )


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, which blank lines part, each on one line."""
    return [" ".join(each.split()) for each in re.split(r"\n\s*\n", text.strip()) if each.strip()]


def _actions(actions: Sequence[Action], stated: Sequence[str]) -> Iterator[str]:
    if not actions:
        return
    items = "".join(
        f'<li><p>{_marked(_sentence(each.what), stated)}</p><p class="owner"><b>Owner:</b> {escape(each.owner)}. '
        f"<b>Due:</b> {_time(each.due)}.</p></li>"
        for each in actions
    )
    yield f"<h3>What will be done</h3><ol>{items}</ol>"


def _last_actions(actions: Sequence[LastAction], stated: Sequence[str]) -> Iterator[str]:
    if not actions:
        return
    items = "".join(
        f"<li><p>{_marked(_sentence(each.what), stated)}</p><p><b>What became of it:</b> {_marked(_sentence(each.became), stated)}</p></li>"
        for each in actions
    )
    yield f"<h3>What became of the last actions</h3><ol>{items}</ol>"


def _marked(text: str, stated: Sequence[str]) -> str:
    """The text with each stated phrase in an element that says so: a number that the service has stated, not counted here."""
    if not stated:
        return escape(text)
    either = re.compile("|".join(re.escape(each) for each in sorted(stated, key=len, reverse=True)))
    parts, at = [], 0
    for found in either.finditer(text):
        parts += [escape(text[at : found.start()]), f'<span data-stated="">{escape(found[0])}</span>']
        at = found.end()
    return "".join([*parts, escape(text[at:])])


def _time(day: pd.Timestamp) -> str:
    return f"<time{day_attribute(day)}>{day_in_words(day)}</time>"


def _sentence(text: str) -> str:
    """On one line, with a full stop."""
    said = " ".join(text.split())
    return said if said.endswith((".", "!", "?")) else f"{said}."


def _role(by: str) -> str:
    return escape(by)
