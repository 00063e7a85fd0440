"""Metric definitions, one module per service area: tidy frames in, a `Result` out; pure.

    from analysis_lib import metrics
    metrics.looked_after.looked_after_at(care_periods, census_date=day)

`metrics.every_measure()` gives the facts of all measures by name.
"""

from __future__ import annotations

from importlib import import_module

from analysis_lib.metrics.facts import every_measure, measures, service_areas

__all__ = ["every_measure", "measures", "service_areas", *(area.name for area in service_areas())]


def __getattr__(name: str):
    """The module of a service area, imported when it is first asked for."""
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"there is no service area {name!r}; there are {', '.join(__all__[3:])}")


def __dir__() -> list[str]:
    return __all__
