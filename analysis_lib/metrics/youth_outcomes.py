"""Interventions of the youth offending service by type, and the youth justice figures that others publish."""

from __future__ import annotations

from analysis_lib.metrics.facts import measures

MEASURES = measures("youth_outcomes")
