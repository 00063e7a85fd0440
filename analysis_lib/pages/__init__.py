"""What each notebook shows, one module a page: the metrics of its question, released, compared, drawn and said.

A notebook calls one method a section; what a method returns is an `Output` that a reader may see.
"""
