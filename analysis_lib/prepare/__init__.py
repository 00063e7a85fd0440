"""From checked returns to tidy tables, the store that keeps them, and the tables as they were known on a day."""

from analysis_lib.prepare.absent import beyond_their_extract, closed_column, closed_table
from analysis_lib.prepare.identifiers import DEMONSTRATION_KEY
from analysis_lib.prepare.known import as_known, known_table, provisional
from analysis_lib.prepare.looked_after import care_periods
from analysis_lib.prepare.region import prepare_region
from analysis_lib.prepare.store import card_of, load_tables, prepare_folder, raw_returns, store_of, why_absent
from analysis_lib.prepare.tables import Tables
from analysis_lib.prepare.tidy import MADE_OF, prepare

__all__ = [
    "DEMONSTRATION_KEY",
    "MADE_OF",
    "Tables",
    "as_known",
    "beyond_their_extract",
    "card_of",
    "care_periods",
    "closed_column",
    "closed_table",
    "known_table",
    "load_tables",
    "prepare",
    "prepare_folder",
    "prepare_region",
    "provisional",
    "raw_returns",
    "store_of",
    "why_absent",
]
