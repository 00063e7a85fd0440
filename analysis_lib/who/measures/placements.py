"""Placements: how each number names its children."""

from __future__ import annotations

from analysis_lib.metrics import placements
from analysis_lib.who.measures.asked import Named, NotNamed

NAMED: Named = {
    "placement_stability": lambda asked: [
        placements.stability(asked.page["episodes"], asked.page["care_periods"], census_date=asked.day)
    ],
}
NOT_NAMED: NotNamed = {}
