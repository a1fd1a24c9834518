"""Reads are repeated, within bounds; writes are sent once; a deadline holds for the whole call."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest
import stamina

from klarna_shop.payway import (
    AnswerLost,
    InvalidParameter,
    NotFound,
    NotSent,
    NotUnderstood,
    PaywayClient,
    PaywayError,
    RateLimited,
    ServerFault,
)
from klarna_shop.payway.answers import retry_after
from klarna_shop.payway.calls import ORDER_PATIENCE, may_repeat
from tests.loop_time import let_deadlines_pass
from tests.payway.stand_in import NOW, ORDER, Clock, StandIn, identity, make_client, ok, refused

FIND, REPORT = "GET /v1/titles/find_one", "POST /v1/accounts/create_authentication_attempt"
SECONDS = 10.0
TITLE = {"item": {"code": "DEMO"}}
PASSING = [
    httpx.ConnectError("refused"),
    httpx.ReadTimeout("slow"),
    httpx.RemoteProtocolError("cut off"),
    httpx.Response(500),
    httpx.Response(503),
    httpx.Response(429),
]


@pytest.mark.parametrize("fault", PASSING, ids=repr)
async def test_a_read_survives_two_passing_faults(
    fault: httpx.Response | Exception, client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on(FIND, fault, fault, ok(TITLE))
    assert (await client.titles.find_one("DEMO")).code == "DEMO"


@pytest.mark.parametrize("fault", PASSING, ids=repr)
async def test_a_read_gives_up_after_three_attempts(
    fault: httpx.Response | Exception, client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on(FIND, fault, fault, fault)
    with pytest.raises(PaywayError):
        await client.titles.find_one("DEMO")
    assert len(stand_in.requests) == 3


@pytest.mark.parametrize("fault", PASSING, ids=repr)
async def test_a_write_is_sent_once(
    fault: httpx.Response | Exception, client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on(REPORT, fault)
    with pytest.raises(PaywayError):
        await client.accounts.report_authentication_attempt("a@b.example", True, "Browser")
    assert len(stand_in.requests) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refused(404), NotFound),
        (refused(400), InvalidParameter),
        (httpx.Response(200, html="<p>"), NotUnderstood),
        (httpx.Response(302), NotUnderstood),
    ],
)
async def test_what_a_repetition_would_not_change_is_not_repeated(
    answer: httpx.Response, kind: type[PaywayError], client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on(FIND, answer)
    with pytest.raises(kind):
        await client.titles.find_one("DEMO")
    assert len(stand_in.requests) == 1


async def test_a_read_waits_as_long_as_payway_asks(
    client: PaywayClient, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def note(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", note)
    stand_in.on(FIND, httpx.Response(429, headers={"retry-after": "2"}), httpx.Response(500), ok(TITLE))
    with stamina.set_testing(False):
        await client.titles.find_one("DEMO")
    assert waited[0] == 2
    assert 0.1 <= waited[1] <= 0.5


async def test_a_long_wait_is_left_to_the_caller(client: PaywayClient, stand_in: StandIn) -> None:
    stand_in.on(FIND, httpx.Response(429, headers={"retry-after": "120"}))
    with pytest.raises(RateLimited) as raised:
        await client.titles.find_one("DEMO")
    assert (raised.value.retry_after, len(stand_in.requests)) == (timedelta(minutes=2), 1)


@pytest.mark.parametrize(
    ("error", "left", "answer"),
    [
        (NotSent("x"), 9.0, True),
        (AnswerLost("x"), 9.0, True),
        (ServerFault("x"), 9.0, True),
        (AnswerLost("x"), 0.0, False),
        (NotFound("x"), 9.0, False),
        (ValueError(), 9.0, False),
        (RateLimited("x", retry_after=timedelta()), 9.0, timedelta()),
        (ServerFault("x", retry_after=timedelta(seconds=5)), 9.0, timedelta(seconds=5)),
        (ServerFault("x", retry_after=timedelta(seconds=6)), 9.0, False),
        (RateLimited("x", retry_after=timedelta(seconds=3)), 2.0, False),
    ],
)
def test_a_repetition_fits_into_what_is_left(error: Exception, left: float, answer: object) -> None:
    assert may_repeat(error, left) == answer


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("0", timedelta()),
        ("17", timedelta(seconds=17)),
        ("9" * 5000, timedelta(days=1)),
        ("Tue, 10 Mar 2026 09:30:30 GMT", timedelta(seconds=30)),
        ("Tue, 10 Mar 2026 09:00:00 GMT", timedelta()),
        ("Tue, 10 Mar 2026 09:30:30 -0000", None),
        ("²", None),
        ("-3", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, wait: timedelta | None) -> None:
    assert retry_after(value, NOW) == wait


async def test_a_silent_payway_is_given_up_at_the_deadline(clock: Clock) -> None:
    silent = StandIn()
    silent.handle = _silence  # type: ignore[assignment, method-assign]
    async with make_client(silent, clock, timeout=SECONDS) as client:
        with pytest.raises(AnswerLost):
            await client.titles.find_one("DEMO")
        with pytest.raises(AnswerLost) as lost:
            await client.klarna_payments.place_order(ORDER, identity())
        with pytest.raises(NotSent):
            await client.klarna_payments.place_order(ORDER, identity(seconds=0))
    assert lost.value.outcome_unknown


async def test_waiting_uses_the_deadline_up_and_leaves_none_for_repetitions(
    stand_in: StandIn, clock: Clock
) -> None:
    answer = stand_in.handle

    async def silent_after_the_token(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            stand_in.requests.append(request)
            return await _silence(request)
        return await answer(request)

    stand_in.handle = silent_after_the_token  # type: ignore[method-assign]
    async with make_client(stand_in, clock, timeout=SECONDS) as client:
        with pytest.raises(AnswerLost):
            await client.titles.find_one("DEMO")
    assert len(stand_in.requests) == 1


async def _silence(_request: httpx.Request) -> httpx.Response:
    let_deadlines_pass(ORDER_PATIENCE * SECONDS)
    await asyncio.Event().wait()
    raise AssertionError("nobody speaks")
