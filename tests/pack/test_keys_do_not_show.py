"""Nothing that is published depends on the key: the same returns under two keys make the same packs, byte for byte."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from fake_pack import REPOSITORY, Quiet

from analysis_lib.authority import read_authority
from analysis_lib.pack.build import Request, build_packs

PERIOD = "2021-22-Q2"
CARD = """label = "returns"
extract_date = 2026-03-31
"""


def council_home(folder: Path) -> Path:
    """A project folder whose returns are the demonstration's children, under a label that asks for a key of its own."""
    (folder / "data" / "raw").mkdir(parents=True)
    shutil.copytree(REPOSITORY / "notebooks", folder / "notebooks")
    shutil.copytree(REPOSITORY / "data" / "raw" / "synthetic", folder / "data" / "raw" / "ours")
    (folder / "data" / "raw" / "ours" / "source.toml").write_text(CARD)
    (folder / "data" / "raw" / "published").symlink_to(REPOSITORY / "data" / "raw" / "published")
    return folder


def packs_under(home: Path, key: str) -> tuple[dict[str, bytes], list[str]]:
    """Every file of the restricted pack made with `key`, and the children's hashes in the order of the tables."""
    key_file = home.with_name(f"{key[:4]}.key")
    key_file.write_text(key)
    key_file.chmod(0o600)
    settings = (REPOSITORY / "authority.toml").read_text(encoding="utf-8")
    settings = settings.replace('"data/raw/synthetic"', '"data/raw/ours"')
    settings = settings.replace("[data]\n", f'[data]\nkey_file = "{key_file.as_posix()}"\n')
    (home / "authority.toml").write_text(settings, encoding="utf-8")
    output = home.with_name(f"outputs-{key[:4]}")
    asked = Request(periods=[PERIOD], edition="restricted", output=output)
    outcome = build_packs(read_authority(home), asked, jobs=2, progress=Quiet())
    assert outcome.all_made, outcome.not_made
    pack = output / "restricted" / PERIOD
    files = {path.relative_to(pack).as_posix(): path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    hashes = pd.read_parquet(home / "data" / "processed" / "ours" / "children.parquet")["child_id"].tolist()
    return files, hashes


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    home = council_home(tmp_path_factory.mktemp("council") / "home")
    return packs_under(home, "a1b2" * 16), packs_under(home, "0f9e" * 16)


def test_the_two_keys_give_other_hashes_in_another_order(two):
    (_, one), (_, other) = two
    assert len(one) == len(other) and set(one).isdisjoint(other)


def test_every_byte_of_the_packs_is_the_same(two):
    (one, _), (other, _) = two
    assert sorted(one) == sorted(other) and len([name for name in one if name.endswith(".html")]) == 5
    assert [name for name in one if one[name] != other[name]] == []


def test_no_hash_and_no_key_is_in_a_pack(two):
    for (files, hashes), key in zip(two, ("a1b2" * 16, "0f9e" * 16), strict=True):
        text = b"\n".join(files.values())
        assert key.encode() not in text
        assert not [each for each in hashes if each.encode() in text]
