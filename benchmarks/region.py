"""Memory and time for a region of twelve authorities, each with the demonstration's returns, beside one of them alone.

Run: python benchmarks/region.py [--folder DIR] [--authorities 12]
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

from measured import in_words, measured
from returns import PROJECT, make_region

from analysis_lib.authority import read_authority
from analysis_lib.errors import PanelpackError
from analysis_lib.prepare import prepare_region
from analysis_lib.sources.region import authorities_in


def prepare(region: Path, most: int) -> None:
    """What `panelpack check --data REGION` does, for the first `most` authorities."""
    with tempfile.TemporaryDirectory() as home:
        prepared = prepare_region(region, replace(read_authority(PROJECT), home=Path(home)))
        for _, (_, store) in zip(range(most), prepared, strict=False):
            if isinstance(store, PanelpackError):
                raise store


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="where the region is, or is to be made; default: made and removed")
    parser.add_argument("--authorities", type=int, default=12)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        region = asked.folder or Path(temporary, "region")
        if not region.is_dir():
            make_region(region, asked.authorities)
        homes = authorities_in(region)
        rows = sum(sum(1 for _ in path.open("rb")) - 1 for path in region.rglob("*.csv"))
        print(f"{len(homes)} authorities, {rows:,} rows in all")
        for most in (1, len(homes)):
            print(in_words(f"{most} of them", [measured(prepare, region, most)]))


if __name__ == "__main__":
    main()
