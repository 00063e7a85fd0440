"""The one gate between exact figures and anything that a reader sees."""

from analysis_lib.disclosure.gate import EDITIONS, Gate, release

__all__ = ["EDITIONS", "Gate", "release"]
