"""A reader's paid access: what Payway says of the account, or what was bought in this browser.

Nothing opens by an order that was withdrawn from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from klarna_shop.payway import Identity
from klarna_shop.shop.articles import Article
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.shop.entitlements import Entitlements, EntitlementsUnavailable
from klarna_shop.shop.identity import Identities, SignInExpired
from klarna_shop.shop.money import seller_date
from klarna_shop.shop.offers import CatalogueUnavailable, OfferCatalogue
from klarna_shop.shop.purchase.repository import purchases_of_visitor
from klarna_shop.shop.purchase.states import PurchaseState
from klarna_shop.shop.purchase.tables import Purchase
from klarna_shop.shop.reader import Customer
from klarna_shop.shop.withdrawal import CannotTell, Withdrawn, WithdrawnOrders, codes_left
from klarna_shop.shop.withdrawal.withdrawn import withdrawn_among


@dataclass(frozen=True)
class Subscriptions:
    """Knows which articles a customer or a browser has paid for."""

    identities: Identities
    entitlements: Entitlements
    offers: OfferCatalogue
    withdrawn: Withdrawn
    clock: Clock
    access_codes: tuple[str, ...] = ()
    """`PAYWAY_ACCESS_CODES`; empty: every code of the catalogue."""

    async def include(self, customer: Customer, article: Article) -> bool | None:
        """Return Payway's answer, less what was withdrawn from; None where it could not be had."""
        try:
            try:
                identity = await self.identities.identity_of(customer)
            except (SignInExpired, DatabaseUnavailable):
                identity = None
            wanted = await self._opening_codes(article)
            if not await self.entitlements.include(customer.account_id, identity, wanted):
                return False
            try:
                withdrawn = await self.withdrawn.of_account(customer.account_id, customer.email)
                if withdrawn is None:
                    return True
                return bool(wanted & await self._codes_left(customer, identity, withdrawn))
            except DatabaseUnavailable:
                return True  # Payway says yes, and what was declared here cannot be read
        except (EntitlementsUnavailable, CatalogueUnavailable, CannotTell):
            return None

    async def _codes_left(
        self, customer: Customer, identity: Identity | None, withdrawn: WithdrawnOrders
    ) -> frozenset[str]:
        """Return the codes that are open to a customer who has withdrawn from an order."""
        others = await self.withdrawn.others(customer.account_id, withdrawn)
        offers = await self.offers.offers()
        turns_into = {code for offer in offers if offer.code in others for code in offer.codes}
        return codes_left(
            active=await self.withdrawn.answers.get(
                "codes",
                customer.account_id,
                withdrawn.facts,
                lambda: self.entitlements.codes(customer.account_id, identity),
            ),
            withdrawn=withdrawn.codes,
            others=others | turns_into,
            packages=await self.offers.access_codes(),
        )

    async def bought_here(self, visitor_id: str, article: Article) -> bool | None:
        """A new customer's own completed purchase opens articles in this browser, until they sign in.

        None where the ledger cannot be read.
        """
        try:
            return await self._bought_here(visitor_id, article)
        except DatabaseUnavailable:
            return None

    async def _bought_here(self, visitor_id: str, article: Article) -> bool:
        today = seller_date(self.clock())
        current = await self.withdrawn.database.read(
            lambda session: opening_purchases(session, visitor_id, today)
        )
        if not current:
            return False
        opening = frozenset(article.access_codes or self.access_codes)
        if not opening or any(purchase.offer.codes & opening for purchase in current):
            return True
        if article.access_codes:
            return False
        try:
            # Where only products are named, Payway does not tell which package holds them: what was sold
            # here then opens what is sold here.
            return not opening & await self.offers.access_codes()
        except CatalogueUnavailable:
            return False

    async def _opening_codes(self, article: Article) -> frozenset[str]:
        if article.access_codes:
            return frozenset(article.access_codes)
        return frozenset(self.access_codes) or await self.offers.access_codes()


def opening_purchases(session: Session, visitor_id: str, today: date) -> list[Purchase]:
    """Return this browser's completed purchases that open articles: not withdrawn from, and still running."""
    completed = purchases_of_visitor(session, visitor_id, {PurchaseState.COMPLETED})
    running = [purchase for purchase in completed if _runs(purchase, today)]
    withdrawn = withdrawn_among(session, (key for one in running for key in (one.id, one.order_id)))
    return [one for one in running if withdrawn.isdisjoint({one.id, one.order_id})]


def _runs(purchase: Purchase, today: date) -> bool:
    """True while the first period of what was bought runs.

    What comes after it (a renewal, the package a trial turns into, or nothing at all once it was cancelled or
    could not be charged) only Payway knows, and tells only who has signed in.
    """
    start = purchase.start_date or purchase.concluded_on
    return start <= today < purchase.offer.period.end(start)
