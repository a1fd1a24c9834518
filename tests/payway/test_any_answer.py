"""Whatever Payway, or a machine before it, answers: an error of the client's own, with nobody's secrets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import stamina
from hypothesis import given, settings
from hypothesis import strategies as st

from klarna_shop.payway import Identity, PaywayClient, PaywayCredentials, PaywayError, SessionRequest
from tests.payway.stand_in import NOW, ORDER, SECRET, identity

ECHOED = (
    "ny.lasare@exempel.example",
    "19800610-2399",
    "8006102399",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
)
"""What an answer may repeat of somebody's."""
Call = Callable[[PaywayClient, Identity], Awaitable[Any]]
CALLS: list[Call] = [
    lambda c, _: c.klarna_payments.payment_periods("digital"),
    lambda c, who: c.klarna_payments.create_session(SessionRequest("digital", "https://shop.example/"), who),
    lambda c, who: c.klarna_payments.place_order(ORDER, who),
    lambda c, _: c.products.product("digital"),
    lambda c, _: c.products.search_packages("DEMO"),
    lambda c, _: c.titles.all(),
    lambda c, who: c.me.account(who),
    lambda c, who: c.me.active_products(who),
    lambda c, who: c.me.purchase_history(who),
    lambda c, who: c.me.cancel_product(who, "u"),
    lambda c, _: c.orders.by_account("a"),
    lambda c, _: c.orders.purchasable_product_code("a", package_code="p"),
    lambda c, _: c.subscriptions.by_account("a"),
    lambda c, _: c.accounts.status(email=ECHOED[0]),
    lambda c, _: c.accounts.authentication_attempts(ECHOED[0]),
    lambda c, _: c.cancellation_reasons(),
    lambda c, _: c.sign_in(ECHOED[0], SECRET),
    lambda c, _: c.exchange_ticket(SECRET),
]
FIELDS = st.sampled_from(
    [
        *("item", "items", "id", "order_id", "product_code", "price", "state", "page_info", "redirect_url"),
        *("code", "field", "message", "error", "error_description"),
        *("access_token", "expires_in", "active_products"),
    ]
)
words = st.sampled_from(ECHOED) | st.text(max_size=20)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=4),
    max_leaves=12,
)
headers = st.fixed_dictionaries(
    {},
    optional={
        "Retry-After": st.sampled_from(["0", "999999999999", "soon", "Wed, 21 Oct 2015 07:28:00 GMT", "-1"]),
        "X-Request-Id": st.sampled_from(["abc-1", ECHOED[0], "x" * 500]),
    },
)
answers = st.builds(
    lambda status, head, body: httpx.Response(status, headers=head, **body),
    st.sampled_from([200, 201, 204, 302, 400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 599]),
    headers,
    st.builds(lambda value: {"json": value}, anything)
    | st.builds(lambda raw: {"content": raw}, st.binary(max_size=60)),
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(call=st.sampled_from(CALLS), answer=answers, token_answer=st.none() | answers)
def test_no_answer_makes_the_client_raise_anything_but_its_own_errors(
    call: Call, answer: httpx.Response, token_answer: httpx.Response | None
) -> None:
    good_token = {"access_token": "token", "refresh_token": "refresh", "expires_in": 3600}

    def handle(request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("access_token"):
            return _again(answer)
        return _again(token_answer) if token_answer is not None else httpx.Response(200, json=good_token)

    async def made() -> None:
        credentials = PaywayCredentials("http://payway.example", "the-client", SECRET, "demo")
        transport = httpx.MockTransport(handle)
        async with PaywayClient(credentials, transport=transport, timeout=2, now=lambda: NOW) as client:
            await call(client, identity())

    with stamina.set_testing(True, attempts=3, cap=True):
        try:
            asyncio.run(made())
        except PaywayError as error:
            texts = f"{error}{error!r}{error.args}{error.message}{error.field}{error.code}{error.request_id}"
            assert not [secret for secret in (*ECHOED, SECRET) if secret in texts]


def _again(response: httpx.Response) -> httpx.Response:
    """A response can be read once; a retried call needs another."""
    return httpx.Response(response.status_code, headers=response.headers, content=response.content)
