"""The demonstration authority: child-level returns of a synthetic Middlesbrough, in the formats that councils have.

`generate` writes a folder of returns for 1 April 2016 to 31 March 2026. Headline totals follow published figures
(`targets.py` lists them with their sources); every child, date and breakdown below them is invented.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from analysis_lib.errors import UsageError
from analysis_lib.synthetic import (
    adoption,
    annex_a,
    card,
    care,
    education,
    local,
    looked_after_return,
    placements,
    protection,
    youth_offending,
)
from analysis_lib.synthetic.calendar import FIRST_YEAR, LAST_YEAR, year_code
from analysis_lib.synthetic.draws import Draws
from analysis_lib.synthetic.people import DEMONSTRATION, Council, numbered_council
from analysis_lib.synthetic.targets import scaled
from analysis_lib.synthetic.write import write_table, write_text

DEFAULT_SEED = 2026
MOST_AUTHORITIES = 199

__all__ = ["DEFAULT_SEED", "generate"]


def generate(
    output: Path, *, seed: int = DEFAULT_SEED, children: int | None = None, authorities: int = 1, jobs: int = 1
) -> None:
    """Write the returns of the demonstration authority into `output`, or of several invented ones into a folder each.

    Each authority is made and written before the next, and each year of it before the next, so that what is held in
    memory is one authority (about 0.5 GB at 20,000 children), however many there are.

    Parameters
    ----------
    output : folder, made if it does not exist; files of the same name are replaced, others are left alone.
    seed : every draw follows from it; the same seed gives the same bytes on every machine.
    children : about how many children each authority looks after in the ten years. None: one authority has the
        published totals, several have sizes of their own between 1,200 and 6,000.
    authorities : how many; with more than one, folders `authority-001`, ... with identifiers of their own and an
        `authority.toml` each.
    jobs : how many authorities are made at a time, each by a process of its own.

    Raises `UsageError` for a size that cannot be made.
    """
    output = Path(output)
    if authorities == 1:
        _authority(output, seed, DEMONSTRATION, children)
        return
    if authorities > MOST_AUTHORITIES:
        raise UsageError(f"--authorities must be at most {MOST_AUTHORITIES}: identifiers have three figures for them.")
    scaled(children)  # a size that cannot be made is refused before the first folder
    sizes = Draws(seed, "sizes of authorities")
    tasks = [
        (
            output / f"authority-{number:03d}",
            seed + number * 100_003,
            numbered_council(number),
            children or _size(sizes),
        )
        for number in range(1, authorities + 1)
    ]
    if jobs == 1:
        for task in tasks:
            _authority(*task)
        return
    with ProcessPoolExecutor(min(jobs, authorities), mp_context=get_context("spawn")) as pool:
        for made in [pool.submit(_authority, *task) for task in tasks]:
            made.result()


def _size(draws: Draws) -> int:
    """Children looked after in ten years by an authority of no given size."""
    return 10 * round(max(1200, min(6000, draws.lognormal(2700, 0.45))) / 10)


@contextmanager
def _no_search_for_circles() -> Iterator[None]:
    """Python does not look for objects that refer to one another: there are none here, and looking takes a sixth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _is_demonstration(council: Council, children: int | None) -> bool:
    """Local extracts and contacts are made for the demonstration authority alone: authorities made for size need no more."""
    return council.number == 0 and children is None


@_no_search_for_circles()
def _authority(folder: Path, seed: int, council: Council, children: int | None) -> None:
    def draws(name: str) -> Draws:
        return Draws(seed, name)

    targets = scaled(children)
    periods = care.periods_of_care(targets, adoption.plans(targets, draws("adoption")), council, draws)
    records = looked_after_return.records(periods, placements.episodes_of(periods, draws), draws)
    leavers = looked_after_return.care_leavers(records, council, targets.youth_offending_scale, draws)
    work = protection.casework(targets, records, council, draws)
    if _is_demonstration(council, children):
        work.contacts = protection.contacts(work.referrals, draws("contacts"))
    everybody = looked_after_return.known(records, leavers)
    known_cases = annex_a.sorted_lists(work, everybody)

    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        for name, rows in looked_after_return.tables(everybody, year, draws).items():
            path = folder / "ssda903" / year_code(year) / f"{name}.csv"
            write_table(path, looked_after_return.TABLES[name], rows)
        for number, rows in annex_a.lists(known_cases, year, draws):
            path = folder / "annex_a" / year_code(year) / f"list_{number:02d}.csv"
            write_table(path, annex_a.LISTS[number], rows)
    pupils = []
    for academic_year, rows in education.pupils(records, draws):
        write_table(folder / "virtual_school" / f"{academic_year}-AY.csv", education.COLUMNS, rows)
        if _is_demonstration(council, children):
            pupils.append((academic_year, rows))
    cases = youth_offending.cases(targets, records, council, draws("youth offending"))
    write_table(folder / "youth_offending" / "cases.csv", youth_offending.COLUMNS, cases)
    if _is_demonstration(council, children):
        for name, columns, rows in local.tables(records, work, pupils, council, draws):
            write_table(folder / name, columns, rows)
    write_text(folder / "source.toml", card.source_card(council, seed, children))
    write_text(folder / "README.md", card.readme(council, children))
    if council.number:
        write_text(folder / "authority.toml", card.authority_card(council))
