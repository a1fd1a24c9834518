"""Putting the draft in force, and taking it out again."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.paywalls.document import AccessModel, PaywallDesign
from klarna_shop.shop.paywalls.editing import DesignRefused
from klarna_shop.shop.paywalls.stored import DesignChanged, DesignMissing
from klarna_shop.shop.paywalls.tables import LONGEST_NOTE
from klarna_shop.ui.studio.guard import studio_event

FAULTY = "Something typed is not kept yet: put the marked fields right first."
MESSAGE_ID = "design-message"


class PublishingHandlers(rx.State, mixin=True):
    """Part of `EditorState`, which `self` is in every handler."""

    @studio_event
    async def publish(self: Any, form: dict[str, str]) -> EventSpec | None:
        """Put the draft in force, with a note for the history."""
        if not self._is_open or self.conflict:
            return None
        if self._faults:
            self.message = FAULTY
            self._lead(next(iter(self._faults)))
            return None
        note, before = _note(form), self.version
        try:
            version = await current_shop().design_editing.publish(self.slug, self._revision, note)
        except DesignRefused as refused:
            self.message = "Not published: a reader must not meet a wall with errors."
            await self._draw()
            self._lead(refused.findings[0].path or "name")
            return None
        except DesignChanged:
            await self._clash()
            return None
        except DesignMissing:
            self.conflict = "deleted"
            return None
        await self._reread()
        if self.version == before:
            self.message = f"Nothing has changed since {before}, which is in force already."
        else:
            self.message = f"Published as version {version.number}. {_met(version.design)}"
        return rx.set_focus(MESSAGE_ID)

    @studio_event
    async def ask(self: Any, what: str) -> None:
        """Ask before something is done that readers notice; empty takes the question back."""
        self.asking = "unpublish" if what == "unpublish" else ""

    @studio_event
    async def unpublish(self: Any) -> EventSpec | None:
        """Take the design out of force."""
        if not self._is_open:
            return None
        self.asking = ""
        try:
            await current_shop().designs.unpublish(self.slug)
        except DesignMissing:
            self.conflict = "deleted"
            return None
        await self._reread()
        self.message = "Unpublished. " + (
            "The built-in standard design is in force again."
            if self.is_standard
            else "Its readers meet the next design that is for them."
        )
        return rx.set_focus(MESSAGE_ID)

    async def _reread(self: Any) -> None:
        """After publishing and the like: how the design stands now."""
        try:
            self._describe(await current_shop().designs.draft(self.slug))
        except DesignMissing:
            self.conflict = "deleted"
        await self._draw()


def _met(design: PaywallDesign) -> str:
    """When a reader stands before it: whoever looks in the shop at once may have free articles left."""
    free = design.access.free_articles
    if free is None:
        free = current_shop().settings.meter_free_articles
    if design.access.model is not AccessModel.METERED or not free:
        return "Readers meet it within a second."
    articles = "1 free article" if free == 1 else f"{free} free articles"
    if design.access.includes_premium:
        return f"Readers meet it once they have read {articles}."
    return f"Readers meet it before premium articles at once, before metered ones after {articles}."


def _note(form: Any) -> str:
    note = form.get("note", "") if isinstance(form, dict) else ""
    if not isinstance(note, str):
        return ""
    shown = (letter if letter.isprintable() else " " for letter in note)
    return " ".join("".join(shown).split())[:LONGEST_NOTE]
