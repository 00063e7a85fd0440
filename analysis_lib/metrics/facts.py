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
