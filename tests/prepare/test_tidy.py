"""Checked frames to tidy tables: years joined, corrections named, identifiers gone."""

from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from analysis_lib.authority import Area
from analysis_lib.prepare import DEMONSTRATION_KEY, care_periods, prepare
from analysis_lib.prepare.children import ethnic_groups
from analysis_lib.prepare.councils import council_codes
from analysis_lib.prepare.identifiers import hashed
from analysis_lib.sources import read_returns

EPISODE_COLUMNS = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
HEADER_COLUMNS = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"


def tables_of(folder: Path, **files: str):
    for name, text in files.items():
        path = folder / (name.replace("__", "/").replace("_to_", "-") + ".csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return prepare(read_returns(folder))


def child(identifier: str) -> str:
    return hashed(pd.Series([identifier]), DEMONSTRATION_KEY)[0]


def episodes(*rows: str) -> str:
    """Episodes from "CHILD DECOM RNE LS PLACE DEC REC", a dash for blank."""
    lines = []
    for row in rows:
        name, start, reason, status, place, end, ceased = (part.replace("-", "") for part in row.split())
        lines.append(f"{name},{start},{reason},{status},N1,{place},PR1,{end},{ceased},,TS1 1HQ,TS1 2AP,SC123456\n")
    return EPISODE_COLUMNS + "".join(lines)


def days(*texts):
    return [pd.NaT if text is None else pd.Timestamp(text) for text in texts]


def test_an_episode_open_at_31_march_and_ceased_in_the_next_year_is_one_row(tmp_path):
    tables = tables_of(
        tmp_path,
        f2019_to_20__e=episodes("A1 01/03/2020 S C1 U6 - -"),
        f2020_to_21__e=episodes("A1 01/03/2020 S C1 U6 05/06/2020 X1", "A1 05/06/2020 L C2 U6 - -"),
    )
    found = tables["episodes"]
    assert found["episode_start"].tolist() == days("2020-03-01", "2020-06-05")
    assert found["episode_end"].tolist() == days("2020-06-05", None)
    assert found["reason_ceased"].tolist()[0] == "X1"
    assert list(tables["problems"]["expected"]) == []


SYNTHETIC = Path(__file__).resolve().parents[2] / "data/raw/synthetic/ssda903"


@pytest.mark.parametrize("newest_first", [False, True])
def test_one_file_of_several_years_gives_the_episodes_that_a_file_a_year_gives(tmp_path, newest_first):
    """The demonstration's three years, whose carry-over has no faults: nothing need be told by the year of a return."""
    years = ["2018-19", "2019-20", "2020-21"]
    for name in ("episodes", "missing", "placed_for_adoption"):
        texts = [(SYNTHETIC / year / f"{name}.csv").read_text() for year in years]
        rows = [text.split("\n", 1)[1] for text in texts]
        for year, text in zip(years, texts, strict=True):
            (tmp_path / "apart" / year).mkdir(parents=True, exist_ok=True)
            (tmp_path / "apart" / year / f"{name}.csv").write_text(text)
        (tmp_path / "merged").mkdir(exist_ok=True)
        header = texts[0].split("\n", 1)[0] + "\n"
        (tmp_path / f"merged/{name}.csv").write_text(header + "".join(reversed(rows) if newest_first else rows))
    apart, merged = (prepare(read_returns(tmp_path / name)) for name in ("apart", "merged"))
    assert len(apart["episodes"]) > 2_000
    for name in ("episodes", "care_periods"):
        assert_frame_equal(merged[name], apart[name])
    for name in ("missing_episodes", "placement_decisions"):
        order = list(apart[name].columns)
        assert_frame_equal(
            merged[name].sort_values(order, ignore_index=True), apart[name].sort_values(order, ignore_index=True)
        )


def test_in_a_file_of_several_years_an_open_row_that_no_later_row_ends_stays_open(tmp_path):
    """Which return it was in cannot be told, so neither can it be told that a later one lacks it."""
    ended = [f"B{number} 01/05/20{year} S C1 U6 01/08/20{year} E3" for year in (18, 19) for number in range(3)]
    tables = tables_of(tmp_path, e=episodes("A1 01/03/2019 S C1 U6 - -", *ended))
    assert tables["episodes"].loc[tables["episodes"]["child_id"] == child("A1"), "episode_end"].isna().all()


def test_the_later_return_wins_also_when_it_corrects_the_reason(tmp_path):
    tables = tables_of(
        tmp_path,
        f2019_to_20__e=episodes("A1 01/03/2020 P C1 U6 - -"),
        f2020_to_21__e=episodes("A1 01/03/2020 S C2 K2 - -"),
    )
    assert tables["episodes"][["reason_new_episode", "legal_status", "place"]].values.tolist() == [["S", "C2", "K2"]]


def test_an_open_episode_that_no_later_return_carries_on_is_closed_on_1_april_with_a_warning(tmp_path):
    tables = tables_of(
        tmp_path,
        f2019_to_20__e=episodes("A1 01/03/2020 S C1 U6 - -", "A2 01/02/2020 S C1 U6 - -"),
        f2020_to_21__e=episodes("A2 01/02/2020 S C1 U6 - -"),
    )
    found = tables["episodes"].set_index("child_id")["episode_end"]
    assert found[child("A1")] == pd.Timestamp("2020-04-01") and pd.isna(found[child("A2")])
    problem = tables["problems"].iloc[0]
    assert (problem["file"], problem["line"], problem["column"], problem["severity"]) == (
        "f2019-20/e.csv",
        2,
        "DEC",
        "warning",
    )
    assert "it is open and not carried on" in problem["expected"]
    assert problem["family"] == "ssda903"


def test_rows_repeated_within_and_between_returns_become_one(tmp_path):
    row = "A1 01/03/2020 S C1 U6 09/03/2020 E3"
    tables = tables_of(tmp_path, f2019_to_20__e=episodes(row, row), copy__f2019_to_20__e=episodes(row))
    assert len(tables["episodes"]) == 1


def test_a_reason_without_a_day_is_no_end(tmp_path):
    tables = tables_of(tmp_path, e=episodes("A1 01/03/2020 S C1 U6 - E3"))
    assert tables["episodes"]["reason_ceased"].isna().all() and tables["care_periods"]["care_end"].isna().all()


def test_care_periods_run_from_a_start_to_a_cease_that_is_not_followed(tmp_path):
    tables = tables_of(
        tmp_path,
        e=episodes(
            "A1 01/01/2018 S C1 U6 01/02/2018 X1",
            "A1 01/02/2018 L E1 U6 01/06/2018 X1",
            "A1 01/06/2018 P E1 A6 01/12/2018 E12",
            "A1 05/05/2020 S V2 K2 - -",  # came back
            "A2 01/01/2018 P C2 U6 01/02/2018 E4A",  # began before the returns
            "A3 01/01/2018 S V4 U6 01/02/2018 E8",  # short break
            "A4 01/01/2018 S V2 U6 01/02/2018 X1",  # a gap ends a period even after X1
            "A4 03/02/2018 P V2 U6 - -",
        ),
    )
    found = tables["care_periods"].set_index("child_id")
    assert child("A3") not in found.index
    first = found.loc[child("A1")]
    assert first["care_start"].tolist() == days("2018-01-01", "2020-05-05")
    assert first["care_end"].tolist() == days("2018-12-01", None)
    assert first["ended_by_adoption"].tolist() == [True, False]
    assert found.loc[child("A2"), ["reason_ceased", "start_known"]].tolist() == ["E4A", False]
    assert found.loc[child("A4"), "care_end"].tolist() == days("2018-02-01", None)


def naive_care_periods(rows: pd.DataFrame) -> list[tuple]:
    """A plain loop over the episodes of each child, as a judge; where they overlap, the one that ends last decides."""
    periods = []
    rows = rows[~rows["legal_status"].isin(["V3", "V4"])]
    for name, own in rows.sort_values(["child_id", "episode_start", "episode_end"]).groupby("child_id"):
        latest, latest_end = None, None
        for row in own.itertuples():
            end = row.episode_end
            if pd.isna(end):
                end = pd.Timestamp.max if row.Index == own.index[-1] else row.episode_start
            goes_on = (
                latest is not None
                and row.reason_new_episode != "S"
                and (pd.isna(latest.reason_ceased) or latest.reason_ceased == "X1")
                and (pd.isna(latest.episode_end) or row.episode_start <= latest.episode_end)
            )
            if not goes_on:
                periods.append([name, row.episode_start, None, pd.Timestamp.min])
            if end >= periods[-1][3]:
                periods[-1][2:] = row.episode_end, end
            if latest is None or end >= latest_end:
                latest, latest_end = row, end
    return [tuple(period[:3]) for period in periods]


def test_where_episodes_overlap_the_one_that_ends_last_decides(tmp_path):
    tables = tables_of(
        tmp_path,
        e=episodes(
            "A1 01/01/2018 S C1 U6 01/06/2019 X1",  # open all the while, says this one
            "A1 01/03/2018 P C1 U6 01/05/2018 E4A",  # and this one that care ceased
            "A1 01/06/2019 L C2 U6 01/09/2019 E4A",
            "A2 01/01/2018 S C1 U6 - -",  # never ended: the next one follows it
            "A2 01/03/2018 P C1 U6 01/05/2018 E4A",
        ),
    )
    found = tables["care_periods"].set_index("child_id")
    assert found.loc[child("A1"), ["care_start", "care_end", "reason_ceased"]].tolist() == [
        *days("2018-01-01", "2019-09-01"), "E4A",
    ]  # fmt: skip
    assert found.loc[child("A2"), ["care_start", "care_end"]].tolist() == days("2018-01-01", "2018-05-01")


SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "real-data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared: the peer-made returns")


