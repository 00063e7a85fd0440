"""What each return is, as data: the columns and codes of its tables, one module per family."""
