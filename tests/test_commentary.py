"""What a service may write, what is refused and where: each example spoils one field of a good file."""

import pandas as pd
import pytest

from analysis_lib.commentary import (
    CommentaryError,
    check_commentary,
    names_children,
    read_commentary,
    read_correction,
)
from analysis_lib.disclosure.register import Entry, Publication, Register, SignOff
from analysis_lib.periods import Period

Q2 = Period.parse("2021-22-Q2")
GOOD = '''label = "service"
written_by = "Head of Fostering"
written_on = 2021-11-15
cause = """
Fewer families came forward.
The allowance has not risen since April 2019.
"""
not_children = ["10 foster carers"]

[[actions]]
what = "Recruit 10 foster carers"
owner = "Fostering Service Manager"
due = 2022-03-31

[[last_actions]]
what = "Raise the allowance"
became = "Not done"
'''


@pytest.fixture
def folder(tmp_path):
    (tmp_path / Q2.code).mkdir()
    return tmp_path


def written(folder, text, name="demand"):
    (folder / Q2.code / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def problems(folder, old, new):
    assert old in GOOD
    with pytest.raises(CommentaryError) as stop:
        read_commentary(written(folder, GOOD.replace(old, new)), Q2, "demand")
    return [(each.line, each.field, each.expected) for each in stop.value.problems]


def test_a_good_file_is_read_whole(folder):
    told = read_commentary(written(folder, GOOD), Q2, "demand")
    assert (told.label, told.written_by, told.written_on) == (
        "service",
        "Head of Fostering",
        pd.Timestamp("2021-11-15"),
    )
    assert told.cause.startswith("Fewer families") and told.cause.endswith("April 2019.")
    ((action,), (last,)) = told.actions, told.last_actions
    assert (action.what, action.owner) == ("Recruit 10 foster carers", "Fostering Service Manager")
    assert action.due == pd.Timestamp("2022-03-31") and (last.what, last.became) == ("Raise the allowance", "Not done")
    assert told.stated == ("10 foster carers",) and told.days == ["2021-11-15", "2022-03-31"]


def test_without_a_file_nothing_was_written(folder):
    assert read_commentary(folder, Q2, "demand") is None
    assert read_commentary(folder / "nowhere", Q2, "demand") is None


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "said"),
    [
        ('label = "service"\n', "", 0, "label", "a label is missing"),
        ('"service"', '"draft"', 1, "label", "a label is missing"),
        ('written_by = "Head of Fostering"', 'written_by = "Jane Smith"', 2, "written_by", "a role is missing"),
        ("written_on = 2021-11-15", 'written_on = "2021-11-15"', 3, "written_on", "a day is missing"),
        ("written_on = 2021-11-15", "written_on = 2021-11-15T10:00:00", 3, "written_on", "a day is missing"),
        ("2021-11-15", "2021-09-30", 3, "written_on", "a day within the period, or before it"),
        ("cause = ", "causes = ", 4, "causes", "a field that nobody reads"),
        ("Fewer families came forward.", "Fewer of 12 families came.", 5, "cause", "a number that is no word"),
        ("since April 2019", "by 9%", 6, "cause", "a number that is no word"),
        ("Fewer families", "Three families", 5, "cause", "a number in letters, or one child"),
        (
            "Recruit 10 foster carers",
            "Recruit 10 foster carers and 7",
            11,
            "actions 1, what",
            "a number that is no word",
        ),
        ('owner = "Fostering Service Manager"\n', "", 0, "actions 1, owner", "a role is missing"),
        ("due = 2022-03-31", 'due = "soon"', 13, "actions 1, due", "a day is missing"),
        ('became = "Not done"', 'became = ""', 17, "last_actions 1, became", "a text is missing"),
        ('became = "Not done"', 'outcome = "None"', 17, "last_actions 1, outcome", "a field that nobody reads"),
        ("[[actions]]", "[actions]", 10, "actions", "not a list of tables"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_field(folder, old, new, line, field, said):
    found = problems(folder, old, new)
    assert (field, said) in [(each[1], each[2]) for each in found]
    if line and field != "actions":
        assert line in [each[0] for each in found if each[1] == field]


def test_all_mistakes_are_told_at_once_and_the_message_says_where(folder):
    text = GOOD.replace('"service"', '"x"').replace("Fewer", "Twelve").replace("2022-03-31", "2020-03-31")
    with pytest.raises(CommentaryError) as stop:
        read_commentary(written(folder, text), Q2, "demand")
    lines = str(stop.value).splitlines()
    assert len(lines) == 3 and lines[0].startswith("2021-22-Q2/demand.toml, line 1, field label: a label is missing")
    assert lines[1].startswith(
        "2021-22-Q2/demand.toml, line 5, field cause: a number in letters, or one child. Numbers of"
    )
    assert "line 13, field actions 1, due: a day within the period" in lines[2]


def test_what_is_no_toml_is_told_with_its_line(folder):
    with pytest.raises(CommentaryError, match=r"2021-22-Q2/demand.toml, line 2: not TOML"):
        read_commentary(written(folder, 'label = "service"\nwritten_by = Head\n'), Q2, "demand")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Ask at fostering@example.gov.uk.", "an e-mail address"),
        ("They live in TS1 2AB now.", "a postcode"),
        ("They live in ts12ab now.", "a postcode"),
        ("Pupil A123456789012 came.", "a unique pupil number"),
        ("See 943 476 5919 in the system.", "an NHS number"),
        ("See 9434765919 in the system.", "an NHS number"),
        ("Ring 01642 245 432 for more.", "a telephone number"),
        ("Ring +44 1642 245432 for more.", "a telephone number"),
        ("Seen on 14/03/2021 at home.", "a day as case systems write it"),
        ("Seen on 14.3.21 at home.", "a day as case systems write it"),
        ("The baby was born on 14 March 2021.", "a day of birth"),
        ("The date of birth is not known.", "a day of birth"),
        ("DOB unknown.", "a day of birth"),
        ("Mrs Smith has moved away.", "a person's name"),
        ("Mr. Smith has moved away.", "a person's name"),
        ("Ms O'Neill has moved away.", "a person's name"),
        ("Cllr Jones asked for it.", "a person's name"),
    ],
)
def test_what_identifies_is_refused_and_not_repeated(folder, text, what):
    with pytest.raises(CommentaryError) as stop:
        read_commentary(written(folder, GOOD.replace("Fewer families came forward.", text)), Q2, "demand")
    (found,) = stop.value.problems
    assert (found.line, found.field, found.expected) == (5, "cause", f"what looks like {what}")
    assert text not in str(stop.value)


