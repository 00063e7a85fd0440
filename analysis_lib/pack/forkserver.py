"""A process that has imported what notebooks need and then forks a kernel for each of them.

`analysis_lib.pack.warm` starts it as `python -m analysis_lib.pack.forkserver FD FOLDER MODULE...`, with the environment of a
kernel, and talks to it over the socket FD: one message for each kernel, with a socket on which this process says the kernel's number
and how it ended, and hears which signals to send it. It ends, and its kernels with it, when that socket closes: when
whoever started it is gone, however that came about. The last that it does is to remove FOLDER.

Linux only. Nothing here may start a thread: a fork copies only the thread that forks, and what another thread held at
that moment stays held for ever.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import selectors
import shutil
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass

LARGEST_MESSAGE = 1 << 20
LOOK_UP_SECONDS = 1.0  # how often to look whether the run is still there, should its socket not tell
_PDEATHSIG = 1  # prctl: the signal to get when the parent dies


@dataclass(frozen=True)
class Request:
    """A kernel to start: ipykernel's arguments, its folder, and what its environment has that the server's has not."""

    arguments: list[str]
    folder: str
    environment: dict[str, str]


def main() -> None:
    del sys.path[0]  # the folder that this was started in: a kernel looks in its own
    started_by = os.getppid()
    control = socket.socket(fileno=int(sys.argv[1]))
    failed = preload(sys.argv[3:])
    with contextlib.suppress(OSError):  # the run was stopped meanwhile: `serve` sees it too
        control.send(json.dumps({"failed": failed, "threads": threads()}).encode())
    request = Server(control, started_by).serve()
    if request is None:
        shutil.rmtree(sys.argv[2], ignore_errors=True)
        os._exit(0)
    become_kernel(request)


def preload(modules: Sequence[str]) -> dict[str, str]:
    """Import what notebooks need. Returns what could not be imported, and why: a notebook that needs it will say the same."""
    failed = {}
    for name in modules:
        try:
            importlib.import_module(name)
        except Exception as error:  # whatever a module does when it is imported
            failed[name] = f"{type(error).__name__}: {error}"
    gc.collect()
    gc.freeze()  # so that a kernel's rubbish collector leaves these pages shared
    return failed


def threads() -> int:
    """How many threads this process has, those that libraries started without Python's knowledge included."""
    return len(os.listdir("/proc/self/task"))


class Server:
    """Forks kernels, passes signals on to them and says how they ended."""

    def __init__(self, control: socket.socket, started_by: int):
        self.control, self.started_by = control, started_by
        self.lines: dict[int, socket.socket] = {}  # by number of the kernel's process
        self.selector = selectors.DefaultSelector()
        self.selector.register(control, selectors.EVENT_READ)
        self.woken, waker = socket.socketpair()
        for end in (self.woken, waker):
            end.setblocking(False)
        self.waker = waker
        self.selector.register(self.woken, selectors.EVENT_READ)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker.fileno())

    def serve(self) -> Request | None:
        """In the server: None, once the run is gone. In each kernel forked from it: what the kernel is to do."""
        while os.getppid() == self.started_by:
            for key, _ in self.selector.select(LOOK_UP_SECONDS):
                if key.fileobj is self.control:
                    message, line = self._request()
                    if message is None:
                        self._kill_all()
                        return None
                    if self._fork(line):
                        return Request(**message)
                elif key.fileobj is self.woken:
                    self.woken.recv(4096)
                elif key.data in self.lines:
                    self._pass_on(key.data)
            self._bury()
        self._kill_all()
        return None

    def _request(self) -> tuple[dict | None, socket.socket | None]:
        try:
            message, descriptors, _, _ = socket.recv_fds(self.control, LARGEST_MESSAGE, 1)
        except ConnectionError:  # the run ended without having heard that this process is ready
            return None, None
        if not message:
            return None, None
        return json.loads(message), socket.socket(fileno=descriptors[0])

    def _fork(self, line: socket.socket) -> bool:
        """Whether this is the new kernel."""
        if (count := threads()) != 1:
            line.send(f"there are {count} threads".encode())
            line.close()
            return False
        server = os.getpid()
        process = os.fork()
        if process:
            self.lines[process] = line
            self.selector.register(line, selectors.EVENT_READ, data=process)
            line.send(str(process).encode())
            return False
        die_with(server)
        os.setsid()  # a group of its own, as a kernel started by jupyter_client has
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.selector.close()
        for each in (self.control, self.woken, self.waker, line, *self.lines.values()):
            each.close()
        return True

    def _pass_on(self, process: int) -> None:
        signals = self.lines[process].recv(64)
        for each in signals or [signal.SIGKILL]:  # nobody is left who could stop it
            _signal_group(process, each)
        if not signals:
            self.selector.unregister(self.lines[process])

    def _bury(self) -> None:
        for process in list(self.lines):
            found, status = os.waitpid(process, os.WNOHANG)
            if found:
                line = self.lines.pop(process)
                if line in (key.fileobj for key in self.selector.get_map().values()):
                    self.selector.unregister(line)
                with contextlib.suppress(OSError):  # nobody wants to know
                    line.send(str(os.waitstatus_to_exitcode(status)).encode())
                line.close()

    def _kill_all(self) -> None:
        for process in self.lines:
            _signal_group(process, signal.SIGKILL)


def _signal_group(process: int, number: int) -> None:
    """Send to the kernel and what it started. It is not buried yet, so its number is no other's."""
    for send in (os.killpg, os.kill):  # a kernel just forked has no group yet
        try:
            send(process, number)
            return
        except OSError:
            continue


def die_with(parent: int) -> None:
    """End this process when `parent` does, however that ends."""
    ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


def become_kernel(request: Request) -> None:
    """Be the kernel that `python -m ipykernel_launcher` would be."""
    import numpy as np
    from ipykernel.kernelapp import IPKernelApp

    os.environ.update(request.environment)
    os.chdir(request.folder)
    np.random.seed()  # the global generator was copied; every kernel would draw the same
    sys.argv = ["ipykernel_launcher", *request.arguments]
    IPKernelApp.launch_instance(parent_handle=os.getppid())


if __name__ == "__main__":
    main()
