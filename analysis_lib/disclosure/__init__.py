"""The one gate between exact figures and anything that a reader sees.

The gate needs statistics, the register does not: each name is imported from its module when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module

_PLACES = {
    "analysis_lib.disclosure.gate": ("Gate", "release"),
}
_PLACE_OF = {name: module for module, names in _PLACES.items() for name in names}

__all__ = sorted(_PLACE_OF)


def __getattr__(name: str):
    """Import the module of `name` when it is first asked for."""
    if name not in _PLACE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACE_OF[name]), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
