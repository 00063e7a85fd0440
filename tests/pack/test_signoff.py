import json
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fake_pack import Quiet, executed, page_cells, shown, write_notebook

from analysis_lib.authority import read_authority
from analysis_lib.disclosure.printed import PrintedFigure
from analysis_lib.disclosure.register import read_register
from analysis_lib.errors import DisclosureError, PanelpackError, UsageError
from analysis_lib.pack import audit, build, make, signoff
from analysis_lib.pack import manifest as manifests
from analysis_lib.pack.audit import AuditReport
from analysis_lib.pack.signoff import day_of_decision, sign_off
from analysis_lib.roles import role

Q1, Q2, Q3 = "2021-22-Q1", "2021-22-Q2", "2021-22-Q3"
BY, ON = "Head of Performance", "2022-03-01"


def figure(period, text, sex=""):
    groups = (("sex", sex),) if sex else ()
    return PrintedFigure("looked_after", groups, "", f"{period} end", "value", text)


class Packs:
    """Public packs of one page that print a number, or what `printed` has for a period, without a kernel."""

    def __init__(self, home, monkeypatch):
        self.home, self.output, self.releases = home, home / "outputs", home / "releases"
        self.printed, self.audited, self.seen = {}, [], []
        self.findings = []
        write_notebook(home / "notebooks", "demand", page_cells("How many?"))
        monkeypatch.setattr(make, "execute", self.execute)
        for module in (audit, signoff):
            monkeypatch.setattr(module, "audit_of", self.audit_of)

    @property
    def authority(self):
        return read_authority(self.home)

    def execute(self, task, *, data, releases, authority, progress):
        code = task.period.code
        known = read_register(Path(releases)).figures(without=code) if task.edition == "public" else []
        self.seen.append((code, sorted(each.text for each in known)))
        figures = self.printed.get(code, [figure(code, "540")])
        cells = " ".join(f'<span data-figure="{each.key}">{each.text}</span>' for each in figures)
        said = f"<p>{cells} and {len(known)} known.</p>"
        return executed("# How many?", [shown(said, "answer", text=["Some."], origin=["synthetic"])])

    def run(self, *periods, **asked):
        asked = build.Request(**{"periods": periods, "output": self.output, "force": True, **asked})
        return build.build_packs(self.authority, asked, jobs=1, progress=Quiet())

    def audit_of(self, authority, folder, *, returns, register, besides=(), is_published=True):
        if not is_published:  # the run's own
            return AuditReport(folder.name, "public", ())
        known = [*register.figures(without=folder.name), *besides]
        self.audited.append((folder.name, sorted(each.text for each in known)))
        return AuditReport(folder.name, "public", tuple(self.findings))

    def sign(self, period, **asked):
        return sign_off(self.authority, self.output / period, **{"by": BY, "on": ON, **asked})

    def correct(self, period):
        """Write that the pack of `period` corrects the one that stands in the register."""
        corrects = read_register(self.releases).entry(period).latest.manifest_sha256
        path = self.home / "commentary" / period / "correction.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f'corrects = "{corrects}"\nwhat = "A number"\nwhy = "A late return"\nby = "Head of Performance"\non = 2022-02-14\n'
        )

    def bytes(self, period=""):
        return {path: path.read_bytes() for path in (self.output / period).rglob("*") if path.is_file()}

    def states(self):
        soup = BeautifulSoup((self.output / "index.html").read_text(), "html.parser")
        return [each.get_text() for each in soup.select(".state")]


@pytest.fixture
def packs(home, prepared, monkeypatch):
    return Packs(home, monkeypatch)


DRAFT = "Draft: nobody has decided to publish it."
SIGNED = "Signed off by Head of Performance on 1 March 2022."
CHANGED = "Draft: it has changed since a pack of this period was signed off by Head of Performance on 1 March 2022."


def test_a_pack_is_a_draft_until_it_is_signed_off(packs):
    packs.run(Q1, Q2)
    assert packs.states() == [DRAFT, DRAFT]
    packs.sign(Q1)
    assert packs.states() == [DRAFT, SIGNED]


