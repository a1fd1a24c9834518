"""Requests and answers, a module for each area. Answers keep what a storefront uses.

What an answer has beyond that is ignored, as Payway may add fields without notice (payway-api.md §1.2).

Imported by the client and through `klarna_shop.payway`.
"""

from klarna_shop.payway.models.accounts import (
    Account,
    AccountRequest,
    ActiveArticle,
    ActiveProducts,
    Address,
    AuthenticationAttempts,
    Eligibility,
    OrderValidation,
)
from klarna_shop.payway.models.catalogue import PaymentPeriod, Product, ProductPage, Title
from klarna_shop.payway.models.klarna_payments import (
    CustomerInfo,
    KlarnaSession,
    OrderRequest,
    PlacedOrder,
    SessionRequest,
)
from klarna_shop.payway.models.orders import (
    CancellationReason,
    HistoricPurchase,
    Order,
    Payment,
    Subscription,
)

__all__ = [
    "Account",
    "AccountRequest",
    "ActiveArticle",
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
    "OrderValidation",
    "Payment",
    "PaymentPeriod",
    "PlacedOrder",
    "Product",
    "ProductPage",
    "SessionRequest",
    "Subscription",
    "Title",
]
