"""Adopters: families, of whom no number names a child."""

from __future__ import annotations

from analysis_lib.metrics.facts import measures
from analysis_lib.who.measures.asked import Named, NotNamed

NAMED: Named = {}
NOT_NAMED: NotNamed = dict.fromkeys(measures("adopters"), "it counts families who adopt, not children")
