"""Forked kernels: they are kernels like others, they die with their run, and where they cannot be had a run goes on without."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from fake_pack import REPOSITORY, Quiet, code, parameters, text, write_notebook

from analysis_lib.pack import warm
from analysis_lib.pack.environment import kernel_environment
from analysis_lib.pack.kernels import _working
from analysis_lib.pack.plan import Task, read_notebook
from analysis_lib.pack.run import NotebookFailed, execute, run_all
from analysis_lib.periods import Period

QUARTER = Period.parse("2021-22-Q2")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")


def task_of(folder, name, *cells):
    folder.mkdir(exist_ok=True)
    cells = [text("# Q?"), parameters(), *(code(each) for each in cells)]
    return Task(read_notebook(write_notebook(folder, name, cells)), QUARTER, "public")


def printed(folder, name, *cells):
    """What a notebook of these cells prints, as JSON read again."""
    notebook = execute(task_of(folder, name, *cells), data="", progress=Quiet())
    outputs = [output["text"] for cell in notebook.cells for output in cell.get("outputs", ())]
    return json.loads("".join(outputs))


@pytest.fixture(scope="module", autouse=True)
def forked():
    """Every test of this file starts with forked kernels, and leaves no server behind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(warm.SWITCH, raising=False)
        warm.stop()
        yield
        warm.stop()


@pytest.fixture
def anew(forked, monkeypatch):
    """For a test after which the server must not be used again: one that imports little, and is soon ready."""
    warm.stop()
    monkeypatch.setattr(warm, "modules", lambda: ["ipykernel.kernelapp", "numpy"])
    yield
    warm.stop()


ABOUT = """
import json, os, sys, threading
loaded = sorted(sys.modules)
import numpy as np
print(json.dumps({
    "pid": os.getpid(), "parent": os.getppid(), "group": os.getpgid(0), "loaded": loaded, "folder": os.getcwd(), "path": sys.path,
    "arguments": sys.argv[1:3], "main": sys.modules["__main__"].__name__, "environment": dict(os.environ),
    "random": float(np.random.rand()), "hash": hash("x"), "flags": list(sys.flags),
    "descriptors": sorted(os.readlink(f"/proc/self/fd/{each}").split(":")[0] for each in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{each}")),
}))
"""


@pytest.fixture(scope="module")
def two(tmp_path_factory, forked):
    """What two forked kernels tell of themselves."""
    folder = tmp_path_factory.mktemp("home") / "notebooks"
    return [printed(folder, name, ABOUT) for name in ("one", "two")]


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(warm.SWITCH, "normal")
        return printed(tmp_path_factory.mktemp("home") / "notebooks", "usual", ABOUT)


def test_each_notebook_has_a_process_of_its_own_forked_from_the_server(two):
    one, other = two
    assert one["pid"] != other["pid"] and one["parent"] == other["parent"]
    assert warm._servers.earlier == []  # one server sufficed: nothing on the way changes the environment
    assert one["parent"] == warm._servers.current.process.pid
    assert one["group"] == one["pid"]


def test_what_is_imported_beforehand_is_there_when_the_first_cell_begins(two):
    wanted = set(warm.modules())
    assert {"pandas", "seaborn", "analysis_lib.pages.demand"} <= wanted and wanted <= set(two[0]["loaded"])
    assert warm._servers.current.failed == {} and warm.note() == ""


def test_kernels_do_not_share_their_random_numbers(two):
    one, other = two
    assert one["random"] != other["random"]


def test_a_forked_kernel_is_set_up_as_a_usual_one(two, usual):
    forked, alike = two[0], ("arguments", "main", "hash", "flags", "path")
    assert [forked[name] for name in alike] == [usual[name] for name in alike]
    own = {*warm._OF_ONE_KERNEL, warm.SWITCH}
    left, right = ({k: v for k, v in each["environment"].items() if k not in own} for each in (forked, usual))
    assert left == right and kernel_environment().items() <= left.items()


def test_a_kernel_holds_no_end_of_the_servers_sockets(two, usual):
    assert [each["descriptors"].count("socket") for each in two] == [usual["descriptors"].count("socket")] * 2