def test_signing_off_changes_neither_pages_nor_manifest(packs):
    packs.run(Q1, Q2)
    before = {period: packs.bytes(period) for period in (Q1, Q2, "restricted")}
    packs.sign(Q2)
    assert {period: packs.bytes(period) for period in before} == before


def test_the_register_has_what_was_printed_and_who_decided(packs):
    packs.printed[Q2] = [figure(Q2, "543"), figure(Q2, "c", "Female"), figure(Q2, "543")]
    packs.run(Q2)
    signed = packs.sign(Q2, note=" Seen by\nthe chair. ")
    assert (signed.period, signed.figures, signed.was_signed_before) == (Q2, 2, False)
    entry = read_register(packs.releases).entry(Q2)
    assert (entry.authority, entry.synthetic) == ("E06000002", True)
    assert (entry.latest.sign_off.by, entry.latest.sign_off.on, entry.latest.sign_off.note) == (
        BY,
        ON,
        "Seen by the chair.",
    )
    assert entry.latest.manifest_sha256 == manifests.sha256(packs.output / Q2 / "manifest.json")
    assert read_register(packs.releases).figures() == [figure(Q2, "543"), figure(Q2, "c", "Female")]


def test_a_run_knows_what_was_signed_off_for_other_periods_and_says_so(packs):
    packs.run(Q1, Q2)
    packs.sign(Q1)
    packs.printed[Q2] = [figure(Q2, "9")]
    packs.sign(Q2)
    packs.run(Q1, Q2, Q3)
    assert packs.seen[-3:] == [(Q1, ["540"]), (Q2, ["540"]), (Q3, ["540", "540"])]
    told = manifests.read_manifest(packs.output / Q3)["register"]
    signed = read_register(packs.releases)
    assert told["sha256"] == signed.digest(without=Q3)
    assert told["packs"] == [
        {"period": each.period, "manifest_sha256": each.latest.manifest_sha256} for each in signed.entries
    ]
    assert [each["period"] for each in manifests.read_manifest(packs.output / Q1)["register"]["packs"]] == [Q2]


def test_a_pack_of_the_same_period_is_made_alike_before_and_after_its_own_sign_off(packs):
    packs.run(Q2)
    before = packs.bytes(Q2)
    packs.sign(Q2)
    packs.run(Q2)
    assert packs.bytes(Q2) == before and packs.states() == [SIGNED]


def test_results_do_not_depend_on_the_order_of_runs_and_drafts_do_not_count(packs):
    packs.run(Q2, Q1)
    one = packs.bytes()
    shutil.rmtree(packs.output)
    packs.run(Q1)
    packs.run(Q2)
    assert packs.bytes() == one
    assert not packs.releases.exists()


def test_a_new_entry_makes_the_pages_of_other_periods_anew(packs):
    packs.run(Q1, Q2)
    before = manifests.read_manifest(packs.output / Q2)["input_hash"]
    packs.sign(Q1)
    packs.run(Q2)
    assert manifests.read_manifest(packs.output / Q2)["input_hash"] != before


def test_exact_figures_do_not_depend_on_the_register(packs):
    packs.run(Q2, edition="restricted")
    before = packs.bytes("restricted")
    packs.run(Q1)
    packs.sign(Q1)
    packs.run(Q2, edition="restricted")
    assert {path: before[path] for path in before if Q2 in path.parts} == {
        path: content for path, content in packs.bytes("restricted").items() if Q2 in path.parts
    }
    assert 'class="state' not in (packs.output / "restricted" / "index.html").read_text()


def test_the_audit_is_asked_with_all_other_signed_packs(packs):
    packs.run(Q1, Q2)
    packs.sign(Q1)
    packs.sign(Q2)
    assert packs.audited == [(Q1, []), (Q2, ["540"])]


def test_what_fails_the_audit_is_not_signed_off(packs):
    packs.run(Q2)
    before = packs.bytes()
    packs.findings = [f"demand.html, row {number}: can be worked out" for number in range(1, 13)]
    with pytest.raises(DisclosureError) as stop:
        packs.sign(Q2)
    lines = str(stop.value).splitlines()
    assert (
        lines[0].endswith("may not be published as it is:")
        and lines[-1] == "  and 2 more; `panelpack audit` lists them all"
        and len(lines) == 12
    )
    assert "demand.html, row 1: can be worked out" in lines[1]
    assert not packs.releases.exists() and packs.bytes().keys() == before.keys() and packs.states() == [DRAFT]


