"""The page of demand: how many children the council looks after or has a plan for, whether their number rises or falls,
and how that compares with others.

`Demand(page)` counts and releases each figure once; its methods are the sections of the notebook, from released figures
only. The council's child in need plans and the Department for Education's children in need are different measures and
never share a chart, a table or a sentence.
"""

from analysis_lib.pages.demand.page import Demand

__all__ = ["Demand"]
