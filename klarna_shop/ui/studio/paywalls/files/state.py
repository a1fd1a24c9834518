"""Export as a download, import of a file or of text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.paywalls.document.fields import field_facts
from klarna_shop.shop.paywalls.exchange import LARGEST_BYTES, NotADesign, export_design
from klarna_shop.shop.paywalls.stored import DesignChanged, DesignMissing
from klarna_shop.ui.studio.guard import studio_event
from klarna_shop.ui.studio.paywalls.editor.publishing import MESSAGE_ID
from klarna_shop.ui.studio.paywalls.editor.state import EditorState
from klarna_shop.ui.studio.paywalls.editor.words import place_of
from klarna_shop.ui.studio.paywalls.listing.state import address_of

TOO_LARGE = f"The file is larger than {LARGEST_BYTES // 1024} kB, and no design is."
REFUSED_ID = "import-refused"


@dataclass
class ImportFault:
    """What keeps a file from being a design. `path` is the field in the file, empty for all of it.

    `place` is where the editor has that field; empty where it has none.
    """

    path: str = ""
    place: str = ""
    message: str = ""


class DesignFilesState(rx.State):
    """What the import says of the last file."""

    faults: list[ImportFault] = []
    refusal: str = ""

    @studio_event
    async def show(self) -> None:
        """Forget the last file."""
        self.faults, self.refusal = [], ""

    @studio_event
    async def export(self) -> EventSpec | None:
        """Give the open design to the browser as a file, as it is being edited."""
        editor = await self.get_state(EditorState)
        if not editor._is_open:
            return None
        return rx.download(data=export_design(editor._design), filename=f"{editor.slug}.json")

    @studio_event
    async def import_text(self, form: dict[str, str]) -> EventSpec | None:
        """A design that was pasted."""
        return await self._import(_content(form))

    @studio_event
    async def import_file(self, content: str) -> EventSpec | None:
        """A design from a file that the browser has read."""
        return await self._import(content)

    @studio_event
    async def too_large(self) -> EventSpec:
        """Say so of a file that the browser has not even read."""
        self.faults, self.refusal = [], TOO_LARGE
        return rx.set_focus(REFUSED_ID)

    async def _import(self, content: object) -> EventSpec | None:
        """Into the open design, which an undo brings back; into a new one where none is open."""
        self.faults, self.refusal = [], ""
        if not isinstance(content, str) or not content.strip():
            self.refusal = "There is nothing in it."
            return rx.set_focus(REFUSED_ID)
        if len(content) > LARGEST_BYTES:
            return await self.too_large()
        editor = await self.get_state(EditorState)
        editing = current_shop().design_editing
        try:
            if not editor._is_open:
                return rx.redirect(address_of((await editing.import_new(content)).slug))
            draft = await editing.import_into(editor.slug, content, editor._revision)
        except NotADesign as wrong:
            self.refusal = "This is no design that the shop can read. Nothing was changed."
            self.faults = [
                ImportFault(
                    error.path, place_of(error.path) if field_facts(error.path) else "", error.message
                )
                for error in wrong.errors
            ]
            return rx.set_focus(REFUSED_ID)
        except DesignChanged:
            await editor._clash()
            return None
        except DesignMissing:
            editor.conflict = "deleted"
            return None
        await editor._replace(draft)
        editor.message = "Imported into this draft. An undo brings back what was there before."
        return rx.set_focus(MESSAGE_ID)


def _content(form: Any) -> object:
    return form.get("content") if isinstance(form, dict) else None
