"""Reading a folder of returns: spoil one thing in a good small example and look at the message."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis_lib.errors import DataError, UsageError
from analysis_lib.sources import TABLES, read_returns, recognise

HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nA1,2,14/05/2013,WBRI,A123456789012,0,\nA2,1,02/09/2012,MWBC,UN1,,\n"
EPISODES = """CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN
A1,10/01/2021,S,C2,N1,U6,PR1,15/02/2021,X1,CARPL,ME14 1XQ,CT1 2DA,SC123456
A1,15/02/2021,P,C2,N1,U4,PR1,,,,ME14 1XQ,TN23 1PL,SC123456
A2,20/03/2021,S,V2,N6,K2,PR4,,,,ME14 1XQ,CT11 9EL,SC654321
"""
CP_PLANS = """Child Unique ID ,Gender,ETHNICITY,Date of birth,Age,Child protection plan - start date,\
Initial category of abuse,"Latest ""category"" of abuse",Child Protection Plan End Date,\
Number of Previous Child Protection Plans
A1,b) Female,a) WBRI,14/05/2013,7,01/02/2021,a) Neglect,Neglect,,0
A3,a) Male,t) NOBT,2015-01-02 00:00:00,6,03/04/2020,b) Physical abuse,b) Physical abuse,04/05/2020,1
"""
YOUTH = """CHILD,SEX,DATE_OF_BIRTH,ETHNICITY,LOOKED_AFTER,COUNCIL,INTERVENTION_START,INTERVENTION_END
Y1,F,14/05/2006,WBRI,N,Middlesbrough,12/04/2021,30/09/2021
Y2,male,2005-11-02,Mixed,yes,E06000003,03/06/2021,
"""


def folder_of(folder: Path, **files: str) -> Path:
    """A folder of returns; a double underscore in a name makes a subfolder."""
    for name, text in files.items():
        path = folder / (name.replace("__", "/").replace("_to_", "-") + ".csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def messages(raw):
    return [str(problem) for problem in raw.problems]


def test_a_good_folder_reads_without_problems(tmp_path):
    raw = read_returns(folder_of(tmp_path, any=HEADER, other=EPISODES))
    assert raw.problems == [] and raw.closed == {} and raw.left_out == {}
    assert raw.frames["episodes"]["DECOM"].tolist() == list(pd.to_datetime(["2021-01-10", "2021-02-15", "2021-03-20"]))
    assert raw.frames["episodes"]["_line"].tolist() == [2, 3, 4]
    assert raw.frames["episodes"]["_file"].unique().tolist() == ["other.csv"]
    assert raw.frames["header"]["_year"].unique().tolist() == ["2020-21"]
    assert pd.isna(raw.frames["episodes"]["REC"].iloc[1])


@pytest.mark.parametrize(
    ("good", "spoilt", "message"),
    [
        ("10/01/2021,S", "31/02/2021,S", "e.csv, line 2, column DECOM: '31/02/2021' is not a date written dd/mm/yyyy."),
        ("10/01/2021,S", "01/13/2021,S", "e.csv, line 2, column DECOM: '01/13/2021' is not a date"),
        ("10/01/2021,S", ",S", "e.csv, line 2, column DECOM: expected a date written dd/mm/yyyy; it is blank."),
        ("2021,P,C2", "2021,Q,C2", "e.csv, line 3, column RNE: 'Q' is not one of S, L, P, T, B, U."),
        ("15/02/2021,X1", "09/01/2021,X1", "e.csv, line 2, column DEC: expected a date on or after DECOM."),
        ("\nA1,10", "\n,10", "e.csv, line 2, column CHILD: expected a value; it is blank."),
    ],
)
def test_a_wrong_needed_value_leaves_its_row_out(tmp_path, good, spoilt, message):
    assert good in EPISODES
    raw = read_returns(folder_of(tmp_path, h=HEADER, e=EPISODES.replace(good, spoilt)))
    assert len(raw.problems) == 1 and messages(raw)[0].startswith(message)
    assert raw.problems[0].severity == "error" and "left out and counted" in messages(raw)[0]
    assert len(raw.frames["episodes"]) == 2 and raw.left_out == {"episodes": 1}
    assert len(raw.frames["header"]) == 2


@pytest.mark.parametrize(
    "written", ["10/01/2021 00:00", "10/01/2021 9:05", "2021-01-10T23:59:59.9", "10-01-2021 13:05:59"]
)
def test_a_time_after_a_date_is_passed_over(tmp_path, written):
    raw = read_returns(folder_of(tmp_path, e=EPISODES.replace("10/01/2021", written)))
    assert raw.problems == [] and raw.frames["episodes"]["DECOM"].iloc[0] == pd.Timestamp("2021-01-10")


@pytest.mark.parametrize("written", ["10/01/2021 24:00", "10/01/2021 9:5", "10/01/2021 soon", "10/01/2021 09:05 pm"])
def test_what_stands_after_a_date_must_be_a_time(tmp_path, written):
    raw = read_returns(folder_of(tmp_path, e=EPISODES.replace("10/01/2021", written)))
    assert raw.left_out == {"episodes": 1}


def test_a_wrong_value_that_little_depends_on_is_blanked_and_its_row_kept(tmp_path):
    raw = read_returns(folder_of(tmp_path, e=EPISODES.replace("C2,N1,U4", "C2,N9,U4")))
    assert messages(raw)[0].startswith("e.csv, line 3, column CIN: 'N9' is not one of N1, N2")
    assert raw.problems[0].severity == "warning"
    assert len(raw.frames["episodes"]) == 3 and pd.isna(raw.frames["episodes"]["CIN"].iloc[1])


def test_values_that_could_identify_a_child_are_never_printed(tmp_path):
    header = HEADER.replace("14/05/2013", "32/05/2013")
    youth = YOUTH.replace("2005-11-02", "2005-11-31")
    raw = read_returns(folder_of(tmp_path, h=header, e=EPISODES, y=youth))
    assert [(problem.column, problem.value) for problem in raw.problems] == [
        ("DOB", ""),
        ("DATE_OF_BIRTH", ""),
        ("DATE_OF_BIRTH", ""),
    ]
    assert "32/05" not in " ".join(messages(raw))


def test_a_missing_column_closes_its_table_and_lists_the_columns_found(tmp_path):
    raw = read_returns(folder_of(tmp_path, h=HEADER, e=EPISODES.replace(",DEC,", ",ENDED,")))
    assert "episodes" not in raw.frames and "header" in raw.frames
    closing = str(raw.closed["episodes"])
    assert closing.startswith("e.csv, line 1, column DEC: expected a column with this heading (SSDA903 Episodes).")
    assert "The columns found are: CHILD, DECOM, RNE, LS, CIN, PLACE, PLACE_PROVIDER, ENDED, REC" in closing


def test_an_expected_column_that_is_missing_is_closed_and_its_table_stays(tmp_path):
    raw = read_returns(folder_of(tmp_path, h=HEADER.replace(",UPN", ",PUPIL")))
    assert [problem.severity for problem in raw.problems] == ["warning", "error"]
    assert "known columns of SSDA903 Header; not read: PUPIL" in messages(raw)[0]
    assert raw.frames["header"]["UPN"].isna().all() and raw.closed == {}
    assert str(raw.closed_columns["header"]["UPN"]).startswith(
        "h.csv, line 1, column UPN: expected a column with this heading (SSDA903 Header); the column is closed. "
        "Figures that need the column are closed. The columns found are: CHILD, SEX, DOB, ETHNIC, PUPIL, MOTHER, MC_DOB."
    )


def test_an_optional_column_that_is_missing_is_blank_without_a_word(tmp_path):
    raw = read_returns(
        folder_of(
            tmp_path, y=YOUTH.replace("DATE_OF_BIRTH", "AGE").replace("14/05/2006", "15").replace("2005-11-02", "16")
        )
    )
    assert raw.problems == [] and raw.closed_columns == {}
    assert raw.frames["youth_offending"]["AGE"].tolist() == [15, 16]


def test_a_heading_twice_closes_the_table_where_no_row_can_be_used_without_it_else_the_column(tmp_path):
    raw = read_returns(folder_of(tmp_path / "a", h=HEADER, e=EPISODES.replace("HOME_POST", "decom ")))
    assert "a heading that is there only once" in str(raw.closed["episodes"])
    raw = read_returns(folder_of(tmp_path / "b", h=HEADER, e=EPISODES.replace("HOME_POST", "cin")))
    assert raw.closed == {} and sorted(raw.closed_columns["episodes"]) == ["CIN", "HOME_POST"]


def test_what_closes_the_table_is_said_before_what_closes_a_column(tmp_path):
    raw = read_returns(folder_of(tmp_path, h=HEADER, e=EPISODES.replace(",CIN,", ",A,").replace(",DECOM,", ",B,")))
    assert raw.closed["episodes"].column == "DECOM" and "episodes" not in raw.closed_columns


def test_a_column_of_which_most_cannot_be_read_is_closed(tmp_path):
    months_first = "".join(f"C{day},F,05/{day}/2013,WBRI,UN1,,\n" for day in range(10, 25))  # of 15 days 12 are misread
    raw = read_returns(folder_of(tmp_path, h=HEADER + months_first, e=EPISODES))
    closing = raw.closed_columns["header"]["DOB"]
    assert "of 17 cells that are filled 12 are not a date written dd/mm/yyyy; the column is closed" in closing.expected
    assert raw.frames["header"]["DOB"].isna().all() and len(raw.frames["header"]) == 17
    assert not any("/2013" in message for message in messages(raw))


def test_an_unreadable_file_closes_the_table_that_it_is_named_after(tmp_path):
    raw = read_returns(folder_of(tmp_path, header=HEADER, episodes_2021=b""))
    assert str(raw.closed["episodes"]).startswith(
        "episodes_2021.csv: expected a header row and data; the file is empty."
    )
    assert list(raw.frames) == ["header"]


def test_rows_repeated_in_a_file_are_warned_of(tmp_path):
    raw = read_returns(folder_of(tmp_path, h=HEADER + "A1,2,14/05/2013,WBRI,A123456789012,0,\n"))
    assert messages(raw)[0].startswith("h.csv, line 2, column CHILD: expected one row for each CHILD.")


def test_an_unknown_csv_is_a_warning_that_names_its_columns(tmp_path):
    raw = read_returns(folder_of(tmp_path, h=HEADER, x="Dog,Breed\nRex,Collie\n"))
    assert messages(raw)[0].startswith("x.csv, line 1: expected the columns of a known return.")
    assert "Its columns are: Dog, Breed." in messages(raw)[0] and raw.problems[0].severity == "warning"


@pytest.mark.parametrize(
    ("name", "what_to_do"), [("a.zip", "Unpack it"), ("b.xls", "save it as an Excel workbook"), ("c.ods", "save it as")]
)
def test_a_file_of_a_kind_that_is_not_read_is_not_passed_over_in_silence(tmp_path, name, what_to_do):
    (folder_of(tmp_path, h=HEADER) / name).write_bytes(b"PK")
    raw = read_returns(tmp_path)
    assert f"{name}: expected a CSV file, a workbook (.xlsx) or XML; it is not read. " in messages(raw)[0]
    assert what_to_do in messages(raw)[0] and raw.problems[0].severity == "warning"


def test_a_workbook_that_cannot_be_opened_closes_the_lists_that_its_name_promises(tmp_path):
    (folder_of(tmp_path, h=HEADER) / "Annex A.xlsx").write_bytes(b"PK")
    raw = read_returns(tmp_path)
    assert set(raw.closed) == {f"list_{number:02d}" for number in range(1, 12)}
    assert len(raw.problems) == 1
    assert "Annex A.xlsx: expected an Excel workbook that can be read; it is damaged" in messages(raw)[0]


@pytest.mark.parametrize(
    ("name", "closed"),
    [
        ("list_10.csv", ["list_10"]),
        ("Annex A List 1.xlsx", ["list_01"]),
        ("903 episodes.txt", ["episodes"]),
        ("school/virtual_school/2021.csv", ["virtual_school"]),
        ("notes.txt", []),
        ("ours.xlsx", []),
    ],
)
def test_what_an_unreadable_file_closes_is_what_it_is_named_after(tmp_path, name, closed):
    folder_of(tmp_path, h=HEADER)
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_bytes(b"%PDF-1.7")
    assert list(read_returns(tmp_path).closed) == closed


def test_tab_separated_and_text_files_are_read_as_csv(tmp_path):
    folder = folder_of(tmp_path, h=HEADER)
    (folder / "e.tsv").write_text(EPISODES.replace(",", "\t"))
    (folder / "u.txt").write_bytes(YOUTH.encode("utf-16"))
    raw = read_returns(folder)
    assert len(raw.frames["episodes"]) == 3 and len(raw.frames["youth_offending"]) == 2
    assert [problem.expected for problem in raw.problems] == ["text in UTF-8; it is read as UTF-16"]


def test_values_are_not_shown_where_headings_should_be(tmp_path):
    without_header = HEADER.partition("\n")[2]
    run_together = EPISODES.replace("PL_POST,URN\nA1", "PL_POST,URN,A1")
    raw = read_returns(folder_of(tmp_path, h=without_header, e=run_together, y=YOUTH))
    assert "h.csv, line 1: expected the columns of a known return. It is not read. Its columns are: " in " ".join(
        messages(raw)
    )
    for value in ("A1", "14/05/2013", "A123456789012", "ME14", "CT1", "10/01/2021"):
        assert value not in " ".join(messages(raw))


def test_two_tables_joined_into_one_file_are_warned_of(tmp_path):
    rows = [f"{header},{episode}" for header, episode in zip(HEADER.split(), EPISODES.split("\n"), strict=False)]
    raw = read_returns(folder_of(tmp_path, joined="\n".join(rows).replace(",CHILD,", ",ID,")))
    found = [message for message in messages(raw) if "could be" in message]
    assert len(found) == 1 and "SSDA903 Header" in found[0] and "SSDA903 Episodes" in found[0]


def test_no_folder_and_nothing_to_read_are_one_clear_message(tmp_path):
    with pytest.raises(UsageError, match="There is no folder of returns"):
        read_returns(tmp_path / "nowhere")
    with pytest.raises(DataError, match="No file in .* can be used"):
        read_returns(tmp_path)
    with pytest.raises(DataError, match="the file is empty"):
        read_returns(folder_of(tmp_path, episodes=""))


def test_annex_a_headings_match_loosely_and_values_lose_their_letter(tmp_path):
    raw = read_returns(folder_of(tmp_path, x=CP_PLANS))
    plans = raw.frames["list_07"]
    assert plans["Gender"].tolist() == ["F", "M"]
    assert plans["Ethnicity"].tolist() == ["WBRI", "NOBT"]
    assert plans["Latest Category of Abuse"].tolist() == ["Neglect", "Physical abuse"]
    assert plans["Date of Birth"].tolist() == list(pd.to_datetime(["2013-05-14", "2015-01-02"]))
    assert all("the column is closed" in problem.expected for problem in raw.problems)  # what the file does not have


def test_every_table_is_recognised_by_its_own_columns_in_any_order():
    for table in TABLES.values():
        headings = [column.name.lower().replace("_", " ") for column in reversed(table.columns)]
        assert recognise(headings) is table
        assert recognise([column.name for column in table.must_have]) is table


@pytest.mark.parametrize("lost", [column.name for column in TABLES["header"].columns if column.name != "CHILD"])
def test_a_header_that_lost_one_column_is_still_a_header(lost):
    assert recognise([column.name for column in TABLES["header"].columns if column.name != lost]).name == "header"


def test_an_event_after_the_year_of_the_return_is_a_warning(tmp_path):
    ceased_next_year = EPISODES.replace("20/03/2021,S,V2,N6,K2,PR4,,", "20/03/2021,S,V2,N6,K2,PR4,01/04/2021,E3")
    raw = read_returns(folder_of(tmp_path, other__e=ceased_next_year))
    assert raw.frames["episodes"]["_year"].unique().tolist() == ["2020-21"]
    assert "on or before 31/03/2021, the end of the year of this return" in messages(raw)[0]


def test_extract_dates_are_given_by_the_card_for_all_or_one_family(tmp_path):
    folder = folder_of(tmp_path, e=EPISODES, y=YOUTH)
    (folder / "source.toml").write_text(
        'label = "synthetic"\nextract_date = 2021-04-10\n[families.youth_offending]\nextract_date = 2021-10-01\n'
    )
    found = {
        each.family: (each.extract_date, each.given, each.label, each.files, each.rows)
        for each in read_returns(folder).extracts
    }
    assert found == {
        "ssda903": (pd.Timestamp("2021-04-10"), True, "synthetic", 1, 3),
        "youth_offending": (pd.Timestamp("2021-10-01"), True, "synthetic", 1, 2),
    }


def test_extract_dates_are_derived_as_a_lower_bound(tmp_path):
    raw = read_returns(folder_of(tmp_path, a__e=EPISODES, y=YOUTH))
    assert [(each.extract_date, each.given, each.label) for each in raw.extracts] == [
        (pd.Timestamp("2021-03-31"), False, "returns"),  # reaches the last month of its year
        (pd.Timestamp("2021-09-30"), False, "returns"),  # the latest day in the data
    ]


def test_annex_a_runs_to_the_end_of_a_year_only_where_its_folder_names_that_year(tmp_path):
    in_march = CP_PLANS.replace("01/02/2021", "16/03/2021")
    assert read_returns(folder_of(tmp_path / "a", x=in_march)).extracts[0].extract_date == pd.Timestamp("2021-03-16")
    named = folder_of(tmp_path / "b", f2020_to_21__x=in_march)
    assert read_returns(named).extracts[0].extract_date == pd.Timestamp("2021-03-31")


def test_a_return_that_stops_in_september_is_not_taken_to_run_to_march(tmp_path):
    raw = read_returns(folder_of(tmp_path, x2021_to_22__e=EPISODES.replace("20/03/2021", "28/09/2021")))
    assert raw.extracts[0].extract_date == pd.Timestamp("2021-09-28")


@pytest.mark.parametrize(
    ("card", "message"),
    [
        ("label = ", "a TOML file that can be read"),
        ("[families.dogs]\nextract_date = 2021-03-31", "'dogs' is not one of ssda903, annex_a"),
        ('label = "real"', "'real' is not one of returns, synthetic"),
        ('extract_date = "31/03/2021"', "'31/03/2021' is not a date written 2026-03-31, without quotation marks"),
    ],
)
def test_a_card_that_cannot_be_understood_stops(tmp_path, card, message):
    (folder_of(tmp_path, e=EPISODES) / "source.toml").write_text(card)
    with pytest.raises(DataError, match=message):
        read_returns(tmp_path)


def test_returns_of_two_kinds_are_never_read_as_one(tmp_path):
    folder = folder_of(tmp_path, synthetic__e=EPISODES, ours__e=EPISODES)
    (folder / "synthetic/source.toml").write_text('label = "synthetic"')
    with pytest.raises(
        UsageError, match=r"holds returns of more than one kind: returns \(ours/e.csv\), synthetic \(syn"
    ):
        read_returns(folder)


def test_folders_of_several_authorities_keep_the_card_that_they_agree_on(tmp_path):
    folder = folder_of(tmp_path, a__e=EPISODES, b__e=EPISODES.replace("A1", "B1").replace("A2", "B2"))
    for name in ("a", "b"):
        (folder / name / "source.toml").write_text('label = "synthetic"\nextract_date = 2021-04-10\n')
    extract = read_returns(folder).extracts[0]
    assert (extract.label, extract.extract_date, extract.given) == ("synthetic", pd.Timestamp("2021-04-10"), True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    data=st.binary(max_size=200), start=st.sampled_from([b"", EPISODES.encode()[:110], HEADER.encode(), YOUTH.encode()])
)
def test_random_bytes_as_csv_end_in_frames_or_in_named_problems(tmp_path, data, start):
    (tmp_path / "x.csv").write_bytes(start + data)
    try:
        raw = read_returns(tmp_path)
    except DataError as error:
        assert str(error)
    else:
        assert raw.frames or raw.closed


SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "real-data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared: the peer-made returns")


@needs_shared
def test_the_clean_mini_return_reads_without_problems():
    raw = read_returns(SHARED / "ssda903-clean-mini")
    assert raw.problems == []
    assert {name: len(frame) for name, frame in raw.frames.items()} == {
        "ad1": 1, "episodes": 8, "header": 6, "missing": 1, "oc2": 2, "oc3": 2, "placed_for_adoption": 1,
        "previous_permanence": 1, "reviews": 5, "sw_episodes": 5,
    }  # fmt: skip


@needs_shared
def test_the_five_year_return_reads_with_its_faults_named_and_no_row_lost():
    raw = read_returns(SHARED / "ssda903-five-years")
    assert raw.closed == {} and raw.left_out == {}
    assert raw.frames["episodes"].groupby("_year").size().to_dict() == {
        "2017-18": 1460, "2018-19": 974, "2019-20": 648, "2020-21": 402, "2021-22": 253,
    }  # fmt: skip
    assert raw.extracts[0].extract_date == pd.Timestamp("2022-03-31")
    assert sum("a value exactly where DEC has one" in problem.expected for problem in raw.problems) == 996
