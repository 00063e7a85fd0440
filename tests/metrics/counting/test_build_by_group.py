"""Counts into results: differences, and the means of many groups at once."""

import numpy as np
import pandas as pd
import pytest

from analysis_lib.metrics.counting import build, members
from analysis_lib.periods import Period
from analysis_lib.results import Measure
from analysis_lib.stats import intervals

YEAR = Period.parse("2020-21")
CHANGE = Measure("change", "Change", "Starts less ends of something.", "children", "neither", "local")
DAYS = Measure("wait", "Wait", "Days that children waited.", "days", "lower is better", "local")


def test_a_difference_may_be_below_0_and_keeps_both_counts():
    counts = pd.DataFrame({"area": ["a", "b"], "numerator": [1, 7], "denominator": [3, 0]})
    result = build.difference(CHANGE, counts, groups=["area"], when=YEAR)
    frame = result.exact()
    assert frame[["numerator", "denominator", "value"]].values.tolist() == [[1, 3, -2], [7, 0, 7]]
    assert frame[["lower", "upper"]].isna().all(axis=None) and (frame["symbol"] == "").all()
    assert set(frame["method"]) == {"difference of two full counts, no interval"}
    assert (result.groups, result.parts) == (("area",), ())
    assert frame["period_start"].tolist() == [YEAR.start] * 2 and frame["period_end"].tolist() == [YEAR.end] * 2


def waits(draw):
    """Waits of children in areas and years, some not known; area "none" has nobody, "unknown" only unknown waits."""
    frame = pd.DataFrame(
        {
            "child_id": [f"c{number}" for number in range(300)],
            "area": draw.choice(["one", "few", "many", "same", "unknown"], 300, p=[0.01, 0.04, 0.75, 0.1, 0.1]),
            "year": draw.choice(["first", "second"], 300),
            "days": draw.integers(0, 900, 300) / 7,
        }
    )
    frame.loc[draw.random(300) < 0.1, "days"] = np.nan
    frame.loc[frame["area"] == "same", "days"] = 0.1
    frame.loc[frame["area"] == "unknown", "days"] = np.nan
    return frame.assign(area=pd.Categorical(frame["area"], ["none", "many", "few", "one", "same", "unknown"]))


@pytest.mark.parametrize("groups", [["area"], ["area", "year"]])
def test_means_of_many_groups_are_those_of_each_alone(groups):
    rows = waits(np.random.default_rng(7))
    with members.recorded():
        result = build.mean(DAYS, rows, value="days", groups=groups, when=YEAR)
    frame = members.behind(result)
    areas = ["none", "many", "few", "one", "same", "unknown"]
    expected = areas if groups == ["area"] else [each for each in areas for _ in range(2)]
    assert frame["area"].tolist() == expected and result.groups == tuple(groups)
    for row in frame.to_dict("records"):
        mine = rows[(rows[groups] == pd.Series({name: row[name] for name in groups})).all(axis=1)].dropna()
        assert row["denominator"] == len(mine) and row["denominator_children"] == mine["child_id"].tolist()
        assert row["numerator"] == pytest.approx(mine["days"].sum())
        expected = (mine["days"].mean(), *intervals.mean_t(mine["days"]))
        assert [row[name] for name in ("value", "lower", "upper")] == pytest.approx(expected, nan_ok=True, rel=1e-12)
        assert row["symbol"] == ("z" if mine.empty else "")
    assert (frame["method"] == "mean, t interval 95%").all() and frame["numerator_children"].isna().all()


def test_means_without_children_name_nobody_and_do_not_depend_on_the_order_of_rows():
    rows = pd.DataFrame({"area": list("aaaaaa"), "days": [0.1, 0.2, 0.3, 1e9, 7.7, 1 / 3]})
    with members.recorded():
        one, other = (
            build.mean(DAYS, rows.take(order), value="days", groups=["area"], when=YEAR).exact()
            for order in (range(6), [5, 3, 1, 0, 2, 4])
        )
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert "denominator_children" not in one


def test_t_limits_of_many_means_are_those_of_each():
    values = [[1.0, 2.0, 4.0], [5.0, 9.0], [3.0]]
    sizes = [len(each) for each in values]
    errors = [np.std(each, ddof=1) / np.sqrt(len(each)) if len(each) > 1 else np.nan for each in values]
    lower, upper = intervals.t_limits([np.mean(each) for each in values], errors, sizes)
    for place, each in enumerate(values):
        assert (lower[place], upper[place]) == pytest.approx(intervals.mean_t(each), nan_ok=True, rel=1e-12)
    narrow, wide = (intervals.t_limits([2.0], [1.0], [10], level)[1][0] for level in (0.9, 0.99))
    assert narrow == pytest.approx(2 + 1.8331129326536335) and wide == pytest.approx(2 + 3.2498355440153697)
