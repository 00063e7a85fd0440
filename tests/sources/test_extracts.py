"""On which day a return was extracted, how far it reaches, and which of several snapshots a pack uses."""

import itertools
import random

import pandas as pd
import pytest

from analysis_lib.errors import DataError
from analysis_lib.sources import TABLES, AsOf, Snapshots, read_returns

EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
REVIEWS = "CHILD,DOB,REVIEW,REVIEW_CODE\nA1,14/05/2013,01/06/{0},PN1\n"
YOUTH = "CHILD,SEX,DATE_OF_BIRTH,ETHNICITY,LOOKED_AFTER,COUNCIL,INTERVENTION_START,INTERVENTION_END\n"
PLANS = (
    "Child Unique ID,Gender,Ethnicity,Date of Birth,Age of Child (Years),CIN Start Date,CIN Closure Date,"
    "Primary Need Code,Reason for Closure\n"
)
PUPILS = ",".join(column.name for column in TABLES["virtual_school"].columns) + "\n"


def day(text):
    return pd.Timestamp(text)


def pack(last_day, days_later=61):
    return AsOf(day(last_day), day(last_day) + pd.Timedelta(days=days_later))


def spell(start, end="", child="A1"):
    return f"{child},{start},S,C2,N1,U4,PR1,{end},{'E3' if end else ''},,,,\n"


def put(folder, files):
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


OF_2024 = EPISODES + spell("10/05/2024", "15/01/2025") + spell("20/03/2025", child="A2")
IN_YEAR = EPISODES + spell("20/03/2025", child="A2") + spell("01/06/2025", "20/11/2025", "A3")
LATER = IN_YEAR + spell("10/02/2026", child="A4")


def pupil(year, nc_year):
    cells = {"CHILD": "A1", "ACADEMIC_YEAR": year, "NC_YEAR": nc_year, "LOOKED_AFTER_12M": "Y"}
    return ",".join(cells.get(column.name, "") for column in TABLES["virtual_school"].columns) + "\n"


def extract(folder, **more):
    (found,) = read_returns(folder, **more).extracts
    return found


# --- the day ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["2025-26/2025-12-31/e.csv", "2025-26/episodes_20251231.csv", "2025-12-31/e.csv"])
def test_a_day_in_the_path_is_given(tmp_path, path):
    found = extract(put(tmp_path, {path: IN_YEAR}))
    assert (found.extract_date, found.given, found.covers_to) == (day("2025-12-31"), True, day("2025-12-31"))


def test_a_card_beside_a_return_gives_its_day_and_one_above_that_of_the_newest(tmp_path):
    files = {"2024-25/e.csv": OF_2024, "2025-26/e.csv": IN_YEAR, "source.toml": "extract_date = 2025-12-31"}
    raw = read_returns(put(tmp_path, files))
    assert [(each.year, each.day, each.given) for each in raw.returns] == [
        ("2024-25", day("2025-03-31"), True),
        ("2025-26", day("2025-12-31"), True),
    ]
    put(tmp_path, {"2024-25/source.toml": "extract_date = 2025-05-12"})
    raw = read_returns(tmp_path)
    assert [each.day for each in raw.returns] == [day("2025-05-12"), day("2025-12-31")]


def test_a_return_extracted_after_its_year_tells_of_nothing_later(tmp_path):
    found = extract(put(tmp_path, {"e.csv": OF_2024, "source.toml": "extract_date = 2025-05-12"}))
    assert (found.extract_date, found.covers_to) == (day("2025-05-12"), day("2025-03-31"))


def test_a_card_older_than_a_return_does_not_date_it(tmp_path):
    files = {"2025-26/e.csv": IN_YEAR, "source.toml": "extract_date = 2025-03-31"}
    raw = read_returns(put(tmp_path, files))
    assert (raw.extracts[0].extract_date, raw.extracts[0].given) == (day("2025-11-20"), False)
    assert "an extract date in 2025-26 or later; the card says 31/03/2025" in str(raw.problems[0])


def test_a_derived_day_reaches_a_month_on_and_never_beyond_the_year(tmp_path):
    found = extract(put(tmp_path / "a", {"e.csv": IN_YEAR}))
    assert (found.extract_date, found.given, found.covers_to) == (day("2025-11-20"), False, day("2025-12-21"))
    found = extract(put(tmp_path / "b", {"e.csv": LATER.replace("10/02/2026", "10/03/2026")}))
    assert (found.extract_date, found.covers_to) == (day("2026-03-31"), day("2026-03-31"))


