"""`panelpack who`: the right children by the council's own identifiers, checked, logged, for the owner only."""

import json
import os

import pandas as pd
import pytest

from analysis_lib.authority import read_authority
from analysis_lib.errors import PanelpackError, UsageError
from analysis_lib.metrics.facts import every_measure
from analysis_lib.prepare import raw_returns
from analysis_lib.who import children_behind as ask
from analysis_lib.who.answer import Answer
from analysis_lib.who.keep import file_name, log, save

posix_only = pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")


@pytest.fixture(scope="module")
def authority():
    return read_authority()


@pytest.fixture(scope="module")
def raw(authority):
    return raw_returns(authority.returns, authority)


@pytest.fixture(autouse=True)
def read_once(monkeypatch, raw):
    monkeypatch.setattr("analysis_lib.who.answer.raw_returns", lambda folder, authority, as_of: raw)


def line_of(authority, place):
    lines = (authority.returns / place.file).read_text(encoding="utf-8").splitlines()
    return lines[place.line - 1]


def test_the_children_in_care_on_a_day_are_listed_where_they_stand(authority):
    found = ask(authority, "looked_after", census="2021-09-30")
    assert found.agrees and len(found.children) == 543 and found.figure == "543 children"
    assert found.children["identifier"].is_unique and (found.children["times"] == 1).all()
    for place in found.children.head(20).itertuples():
        assert line_of(authority, place).split(",")[0] == place.identifier
    assert "Synthetic" in " ".join(found.lines())


def test_they_are_those_that_a_loop_over_the_raw_episodes_finds(authority, raw):
    episodes, day = raw.frames["episodes"], pd.Timestamp("2021-09-30")
    latest = {}
    for row in episodes.sort_values("_year").itertuples():
        latest[row.CHILD, row.DECOM] = row
    children = set()
    for row in latest.values():
        begin, end = row.DECOM, row.DEC
        if row.LS not in ("V3", "V4") and begin <= day and not end <= day:
            children.add(row.CHILD)
    found = ask(authority, "looked_after", census="2021-09-30")
    assert set(found.children["identifier"]) == children


def test_a_child_with_two_starts_is_one_child_that_counts_twice(authority):
    found = ask(authority, "care_starts", period="2021-22")
    assert found.agrees and found.units > len(found.children)
    assert found.children["times"].max() == 2
    assert "a child counts more than once" in " ".join(found.lines())


def test_a_group_is_chosen_by_its_name_and_the_base_on_request(authority):
    girls = ask(authority, "yos_caseload_share", period="2021-22", groups={"sex": "Female"})
    everyone = ask(authority, "yos_caseload_share", period="2021-22", groups={"sex": "Female"}, side="denominator")
    assert girls.agrees and everyone.agrees
    assert set(girls.children["identifier"]) < set(everyone.children["identifier"])
    assert girls.children["file"].unique().tolist() == ["youth_offending/cases.csv"]


def test_pupils_are_found_by_what_the_extract_calls_them(authority, raw):
    found = ask(authority, "attainment_8", period="2021-22-Q2")
    assert found.side == "denominator" and found.agrees
    rows = raw.frames["virtual_school"]
    ends = rows[
        (rows["ACADEMIC_YEAR"] == "2020-21") & (rows["KEY_STAGE_END"] == "KS4") & rows["LOOKED_AFTER_12M"].eq(True)
    ]
    assert len(ends) == len(found.children)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"name": "nothing", "period": "2021-22"}, "panelpack who --list"),
        ({"name": "absence", "period": "2021-22"}, "sessions, not children"),
        ({"name": "dfe_looked_after", "period": "2021-22"}, "published by others"),
        ({"name": "looked_after"}, "Say for when"),
        ({"name": "looked_after", "census": "30/09/2021"}, "Write it as 2021-09-30"),
        ({"name": "looked_after", "period": "soon"}, "soon"),
        ({"name": "care_starts", "period": "2021-22", "census": "2022-03-31"}, "over a period, not on a day"),
        ({"name": "yos_caseload_by", "period": "2021-22"}, "Say which with --group"),
        ({"name": "yos_caseload_by", "period": "2021-22", "groups": {"sex": "Girl"}}, 'no number for "sex=Girl"'),
        ({"name": "yos_caseload_by", "period": "2021-22", "groups": {"team": "A"}}, "has no group 'team'"),
        ({"name": "looked_after", "period": "2021-22", "side": "denominator"}, "does not name the children"),
        ({"name": "care_starts", "period": "2015-16"}, "on 1 April 2016, after the period"),
        ({"name": "ks2_expected_standard", "period": "2021-22", "groups": {"standard": "Maths"}}, "do not give"),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(authority, request_, words):
    name = request_.pop("name")
    with pytest.raises(PanelpackError, match=words):
        ask(authority, name, **request_)


def one_answer(**changes):
    children = pd.DataFrame({"identifier": ["A1", "=A2"], "times": [1, 1], "file": ["e.csv", "e.csv"], "line": [2, 9]})
    facts = {
        "measure": every_measure()["looked_after"], "label": "returns", "when": "30 September 2021", "groups": {},
        "side": "numerator", "figure": "2 children", "counted": 2.0, "children": children,
    }  # fmt: skip
    return Answer(**{**facts, **changes})


def test_a_list_that_does_not_add_up_says_so():
    found = one_answer(counted=3.0)
    assert not found.agrees and "not the whole" in " ".join(found.lines())


def test_the_log_has_a_line_for_each_use_and_no_identifier(tmp_path):
    for groups in ({}, {"sex": "Female"}):
        path = log(tmp_path / "restricted", one_answer(groups=groups), period="2021-22-Q2", census="")
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    assert [entry["group"] for entry in entries] == [{}, {"sex": "Female"}]
    assert entries[0]["children"] == 2 and entries[0]["measure"] == "looked_after" and entries[0]["user"]
    assert "A1" not in path.read_text() and "A2" not in path.read_text()


@posix_only
def test_log_and_list_are_their_owners_alone(tmp_path):
    restricted = tmp_path / "outputs" / "restricted"
    logged = log(restricted, one_answer(), period="2021-22-Q2", census="")
    saved = save(restricted / "who" / "list.csv", one_answer(), tmp_path)
    for path, mode in ((restricted, 0o700), (logged, 0o600), (saved.parent, 0o700), (saved, 0o600)):
        assert path.stat().st_mode & 0o777 == mode


def test_where_the_log_cannot_be_written_nothing_is_shown(tmp_path):
    (tmp_path / "restricted").write_text("a file in the way")
    with pytest.raises(PanelpackError, match="nothing is shown"):
        log(tmp_path / "restricted", one_answer(), period="2021-22-Q2", census="")


def test_a_list_is_not_written_where_it_could_be_committed(tmp_path):
    with pytest.raises(UsageError, match="in the project's folder"):
        save(tmp_path / "notebooks" / "list.csv", one_answer(), tmp_path)
    assert not (tmp_path / "notebooks").exists()


def test_a_spreadsheet_runs_nothing_of_it(tmp_path):
    saved = save(tmp_path / "elsewhere" / "list.csv", one_answer(), tmp_path / "project")
    assert saved.read_text() == "identifier,times,file,line\nA1,1,e.csv,2\n'=A2,1,e.csv,9\n"


def test_the_files_name_says_what_it_is_of():
    assert file_name(one_answer(groups={"age": "10-13"}), "2021-22-Q2", "") == "looked-after_2021-22-Q2_10-13.csv"
    assert "/" not in file_name(one_answer(groups={"x": "../../a b"}), "2021-22", "")