@pytest.mark.parametrize(
    "text",
    [
        "Since March 2020 the school year 2020/21 was short.",
        "Children aged 10 to 17 in the second half of the year.",
        "One of the reasons is housing. Babies are born too early here.",
        "Work is one-to-one with children who need it.",
        "It miss no one; the first team began in quarter 2.",
        "A child needs a home. Every child has a plan.",
    ],
)
def test_words_are_no_numbers(folder, text):
    assert read_commentary(written(folder, GOOD.replace("Fewer families came forward.", text)), Q2, "demand")


@pytest.mark.parametrize(
    "text",
    [
        "Only one child moved.",
        "One young person left.",
        "The only boy in the home left.",
        "One of the children came back.",
        "Both came back.",
        "The twins came back.",
        "A dozen came back.",
        "Half of them came back.",
        "A third of the children came back.",
        "It was 3.",
        "It rose by ４.",
        "It rose by ½.",
    ],
)
def test_numbers_of_children_are_refused_in_letters_too(folder, text):
    with pytest.raises(CommentaryError, match="field cause: a number"):
        read_commentary(written(folder, GOOD.replace("Fewer families came forward.", text)), Q2, "demand")


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("10 foster", "a phrase that no text has"),
        ("0 foster carers", "a phrase that no text has"),
        ("10 children", "a number of children, or of what is counted of children"),
        ("3 adoptions", "a number of children, or of what is counted of children"),
        ("two families", "a number of children, or of what is counted of children"),
        ("10", "a phrase that does not say what it counts, or is too long"),
        ("foster carers", "a phrase without a number"),
    ],
)
def test_what_is_listed_as_no_children_is_looked_at(folder, phrase, said):
    text = GOOD.replace('["10 foster carers"]', f'["10 foster carers", "{phrase}"]')
    if phrase == "10 foster":
        text = text.replace("Fewer families", "Fewer fosterers")
    with pytest.raises(CommentaryError) as stop:
        read_commentary(
            written(folder, text if phrase != "10 foster" else GOOD.replace('10 foster carers"]', '10 fosterers"]')),
            Q2,
            "demand",
        )
    assert said in [each.expected for each in stop.value.problems]


