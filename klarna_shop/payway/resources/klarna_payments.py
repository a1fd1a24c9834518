"""Klarna Payments: periods, sessions, orders (payway-api.md §5)."""

from __future__ import annotations

from klarna_shop.payway.answers import understood
from klarna_shop.payway.calls import Calls, Endpoint
from klarna_shop.payway.models import KlarnaSession, OrderRequest, PaymentPeriod, PlacedOrder, SessionRequest
from klarna_shop.payway.resources.catalogue import read_periods
from klarna_shop.payway.tokens import Identity

READ = "/external/klarna_payments/r"
WRITE = "/external/klarna_payments/w"

PERIODS_V1 = Endpoint("GET", "/v1/klarna_payments/payment_periods", READ, "5.1")
PERIODS = Endpoint("GET", "/v2/klarna_payments/payment_periods", READ, "5.1")
SESSION = Endpoint("POST", "/v1/klarna_payments/create_session", WRITE, "5.2")
SESSION_WITHOUT_ACCOUNT = Endpoint("POST", "/v1/klarna_payments/create_session_without_account", WRITE, "5.2")
SESSION_NEW_CUSTOMER = Endpoint("POST", "/v2/klarna_payments/create_session", WRITE, "5.2")
ORDER = Endpoint("POST", "/v1/klarna_payments/place_order", WRITE, "5.3", places_order=True)
ORDER_NEW_CUSTOMER = Endpoint("POST", "/v2/klarna_payments/place_order", WRITE, "5.3", places_order=True)
TRIAL = Endpoint("POST", "/v1/klarna_payments/place_trial_order", WRITE, "5.3", places_order=True)
ORDER_WITHOUT_ACCOUNT = Endpoint(
    "POST", "/v1/klarna_payments/place_order_without_account", WRITE, "5.3", places_order=True
)
TRIAL_WITHOUT_ACCOUNT = Endpoint(
    "POST", "/v1/klarna_payments/place_trial_order_without_account", WRITE, "5.3", places_order=True
)
TRIAL_NEW_CUSTOMER = Endpoint(
    "POST", "/v2/klarna_payments/place_trial_order", WRITE, "5.3", places_order=True
)


class KlarnaPayments:
    """v1 with a customer's identity, v2 for a new customer without one.

    For new customers there is an early form as well, v1 `…_without_account`: its session is documented, its
    orders are inferred (§5 j). Use it only where v2 is not to be had.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def payment_periods(self, code: str) -> list[PaymentPeriod]:
        """The Klarna periods of a package or campaign, disabled ones included (§5.1)."""
        return await self._periods(PERIODS, code)

    async def payment_periods_v1(self, code: str) -> list[PaymentPeriod]:
        """The same from v1, whose answer is the same (§5.1)."""
        return await self._periods(PERIODS_V1, code)

    async def create_session(self, request: SessionRequest, identity: Identity | None) -> KlarnaSession:
        """A Klarna session, valid 48 hours or until an order succeeds with it (§5.2)."""
        return await self._session(SESSION if identity else SESSION_NEW_CUSTOMER, request, identity)

    async def create_session_without_account(self, request: SessionRequest) -> KlarnaSession:
        """A session for a new customer in the early form (§5 d), which takes a `period_type`."""
        return await self._session(SESSION_WITHOUT_ACCOUNT, request, None)

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

    async def place_order_without_account(self, request: OrderRequest) -> PlacedOrder:
        """Order on a session of `create_session_without_account` (§5 j, inferred)."""
        return await self._place(ORDER_WITHOUT_ACCOUNT, request, None)

    async def place_trial_order_without_account(self, request: OrderRequest) -> PlacedOrder:
        """Order a free campaign on a session of `create_session_without_account` (§5 j, inferred)."""
        return await self._place(TRIAL_WITHOUT_ACCOUNT, request, None)

    async def _periods(self, endpoint: Endpoint, code: str) -> list[PaymentPeriod]:
        body = await self._calls.call(endpoint, query={"code": code})
        return understood(endpoint.operation, read_periods, body)

    async def _session(
        self, endpoint: Endpoint, request: SessionRequest, identity: Identity | None
    ) -> KlarnaSession:
        body = await self._calls.call(endpoint, identity=identity, body=request.body())
        return understood(endpoint.operation, KlarnaSession.read, body)

    async def _place(
        self, endpoint: Endpoint, request: OrderRequest, identity: Identity | None
    ) -> PlacedOrder:
        if identity is None and request.customer_info is None:
            raise ValueError("an order without identity takes customer_info")
        if identity is not None and request.customer_info is not None:
            raise ValueError("an order with identity takes no customer_info")
        body = await self._calls.call(endpoint, identity=identity, body=request.body())
        return understood(endpoint.operation, PlacedOrder.read, body)
