"""The store: made once, made anew when something changed, never seen half made."""

import json
import os
import shutil
import stat
import subprocess
import sys
import time
import types
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from analysis_lib.authority import read_authority
from analysis_lib.errors import DataError, UsageError
from analysis_lib.prepare import load_tables, prepare, prepare_folder, store
from analysis_lib.sources import AsOf, read_returns

EPISODES = """CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN
A1,10/01/2021,S,C2,N1,U6,PR1,15/02/2021,X1,CARPL,ME14 1XQ,CT1 2DA,SC123456
A1,15/02/2021,P,C2,N1,U4,PR1,,,,ME14 1XQ,TN23 1PL,SC123456
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project folder with one return, and published figures of one row."""
    population = pd.DataFrame({"area": ["Middlesbrough"], "area_code": ["E06000002"], "population": [33000]})
    found = types.SimpleNamespace(tables={"population": population}, problems=[])
    published = types.SimpleNamespace(read_publications=lambda folder: found)
    monkeypatch.setitem(sys.modules, "analysis_lib.sources.published.published", published)
    (tmp_path / "data/raw/ours").mkdir(parents=True)
    (tmp_path / "data/raw/published").mkdir()
    (tmp_path / "data/raw/ours/episodes.csv").write_text(EPISODES)
    return tmp_path


def authority_of(project, **changes):
    """Middlesbrough's settings over the files of `project`."""
    places = {"home": project, "published": project / "data/raw/published", "key_file": project.with_name("ours.key")}
    return replace(read_authority(), **places | changes)


def made(project, returns=None, last_day=None, **changes):
    as_of = last_day and AsOf(pd.Timestamp(last_day), pd.Timestamp(last_day) + pd.Timedelta(days=61))
    return prepare_folder(returns or project / "data/raw/ours", authority_of(project, **changes), as_of)


def council_key(project):
    return bytes.fromhex(project.with_name("ours.key").read_text())


def test_what_is_stored_is_what_was_prepared(project):
    folder = made(project)
    assert folder == project / "data/processed/ours"
    tables = load_tables(folder)
    expected = prepare(read_returns(project / "data/raw/ours"), key=council_key(project), own_area="E06000002")
    assert set(tables) == {*expected, "population"}
    for name in ("episodes", "care_periods", "extracts", "problems"):
        assert_frame_equal(tables[name], expected[name])
    assert list(load_tables(folder, ["population"])) == ["population"]
    assert (folder / "episodes.parquet").is_file()


@pytest.mark.skipif(os.name != "posix", reason="this system has other rights")
def test_only_the_owner_may_open_the_tables(project):
    assert stat.S_IMODE(made(project).resolve().stat().st_mode) == 0o700


def test_a_second_call_builds_nothing(project, monkeypatch):
    made(project)
    monkeypatch.setattr(store, "_build", lambda *_: pytest.fail("built again"))
    began = time.perf_counter()
    made(project)
    assert time.perf_counter() - began < 0.5


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no locks there")
def test_what_a_killed_process_left_aside_goes_though_nothing_is_built(project):
    made(project)
    for name in (".building-0123abcd", ".link-0123abcd"):
        (project / "data/processed" / name).mkdir()
    made(project)
    assert [path.name for path in (project / "data/processed").glob(".*-*")] == []


@pytest.mark.parametrize(
    "file", ["data/raw/ours/episodes.csv", "data/raw/published/figures.csv", "data/raw/ours/source.toml"]
)
def test_any_changed_input_makes_the_tables_anew(project, file):
    made(project)
    before = json.loads((project / "data/processed/ours/inputs.json").read_text())["digest"]
    changed = EPISODES.replace("A1", "A7") if file.endswith("episodes.csv") else 'label = "synthetic"\n'
    (project / file).write_text(changed)
    folder = made(project)
    assert json.loads((folder / "inputs.json").read_text())["digest"] != before


def test_another_key_makes_the_tables_anew_and_the_card_does_not_hold_it(project):
    made(project)
    before, old = (project / "data/processed/ours").resolve(), council_key(project)
    project.with_name("ours.key").unlink()
    made(project)
    after, new = (project / "data/processed/ours").resolve(), council_key(project)
    assert before != after
    assert load_tables(before)["episodes"]["child_id"][0] != load_tables(after)["episodes"]["child_id"][0]
    for folder in (before, after):
        card = (folder / "inputs.json").read_text()
        assert old.hex() not in card and new.hex() not in card


