"""A tiny authority whose packs are made by real processes, which the tests stop, starve and kill."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from fake_pack import REPOSITORY, make_home, page_cells, write_notebook

from analysis_lib.pack import manifest as manifests

COMMAND = REPOSITORY / "tests" / "support" / "panelpack_to_disturb.py"
PERIOD = "2021-22-Q2"
MARK = "PANELPACK_FAULT_TEST"  # in the environment of every process of a house, and of those that they start
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks at the processes of the machine in /proc")
SECONDS = 120  # far more than any of it takes


class House:
    """An authority with two notebooks, its output folder, and the runs that work on it."""

    def __init__(self, folder: Path):
        self.home = make_home(folder / "home")
        self.output = self.home / "outputs"
        self.scratch = Path(tempfile.mkdtemp(prefix="f-", dir="/tmp"))  # short: a socket's path has few characters
        self.mark = secrets.token_hex(8)
        self.write()

    def write(self, word="now", more=()):
        """Write both notebooks, `word` in their questions and `more` cells at their ends."""
        cells = [*page_cells(f"How many children need us {word}?"), *more]
        for name in ("adoption", "demand"):
            write_notebook(self.home / "notebooks", name, cells)

    def sources(self):
        from analysis_lib.pack.plan import read_notebook

        return {read_notebook(path).sha256 for path in (self.home / "notebooks").glob("*.ipynb")}

    @property
    def environment(self):
        paths = os.pathsep.join([str(REPOSITORY), str(COMMAND.parent)])
        return {"PYTHONPATH": paths, "TMPDIR": str(self.scratch), MARK: self.mark, "PYTHONDONTWRITEBYTECODE": "1"}

    def start(self, *arguments, before=(), **environment):
        """A run that works; `before` stands before its command line."""
        return subprocess.Popen(
            [*before, sys.executable, str(COMMAND), "run", "--jobs", "2", *map(str, arguments)],
            cwd=self.home,
            env={**os.environ, **self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments, **more):
        """A run to its end: exit code, what it printed, what it complained."""
        run = self.start(*arguments, **more)
        out, err = run.communicate(timeout=SECONDS)
        return run.returncode, out, err

    def pack(self, period=PERIOD):
        """The manifest of the pack that stands, which is whole in every file."""
        manifest = manifests.read_manifest(self.output / period)
        assert manifest is not None, "there is no pack"
        assert manifests.altered_files(self.output / period, manifest) == []
        return manifest

    def made_from(self):
        """The notebooks that the standing pack was made from."""
        return {page["notebook_sha256"] for page in self.pack()["pages"]}

    def is_whole_and_alone(self):
        """After a run that completed: the pack is today's, what goes with it is of this pack, and nothing else is left."""
        assert self.made_from() == self.sources()
        pack = manifests.sha256(self.output / PERIOD / manifests.NAME)
        assert pack in (self.output / "restricted" / PERIOD / "signoff.html").read_text()
        assert PERIOD in (self.output / "index.html").read_text()
        self.nobody_is_left()
        assert self.left_aside() == []

    def processes(self):
        """The command lines of all processes of this house's runs that still live."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if f"{MARK}={self.mark}".encode() in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:  # it has ended, or it is another user's
                continue
        return [each for each in found if not each.rstrip().endswith("--imported")]

    def nobody_is_left(self):
        """Every process has gone, at the latest a moment after the run."""
        end = time.monotonic() + SECONDS / 4
        while left := self.processes():
            assert time.monotonic() < end, left
            time.sleep(0.05)

    def left_aside(self):
        """What lies in the output folder or the folder for temporary files that no run should leave."""
        aside = [path for path in (self.output / ".panelpack").rglob("*") if path.is_file()]
        parts = list(self.output.rglob("*.part"))
        building = [path for kind in ("building", "old") for path in (self.output / ".panelpack" / kind).glob("*/*")]
        locks = self.output / ".panelpack" / "locks"
        return [*(path for path in aside if locks not in path.parents), *parts, *building, *self.scratch.iterdir()]


class Imported:
    """Runs of a house without the time for imports: forked from a process that has them."""

    def __init__(self, house: House):
        self.house = house
        self.process = subprocess.Popen(
            [sys.executable, str(COMMAND), "--imported"],
            env={**os.environ, **house.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, **environment) -> int:
        """Start a run; returns the number of its process."""
        out = self.house.home / "said.txt"
        asked = {"arguments": ["run", "--jobs", "2"], "folder": str(self.house.home), "out": str(out)}
        print(json.dumps({**asked, "environment": environment}), file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())

    def ended(self) -> tuple[int, str]:
        """Wait for the run: its exit code and what it said."""
        code = int(self.process.stdout.readline())
        return code, (self.house.home / "said.txt").read_text()

    def run(self, **environment) -> tuple[int, str]:
        self.start(**environment)
        return self.ended()

    def close(self):
        self.process.communicate()
