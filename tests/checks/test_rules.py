"""Every rule: spoil one thing in a good example of all returns and look at the message."""

from pathlib import Path

import pytest
from good_returns import CARD, GOOD

from analysis_lib.checks import CHECKS, checked
from analysis_lib.checks.evidence import Evidence
from analysis_lib.checks.handbook import GROUPS, handbook
from analysis_lib.checks.rule import problems
from analysis_lib.sources import TABLES, read_returns

ROOT = Path(__file__).resolve().parents[2]
OTHER_FAMILIES = {"annex_a", "virtual_school", "youth_offending"}


def returns_of(folder: Path, changed: dict[str, str] | None = None):
    """The good example with some files changed: the SSDA903, and the families of those files."""
    needed = OTHER_FAMILIES if changed is None else {name.split("/")[0] for name in changed}
    for name, text in {**GOOD, **(changed or {})}.items():
        if name.split("/")[0] in OTHER_FAMILIES - needed:
            continue
        path = folder / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "source.toml").write_text(CARD)
    return checked(read_returns(folder), rows_left_out=1)


def broken(raw) -> list[tuple[str, str]]:
    """Table and expectation of each warning that is not about a heading."""
    return [(problem.table, problem.expected) for problem in raw.problems if problem.severity == "warning"]


def test_the_good_example_breaks_no_rule_and_every_rule_that_has_tables_is_put(tmp_path):
    raw = returns_of(tmp_path)
    assert broken(raw) == []
    evidence = Evidence(raw)
    put = {check.table for check in CHECKS if check.can_be_put(evidence)}
    absent = {"dolo", "list_01", "list_02", "list_03", "list_04", "list_11", "previous_permanence"}
    assert put == {check.table for check in CHECKS} - absent


