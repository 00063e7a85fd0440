"""`docs/methodology/`, written from the facts: a page for each service area, an index, and all measures as a table.

python -m analysis_lib.metrics.methodology docs/methodology
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from analysis_lib.csv_text import csv_text
from analysis_lib.metrics.facts import ServiceArea, every_measure, measures, service_areas
from analysis_lib.results import PERCENT, Measure, number_text

TABLE = "measures.csv"
_COLUMNS = (
    "measure", "service_area", "function", "title", "definition", "formula", "unit", "polarity", "decimals", "target", "target_source",
    "source", "unverified", "not_to_be_confused_with", "breaks", "carried",
)  # fmt: skip


DECIMALS = {0: "as whole numbers", 1: "to one decimal", 2: "to two decimals"}
# Measures whose functions choose them by an argument, so that no function spells their names out.
_BY_ARGUMENT = {
    "adoption.days_by_stage": ("stage_days", "stage_days_completed"),
    "adoption.moved_in_in_time_a3": ("a3_percent", "a3_with_waiting_percent"),
    "attainment.by_standard": ("eyfs_good_level", "ks1_expected_standard", "ks2_expected_standard", "ks4_english_and_maths"),
    "missing_from_care.children": ("missing_children", "away_children"),
    "missing_from_care.share": ("missing_share", "away_share"),
    "missing_from_care.incidents": ("missing_incidents", "away_incidents"),
    "missing_from_care.incidents_per_child": ("missing_incidents_per_child", "away_incidents_per_child"),
    "missing_from_care.more_than_once": ("missing_more_than_once", "away_more_than_once"),
    "missing_from_care.at": ("missing_at", "away_at"),
    "missing_from_care.nights": ("missing_days_median", "missing_days_mean", "away_days_median", "away_days_mean"),
    "missing_from_care.lengths": ("missing_lengths", "away_lengths"),
    "placements.days_in_placement": ("placement_days_median", "placement_days_mean"),
    "placements.long_term_stability": ("long_term_stability", "long_term_stability_same_placement"),
    "youth_over_representation.ethnicity_reference": ("yos_ethnicity_reference",),
}  # fmt: skip


@cache
def functions() -> Mapping[str, tuple[str, ...]]:
    """By which public functions of the library each measure is counted, as `module.function`: those that name it."""
    found: dict[str, dict[str, None]] = {}
    for path in sorted(files("analysis_lib.metrics").iterdir(), key=lambda path: path.name):
        if not path.name.endswith(".py"):
            continue
        for function in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(function, ast.FunctionDef) and not function.name.startswith("_"):
                for measure in filter(every_measure().__contains__, map(_measure_asked_for, ast.walk(function))):
                    found.setdefault(measure, {})[f"{path.name.removesuffix('.py')}.{function.name}"] = None
    for function, several in _BY_ARGUMENT.items():
        for measure in several:
            found.setdefault(measure, {})[function] = None
    return {measure: tuple(names) for measure, names in found.items()}


def _measure_asked_for(node: ast.AST) -> str | None:
    """The text in `MEASURES["text"]`, or the first argument of a call of a private function: how a measure is asked for."""
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "MEASURES":
        asked = node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("_") and node.args:
        asked = node.args[0]
    else:
        return None
    return asked.value if isinstance(asked, ast.Constant) else None


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
        ("Function", " or ".join(f"`{name}`" for name in functions().get(measure.name, ()))),
        ("Formula", measure.formula),
        ("Unit", f"{measure.unit}, shown {DECIMALS[measure.decimals]} in the edition that shows exact figures"),
        ("Direction", measure.polarity if measure.polarity != "neither" else "neither high nor low is good by itself"),
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
    value = f"{example.value:.4g}{'%' if measure.unit == PERCENT else ''}"
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
        "function": " ".join(functions().get(measure.name, ())),
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
