"""Adopters of Annex A list 11 written in one line each, for tests."""

import pandas as pd

STEPS = {
    "enquiry": "enquiry_date", "started_1": "stage_1_start", "ended_1": "stage_1_end", "started_2": "stage_2_start",
    "ended_2": "stage_2_end", "applied": "application_date", "approved": "approval_date", "matched": "match_date",
    "placed": "placed_date", "adopted": "adoption_date", "left": "left_date",
}  # fmt: skip


def adopters(*rows):
    """Rows "adopter family step=day ...", a dash for no family identifier; steps by the words of `STEPS`."""
    made = []
    for row in rows:
        adopter, family, *steps = row.split()
        days = dict(step.split("=") for step in steps)
        made.append(
            {
                "adopter_id": adopter,
                "family_id": None if family == "-" else family,
                **{STEPS[word]: when for word, when in days.items()},
            }
        )
    frame = pd.DataFrame(made, columns=["adopter_id", "family_id", *STEPS.values()])
    return frame.assign(**{column: pd.to_datetime(frame[column]) for column in STEPS.values()})
