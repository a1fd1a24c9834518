"""Downloading one's own data, and saying that it has been erased."""

from __future__ import annotations

import json

import reflex as rx
from reflex.event import EventSpec

from klarna_shop.shop.current import current_shop
from klarna_shop.ui.reader_state import page_language, reader_of

FILE_NAMES = {"sv": "mina-uppgifter.json"}
FILE_NAME = "my-data.json"


class PersonalDataState(rx.State):
    """The privacy page's own part."""

    erased: str = ""
    """`1` after erasing, `later` where a purchase under way is erased when it is over."""

    @rx.event
    def show(self) -> None:
        """Say whether the reader comes from erasing."""
        erased = self.router.url.query_parameters.get("erased", "")
        self.erased = erased if erased in {"1", "later"} else ""

    @rx.event
    async def download(self) -> EventSpec:
        """Everything that is kept about whoever presses, as a file."""
        kept = await current_shop().personal_data.export(await reader_of(self))
        return rx.download(
            data=json.dumps(kept, ensure_ascii=False, indent=2),
            filename=FILE_NAMES.get(page_language(self), FILE_NAME),
            mime_type="application/json",
        )
