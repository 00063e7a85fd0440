"""A Dask scheduler and its workers, as processes of their own that a test may kill."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from fake_pack import REPOSITORY

SECONDS = 120  # far more than any of it takes


class DaskCluster:
    """A scheduler on a port of this machine that was free, and `workers` of one thread each under Dask's own nannies."""

    def __init__(self, workers=2):
        self.scratch = Path(tempfile.mkdtemp(prefix="d-", dir="/tmp"))  # short: a socket's path has few characters
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self.scheduler = self._start("dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
        self.workers, self.named = {}, 0
        for _ in range(workers):
            self.add_worker()
        self.wait_for(workers)

    def add_worker(self):
        name, self.named = f"w{self.named + 1}", self.named + 1
        (self.scratch / name).mkdir()
        self.workers[name] = self._start(
            "dask_worker", self.address, "--host", "127.0.0.1", "--name", name, "--nthreads", 1, "--no-dashboard",
            "--local-directory", self.scratch / name, folder=self.scratch / name,
        )  # fmt: skip
        return name

    def _start(self, module, *arguments, folder=None):
        arguments = [str(each) for each in arguments]
        log = open(self.scratch / f"{module}-{time.monotonic_ns()}.log", "w")  # noqa: SIM115
        with log:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{module}", *arguments],
                cwd=self.scratch,
                env={**os.environ, "PYTHONPATH": str(REPOSITORY), "TMPDIR": str(folder or self.scratch)},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that a nanny and its worker can be killed together
            )

    def client(self):
        from distributed import Client

        return Client(self.address, timeout=SECONDS, set_as_default=False)

    def wait_for(self, workers):
        """Wait until so many workers are there, not one more or less."""
        end = time.monotonic() + SECONDS
        with self.client() as client:
            while len(client.nthreads()) != workers:
                assert time.monotonic() < end, self.logs()
                time.sleep(0.1)

    def kill(self, name):
        """Kill a worker and its nanny at once, as a machine that loses its power does."""
        process = self.workers.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(SECONDS)

    def processes(self, name):
        """The command lines of a worker's processes and of those that they started, which share its folder."""
        found, mark = [], f"TMPDIR={self.scratch / name}\0".encode()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:  # it has ended, or it is another user's
                continue
        return found

    def logs(self):
        return "\n".join(path.read_text()[-2000:] for path in self.scratch.glob("*.log"))

    def close(self):
        for process in (*self.workers.values(), self.scheduler):
            process.terminate()
        for process in (*self.workers.values(), self.scheduler):
            with suppress(subprocess.TimeoutExpired):
                process.wait(15)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        shutil.rmtree(self.scratch, ignore_errors=True)


def worker_at_work(cluster):
    """The name of a worker that has a batch."""
    end = time.monotonic() + SECONDS
    with cluster.client() as client:
        while not (busy := {address for address, keys in client.processing().items() if keys}):
            assert time.monotonic() < end, cluster.logs()
            time.sleep(0.05)
        names = {address: worker["id"] for address, worker in client.scheduler_info()["workers"].items()}
    return next(names[address] for address in sorted(busy))
