"""Tables, charts and sentences, from released figures only."""

from analysis_lib.report.areas import areas_by_year, compared, latest_of
from analysis_lib.report.chart import bars, curve, spreads, trend
from analysis_lib.report.closed import display
from analysis_lib.report.glossary import definitions
from analysis_lib.report.output import MIME, Output, folded, sources
from analysis_lib.report.sentence import answer, change, in_whole_numbers, joined, largest, listed, note, say, sentence
from analysis_lib.report.stocks import Stock, movement, movement_in_a_year, stock, stock_trend, stocks_table
from analysis_lib.report.table import as_printed, by_measure, crosstab, figures, side_by_side, table

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
    "latest_of",
    "movement",
    "movement_in_a_year",
    "largest",
    "listed",
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
