"""Care leavers written in one line each, for tests."""

import pandas as pd


def oc3(*rows):
    """SSDA903 OC3 from "child born touch activity accommodation", the year 2020-21 unless a sixth word says another."""
    split = [row.split() for row in rows]
    frame = pd.DataFrame(
        [[*row[:5], row[5] if len(row) > 5 else "2020-21"] for row in split],
        columns=["child_id", "birth_date", "in_touch", "activity", "accommodation", "return_year"],
    )
    return _dated(frame.replace("-", None), "birth_date")


def ten(activities="F2 " * 10, homes="U1 " * 10, touches="YES " * 10):
    """Ten care leavers who turned 19, 20 or 21 in 2020-21, with the answers given."""
    born = ["2001-04-01", "2000-07-15", "2000-03-31", "2002-03-31", "2001-02-28"] * 2
    answers = zip(born, touches.split(), activities.split(), homes.split(), strict=True)
    return oc3(*(f"c{place} {' '.join(row)}" for place, row in enumerate(answers)))


def listed(*rows):
    """Annex A list 9 from "child born touch activity accommodation suitability", of 31 March 2021 unless a seventh word
    says another day."""
    split = [row.split() for row in rows]
    frame = pd.DataFrame(
        [[*row[:6], row[6] if len(row) > 6 else "2021-03-31"] for row in split],
        columns=["child_id", "birth_date", "in_touch", "activity", "accommodation", "suitability", "extract_date"],
    )
    return _dated(frame.replace("-", None), "birth_date", "extract_date")


def care(*rows):
    """Periods of care from "child start end reason", a dash for none."""
    frame = pd.DataFrame(
        [row.split() for row in rows], columns=["child_id", "care_start", "care_end", "reason_ceased"]
    ).replace("-", None)
    return _dated(frame, "care_start", "care_end")


def born(**children):
    """The table of children with their birth dates."""
    frame = pd.DataFrame({"child_id": list(children), "birth_date": list(children.values())}, dtype=object)
    return _dated(frame.replace("-", None), "birth_date")


def episodes(*rows):
    """Episodes from "child start end place", a dash for no end."""
    frame = pd.DataFrame(
        [row.split() for row in rows], columns=["child_id", "episode_start", "episode_end", "place"]
    ).replace("-", None)
    return _dated(frame, "episode_start", "episode_end")


def _dated(frame, *columns):
    return frame.assign(**{column: pd.to_datetime(frame[column]) for column in columns})
