"""The pack that stands in the output folder: which of its pages would come out the same again, and why others would not."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from analysis_lib.pack import manifest as manifests
from analysis_lib.pack.decision import pages_with_records
from analysis_lib.pack.plan import PackPlan, Task
from analysis_lib.pack.publish import pack_folder

NEVER, FORCED = "never made", "asked for by --force"


class Standing:
    """The pack of one period and edition as it stands, beside what a run would make of it.

    `hashes` has the input hash of every notebook's page today, `parts` the hashes that go into all of them.
    """

    def __init__(self, output: Path, plan: PackPlan, parts: Mapping[str, str], hashes: Mapping[str, str]):
        self.folder = pack_folder(output, plan.period.code, plan.edition)
        self.output, self.plan, self.parts, self.hashes = output, plan, parts, hashes
        self.manifest = manifests.read_manifest(self.folder) or {"pages": [], "outputs": [], "versions": {}, "key": {}}
        self.pages = {page["notebook"]: page for page in self.manifest["pages"]}

    def why_again(self, task: Task) -> str:
        """Why the page of `task` has to be made, in words; empty when it would come out as it stands."""
        page = self.pages.get(task.notebook.name)
        if page is None:
            return NEVER
        if self._other_versions:
            return f"made with other versions: {self._other_versions}"
        if page["input_hash"] != self.hashes[task.notebook.name]:
            return self._what_changed(page, task)
        if altered := [
            name for name in manifests.files_of(page) if manifests.sha256(self.folder / name) != self._written.get(name)
        ]:
            return f"{altered[0]} is not as it was made"
        if (page["notebook"], page["input_hash"]) not in self._with_records and self.plan.edition == "public":
            return "what the gate did is not known any more"
        return ""

    def _what_changed(self, page: Mapping, task: Task) -> str:
        before = self.manifest.get("key", {})
        changed = [name for name, digest in self.parts.items() if before.get(name) != digest]
        if page["notebook_sha256"] != task.notebook.sha256:
            changed.append("notebook")
        return f"changed: {', '.join(changed)}" if changed else "asked for with other parameters"

    @cached_property
    def _other_versions(self) -> str:
        """The packages whose versions are not those of the pack, each with both."""
        before, now = self.manifest["versions"], manifests.versions()
        if not self.pages:
            return ""
        return ", ".join(
            f"{name} {before.get(name, 'none')}, now {now.get(name, 'none')}"
            for name in sorted({*before, *now})
            if before.get(name) != now.get(name)
        )

    @cached_property
    def _written(self) -> dict[str, str]:
        return {output["path"]: output["sha256"] for output in self.manifest["outputs"]}

    @cached_property
    def _with_records(self) -> set[tuple[str, str]]:
        return pages_with_records(self.output, self.plan.period.code)

    def still_true(self) -> dict[str, dict]:
        """Notebook to its entry, for every page that would come out as it stands."""
        tasks = (self.plan.task(notebook) for notebook in self.plan.known)
        return {task.notebook.name: self.pages[task.notebook.name] for task in tasks if not self.why_again(task)}

    def is_whole(self, pages: list[dict], not_made: list[dict]) -> bool:
        """Whether the pack is one of exactly `pages` and `not_made`, with every file as it was written."""
        same = self.manifest["pages"] == pages and self.manifest.get("not_made") == not_made
        return same and bool(self.pages) and not manifests.altered_files(self.folder, self.manifest)

    def copy(self, page: dict, new: Path) -> None:
        """Take the files of `page` over into the folder of the pack that is being made."""
        for name in manifests.files_of(page):
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.folder / name, new / name)
