"""The page of adoption: how long children wait, at which stage, and who still waits, from released figures only.

`Adoption(page)` counts and releases each figure once; its methods are the outputs of the notebook's sections.
"""

from analysis_lib.pages.adoption.page import Adoption

__all__ = ["Adoption"]