def test_the_virtual_school_reaches_until_another_school_year_has_ended(tmp_path):
    found = extract(put(tmp_path, {"p.csv": PUPILS + pupil("2024-25", "5")}))
    assert (found.given, found.covers_to) == (False, day("2026-08-30"))


def test_final_is_said_of_the_newest_return_or_of_the_one_beside_the_card(tmp_path):
    files = {"2024-25/e.csv": OF_2024, "2025-26/e.csv": IN_YEAR, "source.toml": "[families.ssda903]\nfinal = false"}
    assert [each.final for each in read_returns(put(tmp_path, files)).returns] == [None, False]
    put(tmp_path, {"2024-25/source.toml": "final = true"})
    assert [each.final for each in read_returns(tmp_path).returns] == [True, False]


def test_a_card_that_says_neither_yes_nor_no_stops(tmp_path):
    put(tmp_path, {"e.csv": IN_YEAR, "source.toml": 'final = "yes"'})
    with pytest.raises(DataError, match="'yes' is not true or false, without quotation marks"):
        read_returns(tmp_path)


# --- snapshots -------------------------------------------------------------------------------------------------------

SNAPSHOTS = {
    "ssda903/2024-25/e.csv": OF_2024,
    "ssda903/2025-26/2025-12-31/e.csv": IN_YEAR,
    "ssda903/2025-26/2026-02-28/e.csv": LATER,
}


def files_used(raw):
    return sorted({file for frame in raw.frames.values() for file in frame["_file"]})


@pytest.mark.parametrize(
    ("last_day", "used"),
    [
        ("2021-09-30", "2025-12-31"),  # nothing was extracted by then: the earliest
        ("2025-10-31", "2025-12-31"),
        ("2025-12-31", "2026-02-28"),  # a pack of 31 December is due on 2 March
        ("2025-12-28", "2026-02-28"),  # 27 February: not yet, but see below
        ("2026-02-28", "2026-02-28"),
        ("2026-03-31", "2026-02-28"),
    ],
)
def test_a_pack_uses_the_newest_snapshot_that_was_there_when_it_was_due(tmp_path, last_day, used):
    asked = pack(last_day) if last_day != "2025-12-28" else pack(last_day, 62)
    raw = read_returns(put(tmp_path, SNAPSHOTS), as_of=asked)
    assert files_used(raw) == ["ssda903/2024-25/e.csv", f"ssda903/2025-26/{used}/e.csv"]
    assert raw.extracts[0].extract_date == day(used)
    assert set(raw.left_aside) == set(SNAPSHOTS) - set(files_used(raw))


def test_a_snapshot_that_stops_before_the_period_ends_gives_way_to_a_later_one(tmp_path):
    raw = read_returns(put(tmp_path, SNAPSHOTS), as_of=AsOf(day("2026-01-31"), day("2026-02-10")))
    assert raw.extracts[0].extract_date == day("2026-02-28")


def test_without_a_pack_the_newest_snapshot_is_used(tmp_path):
    assert "ssda903/2025-26/2026-02-28/e.csv" in files_used(read_returns(put(tmp_path, SNAPSHOTS)))


def test_the_years_own_return_beside_snapshots_is_the_last_of_them(tmp_path):
    full = LATER + spell("20/03/2026", child="A5")
    put(tmp_path, SNAPSHOTS | {"ssda903/2025-26/e.csv": full})
    assert "ssda903/2025-26/e.csv" in files_used(read_returns(tmp_path, as_of=pack("2026-03-31")))
    assert "ssda903/2025-26/2025-12-31/e.csv" in files_used(read_returns(tmp_path, as_of=pack("2025-10-31")))
    assert len(files_used(read_returns(tmp_path, as_of=pack("2026-03-31")))) == 2


def test_a_table_that_no_snapshot_has_is_used_whatever_the_pack(tmp_path):
    put(tmp_path, SNAPSHOTS | {"ssda903/2025-26/reviews.csv": REVIEWS.format(2025)})
    for last_day in ("2025-10-31", "2026-03-31"):
        assert "ssda903/2025-26/reviews.csv" in files_used(read_returns(tmp_path, as_of=pack(last_day)))


