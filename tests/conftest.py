"""What holds for every test: where something must be there, a skip for want of it is a failure."""

import os

import pandas as pd
import pytest
from hypothesis import Phase, settings

# A busy machine is no fault of the code: speed is measured in benchmarks/, never in a test.
settings.register_profile("panelpack", deadline=None)
settings.register_profile(
    "mutation", deadline=None, derandomize=True, max_examples=25, database=None
)  # tools/mutation.py
# Shrinking one failure can take minutes, and .ci/run has few: there the first example found is printed with the line that
# repeats it, and is made small on a desk.
settings.register_profile(
    "ci",
    deadline=None,
    print_blob=True,
    phases=[phase for phase in Phase if phase not in (Phase.shrink, Phase.explain)],
)
settings.load_profile("ci" if os.environ.get("CI") else "panelpack")  # --hypothesis-profile overrides it

# As in a page: else a frame that a test makes before one is opened would differ from one made after it.
pd.set_option("mode.string_storage", "python")

# The rooms whose files take longest. They go first, so that with --dist loadfile no worker ends with a long file alone:
# xdist would begin with the files of most tests, and those of a whole pack have three.
FIRST = (
    "pack",
    "cluster",
    "notebooks",
    "pages",
    "browser",
    "benchmarks",
    "synthetic",
    "checks",
    "who",
    "sources",
    "disclosure",
)

# Environment variable -> how the reasons of the skips begin that it forbids. `.ci/run` sets them.
REQUIRED = {
    "PANELPACK_REQUIRE_SHARED": "needs ../shared",
    "PANELPACK_REQUIRE_LAB": "needs JupyterLab",
    "PANELPACK_REQUIRE_BROWSER": "needs a browser",
    "PANELPACK_REQUIRE_CLUSTER": "needs Dask",
}


@pytest.fixture(scope="session", autouse=True)
def keys_of_tests(tmp_path_factory):
    """No test makes or reads a key in the user's own configuration folder (where the system lets it be named)."""
    before = os.environ.get("XDG_CONFIG_HOME")
    os.environ["XDG_CONFIG_HOME"] = str(tmp_path_factory.mktemp("configuration"))
    yield
    os.environ.pop("XDG_CONFIG_HOME")
    if before is not None:
        os.environ["XDG_CONFIG_HOME"] = before


@pytest.fixture(scope="session", autouse=True)
def shared_by_tests(tmp_path_factory):
    """A folder of this run that all of its processes see, for tests/support/shared_work.py."""
    base = tmp_path_factory.getbasetemp()
    os.environ["PANELPACK_SHARED_BY_TESTS"] = str(
        (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    )
    yield
    os.environ.pop("PANELPACK_SHARED_BY_TESTS")


def _forbidden(report) -> str:
    """The reason of a skip that this environment does not allow; empty for every other report."""
    if not report.skipped or not isinstance(report.longrepr, tuple):
        return ""
    reason = report.longrepr[2].removeprefix("Skipped: ")
    forbidden = any(os.environ.get(name) == "1" and reason.startswith(start) for name, start in REQUIRED.items())
    return reason if forbidden else ""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return _failed_when_forbidden((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return _failed_when_forbidden((yield))


def _failed_when_forbidden(report):
    reason = _forbidden(report)
    if reason:
        report.outcome, report.longrepr = "failed", f"skipped where it may not be: {reason}"
    return report


def pytest_configure(config):
    if hasattr(config.option, "loadscopereorder"):  # where pytest-xdist is installed
        config.option.loadscopereorder = False


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    here = os.path.dirname(__file__)

    def place(item):
        room = os.path.relpath(item.path, here).split(os.sep)[0]
        return FIRST.index(room) if room in FIRST else len(FIRST)

    items.sort(key=place)
