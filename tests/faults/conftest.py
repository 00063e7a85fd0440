"""Tiny authorities whose packs are made by real processes, which the tests stop, starve and kill."""

import shutil

import pytest
from disturbed_house import House, Imported


@pytest.fixture(scope="session")
def imported(tmp_path_factory):
    """Runs that need not import what they use."""
    runs = Imported(tmp_path_factory.mktemp("imported"))
    yield runs
    runs.close()


@pytest.fixture
def new_house(tmp_path_factory):
    """Makes houses, which go with the test."""
    made = []

    def house(**how):
        made.append(House(tmp_path_factory.mktemp("house"), **how))
        return made[-1]

    yield house
    for each in made:
        shutil.rmtree(each.scratch, ignore_errors=True)


@pytest.fixture
def house(new_house):
    return new_house()
