"""The restricted page for the person who decides whether a public pack may be published: what the gate did, in exact figures.

It is made by every public run, from the pack's manifest and the records that the gate handed over with each page. The records
are kept beside it, so that a run of one notebook still shows those of the pages that stayed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis_lib.disclosure.record import HIDDEN, REASONS, WITHHELD, Attack, GateRecord, records_of
from analysis_lib.pack import manifest as manifests
from analysis_lib.pack.markup import page_environment
from analysis_lib.pack.publish import DECISION, RECORDS, pack_folder, write_beside
from analysis_lib.periods import Period, day_in_words
from analysis_lib.policy import CLASSES, PROFILES, DisclosurePolicy

FORMAT = 1
SMALL_BASE = 30  # a figure that is shown and rests on fewer is listed: a person may know who they are
ORDER_OF_REASONS = {reason: place for place, reason in enumerate(REASONS)}


@dataclass(frozen=True)
class PageRecords:
    """What the gate did on one page; `records` is None where that is not known any more."""

    notebook: str
    title: str
    records: tuple[GateRecord, ...] | None

    def hidden(self) -> list[dict]:
        """Every number that is not shown, with its true value and why."""
        found = [record for record in self.records or () if record.what_done in (HIDDEN, WITHHELD)]
        return [_row(record) for record in sorted(found, key=_in_order)]

    def remedies(self) -> list[dict]:
        """Each sentence by which the page says what was merged, lengthened or left out, with the rows it speaks of."""
        told: dict[str, list[GateRecord]] = {}
        for record in self.records or ():
            if record.remedy:
                told.setdefault(record.remedy, []).append(record)
        return [{"sentence": sentence, "rows": [_row(each) for each in found]} for sentence, found in told.items()]

    def small(self) -> list[dict]:
        """Figures that are shown and rest on few children."""
        return [_row(record) for record in self._shown() if 0 < _base(record) < SMALL_BASE]

    def none_or_all(self) -> list[dict]:
        """Percentages of groups that are shown and are 0 or 100: they tell of each child in the group."""
        shown = [record for record in self._shown() if record.groups and record.denominator]
        return [_row(record) for record in shown if record.numerator in (0, record.denominator)]

    def _shown(self) -> list[GateRecord]:
        return [record for record in self.records or () if record.what_done not in (HIDDEN, WITHHELD)]


def write(
    output: Path,
    folder: Path,
    made: Mapping[str, tuple[GateRecord, ...]],
    policy: DisclosurePolicy,
    attack: Attack | None = None,
) -> Path:
    """Write the page of the public pack in `folder`, and what it is made of, into the restricted folder; returns its place.

    Parameters
    ----------
    made : notebook to records, for the pages that this run made
    policy : the one by which the pack was made
    attack : what the attacker looked at; None where the pack was not attacked
    """
    manifest = manifests.read_manifest(folder)
    period = manifest["period"]
    pages = _with_kept(output, manifest, made)
    page = decision_page(manifest, manifests.sha256(folder / manifests.NAME), pages, policy, attack)
    place = write_beside(output, period, DECISION, page)
    # Last: a run that is stopped before this makes the pages again, and this one with them.
    write_beside(output, period, RECORDS, _records_text(manifest, pages))
    return place


def decision_page(
    manifest: dict,
    manifest_sha256: str,
    pages: Iterable[PageRecords],
    policy: DisclosurePolicy,
    attack: Attack | None = None,
) -> str:
    """The page as HTML: what is decided, what was hidden and why, what was attacked, by which policy, and room to sign."""
    pages = list(pages)
    return (
        page_environment()
        .get_template("decision.html.j2")
        .render(
            manifest=manifest,
            heading=manifest["period_label"][:1].upper() + manifest["period_label"][1:],
            manifest_sha256=manifest_sha256,
            pages=pages,
            unknown=[page for page in pages if page.records is None],
            counts=_counts(pages),
            small_base=SMALL_BASE,
            attack=attack,
            earlier=[each["period"] for each in manifest["register"]["packs"]],
            profile=PROFILES[policy.profile],
            classes=_decisions(policy),
            policy=_policy_rows(policy),
        )
    )


def _policy_rows(policy: DisclosurePolicy) -> list[dict]:
    """One row for each number and choice of the policy: what it means, and how it is set for each class."""
    rows: dict[str, dict] = {}
    for _, key, setting, meaning, _ in policy.numbers():
        rows.setdefault(key, {"meaning": meaning, "settings": []})["settings"].append(_setting(setting))
    return list(rows.values())


def _decisions(policy: DisclosurePolicy) -> list[dict]:
    """For each class, what it is for, and who decided its numbers on which day and why."""
    return [
        {
            "name": name.replace("_", " "),
            "of": CLASSES[name],
            "by": each.decided_by or "nobody has signed it",
            "on": day_in_words(pd.Timestamp(each.decided_on)) if each.decided_on else "",
            "note": each.note,
        }
        for name, each in policy.classes.items()
    ]


def _setting(setting) -> str:
    return ("yes" if setting else "no") if isinstance(setting, bool) else str(setting)


def _with_kept(output: Path, manifest: dict, made: Mapping[str, tuple[GateRecord, ...]]) -> list[PageRecords]:
    """The pages of the pack in order: those made now, and those that stayed with the records kept of them."""
    kept = _kept(output, manifest["period"])
    return [
        PageRecords(
            page["notebook"],
            page["title"],
            made.get(page["notebook"], kept.get((page["notebook"], page["input_hash"]))),
        )
        for page in manifest["pages"]
    ]


def pages_with_records(output: Path, period: str) -> set[tuple[str, str]]:
    """Notebook and input hash of the pages of which it is known what the gate did; none where the page for the person who
    decides is gone."""
    is_there = (pack_folder(output, period, "restricted") / DECISION).is_file()
    return set(_kept(output, period)) if is_there else set()


def is_of_what_stands(output: Path, period: str) -> bool:
    """Whether the page for the person who decides is of the public pack that stands: a run may have been stopped between
    the two."""
    standing = manifests.sha256(pack_folder(output, period, "public") / manifests.NAME)
    try:
        return standing in (pack_folder(output, period, "restricted") / DECISION).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def _kept(output: Path, period: str) -> dict[tuple[str, str], tuple[GateRecord, ...]]:
    """Notebook and input hash to the records that an earlier run kept; none where they are gone or cannot be read."""
    path = pack_folder(output, period, "restricted") / RECORDS
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            return {}
        return {(each["notebook"], each["input_hash"]): records_of(each["records"]) for each in content["pages"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _records_text(manifest: dict, pages: list[PageRecords]) -> str:
    hashes = {page["notebook"]: page["input_hash"] for page in manifest["pages"]}
    told = [
        {
            "notebook": page.notebook,
            "input_hash": hashes[page.notebook],
            "records": [record.as_json() for record in page.records],
        }
        for page in pages
        if page.records is not None
    ]
    return json.dumps({"format": FORMAT, "pages": told}, ensure_ascii=False) + "\n"


def _counts(pages: list[PageRecords]) -> dict:
    hidden = [row for page in pages for row in page.hidden()]
    why = Counter(row["reason"] for row in hidden)
    return {
        "hidden": len(hidden),
        "why": sorted(why.items(), key=lambda item: (-item[1], item[0])),
        "remedies": sum(len(page.remedies()) for page in pages),
        "small": sum(len(page.small()) for page in pages),
        "none_or_all": sum(len(page.none_or_all()) for page in pages),
    }


def _row(record: GateRecord) -> dict:
    return {
        "title": record.title,
        "groups": "; ".join(f"{column.replace('_', ' ')}: {value}" for column, value in record.groups) or "all",
        "when": _when(record),
        "numerator": _number(record.numerator),
        "denominator": _number(record.denominator),
        "reason": REASONS.get(record.reason, record.reason),
    }


def _in_order(record: GateRecord):
    """By measure as the page has it would need the page: so by reason, then by name, group and period."""
    place = ORDER_OF_REASONS.get(record.reason, len(ORDER_OF_REASONS))
    return (place, record.reason, record.title, record.groups, record.end, record.start)


def _base(record: GateRecord) -> float:
    """How many children a figure rests on: its denominator, or for a count the count; 0 where it has neither."""
    return next((number for number in (record.denominator, record.numerator) if number is not None), 0)


def _when(record: GateRecord) -> str:
    end = pd.Timestamp(record.end)
    return Period.span(pd.Timestamp(record.start), end).label if record.start else day_in_words(end)


def _number(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.0f}" if number == int(number) else f"{number:,.1f}"
