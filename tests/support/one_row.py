"""One row of a result, for the example of a measure that has groups."""

from analysis_lib.results import Result


def one_row(result: Result, **where) -> Result:
    """`result` with only the row whose columns equal `where`."""
    frame = result.exact()
    for column, wanted in where.items():
        frame = frame[frame[column] == wanted]
    return Result(result.measure, frame, result.groups, result.origin)