@pytest.fixture(scope="module")
def five_years():
    return prepare(read_returns(SHARED / "ssda903-five-years"))


@needs_shared
def test_care_periods_of_the_five_year_set_equal_a_plain_loop(five_years):
    found = five_years["care_periods"]
    assert [
        (row.child_id, row.care_start, row.care_end if pd.notna(row.care_end) else None) for row in found.itertuples()
    ] == [
        (name, start, end if pd.notna(end) else None) for name, start, end in naive_care_periods(five_years["episodes"])
    ]


def naive_stocks(folder: Path, years: range) -> dict[int, set[str]]:
    """Children looked after at 31 March after each year, by a plain loop over the files (no code of ours).

    The last file that has a child's episode from a day tells of it; what is open there is counted up to that file's year.
    """
    told = {}
    for year in years:
        for row in pd.read_csv(folder / f"{year}/episodes.csv", dtype=str).itertuples():
            told[row.CHILD, row.DECOM] = (year, row)
    stocks = {year: set() for year in years}
    for (name, start), (last_year, row) in told.items():
        for year in years:
            census = pd.Timestamp(year + 1, 3, 31)
            begun = pd.to_datetime(start, format="%d/%m/%Y") <= census
            if isinstance(row.DEC, str):
                still_open = pd.to_datetime(row.DEC, format="%d/%m/%Y") > census
            else:
                still_open = last_year == years[-1] or year <= last_year
            if begun and still_open and row.LS not in ("V3", "V4"):
                stocks[year].add(name)
    return stocks