def test_a_phrase_explains_its_own_number_and_no_other(folder):
    text = GOOD.replace("Recruit 10 foster carers", "Recruit 10 foster carers for 10 children")
    with pytest.raises(CommentaryError, match="line 11, field actions 1, what: a number that is no word"):
        read_commentary(written(folder, text), Q2, "demand")


def test_a_phrase_may_go_over_a_line(folder):
    text = GOOD.replace("Fewer families came forward.", "We have 10 foster\ncarers.").replace(
        "Recruit 10 foster carers", "Recruit more"
    )
    assert read_commentary(written(folder, text), Q2, "demand").stated == ("10 foster carers",)


@pytest.mark.parametrize(
    ("text", "is_so"), [("10 foster carers", False), ("3 young people", True), ("2 care leavers", True)]
)
def test_what_speaks_of_children(text, is_so):
    assert names_children(text) is is_so


# All files of a period


def test_each_file_has_its_hash_and_a_file_of_no_page_is_refused(folder):
    written(folder, GOOD)
    (folder / Q2.code / ".draft.toml").write_text("x")
    (folder / "README.md").write_text("x")
    assert list(check_commentary(folder, Q2, ["demand", "adoption"])) == ["demand"]
    assert check_commentary(folder, Period.parse("2021-22-Q1"), ["demand"]) == {}
    written(folder, GOOD, "demnad")
    with pytest.raises(CommentaryError, match="2021-22-Q2/demnad.toml: a file of no page. There may be: demand.toml"):
        check_commentary(folder, Q2, ["demand"])


def test_the_mistakes_of_all_files_are_told_together_ten_of_them(folder):
    for name in ("demand", "adoption"):
        written(
            folder,
            GOOD.replace('"service"', '"x"').replace("[[actions]]", "\n".join(f"a{n} = 1" for n in range(6))),
            name,
        )
    with pytest.raises(CommentaryError) as stop:
        check_commentary(folder, Q2, ["demand", "adoption"])
    assert {each.file for each in stop.value.problems} == {"2021-22-Q2/demand.toml", "2021-22-Q2/adoption.toml"}
    assert str(stop.value).splitlines()[-1] == f"... and {len(stop.value.problems) - 10} more."


# Corrections

OLD, OTHER = "a" * 64, "b" * 64
CORRECTION = f'''corrects = "{OLD}"
what = "Adoptions of the last month were missing"
why = "The return was sent before they were entered"
by = "Head of Performance"
on = 2022-02-14
'''


def register(*hashes):
    signed = SignOff("Head of Performance", "2021-11-30")
    publications = tuple(Publication(each, (), signed) for each in hashes)
    return Register((Entry(Q2.code, "E06000002", True, publications),)) if hashes else Register()


def test_a_correction_says_what_it_takes_the_place_of(folder):
    written(folder, CORRECTION, "correction")
    told = read_correction(folder, Q2, lambda: register(OTHER, OLD))
    assert told.words == (
        "Corrected pack. It corrects the earlier pack of this period, signed off by Head of Performance on 30 November 2021, "
        "and takes its place: do not use the earlier one.",
        "What was wrong: Adoptions of the last month were missing. Why: The return was sent before they were entered. Decided "
        "by Head of Performance, 14 February 2022.",
    )


def test_without_a_file_the_register_is_not_asked_for(folder):
    def damaged():
        raise AssertionError("read")

    assert read_correction(folder, Q2, damaged) is None


@pytest.mark.parametrize("known", [[], [OTHER]])
def test_what_was_never_signed_off_cannot_be_corrected(folder, known):
    written(folder, CORRECTION, "correction")
    with pytest.raises(
        CommentaryError, match="line 1, field corrects: no pack of 2021-22-Q2 with this manifest has been"
    ):
        read_correction(folder, Q2, lambda: register(*known))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (OLD, "abc", "line 1, field corrects: the SHA-256 of the manifest"),
        ("Adoptions of", "12 adoptions of", "line 2, field what: a number that is no word"),
        ("were entered", "were entered by Mrs Smith", "line 3, field why: what looks like a person's name"),
        ("Head of Performance", "Jane Smith", "line 4, field by: a role is missing"),
        ("2022-02-14", "2021-08-14", "line 5, field on: a day within the period"),
        ("why = ", "reason = ", "line 3, field reason: a field that nobody reads"),
    ],
)
def test_a_correction_is_checked_as_strictly(folder, old, new, said):
    written(folder, CORRECTION.replace(old, new), "correction")
    with pytest.raises(CommentaryError, match=said):
        read_correction(folder, Q2, lambda: register(OLD))
