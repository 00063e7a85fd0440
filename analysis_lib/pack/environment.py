"""The environment variables that notebooks run in: none of them depends on whose machine it is."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path


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
        # pyarrow's memory would be tidied by a thread of its own, and a process with threads cannot be forked safely.
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # ipykernel's debugger would warn that it may miss breakpoints
    }


def _matplotlib_defaults() -> str:
    """matplotlib's own settings file, so that a user's is not read. Found without importing matplotlib."""
    spec = importlib.util.find_spec("matplotlib")
    return str(Path(spec.origin).parent / "mpl-data" / "matplotlibrc")
