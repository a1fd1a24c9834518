"""The catalogue: reads packages and campaigns of the title from Payway and turns them into offers.

An offer is shown only where all of it can be told truthfully: an enabled Klarna payment period and,
for a campaign, what it turns into and at which price. What is left out is kept with its reason, for
the operator (`left_out`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from klarna_shop.payway import (
    InvalidParameter,
    NotFound,
    NotUnderstood,
    PaymentPeriod,
    PaywayClient,
    PaywayError,
    Product,
)
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.offers.offer import FollowUp, Offer, OfferKind, Period, PeriodUnit

FRESH_FOR = timedelta(minutes=5)
STALE_FOR = timedelta(hours=12)
"""How long a catalogue read earlier may stand in while Payway does not answer."""

DEADLINE_SECONDS = 20.0
AT_HAND_SECONDS = 5.0
"""Less than a tab's state may be held (10 seconds, with Redis)."""
NEXT_TRY_AFTER = timedelta(seconds=10)
"""After a failed reading nobody waits for another one before this."""

T = TypeVar("T")


class CatalogueUnavailable(Exception):
    """Payway did not give the catalogue and no earlier one is at hand."""


@dataclass(frozen=True)
class LeftOut:
    """A package or campaign that is not shown, and why (`reason` is for the operator)."""

    code: str
    reason: str


@dataclass(frozen=True)
class _Snapshot:
    offers: tuple[Offer, ...]
    left_out: tuple[LeftOut, ...]
    codes: frozenset[str]
    read_at: datetime


class OfferCatalogue:
    """Offers of one title, read together and kept for `FRESH_FOR`; one reading at a time."""

    def __init__(
        self,
        payway: PaywayClient,
        title_code: str,
        clock: Clock,
        campaign_packages: Mapping[str, str],
        trials_withheld: Callable[[], str] = str,
    ) -> None:
        """`trials_withheld` says why no trial is on sale at the moment; empty where trials are."""
        self._payway = payway
        self._title_code = title_code
        self._clock = clock
        self._campaign_packages = campaign_packages
        self._trials_withheld = trials_withheld
        self._snapshot: _Snapshot | None = None
        self._lock = asyncio.Lock()
        self._next_try = datetime.min.replace(tzinfo=UTC)

    async def offers(self) -> tuple[Offer, ...]:
        """All offers on sale, trials first, cheapest first within each kind.

        Raises:
            CatalogueUnavailable: Payway gives none and none is remembered.
        """
        offers = (await self._current()).offers
        return tuple(offer for offer in offers if not offer.is_trial) if self._trials_withheld() else offers

    async def names(self) -> dict[str, str]:
        """Return the name of each code, also of trials that are not on sale.

        Raises:
            CatalogueUnavailable: as `offers`.
        """
        return {offer.code: offer.name for offer in (await self._current()).offers}

    async def at_hand(self) -> tuple[Offer, ...] | None:
        """As `offers`, for who can go on without: None also where Payway takes longer than a few seconds."""
        try:
            async with asyncio.timeout(AT_HAND_SECONDS):
                return await self.offers()
        except (CatalogueUnavailable, TimeoutError):
            return None

    async def find(self, code: str, period_id: str) -> Offer | None:
        """The offer with this code and payment period, or None where nothing such is sold."""
        return next((o for o in await self.offers() if (o.code, o.period_id) == (code, period_id)), None)

    async def access_codes(self) -> frozenset[str]:
        """Every package and campaign code of the title, and the packages campaigns turn into."""
        return (await self._current()).codes

    async def left_out(self) -> tuple[LeftOut, ...]:
        """What Payway lists and the shop does not show, with the reason."""
        current = await self._current()
        reason = self._trials_withheld()
        trials = (offer for offer in current.offers if offer.is_trial) if reason else ()
        return current.left_out + tuple(LeftOut(offer.code, reason) for offer in trials)

    def forget(self) -> None:
        """Ask Payway next time, as a shop that has just started does."""
        self._snapshot, self._next_try = None, datetime.min.replace(tzinfo=UTC)

    async def _current(self) -> _Snapshot:
        if (kept := self._kept()) and self._lock.locked():
            return kept  # somebody is reading it anew; everybody else goes on with what there is
        async with self._lock:
            now = self._clock()
            kept = self._kept()
            if kept and (timedelta() <= now - kept.read_at < FRESH_FOR or now < self._next_try):
                return kept
            if now < self._next_try:
                raise CatalogueUnavailable
            try:
                async with asyncio.timeout(DEADLINE_SECONDS):
                    self._snapshot = await self._read(now)
            except (PaywayError, TimeoutError) as error:
                self._next_try = self._clock() + NEXT_TRY_AFTER
                if kept is None:
                    raise CatalogueUnavailable from error
                return kept
            return self._snapshot

    def _kept(self) -> _Snapshot | None:
        """The last reading, while it may stand in."""
        kept = self._snapshot
        return kept if kept and self._clock() - kept.read_at <= STALE_FOR else None

    async def _read(self, now: datetime) -> _Snapshot:
        packages, campaigns = await asyncio.gather(
            self._payway.products.search_packages(self._title_code),
            self._payway.products.search_campaigns(self._title_code),
        )
        listed = {product.product_code: product for product in (*packages, *campaigns)}
        codes = {code for code, product in listed.items() if not product.expired}
        follow_ups = {self._campaign_packages[code] for code in codes if code in self._campaign_packages}
        details = await self._details(codes)
        follow_ups |= {p.campaign_package_code for p in details.values() if p.campaign_package_code}
        missing = await self._details(follow_ups - codes)
        periods = await self._periods(codes | follow_ups)
        reading = _Reading({**details, **missing}, periods, self._campaign_packages)
        for read_offers, products in ((reading.package, packages), (reading.campaign, campaigns)):
            for product in products:
                if product.product_code in details and product.product_code in periods:
                    read_offers(product.product_code)
                elif product.product_code in codes:
                    reading.left_out.append(LeftOut(product.product_code, "Payway's answer cannot be used"))
        return _Snapshot(
            offers=tuple(sorted(reading.offers, key=_shelf)),
            left_out=tuple(reading.left_out),
            codes=frozenset(codes | follow_ups),
            read_at=now,
        )

    async def _details(self, codes: set[str]) -> dict[str, Product]:
        return await _of_each(codes, self._payway.products.product)

    async def _periods(self, codes: set[str]) -> dict[str, list[PaymentPeriod]]:
        return await _of_each(codes, self._payway.klarna_payments.payment_periods)


