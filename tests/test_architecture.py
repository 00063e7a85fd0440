"""The straight line holds: nothing points back, and only the gate makes released figures."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

HOME = Path(__file__).resolve().parents[1]


def test_imports_point_one_way():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=HOME, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_only_the_gate_makes_released_figures():
    makers = [
        path.name
        for path in (HOME / "analysis_lib").rglob("*.py")
        if "Released(" in path.read_text(encoding="utf-8").replace("class Released", "")
    ]
    assert makers == ["gate.py"]


def test_metrics_read_neither_files_nor_clocks():
    words = (r"(?<!\w)open\(", "read_csv", "read_parquet", "to_csv", r"\.now\(", r"\.today\(", r"\bglobal ")
    for path in (HOME / "analysis_lib" / "metrics").rglob("*.py"):
        found = [word for word in words if re.search(word, path.read_text(encoding="utf-8"))]
        assert not found, f"{path.name}: {found}"


def test_no_name_of_a_room_is_also_that_of_a_module():
    """Which of the two such a name meant would hang on what was imported before."""
    for name in ("report", "disclosure"):
        room = import_module(f"analysis_lib.{name}")
        modules = {path.stem for path in Path(room.__file__).parent.glob("*.py")}
        assert not modules & set(room.__all__)
        assert all(not isinstance(getattr(room, each), ModuleType) for each in room.__all__)
