"""The kernel that a pack's notebooks run in: this very Python, with settings that do not depend on whose machine it is.

It is forked from a process that has imported the libraries already, where that can be done; otherwise started as usual.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from importlib.metadata import EntryPoint
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner
from traitlets import default

from analysis_lib.pack import warm
from analysis_lib.pack.environment import kernel_environment

KERNEL_NAME = "panelpack"
PROVISIONER = "panelpack-warm"


class WarmProvisioner(LocalProvisioner):
    """Forks kernels where that can be done and starts them as usual where not; all else is jupyter_client's."""

    async def launch_kernel(self, cmd: list[str], **arguments) -> dict:
        try:
            self.process = warm.fork_kernel(cmd, arguments.get("cwd") or os.getcwd(), arguments["env"])
        except warm.CannotFork:
            return await super().launch_kernel(cmd, **arguments)
        self.pid, self.pgid = (
            self.process.pid,
            None,
        )  # signals go through the server, which knows whether it still lives
        self.cwd = arguments.get("cwd") or os.getcwd()
        return self.connection_info

    async def poll(self) -> int | None:
        code = await super().poll()
        if self.process is not None and self.parent.ended_with is None:  # jupyter_client forgets it with the process
            self.parent.ended_with = code
        return code


# As an entry point of the installed package would, but it also holds in a checkout that is not installed.
KernelProvisionerFactory.instance().provisioners[PROVISIONER] = EntryPoint(
    PROVISIONER, f"{__name__}:WarmProvisioner", KernelProvisionerFactory.GROUP_NAME
)


class OwnKernelSpecs(KernelSpecManager):
    """Knows one kernel, ours: a kernel that a user registered as "python3" cannot take its place."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "--log-level=50", "-f", "{connection_file}"],
            name=KERNEL_NAME,
            display_name="panelpack",
            language="python",
            env=kernel_environment(),
            metadata={"kernel_provisioner": {"provisioner_name": PROVISIONER}},
        )


class OwnKernelManager(AsyncKernelManager):
    """Starts our kernel whatever name a notebook carries, and remembers it until it is gone.

    It speaks through files that only this user can open, where the system has such sockets: what a notebook shows
    may hold children's rows, and other users of the machine could listen at a port.
    """

    ended_with: int | None = None  # the exit code of a kernel that nobody ended; a signal's number, negative

    @default("transport")
    def _own_transport(self) -> str:
        return "tcp" if os.name == "nt" else "ipc"

    @default("connection_file")
    def _own_connection_file(self) -> str:
        self._own_folder = tempfile.TemporaryDirectory(
            prefix="k-", dir=warm.scratch()
        )  # short: a socket's path has 104 characters at most
        return str(Path(self._own_folder.name) / "kernel.json")

    @default("kernel_spec_manager")
    def _own_specs(self) -> OwnKernelSpecs:
        return OwnKernelSpecs()

    async def start_kernel(self, **arguments):
        folder = Path(self.connection_file).parent
        own = [
            f"--ipython-dir={folder}",
            "--HistoryManager.enabled=False",
        ]  # not a user's start-up files, settings and history
        await super().start_kernel(**{**arguments, "extra_arguments": [*arguments.get("extra_arguments", []), *own]})
        _working.add(self)

    async def cleanup_resources(self, restart: bool = False):
        _working.discard(self)
        await super().cleanup_resources(restart=restart)
        if not restart:
            self._own_folder.cleanup()


_working: set[OwnKernelManager] = set()


def one_manager() -> tuple[type[OwnKernelManager], list[OwnKernelManager]]:
    """A class for the kernel manager of one execution, for nbclient makes it, and a list that holds it once it is made."""
    made = []

    class Remembered(OwnKernelManager):
        def __init__(self, **arguments):
            super().__init__(**arguments)
            made.append(self)

    return Remembered, made


def why_it_died(ended_with: int | None) -> str:
    """What is known of a kernel that ended by itself, in words."""
    if ended_with is None:
        return "the kernel died"
    if ended_with >= 0:
        return f"the kernel died (it ended with exit code {ended_with})"
    if -ended_with == getattr(signal, "SIGKILL", 9):  # what Linux does to the largest process when memory runs out
        return "the kernel died: it was killed; out of memory?"
    return f"the kernel died (stopped by {signal.Signals(-ended_with).name})"


def stop_kernels() -> None:
    """Kill every kernel that is still working, so that an interrupted run leaves none behind."""
    for manager in list(_working):
        process = getattr(manager.provisioner, "process", None)
        if process is not None:
            process.kill()
