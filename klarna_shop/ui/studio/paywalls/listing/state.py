"""Every design as a row, and new ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import reflex as rx
from reflex.event import EventSpec

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.paywalls.standard import STANDARD_SLUG
from klarna_shop.shop.paywalls.stored import DesignFixed, DesignMissing, Draft
from klarna_shop.shop.paywalls.templates import templates
from klarna_shop.ui.dates import date_and_time
from klarna_shop.ui.studio.guard import studio_event
from klarna_shop.ui.studio.paywalls.editor.typed import is_slug
from klarna_shop.ui.studio.paywalls.editor.words import choice_label

PATH = "/studio/paywalls"
LONGEST_NAME = 80
NOTICE_ID = "designs-notice"


@dataclass
class DesignRow:
    """One design."""

    slug: str = ""
    name: str = ""
    purpose: str = ""
    status: str = ""
    model: str = ""
    layout: str = ""
    priority: str = ""
    changed: str = ""
    address: str = ""
    is_standard: bool = False


class PaywallListState(rx.State):
    """What the list shows."""

    rows: list[DesignRow] = []
    known: bool = False
    asking: str = ""
    """The design of which it is asked whether to delete it."""
    message: str = ""

    @studio_event
    async def show(self) -> None:
        """List the designs. Safe to repeat."""
        self.asking = ""
        await self._list()

    @studio_event
    async def start(self, key: str) -> EventSpec | None:
        """A new draft from a template."""
        template = next((one for one in templates() if one.key == key), None)
        if template is None:
            return None
        draft = await current_shop().design_editing.start_from(template.design)
        return rx.redirect(address_of(draft.slug))

    @studio_event
    async def duplicate(self, slug: str) -> EventSpec | None:
        """A new draft with the same document."""
        if not is_slug(slug):
            return None
        try:
            design = (await current_shop().designs.draft(slug)).design
        except DesignMissing:
            return await self._gone()
        name = f"{design.name[: LONGEST_NAME - 5]} copy"
        draft = await current_shop().design_editing.start_from(design.model_copy(update={"name": name}))
        return rx.redirect(address_of(draft.slug))

    @studio_event
    async def ask(self, slug: str) -> None:
        """Ask whether to delete a design; empty takes the question back."""
        self.asking = slug if is_slug(slug) else ""

    @studio_event
    async def delete(self, slug: str) -> EventSpec | None:
        """Delete a design that was asked about."""
        if not is_slug(slug) or slug != self.asking:
            return None
        self.asking = ""
        try:
            await current_shop().designs.delete(slug)
        except DesignMissing:
            return await self._gone()
        except DesignFixed:
            self.message = "The standard design is always there: it can be changed, and not deleted."
            return rx.set_focus(NOTICE_ID)
        self.message = f"{slug} is deleted. Its versions and its history are kept."
        await self._list()
        return rx.redirect(PATH)

    async def _gone(self) -> EventSpec:
        self.message = "That design is not there any more."
        await self._list()
        return rx.set_focus(NOTICE_ID)

    async def _list(self) -> None:
        drafts = await current_shop().designs.all()
        # As readers meet them: the highest priority first, the standard design last.
        in_order = sorted(
            drafts,
            key=lambda one: (one.slug == STANDARD_SLUG, -one.design.targeting.priority, one.slug),
        )
        self.rows, self.known = [_row(draft) for draft in in_order], True


def address_of(slug: str) -> str:
    """Where a design is edited."""
    return f"{PATH}?design={slug}"


def _row(draft: Draft) -> DesignRow:
    design = draft.design
    is_standard = draft.slug == STANDARD_SLUG
    return DesignRow(
        slug=draft.slug,
        name=design.name,
        purpose=design.purpose,
        status=draft.status.value,
        model=choice_label(design.access.model.value),
        layout=choice_label(design.layout.value),
        priority="last" if is_standard else str(design.targeting.priority),
        changed=_when(draft.changed_at),
        address=address_of(draft.slug),
        is_standard=is_standard,
    )


def _when(moment: datetime | None) -> str:
    return f"Changed {date_and_time(moment, 'en')}" if moment else "Never changed"
