#!/usr/bin/env python3
"""Changes the library in many small ways, one at a time, and counts how often the tests notice.

    pip install -c constraints.txt -e '.[test]' mutmut==3.8.1
    python tools/mutation.py stats/intervals metrics/counting/spells   the modules named, by the tests of their rooms
    python tools/mutation.py stats metrics                             whole rooms (hours on two quiet cores)
    python tools/mutation.py metrics --sample 60                       60 changes of each module, drawn from a seed

Works in a copy of the checkout, as it is on disk: a folder of its own that is deleted afterwards, or kept with
`--folder DIR`, where a second run repeats only what changed. Prints a line a module, and writes to `--survivors FILE` (default:
mutation-survivors.txt in that folder, else none) what each surviving change was. Exit status 1 when fewer than `--least`
(0.90) of the changes to any module were noticed. With `--sample` the share is an estimate, and its Wilson interval is printed.
Needs a system that can fork (not Windows).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from statsmodels.stats.proportion import proportion_confint

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = "analysis_lib"
MUTMUT = Path(sys.executable).with_name("mutmut")  # as `python -m mutmut` its tests would not find the library
NOTICED = {"killed", "timeout", "segfault", "caught by type check"}  # a change that never ends is noticed too
COPIED = ("tests", "data", "docs", "notebooks", "tools", "authority.toml", "pyproject.toml", "README.md")
# The same examples every time, and fewer of them: a change that only one example in a hundred notices counts as missed.
PYTEST = ("--hypothesis-profile=mutation", "-p", "no:cacheprovider", "-q")
# What `mutmut run` does first, by itself: to know the names of all changes before some of them are drawn.
MAKE_CHANGES = """
from mutmut import __main__ as mutmut
from pathlib import Path
mutmut.set_mutant_under_test("mutant_generation")
Path("mutants").mkdir(exist_ok=True)
mutmut.copy_src_dir()
mutmut.copy_also_copy_files()
mutmut.setup_source_paths()
mutmut.create_mutants(1)
"""
# These read the text of the library, which changes: they would notice everything, and fail before anything is changed.
READ_THE_TEXT = tuple(
    f"--deselect=tests/metrics/test_facts.py::{name}"
    for name in (
        "test_the_methodology_pages_are_what_the_facts_say",
        "test_the_methodology_names_the_functions_that_count_a_measure",
    )
)


def main() -> int:
    parser = argparse.ArgumentParser(description="How many small changes to the library do the tests notice?")
    parser.add_argument("modules", nargs="+", help="stats/intervals, or a whole room: stats")
    parser.add_argument("--tests", nargs="*", help="tests to run (default: those of the modules' rooms)")
    parser.add_argument("--folder", type=Path, help="where to work, kept for the next run")
    parser.add_argument("--survivors", type=Path, help="file for the changes that nobody noticed")
    parser.add_argument("--sample", type=int, help="changes to try of each module (default: all)")
    parser.add_argument("--least", type=float, default=0.90)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="mutation-"))
    try:
        results = mutate(folder, asked.modules, asked.tests or tests_of(asked.modules), asked.jobs, asked.sample)
        report(results)
        listed = asked.survivors or (asked.folder and asked.folder / "mutation-survivors.txt")
        if listed:
            Path(listed).write_text(survivors(folder, results), encoding="utf-8")
    finally:
        if asked.folder is None:
            shutil.rmtree(folder, ignore_errors=True)
    return int(any(share(states.values()) < asked.least for states in results.values()))


def tests_of(modules: Iterable[str]) -> list[str]:
    return sorted({f"tests/{module.split('/')[0]}" for module in modules})


def mutate(
    folder: Path, modules: list[str], tests: list[str], jobs: int, sample: int | None = None
) -> dict[str, dict[str, str]]:
    """What became of each change that was tried, by module and name of the change."""
    copy_checkout(folder)
    patterns = [
        f"{LIBRARY}/{each}.py" if (ROOT / LIBRARY / f"{each}.py").exists() else f"{LIBRARY}/{each}/*.py"
        for each in modules
    ]
    settings = {
        "source_paths": [LIBRARY],
        "only_mutate": patterns,
        "also_copy": COPIED,
        "pytest_add_cli_args": (*PYTEST, *READ_THE_TEXT),
        "pytest_add_cli_args_test_selection": tests,
    }
    lines = [f"{name} =\n" + "".join(f"    {value}\n" for value in values) for name, values in settings.items()]
    (folder / "setup.cfg").write_text("[mutmut]\n" + "".join(lines), encoding="utf-8")
    tried = None
    if sample is not None:
        _mutmut(folder, code=MAKE_CHANGES)
        tried = drawn(made_in(folder), sample)
    _run(folder, jobs, tried or [])
    found = _mutmut(folder, "results", "--all", "true")
    states = dict(re.findall(r"^\s*(\S+__mutmut_\d+): (.+)$", found, re.MULTILINE))
    states = {name: state for name, state in states.items() if tried is None or name in tried}
    if not states or "not checked" in states.values():
        end = (folder / "mutation.log").read_text(encoding="utf-8").replace("\r", "\n")[-3000:]
        raise SystemExit(f"mutmut did not finish. The end of what it said:\n{end}")
    results: dict[str, dict[str, str]] = defaultdict(dict)
    for name, state in states.items():
        results[module_of(name)][name] = state
    return dict(sorted(results.items()))


def _run(folder: Path, jobs: int, names: list[str]) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # finds its copy itself
    with open(folder / "mutation.log", "w", encoding="utf-8") as log:
        subprocess.run(
            [MUTMUT, "run", "--max-children", str(jobs), *names],
            cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip


def made_in(folder: Path) -> list[str]:
    """The names of all changes that were made."""
    files = sorted((folder / "mutants" / LIBRARY).rglob("*.meta"))
    return [name for path in files for name in json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]]


def drawn(names: list[str], sample: int) -> list[str]:
    """`sample` names of each module, or all where it has fewer, the same ones every time."""
    by_module: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        by_module[module_of(name)].append(name)
    draw = random.Random(2026)
    return [name for each in by_module.values() for name in sorted(draw.sample(each, min(sample, len(each))))]


def module_of(name: str) -> str:
    return name.rpartition(".")[0].removeprefix(f"{LIBRARY}.").replace(".", "/")


def copy_checkout(folder: Path) -> None:
    """What git knows of the checkout, and what it would add, as it is on disk; files that are the same stay untouched."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        source, target = ROOT / name, folder / name
        if not source.is_file() or (target.exists() and target.read_bytes() == source.read_bytes()):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def _mutmut(folder: Path, *arguments: str, code: str = "") -> str:
    command = [sys.executable, "-c", code] if code else [MUTMUT, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, check=True, text=True).stdout


def share(states: Iterable[str]) -> float:
    """Changes noticed, of all that were made."""
    counted = Counter(state in NOTICED for state in states)
    return counted[True] / counted.total()


def report(results: dict[str, dict[str, str]]) -> None:
    rows = [(module, list(states.values())) for module, states in results.items()]
    rows.append(("all", [state for _, states in rows for state in states]))
    print(f"{'module':40}{'tried':>7}{'noticed':>9}{'share':>8}   95% interval")
    for module, states in rows:
        noticed = sum(state in NOTICED for state in states)
        low, high = proportion_confint(noticed, len(states), method="wilson")
        print(f"{module:40}{len(states):>7}{noticed:>9}{share(states):>8.1%}   {low:.1%} to {high:.1%}")


def survivors(folder: Path, results: dict[str, dict[str, str]]) -> str:
    """Each change that nobody noticed, as a difference."""
    missed = [(name, state) for states in results.values() for name, state in states.items() if state not in NOTICED]
    return "\n".join(f"{state}\n{_mutmut(folder, 'show', name)}" for name, state in missed)


if __name__ == "__main__":
    sys.exit(main())