@needs_shared
def test_stocks_of_the_five_year_set_equal_a_plain_loop(five_years):
    tidy = five_years["episodes"]
    stocks = naive_stocks(SHARED / "ssda903-five-years", range(2017, 2022))
    assert [len(stock) for stock in stocks.values()] == [466, 288, 181, 119, 55]
    for year, stock in stocks.items():
        census = pd.Timestamp(year + 1, 3, 31)
        is_open = (tidy["episode_start"] <= census) & ~(tidy["episode_end"] <= census)
        is_counted = is_open & ~tidy["legal_status"].isin(["V3", "V4"])
        assert set(tidy.loc[is_counted, "child_id"]) == {child(name) for name in stock}, year


@needs_shared
def test_the_last_stock_of_the_five_year_set_is_that_of_the_last_return_alone(five_years):
    last = pd.read_csv(SHARED / "ssda903-five-years/2021/episodes.csv", dtype=str)
    is_open = last["DEC"].isna() & ~last["LS"].isin(["V3", "V4"])
    tidy = five_years["episodes"]
    still_open = tidy[tidy["episode_end"].isna() & ~tidy["legal_status"].isin(["V3", "V4"])]
    assert set(still_open["child_id"]) == {child(name) for name in last.loc[is_open, "CHILD"]}


