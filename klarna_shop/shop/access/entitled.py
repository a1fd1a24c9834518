"""Whether a reader has paid: what Payway says of the account, or what was bought in this browser."""

from __future__ import annotations

from dataclasses import dataclass

from klarna_shop.shop.articles import Article
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.entitlements import Entitlements, EntitlementsUnavailable
from klarna_shop.shop.identity import Identities, SignInExpired
from klarna_shop.shop.money import seller_date
from klarna_shop.shop.offers import CatalogueUnavailable, OfferCatalogue
from klarna_shop.shop.purchase.ledger import Ledger
from klarna_shop.shop.purchase.states import PurchaseState
from klarna_shop.shop.purchase.tables import Purchase
from klarna_shop.shop.reader import Customer


@dataclass(frozen=True)
class Subscriptions:
    """Knows which articles a customer or a browser has paid for."""

    identities: Identities
    entitlements: Entitlements
    offers: OfferCatalogue
    ledger: Ledger
    clock: Clock
    access_codes: tuple[str, ...] = ()
    """`PAYWAY_ACCESS_CODES`; empty: every code of the catalogue."""

    async def include(self, customer: Customer, article: Article) -> bool | None:
        """Payway's answer; None where it could not be had."""
        try:
            try:
                identity = await self.identities.identity_of(customer)
            except SignInExpired:
                identity = None
            wanted = await self._opening_codes(article)
            return await self.entitlements.include(customer.account_id, identity, wanted)
        except (EntitlementsUnavailable, CatalogueUnavailable):
            return None

    async def bought_here(self, visitor_id: str, article: Article) -> bool:
        """A new customer's own completed purchase opens articles in this browser, until they sign in."""
        purchases = await self.ledger.of_visitor(visitor_id, {PurchaseState.COMPLETED})
        current = [purchase for purchase in purchases if self._runs(purchase)]
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

    def _runs(self, purchase: Purchase) -> bool:
        """Whether the first period of what was bought runs.

        What comes after it (a renewal, the package a trial turns into, or nothing at all once it was
        cancelled or could not be charged) only Payway knows, and tells only who has signed in.
        """
        today = seller_date(self.clock())
        start = purchase.start_date or purchase.concluded_on
        return start <= today < purchase.offer.period.end(start)

    async def _opening_codes(self, article: Article) -> frozenset[str]:
        if article.access_codes:
            return frozenset(article.access_codes)
        return frozenset(self.access_codes) or await self.offers.access_codes()
