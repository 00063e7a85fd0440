"""What each measure means, read once from the `.toml` file of its service area.

Charts, sentences, captions, the glossary and the methodology take their words from here, so a definition is written in one
place. A file begins with the table `service_area`; every other table is a measure.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pandas as pd

from analysis_lib.results import Break, Example, Measure

NEEDED = ("title", "definition", "unit", "polarity", "decimals", "source", "target")
NEEDED_WHERE_COUNTED = ("formula", "example")
LISTS = ("not_to_be_confused_with", "part_of", "moved_by")
NO_TARGET = "none"
_FACTS = files("analysis_lib.metrics")


@dataclass(frozen=True)
class ServiceArea:
    """One service area: the name of its module and of its file of facts, the heading it goes by, its place in a list."""

    name: str
    title: str
    order: int


@cache
def service_areas() -> tuple[ServiceArea, ...]:
    """Every service area that has measures, in the order in which pages list them."""
    named = [path.name.removesuffix(".toml") for path in _FACTS.iterdir() if path.name.endswith(".toml")]
    areas = [ServiceArea(name, **table["service_area"]) for name in named if "service_area" in (table := _table(name))]
    return tuple(sorted(areas, key=lambda area: (area.order, area.name)))


@cache
def measures(service_area: str) -> dict[str, Measure]:
    """The measures of one service area by name, from `analysis_lib/metrics/<service_area>.toml`.

    Raises `TypeError` when an entry lacks a fact or has an unknown one, and `ValueError` for an unknown polarity.
    """
    return {name: _measure(name, facts) for name, facts in _table(service_area).items() if name != "service_area"}


@cache
def every_measure() -> dict[str, Measure]:
    """Every measure of the project by name, in the order of the methodology."""
    return {name: measure for area in service_areas() for name, measure in measures(area.name).items()}


@cache
def _table(service_area: str) -> dict:
    return tomllib.loads((_FACTS / f"{service_area}.toml").read_text(encoding="utf-8"))


def _measure(name: str, facts: dict) -> Measure:
    lacking = [fact for fact in NEEDED if fact not in facts]
    if lacking:
        raise TypeError(f"measure {name}: no {', '.join(lacking)}; found {', '.join(facts)}")
    return Measure(
        name=name,
        **{
            **facts,
            "target": None if facts["target"] == NO_TARGET else facts["target"],
            "breaks": tuple(Break(pd.Timestamp(each["day"]), each["reason"]) for each in facts.get("breaks", [])),
            **{fact: tuple(facts.get(fact, ())) for fact in LISTS},
            "example": Example(**facts["example"]) if "example" in facts else None,
        },
    )
