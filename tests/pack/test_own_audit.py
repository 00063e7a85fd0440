"""The audit of our own packs has the project's measures, groupings and policy, what identifies in the returns, and the publications."""

import pytest

from analysis_lib.disclosure.printed import PrintedFigure
from analysis_lib.errors import UsageError
from analysis_lib.groupings import groupings
from analysis_lib.pack import own_audit
from analysis_lib.pack.own_audit import audit_of

KNOWN = [PrintedFigure("looked_after", (), "", "2021-09-30", "value", "543")]


@pytest.fixture
def asked(monkeypatch):
    """What the audit was asked with."""
    facts = {}
    monkeypatch.setattr(own_audit, "audit", lambda folder, **more: facts.update(folder=folder, **more))
    return facts


def test_it_has_all_that_the_project_has_at_hand(authority, tmp_path, asked):
    returns = authority.returns / "episodes.csv"
    returns.write_text(
        "CHILD,SEX,DOB,ETHNIC,DECOM,RNE,LS,CIN,PLACE\nSYN12345,1,02/03/2010,WBRI,01/04/2020,S,C2,N1,U6\n"
    )
    (authority.published / "ons.toml").write_text("released = 2021-06-25\n")
    (authority.published / "picture.png").write_bytes(b"\x89PNG")
    audit_of(authority, tmp_path, earlier=KNOWN)
    assert asked["folder"] == tmp_path and asked["earlier"] == KNOWN and asked["policy"] is authority.disclosure
    assert asked["secrets"].texts == {"SYN12345"} and [f"{day}" for day in asked["secrets"].days] == ["2010-03-02"]
    assert asked["public_texts"] == ["indicator,value\nrate,165\n", "released = 2021-06-25\n"]
    assert "looked_after" in asked["measures"] and asked["groupings"] == groupings()


def test_returns_of_another_folder_are_searched_for(authority, tmp_path, asked):
    audit_of(authority, tmp_path, earlier=(), returns=authority.published)
    assert asked["secrets"].texts == frozenset()


def test_what_cannot_be_searched_for_is_not_taken_to_be_absent(authority, tmp_path, asked):
    with pytest.raises(UsageError, match="no folder .*nowhere with returns.*--data"):
        audit_of(authority, tmp_path, earlier=(), returns=tmp_path / "nowhere")
    assert not asked
