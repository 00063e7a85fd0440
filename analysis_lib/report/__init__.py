"""Tables, charts and sentences, from released figures only.

What draws charts takes seconds to import: each name is imported from its module when it is first asked for. A name that is
also that of a module (`sentence`, `table`) is not among them: which of the two it meant would hang on what came before.
"""

from __future__ import annotations

from importlib import import_module

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

__all__ = sorted(_PLACE_OF)


def __getattr__(name: str):
    """Import the module of `name` when it is first asked for."""
    if name not in _PLACE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACE_OF[name]), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
