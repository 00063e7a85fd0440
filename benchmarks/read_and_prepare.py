"""Reading, checking and preparing about a million SSDA903 episodes, beside `pandas.read_csv` alone on the same files.

Run: python benchmarks/read_and_prepare.py [--folder DIR] [--copies 77] [--repeats 5]
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
from measured import in_words, measured
from returns import PROJECT, make_large_authority

from analysis_lib.authority import read_authority
from analysis_lib.prepare import prepare_folder


def read_with_pandas(folder: Path) -> None:
    """Every file with the options and the parser that pandas takes by itself; the frames are all kept to the end."""
    frames = [pd.read_csv(path) for path in sorted(folder.rglob("*.csv"))]
    assert frames


def prepare(folder: Path) -> None:
    """What `panelpack check` and the first `panelpack run` do: hash, read, check, prepare, write the tidy tables."""
    with tempfile.TemporaryDirectory() as home:
        prepare_folder(folder, replace(read_authority(PROJECT), home=Path(home)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--folder", type=Path, help="where the returns are, or are to be made; default: made and removed"
    )
    parser.add_argument(
        "--copies", type=int, default=77, help="of the demonstration's SSDA903; 77 are a million episodes"
    )
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary, "returns")
        if not folder.is_dir():
            make_large_authority(folder, asked.copies)
        _compare(folder, asked.repeats)


def _compare(folder: Path, repeats: int) -> None:
    files = sorted(folder.rglob("*.csv"))
    rows = {path: sum(1 for _ in path.open("rb")) - 1 for path in files}
    episodes = sum(count for path, count in rows.items() if path.name == "episodes.csv")
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{episodes:,} episodes, {sum(rows.values()):,} rows in all, {len(files)} files, {size:,.0f} MB")
    alone, ours = [], []
    for _ in range(repeats):  # in turn, so that what else the machine does slows both
        alone.append(measured(read_with_pandas, folder))
        ours.append(measured(prepare, folder))
    print(in_words("pandas.read_csv alone", alone))
    print(in_words("panelpack: read, check, prepare", ours))
    best = min(run.seconds for run in ours) / min(run.seconds for run in alone)
    processor = min(run.processor for run in ours) / min(run.processor for run in alone)
    print(f"ratio of the best runs: {best:.1f} (processor time: {processor:.1f})")


if __name__ == "__main__":
    main()