@needs_shared
def test_the_adopted_child_of_the_mini_return():
    tables = prepare(read_returns(SHARED / "ssda903-clean-mini"))
    expected = pd.DataFrame(
        {
            "child_id": [child("T002")],
            "return_year": ["2025-26"],
            "decision_date": days("2024-01-10"),
            "match_date": days("2024-05-30"),
            "adopted_by_foster_carer": pd.array([False], dtype="boolean"),
        }
    )
    assert_frame_equal(tables["adoptions"], expected, check_dtype=False)
    period = tables["care_periods"].set_index("child_id").loc[child("T002")]
    assert (period["care_start"], period["care_end"], period["ended_by_adoption"]) == (
        pd.Timestamp("2023-09-10"), pd.Timestamp("2025-05-30"), True,
    )  # fmt: skip


def test_previous_permanence_has_a_row_a_return_and_a_date_where_all_of_it_is_known(tmp_path):
    head = "CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM\n"
    tables = tables_of(
        tmp_path,
        f2019_to_20__p=head + "A1,01/01/2010,P1,806,ZZ/ZZ/2015\nA2,01/01/2010,Z1,,\nA3,01/01/2010,P2,806,31/02/2016\n",
        f2020_to_21__p=head + "A1,01/01/2010,P2,OUT,23/03/2016\nA2,01/01/2010,P4,,ZZ/ZZ/ZZZZ\n",
    )
    found = tables["previous_permanence"].sort_values(["return_year", "permanence"], ignore_index=True)
    expected = pd.DataFrame(
        {
            "child_id": [child("A1"), child("A3"), child("A2"), child("A1"), child("A2")],
            "return_year": ["2019-20"] * 3 + ["2020-21"] * 2,
            "permanence": ["P1", "P2", "Z1", "P2", "P4"],
            "permanence_council": ["806", "806", None, "OUT", None],
            "permanence_date": days(None, None, None, "2016-03-23", None),
            "permanence_year": pd.array([2015, None, None, 2016, None], dtype="Int64"),
        }
    )
    assert_frame_equal(found, expected, check_dtype=False)
    assert (tables["problems"]["column"] == "DATE_PERM").sum() == 1


def test_children_take_the_latest_filled_field_and_either_years_sex_code(tmp_path):
    tables = tables_of(
        tmp_path,
        f2020_to_21__h=HEADER_COLUMNS + "A1,2,01/02/2010,NOBT,,,\nA2,1,03/04/2011,CHNE,,,\nA3,U,,REFU,,,\n",
        f2024_to_25__h=HEADER_COLUMNS + "A1,F,,WBRI,,,\n",
        f2024_to_25__u="CHILD,SEX,DOB,DUC\nA2,M,03/04/2011,\n",
    )
    found = tables["children"].set_index("child_id")
    assert found.loc[child("A1")].tolist() == ["female", pd.Timestamp("2010-02-01"), "WBRI", "White", False]
    assert found.loc[child("A2")].tolist() == ["male", pd.Timestamp("2011-04-03"), "CHNE", "Chinese", True]
    assert found.loc[child("A3"), ["sex", "ethnic_group"]].tolist() == ["unknown", "Not known"]


def test_every_ethnicity_code_has_a_group():
    from analysis_lib.sources.tables.ssda903 import ETHNICITY

    groups = ethnic_groups(pd.Series(list(ETHNICITY.meanings)))
    assert groups.value_counts().to_dict() == {
        "White": 5, "Mixed": 4, "Asian": 4, "Black": 3, "Not known": 2, "Chinese": 1, "Other": 1,
    }  # fmt: skip


def test_a_child_without_a_header_row_is_counted(tmp_path):
    tables = tables_of(
        tmp_path,
        e=episodes("A1 01/03/2020 S C1 U6 - -", "A9 01/03/2020 S C1 U6 - -"),
        h=HEADER_COLUMNS + "A1,2,01/02/2010,WBRI,,,\n",
    )
    assert len(tables["episodes"]) == 2


PLANS = "Child Unique ID,Gender,Ethnicity,Date of Birth,Age,CIN Start Date,CIN Closure Date,Primary Need Code,Reason for Closure\n"


OC2_COLUMNS = (
    "CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,HEALTH_CHECK,IMMUNISATIONS,TEETH_CHECK,HEALTH_ASSESSMENT,SUBSTANCE_MISUSE,"
    "INTERVENTION_RECEIVED,INTERVENTION_OFFERED\n"
)