E1 = "2025-26/episodes"
SPOILT = [
    # SSDA903, Header and the other tables
    (E1, "T005,04/08", "T009,04/08", "episodes", "a child that Header of the same return has (DfE rule INT01-INT36)"),
    ("2025-26/oc2", "T001,14/05/2013", "T001,15/05/2013", "oc2", "the day of birth that Header has for the child"),
    ("2024-25/header", "T001,F,14/05/2013", "T001,F,15/05/2013", "header", "the day of birth that the child's latest return has"),
    ("2024-25/header", "T001,F,", "T001,M,", "header", "the sex that the child's latest return has"),
    ("2025-26/uasc", "T003,M", "T003,F", "uasc", "the sex that Header has for the child"),
    ("2025-26/header", "P123456789013", "123", "header", "a pupil number: a letter, 11 digits"),
    ("2025-26/header", "P123456789013", "A123456789012", "header", "a pupil number that only one child has (DfE rule 444)"),
    ("2025-26/oc2", "T003,20/11/2008,,", "T005,03/06/2019,,", "oc2", "a child looked after for the whole year, short breaks left out (DfE rule 190)"),
    ("2025-26/oc2", "T003,20/11/2008,,", "T005,03/06/2019,,", "episodes", "a child of whom OC2 has a row: looked after for the whole year (DfE rule 191)"),
    ("2025-26/oc2", "12,,0", "12,SDQ1,0", "oc2", "blank: there is a score (DfE rule 197A)"),
    ("2025-26/header", "11/02/2007", "11/02/1997", "oc3", "of a young person who was 17 to 25 in the year of the return (DfE rules 351, 391)"),
    ("2025-26/oc3", "F2,U1", "0,U1", "oc3", "YES only where ACTIV and ACCOM are known (DfE rule 345)"),
    ("2025-26/oc3", "YES,F2,U1", "DIED,F2,U1", "oc3", "DIED or RHOM only where ACTIV and ACCOM are 0 (DfE rule 344)"),
    ("2025-26/reviews", "T002,02/09/2023,10", "T004,11/02/2007,10", "reviews", "a child who has an episode in the same return (DfE rule 1012)"),
    ("2025-26/reviews", "PN4", "PN0", "reviews", "a code for a child of 4 or over on the day of the review (DfE rule 440)"),
    ("2025-26/reviews", "PN0", "PN1", "reviews", "PN0: the child was under 4 on the day of the review (DfE rule 441)"),
    (E1, "04/08/2025,S,V2", "04/08/2025,S,V3", "reviews", "with other episodes than short breaks"),
    # SSDA903, episodes
    (E1, "T005,04/08/2025", "T005,04/08/2018", "episodes", "a day on or after the child's birth (DfE rule 302)"),
    (E1, "T005,04/08/2025", "T005,04/08/1991", "episodes", "a day from 14/10/1991 on (DfE rule 353)"),
    ("2025-26/header", "03/06/2019", "03/06/2007", "episodes", "a day before the child's 18th birthday (DfE rule 352)"),
    (E1, "04/08/2025,S,V2,N2,U6,PR4,01/12", "04/08/2025,S,V2,N2,U6,PR4,04/08", "episodes", "a day after DECOM (DfE rule 355)"),
    (E1, "15/07/2025,X1,CARPL", ",,", "episodes", "a date: the child has a later episode in this return (DfE rule 142)"),
    (E1, "T001,15/07/2025", "T001,14/07/2025", "episodes", "a day on or after the DEC of the child's episode before (DfE rule 501)"),
    (E1, "T001,15/07/2025", "T001,16/07/2025", "episodes", "which this one is said to continue (DfE rule 433)"),
    (E1, "T001,15/07/2025", "T001,16/07/2025", "episodes", "X1 only where the child's next episode begins on the same day (DfE rule 388)"),
    (E1, "15/07/2025,X1", "15/07/2025,E3", "episodes", "S: the child's episode before ended a period of care (DfE rule 432)"),
    (E1, "15/07/2025,P", "15/07/2025,S", "episodes", "another reason than S: the child's episode before ended on this day (DfE rule 431)"),
    (E1, "04/08/2025,S", "04/08/2025,P", "episodes", "it is the child's first in this return and began within its year (DfE rule 357)"),
    (E1, "15/07/2025,P", "15/07/2025,L", "episodes", "L only where the legal status changes and the placement does not (DfE rule 434)"),
    (E1, "15/07/2025,P,C2", "15/07/2025,P,C1", "episodes", "P or T only where the placement changes and the legal status does not (DfE rule 435)"),
    (E1, "15/07/2025,P", "15/07/2025,B", "episodes", "B or U only where both legal status and placement change (DfE rule 436)"),
    (E1, "15/07/2025,P,C2,N1", "15/07/2025,P,C2,N2", "episodes", "the category of need of the episode before, in the same period of care (DfE rule 504)"),
    (E1, "15/07/2025,X1,CARPL", "15/07/2025,X1,", "episodes", "a reason: the child moves to another placement after it (DfE rule 225)"),
    (E1, "U4,PR1,,,,", "U4,PR1,,,CARPL,", "episodes", "blank: the episode is open, or its placement temporary (DfE rules 226, 233)"),
    (E1, "U4,PR1,,", "T1,PR1,,", "episodes", "blank for a temporary or other placement (T0 to T4, Z1, Z11 to Z14) (DfE rule 213)"),
    (E1, "U4,PR1,,", "U4,,,", "episodes", "a provider for this placement (DfE rule 526)"),
    (E1, "U4,PR1,,", "U4,PR0,,", "episodes", "a provider that goes with the placement: PR0 with P1 and only there"),
    (E1, "V2,N2,U6,PR4", "J1,N2,U6,PR4", "episodes", "a code for a child aged 10 or over when it began: remand or a youth justice order (DfE rule 358)"),
    (E1, "N2,U6,PR4", "N2,K3,PR4", "episodes", "a code for a child aged 16 or over when it began: supported accommodation (DfE rule 371)"),
    (E1, "E4A", "E17", "episodes", "a code for a child aged 18 or over when the episode ended: 18 and staying with carers (DfE rule 460)"),
    (E1, "V2,N2,U6,PR4", "L1,N2,U6,PR4", "episodes", "a code for at most 3 days: police protection (DfE rule 361)"),
    (E1, "04/08/2025,S,V2,N2,U6,PR4", "04/08/2025,S,V2,N2,T4,", "episodes", "a code for at most 7 days: temporary, other (DfE rule 379)"),
    (E1, "04/08/2025,S,V2,N2,U6,PR4", "04/08/2025,S,V2,N2,T4,", "episodes", "no temporary placement: a period of care begins (DfE rule 380)"),
    (E1, "04/08/2025,S,V2,N2,U6,PR4", "04/08/2025,S,V2,N2,T4,", "episodes", "no temporary placement: a period of care ends (DfE rule 381)"),
    (E1, "V2,N2,U6,PR4", "V2,N2,P1,PR0", "episodes", "another placement than with parents: the child is accommodated under section 20 (V2) (DfE rule 378)"),
    # adoption
    (E1, "P,E1,N1,A6", "P,C2,N1,A6", "episodes", "E1: the child is placed for adoption under a placement order (A5, A6) (DfE rule 408)"),
    (E1, "20/06/2024,P,E1,N1,A6", "20/06/2024,P,E1,N1,A5", "episodes", "S, T or U: the child is placed for adoption with the carer of before (A3, A5) (DfE rule 217)"),
    (E1, "T003,09/09/2025,P,V2,N6,K2", "T003,09/09/2025,P,V2,N6,A3", "episodes", "A3 or A5 only after a foster placement (U1 to U6) or another one for adoption (DfE rule 336)"),
    (E1, "T003,09/09/2025,P,V2,N6,K2", "T003,09/09/2025,P,V2,N6,A3", "episodes", "a placement for adoption, for which PlacedAdoption has a decision (DfE rule 551)"),
    (E1, "T003,09/09/2025,P,V2", "T003,09/09/2025,B,E1", "episodes", "a placement order, for which PlacedAdoption has a decision (DfE rule 553)"),
    (E1, "P,E1,N1,A6,PR1,30/05/2025", "P,E1,N1,U6,PR1,30/05/2025", "episodes", "A3 to A6: the child was adopted from it (DfE rule 390)"),
    (E1, "01/12/2025,E4A", "01/12/2025,E11", "episodes", "an adoption of which AD1 has a row in the same return (DfE rule 601)"),
    (E1, "30/05/2025,E12", "30/05/2025,E3", "ad1", "a child whose episodes in the same return end in adoption (E11, E12) (DfE rule 602)"),
    (E1, "30/05/2025,E12", "30/05/2025,E3", "placed_for_adoption", "a date: the child left care and was not adopted (DfE rule 557)"),
    ("2025-26/ad1", "10/01/2024", "10/01/2023", "ad1", "the day of the child's decision in PlacedAdoption (DfE rule 523)"),
    ("2025-26/ad1", "30/05/2024", "09/01/2024", "ad1", "a day on or after DATE_INT (DfE rule 333)"),
    ("2025-26/ad1", "30/05/2024", "21/06/2024", "ad1", "a day on or before the day on which the child was placed with the adopters (DfE rule 331)"),
    ("2025-26/ad1", "10/01/2024", "21/06/2024", "ad1", "a day on or before the day on which the child was placed with the adopters (DfE rule 521)"),
    ("2025-26/ad1", "30/05/2024", "30/05/2025", "ad1", "a day before the adoption (DfE rule 582)"),
    ("2025-26/ad1", ",0,2", ",1,2", "ad1", "1 where the child's last placement is A3 or A5, 0 where it is A4 or A6 (DfE rule 335)"),
    ("2025-26/placed", "10/01/2024,,", "10/01/2024,01/06/2025,RD4", "placed_for_adoption", "blank: the child was adopted in the year (DfE rule 525)"),
    ("2025-26/placed", "10/01/2024,,\n", "10/01/2024,,\nT002,02/09/2023,05/02/2024,,\n", "placed_for_adoption", "which has ended (DfE rule 579)"),
    ("2025-26/placed", "10/01/2024", "11/01/2024", "placed_for_adoption", "the day of the decision as the return of the year before has it, where it was open (DfE rule 560)"),
    # missing spells, social workers, and from year to year
    ("2025-26/missing", "04/10/2025", "01/04/2025", "missing", "a day on or after the end of the child's spell before, which has ended (DfE rule 574)"),
    ("2025-26/missing", "T003,20/11/2008,M,04/10/2025,05/10", "T005,03/06/2019,M,04/12/2025,05/12", "missing", "a day on which the child was looked after (DfE rule 578)"),
    ("2025-26/missing", "T003,20/11/2008,M,04/10/2025,05/10/2025", "T005,03/06/2019,M,04/10/2025,", "missing", "a date: the child has left care (DfE rule 577)"),
    ("2025-26/missing", "T003,20/11/2008,M,30/03/2025,02/04/2025\n", "", "missing", "or the spell again in the next year's return: it is open (DfE rule 576)"),
    ("2025-26/sw", "01/04/2025,10/09/2025", "10/09/2025,10/09/2025", "sw_episodes", "a day after SW_DECOM (DfE rule SW09)"),
    ("2025-26/sw", "SW001235,10/09/2025", "SW001235,09/09/2025", "sw_episodes", "of the child's social worker before, who has left (DfE rules SW08, SW10)"),
    ("2025-26/sw", "SW001235,10/09/2025", "SW001235,18/09/2025", "sw_episodes", "a day within a week of the SW_DEC of the child's social worker before (DfE rule SW10a)"),
    ("2025-26/sw", "SW001236,01/04/2025,", "SW001236,01/04/2025,01/02/2026", "episodes", "a child with a social worker on the last day of the year (DfE rule SW17)"),
    (E1, "T001,10/01/2023", "T001,11/01/2023", "episodes", "the first day of the episode that last year's return left open (DfE rule 502)"),
    (E1, "10/01/2023,S", "10/01/2023,P", "episodes", "as last year's return has it, which left this episode open (DfE rule 503A)"),
    (E1, "10/01/2023,S,C2", "10/01/2023,S,C1", "episodes", "as last year's return has it, which left this episode open (DfE rule 503B)"),
    (E1, "10/01/2023,S,C2,N1", "10/01/2023,S,C2,N4", "episodes", "as last year's return has it, which left this episode open (DfE rule 503C)"),
    (E1, "10/01/2023,S,C2,N1,U6", "10/01/2023,S,C2,N1,U1", "episodes", "as last year's return has it, which left this episode open (DfE rule 503D)"),
    (E1, "10/01/2023,S,C2,N1,U6,PR1", "10/01/2023,S,C2,N1,U6,PR4", "episodes", "as last year's return has it, which left this episode open (DfE rule 503E)"),
    (E1, "T005,04/08/2025", "T005,04/08/2024", "episodes", "or episodes of the child in last year's return (DfE rule NoE)"),
    # Annex A
    ("annex_a/2025-26/list_5", "12/05/2025", "01/05/2025", "list_05", "a date on or after the strategy discussion"),
    ("annex_a/2025-26/list_5", "b) No,12", "a) Yes,12", "list_05", "No: a conference was held"),
    ("annex_a/2025-26/list_5", "12/05/2025", "", "list_05", "Yes only where a conference was held"),
    ("annex_a/2025-26/list_5", "12/05/2025", "12/05/2026", "list_05", "Yes only where list 7 has a plan of the child from the conference on"),
    ("annex_a/2025-26/list_6", "01/05/2025,RC7", ",", "list_06", "a day on or after the end of the child's plan before, in the same extract"),
    ("annex_a/2025-26/list_6", "02/10/2025", "01/04/2025", "list_06", "one row for each child and day, in one extract"),
    ("annex_a/2025-26/list_6", "02/10/2025", "02/04/2026", "list_06", "a date on or before the day of the extract"),
    ("annex_a/2025-26/list_7", "05/06/2018,7", "05/06/2018,9", "list_07", "the age on the day of the extract, by the date of birth"),
    ("annex_a/2025-26/list_7", "05/06/2018", "05/06/2005", "list_07", "a day before the child's 18th birthday"),
    ("annex_a/2025-26/list_7", "05/06/2018", "06/06/2018", "list_07", "the date of birth that the other lists of this extract have for the child"),
    ("annex_a/2025-26/list_7", "a) Male", "b) Female", "list_07", "the sex that the other lists of this extract have for the child"),
    ("annex_a/2025-26/list_8", "14/05/2013", "15/05/2013", "list_08", "the day of birth that the SSDA903 header has"),
    ("annex_a/2025-26/list_8", "01/12/2025", "", "list_08", "a child whom the SSDA903 has in care on the day of the extract"),
    ("annex_a/2025-26/list_8", "10/01/2023,,", "10/01/2023,01/12/2025,", "episodes", "a child whom Annex A list 8 has in care on the day of its extract"),
    ("annex_a/2025-26/list_9", "11/02/2007,19", "11/02/1996,30", "list_09", "of a young person of 15 to 25"),
    ("annex_a/2025-26/list_10", "30/05/2024", "30/05/2023", "list_10", "a date on or after Date of Decision that Child Should be Placed for Adoption"),
    ("annex_a/2025-26/list_10", "10/01/2024", "11/01/2024", "list_10", "the day of a decision that the SSDA903 (PlacedAdoption) has for the child"),
    # virtual school and youth offending
    ("virtual_school/2025-26-AY", "A123456789012", "B123456789012", "virtual_school", "a pupil number whose first letter belongs to its digits"),
    ("virtual_school/2025-26-AY", "P123456789013,T003", "A123456789012,T001", "virtual_school", "one row for each"),
    ("virtual_school/2025-26-AY", "190,10,5", "190,100,95", "virtual_school", "no more sessions missed, with and without leave together, than were possible"),
    ("virtual_school/2025-26-AY", "2,KS1", "2,KS2", "virtual_school", "the key stage that ends in this year group (EYFS: R, KS1: 2, KS2: 6, KS4: 11)"),
    ("virtual_school/2025-26-AY", "8,,Y,,", "8,,Y,Y,", "virtual_school", "blank: KEY_STAGE_END is not KS2"),
    ("virtual_school/2025-26-AY", "2025-26,8", "2025-26,10", "virtual_school", "the year group of the child's age, give or take one (by the SSDA903 header)"),
    ("virtual_school/2025-26-AY", "KS1,N", "KS1,Y", "virtual_school", "Y only where the SSDA903 has the child in care for the 12 months to 31 March"),
    ("virtual_school/2025-26-AY", "8,,Y", "8,,N", "virtual_school", "Y: the SSDA903 has the child in care for the 12 months to 31 March"),
    ("youth_offending/cases", "14/05/2010,15,WBRI,N,12/06/2025", "14/05/2016,9,WBRI,N,12/06/2025", "youth_offending", "a day on which the child was 10 to 18"),
    ("youth_offending/cases", "14/05/2010,15,WBRI,N,12/06/2025", "14/05/2010,12,WBRI,N,12/06/2025", "youth_offending", "the age on the first day of the intervention, by the date of birth"),
    ("youth_offending/cases", "12/06/2025,30/09/2025,prevention", "01/02/2026,,court order", "youth_offending", "one row for each"),
    ("youth_offending/cases", "14/05/2010,15,WBRI,N,12/06/2025", "14/05/2009,15,WBRI,N,12/06/2025", "youth_offending", "the date of birth of the child's other rows"),
    ("youth_offending/cases", "Y1,F,14/05/2010,15,WBRI,N,12/06", "Y1,M,14/05/2010,15,WBRI,N,12/06", "youth_offending", "the sex of the child's other rows"),
    ("youth_offending/cases", "01/02/2026", "01/05/2026", "youth_offending", "a day on or before the day of the extract"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "good", "spoilt", "table", "expected"), SPOILT, ids=range(len(SPOILT)))
