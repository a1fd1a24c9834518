"""Limits to guessing at passwords: of each network, and of all strangers together. They spare known devices.

A device is known for an account once that was signed in to with it. A stranger's guesses, from however many
addresses, then cost its owner nothing (OWASP: device cookies).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from klarna_shop.shop.allowance import Allowances, Rate
from klarna_shop.shop.clock import Stopwatch
from klarna_shop.shop.encryption import Encryption
from klarna_shop.shop.identity.cookies import new_token
from klarna_shop.shop.networks import network_of

MOST_ACCOUNTS = 8
OF_DEVICE = Rate(20, 1 / 30)
OF_NETWORK = Rate(40, 1 / 6)


@dataclass(frozen=True)
class KnownDevices:
    """Makes and reads device cookies for one `purpose`."""

    encryption: Encryption
    purpose: str

    def name(self, cookie: str | None, account: str) -> str:
        """Return what a device is called that has signed in to `account`; empty for any other."""
        device, *signatures = (cookie or "").split(".")
        return device if self._signature(device, account) in signatures else ""

    def remember(self, cookie: str | None, account: str) -> str:
        """Return the cookie of a device that has just signed in to `account`."""
        device, *signatures = (cookie or new_token()).split(".")
        signature = self._signature(device, account)
        others = [each for each in signatures if each != signature]
        return ".".join([device, *others[1 - MOST_ACCOUNTS :], signature])

    def _signature(self, device: str, account: str) -> str:
        folded = account.strip().lower()
        return self.encryption.keyed_digest(f"device {self.purpose} {device} {folded}")


@dataclass(frozen=True)
class GuessRates:
    """How many guesses are taken."""

    of_device: Rate = OF_DEVICE
    of_network: Rate | None = OF_NETWORK
    """An office shares one, so it is generous. None where the caller counts by itself."""
    of_all_free: float = 100
    """Failures of strangers after which the next ones wait."""
    of_all_forgotten: float = 1
    """Failures that are forgotten in a second."""
    seconds_for_each: float = 0.2
    """By which each failure beyond them makes the next wait longer."""
    longest_wait: float = 30
    most_waiting: int = 20
    """Guesses that wait at the same time; any other is told to come back."""


class Guesses:
    """Counts what this process is asked to try."""

    def __init__(
        self,
        rates: GuessRates,
        *,
        clock: Stopwatch = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._rates = rates
        self._clock = clock
        self._sleep = sleep
        self._allowances = Allowances(clock=clock)
        self._failures = 0.0
        self._counted_at = clock()
        self._waiting = 0

    async def turn(self, address: str, device: str = "") -> float:
        """Wait until a password may be tried, and return 0; or the seconds after which to come back.

        `device` is a known one's name (`KnownDevices.name`). The guess is counted as a failure until
        `succeeded` is called, so that many at once are not many for one.
        """
        if device:
            return self._allowances.take_or_wait(f"device {device}", self._rates.of_device)
        if (pause := self.pause(address)) > 0:
            return pause
        delay = self._delay()
        if delay and self._waiting >= self._rates.most_waiting:
            return delay
        self._failures += 1
        if delay:
            self._waiting += 1
            try:
                await self._sleep(delay)
            finally:
                self._waiting -= 1
        return 0

    def pause(self, address: str) -> float:
        """Count one try of a network's; the seconds after which to come back where it has none left.

        This machine itself is everybody where `TRUSTED_PROXY_HOPS` is wrong: only the limit of all holds it.
        """
        network, is_own = network_of(address)
        if self._rates.of_network is None or is_own:
            return 0
        return self._allowances.take_or_wait(network, self._rates.of_network)

    def succeeded(self, device: str = "") -> None:
        """Take back what `turn` counted."""
        if not device:
            self._failures = max(0, self._failures - 1)

    def _delay(self) -> float:
        rates, now = self._rates, self._clock()
        self._failures = max(0, self._failures - (now - self._counted_at) * rates.of_all_forgotten)
        self._counted_at = now
        return min(rates.longest_wait, max(0, self._failures - rates.of_all_free) * rates.seconds_for_each)
