"""Klarna Payments: periods, sessions, orders (payway-api.md §5)."""

from __future__ import annotations

from typing import Any

from klarna_shop.payway import reading
from klarna_shop.payway.answers import understood
from klarna_shop.payway.calls import Calls, Endpoint
from klarna_shop.payway.models import KlarnaSession, OrderRequest, PaymentPeriod, PlacedOrder, SessionRequest
from klarna_shop.payway.tokens import Identity

READ = "/external/klarna_payments/r"
WRITE = "/external/klarna_payments/w"

PERIODS = Endpoint("GET", "/v2/klarna_payments/payment_periods", READ)
SESSION = Endpoint("POST", "/v1/klarna_payments/create_session", WRITE)
SESSION_NEW_CUSTOMER = Endpoint("POST", "/v2/klarna_payments/create_session", WRITE)
ORDER = Endpoint("POST", "/v1/klarna_payments/place_order", WRITE, places_order=True)
ORDER_NEW_CUSTOMER = Endpoint("POST", "/v2/klarna_payments/place_order", WRITE, places_order=True)
TRIAL = Endpoint("POST", "/v1/klarna_payments/place_trial_order", WRITE, places_order=True)
TRIAL_NEW_CUSTOMER = Endpoint("POST", "/v2/klarna_payments/place_trial_order", WRITE, places_order=True)


class KlarnaPayments:
    """v1 with a customer's identity, v2 for a new customer without one."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def payment_periods(self, code: str) -> list[PaymentPeriod]:
        """The Klarna periods of a package or campaign, disabled ones included (§5.1)."""
        body = await self._calls.call(PERIODS, query={"code": code})
        return understood(PERIODS.operation, _periods, body)

    async def create_session(self, request: SessionRequest, identity: Identity | None) -> KlarnaSession:
        """A Klarna session, valid 48 hours or until an order succeeds with it (§5.2)."""
        endpoint = SESSION if identity else SESSION_NEW_CUSTOMER
        body = await self._calls.call(endpoint, identity=identity, body=request.body())
        return understood(endpoint.operation, KlarnaSession.read, body)

    async def place_order(self, request: OrderRequest, identity: Identity | None) -> PlacedOrder:
        """Charge Klarna and create order and subscription (§5.3). Waits twice the client's timeout.

        Where an error's `outcome_unknown` is true, the order may exist.

        Raises:
            PaymentMethodFailed, SessionVoid, AuthorizationVoid, SsnAlreadyTaken, …: definite refusals.
        """
        return await self._place(ORDER if identity else ORDER_NEW_CUSTOMER, request, identity)

    async def place_trial_order(self, request: OrderRequest, identity: Identity | None) -> PlacedOrder:
        """Order a free campaign that turns into its package (§5.3, trial extra)."""
        return await self._place(TRIAL if identity else TRIAL_NEW_CUSTOMER, request, identity)

    async def _place(
        self, endpoint: Endpoint, request: OrderRequest, identity: Identity | None
    ) -> PlacedOrder:
        if identity is None and request.customer_info is None:
            raise ValueError("an order without identity takes customer_info")
        if identity is not None and request.customer_info is not None:
            raise ValueError("an order with identity takes no customer_info")
        body = await self._calls.call(endpoint, identity=identity, body=request.body())
        return understood(endpoint.operation, PlacedOrder.read, body)


def _periods(body: Any) -> list[PaymentPeriod]:
    return [PaymentPeriod.read(entry) for entry in reading.items(body)]
