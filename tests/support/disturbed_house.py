"""A tiny authority whose packs are made by real processes, which the tests stop, starve and kill."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from fake_pack import REPOSITORY, code, make_home, page_cells, write_notebook
from good_returns import CARD, GOOD

from analysis_lib.pack import manifest as manifests

COMMAND = REPOSITORY / "tests" / "support" / "panelpack_to_disturb.py"
PERIOD = "2021-22-Q2"
PERIOD_OF_RETURNS = "2025-26-Q2"  # that the returns of a house that prepares them can serve
MARK = "PANELPACK_FAULT_TEST"  # in the environment of every process of a house, and of those that they start
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks at the processes of the machine in /proc")
SECONDS = 120  # far more than any of it takes
WAIT = "import pathlib, time\npathlib.Path({begun!r}).touch()\nwhile not pathlib.Path({go!r}).exists():\n    time.sleep(0.02)"


def _hear_ctrl_c():
    """A shell has what it starts in the background ignore it, and so would all that the tests start."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class House:
    """An authority with two notebooks, its output folder, and the runs that work on it.

    `prepares` when its returns are read, checked and prepared as those of a council are; else they cost no time.
    """

    def __init__(self, folder: Path, *, prepares=False):
        self.home = make_home(folder / "home")
        self.output, self.processed = self.home / "outputs", self.home / "data" / "processed"
        self.scratch = Path(tempfile.mkdtemp(prefix="f-", dir="/tmp"))  # short: a socket's path has few characters
        self.mark = secrets.token_hex(8)
        self.prepares, self.period = prepares, PERIOD_OF_RETURNS if prepares else PERIOD
        if prepares:
            self._write_returns()
        self.write()

    def _write_returns(self):
        raw = self.home / "data" / "raw"
        shutil.rmtree(raw)
        shutil.copytree(REPOSITORY / "data" / "raw" / "published", raw / "published")
        for name, text in GOOD.items():
            path = raw / "synthetic" / f"{name}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (raw / "synthetic" / "source.toml").write_text(CARD.replace("returns", "synthetic"))

    def write(self, word="now", more=()):
        """Write both notebooks, `word` in their questions and `more` cells at their ends."""
        cells = [*page_cells(f"How many children need us {word}?"), *more]
        for name in ("adoption", "demand"):
            write_notebook(self.home / "notebooks", name, cells)

    def wait_in_the_last_cell(self, begun: Path, word="while it waits"):
        """Write notebooks that touch the file `begun` and then wait for another, which is returned."""
        go = begun.with_name("go")
        self.write(word, [code(WAIT.format(begun=str(begun), go=str(go)))])
        return go

    def sources(self):
        from analysis_lib.pack.plan import read_notebook

        return {read_notebook(path).sha256 for path in (self.home / "notebooks").glob("*.ipynb")}

    @property
    def environment(self):
        paths = os.pathsep.join([str(REPOSITORY), str(COMMAND.parent)])
        own = {"PYTHONPATH": paths, "TMPDIR": str(self.scratch), MARK: self.mark, "PYTHONDONTWRITEBYTECODE": "1"}
        return own | ({"PREPARES": "1"} if self.prepares else {})

    def command(self, *arguments):
        period = () if "--period" in arguments else ("--period", self.period)
        return ["run", "--jobs", "2", *period, *map(str, arguments)]

    def start(self, *arguments, before=(), **environment):
        """A run that works; `before` stands before its command line."""
        return subprocess.Popen(
            [*before, sys.executable, str(COMMAND), *self.command(*arguments)],
            cwd=self.home,
            env={**os.environ, **self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_hear_ctrl_c,
        )

    def run(self, *arguments, **more):
        """A run to its end: exit code, what it printed, what it complained."""
        run = self.start(*arguments, **more)
        out, err = run.communicate(timeout=SECONDS)
        return run.returncode, out, err

    def pack(self, period=""):
        """The manifest of the pack that stands, which is whole in every file."""
        folder = self.output / (period or self.period)
        manifest = manifests.read_manifest(folder)
        assert manifest is not None, "there is no pack"
        assert manifests.altered_files(folder, manifest) == []
        return manifest

    def made_from(self):
        """The notebooks that the standing pack was made from."""
        return {page["notebook_sha256"] for page in self.pack()["pages"]}

    def is_whole_and_alone(self):
        """After a run that completed: the pack is today's, what goes with it is of this pack, and nothing else is left."""
        assert self.made_from() == self.sources()
        pack = manifests.sha256(self.output / self.period / manifests.NAME)
        assert pack in (self.output / "restricted" / self.period / "signoff.html").read_text(), "of another pack"
        assert self.period in (self.output / "index.html").read_text()
        self.nobody_is_left()
        assert (left := self.left_aside()) == [], left

    def bytes(self):
        """What a reader finds, and what it is prepared from, by path; logs and notes of runs have times and places in them."""
        folders = {"outputs": self.output, "processed": self.processed}
        return {
            f"{name}/{path.relative_to(folder).as_posix()}": path.read_bytes()
            for name, folder in folders.items()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.relative_to(folder).parts[0] not in ("logs", ".panelpack", ".last-runs")
        }

    def numbers(self):
        """The numbers of all processes of this house's runs that still live."""
        return [int(process.name) for process, _ in self._processes()]

    def processes(self):
        """Their command lines."""
        return [command for _, command in self._processes()]

    def _processes(self):
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it has ended, or it is another user's
                if f"{MARK}={self.mark}".encode() in (process / "environ").read_bytes():
                    yield process, (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()

    def nobody_is_left(self):
        """Every process has gone, at the latest a moment after the run."""
        end = time.monotonic() + SECONDS / 4
        while left := self.processes():
            assert time.monotonic() < end, left
            time.sleep(0.05)

    def logs(self):
        return set((self.output / "logs").glob("*.jsonl"))

    def stage(self, logs_before, *, is_new):
        """What a run was at that has just been killed, by what it left: its log, and what lies aside. `is_new` when the pack
        that stands is already the one that it made."""
        aside = self.output / ".panelpack"
        if is_new:
            return "after the swap"
        if any((aside / "swaps").glob("*/[!.]*")):
            return "swap"
        if any((aside / "building").glob("*/*/manifest.json")):
            return "audit"
        if any((aside / "building").glob("*/*")):
            return "writing the pack"
        events = [
            json.loads(line)["event"] for log in self.logs() - logs_before for line in log.read_text().splitlines()
        ]
        if "started" not in events:
            return "preparing"
        return "cells and export" if events.count("made") < events.count("started") else "between cells and writing"

    def left_aside(self):
        """What lies in the output folder, beside the prepared tables or in the folder for temporary files that no run
        should leave."""
        aside = [path for path in (self.output / ".panelpack").rglob("*") if path.is_file()]
        parts = list(self.output.rglob("*.part"))
        building = [path for kind in ("building", "old") for path in (self.output / ".panelpack" / kind).glob("*/*")]
        locks = self.output / ".panelpack" / "locks"
        unfinished = [path for name in (".building-*", ".link-*") for path in self.processed.glob(name)]
        written = [path for path in aside if locks not in path.parents]
        return [*written, *parts, *building, *unfinished, *self.scratch.iterdir()]


class Imported:
    """Runs of houses without the time for imports: forked from a process that has them."""

    def __init__(self, folder: Path):
        self.out, self.err = folder / "out.txt", folder / "err.txt"
        paths = os.pathsep.join([str(REPOSITORY), str(COMMAND.parent)])
        self.process = subprocess.Popen(
            [sys.executable, str(COMMAND), "--imported"],
            env={**os.environ, "PYTHONPATH": paths},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, house: House, *arguments, **environment) -> int:
        """Start a run; returns the number of its process."""
        asked = {
            "arguments": house.command(*arguments),
            "folder": str(house.home),
            "out": str(self.out),
            "err": str(self.err),
            "environment": {**house.environment, **environment},
        }
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())

    def ended(self) -> tuple[int, str, str]:
        """Wait for the run: exit code, what it printed, what it complained."""
        code = int(self.process.stdout.readline())
        return code, self.out.read_text(), self.err.read_text()

    def run(self, house: House, *arguments, **environment) -> tuple[int, str, str]:
        self.start(house, *arguments, **environment)
        return self.ended()

    def close(self):
        self.process.communicate()
