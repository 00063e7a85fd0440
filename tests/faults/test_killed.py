"""SIGKILL at any moment of a run, the swap included: a whole pack stands, nobody is left, and the next run completes."""

import contextlib
import itertools
import json
import os
import random
import shutil
import signal
import time
from collections import Counter

import pytest
from disturbed_house import ON_LINUX

pytestmark = ON_LINUX
KILLS, MANY_KILLS = 5, 50
ROUND_THE_SWAP = range(-2, 4)  # steps: the journal and what it needs, the exchange, the journal's end, the clearing
WORDS = ("at home", "in care")


class Killing:
    """Runs of one house that are killed, and what they leave, beside what a run leaves that nobody disturbs.

    `anew`: nothing is prepared when a run begins.
    """

    def __init__(self, new_house, imported, steps_to, *, prepares=False, anew=False, **environment):
        self.house, self.undisturbed = (new_house(prepares=prepares) for _ in range(2))
        self.imported, self.environment, self.anew = imported, environment, anew
        self.words, self.expected, self.stages = itertools.cycle(WORDS), {}, Counter()
        self.run(self.house)
        self.house.write("at school")
        self.made_new()
        begun = time.monotonic()
        self.run(self.house, STEPS_TO=str(steps_to))
        self.seconds, self.steps = time.monotonic() - begun, json.loads(steps_to.read_text())
        assert self.steps.count("swap") == 1

    def run(self, house, **more):
        code, _, err = self.imported.run(house, **self.environment, **more)
        assert (code, err) == (0, "")

    def made_new(self):
        """Nothing is prepared any more, where that is wished."""
        if self.anew:
            shutil.rmtree(self.house.processed)

    def bytes_of(self, word):
        """What a run over notebooks with this word leaves."""
        if word not in self.expected:
            self.undisturbed.write(word)
            shutil.rmtree(self.undisturbed.processed, ignore_errors=True)
            self.run(self.undisturbed)
            self.expected[word] = self.undisturbed.bytes()
        return self.expected[word]

    def moments(self, kills):
        """When to kill: three of five at a time after the start, one in each equal part of the run; the others before a step
        on the disk, every second of these round the swap."""
        chance = random.Random(2021)
        timed = kills * 3 // 5
        at_times = [(part + chance.random()) * self.seconds / timed for part in range(timed)]
        swap = self.steps.index("swap")
        at_steps = [
            swap + chance.choice(ROUND_THE_SWAP) if number % 2 == 0 else chance.randrange(len(self.steps))
            for number in range(kills - timed)
        ]
        return [*(("time", each) for each in at_times), *(("step", each) for each in at_steps)]

    def kill(self, kind, when):
        """Start a run and kill it; whether it was still at work."""
        step = {"KILL_AT_STEP": str(when)} if kind == "step" else {}
        process = self.imported.start(self.house, **self.environment, **step)
        if kind == "time":
            time.sleep(when)
            with contextlib.suppress(ProcessLookupError):  # it was quicker than the first time
                os.kill(process, signal.SIGKILL)
        return self.imported.ended()[0] == -signal.SIGKILL

    def disturb(self, moments):
        """Kill a run at each moment; how many were still at work."""
        at_work = 0
        for moment in moments:
            before, word = self.house.made_from(), next(self.words)
            self.house.write(word)
            self.made_new()
            after, logs = self.house.sources(), self.house.logs()
            assert not before & after
            was_killed = self.kill(*moment)
            at_work += was_killed
            stands = self.house.made_from()
            assert stands in (before, after), moment
            self.stages[self.house.stage(logs, is_new=stands == after) if was_killed else "ended before"] += 1
            self.house.nobody_is_left()
            self.run(self.house)
            self.house.is_whole_and_alone()
            assert self.house.bytes() == self.bytes_of(word), moment
        print(f"{at_work} of {len(moments)} runs were killed at work:", dict(self.stages))
        return at_work


@pytest.fixture
def killing(new_house, imported, tmp_path):
    def of(**how):
        return Killing(new_house, imported, tmp_path / "steps.json", **how)

    return of


def test_a_run_killed_at_any_moment_leaves_a_whole_pack_and_nobody(killing):
    killed = killing()
    assert killed.disturb(killed.moments(KILLS)) >= KILLS * 3 // 5


@pytest.mark.slow
def test_fifty_kills(killing):
    killed = killing()
    assert killed.disturb(killed.moments(MANY_KILLS)) >= MANY_KILLS * 3 // 5


def while_preparing(killed, kills):
    """Half of the kills at steps that prepare, half at any time until these are done."""
    chance = random.Random(2022)
    last = killed.steps.index("os.symlink") + 3
    steps = [("step", chance.randrange(last)) for _ in range(kills // 2)]
    part = killed.seconds / 2 / (kills - len(steps))
    return [*steps, *(("time", (number + chance.random()) * part) for number in range(kills - len(steps)))]


def test_a_run_killed_while_it_prepares_the_data(killing):
    killed = killing(prepares=True, anew=True)
    assert killed.disturb(while_preparing(killed, 2)) == 2


@pytest.mark.slow
def test_twenty_kills_while_the_data_are_prepared(killing):
    killed = killing(prepares=True, anew=True)
    assert killed.disturb(while_preparing(killed, 20)) >= 15


def test_a_run_with_kernels_started_as_usual_is_killed(killing):
    """Nobody is there who could tidy up at once: the next run does."""
    killed = killing(PANELPACK_KERNELS="normal")
    assert killed.disturb([("time", killed.seconds / 2)]) == 1


@pytest.mark.slow
def test_twenty_kills_with_kernels_started_as_usual(killing):
    killed = killing(PANELPACK_KERNELS="normal")
    assert killed.disturb(killed.moments(20)) >= 12


def until(true, run, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert run.poll() is None and time.monotonic() < end
        time.sleep(0.01)


def test_a_first_run_killed_while_the_kernels_server_imports_leaves_nothing(house, imported):
    """Nothing stands yet, and the server learns only when it has imported that nobody wants it any more."""
    run = house.start()
    until(lambda: any("forkserver" in each for each in house.processes()), run)
    run.kill()
    run.communicate()
    house.nobody_is_left()
    assert list(house.scratch.iterdir()) == [] and not (house.output / house.period).exists()
    assert imported.run(house)[0] == 0
    house.is_whole_and_alone()


def test_a_run_killed_with_all_that_it_started(house, imported):
    """As a scheduler does it at the end of a job's time, or the system when memory runs out: nobody is left to tidy up."""
    begun = house.home / "begun"
    house.wait_in_the_last_cell(begun)
    run = house.start()
    until(begun.exists, run)
    for number in house.numbers():
        os.kill(number, signal.SIGKILL)
    run.communicate()
    house.nobody_is_left()
    assert list(house.scratch.iterdir())
    house.write("again")
    assert imported.run(house)[0] == 0
    house.is_whole_and_alone()
