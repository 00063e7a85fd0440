import hashlib
import json
import os
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.disclosure.printed import PrintedFigure
from analysis_lib.disclosure.register import Entry, Publication, Register, SignOff, extend, read_register
from analysis_lib.errors import PanelpackError

SIGN_OFF = SignOff("Head of Performance", "2021-11-30", "Seen by the board’s chair.")


def figure(text, measure="looked_after", groups=(), end="2021-09-30"):
    return PrintedFigure(measure, groups, "", end, "value", text)


def entry(*figures, period="2021-22-Q2", manifest="aa", authority="E06000002", synthetic=True, sign_off=SIGN_OFF):
    return Entry(period, authority, synthetic, (Publication.of(manifest, figures, sign_off),))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "releases"


@pytest.fixture
def filled(folder):
    extend(folder, entry(figure("543"), figure("c", groups=(("sex", "Female"),))))
    extend(folder, entry(figure("530", end="2021-06-30"), period="2021-22-Q1", manifest="bb"))
    return folder


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_no_folder_and_an_empty_one_are_a_register_without_entries(folder):
    assert read_register(folder) == Register()
    folder.mkdir()
    (folder / "README.md").write_text("What lies here.")
    (folder / ".gitattributes").write_text("*.json -text")
    assert read_register(folder) == Register() and not read_register(folder).figures()


def test_what_was_signed_off_is_read_back(filled):
    register = read_register(filled)
    assert [each.period for each in register.entries] == ["2021-22-Q1", "2021-22-Q2"]
    assert register.entry("2021-22-Q2").latest.sign_off == SIGN_OFF
    assert register.entry("2020-21") is None
    assert sorted(each.text for each in register.figures()) == ["530", "543", "c"]


def test_a_pack_is_made_from_the_register_without_its_own_period(filled):
    register = read_register(filled)
    assert [each.text for each in register.figures(without="2021-22-Q2")] == ["530"]
    alone = register.digest(without="2021-22-Q2")
    extend(filled, entry(figure("999"), manifest="cc"), replacing=True)
    assert read_register(filled).digest(without="2021-22-Q2") == alone
    assert read_register(filled).digest(without="2021-22-Q1") != register.digest(without="2021-22-Q1")


def test_the_order_of_signing_leaves_no_trace(filled, tmp_path):
    other = tmp_path / "other"
    for each in reversed(read_register(filled).entries):
        extend(other, each)
    assert bytes_of(other) == bytes_of(filled)


def test_who_signed_and_when_is_no_input_of_a_pack(filled, tmp_path):
    other = tmp_path / "other"
    by = SignOff("Director of Children’s Services", "2022-01-05")
    extend(other, entry(figure("543"), figure("c", groups=(("sex", "Female"),)), sign_off=by))
    extend(other, entry(figure("530", end="2021-06-30"), period="2021-22-Q1", manifest="bb", sign_off=by))
    assert read_register(other).digest() == read_register(filled).digest()
    assert bytes_of(other) != bytes_of(filled)


def test_a_figure_that_stands_in_a_pack_twice_is_kept_once(folder):
    extend(folder, entry(figure("543"), figure("12", "care_starts"), figure("543")))
    lines = (folder / "2021-22-Q2.json").read_text().splitlines()
    assert [json.loads(line.rstrip(",")) for line in lines if line.startswith('["')] == [
        ["care_starts;/2021-09-30;value;;0", "12"],
        ["looked_after;/2021-09-30;value;;0", "543"],
    ]


def test_the_same_pack_again_changes_nothing(filled):
    before = bytes_of(filled)
    again = SignOff("Somebody else’s role", "2022-02-01")
    register = extend(filled, entry(figure("543"), figure("c", groups=(("sex", "Female"),)), sign_off=again))
    assert bytes_of(filled) == before and register == read_register(filled)


