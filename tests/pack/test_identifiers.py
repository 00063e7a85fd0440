import base64
import datetime as dt
import random
import string
import time

import pytest

from analysis_lib.pack import audit
from analysis_lib.pack.identifiers import DAY, IDENTIFIER, KEY, POSTCODE, PUPIL, Sought, days_in, decoded, search
from analysis_lib.sources.identifying import IdentifyingValues, identifying_values

HARMLESS = dt.date(2021, 9, 14)
SOUGHT = Sought(
    IdentifyingValues(
        frozenset(
            {
                "SYN000225",
                "48151",
                "AB-77031",
                "Worker 28",
                "TS1 2XD",
                "UN1",
                "White",
                "Jo Brown",
                "1234",
                "61,204",
                "7",
            }
        ),
        frozenset({dt.date(2009, 5, 14), HARMLESS}),
    ),
    harmless_days=frozenset({HARMLESS}),
    printed=frozenset({"52007"}),
)


def kinds(tmp_path, text, name="a.html", sought=SOUGHT):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return {found.kind for found in search(tmp_path, [name], sought)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("child SYN000225.", IDENTIFIER),
        ("child syn000225", IDENTIFIER),
        ("48151", IDENTIFIER),
        ('{"a":48151}', IDENTIFIER),
        ("ab-77031", IDENTIFIER),
        ("of Worker  28", IDENTIFIER),
        ("Jo Brown", IDENTIFIER),
        ("Jo&nbsp;Brown", IDENTIFIER),
        ("SYN<b>000225</b>", IDENTIFIER),
        ("SYN&#48;00225", IDENTIFIER),
        ('<a href="x?c=Worker+28">a</a>', IDENTIFIER),
        ("TS1 2XD", POSTCODE),
        ("ts12xd", POSTCODE),
        ("near SW1A 1AA", POSTCODE),
        ("LS11UR", POSTCODE),
        ("A806950003090", PUPIL),
        ("born 14/05/2009", DAY),
        ("on 3.4.2019", DAY),
        ("born 14 May 2009", DAY),
        ("born 14th may 2009", DAY),
        ("2009-05-14", DAY),
        ("20090514", DAY),
        ("child 9f86d081884c7d65", KEY),
    ],
)
def test_what_identifies_is_found(tmp_path, text, kind):
    assert kinds(tmp_path, text) == {kind}


@pytest.mark.parametrize(
    "text",
    [
        "SYN0002251 and XSYN000225",  # parts of other words
        "148151, 48,151 and 0.48151 and 48151.5",  # figures that have its figures
        "UN1 of 1234 White children, 7 of them, Brown",  # codes, short figures and single words
        "52007",
        "14 September 2021 and 2021-09-14",  # a day that the pack has a reason to name
        "15 May 2009",
        "2021-04-01/2021-09-30 and 2020-21, 1/2 of 3/4",
        "M 10 5 L 30 1 and E06000002 in E1 and 0a1b2c3d",
        "3.14.2 and 10.20.2021.4",
    ],
)
def test_harmless_words_and_figures_are_left_alone(tmp_path, text):
    assert kinds(tmp_path, text) == set()


@pytest.mark.parametrize("name", ["a.html", "manifest.json", "t.csv", "x.bin"])
def test_every_kind_of_file_is_searched(tmp_path, name):
    assert kinds(tmp_path, "first\nSYN000225", name) == {IDENTIFIER}
    (found,) = search(tmp_path, [name], SOUGHT)
    assert (found.file, found.line) == (name, 2)


def test_the_name_of_a_file_is_searched(tmp_path):
    (found,) = (tmp_path / "SYN000225.csv").write_text("a") and search(tmp_path, ["SYN000225.csv"], SOUGHT)
    assert (found.kind, found.line) == (IDENTIFIER, 0)


@pytest.mark.parametrize(
    "inner", ["<svg><text>SYN000225</text></svg>", "<svg><text>SYN</text><text>000225</text></svg>"]
)
def test_data_addresses_are_decoded(tmp_path, inner):
    encoded = base64.b64encode(inner.encode()).decode()
    found = kinds(tmp_path, f'<img src="data:image/svg+xml;base64,{encoded}">')
    assert found == ({IDENTIFIER} if "SYN000225" in inner else set())
    assert decoded(f"data:image/svg+xml;base64,{encoded}") == inner.encode()
    assert decoded("data:text/plain,a%20b") == b"a b" and decoded("data:;base64,%%%") == b""


def test_days_are_read_from_figures_and_words():
    assert days_in("on 3 March 2021, 2020-02-30, 20210304 and 31 Feb 2021") == {
        dt.date(2021, 3, 3),
        dt.date(2021, 3, 4),
    }


def test_the_columns_that_identify_are_read_from_the_declarations(tmp_path):
    (tmp_path / "header.csv").write_text("CHILD,SEX,DOB,ETHNIC,UPN\n48151,1,14/05/2009,WBRI,A806950003090\n")
    (tmp_path / "other.csv").write_text("Something,Child Unique ID,Colour\n1,AB-77031,red\n")  # no table that we know
    found = identifying_values(tmp_path)
    assert found.texts == {"48151", "A806950003090", "AB-77031"} and found.days == {dt.date(2009, 5, 14)}


def test_a_million_words_are_searched_for_fifty_thousand_identifiers_in_seconds(tmp_path):
    draw = random.Random(1)
    secrets = frozenset(f"SYN{number:06}" for number in range(50_000))
    words = ["".join(draw.choices(string.ascii_lowercase, k=6)) for _ in range(2_000)]
    text = "<p>" + " ".join(draw.choices(words, k=500_000)) + " SYN049999</p>"
    (tmp_path / "a.html").write_text(text)
    began = time.process_time()
    found = search(tmp_path, ["a.html"], Sought(IdentifyingValues(secrets, frozenset())))
    assert [each.kind for each in found] == [IDENTIFIER] and time.process_time() - began < 10


def test_an_audit_reads_the_returns_again_when_a_byte_of_them_is_another(authority, monkeypatch):
    read = []
    monkeypatch.setattr(
        audit, "identifying_values", lambda *folder, **more: read.append(1) or identifying_values(*folder, **more)
    )
    file = authority.returns / "ssda903" / "2020-21" / "header.csv"
    file.parent.mkdir(parents=True)
    file.write_text("CHILD,SEX,DOB,ETHNIC,UPN\nSYN000225,1,03/05/2010,WBRI,\n")
    for _ in range(2):
        assert "SYN000225" in audit._secrets(authority, authority.returns).texts
    file.write_text(file.read_text().replace("SYN000225", "SYN000226"))
    assert audit._secrets(authority, authority.returns).texts >= {"SYN000226"}
    assert len(read) == 2


def test_a_printed_figure_is_no_identifier_and_another_pack_may_not_print_it(tmp_path):
    (tmp_path / "page.html").write_text("<p>12345</p>")
    values = IdentifyingValues(frozenset({"12345"}), frozenset())
    assert not search(tmp_path, ["page.html"], Sought(values, printed=frozenset({"12345"})))
    assert search(tmp_path, ["page.html"], Sought(values))
