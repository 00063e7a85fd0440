"""Fixtures for the pack's own tests: a tiny authority, and data that costs nothing to prepare."""

import pytest
from fake_pack import fake_prepare, make_home

from analysis_lib import prepare
from analysis_lib.authority import read_authority


@pytest.fixture
def home(tmp_path):
    return make_home(tmp_path / "home")


@pytest.fixture
def authority(home):
    return read_authority(home)


@pytest.fixture
def prepared(monkeypatch):
    """Makes runs use the fake data; call it with other facts to change them."""

    def use(**facts):
        monkeypatch.setattr(prepare, "prepare_folder", fake_prepare(**facts))

    use()
    return use
