"""What the returns must say together: rules across columns, files and years, and what a table loses by errors."""

from analysis_lib.checks.closing import ROWS_LEFT_OUT, checked

__all__ = ["ROWS_LEFT_OUT", "checked"]