def test_health_outcomes_are_one_row_a_child_and_year_and_a_blank_answer_is_missing(tmp_path):
    first = "1,01/02/2008,17,,0,,1,0,1,1,0,1\n1,01/02/2008,18,,0,,1,0,1,1,0,1\n2,01/02/2019,,SDQ1,,1,,1,0,0,,\n"
    second = "1,01/02/2008,,SDQ2,1,,0,,1,0,,\n"
    found = tables_of(tmp_path, **{"2019_to_20__oc2": OC2_COLUMNS + first, "2020_to_21__oc2": OC2_COLUMNS + second})
    tidy = found["health_outcomes"]
    assert tidy["child_id"].tolist() == [child("1"), child("2"), child("1")]
    assert tidy["return_year"].tolist() == ["2019-20", "2019-20", "2020-21"]
    assert tidy["sdq_score"].fillna(-1).tolist() == [18, -1, -1]
    assert tidy["sdq_reason"].fillna("").tolist() == ["", "SDQ1", "SDQ2"]
    answers = tidy.drop(columns=["child_id", "return_year", "sdq_score", "sdq_reason"])
    assert set(answers.dtypes.astype(str)) == {"boolean"}
    assert {name: ["-" if pd.isna(each) else each for each in answers[name]] for name in answers} == {
        "convicted": [False, "-", True],
        "development_checked": ["-", True, "-"],
        "immunised": [True, "-", False],
        "teeth_checked": [False, True, "-"],
        "health_assessed": [True, False, True],
        "substance_misuse": [True, False, False],
        "intervention_received": [False, "-", "-"],
        "intervention_offered": [True, "-", "-"],
    }


WORKER_COLUMNS = "CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON\n"


def test_social_workers_of_several_returns_are_one_history(tmp_path):
    first = "1,01/02/2008,SW01,03/05/2023,,FCONTA\n2,01/02/2008,SW01,01/06/2023,,FCONTA\n"
    second = "1,01/02/2008,SW01,03/05/2023,10/06/2024,FCONTA\n1,01/02/2008,SW02,10/06/2024,,LEFTRL\n"
    found = tables_of(tmp_path, **{"2023_to_24__sw": WORKER_COLUMNS + first, "2024_to_25__sw": WORKER_COLUMNS + second})
    tidy = found["social_workers"].set_index("worker_start").sort_index()
    assert tidy.index.tolist() == days("2023-05-03", "2023-06-01", "2024-06-10")
    assert tidy["child_id"].tolist() == [child("1"), child("2"), child("1")]
    # What no later return has is told to the last day of its return: nobody asks who worked with a child who has left.
    assert tidy["worker_end"].tolist() == days("2024-06-10", "2024-04-01", None)
    assert tidy["reason_new_worker"].tolist() == ["FCONTA", "FCONTA", "LEFTRL"]
    numbers = hashed(pd.Series(["SW01", "SW01", "SW02"]), DEMONSTRATION_KEY, b"social worker").tolist()
    assert tidy["worker_id"].tolist() == numbers
    assert found["problems"].empty


def test_plans_of_several_extracts_are_joined_and_the_latest_wins(tmp_path):
    tables = tables_of(
        tmp_path,
        a__f2019_to_20__l=PLANS
        + "A1,b) Female,a) WBRI,01/02/2010,10,05/06/2019,,N1 - Abuse or neglect,\n"
        + "A2,a) Male,a) WBRI,01/02/2010,10,05/06/2019,,N5,\n",
        a__f2020_to_21__l=PLANS + "A1,b) Female,a) WBRI,01/02/2010,11,05/06/2019,07/08/2020,a) N1,a) Stepped down\n",
    )
    found = tables["cin_plans"].set_index("child_id")
    first = ["plan_start", "plan_end", "primary_need", "closure_reason"]
    assert found.loc[child("A1"), first].tolist() == [*days("2019-06-05", "2020-08-07"), "N1", "Stepped down"]
    assert found.loc[child("A2"), "plan_end"] == pd.Timestamp("2020-04-01")  # not in the next list: ended
    assert "not carried on" in tables["problems"]["expected"].str.cat(sep=" ")
    assert tables["children"].set_index("child_id").loc[child("A2"), "sex"] == "male"


