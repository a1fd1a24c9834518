"""A sandbox in memory whose clock stands still, and a caller that speaks HTTP to it."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from klarna_shop.sandbox import Clock, Readings, Sandbox, SandboxSettings
from klarna_shop.sandbox.scopes import HELD_SCOPES
from tests.sandbox.declared import assert_declared
from tests.seeded import seeded

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
BROWSER = {
    "browser_ip": "192.0.2.7",
    "browser_language": "sv-SE",
    "browser_user_agent": "Mozilla/5.0",
    "merchant_reference": "purchase-1",
    "traffic_source": "newsletter",
}


class Caller:
    """What a shop does with Payway, in as few words as the tests need.

    Every answer it gets is held against what the sandbox declares of it.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=sandbox.app),
            base_url="http://payway.example",
            event_hooks={"response": [self._hold_against_declaration]},
        )
        self._tokens: dict[str | None, str] = {}

    async def _hold_against_declaration(self, response: httpx.Response) -> None:
        await response.aread()
        assert_declared(response, self.sandbox.readings)

    async def token(self, **form: str) -> httpx.Response:
        """Ask the token endpoint, with the right client unless the form says otherwise."""
        client = {"client_id": "sandbox-client", "client_secret": "sandbox-secret"}
        return await self.http.post(
            "/api/authorization/access_token", data=client | {"scope": " ".join(HELD_SCOPES)} | form
        )

    async def sign_in(self, email: str, password: str = "demo1234") -> httpx.Response:
        return await self.token(grant_type="password", username=f"demo^{email}", password=password)

    async def bearer(self, email: str | None) -> dict[str, str]:
        """Headers for a customer's token, or for one without identity."""
        key = email and f"{email}@demo.example"
        if key not in self._tokens:
            answer = await (self.sign_in(key) if key else self.token(grant_type="none"))
            assert answer.status_code == 200, answer.text
            self._tokens[key] = answer.json()["access_token"]
        return {"Authorization": f"Bearer {self._tokens[key]}"}

    def forget_tokens(self) -> None:
        """Sign in anew from here on, as after their hour has passed."""
        self._tokens.clear()

    async def get(self, path: str, who: str | None = None, **query: Any) -> httpx.Response:
        return await self.http.get(
            f"/external/api{path}",
            headers=await self.bearer(who),
            params={k: str(v) for k, v in query.items()},
        )

    async def send(self, method: str, path: str, who: str | None = None, **body: Any) -> httpx.Response:
        headers = await self.bearer(who)
        return await self.http.request(method, f"/external/api{path}", headers=headers, json=body)

    async def post(self, path: str, who: str | None = None, **body: Any) -> httpx.Response:
        return await self.send("POST", path, who, **body)

    async def period(self, code: str, unit: str = "month") -> str:
        """Id of the enabled Klarna period of a code."""
        answer = await self.get("/v1/klarna_payments/payment_periods", code=code)
        found = [p["id"] for p in answer.json()["items"] if p["enabled"] and p["iteration_type"] == unit]
        return str(found[0])

    async def session(self, who: str | None, code: str = "digital", unit: str = "month", **body: Any) -> str:
        """A Klarna session for an offer: v1 for a customer, v2 for nobody."""
        version = "v1" if who else "v2"
        answer = await self.post(
            f"/{version}/klarna_payments/create_session",
            who,
            **{
                "code": code,
                "period_type": "limited" if code == "digital-30" else "recurring",
                "period_id": await self.period(code, "day" if code == "digital-30" else unit),
                "confirmation_url": "https://shop.example/confirmation?purchase=1",
            }
            | body,
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["item"]["klarna_payments_session_id"])

    async def place(
        self,
        who: str | None,
        session: str,
        *,
        email: str = "ny.lasare@demo.example",
        trial: bool = False,
        **body: Any,
    ) -> httpx.Response:
        """Place the order on a session, with a fresh authorization unless one is given."""
        action = "place_trial_order" if trial else "place_order"
        order = {
            "klarna_payments_session_id": session,
            "klarna_authorization_token": str(uuid.uuid4()),
            **BROWSER,
            **body,
        }
        if who is None:
            order.setdefault("customer_info", {"email": email, "first_name": "Ny", "last_name": "Läsare"})
        return await self.post(f"/{'v1' if who else 'v2'}/klarna_payments/{action}", who, **order)

    async def buy(self, who: str | None, code: str = "digital", **options: Any) -> httpx.Response:
        """Session and order in one."""
        trial = code == "digital-trial"
        return await self.place(who, await self.session(who, code), trial=trial, **options)

    async def active(self, who: str) -> list[str]:
        """Codes the customer may use."""
        answer = await self.get("/v1/me/active_products", who)
        return list(answer.json()["item"]["active_products"])


MakeCaller = Callable[..., Caller]


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.stop(NOW)
    return clock


@pytest.fixture
async def make_caller(clock: Clock) -> AsyncIterator[MakeCaller]:
    """Callers of sandboxes made to wish; all are closed at the end."""
    callers: list[Caller] = []

    def make(*, database: Path | None = None, readings: Readings | None = None) -> Caller:
        settings = SandboxSettings(database_path=database, public_url="http://shop.example")
        sandbox = Sandbox(settings, clock, readings)
        if database is None:
            seeded(sandbox, clock.now())
        caller = Caller(sandbox)
        callers.append(caller)
        return caller

    yield make
    for caller in callers:
        await caller.http.aclose()
        await caller.sandbox.close()


@pytest.fixture
def caller(make_caller: MakeCaller) -> Caller:
    return make_caller()
