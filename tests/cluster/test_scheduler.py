"""A run whose packs are made by the workers of a real Dask scheduler makes what a run here makes, whatever is lost meanwhile."""

import json
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from fake_pack import Quiet
from small_region import files_of, make_authority, make_project, make_region

from analysis_lib.authority import read_authority
from analysis_lib.cli import main
from analysis_lib.errors import UsageError
from analysis_lib.pack import cluster as clusters
from analysis_lib.pack.build import Request
from analysis_lib.pack.cluster import build_region_on, same_as_here, what_differs
from analysis_lib.pack.region import build_region

pytest.importorskip("distributed", reason="needs Dask: pip install -e '.[cluster]'")
from dask_cluster import SECONDS, DaskCluster, worker_at_work

PERIODS = ("2021-22-Q2", "2021-22-Q3")


@pytest.fixture(scope="module")
def dask():
    cluster = DaskCluster()
    yield cluster
    cluster.close()


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """The region and its packs, made by this process."""
    folder = tmp_path_factory.mktemp("here")
    place = Place(folder)
    place.outcome = build_region(place.project, place.region, place.asked("here"), jobs=2, progress=Quiet())
    assert place.outcome.all_made
    return place


class Place:
    def __init__(self, folder):
        self.folder = folder
        self.project = read_authority(make_project(folder / "home"))
        self.region = make_region(folder / "region")

    def asked(self, output, **more):
        return Request(**{"periods": PERIODS, "output": self.folder / output, **more})

    def on(self, dask, output, progress=None, **more):
        asked = self.asked(output, **more)
        return build_region_on(dask.address, self.project, self.region, asked, jobs=0, progress=progress or Quiet())

    def files(self, output):
        return files_of(self.folder / output)


def test_every_byte_is_that_of_a_run_here(dask, here):
    outcome = here.on(dask, "there")
    assert outcome.all_made and outcome.index == here.folder / "there" / "index.html"
    there = here.files("there")
    assert len(there) == 35 and there == here.files("here")
    again = here.on(dask, "there")
    assert [each.published for each in again.outcomes.values()] == [[], []] and again.all_made


def test_a_worker_is_a_daemon_process_and_its_kernels_are_forked_all_the_same(dask, here):
    def kernels_of_this_worker():  # in here, so that it goes to the workers as it stands
        from multiprocessing import current_process

        from analysis_lib.pack import warm

        server = warm._servers.current
        return current_process().daemon, warm.note(), server is not None and server.process.poll() is None

    with dask.client() as client:
        told = client.run(kernels_of_this_worker)
    assert list(told.values()) == [(True, "", True)] * 2  # and they stay warm for the next batch


def test_a_worker_that_is_killed_loses_nothing_and_leaves_nothing(dask, here):
    done = []
    run = threading.Thread(target=lambda: done.append(here.on(dask, "killed")))
    run.start()
    _wait_for_a_notebook(dask, here.folder / "killed")
    victim = worker_at_work(dask)
    dask.kill(victim)
    run.join(SECONDS)
    assert done and done[0].all_made, (done, dask.logs())
    assert here.files("killed") == here.files("here")
    assert [path for path in (here.folder / "killed").rglob("*") if _is_left(path)] == []
    end = time.monotonic() + SECONDS / 4
    while left := [*dask.processes(victim), *(dask.scratch / victim).glob("p*")]:  # its kernels, and their folders
        assert time.monotonic() < end, left
        time.sleep(0.1)
    dask.add_worker()
    dask.wait_for(2)


def _is_left(path):
    """Whether a file is of a pack that was never finished."""
    aside = ".panelpack" in path.parts and "locks" not in path.parts
    return path.is_file() and (aside or path.name.endswith(".part"))


def _wait_for_a_notebook(dask, output):
    """Wait until one has begun."""
    end = time.monotonic() + SECONDS
    while not [log for log in output.glob("*/logs/*.jsonl") if '"started"' in log.read_text()]:
        assert time.monotonic() < end, dask.logs()
        time.sleep(0.05)


