"""Returns as councils hold them: one module per family with its columns and codes as data, and their reader."""

from analysis_lib.sources.extracts import BUSY, AsOf, Extract, Snapshots
from analysis_lib.sources.recognition import recognise
from analysis_lib.sources.returns import RawReturns, read_returns
from analysis_lib.sources.tables.families import FAMILIES, TABLES

__all__ = ["AsOf", "BUSY", "FAMILIES", "TABLES", "Extract", "RawReturns", "Snapshots", "read_returns", "recognise"]
