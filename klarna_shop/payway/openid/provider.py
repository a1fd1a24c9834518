"""Discovery document and signature keys of the OpenID provider, fetched in time and kept for a while."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Generic, TypeVar

from klarna_shop.payway.answers import json_of
from klarna_shop.payway.connection import Connection, Purpose
from klarna_shop.payway.errors import PaywayError, ProviderUnusable
from klarna_shop.payway.openid.keys import PublishedKeys
from klarna_shop.payway.openid.metadata import WELL_KNOWN, ProviderMetadata, UnusableMetadata

log = logging.getLogger(__name__)
T = TypeVar("T")

DISCOVERY_OPERATION = f"GET {WELL_KNOWN}"
KEYS_OPERATION = "GET jwks_uri"
OPENID_SECTION = "17"
"""Of the reference, where the documented browser sign-in stands."""
LONGEST_FETCH = 8.0
"""Seconds for a discovery document or a set of keys; somebody waits for it with a page that loads."""
LARGEST_DOCUMENT = 256 * 1024
FRESH = timedelta(hours=1)
STALE = timedelta(hours=24)
"""Longest use of a document when no newer one can be had."""
PAUSE_WITHOUT = timedelta(seconds=5)
PAUSE_WITH_STALE = timedelta(seconds=30)
"""After a failure, until the next try: without anything to use, and with an old document."""
PAUSE_BETWEEN_KEYS = timedelta(seconds=30)
"""Between two looks for a key that is not known yet."""


@dataclass(frozen=True)
class OpenIdAddress:
    """Where an OpenID provider is.

    Attributes:
        discovery: address of the discovery document.
        issuer: issuer that the document has to name; empty stands for the address without its known end.
    """

    discovery: str
    issuer: str = ""

    @property
    def expected_issuer(self) -> str:
        """The issuer that the document has to name."""
        return self.issuer or self.discovery.removesuffix(WELL_KNOWN)


class _Kept(Generic[T]):
    """A document that is fetched once at a time, used while fresh, and longer where no other can be had."""

    def __init__(self, now: Callable[[], datetime], operation: str) -> None:
        self._now = now
        self._operation = operation
        self._lock = asyncio.Lock()
        self._value: T | None = None
        self._version = 0
        self._fetched_at: datetime | None = None
        self._failed_at: datetime | None = None
        self._replaced_at: datetime | None = None
        self._failure: dict[str, Any] = {}

    async def get(self, fetch: Callable[[], Awaitable[T]]) -> T:
        """Return the value, fetched again where it is no longer fresh.

        Raises:
            ProviderUnusable: there is none, and no old one either.
        """
        if self._value is not None and self._is_within(self._fetched_at, FRESH):
            return self._value
        version = self._version
        async with self._lock:
            if self._value is not None and version != self._version:
                return self._value
            return await self._fetched(fetch)

    async def get_newer(self, fetch: Callable[[], Awaitable[T]]) -> T:
        """Return a value fetched now, at most once in `PAUSE_BETWEEN_KEYS`; else the one there is.

        Raises:
            ProviderUnusable: there is none.
        """
        version = self._version
        async with self._lock:
            if self._value is not None and (
                version != self._version or self._is_within(self._replaced_at, PAUSE_BETWEEN_KEYS)
            ):
                return self._value
            self._replaced_at = self._now()
            return await self._fetched(fetch)

    async def _fetched(self, fetch: Callable[[], Awaitable[T]]) -> T:
        has_old = self._value is not None and self._is_within(self._fetched_at, STALE)
        if not self._is_within(self._failed_at, PAUSE_WITH_STALE if has_old else PAUSE_WITHOUT):
            try:
                self._value = await fetch()
            except ProviderUnusable as error:
                self._failed_at = self._now()
                self._failure = {"code": error.code, "status": error.status}
                log.warning("sign-in service: %s", error)
            else:
                self._fetched_at, self._failed_at = self._now(), None
                self._version += 1
                return self._value
        if self._value is not None and has_old:
            return self._value
        raise ProviderUnusable(self._operation, **self._failure)

    def _is_within(self, since: datetime | None, age: timedelta) -> bool:
        """True if `since` is no longer ago than this; a clock that was set back makes it old."""
        return since is not None and timedelta() <= self._now() - since < age


class OpenIdProvider:
    """Metadata and keys of one provider."""

    def __init__(
        self, address: OpenIdAddress, connection: Connection, now: Callable[[], datetime], timeout: float
    ) -> None:
        self._address = address
        self._connection = connection
        self._now = now
        self._timeout = min(timeout, LONGEST_FETCH)
        self._metadata: _Kept[ProviderMetadata] = _Kept(now, DISCOVERY_OPERATION)
        self._keys: _Kept[PublishedKeys] = _Kept(now, KEYS_OPERATION)
        self._keys_of = ""

    async def metadata(self) -> ProviderMetadata:
        """Return where and how to sign in.

        Raises:
            ProviderUnusable: discovery does not answer, or with something else.
        """
        return await self._metadata.get(self._discovered)

    async def keys(self, *, newer: bool = False) -> PublishedKeys:
        """Return the keys of signatures; with `newer` those of this moment, where they were not just sought.

        Raises:
            ProviderUnusable: they cannot be had.
        """
        address = (await self.metadata()).jwks_uri
        if address != self._keys_of:
            self._keys, self._keys_of = _Kept(self._now, KEYS_OPERATION), address
        fetch = partial(self._published, address)
        return await (self._keys.get_newer(fetch) if newer else self._keys.get(fetch))

    async def _discovered(self) -> ProviderMetadata:
        document = await self._document(DISCOVERY_OPERATION, self._address.discovery)
        try:
            return ProviderMetadata.read(document, self._address.expected_issuer)
        except UnusableMetadata as error:
            raise ProviderUnusable(DISCOVERY_OPERATION, code=error.reason) from None

    async def _published(self, address: str) -> PublishedKeys:
        try:
            return PublishedKeys.read(await self._document(KEYS_OPERATION, address))
        except ValueError:
            raise ProviderUnusable(KEYS_OPERATION, code="no_keys") from None

    async def _document(self, operation: str, address: str) -> Any:
        deadline = asyncio.get_running_loop().time() + self._timeout
        try:
            response = await self._connection.send(
                Purpose(operation, OPENID_SECTION), "GET", address, deadline, most_bytes=LARGEST_DOCUMENT
            )
            if response.status_code != 200:
                raise ProviderUnusable(operation, status=response.status_code, code="refused")
            return json_of(operation, response)
        except ProviderUnusable:
            raise
        except PaywayError as error:
            raise ProviderUnusable(operation, status=error.status, code=_reason(error)) from None


def _reason(error: PaywayError) -> str:
    """Return the failure's name in snake case: `not_sent`, `answer_lost`, `not_understood`."""
    name = type(error).__name__
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
