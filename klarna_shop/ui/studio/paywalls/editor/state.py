"""One design while it is edited: every change is validated, saved, checked and shown at once.

The document is kept here and in the store, never in the browser. Fields are sent one by one (`change`),
so that two tabs of one person, and the keys of a hostile client, meet the same door.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import reflex as rx

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.money import SELLER_ZONE, seller_time
from klarna_shop.shop.paywalls.changing import NoSuchField, WrongValue, changed, removed
from klarna_shop.shop.paywalls.document import PaywallDesign
from klarna_shop.shop.paywalls.document.fields import field_facts
from klarna_shop.shop.paywalls.stored import Change, DesignChanged, DesignMissing, Draft
from klarna_shop.ui.studio.guard import studio_event
from klarna_shop.ui.studio.paywalls.editor.around import around
from klarna_shop.ui.studio.paywalls.editor.conflict import ConflictHandlers
from klarna_shop.ui.studio.paywalls.editor.form import form
from klarna_shop.ui.studio.paywalls.editor.publishing import PublishingHandlers
from klarna_shop.ui.studio.paywalls.editor.steps import Steps
from klarna_shop.ui.studio.paywalls.editor.structure import StructureHandlers
from klarna_shop.ui.studio.paywalls.editor.typed import (
    LONGEST_PATH,
    LONGEST_WORD,
    document_value,
    is_slug,
    is_text,
)
from klarna_shop.ui.studio.paywalls.editor.views import (
    ContrastRow,
    FieldView,
    FindingView,
    LanguageTab,
    OfferChoice,
    OfferRow,
    PartSummary,
)

LONGEST_SLUG = 64
MOST_FAULTS = 100
GONE = "This design is not there any more."


class EditorState(StructureHandlers, PublishingHandlers, ConflictHandlers, rx.State):
    """What the editor shows."""

    status: str = "unknown"
    """Empty where no design is named; `open`, or `missing` for a name that is none."""
    slug: str = ""
    name: str = ""
    model: str = ""
    standing: str = "draft"
    """`draft`, `published` or `changed`."""
    version: str = ""
    """The version in force, as words; empty where none is."""
    is_standard: bool = False
    fields: dict[str, list[FieldView]] = {}
    offers: list[OfferRow] = []
    unlisted: list[OfferChoice] = []
    catalogue_known: bool = True
    tabs: list[LanguageTab] = []
    language: str = ""
    """Whose copy is edited."""
    language_written: bool = True
    contrasts: list[ContrastRow] = []
    findings: list[FindingView] = []
    summaries: dict[str, PartSummary] = {}
    errors: int = 0
    warnings: int = 0
    can_undo: bool = False
    can_redo: bool = False
    saved: str = ""
    """When the draft was last saved, as a time of day."""
    conflict: str = ""
    """`changed` or `deleted`: what somebody else did meanwhile. Nothing is saved until it is decided."""
    their_changes: str = ""
    message: str = ""
    asking: str = ""
    """What is asked about before it is done: `unpublish`."""
    generation: int = 0
    """Grows when the server's values go into the fields whatever stands there."""
    stamp: int = 0
    """Grows with every answer."""
    shown: int = 0
    """Grows when there is something new to look at in the preview."""
    go_to: str = ""

    _document: str = ""
    _stored: str = ""
    """The document as the store had it when it was last read or written."""
    _revision: int = 0
    _steps: Steps = Steps()
    _faults: dict[str, str] = {}

    @studio_event
    async def show(self) -> None:
        """Open the design that the address names, or none. Safe to repeat: unsaved work is not lost."""
        slug = self._named()
        if not slug:
            self.status = self.slug = ""
            return
        if slug == self.slug and self.conflict:
            return
        try:
            draft = await current_shop().designs.draft(slug if is_slug(slug) else "")
        except DesignMissing:
            self.status, self.slug = "missing", ""
            return
        is_known = slug == self.slug and draft.revision == self._revision and self.status == "open"
        self.status, self.slug = "open", slug
        if is_known:
            await self._draw()
            return
        self.message = self.conflict = self.asking = ""
        self.language = next(iter(current_shop().design_editing.languages), "")
        await self._take(draft)

    @studio_event
    async def change(self, path: str, value: str | bool) -> None:
        """One field was filled in. What cannot stand there is told at the field, and stays as typed."""
        if not self._is_open or not is_text(path, LONGEST_PATH):
            return
        facts = field_facts(path)
        if facts is None:
            return
        try:
            if value == "" and ".badge." in path:
                design = removed(self._design, path)
            else:
                design = changed(self._design, path, document_value(facts, value))
        except NoSuchField:
            return
        except WrongValue as wrong:
            if len(self._faults) < MOST_FAULTS or path in self._faults:
                self._faults = {**self._faults, path: str(wrong)}
            await self._draw()
            return
        self._faults = {known: fault for known, fault in self._faults.items() if known != path}
        await self._apply(design, path)

    @studio_event
    async def choose(self, path: str, value: str, chosen: bool) -> None:
        """One of several values was ticked, or its tick taken away."""
        if (
            not self._is_open
            or not is_text(path, LONGEST_PATH)
            or not is_text(value, LONGEST_WORD)
            or not value
        ):
            return
        view = next((one for part in self.fields.values() for one in part if one.path == path), None)
        if view is None or view.control != "several":
            return
        values = [one for one in _values(self._design, path) if one != value]
        try:
            design = changed(self._design, path, [*values, value] if chosen is True else values)
        except (WrongValue, NoSuchField):
            await self._draw()
            return
        await self._apply(design, f"{path} {value}")

    @studio_event
    async def choose_language(self, code: str) -> None:
        """Edit the copy of another language."""
        if self._is_open and any(tab.code == code for tab in self.tabs):
            self.language = code
            await self._draw()

    @studio_event
    async def undo(self) -> None:
        """Take the last change back."""
        taken = self._steps.undone(self._document) if self._is_open else None
        if taken:
            await self._go_back_to(*taken)

    @studio_event
    async def redo(self) -> None:
        """Do again what was undone last."""
        taken = self._steps.redone(self._document) if self._is_open else None
        if taken:
            await self._go_back_to(*taken)

    @studio_event
    async def save(self) -> None:
        """Save now; every change is saved by itself as well."""
        if self._is_open and not self.conflict:
            await self._save()
            await self._draw()

    @studio_event
    async def lead_to(self, path: str) -> None:
        """Go to the field of a finding."""
        if not self._is_open or not is_text(path, LONGEST_PATH):
            return
        names = path.split(".")
        if names[0] == "copy" and len(names) > 1 and any(tab.code == names[1] for tab in self.tabs):
            self.language = names[1]
            await self._draw()
        self._lead(path)

    # What the other states of the room do with the open design.

    @property
    def _is_open(self) -> bool:
        """Whether the page that asks is this design's: a tab keeps its state while it goes elsewhere."""
        return self.status == "open" and bool(self._document) and self._named() == self.slug

    def _named(self) -> str:
        return self.router.url.query_parameters.get("design", "")[:LONGEST_SLUG]

    @property
    def _design(self) -> PaywallDesign:
        return PaywallDesign.model_validate_json(self._document)

    async def _replace(self, draft: Draft) -> None:
        """Go on with a draft that the studio itself has just put there: it can be undone."""
        before = self._document
        steps = self._steps.done(before, "", 0.0)
        await self._take(draft)
        self._steps, self.can_undo = steps, True

    async def _take(self, draft: Draft) -> None:
        """Go on with a draft as it is stored."""
        self._document = self._stored = draft.design.as_json()
        self._steps, self._faults = Steps(), {}
        self._describe(draft)
        self.saved = _time_of(draft.changed_at) if draft.changed_at else ""
        self.generation += 1
        self.shown += 1
        await self._draw()

    async def _apply(self, design: PaywallDesign, field: str) -> None:
        document = design.as_json()
        if document != self._document:
            at = current_shop().stopwatch() if field else 0.0
            self._steps = self._steps.done(self._document, field, at)
            self._document = document
            await self._save()
        await self._draw()

    async def _go_back_to(self, document: str, steps: Steps) -> None:
        self._document, self._steps, self._faults = document, steps, {}
        self.generation += 1
        await self._save()
        await self._draw()

    async def _save(self) -> None:
        """Save the document, unless somebody else's work would be lost by it."""
        self.message = ""
        if self.conflict:
            return
        try:
            draft = await current_shop().designs.save(self.slug, self._design, self._revision, Change.SAVED)
        except DesignChanged:
            await self._clash()
            return
        except DesignMissing:
            self.conflict = "deleted"
            return
        self._stored = self._document
        self._describe(draft)
        self.saved = _time_of(datetime.now(SELLER_ZONE))
        self.shown += 1

    def _describe(self, draft: Draft) -> None:
        self._revision, self.standing = draft.revision, draft.status.value
        self.is_standard = draft.slug == "standard"
        number = draft.published_version
        self.version = "" if number is None else "built-in" if number == 0 else f"version {number}"

    def _lead(self, path: str) -> None:
        self.go_to = f"{int(self.go_to.partition(' ')[0] or 0) + 1} {path or 'name'}"

    async def _draw(self) -> None:
        """Check the document, and show it."""
        design = self._design
        findings = await current_shop().design_editing.check(self.slug, design)
        drawn = form(design, findings, self._faults, self.language, await around())
        self.name, self.model = design.name, design.access.model.value
        self.language_written = self.language in design.copy_
        for var in ("fields", "offers", "unlisted", "tabs", "contrasts", "findings", "summaries"):
            if getattr(self, var) != getattr(drawn, var):
                setattr(self, var, getattr(drawn, var))
        self.catalogue_known = drawn.catalogue_known
        self.errors = sum(one.severity == "error" for one in drawn.findings) + len(self._faults)
        self.warnings = sum(one.severity == "warning" for one in drawn.findings)
        self.can_undo, self.can_redo = bool(self._steps.undo), bool(self._steps.redo)
        self.stamp += 1


def _values(design: PaywallDesign, path: str) -> list[str]:
    """The values of a field that takes several."""
    here: Any = design.as_data()
    for name in path.split("."):
        here = here[name]
    return list(here)


def _time_of(moment: datetime) -> str:
    return seller_time(moment).strftime("%H:%M:%S")
