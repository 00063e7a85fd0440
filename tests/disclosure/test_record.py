import json
import math

import numpy as np
import pytest

from analysis_lib.disclosure.record import HIDDEN, GateRecord, records_of

GROUPS = (("sex", "Female"), ("age_band", "10 to 13"))


def record(**more):
    return GateRecord("yos_caseload_by", "Caseload", GROUPS, "2021-04-01", "2021-09-30", HIDDEN, "primary", **more)


@pytest.mark.parametrize("number", [None, math.nan, np.nan, 3, 3.0, np.int64(3), 2310.5])
def test_a_record_survives_the_way_from_the_kernel_to_the_run(number):
    told = json.loads(json.dumps([record(numerator=number, denominator=24).as_json()], allow_nan=False))
    assert records_of(told) == (record(numerator=number, denominator=24),)


def test_groups_may_come_as_lists_and_values_of_any_kind():
    one = GateRecord("m", "M", [["years", 3]], "", "2021-09-30", HIDDEN)
    assert one.groups == (("years", "3"),) and one == GateRecord.from_json(one.as_json())


def test_a_description_without_records_has_none():
    assert records_of(None) == records_of([]) == ()


def test_only_what_is_known_can_have_been_done():
    with pytest.raises(ValueError, match="'lost' is not one of shown, hidden, merged, withheld"):
        GateRecord("m", "M", (), "", "2021-09-30", "lost")