def test_a_child_whose_assessment_is_open_has_no_plan(tmp_path):
    listed = PLANS.replace("Reason for Closure", "Reason for Closure,Case Status")
    tables = tables_of(
        tmp_path,
        a__f2019_to_20__l=listed
        + "A1,b) Female,a) WBRI,01/02/2010,10,05/06/2019,,N1,,c) Child in need plan\n"
        + "A2,a) Male,a) WBRI,01/02/2010,10,05/03/2020,,N5,,d) Open assessment\n"
        + "A3,a) Male,a) WBRI,01/02/2010,10,05/03/2019,06/06/2019,N5,RC7,\n",
    )
    assert set(tables["cin_plans"]["child_id"]) == {child("A1"), child("A3")}


DECISIONS = """Child Unique ID,Date the Child Entered Care,Date of Decision that Child Should be Placed for Adoption,\
Date of Placement Order,Date of Matching Child and Prospective Adopters,Date Placed for Adoption,Date of Adoption Order,\
Date of Decision that Child Should No Longer be Placed for Adoption
"""


def test_the_adoption_list_has_one_row_per_child_and_decision(tmp_path):
    tables = tables_of(
        tmp_path,
        f2019_to_20__l=DECISIONS + "A1,01/01/2020,,,,,,\nA2,01/01/2019,01/06/2019,,,,,\n",
        f2020_to_21__l=DECISIONS + "A1,01/01/2020,02/05/2020,03/06/2020,,,,\nA2,01/01/2019,01/06/2019,,,,,09/09/2020\n",
    )
    found = tables["adoption_list"].set_index("child_id")
    assert len(found) == 2
    assert found.loc[child("A1"), ["extract_date", "decision_date", "placement_order_date"]].tolist() == days(
        "2020-09-09", "2020-05-02", "2020-06-03"
    )
    assert found.loc[child("A2"), "decision_reversed_date"] == pd.Timestamp("2020-09-09")


def test_the_adoptive_family_has_one_hash_on_lists_10_and_11(tmp_path):
    tables = tables_of(
        tmp_path,
        c=DECISIONS.replace("Child Unique ID", "Child Unique ID,Family identifier")
        + "A1,F1,01/01/2020,,,,,,\nA2,,01/01/2019,01/06/2019,,,,,\n",
        a=ADOPTERS + "F1,F1,Yes,01/02/2020,,,,,,,,,,,,,\n",
    )
    listed = tables["adoption_list"].set_index("child_id")["family_id"]
    (adopter,) = tables["adopters"].to_dict("records")
    assert listed[child("A1")] == adopter["family_id"] and pd.isna(listed[child("A2")])
    assert adopter["family_id"] not in (child("F1"), adopter["adopter_id"]) and adopter["adopter_id"] != child("F1")


ADOPTERS = (
    "Individual adopter identifier,Family identifier,Is the (prospective) adopter fostering for adoption?,"
    "Date enquiry received,Date Stage 1 started,Date Stage 1 ended,Date Stage 2 started,Date Stage 2 ended,"
    "Date application submitted,Date application approved,Date adopter matched with child(ren),"
    "Date child/children placed with adopter(s),No. of children placed,Date of Adoption Order,"
    "Date of leaving adoption process,Reason for leaving adoption process,Gender\n"
)


def test_adopters_have_one_row_an_enquiry_as_the_latest_extract_has_it(tmp_path):
    early = "P1,F1,a) Yes,01/02/2019,02/03/2019,,,,,,,,,,,,b) Female\n"
    late = (
        "P1,F1,a) Yes,01/02/2019,02/03/2019,03/04/2019,04/05/2019,05/08/2019,06/07/2019,07/08/2019,08/09/2019,"
        "09/10/2019,2,10/08/2020,11/08/2020,b) Adopted,b) Female\nP1,F1,b) No,01/09/2020,,,,,,,,,,,,,\n"
    )
    found = tables_of(tmp_path, f2018_to_19__a=ADOPTERS + early, f2020_to_21__a=ADOPTERS + late)["adopters"]
    assert found["enquiry_date"].tolist() == days("2019-02-01", "2020-09-01")
    assert found["adopter_id"].nunique() == 1 and list(found)[:2] == ["adopter_id", "extract_date"]
    first = found.iloc[0]
    dates = ["stage_1_start", "stage_1_end", "stage_2_start", "stage_2_end", "application_date", "approval_date",
             "match_date", "placed_date", "adoption_date", "left_date"]  # fmt: skip
    assert first[dates].tolist() == days(
        "2019-03-02", "2019-04-03", "2019-05-04", "2019-08-05", "2019-07-06", "2019-08-07", "2019-09-08", "2019-10-09",
        "2020-08-10", "2020-08-11",
    )  # fmt: skip
    assert (first["fosters_for_adoption"], first["children_placed"], first["left_reason"]) == (True, 2, "Adopted")


