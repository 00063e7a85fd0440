"""The page of the youth offending caseload: who is on it, and who is over-represented, from released figures only.

`YouthOffending(page)` counts and releases each figure once; its methods are the outputs of the notebook's sections.
"""

from analysis_lib.pages.youth_offending.page import YouthOffending

__all__ = ["YouthOffending"]
