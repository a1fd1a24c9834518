"""From where a request comes, seen through the reverse proxies that the settings trust."""

from __future__ import annotations

from starlette.requests import HTTPConnection


def client_address(request: HTTPConnection, trusted_hops: int) -> str:
    """The caller's network address; `trusted_hops` is `TRUSTED_PROXY_HOPS`.

    Each proxy adds the address it was called from at the end of `X-Forwarded-For`; what stands further
    left than the trusted ones was written by the caller.
    """
    if trusted_hops:
        forwarded = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",")]
        named = [part for part in forwarded if part]
        if len(named) >= trusted_hops:
            return named[-trusted_hops][:64]
    return request.client.host if request.client else "unknown"