OC3 = "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM\n"


def test_a_care_leaver_has_one_row_for_each_year_of_oc3(tmp_path):
    tables = tables_of(
        tmp_path,
        f2019_to_20__o=OC3 + "A1,01/02/2002,YES,F2,U1\n",
        f2020_to_21__o=OC3 + "A1,01/02/2002,NO,0,0\nA2,05/06/2001,REFU,G5,S2\n",
    )
    found = tables["care_leavers"]
    assert found.drop(columns=["child_id", "birth_date"]).values.tolist() == [
        ["2019-20", "YES", "F2", "U1"],
        ["2020-21", "NO", "0", "0"],
        ["2020-21", "REFU", "G5", "S2"],
    ]
    assert found["child_id"].tolist() == [child("A1"), child("A1"), child("A2")]
    assert found["birth_date"].tolist() == days("2002-02-01", "2002-02-01", "2001-06-05")


LEAVERS = (
    "Child Unique ID,Gender,Ethnicity,Date of Birth,Eligibility Category,LA in Touch,Latest Date of Contact,"
    "Type of Accommodation,Suitability of Accommodation,Activity Status\n"
)


def test_list_9_is_kept_extract_by_extract_with_codes_where_it_has_them(tmp_path):
    def row(name, touch, home, suitability, activity, contact="01/03/2020"):
        return f"{name},b) Female,a) WBRI,01/02/2001,b) Former relevant child,{touch},{contact},{home},{suitability},{activity}\n"

    tables = tables_of(
        tmp_path,
        f2018_to_19__l=LEAVERS + row("A1", "a) Yes", "U", "a) Suitable", "F2", "01/03/2019"),
        f2019_to_20__l=LEAVERS
        + row(
            "A1", "b) No", "y: Other accommodation".capitalize(), "b) Unsuitable", "g5: Not in education".capitalize()
        )
        + row(
            "A2", "REFU: Refuses contact", "K) Ordinary lodgings", "Not suitable", "F1: Full time in higher education"
        )
        + row("A3", "a) Yes", "A flat of her own", "", "Works")
        + row("A4", "yes", "X2", "", "P4", ""),
    )
    found = tables["care_leaver_list"]
    assert found["child_id"].tolist() == [child(name) for name in ("A1", "A1", "A2", "A3", "A4")]
    assert found["extract_date"].tolist() == days("2019-03-31", *["2020-03-31"] * 4)
    assert found["in_touch"].tolist() == ["YES", "NO", "REFU", "YES", "YES"]
    assert found["accommodation"].tolist() == ["U", "Y", "K", "A flat of her own", "X"]
    assert found["suitability"].fillna("").tolist() == ["suitable", "unsuitable", "unsuitable", "", ""]
    assert found["activity"].tolist() == ["F2", "G5", "F1", "Works", "P4"]
    assert found["eligibility"].eq("Former relevant child").all()
    assert found["latest_contact"].tolist() == days("2019-03-01", *["2020-03-01"] * 3, None)
    assert found["birth_date"].eq(pd.Timestamp("2001-02-01")).all()


PUPILS = "UPN,CHILD,ACADEMIC_YEAR,NC_YEAR,KEY_STAGE_END,LOOKED_AFTER_12M,KS2_READING,ATTAINMENT_8\n"