def test_the_same_pack_twice_is_one_decision(packs):
    packs.run(Q2)
    packs.sign(Q2)
    before = {path.name: path.read_bytes() for path in packs.releases.iterdir()}
    again = packs.sign(Q2, by="Director of Children’s Services", on="2022-04-01")
    assert again.was_signed_before and again.sign_off.by == BY and len(packs.audited) == 1
    assert {path.name: path.read_bytes() for path in packs.releases.iterdir()} == before


def test_a_changed_pack_is_a_draft_again_and_needs_to_replace(packs):
    packs.run(Q2)
    packs.sign(Q2)
    packs.printed[Q2] = [figure(Q2, "541"), figure(Q2, "c", "Female")]
    write_notebook(packs.home / "notebooks", "demand", page_cells("How many now?"))
    outcome = packs.run(Q2)
    assert packs.states() == [CHANGED]
    (said,) = outcome.notes
    assert said.startswith(
        "2021-22-Q2: this pack is not the one that was signed off by Head of Performance on 2022-03-01, and"
    )
    assert "commentary/2021-22-Q2/correction.toml" in said
    for replacing in (False, True):
        with pytest.raises(
            PanelpackError, match="does not say what it corrects. Write commentary/2021-22-Q2/correction.toml"
        ):
            packs.sign(Q2, replacing=replacing)
    packs.correct(Q2)
    assert packs.run(Q2).notes == []
    with pytest.raises(PanelpackError, match="Another pack of 2021-22-Q2 was signed off.*--replace"):
        packs.sign(Q2)
    packs.sign(Q2, replacing=True)
    assert packs.states() == [f"{SIGNED} It corrects the pack signed off by Head of Performance on 1 March 2022."]
    assert [len(each.figures) for each in read_register(packs.releases).entry(Q2).publications] == [2, 1]


def test_a_pack_that_replaces_is_attacked_with_what_only_the_earlier_one_showed(packs):
    packs.printed[Q2] = [figure(Q2, "543"), figure(Q2, "20", "Male"), figure(Q2, "30", "Female")]
    packs.run(Q2)
    packs.sign(Q2)
    packs.printed[Q2] = [figure(Q2, "544"), figure(Q2, "c", "Male")]
    write_notebook(packs.home / "notebooks", "demand", page_cells("How many now?"))
    packs.correct(Q2)
    packs.run(Q2)
    packs.sign(Q2, replacing=True)
    assert packs.audited[-1] == (Q2, ["30"])


def test_a_page_edited_after_the_decision_is_a_draft_again(packs):
    packs.run(Q2)
    packs.sign(Q2)
    page = packs.output / Q2 / "demand.html"
    page.write_text(page.read_text().replace("540", "541"))
    packs.run(Q1)
    assert packs.states() == [CHANGED, DRAFT]


def corrected(packs):
    """A signed-off pack, and one that says that it corrects it."""
    packs.run(Q2)
    packs.sign(Q2)
    packs.printed[Q2] = [figure(Q2, "541")]
    packs.correct(Q2)
    packs.run(Q2)
    return manifests.read_manifest(packs.output / Q2)


def test_a_corrected_pack_says_so_in_its_manifest_and_on_its_front_page(packs):
    told = corrected(packs)["correction"]
    first = read_register(packs.releases).entry(Q2).latest
    assert (told["corrects"], told["first_on"], told["on"]) == (first.manifest_sha256, ON, "2022-02-14")
    index = BeautifulSoup((packs.output / Q2 / "index.html").read_text(), "html.parser")
    assert (
        "It corrects the earlier pack of this period, signed off by Head of Performance on 1 March 2022" in index.text
    )
    assert "What was wrong: A number. Why: A late return." in index.text and first.manifest_sha256 in index.text
    decision = (packs.output / "restricted" / Q2 / "signoff.html").read_text()
    assert "What this pack corrects" in decision and "A late return" in decision


def test_a_corrected_pack_comes_out_alike_after_its_own_sign_off(packs):
    corrected(packs)
    before = packs.bytes(Q2)
    packs.sign(Q2, replacing=True)
    assert packs.run(Q2).notes == [] and packs.bytes(Q2) == before


