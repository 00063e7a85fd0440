"""The whole pack for several periods, side by side: the bare tools as commands, the bare tools through Python, `panelpack run`,
and the floor: the same cells as plain functions in a process that has imported everything, with the same files written.

Every way runs in a process of its own, one after the other, on the same returns. Then a run in which nothing has changed, one in
which one notebook has, the memory of a run, and what a notebook costs beyond its cells: its kernel, its export, and once the imports.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from watched import memory_of

REPOSITORY = Path(__file__).resolve().parents[1]
PERIODS = ("2020-21-Q3", "2020-21-Q4", "2021-22-Q1", "2021-22-Q2")
NOTEBOOKS = sorted(path.stem for path in (REPOSITORY / "notebooks").glob("*.ipynb"))
COMMANDS, PYTHON, OURS, FLOOR = "commands, one after another", "Python, one process", "panelpack run", "floor"
WIDTHS = {1: "one at a time", 2: "two at a time"}
PARTS = ("commands", "python", "ours", "floor", "unchanged", "changed", "memory", "overhead")
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
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this alone; may be repeated")
    parser.add_argument("--here", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--output", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        WAYS[asked.here](asked.periods, asked.output)
        return
    with tempfile.TemporaryDirectory(prefix="panelpack-benchmark-") as folder:
        compare(asked.periods, Path(folder), asked.only or PARTS)


def compare(periods: Sequence[str], folder: Path, parts: Sequence[str]) -> None:
    """Measure the `parts`, and print a table of the ways with what each is of the others."""
    panelpack("check", output=None)  # prepares the data: no way pays for that
    print(f"{len(periods)} periods, {len(NOTEBOOKS)} notebooks, {os.cpu_count()} cores")
    costs = costs_of_ways(periods, folder, parts)
    print_table(costs)
    packs = [folder / f"{way}-{width}" for way in ("ours", "floor") if way in parts for width in WIDTHS]
    differ = [each.name for each in packs if written(each) != written(packs[0])]
    if len(packs) > 1:
        print(
            f"the same bytes in {', '.join(each.name for each in packs)}: {'NO: ' + ', '.join(differ) if differ else 'yes'}"
        )
    if "unchanged" in parts:
        print_unchanged(periods, folder / "ours-2", costs.get(f"{OURS}, {WIDTHS[2]}"))
    if "changed" in parts:
        print_changed(periods[0], folder / "project")
    if "memory" in parts:
        print_memory(periods[0], folder / "memory")
    if "overhead" in parts:
        here("overhead", periods, folder / "overhead", shows=True)
    if differ:
        sys.exit(1)


def costs_of_ways(periods: Sequence[str], folder: Path, parts: Sequence[str]) -> dict[str, Cost]:
    """What each way costs, by its name; `OURS` and `FLOOR` at each width."""
    costs = {}
    if "commands" in parts:
        costs[COMMANDS] = commands(periods, folder / "commands")
    if "python" in parts:
        costs[PYTHON] = here("python", periods, folder / "python")
    for width, name in WIDTHS.items():
        if "ours" in parts:
            costs[f"{OURS}, {name}"] = run(periods, folder / f"ours-{width}", "--jobs", str(width))
    for width, name in WIDTHS.items():
        if "floor" in parts:
            costs[f"{FLOOR}, {name}"] = here(f"floor-{width}", periods, folder / f"floor-{width}")
    return costs


def print_table(costs: Mapping[str, Cost]) -> None:
    """A row for each way: seconds, and as a share of the commands, of Python, and of the floor at the same width."""
    if costs:
        print(
            "| way | seconds | processor | largest process, MiB | of the first | of the second | of the floor, as wide |"
        )
        print("|---|---|---|---|---|---|---|")
    for name, cost in costs.items():
        width = WIDTHS[2] if name.endswith(WIDTHS[2]) else WIDTHS[1]
        beside = [costs.get(other) for other in (COMMANDS, PYTHON, f"{FLOOR}, {width}")]
        of = [f"{cost.seconds / other.seconds:.2f}" if other else "" for other in beside]
        print(f"| {name} | {cost.seconds:.1f} | {cost.processor:.1f} | {cost.peak:,.0f} | {' | '.join(of)} |")


def print_unchanged(periods: Sequence[str], output: Path, full: Cost | None) -> None:
    """The same command again, and other words for the same: these look page by page."""
    if full is None:
        full = run(periods, output, "--jobs", "2")
    same = min((run(periods, output, "--jobs", "2") for _ in range(3)), key=lambda cost: cost.seconds)
    other = min((run(periods, output, "--jobs", str(jobs)) for jobs in (3, 4, 5)), key=lambda cost: cost.seconds)
    for name, cost in {"the same command": same, "another command for the same": other}.items():
        of = f"{cost.seconds / full.seconds:.1%} of a full run"
        print(f"nothing changed, {name}: {cost.seconds:.2f} s ({cost.processor:.2f} s of processor time), {of}")


def print_changed(period: str, home: Path) -> None:
    """One notebook is changed in a copy of the project, and what a run then makes."""
    for name in ("notebooks", "commentary", "releases", "data/raw"):
        shutil.copytree(REPOSITORY / name, home / name, ignore=shutil.ignore_patterns(".*"))
    shutil.copyfile(REPOSITORY / "authority.toml", home / "authority.toml")
    ask = ["-m", "analysis_lib", "run", "--period", period, "--jobs", "2"]
    cost_of([*ask, "--dry-run"], home=home)  # prepares the data
    full = cost_of(ask, home=home)
    before = written(home / "outputs")
    path = home / "notebooks" / f"{NOTEBOOKS[0]}.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][-1]["source"] = [*content["cells"][-1]["source"], "\n"]
    path.write_text(json.dumps(content), encoding="utf-8")
    steps = [json.loads(line) for line in said_by([*ask, "--dry-run", "--json"], home).splitlines()]
    again = cost_of(ask, home=home)
    after = written(home / "outputs")
    touched = sorted(name for name in before if name.endswith((".html", ".csv")) and after.get(name) != before[name])
    print(
        f"one notebook changed: to make {', '.join(step['notebook'] for step in steps if step['make'])}; "
        f"{again.seconds:.1f} s, the whole pack {full.seconds:.1f} s; pages and tables with other bytes: {', '.join(touched)}"
    )


def print_memory(period: str, output: Path) -> None:
    """What a run of one period holds at most, two notebooks at a time. Pages that processes share are counted once."""
    ask = ["-m", "analysis_lib", "run", "--period", period, "--jobs", "2", "--output", str(output)]
    held = memory_of([sys.executable, *ask], cwd=REPOSITORY / "notebooks", environment=environment())
    print(
        f"memory of a run, two at a time: {held.whole:,.0f} MiB at most in {held.processes} processes; the run itself {held.run:,.0f}, "
        f"the server {held.server:,.0f}; the largest kernel {held.kernel:,.0f} resident, {held.kernel_own:,.0f} of its own"
    )


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


def floor(periods: Sequence[str], output: Path, width: int = 1) -> None:
    """The packs with every notebook's cells run here, or in `width` processes forked from this one once it has imported
    everything: no kernel, no papermill."""
    from importlib import import_module
    from multiprocessing import get_context
    from unittest.mock import patch

    from analysis_lib.pack import warm

    os.environ |= warm.kernel_environment()
    for name in warm.modules():
        import_module(name)
    sys.path.insert(0, str(REPOSITORY / "tests" / "support"))
    with contextlib.ExitStack() as opened:
        if width > 1:  # forked before anything else is done here, so that no thread is
            apply = opened.enter_context(get_context("fork").Pool(width)).apply
        else:

            def apply(work, arguments):
                return work(*arguments)

        from analysis_lib.authority import read_authority
        from analysis_lib.pack import make
        from analysis_lib.pack.build import Request, build_packs

        def execute(task, *, data, releases, authority, progress):
            folders = {"data": data, "releases": releases, "authority": authority}
            parameters = {"period": task.period.code, "edition": task.edition, **folders}
            return apply(_cells_run, (task.notebook.path, parameters))

        opened.enter_context(patch.object(make, "execute", execute))
        opened.enter_context(patch.dict(os.environ, {"PANELPACK_KERNELS": "normal"}))
        asked = Request(periods=periods, output=output)
        outcome = build_packs(read_authority(REPOSITORY), asked, jobs=width, progress=_Silent())
    if not outcome.all_made:
        sys.exit("\n".join(outcome.not_made))


def _cells_run(path: Path, parameters: dict):
    """The notebook at `path` with what its cells show when they are run in this process."""
    from executed_page import notebook_of, run_cells

    return notebook_of(path, run_cells(path, REPOSITORY, parameters))


class _Silent:
    def say(self, text) -> None: ...
    def planned(self, tasks) -> None: ...
    def started(self, task) -> None: ...
    def cell(self, task, number) -> None: ...
    def finished(self, task, failure="") -> None: ...


def overhead(periods: Sequence[str], output: Path) -> None:
    """What a notebook costs beyond its cells: a notebook that does nothing, in a forked and in a normal kernel; its export."""
    clock, processor = time.perf_counter(), time.process_time()
    from importlib import import_module

    from analysis_lib.pack import warm
    from analysis_lib.pack.export import Provenance, export
    from analysis_lib.pack.plan import plan_packs
    from analysis_lib.pack.run import execute

    for name in ("build", "make", "audit"):
        import_module(f"analysis_lib.pack.{name}")
    imports = Cost(time.perf_counter() - clock, time.process_time() - processor, 0)
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
    print(f"imports of the run itself: {imports.seconds:.2f} s ({imports.processor:.2f} s of processor time), once")
    for kind in ("warm", "normal"):
        os.environ["PANELPACK_KERNELS"] = kind
        warm.get_ready()
        taken = [seconds_of(lambda: execute(task, data="", progress=_Silent())) for _ in range(REPEATS + 1)][1:]
        warm.stop()
        print(f"a notebook that does nothing, {kind} kernel: {statistics.median(taken):.2f} s (median of {REPEATS})")
    sys.path.insert(0, str(REPOSITORY / "tests" / "support"))
    (page, *_) = plan_packs(REPOSITORY / "notebooks", periods=periods[:1])[0].tasks
    parameters = {"period": page.period.code, "edition": page.edition, **dict.fromkeys(names[2:], "")}
    executed, said = _cells_run(page.notebook.path, parameters), Provenance("", "", "")
    taken = [seconds_of(lambda: export(executed, page, said)) for _ in range(REPEATS + 1)][1:]
    print(f"export of the page {page.notebook.name}: {statistics.median(taken):.2f} s (median of {REPEATS})")


def run(periods: Sequence[str], output: Path, *options: str) -> Cost:
    asked = [each for period in periods for each in ("--period", period)]
    return panelpack("run", *asked, *options, output=output)


def panelpack(*arguments: str, output: Path | None) -> Cost:
    return cost_of(["-m", "analysis_lib", *arguments, *(["--output", str(output)] if output else [])])


def here(way: str, periods: Sequence[str], output: Path, *, shows: bool = False) -> Cost:
    """What a way costs that is a function of this file; in a process of its own."""
    return cost_of([str(Path(__file__)), "--here", way, "--output", str(output), *periods], shows=shows)


WAYS: dict[str, Callable[[Sequence[str], Path], None]] = {
    "python": python,
    "floor-1": floor,
    "floor-2": partial(floor, width=2),
    "overhead": overhead,
}


# Measuring


def cost_of(arguments: Sequence[str], *, shows: bool = False, home: Path = REPOSITORY) -> Cost:
    """What `python ARGUMENTS` costs in the project `home`, from its start to its end."""
    clock = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=home / "notebooks",
        env=environment(),
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


def said_by(arguments: Sequence[str], home: Path) -> str:
    """What `python ARGUMENTS` prints in the project `home`."""
    ask = [sys.executable, *arguments]
    return subprocess.run(
        ask, cwd=home / "notebooks", env=environment(), stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def environment() -> dict[str, str]:
    paths = os.pathsep.join([str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": paths}


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
