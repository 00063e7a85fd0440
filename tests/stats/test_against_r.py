"""Every statistic beside R's own value, to 1e-9 relative (bootstrap: within the noise of resampling).

reference/cases.csv holds the inputs, reference/reference.R the R code, reference/values.csv what it printed.
"""

import numpy as np
import pytest
from r_reference import cases, version

from analysis_lib.stats import (
    comparisons,
    control_charts,
    false_discovery,
    funnels,
    intervals,
    quantiles,
    ranking,
    standardisation,
    survival,
    trends,
)

pytestmark = pytest.mark.filterwarnings("error")  # what is documented as missing is no surprise

CASES = cases()
RULES = [
    "",
    "outside the limits",
    "seven-point trend",
    "two of three near a limit",
    "seven on one side",
]
POLARITY = {"higher": "higher is better", "lower": "lower is better"}


def limits_of(function):
    return lambda **arguments: dict(zip(("lower", "upper"), map(float, function(**arguments)), strict=True))


def fields_of(function, *names):
    def run(**arguments):
        found = function(**arguments)
        return {name: getattr(found, name) for name in names}

    return run


def by_point(**series):
    return {f"{name}_{place}": value for name, values in series.items() for place, value in enumerate(values)}


def directly_standardised_rate(**arguments):
    bands = {name: np.atleast_1d(arguments.pop(name)) for name in ("counts", "populations", "standard")}
    return standardisation.directly_standardised_rate(**bands, **arguments)


def funnel(**arguments):
    found = funnels.funnel(**arguments)
    return {"centre": found.centre, "dispersion": found.dispersion}


def funnel_limits(**arguments):
    lower, upper = funnels.limits(**arguments)
    return by_point(lower=lower, upper=upper)


def xmr(values, screen, fixed=None):
    chart = control_charts.xmr(values, screen_moving_ranges=bool(screen), fixed_after=fixed, of="other")
    lines = ("mean", "lower", "upper", "near_lower", "near_upper")
    return {name: getattr(chart, name)[0] for name in lines} | by_point(rule=[RULES.index(rule) for rule in chart.rule])


def kaplan_meier(**arguments):
    curve = survival.kaplan_meier(**arguments)
    return by_point(share=curve.share, lower=curve.lower, upper=curve.upper)


OURS = {
    "wilson": limits_of(intervals.wilson),
    "exact_poisson": limits_of(intervals.exact_poisson),
    "byar": limits_of(intervals.byar),
    "fingertips_poisson": limits_of(intervals.fingertips_poisson),
    "mean_t": limits_of(intervals.mean_t),
    "order_statistics": limits_of(quantiles.order_statistics),
    "bootstrap_mean": limits_of(quantiles.bootstrap_mean),
    "bootstrap_quantile": limits_of(quantiles.bootstrap_quantile),
    "directly_standardised_rate": fields_of(directly_standardised_rate, "value", "lower", "upper"),
    "standardised_ratio": fields_of(standardisation.standardised_ratio, "value", "lower", "upper"),
    "difference_of_proportions": fields_of(comparisons.difference_of_proportions, "value", "lower", "upper"),
    "relative_risk": fields_of(comparisons.relative_risk, "value", "lower", "upper"),
    "relative_rate": fields_of(comparisons.relative_rate, "value", "lower", "upper", "p_value"),
    "difference_of_rates": fields_of(comparisons.difference_of_rates, "value", "lower", "upper"),
    "odds_ratio": fields_of(comparisons.odds_ratio, "value", "lower", "upper", "p_value"),
    "difference_of_means": fields_of(comparisons.difference_of_means, "value", "lower", "upper", "p_value"),
    "trend_of_proportions": fields_of(
        trends.trend_of_proportions, "change", "lower", "upper", "statistic", "p_value"
    ),
    "trend_of_rates": fields_of(
        trends.trend_of_rates, "change", "lower", "upper", "statistic", "p_value", "dispersion"
    ),
    "benjamini_hochberg": lambda p_values: by_point(adjusted=false_discovery.benjamini_hochberg(p_values)),
    "p_of_proportion": lambda **each: {"p_value": false_discovery.p_of_proportion(**each)},
    "p_of_count": lambda **each: {"p_value": false_discovery.p_of_count(**each)},
    "rank": lambda values, better: by_point(rank=ranking.rank(values, POLARITY[better])),
    "quartile_band": lambda values, better: by_point(
        band=[{"": np.nan}.get(band, " ABCD".find(band)) for band in ranking.quartile_band(values, POLARITY[better])]
    ),
    "funnel": funnel,
    "funnel_limits": funnel_limits,
    "xmr": xmr,
    "log_rank": fields_of(survival.log_rank, "statistic", "degrees", "p_value"),
    "kaplan_meier": kaplan_meier,
    "cumulative_incidence": lambda durations, ends: by_point(
        share=survival.cumulative_incidence(durations, ends, of=1).share
    ),
}  # fmt: skip
# Resampling differs by its random numbers: R drew 100,000 means and 20,000 medians, we draw 9,999. A mean of twenty
# counts moves in steps of 0.05.
RELATIVE = {"bootstrap_quantile": 0.03, "bootstrap_mean": 0.06}


def test_the_reference_names_its_r():
    assert version().startswith("# R version 4.")


def test_every_statistic_has_cases():
    assert {case.statistic for case in CASES} == set(OURS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.statistic}: {case.name}")
def test_agrees_with_r(case):
    found = OURS[case.statistic](**case.arguments)
    assert list(found) == list(case.expected)
    relative = RELATIVE.get(case.statistic, 1e-9)
    for name, expected in case.expected.items():
        assert found[name] == pytest.approx(expected, rel=relative, abs=1e-14, nan_ok=True), name
