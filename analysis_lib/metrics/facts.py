"""What each measure means, read once from the `.toml` file of its service area.

Charts, sentences, captions and the glossary take their words from here, so a definition is written in one place.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import pandas as pd

from analysis_lib.results import Break, Measure


@cache
def measures(service_area: str) -> dict[str, Measure]:
    """The measures of one service area by name, from `analysis_lib/metrics/<service_area>.toml`.

    Raises `TypeError` when an entry lacks a fact or has an unknown one, and `ValueError` for an unknown polarity.
    """
    table = tomllib.loads((files("analysis_lib.metrics") / f"{service_area}.toml").read_text(encoding="utf-8"))
    return {name: _measure(name, facts) for name, facts in table.items()}


def _measure(name: str, facts: dict) -> Measure:
    breaks = tuple(Break(pd.Timestamp(each["day"]), each["reason"]) for each in facts.get("breaks", []))
    return Measure(name=name, **{**facts, "breaks": breaks})


SERVICE_AREAS = {
    "looked_after": "Children looked after",
    "child_protection": "Child protection",
    "children_in_need": "Children in need",
    "adoption": "Adoption",
    "attainment": "Attainment at school",
    "attendance": "Attendance at school",
    "exclusions": "Suspension and exclusion",
    "education_plans": "Education plans and needs",
    "moving_on": "Moving on from school",
    "youth_caseload": "Youth offending caseload",
    "youth_over_representation": "Over-representation in youth offending",
    "youth_outcomes": "Youth justice outcomes",
}


def methodology() -> str:
    """`docs/methodology.md`: every measure with its definition, unit, direction and source, by service area."""
    parts = [_INTRODUCTION]
    for area, heading in SERVICE_AREAS.items():
        parts.append(f"## {heading}\n\nCounted in `analysis_lib/metrics/{area}.py`.")
        parts += [_paragraph(measure) for measure in measures(area).values()]
    return "\n\n".join([*parts, _NOT_VERIFIED]) + "\n"


def _paragraph(measure: Measure) -> str:
    lines = [
        f"**{measure.title}** (`{measure.name}`). {measure.definition}",
        f"Unit: {measure.unit}; {measure.polarity}. Source: {measure.source}.",
    ]
    if measure.target is not None:
        lines.append(f"Target: {measure.target:g} ({measure.target_source}).")
    lines += [f"Break in the series on {each.day:%Y-%m-%d}: {each.reason}." for each in measure.breaks]
    return "\n".join(lines)


_INTRODUCTION = """# Methodology

Every measure of the pages: what it counts, in which unit, and where the definition comes from. This page is written from
the facts in `analysis_lib/metrics/*.toml` (`python -m analysis_lib.metrics.facts > docs/methodology.md`); a test holds the two
together. Cohort rules and the treatment of missing dates stand in the functions' docstrings.

Intervals are 95%: Wilson's score interval for percentages, the exact Poisson interval for rates, Student's t for means. A
difference between two percentages is called one when Newcombe's interval leaves out 0. Beside a figure of England, the
region or the neighbours, ours is called different when its own interval leaves theirs out; theirs is taken as exact. A
relative rate has the exact conditional interval of two Poisson counts. Percentages are never averaged: counts are added,
then divided. Halves are rounded up."""

_NOT_VERIFIED = """## What could not be verified

No official text was at hand for the points below. The pages that depend on them say so.

- A3 (adoption within the threshold): whether the 14 months are counted in months or in days, and whether children who still
  wait belong to the cohort. Both forms are printed. The thresholds of 426 and 121 days are derived from 14 and 4 months.
- Adoption: that a disrupted earlier placement drops out of A1, and which placement order counts after a revoked one, is logic,
  not read in a published text.
- That the council's printed "children in need" are the children on a child in need plan who have no protection plan and are not
  looked after: the council does not define it.
- Days of first release of published figures that are marked `rule` in `data/raw/published/benchmarks.csv` follow a rule, not a
  publication that was read.
- That a person born on 29 February comes of age on 1 March in other years."""

if __name__ == "__main__":
    print(methodology(), end="")
