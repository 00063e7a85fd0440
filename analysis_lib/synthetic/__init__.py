"""The demonstration authority: child-level returns of a synthetic Middlesbrough, in the formats that councils have.

`generate` writes a folder of returns for 1 April 2016 to 31 March 2026. Headline totals follow published figures
(`targets.py` lists them with their sources); every child, date and breakdown below them is invented.
"""

from __future__ import annotations

from pathlib import Path

from analysis_lib.synthetic import (
    adoption,
    annex_a,
    card,
    care,
    education,
    looked_after_return,
    placements,
    protection,
    youth_offending,
)
from analysis_lib.synthetic.calendar import FIRST_YEAR, LAST_YEAR, year_code
from analysis_lib.synthetic.draws import Draws
from analysis_lib.synthetic.people import identifier
from analysis_lib.synthetic.targets import Targets, scaled
from analysis_lib.synthetic.write import write_table, write_text

DEFAULT_SEED = 2026

__all__ = ["DEFAULT_SEED", "generate"]


def generate(output: Path, *, seed: int = DEFAULT_SEED, children: int | None = None, authorities: int = 1) -> None:
    """Write the returns of one synthetic authority into `output`, or of several into a folder each.

    Parameters
    ----------
    output : folder, made if it does not exist; files of the same name are replaced, others are left alone.
    seed : every draw follows from it; the same seed gives the same bytes on every machine.
    children : about how many children each authority looks after in the ten years; None for the published totals.
    authorities : how many; with more than one, folders `authority-001`, ... with identifiers of their own.
    """
    if authorities == 1:
        _authority(Path(output), seed, scaled(children), "SYN", "YO", children)
        return
    for number in range(1, authorities + 1):
        folder = Path(output) / f"authority-{number:03d}"
        _authority(folder, seed + number * 100_003, scaled(children), f"S{number:03d}", f"Y{number:03d}", children)


def _authority(folder: Path, seed: int, targets: Targets, prefix: str, yos_prefix: str, children: int | None) -> None:
    def draws(name: str) -> Draws:
        return Draws(seed, name)

    plans = adoption.plans(targets, draws("adoption"))
    periods = care.periods_of_care(targets, plans, draws)
    for period in periods:
        period.child.identifier = identifier(prefix, period.child.key)
    records = looked_after_return.records(periods, placements.episodes_of(periods, draws), draws)
    leavers = looked_after_return.care_leavers(records, prefix, targets.youth_offending_scale, draws)
    work = protection.casework(targets, records, prefix, draws)
    everybody = looked_after_return.known(records, leavers)
    known_cases = annex_a.sorted_lists(work, everybody)

    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        for name, rows in looked_after_return.tables(everybody, year, draws).items():
            path = folder / "ssda903" / year_code(year) / f"{name}.csv"
            write_table(path, looked_after_return.TABLES[name], rows)
        for number, rows in annex_a.lists(known_cases, year, draws):
            path = folder / "annex_a" / year_code(year) / f"list_{number:02d}.csv"
            write_table(path, annex_a.LISTS[number], rows)
    for academic_year, rows in education.pupils(records, draws):
        write_table(folder / "virtual_school" / f"{academic_year}-AY.csv", education.COLUMNS, rows)
    cases = youth_offending.cases(targets, records, yos_prefix, draws("youth offending"))
    write_table(folder / "youth_offending" / "cases.csv", youth_offending.COLUMNS, cases)
    write_text(folder / "source.toml", card.source_card(seed, children))
    write_text(folder / "README.md", card.readme())
