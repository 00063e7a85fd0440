"""Fostering: its extracts tell of households, places and enquiries, and of no child."""

from __future__ import annotations

from analysis_lib.metrics.facts import measures
from analysis_lib.who.measures.asked import Named, NotNamed

NAMED: Named = {}
NOT_NAMED: NotNamed = dict.fromkeys(
    measures("fostering"), "it counts households, places or enquiries, and the extract names no child"
)
