"""The sandbox's OpenID provider: discovery, keys, ID tokens, user info, and how they go wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError
from joserfc.jwk import KeySet

from klarna_shop.sandbox import Clock, Fault, Sandbox, SandboxSettings
from klarna_shop.sandbox.openid.codes import CodeRequest
from klarna_shop.sandbox.scopes import EMAIL, ME_WRITE, OFFLINE_ACCESS, OPENID, PROFILE, TOKEN_INFO
from tests.sandbox.conftest import Caller

HOME = "http://localhost:9000/auth/callback"
KARIN = "karin.oberg@demo.example"
CLIENT = ("sandbox-client", "sandbox-secret")
SCOPES = [OPENID, EMAIL, PROFILE, TOKEN_INFO, ME_WRITE, OFFLINE_ACCESS]
PUBLISHED = ("/.well-known/openid-configuration", "/openid/keys")


async def exchange(caller: Caller, scopes: list[str] = SCOPES, nonce: str | None = "n") -> httpx.Response:
    code = await caller.sandbox.issue_authorization_code(KARIN, CodeRequest(HOME, scopes, nonce))
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": HOME}
    return await caller.http.post("/openid/token", data=form, auth=CLIENT)


async def keys(caller: Caller) -> KeySet:
    return KeySet.import_key_set((await caller.http.get("/openid/keys")).json())


async def claims(caller: Caller, granted: httpx.Response) -> dict[str, Any]:
    token = granted.json()["id_token"]
    return jwt.decode(token, await keys(caller), algorithms=["RS256", "ES256"]).claims


async def test_discovery_leads_to_everything_else(caller: Caller) -> None:
    answer = await caller.http.get("/.well-known/openid-configuration")
    document = answer.json()
    assert document["issuer"] == caller.sandbox.settings.public_url
    for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"):
        assert document[name].startswith(f"{document['issuer']}/openid/")
    assert document["response_types_supported"] == ["code"]
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert {"openid", "/openid/offline_access", "/external/me/w"} <= set(document["scopes_supported"])


async def test_an_id_token_is_signed_and_says_whom_it_is_for(caller: Caller, clock: Clock) -> None:
    granted = await exchange(caller)
    said = await claims(caller, granted)
    now = int(clock.now().timestamp())
    assert (said["iss"], said["aud"], said["nonce"]) == (
        caller.sandbox.settings.public_url,
        "sandbox-client",
        "n",
    )
    assert (said["iat"], said["nbf"], said["exp"]) == (now, now, now + 300)
    assert (said["email"], said["given_name"]) == (KARIN, "Karin")
    headers = {"Authorization": f"Bearer {granted.json()['access_token']}"}
    me = (await caller.http.get("/external/api/v1/me", headers=headers)).json()["item"]
    assert said["sub"] == me["id"]


async def test_scopes_decide_what_is_told(caller: Caller) -> None:
    granted = await exchange(caller, [OPENID], nonce=None)
    assert claims_of_person(await claims(caller, granted)) == set()
    assert "refresh_token" not in granted.json(), "it was not asked for"
    headers = {"Authorization": f"Bearer {granted.json()['access_token']}"}
    assert (await caller.http.get("/openid/userinfo", headers=headers)).status_code == 403
    full = {"Authorization": f"Bearer {(await exchange(caller)).json()['access_token']}"}
    told = (await caller.http.get("/openid/userinfo", headers=full)).json()
    assert (told["email"], told["name"]) == (KARIN, "Karin Öberg")
    assert (await caller.http.get("/openid/userinfo")).status_code == 401


def claims_of_person(said: dict[str, Any]) -> set[str]:
    return {"email", "name", "given_name", "family_name", "preferred_username", "nonce"} & set(said)


async def test_refresh_tokens_come_with_offline_access_only(caller: Caller, clock: Clock) -> None:
    refresh = (await exchange(caller)).json()["refresh_token"]
    clock.move(timedelta(hours=3))
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    renewed = await caller.http.post("/openid/token", data=form, auth=CLIENT)
    headers = {"Authorization": f"Bearer {renewed.json()['access_token']}"}
    assert (await caller.http.get("/external/api/v1/me", headers=headers)).status_code == 200
    elsewhere = await caller.token(grant_type="refresh_token", refresh_token=refresh)
    assert (elsewhere.status_code, elsewhere.json()["error"]) == (400, "invalid_grant")
    caller.sandbox.readings = caller.sandbox.readings.changed({"grants_refresh_token": False})
    assert "refresh_token" not in (await exchange(caller)).json()
    document = (await caller.http.get("/.well-known/openid-configuration")).json()
    assert not [scope for scope in document["scopes_supported"] if "offline" in scope]


async def test_a_refresh_token_can_be_made_void(caller: Caller) -> None:
    refresh = (await exchange(caller)).json()["refresh_token"]
    await caller.sandbox.faults.add(Fault(kind="error", error="refresh_token_void"))
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    answer = await caller.http.post("/openid/token", data=form, auth=CLIENT)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_a_rotated_key_signs_and_the_old_one_is_published_no_more(caller: Caller) -> None:
    old = await exchange(caller)
    before = {key.kid for key in await keys(caller)}
    caller.sandbox.readings = caller.sandbox.readings.changed({"openid_signing_key": 2})
    assert before.isdisjoint({key.kid for key in await keys(caller)})
    await claims(caller, await exchange(caller))
    with pytest.raises((BadSignatureError, InvalidKeyIdError, ValueError)):
        await claims(caller, old)


async def test_private_keys_are_told_to_nobody(caller: Caller) -> None:
    await exchange(caller)
    for key in (await caller.http.get("/openid/keys")).json()["keys"]:
        assert {"d", "p", "q", "dp", "dq", "qi", "k"}.isdisjoint(key)


async def test_every_process_and_every_restart_signs_with_the_same_keys(tmp_path: Path, clock: Clock) -> None:
    seen = []
    for _ in range(2):
        sandbox = Sandbox(SandboxSettings(tmp_path / "sandbox.sqlite3"), clock)
        caller = Caller(sandbox)
        seen.append(sorted(str(key.kid) for key in await keys(caller)))
        await caller.http.aclose()
        await sandbox.close()
    assert seen[0] == seen[1]
    assert len(seen[0]) == 2


@pytest.mark.parametrize(
    ("form", "auth", "error"),
    [
        ({}, CLIENT, "invalid_request"),
        ({"grant_type": "none"}, CLIENT, "unsupported_grant_type"),
        ({"grant_type": "password"}, CLIENT, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, CLIENT, "invalid_grant"),
        ({"grant_type": "refresh_token"}, CLIENT, "invalid_grant"),
        ({"grant_type": "authorization_code"}, ("sandbox-client", "wrong"), "invalid_client"),
        ({"grant_type": "authorization_code"}, ("another", "sandbox-secret"), "invalid_client"),
        ({"grant_type": "authorization_code"}, None, "invalid_client"),
    ],
)
async def test_the_token_endpoint_refuses_in_oauths_words(
    caller: Caller, form: dict[str, str], auth: tuple[str, str] | None, error: str
) -> None:
    secret = httpx.BasicAuth(*auth) if auth else httpx.USE_CLIENT_DEFAULT
    answer = await caller.http.post("/openid/token", data=form or {"x": "y"}, auth=secret)
    assert answer.json()["error"] == error
    assert answer.status_code == (401 if error == "invalid_client" else 400)


@pytest.mark.parametrize("path", [*PUBLISHED, "/openid/token"])
async def test_each_address_can_be_made_to_fail(caller: Caller, path: str) -> None:
    await caller.sandbox.faults.add(Fault(kind="status", path=path, status=503, times=0))
    answer = await caller.http.request("POST" if path.endswith("token") else "GET", path)
    assert answer.status_code == 503


@pytest.fixture
async def browser(
    make_caller: Callable[..., Caller],
) -> AsyncIterator[httpx.AsyncClient]:
    sandbox = make_caller().sandbox
    transport = httpx.ASGITransport(sandbox.browser)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:9000") as client:
        yield client


async def test_beside_the_page_only_what_is_public_is_served(browser: httpx.AsyncClient) -> None:
    for path in PUBLISHED:
        assert (await browser.get(path)).status_code == 200
    assert (await browser.post("/openid/token", data={"grant_type": "none"})).status_code == 404
    assert (await browser.get("/openid/userinfo")).status_code == 404
