"""What a region costs: processor seconds and memory for preparing an authority, making a pack, and the page of all; and what
that makes for a whole country.

    python benchmarks/region_packs.py --children 2600 --periods 2021-22-Q2 2021-22-Q3

Processor seconds (of this process and those that it starts) change little on a busy machine; wall-clock time does. docs/scaling.md
says what follows from them.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests" / "support")]
COUNTRY, QUARTERS, NOTEBOOKS = 152, 4, 5


def processor_seconds() -> float:
    """Of this process and of those that it started and that have ended, with theirs."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


class Spent:
    """Processor seconds since it was made."""

    def __init__(self):
        self.before = processor_seconds()

    def seconds(self) -> float:
        return round(processor_seconds() - self.before, 2)


def size(folder: Path) -> float:
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20, 1)


def measured(folder: Path, authorities: int, children: int, periods: list[str]) -> dict:
    """What each step costs on `authorities` invented authorities of about `children` children."""
    from fake_pack import Quiet

    from analysis_lib.authority import read_authority, within
    from analysis_lib.pack.build import Request
    from analysis_lib.pack.plan import notebook_files
    from analysis_lib.pack.region import build_region
    from analysis_lib.pack.region_index import region_index
    from analysis_lib.prepare import prepare_folder
    from analysis_lib.synthetic import generate

    region, home, output = folder / "region", folder / "home", folder / "out"
    generate(region, authorities=max(authorities, 2), children=children)
    for more in sorted(region.iterdir())[authorities:]:
        shutil.rmtree(more)
    (home / "data" / "raw").mkdir(parents=True)
    shutil.copytree(REPOSITORY / "notebooks", home / "notebooks")
    shutil.copyfile(REPOSITORY / "authority.toml", home / "authority.toml")
    (home / "data" / "raw" / "published").symlink_to(REPOSITORY / "data" / "raw" / "published")
    project = read_authority(home)
    spent = Spent()
    for each in sorted(region.iterdir()):
        council = within(project, each)
        prepare_folder(council.returns, council)
    prepared = spent.seconds()
    asked, packs = Request(periods=periods, output=output), authorities * len(periods)
    spent = Spent()
    outcome = build_region(project, region, asked, jobs=1, progress=Quiet())
    made = spent.seconds()
    spent = Spent()
    build_region(project, region, asked, jobs=1, progress=Quiet())
    again = spent.seconds()
    spent = Spent()
    region_index(project, region, output, "public")
    index = spent.seconds()
    notebooks = len(notebook_files(home / "notebooks"))
    return {
        "authorities": authorities,
        "children": children,
        "periods": len(periods),
        "notebooks": notebooks,
        "not_made": outcome.not_made,
        "prepare_an_authority_seconds": round(prepared / authorities, 2),
        "make_a_pack_seconds": round(made / packs, 2),
        "make_a_page_seconds": round(made / packs / notebooks, 2),
        "a_pack_that_has_not_changed_seconds": round(again / packs, 2),
        "page_of_all_seconds_for_each_authority": round(index / authorities, 3),
        "largest_process_MiB": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
        "this_process_MiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "returns_of_an_authority_MiB": round(size(region) / authorities, 1),
        "tidy_tables_of_an_authority_MiB": round(size(home / "data" / "processed") / authorities, 1),
        "a_pack_MiB": round(size(output) / packs, 1),
    }


def country(told: dict) -> dict:
    """Core-hours for the country, from what was measured."""
    pages = told["make_a_page_seconds"] * COUNTRY * QUARTERS * NOTEBOOKS
    preparing = told["prepare_an_authority_seconds"] * COUNTRY
    index = told["page_of_all_seconds_for_each_authority"] * COUNTRY
    hours = (pages + preparing + index) / 3600
    return {"core_hours": round(hours, 1), "preparing_hours": round(preparing / 3600, 1), "page_of_all_s": round(index)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--authorities", type=int, default=1)
    parser.add_argument("--children", type=int, default=2600)
    parser.add_argument("--periods", nargs="+", default=["2021-22-Q2", "2021-22-Q3"])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="panelpack-region-") as folder:
        told = measured(Path(folder), asked.authorities, asked.children, asked.periods)
    print(json.dumps({**told, "country": country(told)}, indent=1))


if __name__ == "__main__":
    main()
