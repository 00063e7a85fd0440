"""The one gate between exact figures and anything that a reader sees."""

from analysis_lib.disclosure.gate import EDITIONS, release

__all__ = ["EDITIONS", "release"]
