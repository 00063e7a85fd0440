"""Where children come from and where they are placed, without their postcodes: council, 1 km square, miles between."""

from __future__ import annotations

import pandas as pd

from analysis_lib.errors import DataProblem
from analysis_lib.prepare.postcodes import miles_between, places, plain, square_of
from analysis_lib.sources.table import WARNING

COLUMNS = (
    "home_council", "home_square", "placement_council", "placement_square", "distance_miles", "in_own_area",
)  # fmt: skip
HOME, PLACEMENT = "HOME_POST", "PL_POST"
_ADVICE = (
    "Distance, council and square of this row are missing. Correct the postcode in the case system and export again; one that "
    "has come into use since is in a later edition of the postcode directory."
)


def whereabouts(rows: pd.DataFrame, own_area: str = "") -> tuple[pd.DataFrame, list[DataProblem]]:
    """`COLUMNS` for rows of the SSDA903's episodes, in their order, and a warning for each postcode that is not one.

    Parameters
    ----------
    rows : DataFrame
        HOME_POST, PL_POST, `_file`, `_line`. A blank postcode is no problem: the return leaves many out on purpose.
    own_area : str
        Area code of the council whose return it is; without one `in_own_area` is missing.

    Returns
    -------
    DataFrame and list of DataProblem
        `distance_miles` is a straight line to one decimal (`miles_between`); councils are area codes, that of the county
        where there is one; `in_own_area` is whether the placement lies in the council's own area. Problems leave the
        postcode out.
    """
    spelled = {column: pd.factorize(rows[column]) for column in (HOME, PLACEMENT)}
    plains = {column: [plain(each) for each in distinct] for column, (_, distinct) in spelled.items()}
    known = places({each for those in plains.values() for each in those if each})
    known = known.assign(square=square_of(known))
    at = {
        # the row added last stands for a blank postcode, whose place in the list is -1
        column: known.reindex([*those, ""]).iloc[spelled[column][0]].reset_index(drop=True)
        for column, those in plains.items()
    }
    council = at[PLACEMENT]["council"]
    found = pd.DataFrame(
        {
            "home_council": at[HOME]["council"],
            "home_square": at[HOME]["square"],
            "placement_council": council,
            "placement_square": at[PLACEMENT]["square"],
            "distance_miles": miles_between(at[HOME], at[PLACEMENT]),
            "in_own_area": council.eq(own_area).astype("boolean").mask(council.isna() | (own_area == "")),
        }
    ).set_axis(rows.index)
    problems = [
        problem
        for column in (HOME, PLACEMENT)
        for problem in _unknown(rows, column, spelled[column][0], plains[column], known)
    ]
    return found, problems


def _unknown(rows: pd.DataFrame, column: str, spelled, plains: list[str], known: pd.DataFrame) -> list[DataProblem]:
    """The rows whose postcode has not the form of one, or is not in the directory, or has no place there."""
    placed = set(known.index[known["easting"].notna()])
    expected = {
        number: "a postcode in the directory, with a place" if each else "a postcode"
        for number, each in enumerate(plains)
        if each not in placed
    }
    if not expected:
        return []
    wrong = pd.Series(spelled).isin(list(expected)).to_numpy()
    return [
        DataProblem(file, int(line), column, "", expected[number], _ADVICE, WARNING)
        for file, line, number in zip(
            rows.loc[wrong, "_file"], rows.loc[wrong, "_line"], spelled[wrong].tolist(), strict=True
        )
    ]
