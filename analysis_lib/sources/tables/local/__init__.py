"""Extracts that a council makes to our templates because no national format exists: one module each.

The virtual school's and the youth offending service's have more to them and stand in modules of their own beside this
folder. `MODULES` lists those here in the order in which `panelpack template` names them.
"""

from analysis_lib.sources.tables.local import (
    attendance,
    caseloads,
    early_help,
    exclusions,
    fostering,
    fostering_enquiries,
    issues_resolution,
    regulation_44,
    return_home_interviews,
    reviews_and_conferences,
)

MODULES = (
    attendance,
    exclusions,
    early_help,
    fostering,
    fostering_enquiries,
    reviews_and_conferences,
    issues_resolution,
    return_home_interviews,
    regulation_44,
    caseloads,
)

__all__ = ["MODULES"]
