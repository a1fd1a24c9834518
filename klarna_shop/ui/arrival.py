"""First event of every reader's page: one, so that what a page asks of the server is one answer."""

from __future__ import annotations

from contextlib import suppress

import reflex as rx

from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.ui.consent import ConsentState, recall
from klarna_shop.ui.reader_state import ReaderState, recognise
from klarna_shop.ui.visit import VisitState, land


class ArrivalState(rx.State):
    """A reader who has come to a page."""

    @rx.event
    async def arrive(self) -> None:
        """Look up who is reading, where they came from, and what they said to being measured."""
        land(await self.get_state(VisitState))
        reader = await recognise(await self.get_state(ReaderState))
        if reader.visitor_id is not None and not reader.preview:
            # What was answered cannot be read: the page goes by its own memory, and nobody is measured.
            with suppress(DatabaseUnavailable):
                await recall(await self.get_state(ConsentState), reader.visitor_id)
