"""Spoilt files of every kind: each ends in a correct result or in named problems; none crashes, hangs, writes or tells.

The cases are made from small good files by a seeded mutator, so that a failure names the case and the case comes again.
Most of them go through the readers in memory, some through a whole folder. A reader joins by one line in `VICTIMS`.
"""

import csv
import io
import random
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd
import pytest

from analysis_lib.csv_text import csv_text
from analysis_lib.errors import DataProblem, PanelpackError
from analysis_lib.sources import FAMILIES, TABLES, read_returns
from analysis_lib.sources.card import NAME as CARD
from analysis_lib.sources.card import read_card
from analysis_lib.sources.published.downloads import read_downloads
from analysis_lib.sources.returns import read_bytes
from analysis_lib.sources.tables import templates

SLOWEST = 10  # seconds that one case may take on a busy machine
BATCH = 50
EXCERPTS = sorted((Path(__file__).parent / "published" / "excerpts").glob("*.csv"))
LOCAL = ["A123456789012", "14/05/2006", "02/11/2004", "03/02/2014", "21/09/2017"]  # identify in the templates' examples
Outcome = tuple[dict[str, pd.DataFrame], list[DataProblem]]

# ---------------------------------------------------------------------------------------------------------------------
# Good files. What identifies a child is unlike anything else in them, so that it can be looked for in every message.
SECRETS = [
    "KID90417", "KID55238", "KID31866", "14/05/2013", "02/09/2012", "23/11/2009", "2013-05-14", "2012-09-02", "2009-11-23",
    "K801220013041", "K801220013042", "TS14 6QX", "TS26 9LB", "Wilhelmina", "Throckmorton", "SW778812",
]  # fmt: skip
TABLES_OF = {
    "episodes": """CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN
KID90417,10/01/2021,S,C2,N1,U6,PR1,15/02/2021,X1,CARPL,TS14 6QX,TS26 9LB,SC123456
KID90417,15/02/2021,P,C2,N1,U4,PR1,,,,TS14 6QX,TS26 9LB,SC123456
KID55238,20/03/2021,S,V2,N6,K2,PR4,,,,TS14 6QX,TS26 9LB,SC654321
KID31866,21/12/2020,S,C1,N5,R1,PR4,30/01/2021,E4A,,TS26 9LB,TS14 6QX,SC654322
""",
    "header": """CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB
KID90417,F,14/05/2013,WBRI,K801220013041,0,
KID55238,M,02/09/2012,MWBC,K801220013042,,
KID31866,M,23/11/2009,OOTH,UN4,,
""",
    "sw_episodes": """CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON
KID90417,14/05/2013,SW778812,01/02/2021,10/03/2021,FCONTA
KID90417,14/05/2013,SW778812,10/03/2021,,LEFTRL
KID55238,02/09/2012,SW778812,01/03/2021,,FCONTA
KID31866,23/11/2009,SW778812,01/03/2021,,FCONTA
""",
    "list_06": """Child Unique ID,Gender,Ethnicity,Date of Birth,Age,Does the Child have a Disability,CIN Start Date,\
Primary Need Code,Date Child Was Last Seen,CIN Closure Date,Reason for Closure,Case Status,Allocated Team,Allocated Worker
KID90417,b) Female,a) WBRI,14/05/2013,7,b) No,01/02/2021,N1,01/03/2021,,,b) Open,Team 1,Wilhelmina Throckmorton
KID55238,a) Male,d) MWBC,02/09/2012,8,b) No,03/12/2020,N5 - Family dysfunction,,31/01/2021,RC1,a) Closed,Team 2,
KID31866,a) Male,r) OOTH,23/11/2009,11,a) Yes,04/12/2020,N2,04/01/2021,,,b) Open,Team 1,Wilhelmina Throckmorton
""",
    "youth_offending": """CHILD,SEX,DATE_OF_BIRTH,ETHNICITY,LOOKED_AFTER,COUNCIL,INTERVENTION_START,INTERVENTION_END
KID90417,F,14/05/2013,WBRI,N,Middlesbrough,12/04/2021,30/09/2021
KID55238,male,02/09/2012,Mixed,yes,E06000003,03/06/2021,
KID31866,M,23/11/2009,WBRI,N,Middlesbrough,01/05/2021,01/07/2021
""",
}
CARD_TEXT = 'label = "returns"\nextract_date = 2021-04-10\n[families.annex_a]\nextract_date = 2021-04-12\n'


