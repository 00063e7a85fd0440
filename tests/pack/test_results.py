"""Figures at full precision stand beside the pages of the restricted edition, and nowhere else."""

import json
import stat

import pytest
from fake_pack import Quiet, page_cells, write_notebook
from small_pack import by_sex, key, small_pack_fixture

from analysis_lib.authority import read_authority
from analysis_lib.pack import build as packs
from analysis_lib.pack import results

PERIOD = "2021-22-Q2"
pack = small_pack_fixture()
MALE, FEMALE = (key("cases", parts="sex", sex=sex) for sex in ("Male", "Female"))
ROWS = [{"key": MALE, "value": 41.0}, {"key": FEMALE, "value": 20.0}]
TOTAL = {"key": key("cases"), "value": 61.0}  # which the first sentence of the page says


def with_results(output, rows):
    """An output that hands over rows at full precision."""
    (mime,) = (each for each in output["data"] if "panelpack" in each)
    output["data"][mime]["results"] = rows
    return output


def test_a_file_has_each_row_once_in_the_order_of_its_keys(tmp_path):
    path = tmp_path / "demand.json"
    path.write_text(results.to_text([*ROWS, ROWS[0]]))
    assert path.read_text().count("\n") == 4
    assert results.read_results(path) == {FEMALE: [ROWS[1]], MALE: [ROWS[0]]}
    path.write_text(results.to_text([]))
    assert results.read_results(path) == {}


@pytest.mark.parametrize(
    "spoilt",
    [
        {"child": "Ann"},
        [{"key": MALE, "value": 41.0, "child": "Ann"}],
        [{"key": "Ann", "value": 41.0}],
        [{"key": MALE, "value": "Ann"}],
        [{"key": MALE, "symbol": "Ann Smith"}],
        [{"value": 41.0}],
        ["Ann"],
    ],
)
def test_anything_else_is_no_file_of_figures(tmp_path, spoilt):
    path = tmp_path / "demand.json"
    path.write_text(json.dumps(spoilt))
    with pytest.raises(ValueError):
        results.read_results(path)


def test_numbers_may_differ_by_a_billionth_and_no_more():
    then = {MALE: [{"key": MALE, "value": 3.0, "numerator": 0.0, "symbol": "u"}]}
    assert (
        results.differences(then, {MALE: [{"key": MALE, "value": 3.000000002, "numerator": 0.0, "symbol": "u"}]}) == []
    )
    now = {MALE: [{"key": MALE, "value": 3.00000001, "lower": 1.0}]}
    assert results.differences(then, now) == [
        f"{MALE}, lower: none then, 1.0 now",
        f"{MALE}, numerator: 0.0 then, none now",
        f"{MALE}, symbol: 'u' then, none now",
        f"{MALE}, value: 3.0 then, 3.00000001 now",
    ]
    assert results.differences(then, {}) == [f"{MALE}: there once then, not there now"]


def test_a_restricted_pack_has_them_for_its_owner_only_and_its_audit_is_sound(pack):
    assert pack.run(with_results(by_sex(), [*ROWS, TOTAL]), edition="restricted").all_made
    folder = pack.output / "restricted" / PERIOD
    path = folder / "results" / "demand.json"
    assert results.read_results(path) == {MALE: [ROWS[0]], FEMALE: [ROWS[1]], TOTAL["key"]: [TOTAL]}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["pages"][0]["results"] == "results/demand.json"
    assert "results/demand.json" in {each["path"] for each in manifest["outputs"]}


@pytest.mark.parametrize(
    "rows",
    [
        [ROWS[0]],
        [ROWS[0], {"key": FEMALE, "value": 20.6}],
        [ROWS[0], {"key": FEMALE, "numerator": 20.0}],
        [*ROWS, {"key": MALE, "value": 41.0, "symbol": "Ann Smith"}],
    ],
)
def test_a_restricted_pack_whose_numbers_are_not_what_it_prints_is_refused(pack, rows):
    outcome = pack.run(with_results(by_sex(), [*rows, TOTAL]), edition="restricted")
    assert outcome.published == [] and "figure" in outcome.not_made[0]


def test_what_rounds_to_the_printed_figure_is_that_figure(pack):
    rows = [ROWS[0], {"key": FEMALE, "value": 19.5}, TOTAL]
    assert pack.run(with_results(by_sex(), rows), edition="restricted").all_made


def test_a_public_pack_with_such_a_file_is_refused(pack):
    said = pack.refusal(with_results(by_sex(), ROWS))
    assert "figures at full precision in a public pack" in said


def test_a_file_laid_into_a_public_pack_is_found(pack):
    assert pack.run(by_sex()).all_made
    (pack.folder / "results").mkdir()
    (pack.folder / "results" / "demand.json").write_text(results.to_text(ROWS))
    assert ("edition", "a file that is neither a page nor a table in a public pack") in {
        (finding.kind, finding.what) for finding in pack.audit().findings
    }


def test_a_page_that_stays_keeps_its_numbers(home, prepared):
    write_notebook(home / "notebooks", "demand", page_cells())
    write_notebook(home / "notebooks", "adoption", page_cells("How long?"))
    asked = packs.Request(periods=[PERIOD], edition="restricted", output=home / "outputs")
    authority = read_authority(home)
    assert packs.build_packs(authority, asked, jobs=1, progress=Quiet()).all_made
    folder = home / "outputs" / "restricted" / PERIOD / "results"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    write_notebook(home / "notebooks", "adoption", page_cells("How long now?"))
    quiet = Quiet()
    assert packs.build_packs(authority, asked, jobs=1, progress=quiet).all_made
    assert not any(line.startswith("demand") for line in quiet.lines)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert sorted(before) == ["adoption.json", "demand.json"]
