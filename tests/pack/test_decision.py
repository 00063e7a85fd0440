import json
import stat

import pytest
from bs4 import BeautifulSoup
from fake_pack import Quiet, executed, page_cells, shown, write_notebook

from analysis_lib.authority import read_authority
from analysis_lib.disclosure.record import Attack, GateRecord
from analysis_lib.pack import audit, build, make
from analysis_lib.pack.audit import AuditReport
from analysis_lib.pack.decision import PageRecords, decision_page
from analysis_lib.pack.manifest import sha256
from analysis_lib.pack.markup import page_faults

PERIOD = "2021-22-Q2"
REMEDY = "Asian, Black and Mixed are shown together, since single groups are too small to print."


def record(
    what_done, numerator=None, denominator=None, *, reason="", sex="Female", title="Caseload", remedy="", start=""
):
    groups = (("sex", sex),) if sex else ()
    return GateRecord(
        "yos_caseload_by", title, groups, start, "2021-09-30", what_done, reason, numerator, denominator, remedy
    )


def manifest(**more):
    return {
        "authority": {"name": "Middlesbrough", "code": "E06000002"},
        "period": PERIOD,
        "period_label": "July to September 2021 (quarter 2)",
        "edition": "public",
        "synthetic": False,
        "not_made": [],
        "register": {"packs": []},
        "pages": [{"title": "Who?"}],
        "package": {"version": "0.1.0"},
        "input_hash": "ab12",
        **more,
    }


@pytest.fixture
def page_of(authority):
    """The page for records of one page, as soup."""

    def make(*records, attack=None, **more):
        pages = [PageRecords("yos", "Who?", records)]
        page = decision_page(manifest(**more), "cd34", pages, authority.disclosure, attack)
        assert page_faults(page) == []
        return BeautifulSoup(page, "html.parser")

    return make


def rows(soup, id):
    """The cells of the tables under the heading `id`."""
    found = []
    for each in soup.find(id=id).find_next_siblings():
        if each.name == "h2":
            break
        found += [[cell.get_text() for cell in row.select("th, td")] for row in each.select("tbody tr")]
    return found


def answer(soup):
    return [" ".join(item.get_text().split()) for item in soup.select(".answer li")]


def test_every_hidden_number_stands_there_with_its_true_value_and_why(page_of):
    soup = page_of(
        record("hidden", 24, reason="complementary", start="2021-04-01"),
        record("hidden", 3, reason="primary", sex="Male"),
        record("withheld", 2, 7, reason="withheld"),
        record("hidden", 2310.5, 7, reason="average of few", sex=""),
        record("hidden", 1, 12, reason="all of a named group"),
        record("shown", 40, 90),
    )
    assert rows(soup, "hidden") == [
        ["Caseload", "sex: Male", "30 September 2021", "3", "", "too few children"],
        ["Caseload", "sex: Female", "April to September 2021", "24", "", "would give a hidden number away"],
        ["Caseload", "all", "30 September 2021", "2,310.5", "7", "average or percentage of few children"],
        ["Caseload", "sex: Female", "30 September 2021", "2", "7", "all of this table is withheld"],
        ["Caseload", "sex: Female", "30 September 2021", "1", "12", "all of a named group"],
    ]
    assert answer(soup)[0].startswith(
        "5 figures are hidden: all of a named group (1); all of this table is withheld (1);"
    )


def test_each_remedy_stands_there_once_with_the_rows_behind_it(page_of):
    soup = page_of(record("merged", 3, 213, remedy=REMEDY), record("merged", 2, 213, sex="Male", remedy=REMEDY))
    assert soup.get_text().count(REMEDY) == 1
    assert [row[3] for row in rows(soup, "changed")] == ["3", "2"]
    assert answer(soup)[1] == "1 sentence says on the pages what was merged, lengthened or left out."


