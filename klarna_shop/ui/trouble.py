"""What a reader sees, and what the log gets, when a handler fails in a way nobody designed."""

from __future__ import annotations

import logging
import re
import secrets
from collections import deque
from traceback import walk_tb
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from reflex_base.event.context import EventContext

from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.ui.languages import text
from klarna_shop.ui.lost_state import reconnect_if_lost
from klarna_shop.ui.seller_email import seller_email

log = logging.getLogger(__name__)
refusals = logging.getLogger(f"{__name__}.refusals")
"""What the framework refused of what a client sent: written sparingly, for a hostile one sends more of it."""

_SHOP = "klarna_shop."
_NOT_ENTERED = re.compile(r"\(\) (?:got an unexpected|missing \d+ required|takes \d+ positional)")
_LONGEST_REPORT = 200

BANNER_ID = "trouble"

_shown: deque[str] = deque(maxlen=1000)
"""Transactions of the last events whose failure was to be shown."""


class TroubleState(rx.State):
    """The reference of the last failure, for the reader to quote."""

    reference: str = ""
    unsaved: bool = False
    """True if the database could not do what was asked."""

    @rx.event
    def report(self, reference: Any, unsaved: Any) -> EventSpec:
        """Show the banner. Carries nothing but a reference and a choice of sentence: anybody may call it."""
        is_one = isinstance(reference, str) and reference.isascii() and reference.isalnum()
        self.reference = reference[:12] if is_one else ""
        self.unsaved = unsaved is True
        return rx.set_focus(BANNER_ID)  # it may be out of sight

    @rx.event
    def dismiss(self) -> None:
        """Take the banner away."""
        self.reference = ""


def on_exception(exception: Exception) -> EventSpec | None:
    """Log an unexpected failure under a reference, and show the reader that reference.

    To show it is an event as well. Where that fails it is not tried again: each would only be followed by the
    next. While no state can be loaded nothing can be shown, and the page connects anew.
    """
    event = EventContext.get()
    if reconnect_if_lost(exception, event.token):
        log.error("the state store failed an event (%s)", type(exception).__name__)
        return None
    if event.parent_txid in _shown:
        log.error("an unexpected failure could not be shown (%s)", type(exception).__name__)
        return None
    _shown.append(event.txid)
    if isinstance(exception, DatabaseUnavailable):  # logged, once a minute for all who meet it
        return TroubleState.report(exception.incident, True)
    reference = secrets.token_hex(4)
    if _was_refused(exception):
        refusals.warning("refused an event %s (%s)", reference, type(exception).__name__)
    else:
        log.error("unexpected failure %s", reference, exc_info=exception)
    return TroubleState.report(reference, False)


def on_page_exception(exception: Exception) -> None:
    """Note what a page says went wrong in it: its first line, since a client may write what it likes."""
    words = str(exception).strip().partition("\n")[0]
    refusals.warning("a page reports: %s", "".join(filter(str.isprintable, words))[:_LONGEST_REPORT])


def _was_refused(exception: Exception) -> bool:
    """Whether no handler of the shop ran: what was sent named none, or did not fit it."""
    frames = [frame.f_globals.get("__name__", "") for frame, _ in walk_tb(exception.__traceback__)]
    if not any(name.startswith(_SHOP) for name in frames):
        return True
    # A handler's own wrapper has run, and could not call it.
    return isinstance(exception, TypeError) and bool(_NOT_ENTERED.search(str(exception)))


def trouble_banner(language: str) -> rx.Component:
    """What happened, what became of the money, what to do."""
    shown = rx.el.div(
        rx.el.p(
            rx.cond(
                TroubleState.unsaved,
                text(language, "trouble.unsaved"),
                text(language, "trouble.sentence"),
            ),
            " ",
            rx.el.code(TroubleState.reference),
        ),
        rx.el.p(text(language, "trouble.write_to"), " ", seller_email()),
        rx.el.button(
            text(language, "trouble.dismiss"),
            type="button",
            on_click=TroubleState.dismiss,
            class_name="button button--quiet",
        ),
        class_name="notice notice--error",
    )
    return rx.el.div(
        rx.cond(TroubleState.reference != "", shown, rx.fragment()),
        id=BANNER_ID,
        class_name="trouble",
        role="alert",
        tab_index=-1,
    )
