"""Tables, charts and sentences, from released figures only."""

from analysis_lib.report.chart import bars, curve, spreads, trend
from analysis_lib.report.glossary import definitions
from analysis_lib.report.output import MIME, Output
from analysis_lib.report.sentence import answer, change, note, say, sentence
from analysis_lib.report.table import crosstab, figures, table

__all__ = [
    "MIME",
    "Output",
    "answer",
    "bars",
    "change",
    "crosstab",
    "curve",
    "definitions",
    "figures",
    "note",
    "say",
    "sentence",
    "spreads",
    "table",
    "trend",
]
