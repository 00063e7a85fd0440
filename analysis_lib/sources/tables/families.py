"""The families of returns and the tables of each, by name."""

from analysis_lib.sources.tables import annex_a, local, ssda903, virtual_school, youth_offending

MODULES = (ssda903, annex_a, virtual_school, youth_offending, *local.MODULES)
FAMILIES = {module.FAMILY: module.TITLE for module in MODULES}
TABLES = {table.name: table for module in MODULES for table in module.TABLES}