def test_old_versions_but_the_one_before_are_removed(project):
    for number in range(4):
        (project / "data/raw/ours/episodes.csv").write_text(EPISODES.replace("A1", f"B{number}"))
        folder = made(project)
    assert len(list(folder.parent.glob(".ours.*"))) == 2
    assert len(load_tables(folder)["episodes"]) == 2


def test_a_failed_reading_leaves_the_store_as_it_was(project):
    folder = made(project)
    before = folder.resolve()
    (project / "data/raw/ours/episodes.csv").write_text("")
    with pytest.raises(DataError, match="the file is empty"):
        made(project)
    assert folder.resolve() == before and len(load_tables(folder)["episodes"]) == 2
    assert [path.name for path in folder.parent.iterdir() if "building" in path.name] == []


def test_two_at_once_end_with_one_store(project):
    with ThreadPoolExecutor(2) as both:
        stores = list(both.map(lambda _: made(project), range(2)))
    assert stores[0] == stores[1]
    assert len(load_tables(stores[0])["episodes"]) == 2
    assert len(list(stores[0].parent.glob(".ours.*"))) == 1


def test_two_folders_of_one_name_are_never_mixed(project):
    other = project / "elsewhere/ours"
    other.mkdir(parents=True)
    (other / "e.csv").write_text(EPISODES.replace("A1", "A9"))
    first, second = made(project), made(project, other)
    assert first.name == "ours" and second.name.startswith("ours-") and len(second.name) == len("ours-") + 8
    assert load_tables(first)["episodes"]["child_id"][0] != load_tables(second)["episodes"]["child_id"][0]


def test_a_table_without_a_return_says_which_and_where_it_was_looked_for(project):
    folder = made(project)
    with pytest.raises(
        DataError, match=r"There is no the youth offending extract|There is no .*youth offending extract"
    ) as error:
        load_tables(folder, ["youth_offending_cases"])
    assert "among the returns in data/raw/ours" in str(error.value)
    with pytest.raises(
        DataError, match="There is no table 'nonsense'. There are: adopters, adoption_list, adoptions, "
    ):
        load_tables(folder, ["nonsense"])


def test_a_closed_table_says_which_file_closed_it(project):
    (project / "data/raw/ours/reviews.csv").write_text("CHILD,DOB,REVIEW_CODE\nA1,01/02/2010,PN1\n")
    with pytest.raises(DataError) as error:
        load_tables(made(project), ["reviews"])
    assert "SSDA903 Reviews cannot be used, so there is no table reviews: reviews.csv, line 1, column REVIEW" in str(
        error.value
    )


REVIEWS = "CHILD,DOB,REVIEW,REVIEW_CODE\nA1,01/02/2010,05/03/2021,PN1\n"


def card_and_tables(project, **files):
    for name, text in files.items():
        (project / f"data/raw/ours/{name}.csv").write_text(text)
    folder = made(project)
    return json.loads((folder / "inputs.json").read_text()), load_tables(folder)


def test_a_column_that_is_missing_closes_what_is_made_of_it_and_nothing_else(project):
    _, whole = card_and_tables(project, reviews=REVIEWS)
    card, tables = card_and_tables(project, episodes=EPISODES.replace(",CIN,", ",NEED,"))
    assert card["closed"] == {} and list(card["closed_columns"]) == ["episodes"]
    assert card["closed_columns"]["episodes"]["category_of_need"].startswith(
        "episodes.csv, line 1, column CIN: expected a column with this heading (SSDA903 Episodes); the column is closed."
    )
    assert "category_of_need" not in tables["episodes"]
    assert_frame_equal(tables["episodes"], whole["episodes"].drop(columns="category_of_need"))
    for name in ("care_periods", "reviews"):
        assert_frame_equal(tables[name], whole[name])


def test_a_header_without_a_column_closes_it_of_the_children_with_what_is_worked_out_from_it(project):
    header = "CHILD,SEX,DOB,UPN,MOTHER,MC_DOB\nA1,F,14/05/2013,UN1,,\n"
    card, tables = card_and_tables(project, header=header)
    assert sorted(card["closed_columns"]["children"]) == ["ethnic_group", "ethnicity", "uasc"]
    assert list(tables["children"]) == ["child_id", "sex", "birth_date"]