def test_figures_that_are_shown_and_rest_on_few_are_listed(page_of):
    soup = page_of(
        record("shown", 8, 29),
        record("shown", 8, 30),
        record("shown", 9, sex="Male"),
        record("shown", 31),
        record("shown", 0),
        record("shown", None, 0),
    )
    assert [row[3:5] for row in rows(soup, "small")] == [["8", "29"], ["9", ""]]


def test_none_and_all_of_a_group_are_listed(page_of):
    soup = page_of(
        record("shown", 0, 40),
        record("shown", 40, 40, sex="Male"),
        record("shown", 0, 40, sex=""),
        record("shown", 0),
        record("shown", 0, 0),
        record("hidden", 0, 40, reason="none of a named group"),
    )
    assert [row[3:5] for row in rows(soup, "none-or-all")] == [["0", "40"], ["40", "40"]]


def test_it_says_what_was_attacked_or_that_nothing_was(page_of):
    attacked = page_of(attack=Attack(1204, ("2021-22-Q1", "2020-21-Q4"), 311, 87, 42)).get_text(" ")
    for said in ("1,204 printed figures", "2021-22-Q1, 2020-21-Q4", "311 rows", "87 programs", "largest of 42 numbers"):
        assert said in " ".join(attacked.split())
    not_attacked = page_of(register={"packs": [{"period": "2021-22-Q1"}]})
    assert answer(not_attacked)[-1].startswith("The pack has not been attacked")
    assert "the signed-off packs in mind: 2021-22-Q1." in not_attacked.get_text()


def test_it_says_the_policy_and_who_decided_it(page_of, authority):
    soup = page_of()
    said = " ".join(soup.get_text(" ").split())
    for name, each in authority.disclosure.classes.items():
        assert name.replace("_", " ").capitalize() in said and each.note in said
    assert "Decided by: demonstration default: no officer has decided this" in said
    assert ["Counts from 1 to one less are hidden", "6", "6", "6", "6", "6"] in rows(soup, "policy")


def test_a_page_without_anything_says_so_and_has_room_for_the_decision(page_of):
    soup = page_of()
    assert [soup.find(id=id).find_next("p").get_text() for id in ("changed", "hidden")] == ["Nothing.", "None."]
    assert "Restricted" in soup.select_one(".restricted-mark").get_text()
    assert len(soup.select(".write dd")) >= 3 and "cd34" in soup.get_text()
    assert "synthetic" not in soup.main.get_text()
    assert "no real child" in page_of(synthetic=True).main.get_text()


def test_words_of_the_data_stay_words(page_of):
    assert "<b>Who</b>" in page_of(record("hidden", 3, sex="<b>Who</b>")).get_text()


class Runs:
    """Runs of two notebooks whose pages hand over one record each: the secret number that `secret` has for it."""

    def __init__(self, home, monkeypatch):
        self.home, self.output = home, home / "outputs"
        self.secret = {"demand": 77_001, "yos": 77_002}
        for name in self.secret:
            write_notebook(home / "notebooks", name, page_cells(f"What of {name}?"))
        monkeypatch.setattr(make, "execute", self.execute)
        report = AuditReport(PERIOD, "public", (), figures=1204, elsewhere=311)
        monkeypatch.setattr(audit, "audit_of", lambda *_, **more: report)

    def execute(self, task, **more):
        name = task.notebook.name
        answer = shown("<p>Some.</p>", "answer", text=["Some."], origin=["synthetic"])
        told = [record("hidden", self.secret[name], reason="primary").as_json()]
        provenance = shown("<p>From returns.</p>", "provenance", restricted=told)
        return executed(f"# {task.notebook.title}", [answer], [provenance])

    def run(self, **asked):
        asked = build.Request(**{"periods": [PERIOD], "output": self.output, "force": True, **asked})
        return build.build_packs(read_authority(self.home), asked, jobs=1, progress=Quiet())

    @property
    def place(self):
        return self.output / "restricted" / PERIOD / "signoff.html"


@pytest.fixture
def runs(home, prepared, monkeypatch):
    return Runs(home, monkeypatch)


