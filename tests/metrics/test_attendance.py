"""Sessions missed: bands and thresholds one session below, at and above."""

import pytest
from virtual_school_pupils import THIS_YEAR, attended, pupils, shares

from analysis_lib.metrics import attendance


def test_attendance_bands_of_the_council_in_2020_21():
    """Middlesbrough Virtual School, interim annual report 2020/21, page 8: 44 children (12%) at 100%, 177 (48.3%) at 95% or
    above, 161 (44%) below 90%. On 366 children 177 is 48.4%; the report cut the digit instead of rounding it."""
    table = pupils(
        *[attended(380)] * 44,
        *[attended(380, 10, 5)] * 133,
        *[attended(380, 20, 10)] * 28,
        *[attended(380, 40, 30)] * 161,
    )
    bands = shares(attendance.attendance_bands(table, years=THIS_YEAR), "band")
    assert [round(bands[band], 1) for band in attendance.BANDS] == [48.4, 7.7, 44.0]
    assert attendance.full_attendance(table, years=THIS_YEAR).exact()["value"].item() == pytest.approx(
        12.0219, abs=1e-4
    )


@pytest.mark.parametrize(
    ("missed", "band", "persistent", "severe"),
    [
        (0, "95% or more", False, False),
        (20, "95% or more", False, False),
        (21, "90% to under 95%", False, False),
        (39, "90% to under 95%", False, False),
        (40, "90% to under 95%", True, False),
        (41, "Under 90%", True, False),
        (199, "Under 90%", True, False),
        (200, "Under 90%", True, True),
    ],
)
def test_bands_and_thresholds_one_session_below_at_and_above(missed, band, persistent, severe):
    table = pupils(attended(400, missed))
    assert shares(attendance.attendance_bands(table, years=THIS_YEAR), "band")[band] == 100
    assert attendance.persistent_absence(table, years=THIS_YEAR).exact()["numerator"].item() == persistent
    assert attendance.severe_absence(table, years=THIS_YEAR).exact()["numerator"].item() == severe
    assert attendance.full_attendance(table, years=THIS_YEAR).exact()["numerator"].item() == (missed == 0)


def test_absence_is_a_ratio_of_sums_and_its_parts_add_up():
    table = pupils(
        *[attended(100, 20, 30)] * 5, *[attended(400, 4, 0)] * 5, attended(0), {"nc_year": "12", **attended(100, 100)}
    )
    rates = shares(attendance.absence(table, years=THIS_YEAR), "kind")
    assert rates["Overall"] == pytest.approx(100 * 270 / 2500)  # the mean of the pupils' own rates would be 25.5%
    assert rates["Authorised"] + rates["Unauthorised"] == pytest.approx(rates["Overall"])


def test_absence_of_nine_pupils_is_not_given_and_of_ten_is():
    nine = attendance.absence(pupils(*[attended(380, 10)] * 9), years=THIS_YEAR).exact()
    ten = attendance.absence(pupils(*[attended(380, 10)] * 10), years=THIS_YEAR).exact()
    assert nine["value"].isna().all()
    assert ten["value"].notna().all()


def test_pupils_without_a_record_of_sessions_are_in_no_attendance_figure_and_are_counted():
    table = pupils(attended(380, 380), {}, attended(0), attended(380))
    assert attendance.persistent_absence(table, years=THIS_YEAR).exact()[
        ["numerator", "denominator"]
    ].values.tolist() == [[1, 2]]
    assert attendance.attendance_recorded(table, years=THIS_YEAR).exact()["value"].item() == 50