def rows_of(name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(TABLES_OF[name])))


def csv_bytes(rows, delimiter=",", encoding="utf-8", end="\n") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue().encode(encoding, errors="replace")


SPREADSHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
CONTENTS = 'xmlns="http://schemas.openxmlformats.org/package/2006/content-types"'
RELATIONS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook_parts(sheets: dict[str, list[list[str]]]) -> dict[str, bytes]:
    """The parts of a small workbook with texts of its own and shared ones, whole numbers and a style for days."""
    shared: list[str] = []

    def cell(text: str) -> str:
        if text.isdecimal() and len(text) < 9:
            return f"<c><v>{text}</v></c>"
        if len(text) % 2:
            return f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>' if text else "<c/>"
        shared.append(text)
        return f'<c t="s"><v>{len(shared) - 1}</v></c>'

    names = "".join(f'<sheet name="{name}" sheetId="{n}" id="r{n}"/>' for n, name in enumerate(sheets, start=1))
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{KIND}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    kinds = {"workbook": "sheet.main", "styles": "styles", "sharedStrings": "sharedStrings"}
    kinds |= {f"worksheets/sheet{n}": "worksheet" for n in range(1, len(sheets) + 1)}
    overrides = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'
        for part, kind in kinds.items()
    )
    parts = {
        "[Content_Types].xml": f"<Types {CONTENTS}>{overrides}</Types>",
        "_rels/.rels": f'<Relationships {RELATIONS}><Relationship Id="r" Type="{KIND}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f"<workbook {SPREADSHEET}><sheets>{names}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships {RELATIONS}>{relations}"
        f'<Relationship Id="s" Type="{KIND}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="t" Type="{KIND}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet {SPREADSHEET}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    }
    for number, rows in enumerate(sheets.values(), start=1):
        body = "".join(f'<row r="{line}">{"".join(map(cell, row))}</row>' for line, row in enumerate(rows, start=1))
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f"<worksheet {SPREADSHEET}><sheetData>{body}</sheetData></worksheet>"
        )
    texts = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
    parts["xl/sharedStrings.xml"] = f"<sst {SPREADSHEET}>{texts}</sst>"
    return {name: text.encode("utf-8", errors="replace") for name, text in parts.items()}


def zipped(parts: dict[str, bytes], method=zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return out.getvalue()


def workbook_of(*names: str, change=lambda rows: rows) -> bytes:
    return zipped(workbook_parts({f"Sheet {name}": change(rows_of(name)) for name in names}))


def xml_return(line_end="\n", year_first=False) -> str:
    """The header and the episodes above in the XML form."""

    def tags(head, row):
        renamed = {"CHILD": "CHILDID", "PLACE": "PL"}
        for name, text in zip(head, row, strict=True):
            if text and year_first and text[2:3] == text[5:6] == "/":
                text = f"{text[6:]}-{text[3:5]}-{text[:2]}"
            if text:
                yield f"<{renamed.get(name, name)}>{escape(text)}</{renamed.get(name, name)}>"

    head, *children = rows_of("header")
    episode_head, *episodes = rows_of("episodes")
    lines = ['<?xml version="1.0"?>', "<SSDA903>"]
    for child in children:
        lines += ["<CHILD>", "<HEADER>", *tags(head, child), "</HEADER>"]
        for episode in episodes:
            if episode[0] == child[0]:
                lines += ["<EPISODE>", *tags(episode_head[1:], episode[1:]), "</EPISODE>"]
        lines += ["</CHILD>"]
    return line_end.join([*lines, "</SSDA903>"])


def card_read(data: bytes, file: str) -> Outcome:
    """The source card, which is read from a path; what it refuses counts as its problems."""
    SCRATCH.path.write_bytes(data)
    try:
        card = read_card(SCRATCH.path, FAMILIES)
    except PanelpackError as error:
        return {}, getattr(error, "problems", None) or [DataProblem(file, 0, "", "", str(error))]
    return {"card": pd.DataFrame([card])}, []


def published_read(data: bytes, file: str) -> Outcome:
    """Published figures as downloaded, which are read from a folder."""
    folder = SCRATCH.path.with_name("published")
    folder.mkdir(exist_ok=True)
    (folder / file).write_bytes(data)
    found = read_downloads(folder, ())
    kinds = {"benchmarks": found.benchmarks, "population": found.population, "neighbours": found.neighbours}
    (folder / file).unlink()
    return {name: pd.concat(frames) for name, frames in kinds.items() if frames}, found.problems


class SCRATCH:
    """Where the one reader that needs a path finds its file; set by the tests."""

    path = None


@dataclass(frozen=True)
class Victim:
    """A reader with good files to spoil, and changes that must not change what it reads.

    `read` takes bytes and the file's name and gives frames by name and problems. `harmless` are changed files by what
    was done to them, each with the good file that it must equal.
    """

    good: dict[str, bytes]
    cases: int
    read: Callable[[bytes, str], Outcome] = read_bytes
    harmless: dict[str, tuple[str, bytes, str]] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=lambda: SECRETS)


