"""Councils named in local extracts, by their area codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from analysis_lib.authority import Area
from analysis_lib.errors import DataProblem
from analysis_lib.sources.table import TEXT_DTYPE, WARNING

COUNCIL_CODE = re.compile(r"[EWSN]\d{8}", re.IGNORECASE)


def council_codes(published: Iterable[pd.DataFrame], areas: Iterable[Area] = ()) -> dict[str, str]:
    """Area code by council name (lower case): from every published table that has both, and from `areas`."""
    pairs = [(area.name, area.code) for area in areas]
    for frame in published:
        if {"area", "area_code"} <= set(frame.columns):
            pairs += frame[["area", "area_code"]].dropna().drop_duplicates().itertuples(index=False, name=None)
    return {name.casefold(): code for name, code in pairs if re.fullmatch(r"[EW](0[6-9]|10)\d{6}", str(code))}


def coded_councils(
    rows: pd.DataFrame, codes: Mapping[str, str], consequence: str
) -> tuple[pd.Series, list[DataProblem]]:
    """The area code for each row's COUNCIL, missing where it is blank or not understood, and the latter as problems."""
    found = [_council_code(name, codes) for name in rows["COUNCIL"]]
    unknown = [
        isinstance(name, str) and not isinstance(code, str) for name, code in zip(rows["COUNCIL"], found, strict=True)
    ]
    advice = f"{consequence} Write the council's name in full, or its code (E06000002)."
    problems = [
        DataProblem(file, int(line), "COUNCIL", name[:60], "the name or area code of a council", advice, WARNING)
        for file, line, name in rows.loc[np.array(unknown, dtype=bool), ["_file", "_line", "COUNCIL"]].itertuples(
            index=False
        )
    ]
    return pd.Series(found, index=rows.index, dtype=TEXT_DTYPE), problems


def _council_code(name, codes: Mapping[str, str]):
    if not isinstance(name, str):
        return np.nan
    if COUNCIL_CODE.fullmatch(name):
        return name.upper()
    plain = re.sub(
        r"\b(borough|city|county|metropolitan|council|the|of)\b|[^a-z ]", " ", name.casefold().replace("&", " and ")
    )
    return codes.get(name.casefold(), codes.get(" ".join(plain.split()), np.nan))