def test_one_thing_spoilt_is_one_warning_that_says_what_was_expected(tmp_path, file, good, spoilt, table, expected):
    assert GOOD[file].count(good) >= 1
    raw = returns_of(tmp_path, {file: GOOD[file].replace(good, spoilt, 1)})
    found = [each for each in broken(raw) if each[0] == table and expected in each[1]]
    assert found, broken(raw)


def test_a_problem_leaves_out_what_could_identify_a_child_and_shows_what_cannot(tmp_path):
    raw = returns_of(tmp_path, {E1: GOOD[E1].replace("15/07/2025,P,C2,N1", "15/07/2025,P,C2,N2")})
    assert [str(problem) for problem in raw.problems if problem.severity == "warning"] == [
        "2025-26/episodes.csv, line 3, column CIN: 'N2' is not the category of need of the episode before, in the same period "
        "of care (DfE rule 504). Figures by category of need can count it under the wrong heading. Correct it in the case "
        "system and export again."
    ]
    for check in CHECKS:
        column = next(each for each in TABLES[check.table].columns if each.name == check.column)
        if column.name in ("CHILD", "Child Unique ID", "DOB", "Date of Birth", "DATE_OF_BIRTH", "UPN", "PL_POST"):
            assert column.identifies, f"{check.table} {check.column} would be shown"


