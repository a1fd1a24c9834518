"""Two people at one design: nobody's work is lost without their knowing."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.paywalls.difference import difference, summary
from klarna_shop.shop.paywalls.document import PaywallDesign
from klarna_shop.shop.paywalls.stored import DesignMissing
from klarna_shop.ui.studio.guard import studio_event
from klarna_shop.ui.studio.paywalls.editor.steps import Steps


class ConflictHandlers(rx.State, mixin=True):
    """Part of `EditorState`, which `self` is in every handler."""

    @studio_event
    async def load_theirs(self: Any) -> None:
        """Give up what was not saved, and go on with what somebody else has saved."""
        if not self.conflict:
            return
        try:
            draft = await current_shop().designs.draft(self.slug)
        except DesignMissing:
            self.status, self.slug, self.conflict = "missing", "", ""
            return
        before = self._document
        self.conflict = ""
        await self._take(draft)
        # Not even given up for good: an undo brings it back.
        self._steps = Steps().done(before, "", current_shop().stopwatch())
        self.can_undo = True

    @studio_event
    async def keep_mine(self: Any) -> EventSpec | None:
        """Save over what somebody else has saved; where they have deleted the design, as a new one."""
        if not self.conflict:
            return None
        shop = current_shop()
        try:
            self._revision = (await shop.designs.draft(self.slug)).revision
        except DesignMissing:
            draft = await shop.design_editing.start_from(self._design)
            self.conflict, self.slug = "", ""
            return rx.redirect(f"/studio/paywalls?design={draft.slug}")
        self.conflict = ""
        await self._save()
        await self._draw()
        return None

    async def _clash(self: Any) -> None:
        try:
            theirs = (await current_shop().designs.draft(self.slug)).design
        except DesignMissing:
            self.conflict = "deleted"
            return
        self.conflict = "changed"
        self.their_changes = summary(difference(PaywallDesign.model_validate_json(self._stored), theirs))