async def _of_each(codes: set[str], ask: Callable[[str], Awaitable[T]]) -> dict[str, T]:
    """The answer for each code, without those that Payway has no usable answer for.

    One product that is set up wrongly must not close the shop; a failure of Payway as a whole is raised.
    """

    async def asked(code: str) -> tuple[str, T] | None:
        try:
            return code, await ask(code)
        except (NotFound, InvalidParameter):
            return None
        except NotUnderstood as error:
            if error.status is not None:  # not even JSON: that is not about this product
                raise
            return None

    answers = await asyncio.gather(*(asked(code) for code in sorted(codes)))
    return dict(answer for answer in answers if answer is not None)


class _Reading:
    """Turns one reading of the catalogue into offers, and notes what had to be left out."""

    def __init__(
        self,
        products: Mapping[str, Product],
        periods: Mapping[str, list[PaymentPeriod]],
        campaign_packages: Mapping[str, str],
    ) -> None:
        self._products = products
        self._periods = periods
        self._campaign_packages = campaign_packages
        self.offers: list[Offer] = []
        self.left_out: list[LeftOut] = []

    def package(self, code: str) -> None:
        for period in self._klarna_periods(code):
            # `single` periods cannot be asked for at create_session, which knows recurring and limited only.
            if period.type not in {"recurring", "limited"}:
                self.left_out.append(LeftOut(code, f"payment period of type {period.type}"))
                continue
            self._add(code, OfferKind.PACKAGE, period, recurring=period.type == "recurring", after=None)

    def campaign(self, code: str) -> None:
        for period in self._klarna_periods(code):
            if period.price_ore and period.iteration_length != 1:
                # "49 kr each month, three times" and "49 kr once for three months" look alike in the
                # API (payway-api.md §6.4), and a price must not be guessed.
                self.left_out.append(
                    LeftOut(code, "the API does not tell whether it is paid monthly or once")
                )
                continue
            turns, after = self._follow_up(code)
            if turns is None or (turns and after is None):
                self.left_out.append(
                    LeftOut(code, "what it turns into is unknown; set PAYWAY_CAMPAIGN_PACKAGES for it")
                )
                continue
            if period.price_ore == 0 and after is None:
                self.left_out.append(
                    LeftOut(code, "a free campaign that turns into nothing cannot be ordered")
                )
                continue
            kind = OfferKind.CAMPAIGN if period.price_ore else OfferKind.TRIAL
            self._add(code, kind, period, recurring=False, after=after)

    def _follow_up(self, code: str) -> tuple[bool | None, FollowUp | None]:
        """Whether the campaign turns into a package (None: cannot be told), and into which."""
        product = self._products[code]
        package_code = self._campaign_packages.get(code) or product.campaign_package_code
        if code not in self._campaign_packages and product.transform_to_campaign_package is not True:
            return product.transform_to_campaign_package, None
        if not package_code:
            return True, None
        base = self._products.get(package_code)
        # A campaign always turns into the monthly subscription of its package (payway-api.md §6.5).
        monthly = next(
            (
                period
                for period in self._klarna_periods(package_code)
                if period.type == "recurring"
                and (period.iteration_type, period.iteration_length) == ("month", 1)
            ),
            None,
        )
        if base is None or monthly is None:
            return True, None
        month = Period(PeriodUnit.MONTH, 1)
        return True, FollowUp(package_code, base.name or package_code, monthly.price_ore, month)

    def _klarna_periods(self, code: str) -> list[PaymentPeriod]:
        return [
            period
            for period in self._periods.get(code, ())
            if period.enabled and period.payment_method == "klarna_payments"
        ]

    def _add(
        self, code: str, kind: OfferKind, period: PaymentPeriod, *, recurring: bool, after: FollowUp | None
    ) -> None:
        product = self._products[code]
        try:
            length = Period(PeriodUnit(period.iteration_type), period.iteration_length)
        except ValueError:
            self.left_out.append(LeftOut(code, f"unknown iteration type {period.iteration_type!r}"))
            return
        if product.vat_code is None:
            self.left_out.append(LeftOut(code, "the product has no VAT code"))
            return
        self.offers.append(
            Offer(
                code=code,
                period_id=period.id,
                kind=kind,
                name=product.name or code,
                description=product.additional_short_description or product.description or "",
                price=period.price_ore,
                vat_percent=product.vat_code,
                period=length,
                recurring=recurring,
                after=after,
            )
        )


def _shelf(offer: Offer) -> tuple[int, int, str]:
    order = (OfferKind.TRIAL, OfferKind.CAMPAIGN, OfferKind.PACKAGE)
    return order.index(offer.kind), offer.price, offer.code
