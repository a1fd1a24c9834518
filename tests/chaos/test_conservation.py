"""The check of the books sees every kind of broken promise: each case breaks one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from klarna_shop.sandbox import Books
from klarna_shop.sandbox.tables import Account, Order, Payment, Subscription
from klarna_shop.shop.encryption import fingerprint
from klarna_shop.shop.measurement import EventName
from klarna_shop.shop.purchase import Purchase, PurchaseState
from tests.chaos.conservation import Evidence, Measured, paid_orders, violations
from tests.chaos.plan import Backend, Manner, plan
from tests.chaos.witness import Approval, Page, Witness

ACCOUNT = "a" * 24


def _purchase(state: str = "completed", **columns: Any) -> Purchase:
    values: dict[str, Any] = {
        "id": "purchase-one",
        "state": state,
        "code": "digital",
        "price": 12_900,
        "authorization_fingerprint": fingerprint("token-one"),
        "order_id": "DEMO-1" if state == "completed" else None,
    }
    return Purchase(**(values | columns))


def _order(**columns: object) -> Order:
    values: dict[str, object] = {
        "order_id": "DEMO-1",
        "account_id": ACCOUNT,
        "state": "closed",
        "product_code": "digital",
        "price": 12_900,
        "merchant_reference": "purchase-one",
    }
    return Order(**(values | columns))


def _books(*orders: Order, charges: int = 1, subscription: str | None = None) -> Books:
    email = plan(1, Backend.SQLITE, 1).shoppers[0].email
    payments = [Payment(order_id=order.order_id, state="closed") for order in orders for _ in range(charges)]
    subscriptions = [Subscription(account_id=ACCOUNT, state=subscription)] if subscription else []
    return Books([Account(id=ACCOUNT, email=email)], [], list(orders), payments, subscriptions, [])


def _witness(page: Page, *, reads: bool, **changes: Any) -> Witness:
    shopper = replace(
        plan(1, Backend.SQLITE, 1).shoppers[0],
        has_account=bool(changes.pop("has_account", False)),
        manner=changes.pop("manner", Manner.ONCE),
    )
    witness = Witness(shopper, "visitor", ["purchase-one"], pages={"purchase-one": page}, reads=reads)
    witness.approvals.append(Approval("purchase-one", "session", "token-one", sent=1, acknowledged=True))
    for name, value in changes.items():
        setattr(witness, name, value)
    return witness


def _evidence(
    ledger: list[Purchase],
    books: Books,
    witnesses: list[Witness],
    *,
    placed: frozenset[str] | None = None,
    **changes: Any,
) -> Evidence:
    """Measured as it must be, but for what the `changes` say of `Measured`."""
    sold = frozenset(paid_orders(books))
    completed = [purchase.id for purchase in ledger if purchase.status is PurchaseState.COMPLETED]
    times = {EventName.ORDER_PLACED: Counter(sold), EventName.CONFIRMED: Counter(completed)}
    measured = replace(Measured(times, dict.fromkeys(sold, 12900)), **changes)
    return Evidence(ledger, books, witnesses, sold if placed is None else placed, measured)


COMPLETED, FAILED = Page("completed", "completed", ""), Page("failed", "refused", "payment_method_failed")
CHECKOUT, PENDING = Page("checkout", "session_open", ""), Page("pending", "unknown", "")
BOUGHT = _witness(COMPLETED, reads=True)


@pytest.mark.parametrize(
    ("purchase", "books", "witness"),
    [
        (_purchase(), _books(_order()), BOUGHT),
        (_purchase(order_id=None), _books(_order()), BOUGHT),
        (
            _purchase(),
            _books(_order(), subscription="activated"),
            _witness(COMPLETED, reads=True, has_account=True),
        ),
        (_purchase("refused"), _books(_order(state="failed")), _witness(FAILED, reads=False)),
        (_purchase("session_open"), _books(), _witness(CHECKOUT, reads=False, approvals=[])),
        (
            _purchase("session_open"),
            _books(),
            _witness(
                CHECKOUT,
                reads=False,
                manner=Manner.GONE,
                approvals=[Approval("purchase-one", "session", "token-one", sent=1)],
            ),
        ),
    ],
    ids=["bought", "without its number", "by a customer", "refused", "left", "browser gone"],
)
def test_a_story_on_which_all_agree_breaks_nothing(
    purchase: Purchase, books: Books, witness: Witness
) -> None:
    assert violations(_evidence([purchase], books, [witness])) == []


@pytest.mark.parametrize(
    ("purchase", "books", "witness", "told"),
    [
        (_purchase(), _books(_order(), _order(order_id="DEMO-2")), BOUGHT, "2 orders"),
        (_purchase(), _books(_order(), charges=2), BOUGHT, "charged 2 times"),
        (_purchase(), _books(), BOUGHT, "completed, and no order"),
        (_purchase(), _books(_order(order_id="DEMO-9")), BOUGHT, "order DEMO-1 here, DEMO-9 in Payway"),
        (_purchase(), _books(_order(price=100)), BOUGHT, "sold something else"),
        (
            _purchase(),
            _books(_order(), _order(order_id="DEMO-3", merchant_reference="nobody")),
            BOUGHT,
            "and no purchase",
        ),
        (_purchase("refused"), _books(_order()), _witness(FAILED, reads=True), "refused, and an order"),
        (_purchase("unknown"), _books(), _witness(PENDING, reads=False), "still unknown"),
        (_purchase("session_open"), _books(), _witness(CHECKOUT, reads=False), "acknowledged and is nowhere"),
        (
            _purchase("session_open"),
            _books(),
            _witness(
                CHECKOUT, reads=False, approvals=[Approval("purchase-one", "session", "token-one", sent=9)]
            ),
            "could not deliver it",
        ),
        (_purchase(), _books(_order()), _witness(FAILED, reads=True), "the page says failed"),
        (
            _purchase("refused"),
            _books(),
            _witness(Page("failed", "refused", ""), reads=False),
            "gives no reason",
        ),
        (
            _purchase(),
            _books(_order()),
            _witness(COMPLETED, reads=True, seen_early={"purchase-one": {"failed"}}),
            "before it said completed",
        ),
        (
            _purchase(),
            _books(_order()),
            _witness(COMPLETED, reads=True, turned_by_itself=False),
            "never told the end",
        ),
        (
            _purchase(),
            _books(_order()),
            _witness(COMPLETED, reads=True, left_at_checkout=True),
            "led nowhere",
        ),
        (
            _purchase(),
            _books(_order()),
            _witness(COMPLETED, reads=True, stranger_saw=["completed"]),
            "a stranger saw",
        ),
        (
            _purchase(),
            _books(_order()),
            _witness(COMPLETED, reads=False),
            "may read, and the article is walled",
        ),
        (
            _purchase("refused"),
            _books(),
            _witness(FAILED, reads=True),
            "may not read, and the article is open",
        ),
        (
            _purchase("refused"),
            _books(),
            _witness(FAILED, reads=False, read_early=True),
            "open for a while to who may not",
        ),
        (
            _purchase(),
            _books(_order(), subscription="deactivated"),
            _witness(COMPLETED, reads=True, has_account=True),
            "may not read, and the article is open",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_broken_promise_is_told(purchase: Purchase, books: Books, witness: Witness, told: str) -> None:
    broken = violations(_evidence([purchase], books, [witness]))
    assert any(told in line for line in broken), broken


def test_an_approval_may_not_end_in_another_purchase() -> None:
    other = _purchase(id="purchase-two", order_id="DEMO-2")
    stolen = _purchase(authorization_fingerprint=None)
    books = _books(_order(), _order(order_id="DEMO-2", merchant_reference="purchase-two"))
    assert violations(_evidence([stolen, other], books, [BOUGHT])) == [
        "purchase purchase: has the approval of another purchase"
    ]


def test_nobody_buys_twice() -> None:
    other = _purchase(
        id="purchase-two", order_id="DEMO-2", authorization_fingerprint=fingerprint("token-two")
    )
    books = _books(_order(), _order(order_id="DEMO-2", merchant_reference="purchase-two"))
    twice = replace(BOUGHT, purchases=["purchase-one", "purchase-two"])
    assert violations(_evidence([_purchase(), other], books, [twice])) == ["shopper 1: bought 2 times"]


def test_no_address_buys_twice_in_two_browsers() -> None:
    other = _purchase(
        id="purchase-two", order_id="DEMO-2", authorization_fingerprint=fingerprint("token-two")
    )
    books = _books(_order(), _order(order_id="DEMO-2", merchant_reference="purchase-two"))
    there = _witness(COMPLETED, reads=True)
    there = replace(
        there,
        plan=replace(there.plan, email=there.plan.email.upper()),
        purchases=["purchase-two"],
        approvals=[],
        pages={"purchase-two": COMPLETED},
    )
    told = violations(_evidence([_purchase(), other], books, [BOUGHT, there]))
    assert told == [f"one address bought {BOUGHT.plan.code} in 2 browsers: shoppers [1, 1]"]


BOTH = {EventName.ORDER_PLACED: Counter(["purchase-one"]), EventName.CONFIRMED: Counter(["purchase-one"])}
NOTHING: dict[EventName, Counter[str]] = {}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"times": NOTHING, "values": {}}, "placed in the ledger, and not an order in the funnel"),
        ({"times": NOTHING, "values": {}}, "an order in Payway, and not an order in the funnel"),
        ({"times": NOTHING, "values": {}}, "completed in the ledger, and not confirmed in the funnel"),
        ({"placed": frozenset()}, "an order in the funnel, and not placed in the ledger"),
        ({"times": BOTH | {EventName.ORDER_PLACED: Counter(["purchase-one"] * 2)}}, "measured 2 times"),
        ({"times": BOTH | {EventName.PURCHASE_ENDED: Counter(["purchase-one"])}}, "an order in Payway, and"),
        ({"times": BOTH | {EventName.ORDER_PLACED: Counter(["x", "purchase-one"])}}, "purchase x: an order"),
        ({"values": {"purchase-one": 1}}, "measured with 1 öre"),
    ],
)
def test_orders_in_the_funnel_are_those_of_the_ledger_and_of_payway(
    changes: dict[str, Any], told: str
) -> None:
    broken = violations(_evidence([_purchase()], _books(_order()), [BOUGHT], **changes))
    assert any(told in line for line in broken), broken


def test_an_order_that_payway_gave_up_counts_as_placed_and_as_ended() -> None:
    times = {one: Counter(["purchase-one"]) for one in (EventName.ORDER_PLACED, EventName.PURCHASE_ENDED)}
    evidence = _evidence(
        [_purchase("refused")],
        _books(_order(state="failed")),
        [_witness(FAILED, reads=False)],
        placed=frozenset({"purchase-one"}),
        times=times,
    )
    assert violations(evidence) == []