def test_without_a_file_of_unaccompanied_children_nobody_is_said_to_be_none(project):
    header = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nA1,F,14/05/2013,WBRI,UN1,,\n"
    card, tables = card_and_tables(project, header=header)
    assert "a file of SSDA903 UASC" in card["closed_columns"]["children"]["uasc"]
    assert "uasc" not in tables["children"]
    card, tables = card_and_tables(project, header=header, uasc="CHILD,SEX,DOB,DUC\n")
    assert "children" not in card["closed_columns"]
    assert tables["children"]["uasc"].tolist() == [False]


def test_a_header_that_cannot_be_read_closes_the_children_and_no_other_table(project):
    plans = (
        "Child Unique ID,Gender,Ethnicity,Date of Birth,CIN Start Date,CIN Closure Date,Reason for Closure,"
        "Primary Need Code\nA3,a) Male,a) WBRI,14/05/2013,01/02/2021,,,N1\n"
    )
    card, tables = card_and_tables(project, header="", plans=plans)
    assert list(card["closed"]) == ["header"]
    assert sorted(card["closed_columns"]["children"]) == ["birth_date", "ethnic_group", "ethnicity", "sex", "uasc"]
    assert {"cin_plans", "episodes", "care_periods"} <= set(tables)
    assert list(tables["cin_plans"]) == [
        "child_id", "plan_start", "plan_end", "primary_need", "closure_reason", "extract_date",
    ]  # fmt: skip
    (project / "data/raw/ours/episodes.csv").unlink()  # no child of the SSDA903 is left: the lists tell of all others
    _, tables = card_and_tables(project)
    assert "sex" in tables["children"]


def test_rows_left_out_close_their_table_above_the_share_that_is_allowed(project):
    lines = [f"B{number},10/01/2021,S,C2,N1,U6,PR1,,,,ME14 1XQ,CT1 2DA,SC123456\n" for number in range(199)]
    bad = lines[0].replace("10/01/2021", "41/01/2021")
    head = EPISODES.splitlines(keepends=True)[0]
    card, tables = card_and_tables(project, episodes=head + "".join([*lines, bad]), reviews=REVIEWS)
    assert card["closed"] == {} and card["left_out"] == {"episodes": 1} and len(tables["episodes"]) == 199
    card, tables = card_and_tables(project, episodes=head + "".join([*lines, bad, bad, bad]))
    assert list(card["closed"]) == ["episodes"] and "episodes" not in tables and "reviews" in tables
    assert card["closed"]["episodes"].startswith(
        "episodes.csv: expected rows that can be used; 3 of the 202 rows of SSDA903 Episodes have an error."
    )
    errors = tables["problems"].query("severity == 'error'")
    assert (
        errors["table"].tolist() == ["episodes"] * 4 and sum("rows that can be used" in e for e in errors.expected) == 1
    )


def test_another_share_of_rows_left_out_makes_another_store(project):
    folders = [made(project, rows_left_out=share).resolve() for share in (0.01, 0.02)]
    assert folders[0] != folders[1]


def test_the_councils_own_headings_and_words_are_read_and_make_another_store(project):
    before = made(project).resolve()
    theirs = EPISODES.replace("CHILD,DECOM", "Ref,DECOM").replace(",U6,", ",Foster,")
    (project / "data/raw/ours/episodes.csv").write_text(theirs)
    words = {"columns": {"episodes": {"Ref": "CHILD"}}, "values": {"episodes": {"PLACE": {"foster": "U6"}}}}
    after = made(project, **words)
    episodes = [load_tables(home, ["episodes"])["episodes"] for home in (before, after)]
    assert_frame_equal(*episodes)
    with pytest.raises(UsageError, match="there is no extract 'episode'. There are: header"):
        made(project, columns={"episode": {"Ref": "CHILD"}})


def test_a_store_that_is_not_there_says_how_to_make_it(tmp_path):
    with pytest.raises(DataError, match="There are no prepared tables in .*`panelpack run` makes them"):
        load_tables(tmp_path / "nowhere")


def test_a_folder_in_the_way_is_not_overwritten(project):
    (project / "data/processed/ours").mkdir(parents=True)
    with pytest.raises(UsageError, match="is in the way"):
        made(project)


