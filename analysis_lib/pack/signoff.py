"""Records the decision to publish a pack: in the register, beside the figures that it printed. The pack itself does not change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis_lib.authority import Authority
from analysis_lib.disclosure.printed import PrintedFigure
from analysis_lib.disclosure.register import Entry, Publication, Register, SignOff, extend, read_register
from analysis_lib.errors import DisclosureError, PanelpackError, UsageError
from analysis_lib.pack import manifest as manifests
from analysis_lib.pack.all_periods import write_all_packs_index
from analysis_lib.pack.audit import AuditReport, as_printed, audit_of
from analysis_lib.pack.printed import FIGURE, read_pack
from analysis_lib.pack.publish import open_output
from analysis_lib.roles import role

MOST_FINDINGS = 10


@dataclass(frozen=True)
class Signed:
    """A pack that is signed off: how many figures it printed, by what decision, and whether that was known before."""

    period: str
    figures: int
    sign_off: SignOff
    was_signed_before: bool


def sign_off(
    authority: Authority,
    folder: Path,
    *,
    by: str,
    on: str,
    note: str = "",
    releases: Path | None = None,
    returns: Path | None = None,
    replacing: bool = False,
) -> Signed:
    """Sign off the public pack in `folder`: add what it printed to the register, and tell so on the page of all packs.

    Parameters
    ----------
    by : the role of who decided
    on : the day of the decision, ISO
    releases : folder of the register; None for the one that `authority.toml` names
    returns : folder of the returns that the pack was made from; None for the one that `authority.toml` names
    replacing : whether the pack may take the place of another that was signed off for its period

    Raises
    ------
    UsageError
        For a role or a day that is none, a folder that is no pack of this council's public edition, or returns that are
        not there: what identifies in them could not be searched for.
    DisclosureError
        When the audit finds something.
    PanelpackError
        When the pack is not as it was made, the register is damaged, or another pack of the period stands there.
    """
    manifest = pack_to_sign(authority, folder)
    decided = SignOff(role(by), day_of_decision(on, manifest), " ".join(note.split()))
    releases, returns = releases or authority.releases, returns or authority.returns
    if not returns.is_dir():
        raise UsageError(
            f"There is no folder {returns} with returns, so their identifiers cannot be searched for. Give it with --data."
        )
    with open_output(folder.resolve().parent, [(manifest["period"], "public")]) as output:
        publication = Publication.of(manifests.sha256(folder / manifests.NAME), printed_figures(folder), decided)
        entry = Entry(manifest["period"], authority.area.code, manifest["synthetic"], (publication,))
        register = read_register(releases)
        standing = register.entry(entry.period)
        is_known = standing is not None and standing.latest.manifest_sha256 == publication.manifest_sha256
        if not is_known:
            refuse_without_a_correction(standing, manifest)
            besides = shown_earlier_alone(register, entry)
            _refuse(folder, audit_of(authority, folder, returns=returns, register=register, besides=besides))
        register = extend(releases, entry, replacing=replacing)
        write_all_packs_index(output, "public", register)
    latest = register.entry(entry.period).latest
    return Signed(entry.period, len(latest.figures), latest.sign_off, is_known)


def refuse_without_a_correction(standing: Entry | None, manifest: dict) -> None:
    """Raise `PanelpackError` where another pack of the period stands, and this one does not say what it corrects."""
    if standing is None:
        return
    period, latest = manifest["period"], standing.latest
    corrects = (manifest.get("correction") or {}).get("corrects", "")
    if corrects == latest.manifest_sha256:
        return
    why = "and this one does not say what it corrects" if not corrects else "and this one says that it corrects another"
    raise PanelpackError(
        f"Another pack of {period} was signed off by {latest.sign_off.by} on {latest.sign_off.on}, {why}. Write "
        f'commentary/{period}/correction.toml with corrects = "{latest.manifest_sha256}", make the pack again and sign it '
        "off with --replace; docs/how-to/correct-a-pack.md says how."
    )


def printed_figures(folder: Path) -> list[PrintedFigure]:
    """Every figure that the pack in `folder` prints. Raises `DisclosureError` for a page that cannot be read."""
    pack = read_pack(folder)
    for page, why in pack.unreadable.items():
        raise DisclosureError(f"{page} of the pack in {folder} cannot be read back: {why}.")
    figures = []
    for mark in pack.marks:
        if mark.kind == FIGURE:
            try:
                figures.append(as_printed(mark.figure))
            except ValueError:
                raise DisclosureError(f"{mark.place}: a figure does not say which number it shows.") from None
    return figures


def shown_earlier_alone(register: Register, entry: Entry) -> list[PrintedFigure]:
    """What earlier publications of the period of `entry` printed, and it neither prints nor hides."""
    own = {key for key, _ in entry.latest.figures}
    known = register.with_entry(entry).entry(entry.period).figures()
    return [PrintedFigure.from_key(key, text) for key, text in sorted(known) if key not in own]


def pack_to_sign(authority: Authority, folder: Path) -> dict:
    """The manifest of the pack in `folder`. Raises for what may not be signed off, saying what to do."""
    manifest = manifests.read_manifest(folder)
    if manifest is None:
        raise UsageError(f"There is no pack in {folder}. Name its folder, such as outputs/{authority.default_period}.")
    if manifest["edition"] != "public":
        raise UsageError(f"The pack in {folder} is of the {manifest['edition']} edition, which is never published.")
    if manifest["authority"]["code"] != authority.area.code:
        raise UsageError(f"The pack in {folder} is of {manifest['authority']['name']}, not of {authority.name}.")
    again = f"Make it again: panelpack run --period {manifest['period']}."
    altered = manifests.altered_files(folder, manifest)
    if altered:
        more = f" (and {len(altered) - 1:,} more)" if len(altered) > 1 else ""
        raise PanelpackError(f"The pack in {folder} is not as it was made: {altered[0]}{more}. {again}")
    if manifest["settings"]["disclosure"] != manifests.settings(authority)["disclosure"]:
        raise PanelpackError(f"The disclosure policy is not the one that the pack in {folder} was made by. {again}")
    return manifest


def day_of_decision(on: str, manifest: dict) -> str:
    """The day in ISO form. Raises `UsageError` for what is no day, or lies before the end of the pack's period."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", on) or pd.isna(pd.to_datetime(on, errors="coerce")):
        raise UsageError(f"{on!r} is not a day. Write it as 2021-11-30.")
    if on <= manifest["last_day"]:
        raise UsageError(f"{on} is no day after the end of {manifest['period']} ({manifest['last_day']}).")
    return on


def _refuse(folder: Path, report: AuditReport) -> None:
    if not report.is_sound:
        shown = [f"  {finding}" for finding in report.findings[:MOST_FINDINGS]]
        more = len(report.findings) - MOST_FINDINGS
        shown += [f"  and {more:,} more; `panelpack audit` lists them all"] if more > 0 else []
        raise DisclosureError("\n".join([f"The pack in {folder} may not be published as it is:", *shown]))
