"""Tables, charts and sentences, from released figures only."""

from analysis_lib.report.chart import bars, curve, spreads, trend
from analysis_lib.report.glossary import definitions
from analysis_lib.report.output import MIME, Output
from analysis_lib.report.sentence import answer, change, largest, note, say, sentence
from analysis_lib.report.table import as_printed, crosstab, figures, side_by_side, table

__all__ = [
    "MIME",
    "Output",
    "answer",
    "as_printed",
    "bars",
    "change",
    "crosstab",
    "curve",
    "definitions",
    "figures",
    "largest",
    "note",
    "say",
    "sentence",
    "side_by_side",
    "spreads",
    "table",
    "trend",
]
