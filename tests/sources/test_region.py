"""A region: the returns of several authorities in a folder each, which are never joined."""

import pytest
from fake_pack import REPOSITORY

from analysis_lib.errors import UsageError
from analysis_lib.sources import read_returns
from analysis_lib.sources.region import authorities_in, refuse_region

EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,DEC,REC\n1001,01/04/2020,S,C2,N1,U6,,\n"


def region_of(folder, *names):
    card = (REPOSITORY / "authority.toml").read_text(encoding="utf-8")
    for name in names:
        (folder / name).mkdir(parents=True)
        (folder / name / "authority.toml").write_text(
            card.replace("data/raw/synthetic", ".").replace("data/raw/published", "../published"), encoding="utf-8"
        )
        (folder / name / "episodes.csv").write_text(EPISODES)
    return folder


def test_a_region_is_known_by_the_cards_of_its_authorities_and_is_not_read_as_one(tmp_path):
    region = region_of(tmp_path, "b", "a")
    assert [home.name for home in authorities_in(region)] == ["a", "b"]
    with pytest.raises(UsageError, match=r"holds the returns of 2 authorities.*--region .* --authority .*/a names one"):
        read_returns(region)
    assert len(read_returns(region / "a").frames["episodes"]) == 1


def test_a_folder_of_one_authority_is_no_region_however_deep_its_returns_lie(tmp_path):
    (tmp_path / "2020-21" / "ssda903").mkdir(parents=True)
    (tmp_path / "2020-21" / "ssda903" / "episodes.csv").write_text(EPISODES)
    assert authorities_in(tmp_path) == []
    refuse_region(tmp_path)
    assert authorities_in(tmp_path / "nowhere") == []


@pytest.mark.parametrize("place", ["episodes.csv", "c/episodes.csv", "c/deep/return.xlsx"])
def test_returns_beside_the_folders_of_a_region_are_refused_because_nobody_knows_whose_they_are(tmp_path, place):
    region = region_of(tmp_path, "a", "b")
    (region / place).parent.mkdir(parents=True, exist_ok=True)
    (region / place).write_text(EPISODES)
    with pytest.raises(UsageError, match=f"other files beside them: {place}"):
        authorities_in(region)


def test_published_figures_notes_and_hidden_files_may_lie_in_a_region(tmp_path):
    region = region_of(tmp_path, "a", "b")
    for place in ("published/benchmarks.csv", ".cache/episodes.csv", "README.md", "c/notes.pdf"):
        (region / place).parent.mkdir(parents=True, exist_ok=True)
        (region / place).write_text("x\n")
    assert [home.name for home in authorities_in(region)] == ["a", "b"]
