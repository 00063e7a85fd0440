"""Sentences with figures in them, written from released values only, and the words for a change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from string import Formatter

import numpy as np
import pandas as pd

from analysis_lib.disclosure.printed import VALUE
from analysis_lib.errors import DisclosureError
from analysis_lib.periods import Period, day_in_words
from analysis_lib.report.figure import (
    Figure,
    change_attribute,
    day_attribute,
    figure_attribute,
    group_attribute,
    known_of,
    period_attribute,
)
from analysis_lib.report.number_words import bare_numbers, in_words
from analysis_lib.report.output import Output, escape, merge_origins, origin_tags
from analysis_lib.results import PERCENT, Released, Value, number_text, round_half_up
from analysis_lib.stats.verdicts import NO_CLEAR_DIFFERENCE


@dataclass(frozen=True)
class Change:
    """How a figure moved between two moments, in words that a rule has earned.

    `direction` is up, down, same, unclear (a difference that chance alone would often make) or hidden.
    """

    now: Value
    then: Value

    @property
    def direction(self) -> str:
        if not (self.now.is_shown and self.then.is_shown):
            return "hidden"
        if self.now.measure.unit == PERCENT and self._could_be_chance():
            return "unclear"
        if self.now.number == self.then.number:
            return "same"
        return "up" if self.now.number > self.then.number else "down"

    def _could_be_chance(self) -> bool:
        counts = (self.now.numerator, self.now.denominator, self.then.numerator, self.then.denominator)
        if np.isnan(counts).any():
            return False  # published without its base: taken as it is printed
        from analysis_lib.stats.comparisons import difference_of_proportions  # its libraries take seconds to import

        return difference_of_proportions(*counts).verdict == NO_CLEAR_DIFFERENCE

    @property
    def amount(self) -> str:
        """The size of the change: "43 (8%)" for counts and days, "3 percentage points" for percentages, "7.1" for rates."""
        measure = self.now.measure
        size = abs(self.now.number - self.then.number)
        if measure.unit == PERCENT:
            text = number_text(size, "", self.now.decimals)
            return f"{text} percentage point{'' if text == '1' else 's'}"
        text = number_text(size, measure.unit, self.now.decimals)
        if measure.is_count and self.then.number > 0:
            share = 100 * size / self.then.number
            whole = number_text(float(round_half_up(share)), PERCENT, 0)
            text += f" ({whole if share >= 1 else 'less than 1%'})"
        return text

    @property
    def text(self) -> str:
        """Reads after a figure and before the other moment: "up 43 (8%) from", "down 3 percentage points from", "the same as"."""
        match self.direction:
            case "hidden":
                return "not compared with"
            case "unclear":
                return "not clearly different from"
            case "same":
                return "the same as"
        return f"{self.direction} {self.amount} from"

    def __str__(self) -> str:
        return self.text


def change(now: Value, then: Value) -> Change:
    """How `now` differs from `then`, both released values of the same measure."""
    if not (isinstance(now, Value) and isinstance(then, Value)):
        raise DisclosureError("change() compares two released values. Take them from page.release().")
    return Change(now, then)


@dataclass(frozen=True)
class GroupName:
    """A group by its name, where the name holds a number ("10 to 13"): it counts nobody, but says whose figure follows.

    `text` is how it is said, with the numbers of the group's own name and no others.
    """

    value: Value
    column: str
    text: str

    def __post_init__(self):
        named = dict(self.value.groups).get(self.column, "")
        if _digits(named) != _digits(self.text):
            raise DisclosureError(f"a group of {self.column} has a name with other numbers than {named!r}")

    def __str__(self) -> str:
        return self.text


def group_name(value: Value, column: str, text: str = "") -> GroupName | str:
    """What the figure's group in `column` is called in a sentence, by default as the column has it; plain where it has no number."""
    named = text or dict(value.groups)[column]
    return GroupName(value, column, named) if bare_numbers(named) else named


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


@dataclass(frozen=True)
class Piece:
    """A stretch of a sentence: words, or what stands in an element (`tag`, with its `attribute`)."""

    text: str
    tag: str = ""
    attribute: str = ""

    @property
    def html(self) -> str:
        words = escape(self.text)
        return f"<{self.tag}{self.attribute}>{words}</{self.tag}>" if self.tag else words


