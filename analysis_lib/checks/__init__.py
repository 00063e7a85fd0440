"""What the returns must say together: rules across columns, files and years, and what a table loses by errors."""

from analysis_lib.checks.catalogue import CHECKS
from analysis_lib.checks.closing import ROWS_LEFT_OUT, checked

__all__ = ["CHECKS", "ROWS_LEFT_OUT", "checked"]
