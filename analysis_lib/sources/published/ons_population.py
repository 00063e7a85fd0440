"""ONS's detailed mid-year estimates (table MYEB1): one row per local authority, sex and single year of age.

Columns: ladcode23 (the year of its geography), laname23, country, sex, age, population_2011 and so on, as two public
programs that read it name them; sex is m and f, or 1 (male) and 2 (female) in editions before the Census of 2021. The
sheet has a title above its header. No edition was at hand to compare figures with. County councils do not stand in it,
only their districts: they get no population from it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from analysis_lib.errors import DataProblem
from analysis_lib.sources.files.cells import Cells
from analysis_lib.sources.published.areas import COUNCIL, areas_by_code
from analysis_lib.sources.published.open_data import heading
from analysis_lib.sources.table import TEXT_DTYPE, WARNING

_CODE, _YEAR = re.compile(r"ladcode\d\d"), re.compile(r"population_(\d{4})")
_SEXES = {"m": "male", "male": "male", "1": "male", "f": "female", "female": "female", "2": "female"}
_OLDEST = 24  # children and care leavers; adults are not carried
_NOTHING = pd.DataFrame(columns=["area_code", "area", "year", "sex", "age", "population"])
_ADVICE = "The row is left out. Download the file again from the publisher."


def is_detailed_series(headings: Sequence[str]) -> bool:
    """Whether a file with these headings is table MYEB1."""
    return (
        {"sex", "age"} <= set(headings)
        and any(_CODE.fullmatch(name) for name in headings)
        and any(_YEAR.fullmatch(name) for name in headings)
    )


def read_detailed_series(cells: Cells, file: str) -> tuple[pd.DataFrame, list[DataProblem]]:
    """Children and young people up to 24 in councils: area_code, area, year, sex, age, population, and `persons` added up.

    Rows of other areas (districts of counties, the rest of the United Kingdom) are passed over. A row whose sex, age or
    number is not understood is left out, with a problem.
    """
    if not cells.table.num_rows:
        return _NOTHING.copy(), []
    headings = [heading(name) for name in cells.table.column_names]
    frame = pd.DataFrame(
        {name: cells.table.column(place).to_pylist() for place, name in reversed(list(enumerate(headings)))}
    ).assign(_line=cells.lines)
    code = next(name for name in headings if _CODE.fullmatch(name))
    councils = {each: area for each, area in areas_by_code().items() if area.kind == COUNCIL}
    frame = frame[frame[code].str.strip().isin(list(councils))]
    if frame.empty:
        return _NOTHING.copy(), []
    frame = frame.assign(
        area_code=[councils[each.strip()].code for each in frame[code]],
        area=[councils[each.strip()].name for each in frame[code]],
        sex=frame["sex"].str.strip().str.casefold().map(_SEXES),
        age=pd.to_numeric(frame["age"].where(frame["age"].str.fullmatch(r"\s*\d{1,3}\s*"))),
    )
    problems = [
        DataProblem(file, int(line), "sex, age", "", "m or f, and an age in years", _ADVICE)
        for line in frame.loc[frame[["sex", "age"]].isna().any(axis=1), "_line"]
    ]
    frame = frame.dropna(subset=["sex", "age"])
    frame = frame[frame["age"] <= _OLDEST]
    if frame.empty:
        return _NOTHING.copy(), problems
    years = [name for name in frame.columns if _YEAR.fullmatch(name)]
    keys = ["area_code", "area", "sex", "age", "_line"]
    long = frame.melt(id_vars=keys, value_vars=years, var_name="column", value_name="text")
    plain = long["text"].str.strip().str.replace(",", "")
    whole = plain.str.fullmatch(r"\d{1,9}(\.0+)?")
    for row in long.index[~whole]:
        text = long.loc[row, "text"][:60]
        place = (int(long.loc[row, "_line"]), long.loc[row, "column"])
        problems.append(DataProblem(file, *place, text, "a whole number", _ADVICE))
    long = long[whole].assign(population=pd.to_numeric(plain[whole]).astype(int))
    long = long.assign(year=long["column"].str[-4:].astype(int), age=long["age"].astype(int).astype(str))
    key = ["area_code", "area", "year", "sex", "age"]
    if (twice := long.duplicated(key)).any():
        expected = "one row for each area, sex and age; the first one is used"
        problems.append(DataProblem(file, int(long.loc[twice, "_line"].iloc[0]), "", "", expected, _ADVICE, WARNING))
        long = long[~twice]
    persons = long.groupby(["area_code", "area", "year", "age"], as_index=False).agg(
        population=("population", "sum"), sexes=("sex", "size")
    )
    persons = persons[persons["sexes"] == 2].assign(sex="persons")
    both = pd.concat([long, persons], ignore_index=True)[[*key, "population"]]
    return both.astype({"area_code": TEXT_DTYPE, "area": TEXT_DTYPE, "sex": TEXT_DTYPE, "age": TEXT_DTYPE}), problems
