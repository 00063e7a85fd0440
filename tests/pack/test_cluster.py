"""How batches are handed out and what comes back, with an executor of the standard library in Dask's place."""

import sys
import threading
from concurrent.futures import CancelledError, Future
from pathlib import Path

import pytest
from fake_pack import Quiet

from analysis_lib.errors import UsageError
from analysis_lib.pack import cluster
from analysis_lib.pack.build import Outcome, Request
from analysis_lib.pack.cluster import Answer, Order, Same, build_packs_on


class KilledWorker(Exception):
    """By the name that Dask's has."""


class Client:
    """A client whose batches end when the test says; it has `workers`."""

    def __init__(self, workers=2):
        self.workers, self.handed_out, self.futures = workers, [], {}

    def get_executor(self, **options):
        return self

    def nthreads(self):
        return {f"worker {number}": 1 for number in range(self.workers)}

    def submit(self, function, order):
        self.handed_out.append(order.name)
        self.futures[order.name] = Future()
        return self.futures[order.name]


def orders(*names):
    asked = Request(periods=("2021-22-Q2",), output=Path("out"))
    return [Order(name, "home", "", asked, 0, Same("", {}, {}, {})) for name in names]


class Ending(Quiet):
    """Ends each batch with what `answers` has for it, once it is handed out."""

    def __init__(self, client, answers):
        super().__init__()
        self.client, self.answers, self.most = client, answers, 0

    def say(self, text):
        super().say(text)
        name, _, what = text.partition(": ")
        if what != "handed out":
            return
        at_work = [each for each in self.client.futures.values() if not each.done()]
        self.most = max(self.most, len(at_work))
        threading.Timer(0.05, self._end, [name]).start()

    def _end(self, name):
        answer, future = self.answers.get(name, Answer(Outcome())), self.client.futures[name]
        future.set_exception(answer) if isinstance(answer, Exception) else future.set_result(answer)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(cluster, "LOOK_SECONDS", 0.01)


def test_a_worker_has_one_batch_at_a_time_and_the_rest_wait_here():
    client = Client(workers=2)
    progress = Ending(client, {})
    answers = dict(cluster._answers(client, orders(*"abcdefg"), progress))
    assert sorted(answers) == list("abcdefg") and client.handed_out == list("abcdefg")
    assert progress.most == 2


def test_a_cluster_whose_workers_are_all_lost_is_waited_for_with_one_batch():
    client = Client(workers=0)
    progress = Ending(client, {})
    assert len(dict(cluster._answers(client, orders("a", "b"), progress))) == 2 and progress.most == 1


def test_what_a_worker_could_not_answer_is_said_in_one_line():
    failures = {
        "a": KilledWorker("x"),
        "b": ValueError("first\nsecond"),
        "c": Answer(stopped="no returns"),
        "e": CancelledError(),
    }
    client = Client()
    answers = dict(cluster._answers(client, orders(*"abcde"), Ending(client, failures)))
    assert answers["a"].stopped.endswith("its workers were lost, one after another; out of memory?")
    assert answers["b"].stopped == "the cluster could not make it: ValueError: first"
    assert "the scheduler was lost" in answers["e"].stopped
    assert answers["c"].stopped == "no returns" and answers["d"].outcome is not None


def test_ctrl_c_takes_back_what_has_not_begun():
    client = Client(workers=2)

    class Interrupted(Quiet):
        def say(self, text):
            if text == "b: handed out":
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dict(cluster._answers(client, orders(*"abcd"), Interrupted()))
    assert client.handed_out == ["a", "b"] and all(future.cancelled() for future in client.futures.values())


def test_the_periods_of_one_authority_come_together_as_one_outcome():
    first = Outcome(published=[Path("q2")], notes=["Data problems"], data_errors=3)
    second = Outcome(unchanged=[Path("q3")], not_made=["demand: no"], notes=["Data problems"], data_errors=3)
    whole = cluster._together({"q2": Answer(first), "q3": Answer(second), "q4": Answer(stopped="lost")})
    assert whole.packs == [Path("q2"), Path("q3")] and whole.notes == ["Data problems"] and whole.data_errors == 3
    assert whole.not_made == ["demand: no", "q4: lost"]


def test_a_mistake_of_ours_in_a_worker_comes_back_in_words(monkeypatch, tmp_path):
    monkeypatch.setattr(cluster, "what_differs", lambda same: "")
    monkeypatch.setattr(cluster, "_stay_warm", lambda: None)
    monkeypatch.setattr(cluster, "_address", lambda: "tcp://w")

    def fail(order):
        raise AssertionError("never\nmore")

    monkeypatch.setattr(cluster, "_build", fail)
    (order,) = orders("a")
    said = cluster.make_batch(order).stopped
    assert said == "the worker tcp://w met a mistake of panelpack (AssertionError: never)"
    monkeypatch.setattr(cluster, "what_differs", lambda same: "it has pandas 1.0 instead of 3.1. Do this.")
    assert cluster.make_batch(order).stopped.startswith("the worker tcp://w is not fit for this run: it has pandas 1.0")


def test_without_dask_a_run_says_what_to_install_and_makes_nothing(monkeypatch, tmp_path, authority):
    monkeypatch.setitem(sys.modules, "distributed", None)
    asked = Request(periods=["2021-22-Q2"], output=tmp_path / "out")
    with pytest.raises(UsageError, match=r"pip install .*\[cluster\]"):
        build_packs_on("tcp://127.0.0.1:1", authority, asked, jobs=0, progress=Quiet())
    assert not (tmp_path / "out").exists()
