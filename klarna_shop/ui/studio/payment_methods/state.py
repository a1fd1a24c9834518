"""Notices about payment methods, as this worker of the shop has them."""

from __future__ import annotations

import reflex as rx

from klarna_shop.shop.current import current_shop
from klarna_shop.ui.studio.guard import studio_event


class PaymentMethodsState(rx.State):
    """The panel's lines."""

    notices: list[str] = []
    """A sentence each; none while there is nothing to say."""
    can_forget: bool = False
    """True if something was learnt, which can be forgotten; a setting cannot."""

    @studio_event
    async def show(self) -> None:
        """Read the notices. Safe to repeat."""
        self._read()

    @studio_event
    async def forget(self) -> None:
        """Forget what was learnt, so that Klarna is asked again."""
        current_shop().observations.forget()
        self._read()

    def _read(self) -> None:
        observations = current_shop().observations
        learnt = list(observations.notices())
        is_off = observations.trials == "off"
        self.notices = [*learnt, *(["Trials are not offered: KLARNA_TRIALS is off."] if is_off else [])]
        self.can_forget = bool(learnt)
