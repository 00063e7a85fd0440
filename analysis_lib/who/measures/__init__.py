"""Which measures can name their children, each by the functions that the pages count with: one module a service area.

An entry of `NAMED` says how to make the results of a measure for what was asked. The children that it names are those which the
measure's own function counted (`metrics.counting.members`); nothing here selects a child. `NOT_NAMED` gives the reason of the others.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from analysis_lib.metrics.facts import service_areas
from analysis_lib.who.measures.asked import Asked, Made, Named, NotNamed


def _module(service_area: str) -> ModuleType:
    return import_module(f"{__name__}.{service_area}")


NAMED: Named = {name: make for area in service_areas() for name, make in _module(area.name).NAMED.items()}
NOT_NAMED: NotNamed = {name: why for area in service_areas() for name, why in _module(area.name).NOT_NAMED.items()}

__all__ = ["NAMED", "NOT_NAMED", "Asked", "Made"]
