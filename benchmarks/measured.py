"""Time and memory of a piece of work, in a process of its own."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context


@dataclass(frozen=True)
class Measured:
    """Seconds on the clock, seconds of processor time (all threads), and the most memory held (MiB; None: not known)."""

    seconds: float
    processor: float
    peak: float | None


def measured(work: Callable, *arguments) -> Measured:
    """What `work(*arguments)` costs in a fresh process, without starting it and importing the libraries."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_measured_here, work, *arguments).result()


def _measured_here(work: Callable, *arguments) -> Measured:
    clock, processor = time.perf_counter(), time.process_time()
    work(*arguments)
    return Measured(time.perf_counter() - clock, time.process_time() - processor, peak())


def peak() -> float | None:
    """The most memory that this process has held (resident set, MiB)."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found / 2**20 if sys.platform == "darwin" else found / 2**10


def in_words(name: str, runs: list[Measured]) -> str:
    """One line: the fastest and the median run, and the highest peak."""
    seconds = [run.seconds for run in runs]
    processor = min(run.processor for run in runs)
    memory = "" if runs[0].peak is None else f", peak {max(run.peak for run in runs):,.0f} MiB"
    return (
        f"{name}: {min(seconds):.2f} s at best, {statistics.median(seconds):.2f} s median of {len(runs)}, "
        f"{processor:.2f} s of processor time{memory}"
    )