def test_another_pack_of_a_signed_period_is_refused_unless_it_is_to_replace(filled):
    before = bytes_of(filled)
    with pytest.raises(
        PanelpackError, match=r"2021-22-Q2 was signed off by Head of Performance on 2021-11-30.*--replace"
    ):
        extend(filled, entry(figure("544"), manifest="cc"))
    assert bytes_of(filled) == before


def test_superseded_figures_stay_known_and_the_latest_holds_where_both_show_a_number(filled):
    girls, boys = (("sex", "Female"),), (("sex", "Male"),)
    extend(filled, entry(figure("544"), figure("c", groups=boys), manifest="cc"), replacing=True)
    extend(filled, entry(figure("c"), figure("540", groups=boys), manifest="dd"), replacing=True)
    register = read_register(filled)
    assert {(each.groups, each.text) for each in register.figures(without="2021-22-Q1")} == {
        ((), "c"),
        (girls, "c"),
        (boys, "540"),
    }
    assert [each.manifest_sha256 for each in register.entry("2021-22-Q2").publications] == ["dd", "cc", "aa"]
    assert register.figures(without="2021-22-Q2") == [figure("530", end="2021-06-30")]


@pytest.mark.parametrize("name", ["2021-22-Q1.json", "2021-22-Q1.signoff.json", "register.json"])
def test_a_missing_file_is_named(filled, name):
    (filled / name).unlink()
    with pytest.raises(
        PanelpackError, match=rf"{name} is missing\. Restore .*git restore releases.* never edit it by hand"
    ):
        read_register(filled)


@pytest.mark.parametrize("name", ["2021-22-Q1.json", "2021-22-Q1.signoff.json"])
@pytest.mark.parametrize("way", ["a figure", "a line end", "nothing left", "no text"])
def test_an_edited_file_is_named(filled, name, way):
    before = (filled / name).read_bytes()
    edited = {
        "a figure": before.replace(b"5", b"6").replace(b"Head", b"Chair"),
        "a line end": before.replace(b"\n", b"\r\n"),
        "nothing left": b"",
        "no text": b"\xff\xfe",
    }
    (filled / name).write_bytes(edited[way])
    with pytest.raises(PanelpackError, match=rf"{name} is not as it was signed off\. Restore"):
        read_register(filled)


@pytest.mark.parametrize("name", ["2021-22-Q3.json", "2021-22-Q1 (copy).json", "notes.txt", "older"])
def test_what_does_not_belong_there_is_named(filled, name):
    if "." in name:
        (filled / name).write_text("{}")
    else:
        (filled / name).mkdir()
    with pytest.raises(PanelpackError, match="is not in the register of releases. Take it out"):
        read_register(filled)
    assert name in str(pytest.raises(PanelpackError, read_register, filled).value)


def test_entries_without_their_list_are_no_empty_register(filled):
    (filled / "register.json").unlink()
    (filled / "2021-22-Q1.json").unlink()
    with pytest.raises(PanelpackError, match="register.json is missing"):
        read_register(filled)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 1}', '{"format": 1, "files": [1]}', "\ufeff{}"])
def test_a_list_that_cannot_be_read_is_named(filled, text):
    (filled / "register.json").write_text(text)
    with pytest.raises(PanelpackError, match=r"register.json cannot be read\. Restore"):
        read_register(filled)


def test_a_list_of_a_later_version_says_so(filled):
    (filled / "register.json").write_text('{"format": 2, "files": []}')
    with pytest.raises(PanelpackError, match="format 2.*Use the version that wrote it"):
        read_register(filled)


