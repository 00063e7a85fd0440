"""A hundred runs leave nothing behind: no process, no temporary folder, no open file, no memory that is not given back."""

import json
import os
import subprocess
import sys

import pytest
from disturbed_house import ON_LINUX
from fake_pack import code, page_cells, write_notebook

pytestmark = ON_LINUX
RUNS, SETTLED = 100, 20  # after so many runs whatever is imported or kept for later has come
MOST_GROWTH = 20_000  # kB over the runs that follow: a quarter of a megabyte a run, and a page has a tenth of that
WELL, BROKEN = ("adoption", "demand"), ("dies", "raises")
IN_ONE_PROCESS = """
import json, os, sys, threading
from pathlib import Path
from fake_pack import Quiet, fake_prepare
from analysis_lib import prepare
from analysis_lib.authority import read_authority
from analysis_lib.pack import build, warm

prepare.prepare_folder = fake_prepare()
warm.modules = lambda: ["ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "numpy"]
authority, (runs, *well) = read_authority(Path.cwd()), json.loads(sys.argv[1])

def told():
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    children = [each for task in Path("/proc/self/task").iterdir() for each in (task / "children").read_text().split()]
    return {
        "files": len(os.listdir("/proc/self/fd")), "threads": threading.active_count(), "children": len(children),
        "temporary": os.listdir(os.environ["TMPDIR"]), "memory": int(status["VmRSS"].split()[0]),
    }

for number in range(runs):
    some_fail = number % 10 == 5
    os.environ["PANELPACK_KERNELS"] = "normal" if number % 10 == 7 else "warm"
    asked = build.Request(
        periods=["2021-22-Q2"], output=Path("outputs"), notebooks=() if some_fail else well, force=True
    )
    outcome = build.build_packs(authority, asked, jobs=2, progress=Quiet())
    assert outcome.all_made != some_fail, outcome
    print(json.dumps(told()), flush=True)
"""


def some_that_fail(house):
    for name, how in zip(BROKEN, ("import os\nos._exit(3)", "raise ValueError('no')"), strict=True):
        write_notebook(house.home / "notebooks", name, [*page_cells(), code(how)])


def runs_in_one_process(house, runs):
    done = subprocess.run(
        [sys.executable, "-c", IN_ONE_PROCESS, json.dumps([runs, *WELL])],
        env={**os.environ, **house.environment},
        cwd=house.home,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    house.nobody_is_left()
    assert list(house.scratch.iterdir()) == []
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.slow
def test_a_hundred_runs_in_one_process(house):
    some_that_fail(house)
    told = runs_in_one_process(house, RUNS)
    settled, last = told[SETTLED], told[-1]
    print(
        "after", SETTLED, "runs:", settled, "after", RUNS, "runs:", last, "most:", max(each["memory"] for each in told)
    )
    assert {(each["children"], tuple(each["temporary"])) for each in told} == {(0, ())}
    assert {each["files"] for each in told[SETTLED:]} == {settled["files"]}
    assert {each["threads"] for each in told[SETTLED:]} == {settled["threads"]}
    assert last["memory"] - settled["memory"] < MOST_GROWTH


@pytest.mark.slow
def test_a_hundred_runs_as_commands(house, imported):
    some_that_fail(house)
    for number in range(RUNS):
        some_fail, kernels = number % 10 == 5, "normal" if number % 10 == 7 else "warm"
        which = () if some_fail else [word for name in WELL for word in ("--notebook", name)]
        code, _, err = imported.run(house, "--force", *which, PANELPACK_KERNELS=kernels)
        assert code == int(some_fail), err
        assert house.processes() == [] and house.left_aside() == []


def test_two_runs_in_one_process(house):
    first, second = runs_in_one_process(house, 2)
    assert (first["children"], first["temporary"]) == (second["children"], second["temporary"]) == (0, [])
    assert second["files"] == first["files"]
