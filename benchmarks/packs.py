"""The whole pack for several periods, side by side: the bare tools as commands, the bare tools through Python, `panelpack run`,
and the floor: the same cells as plain functions in one process that has imported everything, with the same files written.

Every way runs in a process of its own, one after the other, on the same returns. Then a run in which nothing has changed, and what
a notebook costs beyond its cells: its kernel, its export, and once the imports.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
PERIODS = ("2020-21-Q3", "2020-21-Q4", "2021-22-Q1", "2021-22-Q2")
NOTEBOOKS = sorted(path.stem for path in (REPOSITORY / "notebooks").glob("*.ipynb"))
COMMANDS, PYTHON, OURS, FLOOR = "commands, one after another", "Python, one process", "panelpack run", "floor"
REPEATS = 5  # of what takes less than a second


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, seconds of processor time with all child processes, and the largest process (MiB)."""

    seconds: float
    processor: float
    peak: float

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.seconds + other.seconds, self.processor + other.processor, max(self.peak, other.peak))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("periods", nargs="*", default=PERIODS, help="periods (default: four quarters)")
    parser.add_argument("--here", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--output", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        WAYS[asked.here](asked.periods, asked.output)
        return
    with tempfile.TemporaryDirectory(prefix="panelpack-benchmark-") as folder:
        compare(asked.periods, Path(folder))


def compare(periods: Sequence[str], folder: Path) -> None:
    """Measure every way and print a table of them, with what each is of the first and of the floor."""
    panelpack("check", output=None)  # prepares the data: no way pays for that
    costs = {
        COMMANDS: commands(periods, folder / "commands"),
        PYTHON: here("python", periods, folder / "python"),
        f"{OURS}, one at a time": run(periods, folder / "one", "--jobs", "1"),
        f"{OURS}, two at a time": run(periods, folder / "two", "--jobs", "2"),
        FLOOR: here("floor", periods, folder / "floor"),
    }
    unchanged = min((run(periods, folder / "two", "--jobs", "2") for _ in range(3)), key=lambda cost: cost.seconds)
    same = written(folder / "one") == written(folder / "two") == written(folder / "floor")
    print(f"{len(periods)} periods, {len(NOTEBOOKS)} notebooks, {os.cpu_count()} cores")
    print("| way | seconds | processor | largest process, MiB | of the first | of the second | of the floor |")
    print("|---|---|---|---|---|---|---|")
    for name, cost in costs.items():
        of = [f"{cost.seconds / costs[other].seconds:.2f}" for other in (COMMANDS, PYTHON, FLOOR)]
        print(f"| {name} | {cost.seconds:.1f} | {cost.processor:.1f} | {cost.peak:,.0f} | {' | '.join(of)} |")
    full = costs[f"{OURS}, two at a time"]
    print(f"nothing changed: {unchanged.seconds:.2f} s, {unchanged.seconds / full.seconds:.1%} of a full run")
    print(f"the same bytes from {OURS} with one and two jobs and from the floor: {'yes' if same else 'NO'}")
    here("overhead", periods, folder / "overhead", shows=True)
    if not same:
        sys.exit(1)


# The ways


def commands(periods: Sequence[str], output: Path) -> Cost:
    """papermill and nbconvert as commands, as their manuals have them."""
    output.mkdir(parents=True)
    total = Cost(0, 0, 0)
    for period in periods:
        for name in NOTEBOOKS:
            done = output / f"{period}-{name}.ipynb"
            source = REPOSITORY / "notebooks" / f"{name}.ipynb"
            total += cost_of(["-m", "papermill", str(source), str(done), "-p", "period", period, "--no-progress-bar"])
            total += cost_of(["-m", "nbconvert", "--to", "html", "--log-level", "ERROR", str(done)])
    return total


def python(periods: Sequence[str], output: Path) -> None:
    """The same through Python: one process, kernels started as papermill starts them."""
    import papermill
    from nbconvert import HTMLExporter

    output.mkdir(parents=True)
    for period in periods:
        for name in NOTEBOOKS:
            done = output / f"{period}-{name}.ipynb"
            source = REPOSITORY / "notebooks" / f"{name}.ipynb"
            papermill.execute_notebook(source, done, {"period": period}, progress_bar=False, cwd=source.parent)
            page, _ = HTMLExporter().from_filename(str(done))
            done.with_suffix(".html").write_text(page, encoding="utf-8")


def floor(periods: Sequence[str], output: Path) -> None:
    """The packs with every notebook's cells run here, one after the other: no kernel, no papermill."""
    from unittest.mock import patch

    sys.path.insert(0, str(REPOSITORY / "tests" / "support"))
    from executed_page import notebook_of, run_cells

    from analysis_lib.authority import read_authority
    from analysis_lib.pack import make
    from analysis_lib.pack.build import Request, build_packs

    def execute(task, *, data, releases, authority, progress):
        folders = {"data": data, "releases": releases, "authority": authority}
        parameters = {"period": task.period.code, "edition": task.edition, **folders}
        return notebook_of(task.notebook.path, run_cells(task.notebook.path, REPOSITORY, parameters))

    with patch.object(make, "execute", execute), patch.dict(os.environ, {"PANELPACK_KERNELS": "normal"}):
        asked = Request(periods=periods, output=output)
        outcome = build_packs(read_authority(REPOSITORY), asked, jobs=1, progress=_Silent())
    if not outcome.all_made:
        sys.exit("\n".join(outcome.not_made))


class _Silent:
    def say(self, text) -> None: ...
    def planned(self, tasks) -> None: ...
    def started(self, task) -> None: ...
    def cell(self, task, number) -> None: ...
    def finished(self, task, failure="") -> None: ...


def overhead(periods: Sequence[str], output: Path) -> None:
    """What a notebook costs beyond its cells: a notebook that does nothing, in a forked and in a normal kernel."""
    clock = time.perf_counter()
    from analysis_lib.pack import warm
    from analysis_lib.pack.plan import plan_packs
    from analysis_lib.pack.run import execute

    imports = time.perf_counter() - clock
    output.mkdir(parents=True)
    names = "period", "edition", "data", "releases", "authority"
    empty = [
        {"cell_type": "markdown", "metadata": {}, "source": "# Nothing?"},
        {
            "cell_type": "code",
            "metadata": {"tags": ["parameters"]},
            "source": "\n".join(f'{each} = ""' for each in names),
        },
    ]
    cells = [{"id": f"c{at}", **each} for at, each in enumerate(empty)]
    for cell in cells:
        cell |= {"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (output / "nothing.ipynb").write_text(json.dumps(content), encoding="utf-8")
    (task,) = plan_packs(output, periods=periods[:1])[0].tasks
    print(f"imports of the run itself: {imports:.2f} s, once")
    for kind in ("warm", "normal"):
        os.environ["PANELPACK_KERNELS"] = kind
        warm.get_ready()
        taken = [seconds_of(lambda: execute(task, data="", progress=_Silent())) for _ in range(REPEATS + 1)][1:]
        warm.stop()
        print(f"a notebook that does nothing, {kind} kernel: {statistics.median(taken):.2f} s (median of {REPEATS})")


def run(periods: Sequence[str], output: Path, *options: str) -> Cost:
    asked = [each for period in periods for each in ("--period", period)]
    return panelpack("run", *asked, *options, output=output)


def panelpack(*arguments: str, output: Path | None) -> Cost:
    return cost_of(["-m", "analysis_lib", *arguments, *(["--output", str(output)] if output else [])])


def here(way: str, periods: Sequence[str], output: Path, *, shows: bool = False) -> Cost:
    """What a way costs that is a function of this file; in a process of its own."""
    return cost_of([str(Path(__file__)), "--here", way, "--output", str(output), *periods], shows=shows)


WAYS: dict[str, Callable[[Sequence[str], Path], None]] = {"python": python, "floor": floor, "overhead": overhead}


# Measuring


def cost_of(arguments: Sequence[str], *, shows: bool = False) -> Cost:
    """What `python ARGUMENTS` costs, from its start to its end."""
    paths = os.pathsep.join([str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])])
    clock = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=REPOSITORY / "notebooks",
        env={**os.environ, "PYTHONPATH": paths},
        stdout=None if shows else subprocess.PIPE,
        stderr=subprocess.STDOUT if not shows else None,
        text=True,
    )
    said = process.stdout.read() if process.stdout else ""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"python {' '.join(arguments)} ended with {process.returncode}:\n{said}")
    return Cost(time.perf_counter() - clock, used.ru_utime + used.ru_stime, used.ru_maxrss / 2**10)


def seconds_of(work: Callable[[], object]) -> float:
    clock = time.perf_counter()
    work()
    return time.perf_counter() - clock


def written(output: Path) -> dict[str, bytes]:
    """Every file of the packs in `output`, without logs and locks."""
    kept = ("logs", ".panelpack")
    with contextlib.suppress(FileNotFoundError):
        return {
            path.relative_to(output).as_posix(): path.read_bytes()
            for path in sorted(output.rglob("*"))
            if path.is_file() and not set(kept) & set(path.parts)
        }
    return {}


if __name__ == "__main__":
    main()
