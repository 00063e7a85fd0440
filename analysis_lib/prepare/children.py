"""The children whom any return names, each once: sex, day of birth, ethnicity."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis_lib.prepare import casework
from analysis_lib.prepare.given import Given, Made
from analysis_lib.prepare.join import in_order_of_return, is_among, mapped, renamed
from analysis_lib.sources.table import TEXT_DTYPE
from analysis_lib.sources.tables.youth_offending import GROUP_OF_CODE

MADE_OF = {"children": ("header", "list_06", "list_07", "list_10")}
HEADER_NAMES = {"SEX": "sex", "DOB": "birth_date", "ETHNIC": "ethnicity"}
LIST_NAMES = {"Gender": "SEX", "Date of Birth": "DOB", "Ethnicity": "ETHNIC"}
NAMES = {"children": HEADER_NAMES}
SEX_OF_CODE = {"M": "male", "1": "male", "F": "female", "2": "female"}


def tables(given: Given) -> Made:
    """The table of `MADE_OF`, where a header or a list is there."""
    children = tidy_children(given.frames, given.key)
    return ({}, []) if children is None else ({"children": children}, [])


def tidy_children(frames: Mapping[str, pd.DataFrame], key: bytes) -> pd.DataFrame | None:
    """One row per child that a header or a list names; None when there is neither.

    Each field is the latest that is not blank; the SSDA903 header comes before Annex A's lists.
    """
    people = _people_of_lists(frames)
    header = frames.get("header")
    if header is None and people is None:
        return None
    known = [people] if people is not None else []
    if header is not None:
        header = in_order_of_return(header, "_year")
        known.insert(0, header.groupby("CHILD")[list(HEADER_NAMES)].last())
    children = known[0].combine_first(known[1]) if len(known) == 2 else known[0]
    unaccompanied = frames["uasc"]["CHILD"] if "uasc" in frames else pd.Series(dtype=TEXT_DTYPE)
    children = children.rename_axis("CHILD").reset_index()
    tidy = renamed(children, "CHILD", HEADER_NAMES, key)
    return tidy.assign(
        sex=mapped(tidy["sex"], SEX_OF_CODE).fillna("unknown"),
        ethnic_group=ethnic_groups(tidy["ethnicity"]),
        uasc=is_among(children["CHILD"], unaccompanied),
    ).sort_values("child_id", ignore_index=True)


def ethnic_groups(codes: pd.Series) -> pd.Series:
    """The major group of each SSDA903 ethnicity code; Chinese is a group of its own; refused, not obtained and blank
    are "Not known"."""
    return mapped(codes, GROUP_OF_CODE).fillna("Not known")


def _people_of_lists(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame | None:
    lists = [
        frame[[casework.CHILD, *LIST_NAMES, "_extract"]]
        for name, frame in frames.items()
        if name.startswith("list_") and casework.CHILD in frame
    ]
    if not lists:
        return None
    people = pd.concat(lists, ignore_index=True).sort_values("_extract", kind="stable", na_position="first")
    return people.groupby(casework.CHILD)[list(LIST_NAMES)].last().rename(columns=LIST_NAMES)
