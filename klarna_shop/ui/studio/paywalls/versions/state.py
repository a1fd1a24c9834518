"""Versions and history of the open design: compare, roll back, export, import."""

from __future__ import annotations

import reflex as rx
from reflex.event import EventSpec

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.paywalls.difference import difference
from klarna_shop.shop.paywalls.document import PaywallDesign
from klarna_shop.shop.paywalls.stored import DesignChanged, DesignMissing
from klarna_shop.ui.studio.guard import studio_event
from klarna_shop.ui.studio.paywalls.editor.publishing import MESSAGE_ID
from klarna_shop.ui.studio.paywalls.editor.state import EditorState
from klarna_shop.ui.studio.paywalls.versions.views import (
    DRAFT,
    DifferenceRow,
    HistoryRow,
    SideChoice,
    VersionRow,
    difference_rows,
    history_rows,
    side_choices,
    version_name,
    version_rows,
)

MOST_ENTRIES = 1000
MOST_ROWS = 100
NOT_ASKED = -1


class VersionsState(rx.State):
    """What the panel of versions shows."""

    versions: list[VersionRow] = []
    history: list[HistoryRow] = []
    sides: list[SideChoice] = []
    before: str = ""
    after: str = DRAFT
    differences: list[DifferenceRow] = []
    asking: int = NOT_ASKED
    """The version of which it is asked whether to roll back to it."""

    @studio_event
    async def show(self) -> None:
        """List versions and history of the open design. Safe to repeat."""
        editor = await self.get_state(EditorState)
        self.asking = NOT_ASKED
        if not editor._is_open:
            self.versions, self.history, self.sides, self.differences = [], [], [], []
            return
        await self._read(editor.slug)

    @studio_event
    async def compare(self, side: str, value: str) -> None:
        """Choose what is compared with what: `before` or `after`."""
        if value not in [choice.value for choice in self.sides] or side not in ("before", "after"):
            return
        if side == "before":
            self.before = value
        else:
            self.after = value
        editor = await self.get_state(EditorState)
        if editor._is_open:
            await self._compare(editor.slug)

    @studio_event
    async def ask(self, number: int) -> None:
        """Ask whether to roll back to a version."""
        self.asking = number if any(row.number == number for row in self.versions) else NOT_ASKED

    @studio_event
    async def roll_back(self, number: int) -> EventSpec | None:
        """Put a version that was asked about in force again, and the draft back to it."""
        editor = await self.get_state(EditorState)
        if not editor._is_open or number != self.asking:
            return None
        self.asking = NOT_ASKED
        try:
            draft = await current_shop().designs.roll_back(editor.slug, number, editor._revision)
        except DesignChanged:
            await editor._clash()
            return None
        except DesignMissing:
            editor.message = "That version is not there any more."
            return rx.set_focus(MESSAGE_ID)
        await editor._replace(draft)
        editor.message = f"{version_name(number)} is in force again, and the draft is back to it."
        await self._read(editor.slug)
        return rx.set_focus(MESSAGE_ID)

    async def _read(self, slug: str) -> None:
        designs = current_shop().designs
        try:
            draft = await designs.draft(slug)
        except DesignMissing:
            return
        versions = await designs.versions(slug)
        self.versions = version_rows(versions, draft)
        self.history = history_rows(await designs.history(slug, MOST_ENTRIES))[:MOST_ROWS]
        self.sides = side_choices(versions)
        known = {choice.value for choice in self.sides}
        if self.before not in known or self.before == DRAFT:
            newest = draft.published_version if draft.published_version is not None else None
            self.before = str(newest) if newest is not None else DRAFT
        if self.after not in known:
            self.after = DRAFT
        await self._compare(slug)

    async def _compare(self, slug: str) -> None:
        try:
            before, after = await self._side(slug, self.before), await self._side(slug, self.after)
        except DesignMissing:
            self.differences = []
            return
        self.differences = difference_rows(difference(before, after))

    async def _side(self, slug: str, side: str) -> PaywallDesign:
        designs = current_shop().designs
        if side == DRAFT:
            return (await designs.draft(slug)).design
        return (await designs.version(slug, int(side))).design
