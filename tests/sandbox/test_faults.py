"""Faults in process: what each kind does to a call, and which calls it happens to."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

import klarna_shop.sandbox
from klarna_shop.sandbox import Clock, Fault, Readings, Sandbox, SandboxSettings
from klarna_shop.sandbox.faults import ERRORS, WIDGET, FaultError
from klarna_shop.sandbox.klarna_categories import ACCOUNTS
from tests.sandbox.conftest import NOW, Caller
from tests.seeded import seeded

TITLES = "/v1/titles"
ATTEMPT = "/v1/accounts/create_authentication_attempt"
ASTRID = "astrid.lundmark@demo.example"


@pytest.fixture
async def caller(clock: Clock) -> AsyncIterator[Caller]:
    """A caller whose line can be cut."""
    caller = Caller(seeded(Sandbox(SandboxSettings(public_url="http://shop.example"), clock), NOW))
    await _settled(caller)
    await caller.bearer(None)
    yield caller
    await caller.http.aclose()
    await caller.sandbox.close()


async def _settled(caller: Caller) -> None:
    """Close the line, which waits for the work of calls that were given up, and open another."""
    await caller.http.aclose()
    transport = caller.sandbox.transport()
    caller.http = httpx.AsyncClient(transport=transport, base_url="http://payway.example", timeout=5)


async def _begun(caller: Caller) -> None:
    """Return when the fault that was added has met its call."""
    for _ in range(10_000):
        if not await caller.sandbox.faults.list():
            return
    raise AssertionError("nobody called")


async def _failures(caller: Caller) -> int:
    """How many failed sign-ins have been reported: whether the work was done."""
    answer = await caller.get("/v1/accounts/get_authentication_attempts", email=ASTRID)
    return 5 - int(answer.json()["item"]["remaining_authentication_attempts"])


async def _report(caller: Caller) -> httpx.Response:
    return await caller.post(ATTEMPT, email=ASTRID, login_successful=False)


@pytest.mark.parametrize(("when", "done"), [("before", 0), ("after", 1)])
async def test_a_cut_connection_is_an_answer_that_breaks_off(caller: Caller, when: Any, done: int) -> None:
    await caller.sandbox.faults.add(Fault(kind="cut", when=when))
    with pytest.raises(httpx.RemoteProtocolError):
        await _report(caller)
    assert await _failures(caller) == done


@pytest.mark.parametrize(("when", "done"), [("before", 0), ("after", 1)])
async def test_silence_lasts_until_the_caller_gives_up(caller: Caller, when: Any, done: int) -> None:
    await caller.sandbox.faults.add(Fault(kind="silence", when=when))
    waiting = asyncio.create_task(_report(caller))
    await _begun(caller)
    for _ in range(200):
        await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await _settled(caller)
    assert await _failures(caller) == done


async def test_silence_ends_at_the_callers_own_timeout(caller: Caller) -> None:
    await caller.sandbox.faults.add(Fault(kind="silence", path=TITLES))
    caller.http.timeout = httpx.Timeout(0.02)
    with pytest.raises(httpx.ReadTimeout):
        await caller.get(TITLES)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize(("when", "done"), [("before", 0), ("after", 1)])
async def test_a_server_fault_has_its_status(caller: Caller, status: int, when: Any, done: int) -> None:
    await caller.sandbox.faults.add(Fault(kind="status", status=status, when=when))
    answer = await _report(caller)
    assert (answer.status_code, set(answer.json())) == (status, {"code", "message"})
    assert "retry-after" not in answer.headers
    assert await _failures(caller) == done


@pytest.mark.parametrize("kind", ["status", "rate_limited"])
async def test_a_pause_is_asked_for_in_seconds_or_by_date(caller: Caller, kind: Any) -> None:
    await caller.sandbox.faults.add(Fault(kind=kind, retry_after=90))
    await caller.sandbox.faults.add(Fault(kind=kind, retry_after=90, retry_after_form="date"))
    in_seconds, by_date = [await caller.get(TITLES) for _ in range(2)]
    assert in_seconds.status_code == (429 if kind == "rate_limited" else 500)
    assert in_seconds.headers["retry-after"] == "90"
    assert parsedate_to_datetime(by_date.headers["retry-after"]) == NOW + timedelta(seconds=90)


@pytest.mark.parametrize("status", [200, 500, 502])
async def test_a_page_comes_in_place_of_json(caller: Caller, status: int) -> None:
    await caller.sandbox.faults.add(Fault(kind="html", status=status))
    answer = await caller.get(TITLES)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text.startswith("<!doctype html>")


async def test_an_empty_body_and_half_a_body_are_whole_answers(caller: Caller) -> None:
    whole = (await caller.get(TITLES)).content
    await caller.sandbox.faults.add(Fault(kind="empty", when="after"))
    await caller.sandbox.faults.add(Fault(kind="truncated"))
    empty, half = await _report(caller), await caller.get(TITLES)
    assert (empty.status_code, empty.content) == (200, b"")
    assert await _failures(caller) == 1
    assert (half.status_code, half.content) == (200, whole[: len(whole) // 2])
    assert half.headers["content-length"] == str(len(half.content))


async def test_a_good_token_is_taken_for_a_stale_one(caller: Caller) -> None:
    caller.sandbox.readings = Readings(unauthorized_code="token_expired")
    await caller.sandbox.faults.add(Fault(kind="unauthorized"))
    answer = await caller.get(TITLES)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")
    assert (await caller.get(TITLES)).status_code == 200


async def test_latency_is_within_its_range_and_adds_to_another_fault(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    await caller.sandbox.faults.add(Fault(kind="latency", milliseconds=700))
    await caller.sandbox.faults.add(
        Fault(kind="latency", milliseconds=100, up_to_milliseconds=300, times=20, when="after")
    )
    await caller.sandbox.faults.add(Fault(kind="status", status=502))
    monkeypatch.setattr("klarna_shop.sandbox.injection.asyncio.sleep", sleep)
    answers = [await caller.get(TITLES) for _ in range(20)]
    monkeypatch.undo()
    assert [answer.status_code for answer in answers] == [502] + [200] * 19
    assert slept[0] == 0.7
    ranged = slept[1:]
    assert len(ranged) == 19  # what fails before the work has no pause after it
    assert all(0.1 <= seconds <= 0.3 for seconds in ranged)
    assert len(set(ranged)) > 10


async def test_a_fault_happens_to_the_next_calls_and_then_no_more(caller: Caller) -> None:
    planned = await caller.sandbox.faults.add(Fault(kind="status", times=3))
    assert [(await caller.get(TITLES)).status_code for _ in range(5)] == [500, 500, 500, 200, 200]
    assert await caller.sandbox.faults.list() == []
    assert planned.happened == 0


async def test_a_fault_without_end_stays_until_it_is_cleared(caller: Caller) -> None:
    await caller.sandbox.faults.add(Fault(kind="status", times=0))
    assert [(await caller.get(TITLES)).status_code for _ in range(4)] == [500] * 4
    assert [(entry.seen, entry.happened) for entry in await caller.sandbox.faults.list()] == [(4, 4)]
    assert await caller.sandbox.faults.clear() == 1
    assert (await caller.get(TITLES)).status_code == 200


async def test_a_share_of_calls_is_the_same_for_the_same_seed(caller: Caller) -> None:
    drawn = []
    for seed in (1, 1, 2):
        await caller.sandbox.faults.add(Fault(kind="status", times=0, percent=30, seed=seed))
        drawn.append([(await caller.get(TITLES)).status_code for _ in range(60)])
        await caller.sandbox.faults.clear()
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]
    assert 6 <= drawn[0].count(500) <= 30


@pytest.mark.parametrize(
    ("fault", "hits"),
    [
        ({"path": "/v1/titles"}, True),
        ({"path": "/external/api/v1/titles"}, True),
        ({"path": "*/titles"}, True),
        ({"path": "/v?/titles", "method": "GET"}, True),
        ({"path": "/v1/titles", "method": "POST"}, False),
        ({"path": "/v1/title"}, False),
        ({"path": "*/place_order"}, False),
        ({"path": "/api/authorization/*"}, False),
    ],
)
async def test_a_fault_is_for_the_calls_it_names(caller: Caller, fault: dict[str, Any], hits: bool) -> None:
    await caller.sandbox.faults.add(Fault(kind="status", **fault))
    assert (await caller.get(TITLES)).status_code == (500 if hits else 200)


async def test_the_token_endpoint_fails_like_any_call(caller: Caller) -> None:
    await caller.sandbox.faults.add(Fault(kind="cut", path="/api/authorization/access_token"))
    with pytest.raises(httpx.RemoteProtocolError):
        await caller.token(grant_type="none")
    assert (await caller.token(grant_type="none")).status_code == 200


async def test_the_sandboxs_own_pages_never_fail(caller: Caller) -> None:
    await caller.sandbox.faults.add(Fault(kind="status", times=0))
    transport = httpx.ASGITransport(app=caller.sandbox.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as browser:
        assert (await browser.get("/sandbox/klarna/sdk.js")).status_code == 200
        assert (await browser.get("/external/api/v1/titles")).status_code == 500


async def test_a_scope_key_keeps_a_fault_to_its_own_calls(caller: Caller) -> None:
    await caller.sandbox.faults.add(Fault(kind="status", scope="mine", times=2))
    assert (await caller.get(TITLES)).status_code == 200
    caller.http.headers["X-Sandbox-Scope"] = "yours"
    assert (await caller.get(TITLES)).status_code == 200
    caller.http.headers["X-Sandbox-Scope"] = "mine"
    assert (await caller.get(TITLES)).status_code == 500
    await caller.sandbox.faults.add(Fault(kind="status", scope="yours"))
    assert await caller.sandbox.faults.clear(scope="mine") == 1
    assert [entry.fault.scope for entry in await caller.sandbox.faults.list()] == ["yours"]


async def test_a_count_is_used_up_exactly_once_by_calls_at_the_same_time(
    tmp_path: Path, clock: Clock
) -> None:
    database = tmp_path / "sandbox.sqlite3"
    sandboxes = [Sandbox(SandboxSettings(database_path=database), clock) for _ in range(2)]
    callers = [Caller(sandbox) for sandbox in sandboxes]
    for caller in callers:
        await caller.bearer(None)
    await sandboxes[0].faults.add(Fault(kind="status", times=7))
    answers = await asyncio.gather(*(caller.get(TITLES) for caller in callers * 10))
    assert sorted(answer.status_code for answer in answers) == [200] * 13 + [500] * 7
    assert await sandboxes[1].faults.list() == []
    await callers[1].get(TITLES)
    assert not database.with_name("sandbox.sqlite3.faults").exists()
    for caller in callers:
        await caller.http.aclose()
        await caller.sandbox.close()


async def test_a_reset_forgets_what_was_to_happen(caller: Caller) -> None:
    await caller.sandbox.faults.add(Fault(kind="status", times=0))
    await caller.sandbox.reset()
    caller.forget_tokens()
    assert (await caller.get(TITLES)).status_code == 200


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"kind": "explosion"}, "kind"),
        ({"kind": "latency"}, "milliseconds"),
        ({"kind": "latency", "milliseconds": 300, "up_to_milliseconds": 200}, "up_to_milliseconds"),
        ({"kind": "cut", "milliseconds": 300}, "milliseconds"),
        ({"kind": "status", "status": 200}, "status"),
        ({"kind": "cut", "status": 500}, "status"),
        ({"kind": "html", "retry_after": 2}, "retry_after"),
        ({"kind": "error"}, "error"),
        ({"kind": "error", "error": "bad_luck"}, "error"),
        ({"kind": "cut", "error": "not_found"}, "error"),
        ({"kind": "error", "error": "not_found", "when": "after"}, "when"),
        ({"kind": "cut", "times": -1}, "times"),
        ({"kind": "cut", "percent": 0}, "percent"),
    ],
)
def test_a_fault_that_makes_no_sense_says_which_part(fault: dict[str, Any], field: str) -> None:
    with pytest.raises(FaultError) as raised:
        Fault(**fault)
    assert raised.value.field == field


_ORDER_ERRORS = {
    "ssn_already_taken": (400, "ssn_already_taken"),
    "ssn_already_set": (400, "ssn_already_set"),
    "account_update_error": (400, "account_update_error"),
    "delivery_address_error": (400, "delivery_address_error"),
    "session_void": (400, "invalid_parameter"),
    "session_expired": (400, "invalid_parameter"),
    "authorization_used": (400, "invalid_parameter"),
    "authorization_expired": (400, "invalid_parameter"),
    "payment_method_failed": (403, "payment_method_failed"),
    "not_found": (404, "not_found"),
    "conflict": (409, "conflict"),
    "forbidden": (403, "forbidden"),
}


@pytest.mark.parametrize("who", [None, "astrid.lundmark"])
@pytest.mark.parametrize("code", ["digital", "digital-trial"])
@pytest.mark.parametrize(
    "error", [name for name, places in ERRORS.items() if set(places) & {"order", "call"}]
)
async def test_an_order_is_refused_by_name_and_succeeds_afterwards(
    caller: Caller, error: str, code: str, who: str | None
) -> None:
    session = await caller.session(who, code)
    before = await caller.sandbox.books()
    await caller.sandbox.faults.add(Fault(kind="error", error=error, path="*/place_*"))
    trial = code == "digital-trial"
    refused = await caller.place(who, session, trial=trial)
    assert (refused.status_code, refused.json()["code"]) == _ORDER_ERRORS[error]
    after = await caller.sandbox.books()
    if error == "payment_method_failed":
        assert [order.state for order in after.orders[len(before.orders) :]] == ["failed"]
        assert [row.state for row in after.subscriptions[len(before.subscriptions) :]] == ["deactivated"]
        assert after.payments[-1].state == "failed"
    else:
        assert (after.orders, len(after.accounts)) == (
            after.orders[: len(before.orders)],
            len(before.accounts),
        )
    assert (await caller.place(who, session, trial=trial)).status_code == 200


async def test_a_refusal_by_name_is_spelled_as_the_readings_have_it(caller: Caller) -> None:
    caller.sandbox.readings = Readings(
        synchronisation_codes="flags", synchronisation_status=422, void_session_answer="conflict"
    )
    session = await caller.session(None)
    for error in ("ssn_already_taken", "session_expired"):
        await caller.sandbox.faults.add(Fault(kind="error", error=error))
    answers = [await caller.place(None, session) for _ in range(2)]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (422, "ssn_already_taken_error"),
        (409, "klarna_payments_session_void"),
    ]


@pytest.mark.parametrize("error", [name for name, places in ERRORS.items() if "eligibility" in places])
async def test_whoever_may_not_buy_is_told_so_by_every_endpoint_that_says_it(
    caller: Caller, error: str
) -> None:
    await caller.sandbox.faults.add(Fault(kind="error", error=error, times=3))
    own = await caller.get(
        "/v1/me/order/pre_validate_purchase", "astrid.lundmark", product_code="digital-intro"
    )
    by_email = await caller.get(
        "/v4/accounts/pre_validate_purchase", product_code="digital-intro", contact_email="ny@demo.example"
    )
    for answer in (own, by_email):
        item = answer.json()["item"]
        assert (item["can_purchase"], item["reason"]) == (False, error)
    period = {"code": "digital", "period_type": "recurring", "confirmation_url": "https://shop.example/"}
    session = await caller.post("/v2/klarna_payments/create_session", **period)
    assert (session.status_code, session.json()["code"]) == (400, error)


async def test_a_refusal_waits_for_the_call_that_can_have_it(caller: Caller) -> None:
    await caller.sandbox.faults.add(Fault(kind="error", error="ssn_already_set"))
    await caller.sandbox.faults.add(Fault(kind="error", error="wrong_password"))
    session = await caller.session(None)
    assert (await caller.token(grant_type="none")).status_code == 200
    assert (await caller.get(TITLES)).status_code == 200
    assert len(await caller.sandbox.faults.list()) == 2
    assert (await caller.place(None, session, browser_ip="nowhere")).json()["field"] == "browser_ip"
    assert (await caller.place(None, session)).json()["code"] == "ssn_already_set"
    assert (await caller.sign_in(ASTRID)).json()["error_description"] == "Username/password do not match"
    assert await caller.sandbox.faults.list() == []


async def test_the_token_endpoint_refuses_by_name(caller: Caller) -> None:
    refresh_token = (await caller.sign_in(ASTRID)).json()["refresh_token"]
    for error in ("account_frozen", "refresh_token_void"):
        await caller.sandbox.faults.add(Fault(kind="error", error=error))
    frozen = await caller.sign_in(ASTRID)
    assert (frozen.status_code, frozen.json()["error_description"]) == (400, "Account is frozen")
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    assert [(await caller.token(**form)).status_code for _ in range(2)] == [400, 200]


async def test_the_widget_of_the_next_session_does_what_was_ordered(caller: Caller) -> None:
    await caller.sandbox.faults.add(Fault(kind="klarna", klarna="refuse", scope="one"))
    period = {"code": "digital", "period_type": "recurring", "confirmation_url": "https://shop.example/"}

    async def scenario(**headers: str) -> str | None:
        caller.http.headers.update(headers)
        answer = await caller.post("/v2/klarna_payments/create_session", **period)
        claims = answer.json()["item"]["klarna_client_token"].split(".")[1]
        decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        found: str | None = decoded["x-demo"].get("scenario")
        return found

    assert await scenario() is None
    assert await scenario(**{"X-Sandbox-Scope": "one"}) == "refuse"
    assert await scenario() is None


def test_the_stub_knows_what_the_widget_can_be_told_to_do() -> None:
    script = (Path(klarna_shop.sandbox.__file__).parent / "browser" / "klarna_sdk.js").read_text()
    done_by_the_sandbox = set(ACCOUNTS)
    assert [name for name in WIDGET if name not in done_by_the_sandbox and f'"{name}"' not in script] == []


async def test_an_exception_in_the_app_is_a_500() -> None:
    async def broken(_scope: Any, _receive: Any, _send: Any) -> None:
        raise RuntimeError("broken")

    from klarna_shop.sandbox.transport import InProcessTransport

    async with httpx.AsyncClient(transport=InProcessTransport(broken), base_url="http://x.example") as http:
        assert (await http.get("/")).status_code == 500


async def test_a_caller_who_gives_up_does_not_stop_the_work(caller: Caller) -> None:
    await caller.sandbox.faults.add(Fault(kind="latency", milliseconds=20))
    waiting = asyncio.create_task(_report(caller))
    await _begun(caller)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await _settled(caller)
    assert await _failures(caller) == 1
