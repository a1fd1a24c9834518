"""Sign-in by OpenID Connect: discovery, the address for the browser, and what an ID token must prove."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from klarna_shop.payway import (
    AccessDenied,
    AnswerLost,
    ClocksDisagree,
    Identity,
    IdentityExpired,
    IdentityTokens,
    IdTokenRefused,
    NotUnderstood,
    OpenId,
    PaywayClient,
    PaywayError,
    ProviderUnusable,
    ServerFault,
    SignInSecrets,
    WrongCredentials,
)
from klarna_shop.payway.openid.provider import LARGEST_DOCUMENT
from tests.payway.openid_provider import (
    ACCESS_TOKEN,
    CLIENT_ID,
    DISCOVERY,
    HOME,
    ISSUER,
    SECRETS,
    Provider,
    client_of,
    elliptic,
    half_hash,
    rsa,
)
from tests.payway.stand_in import SECRET, Clock


@pytest.fixture
def provider(clock: Clock) -> Provider:
    return Provider(clock)


@pytest.fixture
async def payway(provider: Provider) -> AsyncIterator[PaywayClient]:
    async with client_of(provider) as client:
        yield client


@pytest.fixture
def openid(payway: PaywayClient) -> OpenId:
    assert payway.openid is not None
    return payway.openid


async def exchange(openid: OpenId) -> IdentityTokens:
    return await openid.exchange("the-code", HOME, SECRETS)


# ---- out ----


async def test_the_browser_is_sent_out_with_all_that_openid_connect_wants(openid: OpenId) -> None:
    address = await openid.authorize_address(HOME, "the-state", SECRETS)
    assert address.startswith(f"{ISSUER}/authorize?")
    query = dict(parse_qsl(urlsplit(address).query))
    challenge = query.pop("code_challenge")
    assert query == {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": HOME,
        "scope": "openid /external/klarna_payments/w /external/me/w /external/me/r /external/me/order/w "
        "/openid/offline_access",
        "state": "the-state",
        "nonce": SECRETS.nonce,
        "code_challenge_method": "S256",
    }
    # RFC 7636, appendix B: the challenge of a known verifier.
    known = SignInSecrets("n", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    example = await openid.authorize_address(HOME, "s", known)
    assert "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&" in f"{example}&"
    assert SECRETS.verifier not in address
    assert challenge != SECRETS.verifier


async def test_an_authorization_endpoint_with_a_query_keeps_it(openid: OpenId, provider: Provider) -> None:
    provider.metadata["authorization_endpoint"] = f"{ISSUER}/authorize?tenant=demo"
    query = dict(parse_qsl(urlsplit(await openid.authorize_address(HOME, "s", SECRETS)).query))
    assert (query["tenant"], query["client_id"]) == ("demo", CLIENT_ID)


@pytest.mark.parametrize(
    ("scopes", "offline", "wanted"),
    [
        (None, True, "/openid/offline_access"),
        (["openid", "offline_access"], True, "offline_access"),
        (["openid", "/openid/offline_access"], True, "/openid/offline_access"),
        (["openid"], True, "/openid/offline_access"),
        (["openid", "offline_access"], False, None),
    ],
)
async def test_refresh_tokens_are_asked_for_by_the_name_that_discovery_lists(
    openid: OpenId, provider: Provider, scopes: list[str] | None, offline: bool, wanted: str | None
) -> None:
    if scopes is not None:
        provider.metadata["scopes_supported"] = scopes
    address = await openid.authorize_address(HOME, "s", SECRETS, offline=offline)
    scope = dict(parse_qsl(urlsplit(address).query))["scope"].split()
    assert [name for name in scope if "offline" in name] == ([wanted] if wanted else [])


def test_secrets_are_new_each_time_and_long_enough() -> None:
    first, second = SignInSecrets.new(), SignInSecrets.new()
    assert first.nonce != second.nonce
    assert first.verifier != second.verifier
    assert 43 <= len(first.verifier) <= 128
    assert first.verifier not in repr(first)
    assert first.nonce not in repr(first)


# ---- discovery ----


def _without(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda document: document.pop(name)


def _with(**values: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda document: document.update(values)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_with(issuer="https://evil.example"), "other_issuer"),
        (_with(issuer=f"{ISSUER}/tenant"), "other_issuer"),
        (_with(issuer=ISSUER.upper()), "other_issuer"),
        (_with(issuer=ISSUER.replace("https", "http")), "other_issuer"),
        (_with(issuer=["https://sso.example"]), "no_issuer"),
        (_without("issuer"), "no_issuer"),
        (_without("authorization_endpoint"), "no_authorization_endpoint"),
        (_without("token_endpoint"), "no_token_endpoint"),
        (_without("jwks_uri"), "no_jwks_uri"),
        (_with(token_endpoint=7), "no_token_endpoint"),
        (_with(token_endpoint=""), "no_token_endpoint"),
        (_with(authorization_endpoint="/authorize"), "wrong_authorization_endpoint"),
        (_with(authorization_endpoint="javascript:alert(1)"), "wrong_authorization_endpoint"),
        (_with(authorization_endpoint="http://sso.example/authorize"), "wrong_authorization_endpoint"),
        (_with(authorization_endpoint="https://a@sso.example/"), "wrong_authorization_endpoint"),
        (_with(authorization_endpoint="https://sso.example/#x"), "wrong_authorization_endpoint"),
        (_with(authorization_endpoint="https://sso.example:99999/"), "wrong_authorization_endpoint"),
        (_with(authorization_endpoint="https://sso.example/\r\nX: y"), "wrong_authorization_endpoint"),
        (_with(authorization_endpoint="https:\\\\evil.example"), "wrong_authorization_endpoint"),
        (_with(jwks_uri="http://keys.example/jwks"), "wrong_jwks_uri"),
        (_with(response_types_supported=["id_token"]), "no_code_flow"),
        (_with(id_token_signing_alg_values_supported=["HS256", "none"]), "no_signature"),
    ],
)
async def test_a_discovery_document_that_cannot_be_used_is_refused(
    openid: OpenId, provider: Provider, change: Callable[[dict[str, Any]], Any], reason: str
) -> None:
    change(provider.metadata)
    with pytest.raises(ProviderUnusable) as refusal:
        await openid.authorize_address(HOME, "s", SECRETS)
    assert refusal.value.code == reason


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (httpx.Response(404, json={}), "refused"),
        (httpx.Response(500, text="no"), "refused"),
        (httpx.Response(302, headers={"Location": "https://evil.example/"}), "refused"),
        (httpx.Response(200, html="<!doctype html><h1>Welcome</h1>"), "not_understood"),
        (httpx.Response(200, text=""), "no_object"),
        (httpx.Response(200, json=[]), "no_object"),
        (httpx.Response(200, json=None), "no_object"),
        (httpx.Response(200, text='{"issuer": "https'), "not_understood"),
        (httpx.Response(200, text="[" * 100_000), "not_understood"),
        (httpx.Response(200, content=b" " * (LARGEST_DOCUMENT + 1)), "not_understood"),
        (httpx.Response(200, content=b"\xff\xfe\x00"), "not_understood"),
        (httpx.ConnectError("refused"), "not_sent"),
        (httpx.ReadTimeout("silence"), "answer_lost"),
    ],
)
async def test_discovery_that_is_down_or_answers_nonsense_is_told_in_a_word(
    openid: OpenId, provider: Provider, answer: httpx.Response | Exception, reason: str
) -> None:
    provider.answers["discovery"] = [answer]
    with pytest.raises(ProviderUnusable) as refusal:
        await openid.metadata()
    assert refusal.value.code == reason


async def test_an_endless_answer_is_not_read_to_its_end(clock: Clock) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            yield b" " * 65_536

    provider = Provider(clock)
    provider.answers["discovery"] = [httpx.Response(200, content=endless())]
    async with client_of(provider) as client:
        assert client.openid is not None
        with pytest.raises(ProviderUnusable):
            await client.openid.metadata()
    assert sent <= LARGEST_DOCUMENT + 2 * 65_536


async def test_an_issuer_may_end_with_a_slash_and_be_set(clock: Clock, provider: Provider) -> None:
    provider.metadata["issuer"] = provider.claims["iss"] = f"{ISSUER}/"
    async with client_of(provider) as client:
        assert client.openid is not None
        await exchange(client.openid)
    provider.metadata["issuer"] = provider.claims["iss"] = "https://login.example"
    async with client_of(provider, issuer="https://login.example") as client:
        assert client.openid is not None
        await exchange(client.openid)
    async with client_of(provider) as client:
        assert client.openid is not None
        with pytest.raises(ProviderUnusable, match="other_issuer"):
            await client.openid.metadata()


async def test_a_provider_over_plain_http_may_name_plain_addresses_only_where_it_is_set_so(
    clock: Clock,
) -> None:
    provider = Provider(clock)
    provider.metadata |= {
        "issuer": "http://localhost:9000",
        "token_endpoint": "http://localhost:9000/token",
    }
    async with client_of(provider, issuer="http://localhost:9000") as client:
        assert client.openid is not None
        assert (await client.openid.metadata()).token_endpoint == "http://localhost:9000/token"


async def test_discovery_and_keys_are_asked_once_an_hour(
    openid: OpenId, provider: Provider, clock: Clock
) -> None:
    for _ in range(3):
        await exchange(openid)
        clock.move(minutes=10)
    assert (provider.asked["discovery"], provider.asked["keys"]) == (1, 1)
    clock.move(minutes=31)
    await exchange(openid)
    assert (provider.asked["discovery"], provider.asked["keys"]) == (2, 2)


async def test_an_old_document_serves_for_a_day_when_no_newer_one_can_be_had(
    openid: OpenId, provider: Provider, clock: Clock
) -> None:
    await exchange(openid)
    clock.move(hours=20)
    provider.answers = {name: [httpx.ConnectError("down")] * 9 for name in ("discovery", "keys")}
    await exchange(openid)
    await exchange(openid)
    assert provider.asked["discovery"] == 2, "not asked again at once"
    clock.move(hours=5)
    with pytest.raises(ProviderUnusable):
        await exchange(openid)


async def test_a_provider_that_is_down_is_not_asked_by_everybody(
    openid: OpenId, provider: Provider, clock: Clock
) -> None:
    provider.answers["discovery"] = [httpx.ConnectError("down")]
    for _ in range(5):
        with pytest.raises(ProviderUnusable):
            await openid.metadata()
    assert provider.asked["discovery"] == 1
    clock.move(seconds=6)
    assert (await openid.metadata()).issuer == ISSUER


# ---- back ----


async def test_a_code_is_exchanged_with_the_verifier(openid: OpenId, provider: Provider) -> None:
    tokens = await exchange(openid)
    assert (tokens.access_token, tokens.refresh_token, tokens.via_openid) == (ACCESS_TOKEN, "refresh-1", True)
    request = next(one for one in provider.requests if one.method == "POST")
    assert str(request.url) == "https://tokens.example/token"
    assert dict(parse_qsl(request.content.decode())) == {
        "grant_type": "authorization_code",
        "code": "the-code",
        "redirect_uri": HOME,
        "code_verifier": SECRETS.verifier,
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
    }


@pytest.mark.parametrize("methods", [["client_secret_basic"], None])
async def test_the_secret_goes_into_the_header_where_discovery_wants_it_there(
    openid: OpenId, provider: Provider, methods: list[str] | None
) -> None:
    provider.metadata["token_endpoint_auth_methods_supported"] = methods
    await exchange(openid)
    request = next(one for one in provider.requests if one.method == "POST")
    expected = base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
    assert request.headers["authorization"] == f"Basic {expected}"
    assert b"secret" not in request.content


MINUTE = 60
GOOD: dict[str, Callable[[Provider], Any]] = {
    "as it should be": lambda _: None,
    "audience as a list": lambda p: p.claims.update(aud=[CLIENT_ID]),
    "several audiences with azp": lambda p: p.claims.update(aud=[CLIENT_ID, "other"], azp=CLIENT_ID),
    "azp beside one audience": lambda p: p.claims.update(azp=CLIENT_ID),
    "access token's hash": lambda p: p.claims.update(at_hash=half_hash(ACCESS_TOKEN)),
    "elliptic curve": lambda p: vars(p).update(
        signs=elliptic("curve"), algorithm="ES256", publishes=[elliptic("curve")]
    ),
    "PSS": lambda p: vars(p).update(algorithm="PS256"),
    "no kid, one key": lambda p: p.header.update(kid=None),
    "no kid, one key of its kind": lambda p: vars(p).update(
        header={"kid": None}, publishes=[rsa("first"), elliptic("curve")]
    ),
    "kid among several": lambda p: p.publishes.insert(0, rsa("second")),
    "a key of a kind not known": lambda p: p.publishes.insert(0, {"kty": "AKP", "kid": "x", "pub": "AA"}),
    "a broken key": lambda p: p.publishes.insert(0, {"kty": "RSA", "kid": "x", "n": "!!", "e": "AQAB"}),
    "clock a minute ahead": lambda p: p.claims.update(iat=p.now(MINUTE), nbf=p.now(MINUTE), exp=p.now(360)),
    "clock a minute behind": lambda p: p.claims.update(iat=p.now(-MINUTE), nbf=p.now(-MINUTE)),
    "expired a minute ago": lambda p: p.claims.update(iat=p.now(-MINUTE), exp=p.now(-MINUTE)),
    "times with fractions": lambda p: p.claims.update(iat=p.now() + 0.5, exp=p.now(300) + 0.5),
    "claims nobody asked for": lambda p: p.claims.update(email="x@y.example", extra={"a": [1]}),
}


@pytest.mark.parametrize("case", GOOD)
async def test_an_id_token_that_proves_the_sign_in_is_taken(
    openid: OpenId, provider: Provider, case: str
) -> None:
    GOOD[case](provider)
    assert (await exchange(openid)).access_token == ACCESS_TOKEN


def _tampered(provider: Provider) -> None:
    header, payload, signature = provider.jwt().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["sub"] = "somebody-else"
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    provider.id_token = f"{header}.{forged}.{signature}"


def _unsigned(provider: Provider, algorithm: str = "none") -> None:
    _, payload, _ = provider.jwt().split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "kid": "first"}).encode())
    provider.id_token = f"{header.rstrip(b'=').decode()}.{payload}."


def _with_shared_secret(provider: Provider, secret: bytes) -> None:
    """Sign with HS256, by hand: the library refuses to use a public key so."""
    _, payload, _ = provider.jwt().split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": "first"}).encode())
    signed = f"{header.rstrip(b'=').decode()}.{payload}"
    digest = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    provider.id_token = f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def _confused(provider: Provider) -> None:
    """Sign with the published key as if it were a shared secret."""
    _with_shared_secret(provider, rsa("first").as_pem(private=False))


def _published_secret(provider: Provider) -> None:
    provider.publishes.append({"kty": "oct", "kid": "first", "k": "YXNlY3JldA"})
    _with_shared_secret(provider, b"asecret")


def _other_key(provider: Provider) -> None:
    """A key of the right name that the provider has never published."""
    provider.signs, provider.header = rsa("stranger"), {"kid": "first"}


BAD: dict[str, tuple[Callable[[Provider], Any], str]] = {
    "another issuer": (lambda p: p.claims.update(iss="https://evil.example"), "issuer"),
    "no issuer": (lambda p: p.claims.update(iss=...), "issuer"),
    "issuer with a slash": (lambda p: p.claims.update(iss=f"{ISSUER}/"), "issuer"),
    "issuer not a text": (lambda p: p.claims.update(iss=[ISSUER]), "issuer"),
    "another audience": (lambda p: p.claims.update(aud="another-client"), "audience"),
    "no audience": (lambda p: p.claims.update(aud=...), "audience"),
    "an empty audience": (lambda p: p.claims.update(aud=[]), "audience"),
    "audience not a text": (lambda p: p.claims.update(aud={"a": 1}), "audience"),
    "several audiences without azp": (lambda p: p.claims.update(aud=[CLIENT_ID, "b"]), "authorized_party"),
    "another azp": (lambda p: p.claims.update(azp="another-client"), "authorized_party"),
    "another nonce": (lambda p: p.claims.update(nonce="another"), "nonce"),
    "no nonce": (lambda p: p.claims.update(nonce=...), "nonce"),
    "nonce not a text": (lambda p: p.claims.update(nonce=[SECRETS.nonce]), "nonce"),
    "no subject": (lambda p: p.claims.update(sub=...), "subject"),
    "another access token's hash": (lambda p: p.claims.update(at_hash=half_hash("b")), "access_token_hash"),
    "no expiry": (lambda p: p.claims.update(exp=...), "expiry"),
    "expiry not a number": (lambda p: p.claims.update(exp="tomorrow"), "expiry"),
    "no time of issue": (lambda p: p.claims.update(iat=...), "issued_at"),
    "no signature": (_unsigned, "algorithm"),
    "no signature, in capitals": (lambda p: _unsigned(p, "None"), "algorithm"),
    "public key as shared secret": (_confused, "algorithm"),
    "a shared secret": (_published_secret, "algorithm"),
    "the client's secret": (lambda p: _with_shared_secret(p, SECRET.encode()), "algorithm"),
    "changed on the way": (_tampered, "signature"),
    "another key of the same name": (_other_key, "signature"),
    "signature cut off": (lambda p: vars(p).update(id_token=p.jwt().rpartition(".")[0] + "."), "signature"),
    "no token at all": (lambda p: vars(p).update(id_token="nonsense"), "malformed"),
    "two parts": (lambda p: vars(p).update(id_token="a.b"), "malformed"),
    "not in base64": (lambda p: vars(p).update(id_token="ä.ö.å"), "malformed"),
    "huge": (lambda p: p.claims.update(extra="x" * 20_000), "malformed"),
    "kid of no key": (lambda p: p.header.update(kid="unheard-of"), "unknown_key"),
    "kid missing, two keys": (
        lambda p: vars(p).update(header={"kid": None}, publishes=[rsa("first"), rsa("second")]),
        "unknown_key",
    ),
    "key for encryption": (
        lambda p: vars(p).update(
            publishes=[{**rsa("first").as_dict(private=False), "use": "enc"}, rsa("second")]
        ),
        "unknown_key",
    ),
    "key for another algorithm": (
        lambda p: vars(p).update(
            publishes=[{**rsa("first").as_dict(private=False), "alg": "PS256"}, rsa("second")]
        ),
        "unknown_key",
    ),
}


@pytest.mark.parametrize("case", BAD)
async def test_an_id_token_that_does_not_prove_the_sign_in_is_refused(
    openid: OpenId, provider: Provider, case: str
) -> None:
    break_it, reason = BAD[case]
    break_it(provider)
    with pytest.raises(IdTokenRefused) as refusal:
        await exchange(openid)
    assert not isinstance(refusal.value, ClocksDisagree)
    assert refusal.value.code == reason


@pytest.mark.parametrize(
    ("claims", "seconds"),
    [
        ({"iat": 61}, 61),
        ({"iat": 120}, 120),
        ({"iat": -61}, -61),
        ({"iat": -120}, -120),
        ({"nbf": 61}, 61),
        ({"nbf": 120}, 120),
        ({"exp": -61, "iat": -30}, -61),
        ({"exp": -120, "iat": -30}, -120),
    ],
)
async def test_a_clock_that_is_off_by_more_than_a_minute_is_told_as_such(
    openid: OpenId, provider: Provider, claims: dict[str, int], seconds: int
) -> None:
    provider.claims = {name: provider.now(offset) for name, offset in claims.items()}
    with pytest.raises(ClocksDisagree) as refusal:
        await exchange(openid)
    assert refusal.value.seconds == seconds


async def test_a_short_key_is_not_believed(openid: OpenId, provider: Provider) -> None:
    provider.signs, provider.publishes = rsa("short", 1024), [rsa("short", 1024)]
    with pytest.raises(ProviderUnusable, match="no_keys"):
        await exchange(openid)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404),
        httpx.Response(200, json={"keys": []}),
        httpx.Response(200, json={"keys": "all of them"}),
        httpx.Response(200, json={"keys": [None, 7, {}, {"kty": "RSA"}]}),
        httpx.Response(200, json={"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]}),
        httpx.Response(200, json={"keys": [{}] * 1_000}),
        httpx.Response(200, html="<h1>keys</h1>"),
        httpx.ConnectError("down"),
    ],
)
async def test_keys_that_cannot_be_had_are_told_as_such(
    openid: OpenId, provider: Provider, answer: httpx.Response | Exception
) -> None:
    provider.answers["keys"] = [answer]
    with pytest.raises(ProviderUnusable):
        await exchange(openid)


async def test_keys_that_were_rotated_are_fetched_again_once(openid: OpenId, provider: Provider) -> None:
    await exchange(openid)
    provider.signs, provider.publishes = rsa("second"), [rsa("second")]
    assert (await exchange(openid)).access_token == ACCESS_TOKEN
    assert provider.asked["keys"] == 2
    await exchange(openid)
    assert provider.asked["keys"] == 2


async def test_unknown_keys_do_not_make_the_shop_ask_without_end(
    openid: OpenId, provider: Provider, clock: Clock
) -> None:
    provider.header = {"kid": "unheard-of"}
    for _ in range(5):
        with pytest.raises(IdTokenRefused, match="unknown_key"):
            await exchange(openid)
    assert provider.asked["keys"] == 2
    clock.move(seconds=31)
    with pytest.raises(IdTokenRefused, match="unknown_key"):
        await exchange(openid)
    assert provider.asked["keys"] == 3


async def test_an_answer_without_an_id_token_proves_nothing(openid: OpenId, provider: Provider) -> None:
    answer = {name: value for name, value in provider.token_answer().items() if name != "id_token"}
    provider.answers["token"] = [httpx.Response(200, json=answer)]
    with pytest.raises(IdTokenRefused, match="missing"):
        await exchange(openid)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(400, json={"error": "invalid_grant"}), WrongCredentials),
        (httpx.Response(401, json={"error": "invalid_client"}), AccessDenied),
        (httpx.Response(400, json={"error": "unauthorized_client"}), AccessDenied),
        (httpx.Response(400, json={"error": "invalid_scope"}), AccessDenied),
        (httpx.Response(400, json={"error": 7}), AccessDenied),
        (httpx.Response(500, text="no"), ServerFault),
        (httpx.Response(200, html="<h1>maintenance</h1>"), NotUnderstood),
        (httpx.Response(200, json={"id_token": "x"}), NotUnderstood),
        (httpx.Response(200, json=[]), NotUnderstood),
        (httpx.Response(200, content=b"{" + b" " * (LARGEST_DOCUMENT + 1)), NotUnderstood),
        (httpx.ReadTimeout("silence"), AnswerLost),
    ],
)
async def test_what_the_token_endpoint_refuses_is_told_apart(
    openid: OpenId, provider: Provider, answer: httpx.Response | Exception, kind: type[PaywayError]
) -> None:
    provider.answers["token"] = [answer]
    with pytest.raises(kind) as refusal:
        await exchange(openid)
    for secret in ("the-code", SECRETS.verifier, SECRETS.nonce, SECRET, ACCESS_TOKEN):
        assert secret not in str(refusal.value)


@pytest.mark.parametrize(
    ("announced", "named", "taken"),
    [
        (None, None, True),
        (None, ISSUER, True),
        (None, "https://evil.example", False),
        (True, ISSUER, True),
        (True, None, False),
        (True, f"{ISSUER}/", False),
        (True, "ö", False),
        ("yes", None, True),
    ],
)
async def test_an_answer_of_another_provider_is_not_believed(
    openid: OpenId, provider: Provider, announced: Any, named: str | None, taken: bool
) -> None:
    provider.metadata["authorization_response_iss_parameter_supported"] = announced
    if taken:
        await openid.check_issuer(named)
        return
    with pytest.raises(IdTokenRefused, match="mix_up"):
        await openid.check_issuer(named)


# ---- afterwards ----


async def test_tokens_of_the_provider_are_renewed_there(
    payway: PaywayClient, openid: OpenId, provider: Provider, clock: Clock
) -> None:
    kept: list[IdentityTokens] = []

    async def keep(tokens: IdentityTokens) -> None:
        kept.append(tokens)

    identity = Identity(await exchange(openid), keep)
    clock.move(minutes=59, seconds=30)
    provider.answers["https://api.example/external/api/v1/me"] = [
        httpx.Response(200, json={"item": {"id": "a" * 24, "email": "a@b.example"}})
    ]
    provider.answers["token"] = [httpx.Response(200, json={"access_token": "access-2", "expires_in": 60})]
    await payway.me.account(identity)
    assert kept == [identity.tokens]
    assert (identity.tokens.access_token, identity.tokens.refresh_token) == ("access-2", "refresh-1")
    assert identity.tokens.via_openid
    renewal = [one for one in provider.requests if one.method == "POST"][-1]
    form = dict(parse_qsl(renewal.content.decode()))
    assert (form["grant_type"], form["refresh_token"]) == ("refresh_token", "refresh-1")
    assert str(renewal.url) == "https://tokens.example/token"


async def test_without_a_refresh_token_the_customer_is_signed_out_when_the_token_ends(
    payway: PaywayClient, openid: OpenId, provider: Provider, clock: Clock
) -> None:
    answer = {name: value for name, value in provider.token_answer().items() if name != "refresh_token"}
    provider.answers["token"] = [httpx.Response(200, json=answer)]
    identity = Identity(await exchange(openid))
    clock.move(hours=2)
    with pytest.raises(IdentityExpired):
        await payway.me.account(identity)


async def test_a_refresh_token_that_the_provider_refuses_ends_the_sign_in(
    payway: PaywayClient, openid: OpenId, provider: Provider, clock: Clock
) -> None:
    identity = Identity(await exchange(openid))
    clock.move(hours=2)
    provider.answers["token"] = [httpx.Response(400, json={"error": "invalid_grant"})]
    with pytest.raises(IdentityExpired):
        await payway.me.account(identity)


async def test_a_provider_that_is_down_signs_nobody_out(
    payway: PaywayClient, openid: OpenId, provider: Provider, clock: Clock
) -> None:
    identity = Identity(await exchange(openid))
    clock.move(hours=30)
    provider.answers["discovery"] = [httpx.ConnectError("down")]
    with pytest.raises(ProviderUnusable):
        await payway.me.account(identity)


async def test_calls_carry_no_customer_along(openid: OpenId, provider: Provider) -> None:
    await exchange(openid)
    assert [one.headers.get("authorization") for one in provider.requests] == [None] * 3
    assert str(provider.requests[0].url) == DISCOVERY
