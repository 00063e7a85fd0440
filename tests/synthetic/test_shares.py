"""Shares of the shipped returns beside those that DfE publishes for Middlesbrough: near, year by year and in the mean."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tool(name: str):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


beside = tool("synthetic_beside_published")

# Furthest that a year, and the mean of the years that have a published figure, may lie from it, in percentage points.
NEAR = {
    "looked after on 31 March, 3 or more placements in the year": (6, 2),
    "under 16, looked after 2½ years or more, same placement for 2 years": (13, 6),
    "more than 20 miles from home": (7, 4),
    "in foster care": (9, 7),
    "placed with parents": (4, 2),
    "in a children's home": (4, 2),
    "placed for adoption": (3, 2),
    "in semi-independent or supported accommodation": (4, 2),
    "left by special guardianship, of all who left": (1, 0.5),
    "looked after 12 months, aged 10 to 17, convicted or cautioned": (7, 2),
    "care leavers aged 17 and 18 in education, employment or training": (25, 8),
    "care leavers aged 19 to 21 in education, employment or training": (15, 7),
    "care leavers aged 17 and 18 in suitable accommodation": (19, 6),
    "care leavers aged 19 to 21 in suitable accommodation": (12, 5),
    "looked after on 31 March, 3 or more social workers in the year": (10, 10),
    "protection plans open on 31 March for 2 years or more": (2, 1),
    "protection plans ended in the year after 2 years or more": (3, 1.5),
    "assessments completed within 45 working days": (7, 3),
}


@pytest.fixture(scope="module")
def ours(shipped):
    return beside.measured(shipped)


@pytest.mark.parametrize("name", sorted(beside.PUBLISHED))
def test_a_share_is_near_the_published_one(name, ours):
    in_a_year, in_the_mean = NEAR[name]
    gaps = {year: ours[name][year] - published for year, published in beside.PUBLISHED[name].items()}
    assert all(abs(gap) <= in_a_year for gap in gaps.values()), gaps
    assert abs(sum(gaps.values()) / len(gaps)) <= in_the_mean, gaps


def test_the_table_in_the_documentation_is_what_is_measured(ours):
    text = (ROOT / "docs" / "synthetic.md").read_text(encoding="utf-8")
    for line in beside.table(ours):
        assert line in text