def test_authorities_side_by_side_are_no_snapshots_of_one_another(tmp_path):
    both = {f"{name}/{path}": text for name in ("north", "south") for path, text in SNAPSHOTS.items()}
    raw = read_returns(put(tmp_path, both), as_of=pack("2025-10-31"))
    assert [file.split("/")[0] for file in files_used(raw)] == ["north", "north", "south", "south"]


def test_a_year_extracted_after_its_end_is_no_snapshot_of_the_next(tmp_path):
    put(tmp_path, {"2025-05-12/e.csv": OF_2024, "2025-12-31/e.csv": IN_YEAR})
    raw = read_returns(tmp_path, as_of=pack("2026-03-31"))
    assert raw.snapshots == () and {each.year for each in raw.returns} == {"2024-25", "2025-26"}


def test_snapshots_of_annex_a_are_joined_up_to_the_as_at_day(tmp_path):
    plans = {
        f"annex_a/{name}/list_06.csv": PLANS + f"A1,a) Male,a) WBRI,01/02/2010,15,{start},,N1,\n"
        for name, start in (("2025-09-30", "05/06/2025"), ("2025-12-31", "05/12/2025"), ("2026-03-31", "05/03/2026"))
    }
    put(tmp_path, plans)
    used = {
        last_day: [file.split("/")[1] for file in files_used(read_returns(tmp_path, as_of=pack(last_day)))]
        for last_day in ("2025-06-30", "2025-09-30", "2025-12-31", "2026-03-31")
    }
    assert used == {
        "2025-06-30": ["2025-09-30"],
        "2025-09-30": ["2025-09-30"],
        "2025-12-31": ["2025-09-30", "2025-12-31"],
        "2026-03-31": ["2025-09-30", "2025-12-31", "2026-03-31"],
    }


def test_snapshots_of_youth_offending_and_of_the_virtual_school(tmp_path):
    case = "Y1,F,14/05/2008,WBRI,N,Middlesbrough,12/04/2025,\n"
    put(
        tmp_path,
        {
            "youth_offending/2025-12-31/cases.csv": YOUTH + case,
            "youth_offending/2026-02-28/cases.csv": YOUTH + case + case.replace("Y1", "Y2"),
            "virtual_school/pupils_2025-12-31.csv": PUPILS + pupil("2024-25", "5") + pupil("2025-26", "6"),
            "virtual_school/pupils_2026-02-28.csv": PUPILS + pupil("2024-25", "5") + pupil("2025-26", "6"),
            "virtual_school/2023-24-AY.csv": PUPILS + pupil("2023-24", "4"),
        },
    )
    raw = read_returns(tmp_path, as_of=pack("2025-10-31"))
    assert len(raw.frames["youth_offending"]) == 1 and {each.extract_date for each in raw.extracts} == {
        day("2025-12-31")
    }
    assert "virtual_school/2023-24-AY.csv" in files_used(raw) and len(raw.frames["virtual_school"]) == 3
    assert len(read_returns(tmp_path).frames["youth_offending"]) == 2


def test_a_broken_file_in_a_snapshot_that_is_not_used_closes_nothing(tmp_path):
    put(tmp_path, SNAPSHOTS | {"ssda903/2025-26/2026-02-28/reviews.csv": ""})
    assert read_returns(tmp_path, as_of=pack("2025-10-31")).closed == {}
    assert "reviews" in read_returns(tmp_path, as_of=pack("2026-03-31")).closed


def test_the_choice_agrees_with_a_plain_reading_of_the_rule():
    """A loop over every snapshot, on many sets of days."""
    random.seed(3)
    quarter_ends = [day(text) for text in ("2025-03-31", "2025-06-30", "2025-12-31", "2026-03-31")]
    for _, last_day in itertools.product(range(200), quarter_ends):
        days = sorted(day("2025-04-01") + pd.Timedelta(days=random.randrange(500)) for _ in range(3))
        asked = AsOf(last_day, last_day + pd.Timedelta(days=61))
        there = [each for each in days if each <= asked.as_at]
        reaching = [each for each in there if each >= min(last_day, day("2026-03-31"))]
        later = [each for each in days if each > asked.as_at]
        expected = max(reaching) if reaching else min(later) if later else max(there)
        (place,) = Snapshots("ssda903", "2025-26", tuple(days)).used(asked)
        assert days[place] == expected
