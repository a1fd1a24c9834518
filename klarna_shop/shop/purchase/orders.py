"""A purchase's order in Payway's books, found by its number or by our own reference on it."""

from __future__ import annotations

from klarna_shop.payway import NotFound, Order, PaywayClient
from klarna_shop.shop.purchase.tables import Purchase


async def order_of(payway: PaywayClient, purchase: Purchase) -> Order | None:
    """The order, a paid one first; None where there is none, or where a new customer has no account to ask.

    Raises:
        PaywayError: Payway cannot say now.
    """
    try:
        if purchase.order_id:
            return await payway.orders.by_id(purchase.order_id)
        if purchase.account_id is None:
            return None
        orders = await payway.orders.by_account(purchase.account_id)
    except NotFound:
        return None
    own = [order for order in orders if order.merchant_reference == purchase.id]
    return min(own, key=lambda order: order.state != "closed", default=None)