def shuffled(rows, seed=7):
    order = list(range(len(rows[0])))
    random.Random(seed).shuffle(order)
    return [[row[place] for place in order] for row in rows]


def restyled(rows):
    return [[f"  {heading.upper().replace(' ', '_')}. " for heading in rows[0]], *rows[1:]]


def widened(rows):
    return [[*row, "SHOE_SIZE" if not number else "36"] for number, row in enumerate(rows)]


CHANGES = {
    "shuffled columns": shuffled,
    "headings in another style": restyled,
    "a column more": widened,
    "blank rows": lambda rows: [rows[0], [""] * len(rows[0]), *rows[1:], [""] * len(rows[0])],
    "spaces around": lambda rows: [rows[0], *([f" {cell} " if cell else "" for cell in row] for row in rows[1:])],
}
WAYS = {
    "semicolons": {"delimiter": ";"},
    "tabs": {"delimiter": "\t"},
    "a byte-order mark": {"encoding": "utf-8-sig"},
    "UTF-16": {"encoding": "utf-16"},
    "carriage returns": {"end": "\r\n"},
    "old line ends": {"end": "\r"},
}
CSV_GOOD = {f"{name}.csv": text.encode() for name, text in TABLES_OF.items()}
CSV_HARMLESS = {
    f"{name}: {what}": (f"{name}.csv", csv_bytes(change(rows_of(name))), f"{name}.csv")
    for name in TABLES_OF
    for what, change in CHANGES.items()
} | {
    f"{name}: {what}": (f"{name}.txt", csv_bytes(rows_of(name), **way), f"{name}.csv")
    for name in TABLES_OF
    for what, way in WAYS.items()
}
BOOK = workbook_of(*TABLES_OF)
BOOK_HARMLESS = {
    what: ("b.xlsx", workbook_of(*TABLES_OF, change=change), "a.xlsx")
    for what, change in {
        **CHANGES,
        "titles above": lambda rows: [["Extract of 10 April"], [], ["made by", "us"], *rows],
        "cells beside": lambda rows: [rows[0], [*rows[1], "", "", "note"], *rows[2:]],
    }.items()
} | {"stored": ("b.xlsm", zipped(workbook_parts({n: rows_of(n) for n in TABLES_OF}), zipfile.ZIP_STORED), "a.xlsx")}
XML_HARMLESS = {
    "one line": ("b.xml", xml_return("").encode(), "a.xml"),
    "year first": ("b.xml", xml_return(year_first=True).encode(), "a.xml"),
    "UTF-16": ("b.xml", xml_return().encode("utf-16"), "a.xml"),
    "other groups": ("b.xml", xml_return().replace("EPISODE", "Placement").encode(), "a.xml"),
}

VICTIMS = {
    "csv": Victim(CSV_GOOD, 900, harmless=CSV_HARMLESS),
    "workbook": Victim({"a.xlsx": BOOK, "list.xlsm": workbook_of("list_06")}, 470, harmless=BOOK_HARMLESS),
    "xml": Victim({"a.xml": xml_return().encode(), "flat.xml": xml_return("").encode()}, 600, harmless=XML_HARMLESS),
    "card": Victim({CARD: CARD_TEXT.encode()}, 200, read=card_read),
    "local": Victim(
        {f"{name}.csv": templates.example(name).encode() for name in templates.TEMPLATES}, 150, secrets=LOCAL
    ),
    "published": Victim({path.name: path.read_bytes() for path in EXCERPTS}, 24, read=published_read, secrets=[]),
}

