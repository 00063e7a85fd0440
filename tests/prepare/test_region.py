"""The authorities of a region are prepared one after the other, each with a store and problems of its own."""

from dataclasses import replace

import pandas as pd
import pytest
from fake_pack import REPOSITORY

from analysis_lib.authority import read_authority
from analysis_lib.errors import DataError
from analysis_lib.prepare import load_tables, prepare_folder, prepare_region

HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n1001,{sex},01/02/2010,WBRI,UN1,,\n"
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,DEC,REC\n1001,{day},S,C2,N1,U6,,\n"


@pytest.fixture
def project(tmp_path):
    return replace(read_authority(REPOSITORY), home=tmp_path / "project", key_file=tmp_path / "key")


@pytest.fixture
def region(tmp_path):
    card = (REPOSITORY / "authority.toml").read_text(encoding="utf-8").replace("data/raw/synthetic", ".")
    for name, code, sex, day in (("a", "E06000002", "1", "01/04/2020"), ("b", "E06000003", "9", "02/05/2020")):
        folder = tmp_path / "region" / name
        (folder / "2020-21").mkdir(parents=True)
        (folder / "authority.toml").write_text(card.replace("E06000002", code), encoding="utf-8")
        (folder / "source.toml").write_text('label = "synthetic"\n')
        (folder / "2020-21" / "header.csv").write_text(HEADER.format(sex=sex))
        (folder / "2020-21" / "episodes.csv").write_text(EPISODES.format(day=day))
    return tmp_path / "region"


def test_children_of_two_authorities_with_one_identifier_are_two_children(region, project):
    stores = {authority.returns.name: store for authority, store in prepare_region(region, project)}
    starts = {name: load_tables(store)["episodes"]["episode_start"].tolist() for name, store in stores.items()}
    assert starts == {"a": [pd.Timestamp("2020-04-01")], "b": [pd.Timestamp("2020-05-02")]}
    sexes = {name: load_tables(store, ["children"])["children"]["sex"].tolist() for name, store in stores.items()}
    assert sexes == {"a": ["male"], "b": ["unknown"]}
    found = {name: set(load_tables(store, ["problems"])["problems"]["column"]) for name, store in stores.items()}
    assert "SEX" in found["b"] and "SEX" not in found["a"]
    assert {store.parent for store in stores.values()} == {project.processed}


def test_an_authority_is_prepared_in_a_region_as_by_itself(region, project):
    (authority, store), *_ = prepare_region(region, project)
    assert prepare_folder(region / "a", authority) == store


def test_an_authority_that_cannot_be_read_does_not_stop_the_others(region, project):
    for file in (region / "a" / "2020-21").iterdir():
        file.write_text("nothing,known\n1,2\n")
    (_, first), (_, second) = prepare_region(region, project)
    assert isinstance(first, DataError) and "can be used" in str(first)
    assert len(load_tables(second, ["episodes"])["episodes"]) == 1
