"""SIGKILL at any moment of a run, the swap included: a whole pack stands, nobody is left, and the next run completes."""

import contextlib
import itertools
import json
import os
import random
import signal
import time

import pytest
from disturbed_house import ON_LINUX, PERIOD, Imported

pytestmark = ON_LINUX
KILLS, MANY_KILLS = 5, 50
ROUND_THE_SWAP = range(-2, 4)  # steps: the journal and what it needs, the exchange, the journal's end, the clearing
WORDS = itertools.cycle(["at home", "at school", "in care", "abroad"])


@pytest.fixture(scope="module")
def imported(module_house):
    runs = Imported(module_house)
    yield runs
    runs.close()


@pytest.fixture(scope="module")
def whole_run(module_house, imported, tmp_path_factory):
    """How many seconds a whole run takes over a pack that stands, and its steps on the disk in order."""
    told = tmp_path_factory.mktemp("steps") / "steps.json"
    assert imported.run()[0] == 0
    module_house.write("again")
    begun = time.monotonic()
    assert imported.run(STEPS_TO=str(told))[0] == 0
    seconds, steps = time.monotonic() - begun, json.loads(told.read_text())
    assert steps.count("swap") == 1
    return seconds, steps


def moments(kills, whole_run):
    """When to kill: three of five at a time after the start, one in each equal part of the run; the others before a step on
    the disk, every second of these round the swap."""
    seconds, steps = whole_run
    chance = random.Random(2021)
    timed = kills * 3 // 5
    at_times = [(part + chance.random()) * seconds / timed for part in range(timed)]
    swap = steps.index("swap")
    at_steps = [
        swap + chance.choice(ROUND_THE_SWAP) if number % 2 == 0 else chance.randrange(len(steps))
        for number in range(kills - timed)
    ]
    return [*(("time", each) for each in at_times), *(("step", each) for each in at_steps)]


def killed(imported, kind, when):
    """Start a run and kill it; whether it was still at work."""
    process = imported.start(**({"KILL_AT_STEP": str(when)} if kind == "step" else {}))
    if kind == "time":
        time.sleep(when)
        with contextlib.suppress(ProcessLookupError):  # it was quicker than the first time
            os.kill(process, signal.SIGKILL)
    return imported.ended()[0] == -signal.SIGKILL


def kills_leave_a_whole_pack(house, imported, whole_run, kills):
    at_work = 0
    for moment in moments(kills, whole_run):
        before = house.made_from()
        house.write(next(WORDS))
        after = house.sources()
        assert not before & after
        at_work += killed(imported, *moment)
        assert house.made_from() in (before, after), moment
        house.nobody_is_left()
        code, said = imported.run()
        assert code == 0, (moment, said)
        house.is_whole_and_alone()
    assert at_work >= kills * 3 // 5


def test_a_run_killed_at_any_moment_leaves_a_whole_pack_and_nobody(module_house, imported, whole_run):
    kills_leave_a_whole_pack(module_house, imported, whole_run, KILLS)


@pytest.mark.slow
def test_fifty_kills(module_house, imported, whole_run):
    kills_leave_a_whole_pack(module_house, imported, whole_run, MANY_KILLS)


def test_a_first_run_killed_while_the_kernels_server_imports_leaves_nothing(house):
    """Nothing stands yet, and the server learns only when it has imported that nobody wants it any more."""
    run = house.start()
    end = time.monotonic() + 60
    while not any("forkserver" in each for each in house.processes()):
        assert run.poll() is None and time.monotonic() < end
        time.sleep(0.01)
    run.kill()
    run.communicate()
    house.nobody_is_left()
    assert list(house.scratch.iterdir()) == [] and not (house.output / PERIOD).exists()
    assert house.run()[0] == 0
    house.is_whole_and_alone()
