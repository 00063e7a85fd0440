"""The facts of every measure: complete, plain, worked out in an example, and the same on the methodology pages."""

from importlib import import_module, util
from pathlib import Path

import numpy as np
import pytest

from analysis_lib import metrics
from analysis_lib.metrics.facts import NEEDED_WHERE_COUNTED, every_measure, measures, service_areas
from analysis_lib.metrics.methodology import functions, methodology

HERE = Path(__file__).resolve().parent
DOCS = HERE.parents[1] / "docs" / "methodology"
METRICS = HERE.parents[1] / "analysis_lib" / "metrics"
EVERY = list(every_measure().values())
COUNTED = [
    (area.name, measure) for area in service_areas() for measure in measures(area.name).values() if not measure.carried
]


def _examples(area: str) -> dict:
    spec = util.spec_from_file_location(f"examples_of_{area}", HERE / "examples" / f"{area}.py")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.EXAMPLES


def _named(case) -> str:
    return case if isinstance(case, str) else case.name


def test_every_service_area_has_a_module_of_its_name():
    assert all((METRICS / f"{area.name}.py").exists() for area in service_areas())


def test_no_measure_is_defined_twice():
    assert len(EVERY) == sum(len(measures(area.name)) for area in service_areas())
    titles = [measure.title for measure in EVERY]
    assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize("measure", EVERY, ids=_named)
def test_a_measure_says_what_it_is_in_a_sentence_with_its_source(measure):
    assert measure.definition.endswith(".") and len(measure.definition.split()) >= 4
    assert measure.title and measure.source and not measure.title.endswith(".")
    assert measure.target is None or measure.target_source


@pytest.mark.parametrize("measure", EVERY, ids=_named)
def test_measures_that_are_often_confused_name_each_other(measure):
    for other in measure.not_to_be_confused_with:
        assert measure.name in every_measure()[other].not_to_be_confused_with


@pytest.mark.parametrize(("area", "measure"), COUNTED, ids=_named)
def test_a_measure_that_is_counted_has_a_formula_and_an_example(area, measure):
    assert all(getattr(measure, fact) for fact in NEEDED_WHERE_COUNTED)
    assert measure.name in _examples(area), f"write its case in tests/metrics/examples/{area}.py"


@pytest.mark.parametrize(("area", "measure"), [each for each in COUNTED if each[1].example is not None], ids=_named)
def test_the_example_is_what_the_measure_gives(area, measure):
    result = _examples(area)[measure.name]()
    assert result.measure.name == measure.name
    (row,) = result.exact().to_dict("records")
    assert row["value"] == pytest.approx(measure.example.value, rel=1e-9)
    for side in ("numerator", "denominator"):
        told = getattr(measure.example, side)
        assert told is None or row[side] == told
        # An example that tells no base has none, or one that is not a number of things.
        if told is None and side == "denominator" and not measure.is_average:
            assert np.isnan(row[side]), f"the example of {measure.name} does not tell the denominator {row[side]:g}"


def test_the_methodology_pages_are_what_the_facts_say():
    written = {path.name: path.read_text(encoding="utf-8") for path in DOCS.iterdir()}
    assert written == methodology(), "run: python -m analysis_lib.metrics.methodology docs/methodology"


def test_the_library_shows_its_service_areas_and_nothing_else():
    assert dir(metrics) == sorted(
        ["every_measure", "measures", "service_areas", *(area.name for area in service_areas())]
    )
    assert metrics.looked_after is import_module("analysis_lib.metrics.looked_after")
    with pytest.raises(AttributeError, match="there is no service area 'looked_before'; there are .*looked_after"):
        _ = metrics.looked_before


@pytest.mark.parametrize(("area", "measure"), COUNTED, ids=_named)
def test_the_methodology_names_the_functions_that_count_a_measure(area, measure):
    assert functions()[measure.name]
    for named in functions()[measure.name]:
        module, function = named.split(".")
        assert callable(getattr(import_module(f"analysis_lib.metrics.{module}"), function))
