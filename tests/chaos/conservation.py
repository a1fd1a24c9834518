"""The books after a run: what the ledger, Payway and every shopper say must be one and the same story."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from klarna_shop.sandbox import Books
from klarna_shop.sandbox.tables import Order
from klarna_shop.shop.encryption import fingerprint
from klarna_shop.shop.measurement import EventName
from klarna_shop.shop.purchase import Purchase, PurchaseState
from klarna_shop.shop.purchase.states import OVER_WITHOUT_ORDER
from tests.chaos.plan import Manner
from tests.chaos.witness import Witness

WORDLESS = {PurchaseState.ABANDONED}
"""Refusals that need no reason: the reader has started over."""


@dataclass(frozen=True)
class Measured:
    """What was measured of purchases, by the event's name: how often of each purchase, and for what value.

    Readers' traffic alone; every shopper agreed to being measured before the first purchase.
    """

    times: dict[EventName, Counter[str]] = field(default_factory=dict)
    values: dict[str, int] = field(default_factory=dict)
    """Of the order of each purchase, in öre."""

    def of(self, name: EventName) -> Counter[str]:
        """How often each purchase has this event."""
        return self.times.get(name, Counter())


@dataclass(frozen=True)
class Evidence:
    """Everything there is to see when a run is over."""

    ledger: Sequence[Purchase]
    books: Books
    witnesses: Sequence[Witness]
    placed: frozenset[str]
    """Purchases that have ever been `placed`, as the ledger's history says."""
    measured: Measured


def violations(evidence: Evidence) -> list[str]:
    """Every broken promise, as a sentence; none where all were kept."""
    return [
        *_orders(evidence),
        *_buyers(evidence),
        *_authorizations(evidence),
        *_pages(evidence),
        *_access(evidence),
        *_funnel(evidence),
    ]


def paid_orders(books: Books) -> dict[str, list[Order]]:
    """Orders that Payway has and was paid for, by purchase. The demo customers' own have no reference."""
    found: dict[str, list[Order]] = defaultdict(list)
    for order in books.orders:
        if order.merchant_reference and order.state == "closed":
            found[order.merchant_reference].append(order)
    return found


def _orders(evidence: Evidence) -> Iterator[str]:
    """The ledger and Payway agree, order by order and charge by charge (promises 1 and 2)."""
    orders = paid_orders(evidence.books)
    charges = Counter(payment.order_id for payment in evidence.books.payments if payment.state == "closed")
    ledger = {purchase.id: purchase for purchase in evidence.ledger}
    for reference, own in orders.items():
        if len(own) > 1:
            yield f"{_short(reference)}: {len(own)} orders in Payway"
        if reference not in ledger:
            yield f"{_short(reference)}: an order in Payway, and no purchase"
        for order in own:
            times = charges[order.order_id]
            if times != 1:
                yield f"{_short(reference)}: order {order.order_id} was charged {times} times"
    for purchase in evidence.ledger:
        own = orders.get(purchase.id, [])
        if purchase.status is PurchaseState.COMPLETED and not own:
            yield f"{_short(purchase.id)}: completed, and no order in Payway"
        elif purchase.status is not PurchaseState.COMPLETED and own:
            yield f"{_short(purchase.id)}: {purchase.state}, and an order in Payway"
        for order in own:
            if purchase.order_id not in {None, order.order_id}:
                yield f"{_short(purchase.id)}: order {purchase.order_id} here, {order.order_id} in Payway"
            if (order.product_code, order.price) != (purchase.code, purchase.price):
                yield f"{_short(purchase.id)}: Payway sold something else than was shown"


def _buyers(evidence: Evidence) -> Iterator[str]:
    """Nobody wanted more than one subscription, in however many tabs and browsers they approved it."""
    orders = paid_orders(evidence.books)
    for witness in evidence.witnesses:
        bought = sum(purchase_id in orders for purchase_id in set(witness.purchases))
        if bought > 1:
            yield f"shopper {witness.plan.number}: bought {bought} times"
    by_address: dict[tuple[str, str], list[int]] = defaultdict(list)
    for witness in evidence.witnesses:
        if any(purchase_id in orders for purchase_id in witness.purchases):
            by_address[witness.plan.email.lower(), witness.plan.code].append(witness.plan.number)
    for (_, code), shoppers in by_address.items():
        if len(shoppers) > 1:
            yield f"one address bought {code} in {len(shoppers)} browsers: shoppers {shoppers}"