def test_nothing_that_one_notebook_sets_reaches_the_next(tmp_path):
    spoil = "import pandas, os\npandas.set_option('display.max_rows', 7)\nos.environ['TZ'] = 'X'\nprint(1)"
    look = "import pandas, os, json\nprint(json.dumps([pandas.get_option('display.max_rows'), os.environ['TZ']]))"
    printed(tmp_path / "n", "first", spoil)
    assert printed(tmp_path / "n", "second", look) == [60, "UTC"]


def test_a_server_that_has_a_thread_does_not_fork(tmp_path, anew, monkeypatch):
    """A module that starts a thread when it is imported, as a library may one day."""
    (tmp_path / "sitecustomize.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert "pid" in printed(tmp_path / "n", "one", ABOUT)  # the notebook was run all the same
    assert "started a thread" in warm.note()


def test_what_cannot_be_imported_beforehand_is_told_and_kernels_are_forked_all_the_same(tmp_path, anew, monkeypatch):
    monkeypatch.setattr(warm, "modules", lambda: ["ipykernel.kernelapp", "broken_today"])
    (tmp_path / "broken_today.py").write_text("raise ImportError('no such thing')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    told = printed(tmp_path / "n", "one", ABOUT)
    assert told["parent"] == warm._servers.current.process.pid and "broken_today" not in told["loaded"]
    assert "broken_today (ImportError: no such thing)" in warm.note()


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_than_on_linux_kernels_are_started_as_usual(platform, monkeypatch, anew):
    monkeypatch.setattr(warm.sys, "platform", platform)
    warm.get_ready()
    assert warm._servers.current is None and "safe on Linux only" in warm.note()
    with pytest.raises(warm.CannotFork):
        warm.fork_kernel(["python", "-m", "ipykernel_launcher"], "/", {})


def test_the_switch_is_told(tmp_path, monkeypatch, anew):
    monkeypatch.setenv(warm.SWITCH, "normal")
    told = printed(tmp_path / "n", "one", ABOUT)
    assert told["parent"] == os.getpid() and warm._servers.current is None
    assert "PANELPACK_KERNELS=normal asks for it" in warm.note()


def test_a_server_that_does_not_start_is_told(anew, monkeypatch):
    monkeypatch.setattr(warm.sys, "executable", "/bin/false")
    with pytest.raises(warm.CannotFork, match="did not start"):
        warm.fork_kernel(["python", "-m", "ipykernel_launcher"], "/", dict(os.environ))
    assert "did not start" in warm.note()


def test_a_server_that_died_is_made_good_by_usual_kernels(tmp_path, anew):
    printed(tmp_path / "n", "one", ABOUT)
    os.kill(warm._servers.current.process.pid, signal.SIGKILL)
    assert printed(tmp_path / "n", "two", ABOUT)["parent"] == os.getpid()
    assert "is gone" in warm.note() or "died" in warm.note()


def test_another_environment_gets_a_server_of_its_own(tmp_path, anew, monkeypatch):
    printed(tmp_path / "n", "one", ABOUT)
    first = warm._servers.current.process.pid
    monkeypatch.setenv("A_SETTING_OF_THE_USER", "1")
    told = printed(tmp_path / "n", "two", ABOUT)
    assert told["environment"]["A_SETTING_OF_THE_USER"] == "1" and told["parent"] != first


SLEEP = "import os, pathlib, subprocess, time\npathlib.Path({told!r}).write_text(str(os.getpid()))\ntime.sleep(600)"


def running(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(true, seconds=120):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def when_written(path):
    until(lambda: path.exists() and path.read_text())
    return int(path.read_text())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_kernel_that_is_killed_is_a_dead_kernel(tmp_path, number):
    """Ctrl-C comes to the run, not to the kernel; if one interrupts the kernel itself, its cell stops."""
    told = tmp_path / "pid"
    killer = threading.Thread(target=lambda: os.kill(when_written(told), number))
    killer.start()
    said = "KeyboardInterrupt" if number == signal.SIGINT else "the kernel died"
    with pytest.raises(NotebookFailed, match=f"cell 3: {said}"):
        execute(task_of(tmp_path / "n", "slow", SLEEP.format(told=str(told))), data="", progress=Quiet())
    killer.join()
    assert not _working and not running(int(told.read_text()))


def test_an_interrupted_run_leaves_no_kernel(tmp_path):
    told = [tmp_path / f"pid{number}" for number in (1, 2)]
    tasks = [task_of(tmp_path / "n", f"n{each.name}", SLEEP.format(told=str(each))) for each in told]

    class Interrupted(Quiet):
        def finished(self, *_):
            pass

    def make(task):
        if task is tasks[0]:
            return execute(task, data="", progress=Quiet())
        when_written(told[0])
        raise KeyboardInterrupt

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_all(tasks, make, jobs=2, progress=Interrupted())
    assert time.monotonic() - begun < 300  # it did not wait for the cell, which sleeps twice as long
    assert not _working and not running(int(told[0].read_text()))


RUN = """
# A script without `if __name__ == "__main__"`: who imports it again runs it again.
import os, sys
from pathlib import Path
with open(sys.argv[1] + "/begun", "a") as begun:
    begun.write("x")
sys.path.insert(0, {support!r})
from fake_pack import Quiet
from analysis_lib.pack import warm
from analysis_lib.pack.run import execute
from analysis_lib.pack.plan import Task, read_notebook
from analysis_lib.periods import Period
warm.modules = lambda: ["ipykernel.kernelapp", "numpy"]
for each in sorted(Path(sys.argv[1], "n").glob("*.ipynb")):
    execute(Task(read_notebook(each), Period.parse("2021-22-Q2"), "public"), data="", progress=Quiet())
print(warm._servers.current.process.pid, warm._servers.current.scratch)
"""


def script(folder):
    path = folder / "script.py"
    path.write_text(RUN.format(support=str(REPOSITORY / "tests" / "support")))
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    return {"args": [sys.executable, str(path), str(folder)], "env": environment, "text": True}


def test_the_script_that_runs_notebooks_is_not_run_again_by_their_kernels(tmp_path):
    for name in ("one", "two"):
        task_of(tmp_path / "n", name, "1;")
    done = subprocess.run(**script(tmp_path), capture_output=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "begun").read_text() == "x"


def test_when_a_run_ends_its_server_and_scratch_folder_are_gone(tmp_path):
    task_of(tmp_path / "n", "one", "1;")
    done = subprocess.run(**script(tmp_path), capture_output=True)
    server, scratch = done.stdout.split()
    until(lambda: not running(int(server)) and not Path(scratch).exists())


def test_a_server_whose_run_ends_without_having_heard_that_it_is_ready_ends_without_a_word():
    script = (
        "import os, select\n"
        "from analysis_lib.pack import warm\n"
        "warm.modules = lambda: []\n"
        "warm.get_ready()\n"
        "select.select([warm._servers.current._control], [], [])\n"
        "os._exit(0)"
    )
    # It is waited for as well: it has the same standard error, which is read to its end.
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_killed_run_leaves_no_server_no_kernel_and_no_scratch_folder(tmp_path):
    told = tmp_path / "pid"
    more = "import subprocess\nprint(subprocess.Popen(['sleep', '100']).pid)\n"
    task_of(tmp_path / "n", "slow", more, SLEEP.format(told=str(told)))
    run = subprocess.Popen(**script(tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    kernel = when_written(told)
    server = int(Path(f"/proc/{kernel}/stat").read_text().rsplit(")", 1)[1].split()[1])
    children = Path(f"/proc/{kernel}/task/{kernel}/children").read_text().split()
    scratch = Path(f"/proc/{server}/cmdline").read_text().split("\0")[4]
    assert server != run.pid and Path(scratch).exists() and children
    run.kill()
    run.wait()
    until(lambda: not any(running(each) for each in (server, kernel, *children)))
    until(lambda: not Path(scratch).exists())


def test_when_the_server_is_killed_its_kernels_die(tmp_path, anew):
    told = tmp_path / "pid"
    seen = []

    def kill():
        seen.append(when_written(told))
        os.kill(warm._servers.current.process.pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(NotebookFailed, match="the kernel died"):
        execute(task_of(tmp_path / "n", "slow", SLEEP.format(told=str(told))), data="", progress=Quiet())
    killer.join()
    until(lambda: not running(seen[0]))
