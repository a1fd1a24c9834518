"""Whether this browser may be measured: the database has the answer, a cookie repeats it for the page."""

from __future__ import annotations

import reflex as rx

from klarna_shop.shop.current import current_shop
from klarna_shop.ui.languages import language_of
from klarna_shop.ui.reader_state import reader_of

PRIVACY = "/privacy"


class ConsentState(rx.State):
    """What this browser answered."""

    answer: str = ""
    """`accepted`, `rejected`, or empty where there is no answer."""
    correction: str = ""
    """What the page has to remember instead: `accepted`, `rejected` or `unasked`; empty where it is right."""
    _known_of: str = ""
    """The browser and its page's memory for which `answer` and `correction` are known."""

    @rx.event
    async def accept(self) -> None:
        """The reader agrees."""
        await self._choose(accepted=True)

    @rx.event
    async def reject(self) -> None:
        """The reader does not agree, or not any more: what was measured is erased."""
        await self._choose(accepted=False)

    async def _choose(self, *, accepted: bool) -> None:
        reader = await reader_of(self)
        if reader.visitor_id is not None:
            # What still waits to be written is of the time before this answer.
            await current_shop().events.flush()
            await current_shop().consents.choose(reader.visitor_id, accepted=accepted)
            # The page remembers it now, which its connection does not know.
            self.answer, self.correction, self._known_of = _word(accepted), "", ""


async def recall(consent: ConsentState, visitor_id: str) -> None:
    """Show what this browser answered. Where the page remembers something else, the database is right.

    A tab asks the database once, and again where the page's memory has changed when it connects. The privacy
    page, which shows the answer, always asks: it may have been changed in another tab.
    """
    remembered = _page_memory(consent)
    question = f"{visitor_id} {remembered}"
    if question == consent._known_of and language_of(consent.router.url.path.rstrip("/"))[1] != PRIVACY:
        return
    accepted = await current_shop().consents.of(visitor_id)
    answer = "" if accepted is None else _word(accepted)
    correction = "" if remembered == answer else answer or "unasked"
    if (consent.answer, consent.correction) != (answer, correction):
        consent.answer, consent.correction = answer, correction
    consent._known_of = question


def _page_memory(consent: ConsentState) -> str:
    return current_shop().identities.cookies.measuring(consent.router.headers.cookie)


def _word(accepted: bool) -> str:
    return "accepted" if accepted else "rejected"
