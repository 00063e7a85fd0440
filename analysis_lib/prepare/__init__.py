"""From checked returns to tidy tables, the store that keeps them, and the tables as they were known on a day."""

from analysis_lib.prepare.identifiers import DEMONSTRATION_KEY
from analysis_lib.prepare.known import as_known, provisional
from analysis_lib.prepare.looked_after import care_periods
from analysis_lib.prepare.store import load_tables, prepare_folder, store_of, why_absent
from analysis_lib.prepare.tidy import MADE_OF, prepare

__all__ = [
    "DEMONSTRATION_KEY",
    "MADE_OF",
    "as_known",
    "care_periods",
    "load_tables",
    "prepare",
    "prepare_folder",
    "provisional",
    "store_of",
    "why_absent",
]