def relisted(folder, name, text):
    """An edit whose hash was put into the list too: whoever does it knows what they do, but it must still fit."""
    listed = json.loads((folder / "register.json").read_text())
    (folder / name).write_bytes(text)
    for each in listed["files"]:
        if each["file"] == name:
            each["sha256"] = hashlib.sha256(text).hexdigest()
    (folder / "register.json").write_text(json.dumps(listed))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"publications"', b'"printed"'),
        (b'["looked_after', b'[1, "looked_after'),
        (b"2021-22-Q1", b"2021-22-Q2"),
        (b'"format": 1, ', b'"format":  1, '),
        (b"]}\n]}\n", b"]}\n"),
    ],
)
def test_an_entry_that_panelpack_would_write_otherwise_is_refused_whatever_the_list_says(filled, old, new):
    before = (filled / "2021-22-Q1.json").read_bytes()
    assert old in before
    relisted(filled, "2021-22-Q1.json", before.replace(old, new, 1))
    with pytest.raises(PanelpackError, match=r"2021-22-Q1.json (cannot be read|is not as panelpack writes it)"):
        read_register(filled)


def test_a_list_that_lacks_the_sign_off_of_an_entry_is_refused(filled):
    listed = json.loads((filled / "register.json").read_text())
    listed["files"] = [each for each in listed["files"] if each["file"] != "2021-22-Q1.signoff.json"]
    (filled / "register.json").write_text(json.dumps(listed))
    (filled / "2021-22-Q1.signoff.json").unlink()
    with pytest.raises(PanelpackError, match="register.json does not list two files for each period"):
        read_register(filled)


@pytest.mark.parametrize("replacing", [False, True])
@pytest.mark.parametrize("stop_at", range(5))
def test_a_sign_off_that_is_stopped_leaves_the_old_or_the_new_register(
    filled, tmp_path, monkeypatch, stop_at, replacing
):
    period = "2021-22-Q2" if replacing else "2021-22-Q3"
    new = entry(figure("600"), period=period, manifest="ee")
    whole = tmp_path / "whole"
    shutil.copytree(filled, whole)
    old, after = read_register(filled), extend(whole, new, replacing=replacing)
    steps, real = iter(range(99)), os.replace

    def stops(source, target):
        if next(steps) == stop_at:
            raise KeyboardInterrupt
        real(source, target)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(os, "replace", stops)
        extend(filled, new, replacing=replacing)
    assert read_register(filled) == (old if stop_at < 3 else after)
    assert extend(filled, new, replacing=replacing) == after == read_register(filled)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"authority": "E06000003"}, r"pack 2021-22-Q1 of the council E06000002, not E06000003"),
        ({"synthetic": False}, r"pack 2021-22-Q1 of synthetic returns"),
    ],
)
def test_councils_and_invented_figures_are_kept_apart(filled, other, said):
    with pytest.raises(PanelpackError, match=rf"{said}.*--releases"):
        extend(filled, entry(figure("600"), period="2021-22-Q3", **other))
    read_register(filled).only_of("E06000002", synthetic=True)


@pytest.mark.parametrize("bad", ["no key", "looked_after;;value;;0"])
def test_what_does_not_say_which_figure_it_is_never_enters(folder, bad):
    publication = Publication("aa", ((bad, "5"),), SIGN_OFF)
    with pytest.raises(ValueError, match="does not say which figure"):
        extend(folder, Entry("2021-22-Q2", "E06000002", True, (publication,)))
    assert not folder.exists()


@pytest.mark.parametrize("period", ["../2021-22-Q2", "2021-22-q2", "2021-22-Q9", ""])
def test_what_is_no_period_never_enters(folder, period):
    with pytest.raises((ValueError, PanelpackError)):
        extend(folder, entry(figure("5"), period=period))
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "releases").write_text("a file")
    with pytest.raises(PanelpackError, match="releases"):
        extend(tmp_path / "releases", entry(figure("5")))


texts = st.text(st.characters(codec="utf-8"), max_size=8)


@given(st.lists(st.tuples(texts, texts, texts), max_size=6), texts)
def test_any_words_come_back_as_they_were(tmp_path_factory, rows, note):
    folder = tmp_path_factory.mktemp("register")
    figures = [figure(text, groups=((f"g{column}", value),)) for column, value, text in rows]
    made = entry(*figures, sign_off=SignOff("Role", "2021-11-30", note))
    assert extend(folder, made) == read_register(folder) == Register((made,))
    assert set(read_register(folder).figures()) == set(figures)
