"""The time machine's state: the sandbox's clock, and the line of what this browser bought last."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import reflex as rx

from klarna_shop.shop.clock import system_clock
from klarna_shop.shop.current import current_shop
from klarna_shop.shop.money import long_date, seller_date
from klarna_shop.shop.offers import Offer, OfferKind
from klarna_shop.shop.reader import Reader
from klarna_shop.shop.scenarios import Moment, Stage, StageUnavailable
from klarna_shop.shop.scenarios.timeline import Station, Stop, timeline
from klarna_shop.ui.dates import date_and_time
from klarna_shop.ui.reader_state import reader_of
from klarna_shop.ui.studio.guard import studio_event

log = logging.getLogger(__name__)

WORDS = {
    Stop.BOUGHT: "Bought",
    Stop.WITHDRAWAL_ENDS: "Right of withdrawal ends",
    Stop.REMINDER: "Reminder of the price",
    Stop.FIRST_CHARGE: "Trial turns paid: first charge",
    Stop.PRICE_RISES: "Campaign ends: first full charge",
    Stop.RENEWAL: "Renewal",
    Stop.NEXT_RENEWAL: "Next renewal",
    Stop.GRACE_ENDS: "Grace period over, if it failed",
    Stop.ENDS: "Ends by itself",
}
UNREACHABLE = "The sandbox did not answer. The clock stands as it stood."
FURTHEST = timedelta(days=5 * 366)
LONGEST_STEP_DAYS = 366


@dataclass
class StationView:
    """A station as the line shows it. `moment` is ISO 8601."""

    stop: str
    name: str
    day: str
    moment: str
    past: bool


class TimeState(rx.State):
    """What the time machine shows."""

    now: str = ""
    moved: bool = False
    subject: str = ""
    """What the line is of, in words."""
    stations: list[StationView] = []
    fails: bool = False
    """Whether the next charge of the line's customer fails."""
    can_fail: bool = False
    message: str = ""
    _email: str = ""

    @studio_event
    async def show(self) -> None:
        """Look at the clock and draw the line. Safe to repeat."""
        stage = current_shop().stage
        if stage is None:
            return
        try:
            await self._draw(await stage.moment())
        except StageUnavailable as error:
            log.warning("time machine: %s", error)
            self.message = UNREACHABLE

    @studio_event
    async def travel(self, moment: str) -> None:
        """Make it this time (ISO 8601 with its offset) for shop and sandbox."""
        wanted = _moment(moment)
        if wanted is not None:
            await self._do(lambda stage: stage.move_to(wanted))

    @studio_event
    async def pass_days(self, days: int) -> None:
        """Let days pass."""
        if days in range(1, LONGEST_STEP_DAYS + 1):
            await self._do(lambda stage: _later(stage, timedelta(days=days)))

    @studio_event
    async def back(self) -> None:
        """The computer's time again."""
        await self._do(lambda stage: stage.back_to_now())

    @studio_event
    async def fail_charges(self, fail: bool) -> None:
        """Let Klarna refuse the next charges of the line's customer, or take that back."""
        stage = current_shop().stage
        if stage is None or not self._email:
            return
        try:
            await stage.set_debt(self._email, fail is True)
        except StageUnavailable as error:
            log.warning("time machine: %s", error)
            self.message = UNREACHABLE
            return
        self.fails = fail is True
        self.message = "Klarna refuses the next charges." if self.fails else "Charges go through again."

    async def _do(self, change: Callable[[Stage], Awaitable[Moment]]) -> None:
        stage = current_shop().stage
        if stage is None:
            return
        try:
            moment = await change(stage)
        except StageUnavailable as error:
            log.warning("time machine: %s", error)
            self.message = UNREACHABLE
            return
        await self._draw(moment)
        self.message = f"The clock stands at {self.now}, for everybody who uses this shop."

    async def _draw(self, moment: Moment) -> None:
        self.now, self.moved, self.message = date_and_time(moment.now, "en"), moment.is_moved, ""
        subject = await _subject(await reader_of(self), seller_date(moment.now))
        self._email = subject.email if subject else ""
        self.can_fail = bool(self._email)
        self.subject = subject.words if subject else ""
        self.stations = (
            [_view(one, moment) for one in timeline(subject.offer, subject.start, subject.bought)]
            if subject
            else []
        )


@dataclass(frozen=True)
class _Subject:
    """What the line is of; `email` of its customer where something was bought."""

    offer: Offer
    start: date
    bought: date
    words: str
    email: str = ""


async def _subject(reader: Reader, today: date) -> _Subject | None:
    """What this reader bought last; else the trial, as if it were bought today."""
    shop = current_shop()
    purchase = await shop.purchases.latest_bought(reader)
    if purchase is not None:
        details = shop.purchases.customer_details(purchase)
        email = reader.customer.email if reader.customer else details.email if details else ""
        bought = purchase.concluded_on
        words = f"{purchase.name}, bought in this browser on {long_date(bought, 'en')}"
        return _Subject(purchase.offer, purchase.start_date or bought, bought, words, email)
    offers = await shop.offers.at_hand()
    if not offers:
        return None
    offer = next((one for one in offers if one.kind is OfferKind.TRIAL), offers[0])
    words = "as if it were bought today: nothing was bought in this browser yet"
    return _Subject(offer, today, today, f"{offer.name}, {words}")


async def _later(stage: Stage, by: timedelta) -> Moment:
    return await stage.move_to((await stage.moment()).now + by)


def _view(station: Station, moment: Moment) -> StationView:
    return StationView(
        stop=station.stop.value,
        name=WORDS[station.stop],
        day=long_date(station.day, "en"),
        moment=station.moment.isoformat(),
        past=station.moment <= moment.now,
    )


def _moment(text: object) -> datetime | None:
    """A moment from a browser, not absurdly far away."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None or abs(moment - system_clock()) > FURTHEST:
        return None
    return moment