def test_a_public_run_writes_it_for_its_owner_only_and_nothing_of_it_elsewhere(runs):
    assert runs.run().to_decide == [runs.place]
    assert "77,001" in runs.place.read_text() and "77,002" in runs.place.read_text()
    for path in (runs.output / "restricted").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert stat.S_IMODE((runs.output / "restricted").stat().st_mode) == 0o700
    others = [path for path in runs.output.rglob("*") if path.is_file() and "restricted" not in path.parts]
    assert len(others) > 5
    for path in others:
        content = path.read_bytes()
        assert b"77001" not in content and b"77,001" not in content and b"signoff" not in content, path


def test_the_page_of_a_run_says_what_the_audit_looked_at(runs):
    runs.run()
    said = " ".join(BeautifulSoup(runs.place.read_text(), "html.parser").get_text(" ").split())
    assert "1,204 printed figures" in said and "311 rows" in said and "none signed off" in said


def test_the_same_run_makes_the_same_page(runs):
    runs.run()
    before = runs.place.read_bytes()
    runs.run()
    assert runs.place.read_bytes() == before


def test_a_page_of_another_pack_than_the_one_that_stands_is_made_again_and_no_page_of_the_pack(runs):
    """As a run leaves it that was killed when the pack was in its place and this page not yet."""
    runs.run()
    before = runs.place.read_bytes()
    runs.place.write_text("of an earlier pack")
    outcome = runs.run(force=False)
    assert outcome.all_made and runs.place.read_bytes() != b"of an earlier pack"
    standing = sha256(runs.output / PERIOD / "manifest.json")
    assert standing in before.decode() and standing in runs.place.read_text()
    assert [folder.name for folder in outcome.published] == [PERIOD]
    assert runs.run(force=False).published == []


def test_a_run_of_one_notebook_keeps_what_is_known_of_the_other(runs):
    runs.run()
    before = runs.place.read_bytes()
    runs.run(notebooks=["demand"])
    assert runs.place.read_bytes() == before


@pytest.mark.parametrize("way", ["gone", "unreadable", "other format", "other inputs"])
def test_a_page_of_which_it_is_not_known_any_more_what_the_gate_did_leaves_the_pack(runs, way):
    runs.run()
    kept = runs.place.with_name("signoff.json")
    if way == "gone":
        kept.unlink()
    if way == "unreadable":
        kept.write_text("{")
    if way == "other format":
        kept.write_text(kept.read_text().replace('"format": 1', '"format": 2'))
    if way == "other inputs":
        told = json.loads(kept.read_text())
        for page in told["pages"]:
            page["input_hash"] = "other"
        kept.write_text(json.dumps(told))
    outcome = runs.run(notebooks=["demand"])
    page = runs.place.read_text()
    assert "77,001" in page and "77,002" not in page
    assert "<b>What of yos?</b> has not been made" in page
    assert not (runs.output / PERIOD / "yos.html").exists()
    assert "page yos was taken out (what the gate did is not known any more)" in " ".join(outcome.notes)
    runs.run(force=False)
    assert "77,001" in runs.place.read_text() and "77,002" in runs.place.read_text()


def test_a_page_of_which_it_is_not_known_what_the_gate_did_is_named(authority):
    page = decision_page(manifest(), "cd34", [PageRecords("yos", "Who?", None)], authority.disclosure)
    assert "not known any more for <b>Who?</b>" in page


def test_a_restricted_run_leaves_it_where_it_is_and_makes_none(runs):
    assert runs.run(edition="restricted").to_decide == [] and not runs.place.exists()
    runs.run()
    before = runs.place.read_bytes()
    runs.run(edition="restricted")
    assert runs.place.read_bytes() == before and stat.S_IMODE(runs.place.stat().st_mode) == 0o600
    runs.run()
    assert runs.place.read_bytes() == before and (runs.place.parent / "demand.html").is_file()


def test_the_manifest_on_the_page_is_the_one_that_is_signed(runs):
    runs.run()
    assert sha256(runs.output / PERIOD / "manifest.json") in runs.place.read_text()