def test_what_stops_one_authority_comes_back_in_words(dask, tmp_path):
    place = Place(tmp_path)
    make_authority(place.region / "cole", "Cole", "E06009103", 4)
    for path in (place.region / "ashby" / "ssda903").rglob("*.csv"):
        path.write_text("nothing,known\n1,2\n")
    (place.region / "cole" / "authority.toml").write_text("[authority")
    outcome = place.on(dask, "there", periods=PERIODS[:1])
    assert list(outcome.outcomes) == ["brook"] and outcome.outcomes["brook"].published
    assert list(outcome.stopped) == ["ashby", "cole"] and "authority.toml cannot be read" in outcome.stopped["cole"]
    assert not any("\n" in each or "Traceback" in each for each in outcome.not_made)


def test_the_periods_of_one_authority_are_shared_out_too(dask, here, monkeypatch, capsys):
    home = here.project.home
    authority = here.region / "ashby"
    monkeypatch.chdir(home)
    arguments = ["run", "--authority", authority, "--output", "alone", "--scheduler", dask.address, "--json"]
    monkeypatch.setattr(sys, "argv", ["panelpack", *map(str, arguments), "-p", PERIODS[0], "-p", PERIODS[1]])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["event"] for each in events][-1] == "done" and len(events[-1]["published"]) == 2
    wanted = {name: text for name, text in here.files("here").items() if name.startswith("ashby/")}
    assert {f"ashby/{name}": text for name, text in files_of(home / "alone").items()} == wanted


def test_a_worker_that_is_not_like_this_process_is_named_and_nothing_is_made(dask, here, monkeypatch):
    def other(project, probes):
        same = same_as_here(project, probes)
        return replace(same, versions={**same.versions, "pandas": "1.0"})

    monkeypatch.setattr(clusters, "same_as_here", other)
    with pytest.raises(UsageError) as said:
        here.on(dask, "unfit")
    assert str(said.value).count("tcp://127.0.0.1:") == 2 and "instead of 1.0" in str(said.value)
    assert files_of(here.folder / "unfit") == {}


@pytest.fixture
def same(here, tmp_path):
    probe = tmp_path / "out" / ".panelpack" / "run-1"
    probe.parent.mkdir(parents=True)
    probe.write_text("told")
    return same_as_here(here.project, {str(probe): "told"})


def test_what_a_worker_must_have_is_said_in_words(same, tmp_path):
    assert what_differs(same) == ""
    assert "its analysis_lib is another than here" in what_differs(replace(same, library="other"))
    gone = replace(same, files={**same.files, str(tmp_path / "authority.toml"): "hash"})
    assert "authority.toml is not there. Every worker must see the folders" in what_differs(gone)
    changed = replace(same, files=dict.fromkeys(same.files, "hash"))
    assert "is another there" in what_differs(changed)
    unshared = replace(same, probes={str(tmp_path / "out" / ".panelpack" / "run-2"): "told"})
    assert f"it does not see the output folder {tmp_path / 'out'}" in what_differs(unshared)


def test_a_library_that_changed_after_the_worker_began_is_another(same, monkeypatch):
    monkeypatch.setattr(clusters, "_library_at_first", lambda: "older")
    assert "start it again" in what_differs(same)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://there"])
def test_a_scheduler_that_does_not_answer_is_said_in_one_sentence(here, address, monkeypatch, capsys):
    monkeypatch.setattr(clusters, "CONNECT_SECONDS", 1)
    monkeypatch.chdir(here.project.home)
    command = ["panelpack", "run", "--region", str(here.region), "--output", "nowhere", "--scheduler", address]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit) as end:
        main()
    said = capsys.readouterr().err
    assert end.value.code == 2 and said.startswith(f"There is no Dask scheduler at {address}") and said.count("\n") == 1
    assert not Path("nowhere").exists()
