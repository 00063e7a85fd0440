"""What several test files need and what takes seconds to make is made once a test run, whichever process asks first."""

import os
import pickle
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: two processes may do the same work
    fcntl = None

FOLDER = "PANELPACK_SHARED_BY_TESTS"  # tests/conftest.py names a folder of this run that all of its processes see


def made_once(key, make):
    """What `make` returns, or returned to another test of this run under the same `key`: a copy of its own for each.

    `key` says everything that the result hangs on. Outside a test run it is made each time.
    """
    if FOLDER not in os.environ:
        return make()
    path = Path(os.environ[FOLDER]) / sha256(repr(key).encode()).hexdigest()
    path.parent.mkdir(exist_ok=True)
    with _alone(path.with_suffix(".lock")):
        if not path.exists():
            part = path.with_suffix(f".{os.getpid()}")
            part.write_bytes(pickle.dumps(make()))
            part.replace(path)
    return pickle.loads(path.read_bytes())


@contextmanager
def _alone(path):
    """No other process that asks for the same is in here; the system takes the lock back from one that dies."""
    with path.open("w") as file:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
