"""The children behind a number, for the analyst who is entitled to them: restricted, logged, never published."""

from analysis_lib.who.answer import Answer, children_behind

__all__ = ["Answer", "children_behind"]
