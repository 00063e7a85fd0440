"""A tiny authority whose packs are made by real processes, which the tests stop, starve and kill."""

import shutil

import pytest
from disturbed_house import House


@pytest.fixture(scope="module")
def module_house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("house"))
    yield house
    shutil.rmtree(house.scratch, ignore_errors=True)


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path)
    yield house
    shutil.rmtree(house.scratch, ignore_errors=True)
