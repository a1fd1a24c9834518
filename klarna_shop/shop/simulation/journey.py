"""One reader's way from a wall's button to an order, or to wherever it ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from klarna_shop.shop.measurement import EventName, Happening, SeenWall, Traffic
from klarna_shop.shop.offers import Offer
from klarna_shop.shop.simulation import habits
from klarna_shop.shop.simulation.habits import PASSED, drawn

LONGEST_WAIT_SECONDS = 240.0


@dataclass
class Page:
    """A reader's browser in one visit, and the time there."""

    visitor_id: str
    device: str
    language: str
    source: str
    visit: int
    at: datetime

    def event(self, name: EventName, **more: Any) -> Happening:
        """An event of this page, now."""
        return Happening(
            name,
            self.at,
            self.visitor_id,
            Traffic.SIMULATED,
            language=self.language,
            device=self.device,
            visit=self.visit,
            source=self.source,
            **more,
        )

    def wait(self, chance: Random, seconds: float) -> None:
        """Let about so much time pass: most people are quicker, some much slower."""
        self.at += timedelta(seconds=min(LONGEST_WAIT_SECONDS, chance.lognormvariate(0, 0.7) * seconds))


class Journey:
    """Steps are taken with the shares of `habits.PASSED`; what is not taken ends the way, with its reason."""

    def __init__(self, chance: Random, page: Page, offer: Offer, purchase_id: str, until: datetime) -> None:
        self.happenings: list[Happening] = []
        self._chance = chance
        self._page = page
        self._offer = offer
        self._purchase_id = purchase_id
        self._until = until

    def go(self, wall: SeenWall) -> bool:
        """Go it, from pressing buy; whether an order was placed."""
        self._add(EventName.BUY_PRESSED, 4)
        if self._chance.random() < habits.SIGNS_IN:
            self._add(EventName.SIGN_IN_STARTED, 3)
            if self._chance.random() < 0.8:
                self._add(EventName.SIGNED_IN, 25)
        if not (self._picks() and self._opens() and self._approves()):
            return False
        self._lives_on(wall)
        return True

    def _picks(self) -> bool:
        return self._takes(EventName.PICKER_SHOWN, 2) and self._takes(
            EventName.OFFER_CHOSEN, 14, offer=self._offer_key
        )

    def _opens(self) -> bool:
        if not self._takes(EventName.SESSION_CREATED, 20, **self._purchase):
            if self._chance.random() < 0.5:
                refusal = drawn(self._chance, habits.SESSION_REFUSALS)
                self._add(EventName.SESSION_REFUSED, 3, offer=self._offer_key, outcome=refusal)
            return False
        if not self._takes(EventName.CHECKOUT_OPENED, 1, **self._in_checkout):
            return False
        if not self._takes(EventName.WIDGET_READY, 2, **self._in_checkout):
            self._add(EventName.WIDGET_FAILED, 8, outcome="klarna_unavailable", **self._in_checkout)
            return False
        return True

    def _approves(self) -> bool:
        if not self._takes(EventName.AUTHORIZE_STARTED, 18, **self._in_checkout):
            return False
        if self._chance.random() >= PASSED[EventName.AUTHORIZED]:
            outcome = drawn(self._chance, habits.AUTHORIZE_ENDS)
            self._add(EventName.AUTHORIZE_ENDED, 30, outcome=outcome, **self._in_checkout)
            if outcome == "refused":
                self._add(EventName.PURCHASE_ENDED, 0.2, outcome="klarna_refused", **self._purchase)
            return False
        if self._chance.random() < habits.TRIES_AGAIN:
            outcome = drawn(self._chance, habits.FIRST_TRY_ENDS)
            self._add(EventName.AUTHORIZE_ENDED, 20, outcome=outcome, **self._in_checkout)
            self._add(EventName.AUTHORIZE_STARTED, 10, **self._in_checkout)
        self._add(EventName.AUTHORIZED, 40, **self._purchase)
        if not self._takes(EventName.ORDER_PLACED, 1.5, **self._purchase):
            outcome = drawn(self._chance, habits.PLACING_ENDS)
            self._add(EventName.PURCHASE_ENDED, 1.5, outcome=outcome, **self._purchase)
            return False
        return True

    def _lives_on(self, wall: SeenWall) -> None:
        """The order opens articles; later some cancel, and trials turn paid."""
        placed = self._page.at
        if self._chance.random() < habits.CONFIRMED:
            self._add(EventName.CONFIRMED, 2, **self._purchase)
        cancels = habits.TRIAL_CANCELS if self._offer.is_trial else habits.CANCELS
        today = placed.date()
        first_days = (self._offer.period.end(today) - today).days
        if self._chance.random() < cancels:
            after = timedelta(days=self._chance.uniform(0.2, max(1.0, first_days - 0.5)))
            self._later(EventName.CANCELLED, placed + after, wall, value=self._offer.price)
        elif self._offer.is_trial and self._offer.after is not None:
            after = timedelta(days=first_days, minutes=self._chance.uniform(0, 90))
            self._later(EventName.TRIAL_TURNED_PAID, placed + after, wall, value=self._offer.after.price)

    def _later(self, name: EventName, at: datetime, wall: SeenWall, value: int) -> None:
        """What happens after this visit, unless that is after the end. The wall is the purchase's."""
        if at <= self._until:
            later = replace(self._page, at=at)
            self.happenings.append(later.event(name, wall=wall, **(self._purchase | {"value": value})))

    def _takes(self, step: EventName, seconds: float, **more: Any) -> bool:
        """Take the step, as often as readers do."""
        if self._chance.random() >= PASSED[step]:
            return False
        self._add(step, seconds, **more)
        return True

    def _add(self, name: EventName, seconds: float, **more: Any) -> None:
        self._page.wait(self._chance, seconds)
        self.happenings.append(self._page.event(name, **more))

    @property
    def _offer_key(self) -> str:
        return f"{self._offer.code}|{self._offer.period_id}"

    @property
    def _in_checkout(self) -> dict[str, Any]:
        return {"purchase_id": self._purchase_id, "offer": self._offer_key}

    @property
    def _purchase(self) -> dict[str, Any]:
        return {**self._in_checkout, "value": self._offer.price}
