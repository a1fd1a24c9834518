"""An observer hears of every request, and changes none."""

from __future__ import annotations

import httpx
import pytest

from klarna_shop.payway import AnswerLost, ObservedCall, PaywayClient, PaywayCredentials
from tests.payway.stand_in import NOW, ORDER, Clock, StandIn, identity, ok, refused

PLACE = "POST /v1/klarna_payments/place_order"
TOKEN = "POST /api/authorization/access_token"


@pytest.fixture
def heard() -> list[ObservedCall]:
    return []


@pytest.fixture
def observed(stand_in: StandIn, heard: list[ObservedCall]) -> PaywayClient:
    return PaywayClient(
        PaywayCredentials("http://payway.example", "the-client", "the-client-secret", "demo"),
        transport=httpx.MockTransport(stand_in.handle),
        now=Clock(),
        observer=heard.append,
    )


async def test_every_request_is_heard_of_with_section_and_try(
    observed: PaywayClient, stand_in: StandIn, heard: list[ObservedCall]
) -> None:
    stand_in.on("GET /v1/titles", refused(503), refused(401), ok({"items": []}))
    await observed.titles.all()
    assert [(call.operation, call.section, call.attempt) for call in heard] == [
        (TOKEN, "3.2", 1),
        ("GET /v1/titles", "6.6", 1),
        ("GET /v1/titles", "6.6", 2),
        (TOKEN, "3.2", 1),
        ("GET /v1/titles", "6.6", 3),
    ]
    assert [call.response.status_code for call in heard if call.response] == [200, 503, 401, 200, 200]
    assert all(call.milliseconds >= 0 and call.began_at == NOW for call in heard)


async def test_a_path_is_told_as_its_template(
    observed: PaywayClient, stand_in: StandIn, heard: list[ObservedCall]
) -> None:
    stand_in.on(f"GET /v1/userproducts/{'a' * 24}", ok({"items": []}))
    await observed.subscriptions.user_products("a" * 24)
    assert heard[-1].operation == "GET /v1/userproducts/{account_id}"


async def test_a_lost_answer_is_heard_of_by_its_name(
    observed: PaywayClient, stand_in: StandIn, heard: list[ObservedCall]
) -> None:
    stand_in.on(PLACE, httpx.ReadTimeout("no answer"))
    with pytest.raises(AnswerLost):
        await observed.klarna_payments.place_order(ORDER, identity())
    (call,) = heard
    assert (call.error, call.response) == ("AnswerLost", None)
    assert b"klarna-session-1" in call.request.content


async def test_an_observer_that_fails_is_logged_and_nothing_else(
    stand_in: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_: ObservedCall) -> None:
        raise LookupError

    client = PaywayClient(
        PaywayCredentials("http://payway.example", "the-client", "the-client-secret", "demo"),
        transport=httpx.MockTransport(stand_in.handle),
        observer=fails,
    )
    stand_in.on("GET /v1/titles", ok({"items": []}))
    assert await client.titles.all() == []
    assert "the observer of GET /v1/titles failed" in caplog.text
    assert "the-client-secret" not in caplog.text


def test_an_observed_call_shows_no_request(heard: list[ObservedCall]) -> None:
    call = ObservedCall(PLACE, "5.3", 1, NOW, 1.0, httpx.Request("POST", "http://secret.example"), None)
    assert "secret.example" not in repr(call)
