"""What holds for every test: where something must be there, a skip for want of it is a failure."""

import os

import pytest
from hypothesis import settings

# A busy machine is no fault of the code: speed is measured in benchmarks/, never in a test.
settings.register_profile("panelpack", deadline=None)
settings.register_profile(
    "mutation", deadline=None, derandomize=True, max_examples=25, database=None
)  # tools/mutation.py
settings.load_profile("panelpack")  # --hypothesis-profile overrides it

# Environment variable -> how the reasons of the skips begin that it forbids. `.ci/run` sets them.
REQUIRED = {
    "PANELPACK_REQUIRE_SHARED": "needs ../shared",
    "PANELPACK_REQUIRE_LAB": "needs JupyterLab",
    "PANELPACK_REQUIRE_BROWSER": "needs a browser",
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
