"""`docs/methodology/`, written from the facts: a page for each service area, an index, and all measures as a table.

python -m analysis_lib.metrics.methodology docs/methodology
"""

from __future__ import annotations

import sys
from pathlib import Path

from analysis_lib.csv_text import csv_text
from analysis_lib.metrics.facts import ServiceArea, every_measure, measures, service_areas
from analysis_lib.results import PERCENT, Measure, number_text

TABLE = "measures.csv"
_COLUMNS = (
    "measure", "service_area", "title", "definition", "formula", "unit", "polarity", "decimals", "target", "target_source",
    "source", "unverified", "not_to_be_confused_with", "breaks", "carried",
)  # fmt: skip


def methodology() -> dict[str, str]:
    """Every file of `docs/methodology/` by its name."""
    return {
        "README.md": _index(),
        **{f"{area.name}.md": _page(area) for area in service_areas()},
        TABLE: _table(),
    }


def _index() -> str:
    rows = [
        f"| [{area.title}]({area.name}.md) | {len(measures(area.name))} | `analysis_lib/metrics/{area.name}.py` |"
        for area in service_areas()
    ]
    listed = "\n".join(["| service area | measures | counted in |", "|---|---|---|", *rows])
    return "\n\n".join([_INTRODUCTION, listed, _HOW_FIGURES_ARE_MADE, _unverified()]) + "\n"


def _unverified() -> str:
    doubted = [measure for measure in every_measure().values() if measure.unverified]
    lines = [f"- {measure.title} (`{measure.name}`): {measure.unverified}" for measure in doubted]
    return "\n".join([_NOT_VERIFIED, *lines])


def _page(area: ServiceArea) -> str:
    heading = f"# {area.title}\n\nCounted in `analysis_lib/metrics/{area.name}.py`. [All service areas](README.md)"
    return "\n\n".join([heading, *(_entry(measure) for measure in measures(area.name).values())]) + "\n"


def _entry(measure: Measure) -> str:
    facts = [
        ("Measure", f"`{measure.name}`" + (", carried from a publication" if measure.carried else "")),
        ("Formula", measure.formula),
        ("Unit", f"{measure.unit}; {measure.polarity}; {measure.decimals} decimals in the restricted edition"),
        ("Target", _target(measure)),
        ("Source", measure.source),
        ("Not to be confused with", ", ".join(f"`{other}`" for other in measure.not_to_be_confused_with)),
        ("Breaks in the series", "; ".join(f"{each.day:%Y-%m-%d}, {each.reason}" for each in measure.breaks)),
        ("Not verified", measure.unverified),
        ("Example", _example(measure)),
    ]
    told = "\n".join(f"- {name}: {text}" for name, text in facts if text)
    return f"## {measure.title}\n\n{measure.definition}\n\n{told}"


def _target(measure: Measure) -> str:
    if measure.target is None:
        return "" if measure.carried else "none is published"
    return f"{number_text(measure.target, measure.unit, measure.decimals)} ({measure.target_source})"


def _example(measure: Measure) -> str:
    """The example with its answer: the numbers are those that the measure's own function gives, held by a test."""
    if measure.example is None:
        return ""
    example = measure.example
    value = f"{example.value:.10g}{'%' if measure.unit == PERCENT else ''}"
    if example.numerator is None or example.denominator is None:
        return f"{example.text} Answer: {value}."
    return f"{example.text} Answer: {example.numerator:g} of {example.denominator:g}, {value}."


def _table() -> str:
    return csv_text(
        _COLUMNS, [_row(area, measure) for area in service_areas() for measure in measures(area.name).values()]
    )


def _row(area: ServiceArea, measure: Measure) -> list[str]:
    facts = {
        "measure": measure.name,
        "service_area": area.name,
        "target": "" if measure.target is None else f"{measure.target:g}",
        "not_to_be_confused_with": " ".join(measure.not_to_be_confused_with),
        "breaks": "; ".join(f"{each.day:%Y-%m-%d} {each.reason}" for each in measure.breaks),
        "carried": "yes" if measure.carried else "no",
    }
    return [str(facts.get(column, getattr(measure, column, ""))) for column in _COLUMNS]


_INTRODUCTION = """# Methodology

Every measure: what it counts, by which formula, in which unit, where the definition comes from, and an example worked out by
hand. These pages are written from the facts in `analysis_lib/metrics/*.toml`
(`python -m analysis_lib.metrics.methodology docs/methodology`); a test holds them together, and another computes every
example with the measure's own function. Cohort rules and the treatment of missing dates stand in the functions' docstrings.
[measures.csv](measures.csv) is the same as a table."""

_HOW_FIGURES_ARE_MADE = """## How figures are made

Intervals are 95%: Wilson's score interval for percentages, the exact Poisson interval for rates, Student's t for means. A
difference between two percentages is called one when Newcombe's interval leaves out 0. Beside a figure of England, the
region or the neighbours, ours is called different when its own interval leaves theirs out; theirs is taken as exact. A
relative rate has the exact conditional interval of two Poisson counts. Percentages are never averaged: counts are added,
then divided. Halves are rounded up. The returns hold every child, not a sample: an interval says how far the rate that
lies beneath could differ from the one counted, by chance alone."""

_NOT_VERIFIED = """## What could not be verified

No official text was at hand for the points below. The pages that depend on them say so.

- Days of first release of published figures that are marked `rule` in `data/raw/published/benchmarks.csv` follow a rule, not a
  publication that was read.
- That a person born on 29 February comes of age on 1 March in other years."""

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in methodology().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
