"""The facts of every measure: complete, plain, and the same on the methodology page."""

from pathlib import Path

import pytest

from analysis_lib.metrics.facts import SERVICE_AREAS, measures, methodology

DOCS = Path(__file__).resolve().parents[2] / "docs"
METRICS = Path(__file__).resolve().parents[2] / "analysis_lib" / "metrics"
EVERY = [measure for area in SERVICE_AREAS for measure in measures(area).values()]


def test_every_service_area_is_listed():
    modules = {path.stem for path in METRICS.glob("*.toml") if path.with_suffix(".py").exists()}
    assert modules == set(SERVICE_AREAS)


@pytest.mark.parametrize("measure", EVERY, ids=lambda measure: measure.name)
def test_a_measure_says_what_it_is_in_a_sentence_with_its_source(measure):
    assert measure.definition.endswith(".") and len(measure.definition.split()) >= 4
    assert measure.title and measure.source and not measure.title.endswith(".")


def test_the_methodology_page_is_what_the_facts_say():
    written = (DOCS / "methodology.md").read_text(encoding="utf-8")
    assert written == methodology(), "run: python -m analysis_lib.metrics.facts > docs/methodology.md"
