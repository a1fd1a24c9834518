"""What Klarna's SDK came to in the browser, for whoever follows a purchase. Nothing hangs on it."""

from __future__ import annotations

import reflex as rx

from klarna_shop.klarna import SdkAnswer
from klarna_shop.shop.current import current_shop
from klarna_shop.shop.flows import SdkStep
from klarna_shop.shop.purchase import NotYours
from klarna_shop.ui.reader_state import reader_of


class SdkReport(rx.State):
    """Takes the checkout's reports; keeps nothing itself."""

    @rx.event(background=True)
    async def answered(self, answer: SdkAnswer) -> None:
        """A call of the SDK was answered, or threw: recorded for the reader's own purchase alone."""
        shop = current_shop()
        step = SdkStep.read(answer)
        if step is None or not shop.recorder.enabled:
            return
        # Before anything is waited for: what the answer led to may be written down meanwhile.
        ended_at = shop.clock()
        async with self:
            reader = await reader_of(self)
            purchase_id = self.router.url.query_parameters.get("purchase", "")
        try:
            purchase = await shop.purchases.find(reader, purchase_id)
        except NotYours:
            return
        if answer.get("sessionFingerprint") == purchase.session_fingerprint:
            shop.recorder.sdk(purchase.id, step, ended_at)
