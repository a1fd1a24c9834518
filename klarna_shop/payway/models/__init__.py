"""Requests and answers, a module for each area. Answers keep what a storefront uses and ignore the rest (§1.2).

Imported by the client and through `klarna_shop.payway`.
"""

from klarna_shop.payway.models.accounts import (
    Account,
    AccountRequest,
    ActiveProducts,
    Address,
    AuthenticationAttempts,
    Eligibility,
)
from klarna_shop.payway.models.catalogue import PaymentPeriod, Product, Title
from klarna_shop.payway.models.klarna_payments import (
    CustomerInfo,
    KlarnaSession,
    OrderRequest,
    PlacedOrder,
    SessionRequest,
)
from klarna_shop.payway.models.orders import CancellationReason, HistoricPurchase, Order, Subscription

__all__ = [
    "Account",
    "AccountRequest",
    "ActiveProducts",
    "Address",
    "AuthenticationAttempts",
    "CancellationReason",
    "CustomerInfo",
    "Eligibility",
    "HistoricPurchase",
    "KlarnaSession",
    "Order",
    "OrderRequest",
    "PaymentPeriod",
    "PlacedOrder",
    "Product",
    "SessionRequest",
    "Subscription",
    "Title",
]