@dataclass(frozen=True)
class Sentence:
    """One sentence, its figures all released, with the origin of each.

    `pieces` are its words and its figures in order, so that what is read (`text`) and what is marked up (`html`) are one.
    """

    pieces: tuple[Piece, ...]
    origins: tuple[str, ...]

    @classmethod
    def of_words(cls, text: str, origins: tuple[str, ...] = (), *, known: Iterable[str] = ()) -> Sentence:
        """Words without a figure. Raises `DisclosureError` where they hold a number that is none of `number_words`."""
        return cls((Piece(in_words(text, "a sentence", known=known)),), origins)

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    def __str__(self) -> str:
        return self.text

    @property
    def marked(self) -> str:
        """Its HTML, with each figure in `<span data-figure=...>`, each change in `<span data-change=...>`."""
        return "".join(piece.html for piece in self.pieces)

    @property
    def html(self) -> str:
        return f"{self.marked}{origin_tags(self.origins)}"

    def without_stop(self) -> Sentence:
        """The same without a full stop at its end."""
        if not self.text.endswith("."):
            return self
        *before, last = self.pieces
        return replace(self, pieces=(*before, replace(last, text=last.text.removesuffix("."))))

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return sentence(self)._repr_mimebundle_()

    def __repr__(self) -> str:
        return self.text


def say(template: str, *, otherwise: str | None = None, **parts) -> Sentence:
    """A sentence from `template`, its {names} filled with `parts`.

    Parameters
    ----------
    template : str
        Plain English with {names}; every figure comes in through a part.
    otherwise : str
        The sentence to say when a figure that `template` needs is hidden or missing, with the same parts;
        without it, the figure is spoken of as one that cannot be shown.
    **parts : Value, Figure, Change, Period, date, GroupName, Sentence or text
        A bare number is refused: it has not passed the gate.

    Raises
    ------
    DisclosureError
        For a part that is a bare number or a result, and for words that hold a number which is none of `number_words`.
    """
    for name, part in parts.items():
        if not isinstance(part, (Value, Figure, Change, Period, pd.Timestamp, str, GroupName, Sentence)):
            raise DisclosureError(
                f"say() was given {name} as a {type(part).__name__}: figures come from page.release(), not from a calculation."
            )
    used = _used(template, parts)
    if otherwise is not None and any(not _is_shown(part) for part in used.values()):
        template, used = otherwise, _used(otherwise, parts)
    split, values = _split(template, used), _values(used.values())
    # What a part says has been looked at, or is a figure: a word in its place keeps what is before and after it apart.
    words = "".join(literal + (part if isinstance(part, str) else _FIGURE) for literal, part in split)
    in_words(words, "a sentence", known=known_of(value for value in values if isinstance(value, Value)))
    pieces = (piece for literal, part in split for piece in (Piece(literal), *_pieces(part)) if piece.text)
    return Sentence(tuple(pieces), merge_origins(values))


_FIGURE = " figure "


def _split(template: str, parts: dict) -> list[tuple[str, object]]:
    """The template as (words, the part that follows them); the last part is empty."""
    return [
        (literal, "" if name is None else parts[name])
        for literal, name, _spec, _conversion in Formatter().parse(template)
    ]


def joined(pieces: Sequence[Sentence], between: str = "") -> Sentence:
    """Pieces of a sentence as one, with `between` in between; by default as a list: "a, b and c"."""
    parts = {f"piece_{index}": each for index, each in enumerate(pieces)}
    names = [f"{{{name}}}" for name in parts]
    if between or len(names) < 2:
        return say(between.join(names), **parts)
    return say(f"{', '.join(names[:-1])} and {names[-1]}", **parts)


def _used(template: str, parts: dict) -> dict:
    return {name: part for name, part in parts.items() if f"{{{name}}}" in template}


def _values(parts) -> list[Value | _OnlyOrigin]:
    values = []
    for part in parts:
        if isinstance(part, Change):
            values += [part.now, part.then]
        elif isinstance(part, (Figure, GroupName)):
            values.append(part.value)
        elif isinstance(part, Value):
            values.append(part)
        elif isinstance(part, Sentence):
            values += [_OnlyOrigin(origin) for origin in part.origins]
    return values


@dataclass(frozen=True)
class _OnlyOrigin:
    origin: str


