import json
import os
import threading
import time

import pytest
from fake_pack import Quiet, code, page_cells, parameters, text, write_notebook

from analysis_lib.pack import warm
from analysis_lib.pack.environment import kernel_environment
from analysis_lib.pack.kernels import _working
from analysis_lib.pack.plan import Task, read_notebook
from analysis_lib.pack.run import Failure, NotebookFailed, execute, run_all
from analysis_lib.periods import Period

QUARTER = Period.parse("2021-22-Q2")
ASK_THE_KERNEL = """
import json, os, sys, matplotlib, analysis_lib, matplotlib.pyplot as plt
plt.plot([1, 2])
print(json.dumps({"python": sys.executable, "period": period, "edition": edition, "data": data,
    "seed": os.environ["PYTHONHASHSEED"], "backend": matplotlib.get_backend().lower(), "folder": os.path.basename(os.getcwd()),
    "library": analysis_lib.__file__, "linewidth": matplotlib.rcParams["lines.linewidth"]}))
"""


def task_of(folder, name, cells, edition="public"):
    folder.mkdir(exist_ok=True)
    return Task(read_notebook(write_notebook(folder, name, cells)), QUARTER, edition)


@pytest.fixture(scope="module", params=["warm", "normal"], autouse=True)
def kind(request):
    """Kernels that are forked and kernels that are started as usual must behave alike."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(warm.SWITCH, request.param)
        yield request.param
        warm.stop()


@pytest.fixture(scope="module")
def hostile_user(tmp_path_factory, kind):
    """A user whose own kernels and matplotlib settings would change what a notebook shows."""
    folder = tmp_path_factory.mktemp("user")
    for name in ("python3", "panelpack"):
        spec = folder / "jupyter" / "kernels" / name / "kernel.json"
        spec.parent.mkdir(parents=True)
        spec.write_text(json.dumps({"argv": ["false"], "display_name": name, "language": "python"}))
    (folder / "matplotlibrc").write_text("lines.linewidth: 9\n")
    startup = folder / "ipython" / "profile_default" / "startup" / "mine.py"
    startup.parent.mkdir(parents=True)
    startup.write_text("import matplotlib\nmatplotlib.rcParams['lines.linewidth'] = 8\n")
    settings = {
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_PATH": str(folder / "jupyter"),
        "MPLCONFIGDIR": str(folder),
        "MPLBACKEND": "svg",
        "PYTHONHASHSEED": "3",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def done(tmp_path_factory, hostile_user):
    """One notebook that was run, and what the run told while at it."""
    folder = tmp_path_factory.mktemp("home") / "notebooks"
    task = task_of(folder, "demand", [text("# Q?"), parameters(), code(ASK_THE_KERNEL)], "restricted")
    quiet = Quiet()
    return execute(task, data="/somewhere", progress=quiet), quiet


@pytest.fixture(scope="module")
def answer(done):
    notebook, _ = done
    return json.loads(next(cell for cell in notebook.cells if cell.get("outputs"))["outputs"][0]["text"])


def test_parameters_arrive_as_text(answer):
    assert (answer["period"], answer["edition"], answer["data"]) == ("2021-22-Q2", "restricted", "/somewhere")


def test_the_kernel_is_this_python_whatever_kernels_the_user_has(answer):
    import sys

    import analysis_lib

    assert answer["python"] == sys.executable
    assert answer["library"] == analysis_lib.__file__
    assert answer["folder"] == "notebooks"


def test_the_users_settings_do_not_reach_the_figures(answer):
    assert (answer["seed"], answer["backend"], answer["linewidth"]) == ("0", "agg", 1.5)


def test_a_figure_that_was_not_shown_through_report_is_no_output(done):
    notebook, _ = done
    assert [output["output_type"] for cell in notebook.cells for output in cell.get("outputs", ())] == ["stream"]


def test_the_executed_copy_does_not_tell_when_or_where_it_was_made(done):
    notebook, _ = done
    assert [cell["id"] for cell in notebook.cells] == [f"cell-{number}" for number in range(1, 5)]
    assert sorted(notebook.metadata) == ["language_info", "panelpack"]
    assert not any({"papermill", "execution"} & set(cell.metadata) for cell in notebook.cells)


def test_each_cell_is_told_of(done):
    _, quiet = done
    assert quiet.cells[-1] == ("demand", 3)


def test_no_kernel_is_left(done):
    assert not _working


@pytest.fixture(scope="module")
def failed(tmp_path_factory, kind):
    folder = tmp_path_factory.mktemp("home") / "notebooks"
    cells = [
        text("# Q?"),
        parameters(),
        code("total = 1"),
        code("raise ValueError('no births\\nin a second line')"),
        code("1"),
    ]
    with pytest.raises(NotebookFailed) as stop:
        execute(task_of(folder, "demand", cells), data="", progress=Quiet())
    return stop.value.failure


def test_what_stopped_a_notebook_is_one_line_with_notebook_period_cell_and_error(failed):
    assert str(failed) == "demand, 2021-22-Q2, cell 4: ValueError: no births"


def test_the_failed_copy_is_marked_at_the_cell(failed):
    sources = [cell.source for cell in failed.evidence.cells]
    position = next(index for index, source in enumerate(sources) if "cell 4 stopped it" in source)
    assert sources[position + 1].startswith("raise ValueError")
    assert not any("papermill" in source for source in sources)


def test_a_cell_that_does_not_end_is_stopped(tmp_path):
    cells = [text("# Q?"), parameters(), code("import time\ntime.sleep(60)")]
    begun = time.monotonic()
    with pytest.raises(NotebookFailed, match="cell 3: stopped after 1 seconds without an end") as stop:
        execute(task_of(tmp_path / "n", "slow", cells), data="", progress=Quiet(), cell_timeout=1)
    assert time.monotonic() - begun < 30 and not _working
    assert "cell 3 stopped it" in stop.value.failure.evidence.cells[-2].source  # kept, although papermill saved nothing


def test_a_kernel_that_dies_is_told_and_not_tried_again(tmp_path):
    quiet = Quiet()
    cells = [text("# Q?"), parameters(), code("import os\nos._exit(1)")]
    with pytest.raises(NotebookFailed, match="cell 3: the kernel died"):
        execute(task_of(tmp_path / "n", "dead", cells), data="", progress=quiet)
    assert quiet.cells.count(("dead", 3)) <= 2 and not _working


def test_the_kernel_gets_nothing_that_depends_on_the_user(monkeypatch):
    for name, value in {"TZ": "Asia/Tokyo", "LC_ALL": "tr_TR.UTF-8", "OMP_NUM_THREADS": "7"}.items():
        monkeypatch.setenv(name, value)
    told = kernel_environment()
    assert (told["TZ"], told["LC_ALL"], told["OMP_NUM_THREADS"]) == ("UTC", "C.UTF-8", "1")
    assert os.path.isfile(told["MATPLOTLIBRC"])


def tasks_for(folder, *names):
    return [task_of(folder, name, page_cells()) for name in names]


def test_one_failure_does_not_stop_the_others_and_order_is_kept(tmp_path):
    tasks = tasks_for(tmp_path, "a", "b", "c")

    def make(task):
        if task.notebook.name == "b":
            raise NotebookFailed(Failure(task, 3, "ValueError: x"))
        if task.notebook.name == "a":
            time.sleep(0.1)
        return task.notebook.name

    quiet = Quiet()
    made, failures = run_all(tasks, make, jobs=3, progress=quiet)
    assert list(made.values()) == ["a", "c"] and [str(failure) for failure in failures] == [
        "b, 2021-22-Q2, cell 3: ValueError: x"
    ]
    assert "c, 2021-22-Q2: made" in quiet.lines


@pytest.mark.parametrize("jobs", [1, 2])
def test_no_more_than_jobs_at_once(tmp_path, jobs):
    now, most, lock = [0], [0], threading.Lock()

    def make(task):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.05)
        with lock:
            now[0] -= 1

    run_all(tasks_for(tmp_path, *"abcd"), make, jobs=jobs, progress=Quiet())
    assert most[0] == jobs


def test_our_own_mistakes_are_not_hidden(tmp_path):
    def make(task):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_all(tasks_for(tmp_path, "a"), make, jobs=1, progress=Quiet())
