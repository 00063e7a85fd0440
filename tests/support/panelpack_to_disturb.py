"""The command `panelpack` on a tiny authority, in a process of its own that a test may disturb.

Environment: `STEPS_TO` names a file for the list of what the main thread did to the disk, `KILL_AT_STEP` the step before
which the process kills itself, `CELL_SECONDS` the longest that a cell may take; `PREPARES` has the returns read, checked and
prepared, instead of told that they were.

With the argument `--imported` it imports all that a run imports, and then forks a run for each line of its input (JSON:
arguments, environment, folder, out, err); it says the number of the run's process and, when that has ended, its exit code.
Imports take most of a tiny run's time, and are the same each time.
"""

import json
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

from fake_pack import fake_prepare

from analysis_lib import prepare
from analysis_lib.pack import warm

told_that_they_were, prepare_really = fake_prepare(), prepare.prepare_folder
warm.modules = lambda: ["ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "numpy"]
SWAP = "swap"  # the system's function that exchanges two folders is looked up: the next thing is its call
CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.symlink")


class Steps:
    """What the main thread does to the disk, in order; kills its process before the step that it is told."""

    def __init__(self):
        self.done = []
        self.places = tuple(os.path.join(os.getcwd(), *each) for each in (("outputs",), ("data", "processed")))
        self.last = os.environ.get("KILL_AT_STEP")

    def __call__(self, event, arguments):
        if threading.current_thread() is threading.main_thread() and (said := self.step(event, arguments)):
            if str(len(self.done)) == self.last:
                os.kill(os.getpid(), signal.SIGKILL)
            self.done.append(said)

    def step(self, event, arguments):
        """What an event does to the output folder or to the prepared tables, in a word; empty for anything else."""
        if event == "ctypes.dlsym" and arguments[1] == "renameat2":
            return SWAP
        if event == "open" and isinstance(arguments[0], str | os.PathLike):
            writes = bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))
            return "open" if writes and os.path.abspath(arguments[0]).startswith(self.places) else ""
        return event if event in CHANGES else ""


def run():
    """The command, by the settings of the environment."""
    from analysis_lib.cli import main

    prepare.prepare_folder = prepare_really if os.environ.get("PREPARES") else told_that_they_were
    if seconds := os.environ.get("CELL_SECONDS"):
        from analysis_lib.pack.run import execute

        execute.__kwdefaults__["cell_timeout"] = int(seconds)
    steps = Steps()
    sys.addaudithook(steps)
    try:
        main()
    finally:
        if place := os.environ.get("STEPS_TO"):
            Path(place).write_text(json.dumps(list(steps.done)))


def fork_runs():
    """A run for each line of the input."""
    import rich.console  # noqa: F401

    import analysis_lib.cli
    import analysis_lib.pack.audit
    import analysis_lib.pack.build
    import analysis_lib.pack.make
    import analysis_lib.pack.progress
    import analysis_lib.sources.published.published  # noqa: F401

    for line in sys.stdin:
        asked = json.loads(line)
        process = os.fork()
        if not process:
            for stream, name in enumerate(("out", "err"), start=1):
                os.dup2(os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
            os.environ.update(asked["environment"])
            tempfile.tempdir = None  # found anew
            os.chdir(asked["folder"])
            sys.argv = ["panelpack", *asked["arguments"]]
            return run()
        print(process, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)


if __name__ == "__main__":
    fork_runs() if sys.argv[1:] == ["--imported"] else run()