def test_a_rule_is_not_put_where_its_column_is_closed(tmp_path):
    """Without the column every row would seem to lack it."""
    episodes = GOOD[E1].replace(",PLACE_PROVIDER,", ",PROVIDER,")
    raw = returns_of(tmp_path, {E1: episodes})
    assert list(raw.closed_columns["episodes"]) == ["PLACE_PROVIDER"]
    assert [problem.expected for problem in raw.problems if "provider" in problem.expected] == []


def test_rows_that_break_a_rule_stay_and_what_is_given_is_not_altered(tmp_path):
    raw = returns_of(tmp_path, {E1: GOOD[E1].replace("15/07/2025,P", "15/07/2025,L")})
    before = raw.frames["episodes"].copy(deep=True)
    assert problems(CHECKS, Evidence(raw))
    assert raw.frames["episodes"].equals(before) and len(before) == 10 and raw.left_out == {}


def test_every_rule_says_what_was_expected_and_what_it_does_to_figures():
    for check in CHECKS:
        assert check.table in TABLES and not check.expected.endswith(".")
        assert check.effect.endswith(".") and check.advice.endswith(".")
        assert check.group in GROUPS or check.group == 0
    assert sorted(GROUPS) == list(range(1, 29))
    assert len({(check.table, check.column, check.expectation) for check in CHECKS}) == len(CHECKS)


