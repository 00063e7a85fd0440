"""A virtual school in a few lines: pupils of whom only what matters to a test is said."""

import random

import pandas as pd

from analysis_lib.metrics.counting import members
from analysis_lib.periods import Period

FLAGS = ["looked_after_12m", "school_in_authority", "gld", "ks1_reading", "ks1_writing", "ks1_maths", "ks2_reading", "ks2_writing", "ks2_maths", "pep_autumn", "pep_spring", "pep_summer", "permanent_exclusion", "left_care_before_move", "next_school_in_authority"]  # fmt: skip


NUMBERS = ["ks4_english", "ks4_maths", "attainment_8", "sessions_possible", "sessions_authorised", "sessions_unauthorised", "suspensions", "suspension_days"]  # fmt: skip


TEXTS = ["child_id", "academic_year", "nc_year", "key_stage_end", "sen", "assessed_by", "transition", "post16_offer", "eet_status"]  # fmt: skip


USUAL = {
    "academic_year": "2018-19-AY",
    "nc_year": "6",
    "looked_after_12m": True,
    "sen": "N",
    "school_in_authority": True,
}


def pupils(*rows):
    """The tidy table of `rows`, each a dict of what differs from a usual pupil of year 6 in 2018/19."""
    full = [{"child_id": f"{number:016x}", **USUAL, **row} for number, row in enumerate(rows)]
    frame = pd.DataFrame(full, columns=[*TEXTS, *FLAGS, *NUMBERS])
    return frame.astype(dict.fromkeys(FLAGS, "boolean") | dict.fromkeys(NUMBERS, float) | dict.fromkeys(TEXTS, object))


def ks2(year="2018-19-AY", **results):
    return {
        "academic_year": year,
        "key_stage_end": "KS2",
        **{f"ks2_{subject}": reached for subject, reached in results.items()},
    }


def ks4(year="2018-19-AY", **results):
    return {"academic_year": year, "key_stage_end": "KS4", "nc_year": "11", **results}


def attended(possible, authorised=0, unauthorised=0, **other):
    return {
        "sessions_possible": possible,
        "sessions_authorised": authorised,
        "sessions_unauthorised": unauthorised,
        **other,
    }


def years(*codes):
    return [Period.parse(code) for code in codes]


def shares(result, group, column="value"):
    frame = result.exact()
    return dict(zip(frame[group], frame[column], strict=True))


ALL_YEARS = years(*(f"{year}-{(year + 1) % 100:02d}-AY" for year in range(2016, 2025)))


THIS_YEAR = years("2018-19-AY")


ALL_REACHED = {"reading": True, "writing": True, "maths": True}


def seeded(rows=300):
    """Pupils of whom everything is drawn, missing values among it; the same at each call."""
    chance = random.Random(7)

    def flag():
        return chance.choice([True, False, None])

    def row():
        return {
            "academic_year": chance.choice(ALL_YEARS).code,
            "nc_year": chance.choice(["N2", "R", "1", "6", "10", "11", "12", "13", None]),
            "key_stage_end": chance.choice(["EYFS", "KS1", "KS2", "KS4", None]),
            "looked_after_12m": chance.choice([True, True, False, None]),
            "assessed_by": chance.choice([None, None, None, "CAG", "TEACHER"]),
            "sen": chance.choice(["N", "K", "E", None]),
            "transition": chance.choice(["RECEPTION", "SECONDARY", "POST16", None]),
            "post16_offer": chance.choice(["EDUCATION", "TRAINING", "EMPLOYMENT", "NONE", None]),
            "eet_status": chance.choice(["EDUCATION", "TRAINING", "EMPLOYMENT", "NEET", None]),
            **{name: flag() for name in FLAGS if name != "looked_after_12m"},
            **{name: chance.choice([3, 4, 5, 9, None]) for name in ("ks4_english", "ks4_maths")},
            "attainment_8": chance.choice([0, 21.5, 40, None]),
            "suspensions": chance.choice([0, 0, 1, 4, None]),
            "suspension_days": chance.choice([0.5, 3, None]),
            **attended(
                chance.choice([0, 100, 380, None]), chance.choice([0, 5, 10, 50, None]), chance.choice([0, 19, None])
            ),
        }

    return pupils(*(row() for _ in range(rows)))


def told(make, *groups):
    """What `make()` counts and whom: (year code or last day, groups) -> numerator, denominator, children of each.

    Missing numbers are None; the children are sorted, None where the measure names none.
    """
    with members.recorded():
        frame = members.behind(make())
    codes = {year.end: year.code for year in ALL_YEARS}
    return {
        (codes.get(row["period_end"], row["period_end"]), *(row[group] for group in groups)): (
            *(None if pd.isna(row[number]) else row[number] for number in ("numerator", "denominator")),
            *(
                None if row[each] is None else sorted(row[each])
                for each in ("numerator_children", "denominator_children")
            ),
        )
        for row in frame.to_dict("records")
    }


def terms(*rows, year="2018-19"):
    """The tidy table `attendance` of `rows`: number of the pupil in `pupils`, term, possible, authorised, unauthorised."""
    columns = ["child_id", "attendance_term", "sessions_possible", "sessions_authorised", "sessions_unauthorised"]
    frame = pd.DataFrame([(f"{number:016x}", *rest) for number, *rest in rows], columns=columns)
    return frame.assign(academic_year=year).astype(dict.fromkeys(columns[2:], float))


def suspended(child, start, days=None, reason=None):
    return {
        "child_id": child,
        "exclusion_kind": "SUSPENSION",
        "exclusion_start": start,
        "exclusion_days": days,
        "exclusion_reason": reason,
    }


def permanent(child, start, upheld):
    return {"child_id": child, "exclusion_kind": "PERMANENT", "exclusion_start": start, "upheld": upheld}


def the_list(*rows):
    """The tidy table `exclusions` of `rows`."""
    columns = ["child_id", "exclusion_kind", "exclusion_start", "exclusion_days", "exclusion_reason", "upheld"]
    frame = pd.DataFrame(list(rows), columns=columns)
    start = pd.to_datetime(frame["exclusion_start"])
    return frame.assign(exclusion_start=start).astype({"exclusion_days": float, "upheld": "boolean"})
