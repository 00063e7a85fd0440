"""The audit of a finished pack: everything that is printed, read back from its files, held to everything we promise.

It fails closed: a pack with a finding is not published. What it says names places, never values.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis_lib.authority import Authority
from analysis_lib.compare import printed_by
from analysis_lib.disclosure.attacker import Effort
from analysis_lib.disclosure.equations import Quantity, Relations, number_of
from analysis_lib.disclosure.printed import DENOMINATOR, INTERVAL, NUMERATOR, VALUE, PrintedFigure
from analysis_lib.disclosure.register import Register, read_register
from analysis_lib.elsewhere import BENCHMARKS, COUNCIL_FIGURES, public_figures
from analysis_lib.errors import UsageError
from analysis_lib.groupings import Groupings
from analysis_lib.groupings import groupings as groupings_of_project
from analysis_lib.metrics.facts import every_measure
from analysis_lib.pack import accounts, identifiers, results, whole
from analysis_lib.pack.attack import Printed, attack
from analysis_lib.pack.finding import Finding
from analysis_lib.pack.hashes import hash_of, sha256
from analysis_lib.pack.hidden import what_is_hidden
from analysis_lib.pack.identifiers import Sought, days_in, search
from analysis_lib.pack.index import INDEX
from analysis_lib.pack.manifest import NAME, read_manifest
from analysis_lib.pack.plan import own_parameters
from analysis_lib.pack.printed import FIGURE, Mark, PrintedPack, read_pack
from analysis_lib.pack.store import open_store
from analysis_lib.periods import Period
from analysis_lib.policy import ClassPolicy, DisclosurePolicy
from analysis_lib.prepare import as_known
from analysis_lib.report.number_words import vocabulary
from analysis_lib.report.quality import rule_words
from analysis_lib.results import GAP, PERCENT, Measure
from analysis_lib.sources.identifying import IdentifyingValues, identifying_values
from analysis_lib.sources.returns import files_in
from analysis_lib.sources.tables.families import TABLES
from analysis_lib.sources.tables.mapping import mapped

POLICY, IDENTIFIER = "policy", "identifier"
CHECKS = (
    "every file as the manifest lists it",
    "the edition that it says",
    "nothing that a reader does not see",
    "every number accounted for",
    "changes, tables and files to download as the figures are",
    "the disclosure policy on what is printed",
    "what can be worked out from it",
    "identifiers of children in every byte",
)
CHECKS_OF_PUBLIC = (CHECKS[5], CHECKS[6])


@dataclass(frozen=True)
class AuditReport:
    """What an audit found, and how much it looked at.

    `figures` counts printed figures, `hidden` those of them that stand hidden, `earlier` and `elsewhere` what else was known,
    `candidates` the numbers that must not be worked out; `sought` the identifiers that were looked for (None where the
    returns were not at hand).
    """

    pack: str
    edition: str
    findings: tuple[Finding, ...]
    files: int = 0
    pages: int = 0
    figures: int = 0
    hidden: int = 0
    earlier: int = 0
    elsewhere: int = 0
    sought: int | None = None
    candidates: int = 0
    effort: Effort = field(default_factory=Effort)
    seconds: float = field(default=0.0, compare=False)

    @property
    def is_sound(self) -> bool:
        return not self.findings

    @property
    def checks(self) -> tuple[str, ...]:
        return tuple(each for each in CHECKS if self.edition == "public" or each not in CHECKS_OF_PUBLIC)

    def lines(self) -> list[str]:
        """For a person: what was checked, how much, and each finding."""
        cells, clues = self.effort.largest
        looked = [
            f"{self.pack}, {self.edition} edition: {self.pages:,} pages, {self.files:,} files, {self.figures:,} printed figures "
            f"({self.hidden:,} hidden).",
            f"Checked: {'; '.join(self.checks)}.",
        ]
        if self.edition == "public":
            looked.append(
                f"Attacked with {self.earlier:,} figures of signed-off packs and {self.elsewhere:,} public elsewhere: "
                f"{self.candidates:,} numbers to protect, {self.effort.programs:,} programs; the largest that was solved ties "
                f"{cells:,} numbers with {clues:,} equations and took {self.effort.largest_seconds:.2f} s."
            )
        looked.append(
            "The returns are not at hand: only what looks like an identifier was looked for."
            if self.sought is None
            else f"Looked for {self.sought:,} identifiers and days of birth of the returns."
        )
        looked.append(f"Time: {self.seconds:.1f} s.")
        if self.is_sound:
            return [*looked, "Nothing found."]
        return [*looked, *map(str, self.findings), f"{len(self.findings):,} findings. The pack must not be published."]

    def to_dict(self) -> dict:
        """For a program."""
        cells, clues = self.effort.largest
        return {
            "pack": self.pack,
            "edition": self.edition,
            "sound": self.is_sound,
            "checks": list(self.checks),
            "files": self.files,
            "pages": self.pages,
            "figures": self.figures,
            "hidden": self.hidden,
            "earlier": self.earlier,
            "elsewhere": self.elsewhere,
            "identifiers": self.sought,
            "protected": self.candidates,
            "programs": self.effort.programs,
            "largest_program": {"numbers": cells, "equations": clues, "seconds": round(self.effort.largest_seconds, 3)},
            "seconds": round(self.seconds, 2),
            "findings": [vars(each) for each in self.findings],
        }


def audit(
    folder: Path,
    *,
    measures: Mapping[str, Measure],
    groupings: Groupings,
    earlier: Collection[PrintedFigure] = (),
    elsewhere: Collection[PrintedFigure] = (),
    policy: DisclosurePolicy,
    secrets: IdentifyingValues | None = None,
    public_texts: Collection[str] = (),
    parameters: Mapping[str, Collection[str]] | None = None,
    is_published: bool = True,
) -> AuditReport:
    """Audit the finished pack in `folder`.

    Parameters
    ----------
    measures : measure by name
    earlier : figures of the signed-off packs of other periods
    elsewhere : figures that others have published of the council's own children
    secrets : what identifies in the returns; None where they are not at hand, then only what looks like an identifier is found
    public_texts : what others have published: its words may be quoted, and its days are no secret though somebody was born
        on them
    parameters : notebook to the names of its own parameters, besides period and edition; None for none
    is_published : whether the pack stands where its readers find it; before, its files have no permissions of their own yet

    Raises
    ------
    UsageError
        When there is no pack in `folder`.
    """
    began = time.perf_counter()
    manifest = read_manifest(folder)
    if manifest is None:
        raise UsageError(
            f"There is no pack in {folder}: no {NAME} that this version can read. Name the folder of a pack."
        )
    pack = read_pack(folder)
    is_public = manifest["edition"] == "public"
    figures = _figures(pack)
    relations = Relations(measures, groupings, policy)
    findings = [
        *whole.files_as_written(pack, manifest),
        *(whole.only_public(pack, manifest) if is_public else whole.marked_restricted(pack)),
        *(whole.for_its_owner_only(pack) if not is_public and is_published else ()),
        *whole.only_what_is_known(pack, manifest, {page.name: page.answers for page in pack.pages}, parameters or {}),
        *whole.headlines_as_printed(pack, manifest),
        *(() if is_public else whole.results_as_printed(pack, manifest)),
        *(found for page in pack.pages for found in what_is_hidden(page)),
        *_accounts(
            pack, manifest, relations, [figure for figure, _ in figures], earlier, public_texts, is_public=is_public
        ),
        *_identifiers(pack, secrets, public_texts, _printed_numbers(pack, manifest, figures), _own_days(manifest)),
    ]
    outcome = None
    if is_public:
        findings += _against_policy(pack, relations)
        outcome = attack(Printed.of(figures, earlier, elsewhere), relations)
        findings += outcome.findings
    return AuditReport(
        pack=manifest["period"],
        edition="public" if is_public else "restricted",
        findings=tuple(dict.fromkeys(findings)),
        files=len(pack.files),
        pages=len(pack.pages),
        figures=len(figures),
        hidden=sum(figure.text == "c" for figure, _ in figures),
        earlier=len(earlier) if is_public else 0,
        elsewhere=len(elsewhere) if is_public else 0,
        sought=None if secrets is None else len(secrets.texts) + len(secrets.days),
        candidates=outcome.candidates if outcome else 0,
        effort=outcome.effort if outcome else Effort(),
        seconds=time.perf_counter() - began,
    )


def audit_of(
    authority: Authority,
    folder: Path,
    *,
    returns: Path | None = None,
    register: Register | None = None,
    besides: Collection[PrintedFigure] = (),
    is_published: bool = True,
) -> AuditReport:
    """Audit the pack in `folder` with what `authority` has: its policy, register, published figures and returns.

    Parameters
    ----------
    returns : folder of returns; None for the one that `authority.toml` names
    register : None for the one that `authority.toml` names; all of it counts but the pack's own period
    besides : what else a reader knows, such as what only an earlier pack of the same period showed

    Raises
    ------
    UsageError
        When there is no pack in `folder`.
    PanelpackError
        When the register is damaged, or is of another council or of other returns.
    """
    manifest = read_manifest(folder) or {"period": "", "edition": ""}
    returns, earlier, elsewhere = returns or authority.returns, [], []
    if manifest["edition"] == "public":
        register = read_register(authority.releases) if register is None else register
        register.only_of(authority.area.code, synthetic=manifest["synthetic"])
        earlier = [*register.figures(without=manifest["period"]), *besides]
        elsewhere = _elsewhere(authority, manifest, returns)
    return audit(
        folder,
        measures=every_measure(),
        groupings=groupings_of_project(),
        earlier=earlier,
        elsewhere=elsewhere,
        policy=authority.disclosure,
        secrets=_secrets(authority, returns),
        public_texts=_public_texts(authority.published),
        parameters=own_parameters(authority.home / "notebooks"),
        is_published=is_published,
    )


def _elsewhere(authority: Authority, manifest: Mapping, returns: Path) -> list[PrintedFigure]:
    """The council's own figures that others had published by the pack's as-at date; none without the prepared tables."""
    if not returns.is_dir():
        return []
    period = Period.parse(manifest["period"])
    as_at, store = authority.as_at(period), open_store(authority, returns, period)
    files = {name: store.folder / f"{name}.parquet" for name in (BENCHMARKS, COUNCIL_FIGURES)}
    if not all(path.is_file() for path in files.values()):
        return []
    tables = as_known({name: pd.read_parquet(path) for name, path in files.items()}, period.end, as_at)
    tables[COUNCIL_FIGURES] = printed_by(tables[COUNCIL_FIGURES], authority.area)
    return public_figures(tables, authority.area, as_at, synthetic=manifest["synthetic"])


def _secrets(authority: Authority, returns: Path) -> IdentifyingValues | None:
    if not returns.is_dir():
        return None
    files = {str(path): _digest(path) for path in files_in(returns)}
    of = hash_of([files, authority.columns, authority.values])
    if of not in _known_secrets:  # the packs of one run are of the same returns
        found = identifying_values(returns, tables=mapped(TABLES, authority.columns, authority.values))
        _known_secrets.clear()
        _known_secrets[of] = found
    return _known_secrets[of]


def _digest(path: Path) -> str:
    try:
        return sha256(path)
    except OSError:  # it cannot be opened then either, and gives nothing
        return ""


_known_secrets: dict[str, IdentifyingValues] = {}  # one at most, by the bytes that they were read from


def get_ready(authority: Authority, returns: Path | None = None) -> None:
    """Read what every audit of these returns needs, before there is a pack to audit, while others work."""
    secrets = _secrets(authority, returns or authority.returns)
    if secrets is not None:
        identifiers.get_ready(secrets)
    for text in _public_texts(authority.published):
        days_in(text)


def _public_texts(published: Path) -> list[str]:
    """What others have published, as the project carries it, and what the library itself says of its measures."""
    library = Path(__file__).resolve().parents[1]
    files = [*sorted(published.rglob("*.csv")), *sorted(published.rglob("*.toml")), *sorted(library.rglob("*.toml"))]
    return [path.read_text(encoding="utf-8-sig", errors="replace") for path in files]


def _figures(pack: PrintedPack) -> list[tuple[PrintedFigure, str]]:
    """Every printed figure whose mark can be read, with its place; what cannot be read is a finding by itself."""
    found = []
    for mark in pack.marks:
        if mark.kind == FIGURE and accounts.says_what_it_is(mark):
            found.append((as_printed(mark.figure), str(mark.place)))
    return found


def as_printed(figure: PrintedFigure) -> PrintedFigure:
    """A figure whose words, such as "a number too small to show", are its symbol."""
    is_number = any(letter.isdigit() for letter in figure.text)
    return figure if is_number or len(figure.text) <= 3 else figure.showing(figure.what, "c")


def _accounts(
    pack: PrintedPack,
    manifest: dict,
    relations: Relations,
    printed: Collection[PrintedFigure],
    earlier: Collection[PrintedFigure],
    public_texts: Collection[str],
    *,
    is_public: bool,
) -> Iterator[Finding]:
    about = [f"panelpack {manifest['package']['version']}", manifest["input_hash"]]
    about += [page["input_hash"] for page in manifest["pages"]]
    about += [correction["corrects"] for correction in [manifest.get("correction")] if correction]
    words = accounts.Vocabulary([*vocabulary(), *rule_words(), *accounts.names_of_groups(pack), *about], public_texts)
    answers = {sentence for page in pack.pages if page.name != INDEX for sentence in page.answers}
    for page in pack.pages:
        yield from accounts.numbers_on(pack, page, words, answers if page.name == INDEX else ())
        yield from accounts.stated(page, _stated_on(page.name, manifest))
        if is_public:
            yield from accounts.exact_rows(page)
    yield from accounts.names(
        pack, accounts.Vocabulary([*vocabulary(), *(name.replace("_", " ") for name in relations.measures)])
    )
    yield from accounts.tables_as_shown(pack)
    yield from accounts.as_signed_off(pack, earlier)
    yield from accounts.changes(pack, accounts.printed_texts([*printed, *earlier]))
    yield from accounts.printed_twice(pack, relations)


def _against_policy(pack: PrintedPack, relations: Relations) -> Iterator[Finding]:
    """Printed numbers that the policy hides by themselves: small counts, and what rests on too small a base."""
    marks = [mark for mark in pack.marks if mark.kind == FIGURE and accounts.says_what_it_is(mark)]
    shown = [
        (mark, number) for mark in marks if (number := _number(mark)) is not None and relations.is_ours(mark.figure)
    ]
    counts = {_counted(mark, relations): number for mark, number in shown if _is_count(mark, relations)}
    for mark, number in shown:
        measure = relations.measure(mark.figure)
        if measure is None:
            continue
        rules = relations.policy.of(measure, [column for column, _ in mark.figure.groups])
        advice = f"The class {rules.name} of the disclosure policy hides it; release the figures again."
        if _is_count(mark, relations) and 1 <= abs(number) < rules.threshold:
            yield Finding(POLICY, str(mark.place), f"a count of 1 to {rules.threshold - 1}", advice)
        smallest = _smallest_base(measure, rules) if mark.figure.what == VALUE else 0
        if 0 < counts.get(relations.denominator(mark.figure), smallest) < smallest:
            yield Finding(POLICY, str(mark.place), f"a figure that rests on fewer than {smallest}", advice)


def _is_count(mark: Mark, relations: Relations) -> bool:
    measure = relations.measure(mark.figure)
    return mark.figure.what in (NUMERATOR, DENOMINATOR) or (measure is not None and measure.is_count)


def _counted(mark: Mark, relations: Relations) -> Quantity:
    """Which number a printed count is."""
    is_base = mark.figure.what == DENOMINATOR
    return relations.denominator(mark.figure) if is_base else relations.numerator(mark.figure)


def _smallest_base(measure: Measure, rules: ClassPolicy) -> int:
    if measure.unit in (PERCENT, GAP):
        return rules.min_percentage_base
    return rules.min_average_base if measure.is_average else 0


def _number(mark: Mark):
    if mark.figure.what == INTERVAL:
        return None
    return number_of(mark.text)[0]


def _printed_numbers(
    pack: PrintedPack, manifest: Mapping, figures: Collection[tuple[PrintedFigure, str]]
) -> frozenset[str]:
    """The digits of every figure of the pack: an identifier that is one of these cannot be told from it."""
    printed = {"".join(letter for letter in figure.text if letter.isdigit()) for figure, _ in figures}
    if manifest["edition"] != "public":
        for name in {page["results"] for page in manifest["pages"] if "results" in page}.intersection(pack.files):
            with suppress(ValueError):  # which is a finding by itself
                printed |= results.numbers_in(results.read_results(pack.folder / name))
    return frozenset(printed)


def _identifiers(
    pack: PrintedPack,
    secrets: IdentifyingValues | None,
    public_texts: Collection[str],
    printed: frozenset[str],
    own_days: frozenset[dt.date],
) -> Iterator[Finding]:
    public_days = frozenset().union(*(days_in(text) for text in public_texts))
    values = secrets or IdentifyingValues(frozenset(), frozenset())
    bounds = frozenset(day for day in values.days if _bounds_a_period(day))
    found = search(pack.folder, pack.files, Sought(values, public_days | bounds | own_days, printed))
    for (kind, file), lines in _lines_of(found).items():
        where = f"{whole.masked(file)}, {lines}" if lines else whole.masked(file)
        yield Finding(IDENTIFIER, where, kind, "Find out where it comes from, and do not pass the pack on.")


def _own_days(manifest: Mapping) -> frozenset[dt.date]:
    """Days that a pack is about: up to when it uses what was published, and when its returns were extracted."""
    as_at_days = manifest.get("settings", {}).get("pack", {}).get("as_at_days", 0)
    extracted = [dt.date.fromisoformat(each["extract_date"]) for each in manifest["extracts"] if each["extract_date"]]
    return frozenset(
        [
            dt.date.fromisoformat(manifest["last_day"]) + dt.timedelta(days=as_at_days),
            *extracted,
            *_days_written(manifest),
        ]
    )


def _days_written(manifest: Mapping) -> Iterator[dt.date]:
    """Days that people have written in a field for days: when they wrote, what is due when, when a correction was decided."""
    correction = manifest.get("correction") or {}
    days = [correction.get("on"), correction.get("first_on")]
    for page in manifest["pages"]:
        days += (page.get("commentary") or {}).get("days", ())
    # Before the period's end it could be a day of birth: the files may have none, whatever the manifest says.
    yield from (dt.date.fromisoformat(day) for day in days if day and day > manifest["last_day"])


def _stated_on(name: str, manifest: Mapping) -> list[str]:
    """The phrases with a number that the service has stated on the page `name`."""
    (told,) = [page.get("commentary") for page in manifest["pages"] if page["file"] == name] or [None]
    return told["stated"] if told else []


def _bounds_a_period(day: dt.date) -> bool:
    """Every page names first and last days of months: children who were born on one cannot be told from them."""
    return day.day == 1 or (day + dt.timedelta(days=1)).day == 1


def _lines_of(found) -> dict[tuple[str, str], str]:
    counted: Counter = Counter()
    first: dict[tuple[str, str], int] = {}
    for each in found:
        counted[each.kind, each.file] += 1
        first.setdefault((each.kind, each.file), each.line)
    return {
        key: (f"line {first[key]}" + (f" and {counted[key] - 1:,} more" if counted[key] > 1 else ""))
        if first[key]
        else "its name"
        for key in counted
    }
