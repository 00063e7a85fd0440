"""The cases of the examples in `attainment.toml`."""

from collections.abc import Callable

from one_row import one_row
from virtual_school_pupils import ALL_REACHED, THIS_YEAR, ks2, ks4, pupils, years

from analysis_lib.metrics import attainment
from analysis_lib.results import Result

KS2 = attainment.KEY_STAGE_2.title
TWO_YEARS = years("2017-18-AY", "2018-19-AY")


def _at_key_stage_end() -> Result:
    table = pupils(ks2(**ALL_REACHED), ks2(reading=False), ks2())
    return one_row(attainment.pupils_at_key_stage_end(table, years=THIS_YEAR), key_stage=KS2)


def _not_assessed() -> Result:
    table = pupils(ks2(**ALL_REACHED), ks2(reading=False), ks2())
    return one_row(attainment.pupils_not_assessed(table, years=THIS_YEAR), key_stage=KS2)


def _good_level() -> Result:
    table = pupils(*({"nc_year": "R", "key_stage_end": "EYFS", "gld": level} for level in (True, False, False, None)))
    return attainment.by_standard(table, attainment.EARLY_YEARS, years=THIS_YEAR)


def _key_stage_1() -> Result:
    usual = {"nc_year": "2", "key_stage_end": "KS1"}
    every = {f"ks1_{subject}": True for subject in ("reading", "writing", "maths")}
    reading = {"ks1_reading": True, "ks1_writing": False, "ks1_maths": False}
    table = pupils({**usual, **every}, {**usual, **every}, {**usual, **reading}, usual)
    return one_row(attainment.by_standard(table, attainment.KEY_STAGE_1, years=THIS_YEAR), standard="All three")


def _key_stage_2() -> Result:
    two_of_three = ks2(reading=True, writing=False, maths=True)
    table = pupils(ks2(**ALL_REACHED), ks2(**ALL_REACHED), two_of_three, two_of_three, ks2())
    return one_row(attainment.by_standard(table, attainment.KEY_STAGE_2, years=THIS_YEAR), standard="All three")


def _by_teachers() -> Result:
    judged = [{**ks2("2020-21-AY", reading=reached), "assessed_by": "TEACHER"} for reached in (True, False)]
    table = pupils(*judged, ks2("2020-21-AY"))
    result = attainment.teacher_assessment(table, years=years("2020-21-AY"))
    return one_row(result, key_stage=KS2, standard="Reading")


def _key_stage_4() -> Result:
    table = pupils(ks4(ks4_english=5, ks4_maths=5), ks4(ks4_english=6, ks4_maths=4), ks4(ks4_maths=9), ks4())
    return one_row(attainment.by_standard(table, attainment.KEY_STAGE_4, years=THIS_YEAR), standard="Grade 5 or above")


def _attainment_8() -> Result:
    return attainment.attainment_8(pupils(ks4(attainment_8=40), ks4(attainment_8=20), ks4()), years=THIS_YEAR)


def _attainment_8_pooled() -> Result:
    table = pupils(ks4("2017-18-AY", attainment_8=50), *[ks4("2018-19-AY", attainment_8=10)] * 3)
    return attainment.attainment_8_pooled(table, years=TWO_YEARS)


def _key_standards() -> Result:
    earlier = [ks2("2017-18-AY", **ALL_REACHED), ks2("2017-18-AY", reading=False)]
    later = [*[ks2("2018-19-AY", **ALL_REACHED)] * 3, ks2("2018-19-AY", reading=False)]
    result = attainment.key_standards(pupils(*earlier, *later), years=TWO_YEARS)
    return one_row(result, standard="Key stage 2: reading, writing and maths")


EXAMPLES: dict[str, Callable[[], Result]] = {
    "pupils_at_key_stage_end": _at_key_stage_end,
    "pupils_not_assessed": _not_assessed,
    "eyfs_good_level": _good_level,
    "ks1_expected_standard": _key_stage_1,
    "ks2_expected_standard": _key_stage_2,
    "teacher_assessed_standard": _by_teachers,
    "ks4_english_and_maths": _key_stage_4,
    "attainment_8": _attainment_8,
    "attainment_8_pooled": _attainment_8_pooled,
    "key_standards": _key_standards,
}
