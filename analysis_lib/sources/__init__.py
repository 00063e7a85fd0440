"""Returns as councils hold them: one module per family with its columns and codes as data, and their reader."""

from analysis_lib.sources.returns import FAMILIES, TABLES, Extract, RawReturns, read_returns, recognise

__all__ = ["FAMILIES", "TABLES", "Extract", "RawReturns", "read_returns", "recognise"]
