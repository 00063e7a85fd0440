"""Kernels forked from a process that has imported the heavy libraries already, so that a notebook need not.

`fork_kernel` gives what `subprocess.Popen` would for a kernel. Where it cannot (`CannotFork`), a kernel is started as usual.
Only what Python brings is imported here, so that the server can be started first of all and gets ready meanwhile.
"""

from __future__ import annotations

import contextlib
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from analysis_lib.own_folders import SCRATCH, OwnFolder
from analysis_lib.pack.environment import kernel_environment

SWITCH = "PANELPACK_KERNELS"  # "normal" starts every kernel as usual
LIBRARIES = (
    "numpy",
    "pandas",
    "pyarrow.parquet",
    "scipy.stats",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "seaborn",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.debugger",  # a kernel imports it whether or not anybody debugs
    "analysis_lib.page",
    "analysis_lib.report",
)
PAGES = Path(__file__).parents[1] / "pages"  # notebooks import these
READY_SECONDS = 120  # imports take 3 s, on a busy machine ten times that
FORK_SECONDS = 30
CLOSE_SECONDS = 10
# jupyter_client tells a kernel of its parent and its session, pytest of the test at work: no import depends on these.
_OF_ONE_KERNEL = ("JPY_PARENT_PID", "JPY_SESSION_NAME", "JPY_INTERRUPT_EVENT", "PYTEST_CURRENT_TEST")


def modules() -> list[str]:
    """What the server imports."""
    pages = sorted(module.name for module in pkgutil.iter_modules([str(PAGES)]))
    return [*LIBRARIES, *(f"analysis_lib.pages.{name}" for name in pages)]


class CannotFork(Exception):
    """Why a kernel could not be forked, in words that end a sentence."""


