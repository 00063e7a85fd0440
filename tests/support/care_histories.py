"""Episodes of care made up at random, with everything that a return can hold: to judge clever counting by plain loops."""

from functools import cache

import numpy as np
import pandas as pd

COLUMNS = (
    "child_id", "episode_start", "episode_end", "reason_new_episode", "legal_status", "place", "place_provider",
    "reason_ceased", "reason_place_change", "placement_square", "distance_miles", "in_own_area",
)  # fmt: skip
DEFAULTS = {
    "legal_status": "C2", "place": "U6", "place_provider": "PR1", "reason_ceased": None, "reason_place_change": None,
    "placement_square": None, "distance_miles": np.nan, "in_own_area": pd.NA,
}  # fmt: skip
PLACES = ("U1", "U6", "U6", "K2", "P1", "A3", "A5", "A6", "T1", "T3", "T4", "S1", "H5")
PROVIDERS = ("PR0", "PR1", "PR2", "PR4", "PR5", None)
SQUARES = ("NZ4920", "NZ5020", None)
LEAVING = ("E11", "E12", "E2", "E3", "E4A", "E4B", "E45", "E46", "E47", "E5", "E8", "E17", "E41")
CHANGES = ("CARPL", "CREQB", "PLACE", None)


def episodes(*rows, **every):
    """A tidy table of episodes: rows of child, start, end, reason for new episode and, as a dict, what else is not usual."""
    made = []
    for child, start, end, reason, *more in rows:
        told = {**DEFAULTS, **every, **(more[0] if more else {})}
        made.append(
            {"child_id": child, "episode_start": start, "episode_end": end, "reason_new_episode": reason, **told}
        )
    frame = pd.DataFrame(made, columns=list(COLUMNS))
    for day in ("episode_start", "episode_end"):
        frame[day] = pd.to_datetime(frame[day]).astype("datetime64[us]")
    frame["in_own_area"] = frame["in_own_area"].astype("boolean")
    frame["distance_miles"] = frame["distance_miles"].astype(float)
    return frame


def care(*rows):
    """Periods of care: rows of child, start, end and, where it matters, the reason ceased."""
    frame = pd.DataFrame(
        [(*row, None)[:4] for row in rows], columns=["child_id", "care_start", "care_end", "reason_ceased"]
    )
    for day in ("care_start", "care_end"):
        frame[day] = pd.to_datetime(frame[day]).astype("datetime64[us]")
    return frame.assign(start_known=True)


def at_random(seed, children=50):
    """A copy of what `_at_random` makes."""
    return _at_random(seed, children).copy()


@cache
def _at_random(seed, children):
    """Episodes of `children`, a few of them wrong: overlapping, without an end, of no length, under short breaks."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(children):
        day = pd.Timestamp("2018-01-01") + pd.Timedelta(days=int(rng.integers(0, 900)))
        reason = "S" if rng.random() < 0.9 else "L"
        settled = str(rng.choice(PLACES[:5]))
        for _ in range(int(rng.integers(1, 12))):
            length = int(rng.choice([0, 1, 5, 20, 60, 150, 400], p=[0.05, 0.1, 0.15, 0.2, 0.25, 0.15, 0.1]))
            end = day + pd.Timedelta(days=length)
            going_on = rng.random() < 0.85
            place = str(rng.choice(PLACES)) if reason != "L" else settled
            if rng.random() < 0.3:
                place = settled  # comes back
            told = {
                "legal_status": str(rng.choice(["C1", "C2", "V2", "V4"], p=[0.3, 0.35, 0.3, 0.05])),
                "place": place,
                "place_provider": PROVIDERS[rng.integers(0, len(PROVIDERS))],
                "reason_ceased": "X1" if going_on else str(rng.choice(LEAVING)),
                "reason_place_change": CHANGES[rng.integers(0, len(CHANGES))],
                "placement_square": SQUARES[rng.integers(0, len(SQUARES))],
                "distance_miles": [1.0, 4.9, 12.0, 20.0, 20.1, 60.0, np.nan][rng.integers(0, 7)],
                "in_own_area": [True, False, pd.NA][rng.integers(0, 3)],
            }
            if rng.random() < 0.04:
                end, told["reason_ceased"] = None, None
            rows.append((f"c{number:03d}", day, end, reason, told))
            if not place.startswith("T"):
                settled = place
            if end is not None:
                day = end if going_on else end + pd.Timedelta(days=int(rng.integers(0, 200)))
                if rng.random() < 0.05:
                    day = day - pd.Timedelta(days=3)
            else:
                day = day + pd.Timedelta(days=10)
            reason = str(rng.choice(["P", "L", "T", "B", "U"], p=[0.4, 0.3, 0.15, 0.1, 0.05])) if going_on else "S"
    frame = episodes(*rows)
    frame = frame.sample(frac=1, random_state=seed, ignore_index=True)
    wrong = frame.index[frame.index % 97 == 5]
    frame.loc[wrong, "episode_start"] = pd.NaT
    return frame


def born(*rows):
    """Children: rows of child and date of birth."""
    frame = pd.DataFrame(rows, columns=["child_id", "birth_date"])
    return frame.assign(birth_date=pd.to_datetime(frame["birth_date"]).astype("datetime64[us]"))


def born_at_random(seed, children=50):
    """Children of `at_random`, aged 6 to 18 at the end of March 2021; some dates of birth are missing."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(children):
        day = pd.Timestamp("2003-01-01") + pd.Timedelta(days=int(rng.integers(0, 4400)))
        rows.append((f"c{number:03d}", None if rng.random() < 0.05 else day))
    return born(*rows)
