"""The adoption notebook, executed once per edition on the demonstration data, against plain counts from its CSVs."""

import csv
import re
import shutil
from datetime import date
from statistics import mean

import nbformat
import pytest
from executed_page import HOME, RAW, execute, shown

NAME = "adoption_timescales"
NOTEBOOK = HOME / "notebooks" / f"{NAME}.ipynb"
LAST_DAY = date(2021, 9, 30)
ADOPTIVE = ("A3", "A4", "A5", "A6")


@pytest.fixture(scope="module")
def public(tmp_path_factory):
    return shown(execute(NAME, tmp_path_factory.mktemp("public"), period="2021-22-Q2", edition="public"))


@pytest.fixture(scope="module")
def restricted(tmp_path_factory):
    return shown(execute(NAME, tmp_path_factory.mktemp("restricted"), period="2021-22-Q2", edition="restricted"))


def day(text):
    return date(int(text[6:]), int(text[3:5]), int(text[:2])) if text else None


@pytest.fixture(scope="module")
def lives():
    """Each child's episodes from the CSVs, in order, each as the latest return has it, cut at the period's last day."""
    episodes = {}
    for path in sorted(RAW.glob("ssda903/*/episodes.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                episodes[row["CHILD"], day(row["DECOM"])] = row
    children = {}
    for (child, start), row in sorted(episodes.items()):
        if start <= LAST_DAY:
            ended = day(row["DEC"])
            open_still = ended is None or ended > LAST_DAY
            end, reason = (None, "") if open_still else (ended, row["REC"])
            children.setdefault(child, []).append({**row, "start": start, "end": end, "REC": reason})
    return children


def adopted(lives, first, last):
    return [rows for rows in lives.values() if rows[-1]["REC"] in ("E11", "E12") and first <= rows[-1]["end"] <= last]


def entered_care(rows):
    """First day of the latest period of care; the first day known where it began before the returns."""
    return max((row["start"] for row in rows if row["RNE"] == "S"), default=rows[0]["start"])


def moved_in(rows):
    """Walk back from the last episode while the child is with the same adopters."""
    if rows[-1]["PLACE"] not in ADOPTIVE:
        return None
    index = len(rows) - 1
    while rows[index]["RNE"] in ("L", "T", "U") and rows[index - 1]["PLACE"] in ADOPTIVE:
        index -= 1
    return rows[index]["start"]


def the_table(page, name):
    """A table of the page as {first cell: {heading: cell}}."""
    (text,) = [
        output["csv"] for outputs in page.values() for output in outputs if output["name"] == name and output["csv"]
    ]
    head, *body = list(csv.reader(text.splitlines()))
    return {row[0]: dict(zip(head, row, strict=True)) for row in body}


def words(page):
    return [line for outputs in page.values() for output in outputs for line in output["text"]]


def test_everything_shown_came_through_the_report_room(public, restricted):
    for page in (public, restricted):
        assert all(output is not None for outputs in page.values() for output in outputs)
        assert page["answer"][0]["kind"] == "answer" and len(page["answer"][0]["text"]) == 5


def test_the_notebook_is_thin_and_committed_without_outputs():
    notebook = nbformat.read(NOTEBOOK, 4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert notebook.metadata["panelpack"]["returns"] == ["ssda903"]
    assert not re.search(r"^\s*(for|while|if|def|class)\b", "\n".join(cell.source for cell in code), re.MULTILINE)
    assert code[0]["metadata"]["tags"] == ["parameters"]


@pytest.mark.parametrize(
    ("row", "first", "last"),
    [
        ("Year to date: April to September 2021", date(2021, 4, 1), LAST_DAY),
        ("Last full year: April 2020 to March 2021", date(2020, 4, 1), date(2021, 3, 31)),
        ("Three years: April 2018 to March 2021", date(2018, 4, 1), date(2021, 3, 31)),
    ],
)
def test_children_adopted_and_their_days_are_those_of_the_raw_episodes(public, restricted, lives, row, first, last):
    children = adopted(lives, first, last)
    a1 = mean((moved_in(rows) - entered_care(rows)).days for rows in children)
    for page in (public, restricted):
        assert the_table(page, "adopted_orders_decisions")[row]["Children adopted"] == str(len(children))
        if page is public and row.startswith("Year to date"):  # beside the full year, one child's wait would follow
            assert row not in the_table(page, "scorecard_days")
            continue
        days = the_table(page, "scorecard_days")[row]
        assert days["A1, care to moving in"] == str(int(a1 + 0.5)) and days[
            "A1, care to moving in, children counted"
        ] == str(len(children))


def test_the_answer_says_the_numbers_that_the_tables_show(public, lives):
    text = " ".join(public["answer"][0]["text"])
    table = the_table(public, "adopted_orders_decisions")
    for row in table.values():
        assert f"{row['Children adopted']} from" in text
    a1 = the_table(public, "scorecard_days")["Three years: April 2018 to March 2021"]["A1, care to moving in"]
    assert f"{a1} days on average" in text


def test_the_calibrated_headlines_are_the_published_ones(public):
    """16 and 25 adopted in 2019-20 and 2020-21, and 385 days in 2020-21, as the council printed (30 November 2021)."""
    years = the_table(public, "adopted_by_year")
    assert years["31 March 2020"]["Counted for this page"] == "16"
    assert years["31 March 2021"]["Counted for this page"] == "25"
    assert years["31 March 2021"]["Published by the Department for Education"] == "25"
    assert (
        the_table(public, "scorecard_days")["Last full year: April 2020 to March 2021"]["A1, care to moving in"]
        == "385"
    )
    printed = " ".join(row["Figure"] for row in the_table(public, "days_printed").values())
    assert "189" in printed and "323" in printed


def waiting(lives):
    """Children under a placement order on the last day, not adopted, whose plan for adoption has not been ended."""
    ended = {}
    for path in sorted(RAW.glob("ssda903/*/placed_for_adoption.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                ended[row["CHILD"]] = day(row["DATE_PLACED_CEASED"])
    return [
        rows
        for child, rows in lives.items()
        if rows[-1]["end"] is None and rows[-1]["LS"] == "E1" and not (ended.get(child) and ended[child] <= LAST_DAY)
    ]


def test_children_waiting_are_those_under_an_order_on_the_last_day(restricted, lives):
    children = waiting(lives)
    stages = the_table(restricted, "waiting_by_stage")
    heading = "Children with a placement order, not yet adopted"
    assert sum(int(row[heading]) for row in stages.values()) == len(children)
    assert int(stages["Moved in, not yet adopted"][heading]) == sum(moved_in(rows) is not None for rows in children)
    assert any(f"{len(children)} children had a placement order" in line for line in words(restricted))


def test_the_share_moved_in_after_a_year_is_a_plain_product_of_daily_shares(restricted, lives):
    """The judge: a plain Aalen-Johansen loop over days, over children whose order was granted in the five years."""
    ended = {}
    for path in sorted(RAW.glob("ssda903/*/placed_for_adoption.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            ended |= {row["CHILD"]: day(row["DATE_PLACED_CEASED"]) for row in csv.DictReader(file)}
    followed = []
    for child, rows in lives.items():
        orders = [row["start"] for row in rows if row["LS"] == "E1"]
        if not orders or not date(2016, 10, 1) <= min(orders) <= LAST_DAY:
            continue
        order, home = min(orders), moved_in(rows)
        over = [each for each in (ended.get(child), rows[-1]["end"]) if each and each <= LAST_DAY]
        revoked = [row["start"] for row in rows if row["start"] > order and row["LS"] != "E1"]
        if home:
            followed.append(((home - order).days, "moved in"))
        elif over or revoked:
            followed.append(((min(over + revoked) - order).days, "ended"))
        else:
            followed.append(((LAST_DAY - order).days, "waiting"))
    share, still = 0.0, 1.0
    for number in range(361):
        at_risk = sum(days >= number for days, _ in followed)
        moved = followed.count((number, "moved in"))
        share += still * moved / at_risk
        still *= 1 - (moved + followed.count((number, "ended"))) / at_risk
    assert float(the_table(restricted, "moved_in_curve")["360"]["Moved in"]) == pytest.approx(100 * share, abs=0.051)
    assert float(the_table(restricted, "not_moved_in")["360"]["Still waiting to move in"]) == pytest.approx(
        100 * still, abs=0.051
    )


def test_the_public_edition_shows_no_count_of_1_to_5_and_no_step_of_single_children(public, restricted):
    for name in ("adopted_orders_decisions", "waiting_by_stage", "outcomes_so_far", "dates_audited", "records_audited"):
        for row in the_table(public, name).values():
            numbers = [int(cell) for cell in list(row.values())[1:] if cell.isdigit()]
            assert not [number for number in numbers if 1 <= number <= 5], name
    shares = [float(row["Moved in"]) for row in the_table(public, "moved_in_curve").values()]
    all_children = int(the_table(public, "outcomes_so_far")["All"]["Children followed from the placement order"])
    steps = [later - earlier for earlier, later in zip(shares, shares[1:], strict=False)]
    assert all(step == 0 or step >= 100 * 6 / all_children - 1 for step in steps)
    assert len(the_table(restricted, "moved_in_curve")) >= len(shares)


def test_the_public_tables_of_who_waits_leave_no_count_of_1_to_5_between_them(public):
    (still,) = [row for name, row in the_table(public, "outcomes_so_far").items() if name.startswith("Still waiting")]
    stages = the_table(public, "waiting_by_stage")
    heading = "Children with a placement order, not yet adopted"
    assert stages["Not moved in yet"][heading] == still["Children followed from the placement order"]
    assert "No match known yet" not in stages


def test_every_journey_past_a_stage_is_accounted_for(restricted):
    for row in the_table(restricted, "dates_audited").values():
        past, *findings = [int(cell) for cell in list(row.values())[1:]]
        assert past == sum(findings)


def test_what_is_not_known_is_said(public):
    text = " ".join(words(public))
    assert "could not be verified" in text
    assert "names a threshold for a year after 2013 to 2016" in text
    assert "one of the two is wrong" in "".join(
        output["csv"] or "" for outputs in public.values() for output in outputs
    )
    assert not re.search(r"\b(nan|NaT|None|<NA>)\b", text)


def test_without_annex_a_and_in_a_month_before_any_full_year_the_page_still_stands(tmp_path):
    """A council of its own, with nothing but two years of the looked after return."""
    shutil.copy(HOME / "authority.toml", tmp_path)
    shutil.copytree(HOME / "data" / "raw" / "published", tmp_path / "data" / "raw" / "published")
    for year in ("2016-17", "2017-18"):
        shutil.copytree(RAW / "ssda903" / year, tmp_path / "data" / "raw" / "synthetic" / "ssda903" / year)
    page = shown(execute(NAME, tmp_path, home=tmp_path, period="2017-M01", edition="public"))
    text = " ".join(words(page))
    assert "no figure from April 2013 to March 2016" in text
    assert "No average wait can be shown" in text
    assert "0 from April 2013" not in text
    assert "Annex A lists" not in " ".join(page["quality"][0]["text"])
