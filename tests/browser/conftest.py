"""One browser for each file of tests, and the demonstration packs, made once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from executed_page import HOME
from in_browser import chromium_path, open_browser

# A folder with packs of both editions that were made from this code just now; `.ci/run` names the one of its main job.
MADE_BEFORE = "PANELPACK_PACKS"


@pytest.fixture(scope="module")  # not longer: while it is open, nothing else in this process can run an event loop
def browser():
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def packs(tmp_path_factory):
    """The folder with the demonstration's packs, the public and the restricted edition of the default period."""
    chromium_path()
    if os.environ.get(MADE_BEFORE):
        return Path(os.environ[MADE_BEFORE]).resolve()
    output = tmp_path_factory.mktemp("packs")
    for edition in ("public", "restricted"):
        run = [sys.executable, "-m", "analysis_lib", "run", "--edition", edition, "--output", output]
        done = subprocess.run(run, cwd=HOME, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    return output
