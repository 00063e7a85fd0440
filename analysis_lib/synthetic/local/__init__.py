"""The local extracts of the demonstration authority: what no national return holds, in the templates of panelpack.

They begin with 1 April 2018 (school year 2018-19) and are about the children, pupils, reviews, plans and missing spells of the
other returns wherever those have them. Figures that the council printed are followed where `figures.py` says so; every row is
invented. Each topic draws from streams of its own, so none of them moves another return.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis_lib.synthetic.local import caseloads, early_help, fostering, homes, issues, meetings, missing, schooling
from analysis_lib.synthetic.looked_after_return import CareRecord
from analysis_lib.synthetic.people import Council
from analysis_lib.synthetic.protection import Casework

Pupils = list[tuple[str, list[list[str]]]]
Table = tuple[str, list[str], list[list[str]]]

__all__ = ["tables"]


def tables(records: list[CareRecord], work: Casework, pupils: Pupils, council: Council, seed_draws) -> Iterator[Table]:
    """Every file of the local extracts: its path below the folder of returns, its columns and its rows.

    `pupils` are the rows of the virtual school by academic year, as `education.pupils` makes them: attendance and
    suspensions are the same ones, term by term and one by one.
    """
    for path, columns, rows in (
        *schooling.tables(records, pupils, seed_draws),
        *early_help.tables(records, work, council, seed_draws),
        *fostering.tables(seed_draws),
        *meetings.tables(records, work, seed_draws),
        *issues.tables(records, work, seed_draws),
        *missing.tables(records, work, council, seed_draws),
        *homes.tables(seed_draws),
        *caseloads.tables(records, council, seed_draws),
    ):
        yield f"local/{path}.csv", columns, rows
