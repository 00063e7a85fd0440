"""Tables, charts and sentences, from released figures only.

What draws charts takes seconds to import: those names are imported from their modules when they are first asked for.
"""

from importlib import import_module

from analysis_lib.report.closed import display
from analysis_lib.report.glossary import definitions
from analysis_lib.report.output import MIME, Output, folded, sources
from analysis_lib.report.sentence import answer, change, in_whole_numbers, joined, largest, listed, note, say, sentence
from analysis_lib.report.table import as_printed, by_measure, crosstab, figures, side_by_side, table

_DRAWING = {
    "analysis_lib.report.areas": ("areas_by_year", "compared", "latest_of"),
    "analysis_lib.report.chart": ("bars", "curve", "spreads", "trend"),
    "analysis_lib.report.stocks": ("Stock", "movement", "movement_in_a_year", "stock", "stock_trend", "stocks_table"),
}
_MODULE_OF = {name: module for module, names in _DRAWING.items() for name in names}

__all__ = [
    "MIME",
    "Output",
    "Stock",
    "answer",
    "areas_by_year",
    "as_printed",
    "bars",
    "by_measure",
    "change",
    "compared",
    "crosstab",
    "curve",
    "definitions",
    "display",
    "figures",
    "folded",
    "in_whole_numbers",
    "joined",
    "largest",
    "latest_of",
    "listed",
    "movement",
    "movement_in_a_year",
    "note",
    "say",
    "sentence",
    "side_by_side",
    "sources",
    "spreads",
    "stock",
    "stock_trend",
    "stocks_table",
    "table",
    "trend",
]


def __getattr__(name: str):
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULE_OF[name]), name)