def test_a_correction_of_another_than_the_one_that_stands_is_refused(packs):
    corrected(packs)
    packs.sign(Q2, replacing=True)
    packs.printed[Q2] = [figure(Q2, "542")]
    write_notebook(packs.home / "notebooks", "demand", page_cells("How many now?"))
    assert "does not say that it corrects it" in packs.run(Q2).notes[0]
    with pytest.raises(PanelpackError, match="this one says that it corrects another"):
        packs.sign(Q2, replacing=True)


def test_a_correction_of_what_nobody_signed_off_stops_the_run_before_anything_is_made(packs):
    packs.run(Q2)
    packs.sign(Q2)
    packs.correct(Q2)
    shutil.rmtree(packs.releases)
    packs.seen.clear()
    with pytest.raises(PanelpackError, match="no pack of 2021-22-Q2 with this manifest has been signed off"):
        packs.run(Q2)
    assert packs.seen == []


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("edited", r"not as it was made: demand.html has changed\. Make it again: panelpack run --period 2021-22-Q2"),
        ("gone", r"not as it was made: demand.html is missing"),
        ("added", r"not as it was made: notes.txt is not in the manifest"),
        ("two", r"not as it was made: demand.html has changed \(and 1 more\)"),
    ],
)
def test_a_pack_that_is_not_as_it_was_made_is_refused(packs, way, said):
    packs.run(Q2)
    folder = packs.output / Q2
    if way in ("edited", "two"):
        (folder / "demand.html").write_text("other")
    if way == "gone":
        (folder / "demand.html").unlink()
    if way in ("added", "two"):
        (folder / "notes.txt").write_text("mine")
    with pytest.raises(PanelpackError, match=said):
        packs.sign(Q2)
    assert not packs.releases.exists() and not packs.audited


def test_restricted_packs_are_never_signed_off(packs):
    packs.run(Q2, edition="restricted")
    with pytest.raises(UsageError, match="restricted edition, which is never published"):
        sign_off(packs.authority, packs.output / "restricted" / Q2, by=BY, on=ON)


@pytest.mark.parametrize("place", ["outputs", "outputs/2020-21", "nowhere"])
def test_what_is_no_pack_is_refused(packs, place):
    packs.run(Q2)
    with pytest.raises(UsageError, match="There is no pack in .*outputs/2021-22-Q2"):
        sign_off(packs.authority, packs.home / place, by=BY, on=ON)


def test_a_pack_of_another_council_or_policy_is_refused(packs):
    packs.run(Q2)
    path = packs.home / "authority.toml"
    settings = path.read_text()
    path.write_text(settings.replace("threshold = 6", "threshold = 7", 1))
    with pytest.raises(PanelpackError, match="disclosure policy is not the one"):
        packs.sign(Q2)
    path.write_text(settings.replace("E06000002", "E06000003").replace('"Middlesbrough"', '"Redcar and Cleveland"'))
    with pytest.raises(UsageError, match="is of Middlesbrough, not of Redcar"):
        packs.sign(Q2)


@pytest.mark.parametrize("edition", ["public", "restricted"])
def test_a_damaged_register_stops_a_public_run_before_anything_is_made(packs, edition):
    packs.run(Q2)
    packs.sign(Q2)
    path = packs.releases / f"{Q2}.json"
    path.write_text(path.read_text().replace("540", "541"))
    if edition == "restricted":
        assert packs.run(Q1, edition=edition).all_made
        return
    packs.seen.clear()
    with pytest.raises(PanelpackError, match=f"{Q2}.json is not as it was signed off"):
        packs.run(Q1)
    assert not packs.seen and not (packs.output / Q1).exists()


def test_packs_of_real_returns_are_not_made_with_a_register_of_synthetic_ones(packs, prepared):
    packs.run(Q2)
    packs.sign(Q2)
    prepared(label="returns")
    with pytest.raises(PanelpackError, match="has the pack 2021-22-Q2 of synthetic returns.*--releases"):
        packs.run(Q1)
    assert packs.run(Q1, releases=packs.home / "other").all_made


