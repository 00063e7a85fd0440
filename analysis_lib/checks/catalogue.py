"""Every rule."""

from __future__ import annotations

from analysis_lib.checks import adoption, casework, children, education, episodes, spells, youth_offending

MODULES = (children, episodes, adoption, spells, casework, education, youth_offending)
CHECKS = tuple(check for module in MODULES for check in module.CHECKS)
