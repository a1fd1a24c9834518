"""An event's calls to Payway go out on behalf of its browser, so that the sandbox can tell them apart."""

from __future__ import annotations

import reflex as rx
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event

from klarna_shop.payway import call_scope
from klarna_shop.shop.current import current_shop


class CallScope(rx.Middleware):
    """Names the browser before each event. Every event is handled in a context of its own."""

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:  # noqa: ARG002
        """Set the key; nothing else changes."""
        call_scope.set(current_shop().identities.visitor_id(state.router.headers.cookie))
        return None
