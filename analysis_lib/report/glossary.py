"""The definitions that close a page, written from the facts of the measures it shows."""

from __future__ import annotations

from analysis_lib.periods import day_in_words
from analysis_lib.report.output import Output, escape
from analysis_lib.results import Measure, number_text

POLARITY_WORDS = {
    "higher is better": "Higher is better.",
    "lower is better": "Lower is better.",
    "neither": "Neither high nor low is good by itself.",
}


def definitions(*measures: Measure) -> Output:
    """A definition list of `measures` in the order given, each once: what it counts, its unit, how to read it, its source.

    Raises `ValueError` when two measures share a name or title but not their facts, since a reader could not tell
    which of the two a figure follows.
    """
    once = list({measure.name: measure for measure in measures}.values())
    for measure in measures:
        if any(other != measure and measure.title == other.title for other in once) or measure not in once:
            raise ValueError(f"two definitions are called {measure.title!r} ({measure.name})")
    items = "".join(
        f"<dt>{escape(measure.title)}</dt>{''.join(f'<dd>{escape(line)}</dd>' for line in _lines(measure))}"
        for measure in once
    )
    return Output(
        "definitions",
        f'<dl class="definitions">{items}</dl>',
        name="definitions",
        title="Definitions",
        text=tuple(f"{measure.title}: {' '.join(_lines(measure))}" for measure in once),
    )


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
