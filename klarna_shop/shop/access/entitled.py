"""A reader's paid access: what Payway says of the account, or what was bought in this browser.

Nothing opens by an order that was withdrawn from.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from klarna_shop.infrastructure.units_of_work import Work
from klarna_shop.payway import Identity
from klarna_shop.shop.articles import Article
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.shop.entitlements import Entitlements, EntitlementsUnavailable
from klarna_shop.shop.identity import Identities, SignInExpired
from klarna_shop.shop.identity.sessions import find_session
from klarna_shop.shop.identity.tables import SignInSession
from klarna_shop.shop.money import seller_date
from klarna_shop.shop.offers import CatalogueUnavailable, OfferCatalogue
from klarna_shop.shop.purchase.repository import purchases_of_visitor
from klarna_shop.shop.purchase.states import PurchaseState
from klarna_shop.shop.purchase.tables import Purchase
from klarna_shop.shop.reader import Customer, Reader
from klarna_shop.shop.withdrawal import CannotTell, Withdrawn, WithdrawnOrders, codes_left
from klarna_shop.shop.withdrawal.withdrawn import AccountRecord, withdrawn_among


@dataclass(frozen=True)
class PaidAccess:
    """Paid access of a reader, as the shop's tables have it.

    Attributes:
        purchases: those of a new customer in this browser that open articles.
        sign_in: the customer's session, with its tokens.
        account: withdrawals that concern the customer's account; None while there are none at all.
    """

    purchases: Sequence[Purchase] = ()
    sign_in: SignInSession | None = None
    account: AccountRecord | None = None


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

    async def question(self, reader: Reader) -> Work[PaidAccess]:
        """Return a part of a unit of work that reads what `opens` needs."""
        customer, visitor_id = reader.customer, reader.visitor_id
        if customer is not None:
            account = await self.withdrawn.question(customer.account_id, customer.email)
            return lambda session: PaidAccess(
                sign_in=find_session(session, customer.session_id), account=account(session)
            )
        if visitor_id is None or reader.is_unknown:
            return lambda _session: PaidAccess()
        today = seller_date(self.clock())
        return lambda session: PaidAccess(opening_purchases(session, visitor_id, today))

    async def opens(self, reader: Reader, article: Article, found: PaidAccess | None) -> bool | None:
        """Return Payway's answer for a customer, less what was withdrawn from.

        A new customer's own completed purchase opens articles in this browser, until they sign in. `found` is
        what the tables say; None where they cannot be read.
        """
        if reader.customer is not None:
            return await self._include(reader.customer, article, found)
        return None if found is None else await self._bought_here(found.purchases, article)

    async def _include(self, customer: Customer, article: Article, found: PaidAccess | None) -> bool | None:
        identity = None
        with suppress(SignInExpired):
            identity = self.identities.identity_in(customer, found.sign_in) if found else None
        try:
            wanted = await self._opening_codes(article)
            if not await self.entitlements.include(customer.account_id, identity, wanted):
                return False
            # Where it cannot be read what was declared here, Payway's yes holds.
            with suppress(DatabaseUnavailable):
                account = found.account if found else None
                withdrawn = await self.withdrawn.of_account(customer.account_id, account)
                if withdrawn is not None:
                    return bool(wanted & await self._codes_left(customer, identity, withdrawn))
            return True
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

    async def _bought_here(self, current: Sequence[Purchase], article: Article) -> bool:
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