def test_a_register_of_its_own_is_used_everywhere(packs):
    own = packs.home / "trial"
    packs.run(Q1, Q2, releases=own)
    packs.sign(Q1, releases=own)
    packs.run(Q2, releases=own)
    assert packs.seen[-1] == (Q2, ["540"]) and packs.states() == [DRAFT, SIGNED]
    assert not packs.releases.exists()
    packs.run(Q2)
    assert packs.seen[-1] == (Q2, []) and packs.states() == [DRAFT, DRAFT]


def test_a_place_for_the_register_in_the_settings(packs):
    path = packs.home / "authority.toml"
    path.write_text(path.read_text().replace('releases = "releases"', 'releases = "somewhere/else"'))
    packs.run(Q2)
    packs.sign(Q2)
    assert (packs.home / "somewhere" / "else" / "register.json").is_file()


def test_a_sign_off_during_a_run_stops_the_run(packs, monkeypatch):
    packs.run(Q1)
    real = packs.execute

    def signs_meanwhile(task, **asked):
        page = real(task, **asked)
        shutil.copytree(packs.output / Q1, packs.home / "apart" / Q1)
        sign_off(packs.authority, packs.home / "apart" / Q1, by=BY, on=ON)
        return page

    monkeypatch.setattr(make, "execute", signs_meanwhile)
    with pytest.raises(PanelpackError, match="A pack was signed off while 2021-22-Q2 was being made"):
        packs.run(Q2)
    assert not (packs.output / Q2).exists()


def test_a_figure_that_does_not_say_what_it_is_is_not_signed_off(packs):
    packs.run(Q2)
    folder = packs.output / Q2
    page = folder / "demand.html"
    page.write_text(page.read_text().replace("looked_after;", ";"))
    told = json.loads((folder / "manifest.json").read_text())
    for each in told["outputs"]:
        each["sha256"] = manifests.sha256(folder / each["path"])
    (folder / "manifest.json").write_text(manifests.to_json(told))
    with pytest.raises(DisclosureError, match="does not say which number it shows"):
        packs.sign(Q2)


def test_what_cannot_be_searched_for_is_not_taken_to_be_absent(packs):
    packs.run(Q2)
    with pytest.raises(UsageError, match="no folder .*nowhere with returns.*--data"):
        packs.sign(Q2, returns=packs.home / "nowhere")
    assert not packs.audited


def test_words_that_stand_for_a_hidden_figure_enter_the_register_as_its_symbol(packs):
    packs.printed[Q2] = [figure(Q2, "a number too small to show", "Female"), figure(Q2, "540")]
    packs.run(Q2)
    packs.sign(Q2)
    assert [each.text for each in read_register(packs.releases).figures()] == ["540", "c"]


@pytest.mark.parametrize(
    "said",
    [
        "Head of Performance",
        "director of children’s services",
        "DCS",
        "Corporate Parenting Board",
        "Caldicott Guardian",
        "Data Protection Officer",
        "Virtual School Headteacher",
        "Business Intelligence Manager (Children)",
        "Performance Team",
        "Team Managers",
        "Lead Member for Children’s Services",
    ],
)
def test_a_role_is_taken_as_it_is(said):
    assert role(f"  {said} ") == said


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", "in which role"),
        ("  ", "in which role"),
        ("Jane Smith", "person's name"),
        ("Cllr Smith", "person's name"),
        ("Dr A Head", "person's name"),
        ("head.of.performance@example.gov.uk", "person's name"),
        ("Smith", "person's name"),
        ("Head " * 30, "more than 100 letters"),
    ],
)
def test_what_is_no_role_is_refused(said, why):
    with pytest.raises(UsageError, match=why):
        role(said)


@pytest.mark.parametrize("day", ["", "yesterday", "30/11/2021", "2021-13-01", "2021-02-30", "2021-09-30", "2021-08-01"])
def test_what_is_no_day_after_the_period_is_refused(day):
    with pytest.raises(UsageError, match="is not a day|is no day after the end"):
        day_of_decision(day, {"period": Q2, "last_day": "2021-09-30"})
    assert day_of_decision("2021-10-01", {"period": Q2, "last_day": "2021-09-30"}) == "2021-10-01"
