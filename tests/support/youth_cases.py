"""A youth offending caseload in a few lines: cases of which only what matters to a test is said."""

import pandas as pd

from analysis_lib.authority import Area
from analysis_lib.periods import Period

APRIL_TO_SEPTEMBER = Period.parse("2021-22-Q2").year_to_date
YEAR_BEFORE = APRIL_TO_SEPTEMBER.same_period_last_year
HERE = Area("Here", "E06000002")


def cases(*rows: dict) -> pd.DataFrame:
    """Tidy cases; what a row leaves out is a boy of 15, White, not looked after, open since May 2021."""
    plain = {
        "child_id": "a", "sex": "male", "birth_date": None, "age": 15.0, "ethnic_group": "White", "looked_after": False,
        "council_code": "E06000002", "intervention_start": "2021-05-01", "intervention_end": None,
        "intervention_type": None,
    }  # fmt: skip
    frame = pd.DataFrame([{**plain, **row} for row in rows], columns=list(plain))
    for column in ("birth_date", "intervention_start", "intervention_end"):
        frame[column] = pd.to_datetime(frame[column])
    return frame.astype({"age": float, "looked_after": "boolean"})


def many(**groups) -> list[dict]:
    """`sex_group=number` as rows: that many children each."""
    return [
        {"child_id": f"{name}{i}", "sex": "female" if name.startswith("girls") else "male", **facts}
        for name, (number, facts) in groups.items()
        for i in range(number)
    ]


def only(frame: pd.DataFrame) -> pd.Series:
    assert len(frame) == 1
    return frame.iloc[0]


INVENTED = cases(
    *many(
        girls_white=(21, {"age": 13, "looked_after": True}),
        girls_mixed=(10, {"age": 16, "ethnic_group": "Mixed"}),
        girls_unknown=(1, {"age": 17, "ethnic_group": "Not known"}),
        boys_white=(100, {"age": 17}),
        boys_asian=(17, {"age": 14, "ethnic_group": "Asian"}),
        boys_black=(11, {"age": 18, "ethnic_group": "Black", "looked_after": True}),
        boys_chinese=(8, {"age": 12, "ethnic_group": "Chinese"}),
    )
)


def intervention(child: str, start: str | None, end: str | None, kind: str | None = None) -> dict:
    """A row of `cases`: whose, from, to (None while open), and of what type."""
    return {"child_id": child, "intervention_start": start, "intervention_end": end, "intervention_type": kind}
