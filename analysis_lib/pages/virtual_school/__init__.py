"""The page of the virtual school: what its measures say, in tables, charts and sentences, from released figures only.

`VirtualSchool(page)` measures and releases each figure once; its methods are the sections of the notebook. A branch
here is a branch of wording: which sentence is true when a year has no results, a figure is hidden, or nothing had been
published yet.
"""

from analysis_lib.pages.virtual_school.page import VirtualSchool

__all__ = ["VirtualSchool"]
