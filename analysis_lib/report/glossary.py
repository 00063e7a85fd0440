"""What closes a page: the words of the sector that it says, explained, and the definitions of the measures it shows."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from analysis_lib.periods import day_in_words
from analysis_lib.report.output import Output, escape
from analysis_lib.results import Measure, number_text

POLARITY_WORDS = {
    "higher is better": "Higher is better.",
    "lower is better": "Lower is better.",
    "neither": "Neither high nor low is good by itself.",
}


def definitions(*measures: Measure, said: Iterable[Output] = ()) -> Output:
    """A definition list of `measures` in the order given, each once: what it counts, its unit, how to read it, its source.

    `said` is what the page has shown: the words of the sector in it (`words.toml`) are explained before the measures.

    Raises `ValueError` when two measures share a name or title but not their facts, since a reader could not tell
    which of the two a figure follows.
    """
    once = list({measure.name: measure for measure in measures}.values())
    for measure in measures:
        if any(other != measure and measure.title == other.title for other in once) or measure not in once:
            raise ValueError(f"two definitions are called {measure.title!r} ({measure.name})")
    words = [(each["word"], [each["meaning"], f"Source: {each['source']}."]) for each in words_in(said)]
    measured = [(measure.title, _lines(measure)) for measure in once]
    html = _list(measured)
    if words:
        html = f"<h3>Words used on this page</h3>{_list(words)}<h3>What each figure counts</h3>{html}"
    return Output(
        "definitions",
        html,
        name="definitions",
        title="Definitions",
        text=tuple(f"{title}: {' '.join(lines)}" for title, lines in (*words, *measured)),
    )


def words_in(said: Iterable[Output]) -> list[dict]:
    """The words of `words.toml` that stand in what is read of `said`, in their order."""
    text = " ".join(re.sub(r"<[^>]*>", " ", each.html) for each in said).lower()
    text = " ".join(text.split())
    return [each for each in _words() if any(form in text for form in each["forms"])]


@cache
def _words() -> list[dict]:
    return tomllib.loads(files("analysis_lib.report").joinpath("words.toml").read_text(encoding="utf-8"))["word"]


def _list(entries: list[tuple[str, list[str]]]) -> str:
    items = "".join(
        f"<dt>{escape(title)}</dt>{''.join(f'<dd>{escape(line)}</dd>' for line in lines)}" for title, lines in entries
    )
    return f'<dl class="definitions">{items}</dl>'


def _lines(measure: Measure) -> list[str]:
    lines = [
        measure.definition,
        f"Unit: {_unit(measure)}. {POLARITY_WORDS[measure.polarity]}",
        f"Source of the definition: {measure.source.rstrip('.')}.",
    ]
    if measure.target is not None:
        target = number_text(measure.target, measure.unit, measure.decimals)
        source = f" ({measure.target_source})" if measure.target_source else ""
        lines.append(f"Target: {target}{source}.")
    if measure.unverified:
        lines.append(f"Not settled by an official text that we could read: {measure.unverified}")
    lines += [f"Do not compare across {day_in_words(each.day)}: {each.reason.rstrip('.')}." for each in measure.breaks]
    return lines


def _unit(measure: Measure) -> str:
    if measure.unit == "%":
        return "percentage"
    return (
        f"{measure.unit} of the population that the definition names"
        if measure.unit.startswith("per ")
        else measure.unit
    )