def test_pupils_are_joined_by_child_or_by_upn_and_strangers_reported(tmp_path):
    tables = tables_of(
        tmp_path,
        h=HEADER_COLUMNS + "A1,F,01/02/2010,WBRI,A123456789012,,\nA2,F,01/02/2010,WBRI,UN1,,\n",
        v=PUPILS
        + "A123456789012,,2020/21,Year 6,KS2,Y,Y,\n,A2,2020-21,11,KS4,N,,38.5\nZ999999999999,,2020-21,R,,Y,,\n",
    )
    pupils = tables["pupils"].set_index("child_id")
    assert pupils.loc[child("A1"), ["academic_year", "nc_year", "ks2_reading"]].tolist() == ["2020-21-AY", "6", True]
    assert pupils.loc[child("A2"), "attainment_8"] == 38.5 and pd.isna(pupils.loc[child("A2"), "ks2_reading"])
    assert len(pupils) == 3
    unmatched = tables["problems"][tables["problems"]["column"] == "UPN"]
    assert unmatched[["file", "line", "value"]].values.tolist() == [["v.csv", 4, ""]]


def test_councils_of_cases_are_known_by_code_or_by_a_published_name(tmp_path):
    population = pd.DataFrame(
        {
            "area": ["Middlesbrough", "Redcar and Cleveland", "North East"],
            "area_code": ["E06000002", "E06000003", "E12000001"],
        }
    )
    (tmp_path / "y.csv").write_text(
        "CHILD,SEX,AGE,ETHNICITY,LOOKED_AFTER,COUNCIL,INTERVENTION_START,INTERVENTION_END\n"
        "1,F,15,,N,middlesbrough council,01/04/2021,\n2,,15,WBRI,N,Redcar & Cleveland,01/04/2021,\n"
        "3,F,15,WBRI,N,e06000003,01/04/2021,\n4,F,15,WBRI,N,Atlantis,01/04/2021,\n5,F,15,WBRI,N,,01/04/2021,\n"
    )
    tables = prepare(read_returns(tmp_path), {"population": population})
    cases = tables["youth_offending_cases"]
    assert cases["council_code"].fillna("").tolist() == ["E06000002", "E06000003", "E06000003", "", ""]
    assert cases["sex"].tolist()[1] == "unknown" and cases["ethnic_group"].tolist()[0] == "Not known"
    assert tables["problems"][["line", "value"]].values.tolist() == [[5, "Atlantis"]]
    assert "north east" not in council_codes([population])
    assert council_codes([], [Area("Elsewhere", "E08000035")]) == {"elsewhere": "E08000035"}


def test_two_systems_may_number_their_children_alike():
    number = pd.Series(["1001"])
    assert hashed(number, b"key")[0] != hashed(number, b"key", b"youth service")[0]
    assert hashed(number, b"key")[0] != hashed(number, b"other key")[0]
    assert hashed(pd.Series([None, "1"], dtype=object), b"key").isna().tolist() == [True, False]


def test_no_identifier_or_postcode_survives(tmp_path):
    tables = tables_of(
        tmp_path,
        h=HEADER_COLUMNS + "A1001,F,01/02/2010,WBRI,A123456789012,,\n",
        e=episodes("A1001 01/03/2020 S C1 U6 - -"),
        v=PUPILS + "A123456789012,,2020-21,6,KS2,Y,Y,\n",
        y="CHILD,SEX,AGE,ETHNICITY,LOOKED_AFTER,INTERVENTION_START,INTERVENTION_END\nY2002,F,15,WBRI,N,01/04/2021,\n",
    )
    text = "".join(table.to_csv() for table in tables.values())
    for secret in ("A1001", "Y2002", "A123456789012", "TS1 1HQ", "TS1 2AP", "SC123456"):
        assert secret not in text
    assert tables["episodes"]["child_id"].str.fullmatch("[0-9a-f]{16}").all()


def test_what_is_read_is_not_altered(tmp_path):
    (tmp_path / "e.csv").write_text(episodes("A1 01/03/2020 S C1 U6 - E3"))
    raw = read_returns(tmp_path)
    before = raw.frames["episodes"].copy(deep=True)
    prepare(raw)
    assert_frame_equal(raw.frames["episodes"], before)


def test_no_episodes_at_all_make_empty_tables(tmp_path):
    tables = tables_of(tmp_path, e=EPISODE_COLUMNS, h=HEADER_COLUMNS)
    assert len(tables["episodes"]) == len(tables["care_periods"]) == len(tables["children"]) == 0
    assert_frame_equal(care_periods(tables["episodes"]), tables["care_periods"])
