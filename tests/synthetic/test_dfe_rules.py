"""DfE's rules, run by the sector's public engine on every shipped year, where a Python with that engine is named."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENGINE = "PANELPACK_903_ENGINE"


@pytest.mark.skipif(
    ENGINE not in os.environ,
    reason=f"the rule engine needs Python 3.11 or older and an old pandas: name such a Python in {ENGINE} (docs/synthetic.md)",
)
def test_no_rule_flags_a_row_that_is_not_accounted_for_and_the_documentation_has_the_counts():
    made = subprocess.run(
        [os.environ[ENGINE], str(ROOT / "tools" / "synthetic_dfe_rules.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    text = (ROOT / "docs" / "synthetic.md").read_text(encoding="utf-8")
    for line in made.stdout.splitlines():
        assert not line.startswith("| ") or line in text, line
