"""The decision: free, entitled, bought in this browser, within the meter, or walled."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from klarna_shop.shop.access.meter import Meter
from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.entitlements import Entitlements, EntitlementsUnavailable
from klarna_shop.shop.identity import Identities, SignInExpired
from klarna_shop.shop.money import seller_date
from klarna_shop.shop.offers import CatalogueUnavailable, OfferCatalogue
from klarna_shop.shop.purchase.ledger import Ledger
from klarna_shop.shop.purchase.states import PurchaseState
from klarna_shop.shop.purchase.tables import Purchase
from klarna_shop.shop.reader import Reader


class Rule(StrEnum):
    """The rule that decided; the screen turns it into a sentence."""

    FREE = "free"
    ENTITLED = "entitled"
    PURCHASE = "purchase"
    METER = "meter"
    METER_USED_UP = "meter_used_up"
    NO_VISITOR_COOKIE = "no_visitor_cookie"
    PREMIUM = "premium"
    CANNOT_ASK = "cannot_ask"


class WallModel(StrEnum):
    """Names as in the UI contract (`paywall`, `data-model`)."""

    METERED = "metered"
    FREEMIUM = "freemium"


class Asked(StrEnum):
    """One question of the trace, in the order they are asked."""

    KIND = "kind"
    ENTITLEMENT = "entitlement"
    PURCHASE = "purchase"
    METER = "meter"


@dataclass(frozen=True)
class Decision:
    """The answer. `open` sends the body; `unavailable` means that nobody could say.

    `trace` holds what was asked and answered, in order, as (question, answer) codes.
    """

    open: bool
    rule: Rule
    model: WallModel | None = None
    meter_left: int | None = None
    meter_total: int | None = None
    trace: tuple[tuple[Asked, str], ...] = ()

    @property
    def unavailable(self) -> bool:
        """Payway could not be asked, and nothing else opens the article."""
        return self.rule is Rule.CANNOT_ASK


@dataclass(frozen=True)
class Access:
    """Decides for one reader and one article. The only place that says yes to a walled body."""

    identities: Identities
    entitlements: Entitlements
    offers: OfferCatalogue
    ledger: Ledger
    meter: Meter
    clock: Clock
    access_codes: tuple[str, ...] = ()
    """`PAYWAY_ACCESS_CODES`; empty: every code of the catalogue."""

    async def decide(self, reader: Reader, article: Article) -> Decision:
        """May `reader` read all of `article`? A metered article that is opened counts."""
        trace: list[tuple[Asked, str]] = [(Asked.KIND, article.kind.value)]
        if article.kind is ArticleKind.FREE:
            return Decision(True, Rule.FREE, trace=tuple(trace))
        cannot_ask = False
        if reader.customer is not None:
            answer = await self._entitled(reader, article)
            trace.append((Asked.ENTITLEMENT, {True: "yes", False: "no", None: "unknown"}[answer]))
            if answer:
                return Decision(True, Rule.ENTITLED, trace=tuple(trace))
            cannot_ask = answer is None
        elif reader.visitor_id:
            bought = await self._bought_here(reader.visitor_id, article)
            trace.append((Asked.PURCHASE, "yes" if bought else "no"))
            if bought:
                return Decision(True, Rule.PURCHASE, trace=tuple(trace))
        if article.kind is ArticleKind.METERED:
            decision = await self._metered(reader, article, trace)
            if decision.open or not cannot_ask:
                return decision
        if cannot_ask:
            return Decision(False, Rule.CANNOT_ASK, trace=tuple(trace))
        return Decision(False, Rule.PREMIUM, WallModel.FREEMIUM, trace=tuple(trace))

    async def _metered(self, reader: Reader, article: Article, trace: list[tuple[Asked, str]]) -> Decision:
        if reader.visitor_id is None:
            trace.append((Asked.METER, "no_cookie"))
            return Decision(
                False, Rule.NO_VISITOR_COOKIE, WallModel.METERED, 0, self.meter.total, tuple(trace)
            )
        reading = await self.meter.read(reader.visitor_id, article.slug)
        trace.append((Asked.METER, f"{reading.total - reading.left}/{reading.total}"))
        rule = Rule.METER if reading.admitted else Rule.METER_USED_UP
        model = None if reading.admitted else WallModel.METERED
        return Decision(reading.admitted, rule, model, reading.left, reading.total, tuple(trace))

    async def _entitled(self, reader: Reader, article: Article) -> bool | None:
        """Payway's answer; None where it could not be had."""
        assert reader.customer is not None
        try:
            try:
                identity = await self.identities.identity_of(reader.customer)
            except SignInExpired:
                identity = None
            wanted = await self._opening_codes(article)
            return await self.entitlements.include(reader.customer.account_id, identity, wanted)
        except (EntitlementsUnavailable, CatalogueUnavailable):
            return None

    async def _bought_here(self, visitor_id: str, article: Article) -> bool:
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
        start = purchase.start_date or seller_date(purchase.placed_at or purchase.created_at)
        return start <= today < purchase.offer.period.end(start)

    async def _opening_codes(self, article: Article) -> frozenset[str]:
        if article.access_codes:
            return frozenset(article.access_codes)
        return frozenset(self.access_codes) or await self.offers.access_codes()
