"""One module per source: its columns and codes as data, and its reader."""