def _is_shown(part) -> bool:
    if isinstance(part, Change):
        return part.direction != "hidden"
    return not isinstance(part, (Value, Figure)) or part.is_shown


def _pieces(part) -> tuple[Piece, ...]:
    """A part of a sentence as it is said, marked up where it is a figure, a change, a day or a group."""
    match part:
        case Sentence():
            return part.pieces
        case Value():
            return (Piece(_spoken(part.text, part), "span", figure_attribute(Figure(part, VALUE))),)
        case Figure():
            return (Piece(_spoken(part.text, part.value), "span", figure_attribute(part)),) if part.text else ()
        case Change():
            said, links = (part.text.removesuffix(" from"), " from") if part.text.endswith(" from") else (part.text, "")
            return Piece(said, "span", change_attribute(part.now, part.then)), Piece(links)
        case Period():
            return (Piece(part.label, "span", period_attribute(part)),)
        case pd.Timestamp():
            return (Piece(day_in_words(part), "time", day_attribute(part)),)
        case GroupName():
            attribute = group_attribute(part.column, dict(part.value.groups)[part.column])
            return (Piece(part.text, "span", attribute),)
    return (Piece(part),)


def _spoken(text: str, value: Value) -> str:
    if value.is_shown:
        return text
    return "a number too small to show" if value.symbol == "c" else "no figure"


def listed(released: Released) -> Sentence:
    """Every figure with its period, in row order, as a part of a sentence: "12 from April to June 2021 and 25 from ...".

    Rows for the same days are said once.
    """
    values = {Period.span(value.period_start, value.period_end): value for value in released.values()}
    return joined(
        [
            say(f"{{value}} {'from' if ' to ' in span.label else 'in'} {{span}}", value=value, span=span)
            for span, value in values.items()
        ]
    )


def in_whole_numbers(rate: Value) -> Value:
    """A rate as it is read aloud: the figure of the table without its decimals. Below 10, and hidden, as it is."""
    if not rate.is_shown or rate.number < 10:
        return rate
    whole = float(round_half_up(rate.number))
    return replace(rate, text=number_text(whole, rate.measure.unit, 0), number=whole, decimals=0)


def largest(released: Released, label: str) -> tuple[str, Value]:
    """The row with the largest value that is shown: what column `label` calls it, and the value.

    When no row can be shown: ("none", the first row's hidden value), so that a sentence takes its `otherwise`.
    """
    pairs = list(zip(released.frame[label].astype(str), released.values(), strict=True))
    shown = [pair for pair in pairs if pair[1].is_shown]
    return max(shown, key=lambda pair: pair[1].number) if shown else ("none", pairs[0][1])


def sentence(*sentences: Sentence) -> Output:
    """One paragraph of computed sentences."""
    return _spoken_output("sentence", f"<p>{' '.join(each.html for each in sentences)}</p>", sentences)


def answer(*sentences: Sentence, closing: Sentence | None = None) -> Output:
    """The first screen: three to five sentences that answer the page's question. Raises `ValueError` for another number.

    `closing` says what the page cannot say; there may then be fewer before it.
    """
    if closing is not None:
        sentences = (*sentences, closing)
    elif not 3 <= len(sentences) <= 5:
        raise ValueError(f"an answer has three to five sentences, not {len(sentences)}")
    items = "".join(f"<li>{each.html}</li>" for each in sentences)
    return _spoken_output("answer", f'<ul class="answer">{items}</ul>', sentences)


def note(*sentences: Sentence | str, title: str = "Be careful") -> Output:
    """What a reader must know before using the figures: one box, one point a sentence."""
    spoken = [each if isinstance(each, Sentence) else Sentence.of_words(each) for each in sentences]
    items = "".join(f"<li>{each.html}</li>" for each in spoken)
    return _spoken_output(
        "note", f'<div class="note"><p><b>{escape(in_words(title, "a note"))}</b></p><ul>{items}</ul></div>', spoken
    )


def _spoken_output(kind: str, html: str, sentences) -> Output:
    origins = merge_origins(_OnlyOrigin(origin) for each in sentences for origin in each.origins)
    return Output(
        kind,
        html,
        text=tuple(each.text for each in sentences),
        origins=origins,
        sentence_origins=tuple(each.origins for each in sentences),
        marked=tuple(each.marked for each in sentences),
    )
