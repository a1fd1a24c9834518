"""An event's calls to Payway go out on behalf of its browser, so that the sandbox can tell them apart.

Those of a preview go out on nobody's behalf: its reader is made up, and no flow of the browser's.
"""

from __future__ import annotations

import reflex as rx
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event

from klarna_shop.payway import call_scope
from klarna_shop.shop.current import current_shop
from klarna_shop.ui.preview import is_preview


class CallScope(rx.Middleware):
    """Names the browser before each event. Every event is handled in a context of its own."""

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:  # noqa: ARG002
        """Set the key; nothing else changes."""
        router = state.router
        cookie = None if is_preview(router) else router.headers.cookie
        call_scope.set(current_shop().identities.visitor_id(cookie))
        return None
