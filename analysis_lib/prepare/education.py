"""The virtual school's extract as the tidy table `pupils`, joined to the council's children."""

from __future__ import annotations

import pandas as pd

from analysis_lib.errors import DataProblem
from analysis_lib.prepare.given import Given, Made
from analysis_lib.prepare.identifiers import PUPIL, hashed
from analysis_lib.sources.table import TEXT_DTYPE, WARNING
from analysis_lib.sources.tables.virtual_school import TABLE as VIRTUAL_SCHOOL

MADE_OF = {"pupils": ("virtual_school",)}
_IDENTIFIERS = ("UPN", "CHILD")
NAMES = {"pupils": {each.name: each.name.lower() for each in VIRTUAL_SCHOOL.columns if each.name not in _IDENTIFIERS}}


def tables(given: Given) -> Made:
    """The table of `MADE_OF`, where the extract is there."""
    if "virtual_school" not in given.frames:
        return {}, []
    pupils, problems = tidy_pupils(given.frames["virtual_school"], given.frames.get("header"), given.key)
    return {"pupils": pupils}, problems


def tidy_pupils(
    pupils: pd.DataFrame, header: pd.DataFrame | None, key: bytes
) -> tuple[pd.DataFrame, list[DataProblem]]:
    """One row per pupil and academic year, joined to the council's child by CHILD or, where it is blank, by UPN.

    A pupil whose UPN no SSDA903 header has is counted under a hash of the UPN, and reported.
    """
    rows = pupils.assign(child_id=pupil_ids(pupils, header, key)).sort_values(
        ["_extract", "_year", "_file", "_line"], kind="stable"
    )
    rows = rows.drop_duplicates(["child_id", "ACADEMIC_YEAR"], keep="last")
    tidy = rows[["child_id", *NAMES["pupils"]]].rename(columns=NAMES["pupils"])
    tidy = tidy.assign(academic_year=tidy["academic_year"] + "-AY")
    tidy = tidy.sort_values(["academic_year", "child_id"], ignore_index=True)
    return tidy, _unmatched_pupils(pupils[_children(pupils, header).isna()], header is not None)


def pupil_ids(pupils: pd.DataFrame, header: pd.DataFrame | None, key: bytes) -> pd.Series:
    """The `child_id` of each row of the extract: the council's child where the pupil is known as one, else by UPN."""
    child = _children(pupils, header)
    return hashed(child, key).where(child.notna(), hashed(pupils["UPN"], key, PUPIL))


def _children(pupils: pd.DataFrame, header: pd.DataFrame | None) -> pd.Series:
    """The council's identifier of each pupil, missing where neither CHILD nor the UPN tells."""
    return pupils["CHILD"].where(pupils["CHILD"].notna(), pupils["UPN"].map(children_by_upn(header)))


def children_by_upn(header: pd.DataFrame | None) -> pd.Series:
    """CHILD by UPN from the SSDA903 header; UN1 to UN5 (none) and numbers that two children share are left out."""
    if header is None:
        return pd.Series(dtype=TEXT_DTYPE)
    known = header.dropna(subset=["UPN"])[["UPN", "CHILD"]].drop_duplicates()
    known = known[~known["UPN"].str.fullmatch(r"UN\d")]
    return known[~known["UPN"].duplicated(keep=False)].set_index("UPN")["CHILD"]


def _unmatched_pupils(pupils: pd.DataFrame, has_header: bool) -> list[DataProblem]:
    advice = (
        "The pupil is counted, but cannot be joined to the SSDA903. Give CHILD, or correct the UPN in either system."
    )
    if not has_header:
        expected = "an SSDA903 header to join the pupils to; there is none among the returns"
        return [DataProblem(file, 0, "UPN", "", expected, advice, WARNING) for file in sorted(pupils["_file"].unique())]
    expected = "a UPN that the SSDA903 header has for one child"
    return [
        DataProblem(file, int(line), "UPN", "", expected, advice, WARNING)
        for file, line in pupils[["_file", "_line"]].itertuples(index=False)
    ]