# ---------------------------------------------------------------------------------------------------------------------
# Ways to spoil a file: of its bytes, of the cells of a table, of the parts of a workbook, of the tags of XML.
NASTY = [
    "", " ", "=cmd|' /C calc'!A0", "+1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", "'", '"', '""', ",", ";", "\t", "\n", "\r\n",
    "\0", "31/02/2021", "29/02/2021", "00/00/0000", "2021-13-01", "1/1/21", "44287", "1e308", "-1", "NaN", "inf", "None",
    "NULL", "#N/A", "ZZ", "E4", "Ω", "😀", "\u202e", "\ufeff", "x" * 40_000, "9" * 400, "%s%n", "{0}", "<b>", "&lt;", "../..",
    "TRUE", "1.0", "01-Apr-2021", "1.5", "²", "١٢",
]  # fmt: skip


def spoil_bytes(data: bytes, dice: random.Random) -> bytes:
    size = len(data)
    place, other = sorted((dice.randrange(size + 1), dice.randrange(size + 1)))
    match dice.randrange(12):
        case 0:  # flip some bytes
            spoilt = bytearray(data)
            for _ in range(dice.randint(1, 8)):
                spoilt[dice.randrange(size)] = dice.randrange(256)
            return bytes(spoilt)
        case 1:
            return data[:place]
        case 2:
            return data[place:]
        case 3:
            return data[:place] + data[other:]
        case 4:
            return data[:other] + data[place:other] * dice.randint(1, 50) + data[other:]
        case 5:
            return data[:place] + b"\0" * dice.choice([1, 2, 1000]) + data[place:]
        case 6:
            return data[:place] + dice.choice(NASTY).encode() + data[place:]
        case 7:
            return data[:place] + dice.randbytes(dice.randint(1, 300)) + data[place:]
        case 8:
            return dice.choice(
                [b"", b"\n", b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x03\x04", b"%PDF-1.7", b"\xd0\xcf\x11\xe0"]
            ) + (data if dice.random() < 0.5 else b"")
        case 9:
            return dice.randbytes(dice.choice([1, 100, 5_000]))
        case 10:
            return data + data
        case _:
            return data.replace(dice.choice([b"\n", b",", b"<", b">", b"/", b'"', b"a", b"="]), b"", dice.randint(1, 3))


def spoil_rows(rows: list[list[str]], dice: random.Random) -> list[list[str]]:
    rows = [list(row) for row in rows]
    for _ in range(dice.randint(1, 4)):
        if not rows[0] or len(rows) < 2:
            break
        line, column = dice.randrange(1, len(rows)), dice.randrange(len(rows[0]))
        match dice.randrange(11):
            case 0 | 1 | 2 if column < len(rows[line]):
                rows[line][column] = dice.choice(NASTY)
            case 3:
                rows.insert(line, list(rows[line]))
            case 4:
                rows = [[cell for place, cell in enumerate(row) if place != column] or [""] for row in rows]
            case 5:
                del rows[line][dice.randrange(len(rows[line])) if rows[line] else 0 :]
            case 6:
                rows[line] += [dice.choice(NASTY)] * dice.randint(1, 3)
            case 7:  # cells slip into the wrong columns
                dice.shuffle(rows[line])
            case 8:  # two headings are swapped
                other = dice.randrange(len(rows[0]))
                rows[0][column % len(rows[0])], rows[0][other] = rows[0][other], rows[0][column % len(rows[0])]
            case 9 if column < len(rows[0]):
                rows[0][column] = dice.choice([*NASTY, rows[0][dice.randrange(len(rows[0]))], "DOB", "CHILD"])
            case _:
                dice.shuffle(rows)  # the header too
    return rows


def spoil_csv(data: bytes, dice: random.Random) -> bytes:
    rows = spoil_rows(list(csv.reader(io.StringIO(data.decode()))), dice)
    way = dice.choice([{}, {}, {"encoding": "cp1252"}, {"encoding": "latin-1"}, *WAYS.values()])
    spoilt = csv_bytes(rows, **way)
    return spoil_bytes(spoilt, dice) if spoilt and dice.random() < 0.2 else spoilt


def spoil_workbook(data: bytes, dice: random.Random) -> bytes:
    if dice.random() < 0.4:
        name = dice.choice(list(TABLES_OF))
        return workbook_of(name, change=lambda rows: spoil_rows(rows, dice))
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    name = dice.choice(list(parts))
    match dice.randrange(6):
        case 0:
            parts[name] = spoil_bytes(parts[name], dice)
        case 1:
            parts[name] = spoil_xml(parts[name], dice)
        case 2:
            del parts[name]
        case 3:
            numbers = [b'r="', b"<v>", b'numFmtId="', b's="', b't="']
            sought = dice.choice(numbers)
            parts[name] = parts[name].replace(
                sought, sought + dice.choice([b"-", b"9999999", b"x", b"&#10;", b"1 "]), 1
            )
        case 4:  # a bomb: a long text, many times over
            parts[name] += b" " * dice.choice([1_000_000, 3_000_000])
        case _:
            parts["../../" + name], parts["xl/media/" + "a" * 300] = parts[name], dice.randbytes(2_000)
    spoilt = zipped(parts)
    return spoil_bytes(spoilt, dice) if dice.random() < 0.3 else spoilt


BOMB = (
    "<!DOCTYPE b [<!ENTITY b0 'lol'>" + "".join(f"<!ENTITY b{n} '{f'&b{n - 1};' * 10}'>" for n in range(1, 10)) + "]>"
)


def spoil_xml(data: bytes, dice: random.Random) -> bytes:
    text = data.decode("utf-8")
    tags = text.split("<")
    place = dice.randrange(1, len(tags))
    match dice.randrange(9):
        case 0:
            del tags[place]
        case 1:
            tags.insert(place, tags[place])
        case 2:
            tags[place] = tags[place].partition(">")[0] + ">" + escape(dice.choice(NASTY))
        case 3:
            dice.shuffle(tags)
        case 4:
            return text.replace("?>", "?>" + BOMB, 1).replace("</", "&b9;</", 1).encode()
        case 5:
            return text.replace("?>", "?><!DOCTYPE a SYSTEM 'file:///dev/zero'>", 1).encode()
        case 6:
            return ("<a>" * dice.choice([10, 100, 100_000]) + text).encode()
        case 7:
            name = tags[place].partition(">")[0]
            tags[place] = tags[place].replace(
                name, dice.choice(["CHILD", "HEADER", "x:y", "DOB", "1", "UASC", name + " a='1'"])
            )
        case _:
            return text.encode(dice.choice(["utf-16", "utf-16-le", "utf-7", "cp037", "latin-1"]))
    return "<".join(tags).encode("utf-8", errors="replace")


def spoilt_case(victim: str, number: int) -> tuple[str, bytes]:
    dice = random.Random(f"{victim} {number}")  # of text: the same on every machine and run
    file = dice.choice(sorted(VICTIMS[victim].good))
    data = VICTIMS[victim].good[file]
    own = {"workbook": spoil_workbook, "xml": spoil_xml, "card": None}.get(victim, spoil_csv)
    return file, (spoil_bytes if own is None or dice.random() < 0.35 else own)(data, dice)


# ---------------------------------------------------------------------------------------------------------------------
# What must hold whatever the file.
_watching = {"allowed": None, "seen": []}


def _watch(event: str, arguments) -> None:
    if _watching["allowed"] is None:
        return
    path = str(arguments[0]) if arguments else ""
    writes = (
        event == "open" and len(arguments) > 1 and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    )
    elsewhere = not path.startswith(_watching["allowed"])
    if (writes or event in ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.truncate")) and elsewhere:
        _watching["seen"].append(f"{event} {path}")
    if event in ("socket.connect", "subprocess.Popen", "os.system", "os.exec", "urllib.Request"):
        _watching["seen"].append(event)


sys.addaudithook(_watch)


@contextmanager
def nothing_written_but_in(folder):
    _watching.update(allowed=str(folder), seen=[])
    try:
        yield
    finally:
        _watching["allowed"] = None
    assert _watching["seen"] == []


def tell_no_tales(problems: list[DataProblem], secrets: list[str]) -> None:
    for problem in problems:
        message = str(problem)
        told = [secret for secret in secrets if secret.casefold() in message.casefold()]
        assert not told, f"{told} in {message!r}"
        assert len(message) < 4_000 and "\0" not in message


def well_formed(problems: list[DataProblem]) -> None:
    assert all(isinstance(each, DataProblem) and each.file and each.expected and each.advice for each in problems)
    assert all(each.severity in ("error", "warning") and each.line >= 0 for each in problems)
    columns = ["file", "line", "column", "value", "expected", "advice", "severity"]
    text = csv_text(columns, [[getattr(each, column) for column in columns] for each in problems])
    for row in csv.reader(io.StringIO(text, newline="")):
        for cell in row:
            assert cell[:1] not in ("=", "@", "\t", "\r") and (cell[:1] not in ("+", "-") or cell[1:2].isdigit()), row


def right_or_named(frames: dict[str, pd.DataFrame], problems: list[DataProblem]) -> None:
    """Something was read, or it is said why not; and what was read is of the kind that its table promises."""
    assert frames or problems
    for name, frame in frames.items():
        if name not in TABLES:
            continue
        for column in TABLES[name].columns:
            values = frame[column.name]
            if column.filled and column.severity == "error":
                assert values.notna().all()
            if column.codes is not None:
                assert set(values.dropna()) <= set(column.codes.meanings)
            if column.kind == "date" and not column.reader:
                assert values.dropna().between(pd.Timestamp("1900-01-01"), pd.Timestamp("2199-12-31")).all()


@pytest.fixture(autouse=True)
def scratch(tmp_path):
    SCRATCH.path = tmp_path / CARD
    with nothing_written_but_in(tmp_path):
        yield


BATCHES = [(name, first) for name, victim in VICTIMS.items() for first in range(0, victim.cases, BATCH)]


@pytest.mark.parametrize(("name", "first"), BATCHES)
def test_a_spoilt_file_ends_in_a_right_result_or_in_named_problems(name, first):
    victim = VICTIMS[name]
    for number in range(first, min(first + BATCH, victim.cases)):
        file, data = spoilt_case(name, number)
        begun = time.perf_counter()
        try:
            frames, problems = victim.read(data, file)
            assert time.perf_counter() - begun < SLOWEST
            right_or_named(frames, problems)
            well_formed(problems)
            tell_no_tales(problems, victim.secrets)
        except Exception as error:
            error.add_note(f"case {number} of {name}: spoilt_case({name!r}, {number})")
            raise


@pytest.mark.parametrize("name", VICTIMS)
def test_good_files_have_no_problems(name):
    for file, data in VICTIMS[name].good.items():
        frames, problems = VICTIMS[name].read(data, file)
        assert frames and [each for each in problems if each.severity == "error"] == []


@pytest.mark.parametrize(
    ("name", "what"), [(name, what) for name, victim in VICTIMS.items() for what in victim.harmless]
)
def test_what_leaves_the_values_intact_leaves_the_result_intact(name, what):
    victim = VICTIMS[name]
    file, data, good = victim.harmless[what]
    frames, problems = victim.read(data, file)
    judged, _ = victim.read(victim.good[good], good)
    assert [each for each in problems if each.severity == "error"] == []
    assert list(frames) == list(judged)
    for table, frame in judged.items():
        pd.testing.assert_frame_equal(frames[table].drop(columns="_line"), frame.drop(columns="_line"))


def test_there_are_two_thousand_cases_that_differ():
    cases = (spoilt_case(name, number) for name, victim in VICTIMS.items() for number in range(victim.cases))
    assert len({(file, zlib.crc32(data)) for file, data in cases}) >= 2_000


@pytest.mark.parametrize("first", range(0, 30, 10))
def test_a_folder_of_spoilt_files_reads_or_says_why_not(tmp_path, first):
    for number in range(first, first + 10):
        folder = tmp_path / str(number)
        folder.mkdir()
        for place, name in enumerate(random.Random(number).choices(["csv", "csv", "workbook", "xml"], k=3)):
            file, data = spoilt_case(name, 10_000 + 3 * number + place)
            (folder / f"{place}_{file}").write_bytes(data)
        try:
            problems = read_returns(folder).problems
        except PanelpackError as error:
            problems = getattr(error, "problems", [])
            assert str(error)
        well_formed(problems)
        tell_no_tales(problems, SECRETS)
