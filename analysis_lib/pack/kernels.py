"""The kernel that a pack's notebooks run in: this very Python, with settings that do not depend on whose machine it is."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import default

KERNEL_NAME = "panelpack"


class OwnKernelSpecs(KernelSpecManager):
    """Knows one kernel, ours: a kernel that a user registered as "python3" cannot take its place."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "--log-level=50", "-f", "{connection_file}"],
            name=KERNEL_NAME,
            display_name="panelpack",
            language="python",
            env=kernel_environment(),
        )


class OwnKernelManager(AsyncKernelManager):
    """Starts our kernel whatever name a notebook carries, and remembers it until it is gone.

    It speaks through files that only this user can open, where the system has such sockets: what a notebook shows
    may hold children's rows, and other users of the machine could listen at a port.
    """

    @default("transport")
    def _own_transport(self) -> str:
        return "tcp" if os.name == "nt" else "ipc"

    @default("connection_file")
    def _own_connection_file(self) -> str:
        self._own_folder = tempfile.TemporaryDirectory(
            prefix="pp-"
        )  # short: a socket's path has 104 characters at most
        return str(Path(self._own_folder.name) / "kernel.json")

    @default("kernel_spec_manager")
    def _own_specs(self) -> OwnKernelSpecs:
        return OwnKernelSpecs()

    async def start_kernel(self, **arguments):
        await super().start_kernel(**arguments)
        _working.add(self)

    async def cleanup_resources(self, restart: bool = False):
        _working.discard(self)
        await super().cleanup_resources(restart=restart)
        if not restart:
            self._own_folder.cleanup()


_working: set[OwnKernelManager] = set()


def stop_kernels() -> None:
    """Kill every kernel that is still working, so that an interrupted run leaves none behind."""
    for manager in list(_working):
        process = getattr(manager.provisioner, "process", None)
        if process is not None:
            process.kill()


def kernel_environment() -> dict[str, str]:
    """Environment variables that make a notebook's output independent of the user, locale, time zone and cores."""
    library = str(Path(__file__).resolve().parents[2])
    paths = [library, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),  # the library that plans the run is the one that it uses
        "MPLBACKEND": "agg",  # a figure is shown by analysis_lib.report or not at all
        "MATPLOTLIBRC": _matplotlib_defaults(),
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        # Sums in several threads round differently on machines with different numbers of cores.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }


def _matplotlib_defaults() -> str:
    """matplotlib's own settings file, so that a user's is not read. Found without importing matplotlib."""
    spec = importlib.util.find_spec("matplotlib")
    return str(Path(spec.origin).parent / "mpl-data" / "matplotlibrc")
