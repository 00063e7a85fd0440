"""Suspensions and permanent exclusions."""

from virtual_school_pupils import THIS_YEAR, pupils, years

from analysis_lib.metrics import exclusions


def test_suspensions_days_and_permanent_exclusions():
    table = pupils(
        {"suspensions": 2, "suspension_days": 3.5, "permanent_exclusion": False},
        {"suspensions": 1, "suspension_days": 0.5, "permanent_exclusion": True},
        {"suspensions": 0, "permanent_exclusion": False},
        {},
    )
    suspended = exclusions.suspended_pupils(table, years=THIS_YEAR).exact()
    assert suspended[["numerator", "denominator"]].values.tolist() == [[2, 3]]
    days = exclusions.suspension_days(table, years=THIS_YEAR).exact()
    assert days[["numerator", "denominator", "value"]].values.tolist() == [[4, 2, 2]]
    excluded = exclusions.permanent_exclusions(table, years=years("2017-18-AY", "2018-19-AY")).exact()
    assert excluded["value"].fillna(-1).tolist() == [-1, 1]  # nobody has an entry in 2017/18: no figure, not 0