class ForkedKernel:
    """A forked kernel, with as much of `subprocess.Popen` as jupyter_client uses."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, line: socket.socket):
        self.pid, self.returncode = pid, None
        self._line, self._lock = line, threading.Lock()

    def poll(self) -> int | None:
        with self._lock:
            if self.returncode is None and select.select([self._line], [], [], 0)[0]:
                said = self._line.recv(64)
                # A server that went without a word took its kernels with it.
                self.returncode = int(said) if said else -signal.SIGKILL
                self._line.close()
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        end = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if end is not None and time.monotonic() >= end:
                raise subprocess.TimeoutExpired("a forked kernel", timeout)
            time.sleep(0.01)
        return code

    def send_signal(self, number: int) -> None:
        """Send to the kernel and the processes that it started."""
        with self._lock, contextlib.suppress(OSError):  # a server that is gone has taken the kernel with it
            if self.returncode is None:
                self._line.send(bytes([number]))

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class Server:
    """The process that forks, started with `environment`; it ends with this process at the latest.

    `scratch` is a folder that goes when it does, at once, when the run is killed: what is in it may hold children's rows.
    """

    def __init__(self, environment: Mapping[str, str]):
        self.environment, self.failed = dict(environment), {}
        self._folder = OwnFolder(SCRATCH)
        self._lock, self._ready = threading.Lock(), False
        self._kernels: list[ForkedKernel] = []
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "analysis_lib.pack.forkserver", str(theirs.fileno()), self.scratch, *modules()],
                env=self.environment,
                cwd="/",
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is the run's own business
            )

    @property
    def scratch(self) -> str:
        return str(self._folder.path)

    def fork(self, arguments: Sequence[str], folder: str, environment: Mapping[str, str]) -> ForkedKernel:
        with self._lock:
            self._wait_until_ready()
            line, theirs = socket.socketpair()
            own = {name: environment[name] for name in _OF_ONE_KERNEL if name in environment}
            message = {"arguments": list(arguments), "folder": str(folder), "environment": own}
            try:
                with theirs:
                    socket.send_fds(self._control, [json.dumps(message).encode()], [theirs.fileno()])
                said = _heard(line, FORK_SECONDS)
            except OSError as error:
                line.close()
                raise CannotFork(f"the process that forks them is gone ({error})") from None
        if not said.isdigit():
            line.close()
            raise CannotFork(said or "the process that forks them died")
        self._kernels.append(kernel := ForkedKernel(int(said), line))
        return kernel

    @property
    def is_idle(self) -> bool:
        return all(kernel.poll() is not None for kernel in self._kernels)

    def _wait_until_ready(self) -> None:
        if self._ready:
            return
        said = _heard(self._control, READY_SECONDS)
        if not said:
            raise CannotFork("the process that forks them did not start")
        told = json.loads(said)
        self.failed = told["failed"]
        if told["threads"] != 1:
            raise CannotFork("a library that was imported started a thread, which a fork would break")
        self._ready = True

    def close(self) -> None:
        """End the server and its kernels."""
        if not self._ready:  # it may still be importing, and has no kernel
            self.process.kill()
        self._control.close()
        try:
            self.process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:  # its kernels die with it
            self.process.kill()
            self.process.wait()
        self._folder.remove()


def _heard(line: socket.socket, seconds: float) -> str:
    """The next message; empty when the other end is gone or says nothing for so long."""
    if not select.select([line], [], [], seconds)[0]:
        return ""
    return line.recv(1 << 16).decode()


class _Servers:
    """The server of this process, if one can be had, and why not if not."""

    def __init__(self):
        self.lock = threading.Lock()
        self.current: Server | None = None
        self.earlier: list[Server] = []  # of other environments: their kernels may still be at work
        self.why_not = ""
        self.folder: OwnFolder | None = None

    def scratch(self) -> str:
        """A folder that goes with the server; without one, with this process."""
        with self.lock:
            if self.current is not None:
                return self.current.scratch
            self.folder = self.folder or OwnFolder(SCRATCH)
            return str(self.folder.path)

    def serving(self, environment: Mapping[str, str]) -> Server:
        """The server started with this very environment: what was imported may have read any of it."""
        wanted = _shared(environment)
        with self.lock:
            if self.current is not None and self.current.environment != wanted:
                self.earlier.append(self.current)
                self.current = None
                self._close_idle()
            if self.current is None:
                self.current = Server(wanted)
            return self.current

    def _close_idle(self) -> None:
        for server in self.earlier:
            if server.is_idle:
                server.close()
        self.earlier = [server for server in self.earlier if server.process.returncode is None]

    def give_up(self, server: Server | None, why: str) -> None:
        """Take no more kernels from `server`; those that it has work on."""
        with self.lock:
            self.why_not = self.why_not or why
            if server is not None and server is self.current:
                self.earlier.append(server)
                self.current = None

    def close(self) -> None:
        with self.lock:
            servers, self.current, self.earlier, self.why_not = [self.current, *self.earlier], None, [], ""
            folder, self.folder = self.folder, None
        for server in servers:
            if server is not None:
                server.close()
        if folder is not None:
            folder.remove()


_servers = _Servers()


def _shared(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in _OF_ONE_KERNEL}


def obstacle() -> str:
    """Why kernels are not forked here, in words that end a sentence; empty where they are."""
    asked = os.environ.get(SWITCH, "warm")
    if asked not in ("", "warm"):
        return f"{SWITCH}={asked} asks for it"
    if sys.platform != "linux":
        return "forking a Python that has imported these libraries is safe on Linux only"
    return _servers.why_not


def get_ready() -> None:
    """Start the server now, so that it imports while the caller does something else. It is no mistake if it cannot."""
    if not obstacle():
        with contextlib.suppress(OSError):
            _servers.serving({**os.environ, **kernel_environment()})


def fork_kernel(command: Sequence[str], folder: str | Path, environment: Mapping[str, str]) -> ForkedKernel:
    """The kernel that `command` (`python -m ipykernel_launcher ARGUMENTS`) would start in `folder`, forked.

    Raises `CannotFork` when that cannot be done; from then on it is not tried again.
    """
    if why := obstacle():
        raise CannotFork(why)
    server = None
    try:
        server = _servers.serving(environment)
        return server.fork(command[command.index("ipykernel_launcher") + 1 :], str(folder), environment)
    except (OSError, ValueError) as error:
        why = str(error)
    except CannotFork as error:
        why = str(error)
    _servers.give_up(server, why)
    raise CannotFork(why)


def scratch() -> str:
    """The folder for what a run needs while it works. When the run is killed it goes with the server, or, where there is
    none, when the next run begins."""
    return _servers.scratch()


def note() -> str:
    """What the user should know of how kernels were started; empty when they were forked and all was imported."""
    if why := obstacle():
        return f"Each notebook started its own Python and imported its libraries, which takes some seconds: {why}."
    failed = {} if _servers.current is None else _servers.current.failed
    if failed:
        listed = "; ".join(f"{name} ({why})" for name, why in failed.items())
        return f"Not imported before the notebooks ran: {listed}."
    return ""


def stop() -> None:
    """End the server and the kernels forked from it."""
    _servers.close()


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """While this lasts the server stays, whatever ends inside it: one that began earlier keeps it for those that follow."""
    with _keepers.lock:
        _keepers.count += 1
    try:
        yield
    finally:
        with _keepers.lock:
            _keepers.count -= 1
            is_last = not _keepers.count
        if is_last:
            stop()


class _Keepers:
    """How many wish that the server stays."""

    def __init__(self):
        self.count, self.lock = 0, threading.Lock()


_keepers = _Keepers()
