"""An OpenID provider that a test sets up, and breaks, as it likes."""

from __future__ import annotations

import base64
import hashlib
import warnings
from collections import Counter
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from klarna_shop.payway import OpenIdAddress, PaywayClient, PaywayCredentials, SignInSecrets
from tests.payway.stand_in import SECRET, Clock

ISSUER = "https://sso.example"
DISCOVERY = f"{ISSUER}/.well-known/openid-configuration"
CLIENT_ID = "the-client"
ACCESS_TOKEN = "access-token-1"
HOME = "https://shop.example/auth/callback"
SECRETS = SignInSecrets(nonce="the-nonce", verifier="v" * 43)
ALGORITHMS = ["RS256", "ES256", "PS256", "HS256", "none"]


@cache
def rsa(name: str, bits: int = 2048) -> RSAKey:
    """A key that all tests share; making one takes a while."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about short keys
        return RSAKey.generate_key(bits, parameters={"kid": name})


@cache
def elliptic(name: str) -> ECKey:
    return ECKey.generate_key("P-256", parameters={"kid": name})


def half_hash(token: str) -> str:
    digest = hashlib.sha256(token.encode()).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


class Provider:
    """Answers discovery, keys and tokens. What a test changes of it holds from the next request on."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.metadata: dict[str, Any] = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": "https://tokens.example/token",
            "jwks_uri": "https://keys.example/jwks",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
        self.signs: RSAKey | ECKey | OctKey = rsa("first")
        self.publishes: list[Any] = [rsa("first")]
        self.algorithm = "RS256"
        self.header: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.id_token: str | None = None
        self.answers: dict[str, list[httpx.Response | Exception]] = {}
        self.asked: Counter[str] = Counter()
        self.requests: list[httpx.Request] = []
        self.expires_in = 3600

    def now(self, seconds: float = 0) -> int:
        return int(self.clock().timestamp() + seconds)

    def jwt(self) -> str:
        """The ID token of the next answer."""
        if self.id_token is not None:
            return self.id_token
        claims = {
            "iss": ISSUER,
            "sub": "an-account",
            "aud": CLIENT_ID,
            "nonce": SECRETS.nonce,
            "iat": self.now(),
            "exp": self.now(300),
            **self.claims,
        }
        kept = {name: value for name, value in claims.items() if value is not ...}
        header = {"alg": self.algorithm, "kid": self.signs.kid, **self.header}
        shown = {name: value for name, value in header.items() if value is not None}
        return jwt.encode(shown, kept, self.signs, algorithms=ALGORITHMS)

    async def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        url = str(request.url)
        name = {
            DISCOVERY: "discovery",
            self.metadata.get("jwks_uri"): "keys",
            self.metadata.get("token_endpoint"): "token",
        }.get(url, url)
        self.asked[name] += 1
        if waiting := self.answers.get(name):
            answer = waiting.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        match name:
            case "discovery":
                return httpx.Response(200, json=self.metadata)
            case "keys":
                keys = [
                    key if isinstance(key, dict) else {**key.as_dict(private=False), "kid": key.kid}
                    for key in self.publishes
                ]
                return httpx.Response(200, json={"keys": keys})
            case "token":
                return httpx.Response(200, json=self.token_answer())
        raise AssertionError(f"unexpected request: {request.method} {url}")

    def token_answer(self) -> dict[str, Any]:
        return {
            "access_token": ACCESS_TOKEN,
            "refresh_token": "refresh-1",
            "expires_in": self.expires_in,
            "token_type": "Bearer",
            "id_token": self.jwt(),
        }

    def form(self) -> dict[str, str]:
        """The last token request's form."""
        return dict(parse_qsl(self.requests[-1].content.decode(), keep_blank_values=True))


def client_of(provider: Provider, *, timeout: float = 30.0, issuer: str = "") -> PaywayClient:
    return PaywayClient(
        PaywayCredentials("https://api.example", CLIENT_ID, SECRET, "demo"),
        transport=httpx.MockTransport(provider.handle),
        now=provider.clock,
        timeout=timeout,
        openid=OpenIdAddress(DISCOVERY, issuer),
    )