def _authorizations(evidence: Evidence) -> Iterator[str]:
    """Every approval that reached the server has an end, and none that a page still held was lost."""
    ledger = {purchase.id: purchase for purchase in evidence.ledger}
    arrived = {purchase.authorization_fingerprint: purchase for purchase in evidence.ledger}
    ends = OVER_WITHOUT_ORDER | {PurchaseState.COMPLETED}
    for purchase in evidence.ledger:
        if purchase.status not in ends | {PurchaseState.SESSION_OPEN}:
            yield f"{_short(purchase.id)}: still {purchase.state}"
    for witness in evidence.witnesses:
        for approval in witness.approvals:
            stored = arrived.get(fingerprint(approval.token))
            if stored is not None and stored.id != approval.purchase_id:
                yield f"{_short(stored.id)}: has the approval of another purchase"
            state = ledger[approval.purchase_id].status
            if state is PurchaseState.SESSION_OPEN and approval.acknowledged:
                yield f"{_short(approval.purchase_id)}: the approval was acknowledged and is nowhere"
            elif state is PurchaseState.SESSION_OPEN and witness.plan.manner is not Manner.GONE:
                yield f"{_short(approval.purchase_id)}: the page held an approval and could not deliver it"


def _pages(evidence: Evidence) -> Iterator[str]:
    """The reader has a page that tells the truth, and nobody else has one (promise 3)."""
    ledger = {purchase.id: purchase for purchase in evidence.ledger}
    for witness in evidence.witnesses:
        for purchase_id, page in witness.pages.items():
            purchase = ledger[purchase_id]
            wanted = _page_of(purchase.status)
            if page.status != wanted:
                yield f"{_short(purchase_id)}: {purchase.state}, and the page says {page.status or 'nothing'}"
            elif wanted == "failed" and not page.reason and purchase.status not in WORDLESS:
                yield f"{_short(purchase_id)}: {purchase.state}, and the page gives no reason"
            early = witness.seen_early.get(purchase_id, set())
            if early - {wanted}:
                yield f"{_short(purchase_id)}: the page said {sorted(early)} before it said {wanted}"
        if witness.left_at_checkout:
            yield f"shopper {witness.plan.number}: the checkout had the approval and led nowhere"
        if witness.turned_by_itself is False:
            yield f"shopper {witness.plan.number}: the open confirmation never told the end"
        if set(witness.stranger_saw) - {"missing"}:
            yield f"shopper {witness.plan.number}: a stranger saw {witness.stranger_saw}"


def _page_of(state: PurchaseState) -> str:
    if state is PurchaseState.COMPLETED:
        return "completed"
    if state in OVER_WITHOUT_ORDER:
        return "failed"
    return "checkout" if state is PurchaseState.SESSION_OPEN else "pending"


def _access(evidence: Evidence) -> Iterator[str]:
    """The article opens if and only if Payway's books say that it was paid for (promise 4)."""
    orders = paid_orders(evidence.books)
    accounts = {account.email: account.id for account in evidence.books.accounts}
    entitled = {
        subscription.account_id
        for subscription in evidence.books.subscriptions
        if subscription.state in {"activated", "cancelled"}
    }
    for witness in evidence.witnesses:
        if witness.plan.has_account:
            may_read = accounts[witness.plan.email.lower()] in entitled
        else:
            may_read = any(purchase_id in orders for purchase_id in witness.purchases)
        if witness.reads != may_read:
            yield (
                f"shopper {witness.plan.number}: {'may' if may_read else 'may not'} read, and the article is "
                + ("open" if witness.reads else "walled")
            )
        if witness.read_early and not may_read:
            yield f"shopper {witness.plan.number}: the article was open for a while to who may not read it"


def _funnel(evidence: Evidence) -> Iterator[str]:
    """Orders in the funnel, in the ledger's history and in Payway's books are the same orders."""
    measured, orders = evidence.measured, paid_orders(evidence.books)
    for name, times in measured.times.items():
        for purchase_id, count in times.items():
            if count > 1:
                yield f"{_short(purchase_id)}: {name} was measured {count} times"
    ledger = {purchase.id: purchase for purchase in evidence.ledger}
    completed = {purchase.id for purchase in evidence.ledger if purchase.status is PurchaseState.COMPLETED}
    in_funnel = set(measured.of(EventName.ORDER_PLACED))
    yield from _differences(in_funnel, evidence.placed, "an order in the funnel", "placed in the ledger")
    yield from _differences(
        set(measured.of(EventName.CONFIRMED)), completed, "confirmed in the funnel", "completed in the ledger"
    )
    # An order that Payway gave up afterwards ends in the funnel, too.
    standing = in_funnel - set(measured.of(EventName.PURCHASE_ENDED))
    yield from _differences(standing, set(orders), "an order in the funnel", "an order in Payway")
    for purchase_id, value in measured.values.items():
        if purchase_id in ledger and value != ledger[purchase_id].price:
            yield f"{_short(purchase_id)}: measured with {value} öre, not {ledger[purchase_id].price}"


def _differences(one: AbstractSet[str], other: AbstractSet[str], told: str, other_told: str) -> Iterator[str]:
    for purchase_id in sorted(one - other):
        yield f"{_short(purchase_id)}: {told}, and not {other_told}"
    for purchase_id in sorted(other - one):
        yield f"{_short(purchase_id)}: {other_told}, and not {told}"


def _short(purchase_id: str) -> str:
    return f"purchase {purchase_id[:8]}"
