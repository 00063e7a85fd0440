"""Tables, charts and sentences, from released figures only.

What draws charts takes seconds to import: each name is imported from its module when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module

# These two are called as their modules are: whoever imports the module first would otherwise find it under the name.
from analysis_lib.report.sentence import sentence
from analysis_lib.report.table import table

_PLACES = {
    "analysis_lib.report.areas": ("areas_by_year", "compared", "latest_of"),
    "analysis_lib.report.chart": ("bars", "curve", "spreads", "trend"),
    "analysis_lib.report.closed": ("display",),
    "analysis_lib.report.glossary": ("definitions",),
    "analysis_lib.report.output": ("MIME", "Output", "folded", "sources"),
    "analysis_lib.report.sentence": (
        "answer",
        "change",
        "in_whole_numbers",
        "joined",
        "largest",
        "listed",
        "note",
        "say",
    ),
    "analysis_lib.report.stocks": ("Stock", "movement", "movement_in_a_year", "stock", "stock_trend", "stocks_table"),
    "analysis_lib.report.table": ("as_printed", "by_measure", "crosstab", "figures", "side_by_side"),
}
_PLACE_OF = {name: module for module, names in _PLACES.items() for name in names}

__all__ = sorted(["sentence", "table", *_PLACE_OF])


def __getattr__(name: str):
    """Import the module of `name` when it is first asked for."""
    if name not in _PLACE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACE_OF[name]), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
