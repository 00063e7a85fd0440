"""Statistics: numbers in, numbers out. Nothing here knows of children, files or pages."""