def test_the_page_of_checks_is_what_the_rules_say():
    written = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    assert written == handbook(), "run: python -m analysis_lib.checks.handbook > docs/checks.md"


def test_the_demonstration_breaks_no_rule():
    raw = checked(read_returns(ROOT / "data" / "raw" / "synthetic"))
    assert raw.closed == {} and raw.closed_columns == {}
    # two plans of one child that begin on one day: a fault of the generator's, known and counted
    assert {problem.expected for problem in raw.problems} <= {"one row for each child and day, in one extract"}


SHARED = ROOT.parent / "shared" / "real-data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared: the peer-made returns")


@needs_shared
def test_the_clean_mini_return_breaks_no_rule():
    assert checked(read_returns(SHARED / "ssda903-clean-mini")).problems == []


@needs_shared
def test_what_the_five_year_return_breaks_was_counted_by_a_plain_loop():
    """Reviews of children without an episode in that year, and starts before the child's last end, row by row."""
    raw = checked(read_returns(SHARED / "ssda903-five-years"))
    episodes, reviews = raw.frames["episodes"], raw.frames["reviews"]
    there = set(zip(episodes["_year"], episodes["CHILD"], strict=True))
    lost = sum(each not in there for each in zip(reviews["_year"], reviews["CHILD"], strict=True))
    overlaps, last = 0, {}
    rows = episodes.sort_values(["_year", "CHILD", "DECOM", "DEC"], kind="stable")
    for year, child, start, end in rows[["_year", "CHILD", "DECOM", "DEC"]].itertuples(index=False):
        overlaps += (year, child) in last and start < last[year, child]
        last[year, child] = end
    found = [(problem.table, problem.expected) for problem in raw.problems]
    assert found.count(("reviews", "a child who has an episode in the same return (DfE rule 1012)")) == lost > 1000
    assert sum("(DfE rule 501)" in expected for _, expected in found) == overlaps > 10