def test_no_folder_of_returns_writes_nothing(project):
    with pytest.raises(UsageError, match="There is no folder of returns"):
        made(project, project / "nowhere")
    assert not (project / "data/processed").exists()


def test_the_same_inputs_give_the_same_bytes_whatever_the_hash_seed(project):
    script = (
        "import sys, types; from pathlib import Path\n"
        "sys.modules['analysis_lib.sources.published.published'] = types.SimpleNamespace(\n"
        "    read_publications=lambda folder: types.SimpleNamespace(tables={}, problems=[]))\n"
        "from dataclasses import replace\n"
        "from analysis_lib.authority import read_authority\n"
        "from analysis_lib.prepare import prepare_folder\n"
        "home = Path(sys.argv[1])\n"
        "places = {'published': home / 'data/raw/published', 'key_file': home.with_name('ours.key')}\n"
        "authority = replace(read_authority(), home=home / sys.argv[2], **places)\n"
        "prepare_folder(home / 'data/raw/ours', authority)\n"
    )
    bytes_of = []
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-c", script, str(project), f"seed{seed}"], check=True, env={"PYTHONHASHSEED": seed}
        )
        folder = next((project / f"seed{seed}/data/processed").glob("ours*"))
        bytes_of.append({path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".parquet"})
    assert bytes_of[0] == bytes_of[1]


@pytest.fixture
def snapshots(project):
    """The same project, its return in two snapshots: in January A1 had another placement."""
    (project / "data/raw/ours/episodes.csv").unlink()
    for day, place in (("2021-02-20", "U4"), ("2021-03-31", "K2")):
        (project / f"data/raw/ours/{day}").mkdir()
        (project / f"data/raw/ours/{day}/episodes.csv").write_text(EPISODES.replace("N1,U4", f"N1,{place}"))
    return project


def place_in(folder):
    return load_tables(folder, ["episodes"])["episodes"]["place"].iloc[-1]


def test_without_snapshots_one_store_serves_every_period(project, monkeypatch):
    made(project)
    monkeypatch.setattr(store, "_build", lambda *_: pytest.fail("built again"))
    assert {made(project, last_day=day) for day in ("2015-03-31", "2021-01-31", "2026-03-31")} == {
        project / "data/processed/ours"
    }


def test_choices_among_snapshots_live_side_by_side_and_are_built_once(snapshots, monkeypatch):
    early, late = made(snapshots, last_day="2021-01-15"), made(snapshots, last_day="2021-03-31")
    assert (place_in(early), place_in(late)) == ("U4", "K2") and early != late
    monkeypatch.setattr(store, "_build", lambda *_: pytest.fail("built again"))
    periods = ["2020-06-30", "2020-12-31", "2021-01-15", "2021-03-31", "2021-01-15", "2021-06-30", "2019-03-31"]
    assert [made(snapshots, last_day=day) for day in periods] == [early, early, early, late, early, late, early]
    assert made(snapshots) == late
    link = snapshots / "data/processed/ours"
    assert link.resolve() == early.resolve()  # the first of them, and it does not move to and fro
    assert json.loads((late / "inputs.json").read_text())["left_aside"] == ["2021-02-20/episodes.csv"]


def test_the_order_in_which_choices_are_built_does_not_matter(snapshots):
    def tables():
        return {last_day: made(snapshots, last_day=last_day) for last_day in days}

    days = ["2021-01-15", "2021-03-31"]
    first = {day: (folder / "episodes.parquet").read_bytes() for day, folder in tables().items()}
    for folder in (snapshots / "data/processed").glob(".ours.*"):
        shutil.rmtree(folder)
    (snapshots / "data/processed/ours").unlink()
    days.reverse()
    assert {day: (folder / "episodes.parquet").read_bytes() for day, folder in tables().items()} == first


def test_all_choices_of_old_files_go_and_those_of_the_files_before_stay(snapshots):
    homes = []
    for number in range(3):
        for file in (snapshots / "data/raw/ours").glob("*/episodes.csv"):
            file.write_text(file.read_text().replace("A1", f"B{number}").replace(f"B{number - 1}", f"B{number}"))
        homes.append([made(snapshots, last_day=day) for day in ("2021-01-15", "2021-03-31")])
    assert [home.is_dir() for pair in homes for home in pair] == [False, False, True, True, True, True]
