"""How much memory a run holds: its process, the server that forks its kernels, and each kernel, looked at while they work (Linux)."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

SERVER = "analysis_lib.pack.forkserver"
LOOK_EVERY = 0.2  # seconds; a look takes some milliseconds


@dataclass(frozen=True)
class Held:
    """The most that was seen, in MiB.

    `whole` is all processes together, with pages that several share counted once (the sum of their proportional
    shares), in `processes`; `run` and `server` are resident sizes; `kernel` is the largest kernel's resident size, most of which it shares
    with the server, and `kernel_own` the most that one kernel shared with nobody.
    """

    whole: float = 0
    processes: int = 0
    run: float = 0
    server: float = 0
    kernel: float = 0
    kernel_own: float = 0


def memory_of(command: Sequence[str], *, cwd: Path, environment: Mapping[str, str]) -> Held:
    """Run `command` and look at it until it ends. Raises `CalledProcessError` where it fails."""
    process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    held, root = Held(), psutil.Process(process.pid)
    while process.poll() is None:
        held = _larger(held, _look(root))
        time.sleep(LOOK_EVERY)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return held


def _look(root: psutil.Process) -> Held:
    """What the processes hold now; one that ends while it is looked at counts for nothing."""
    seen = {}
    try:
        for each in (root, *root.children(recursive=True)):
            try:
                seen[each.pid] = (each.ppid(), each.memory_full_info(), SERVER in each.cmdline())
            except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
                continue
    except psutil.NoSuchProcess:
        return Held()
    servers = {pid for pid, (parent, _, is_forked) in seen.items() if is_forked and parent == root.pid}
    kernels = [memory for parent, memory, is_forked in seen.values() if is_forked and parent in servers]
    return Held(
        whole=sum(memory.pss for _, memory, _ in seen.values()) / 2**20,
        processes=len(seen),
        run=seen[root.pid][1].rss / 2**20 if root.pid in seen else 0,
        server=max((seen[pid][1].rss for pid in servers), default=0) / 2**20,
        kernel=max((memory.rss for memory in kernels), default=0) / 2**20,
        kernel_own=max((memory.uss for memory in kernels), default=0) / 2**20,
    )


def _larger(one: Held, other: Held) -> Held:
    most = {name: max(value, getattr(other, name)) for name, value in vars(one).items()}
    return replace(one, **most | {"processes": other.processes if other.whole > one.whole else one.processes})
