"""Guesses at passwords: limited by network and over all, and never at the cost of a known device."""

from __future__ import annotations

import asyncio

import pytest

from klarna_shop.shop.encryption import Encryption
from klarna_shop.shop.guessing import Guesses, GuessRates, KnownDevices
from klarna_shop.shop.networks import canonical_address, network_of

DEVICES = KnownDevices(Encryption(("a key of tests " * 4,)), "sign-in")
RATES = GuessRates(of_all_free=10, of_all_forgotten=1, seconds_for_each=1, longest_wait=5, most_waiting=2)


class _Time:
    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.mark.parametrize(
    ("written", "canonical", "network"),
    [
        ("1.2.3.4:5678", "1.2.3.4", "1.2.3.4"),
        ("::ffff:1.2.3.4", "1.2.3.4", "1.2.3.4"),
        ("[::ffff:1.2.3.4]:99", "1.2.3.4", "1.2.3.4"),
        ("::ffff:102:304", "1.2.3.4", "1.2.3.4"),
        ("64:ff9b::1.2.3.4", "1.2.3.4", "1.2.3.4"),
        ('"[2001:DB8:0:0::1]:443"', "2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:ffff:ffff:ffff", "2001:db8::ffff:ffff:ffff:ffff", "2001:db8::/64"),
        ("[fe80::1%eth0]", "fe80::1", "fe80::/64"),
        ("fe80::1%25eth0", "fe80::1", "fe80::/64"),
        (" 1.2.3.4\t", "1.2.3.4", "1.2.3.4"),
        ("for=1.2.3.4", "unknown", "unknown"),
        ("01.2.3.4", "unknown", "unknown"),
        ("_hidden", "unknown", "unknown"),
        ("", "unknown", "unknown"),
        ("1" * 10_000, "unknown", "unknown"),
    ],
)
def test_one_address_is_written_in_one_way(written: str, canonical: str, network: str) -> None:
    assert canonical_address(written) == canonical
    assert network_of(written) == (network, False)


@pytest.mark.parametrize("own", ["127.0.0.1", "::1", "[::1]:80", "::ffff:127.0.0.1", "127.1.2.3:4"])
def test_this_machine_is_known_however_it_is_written(own: str) -> None:
    assert network_of(own)[1]


async def test_strangers_together_wait_longer_and_longer_and_a_known_device_does_not() -> None:
    time = _Time()
    guesses = Guesses(RATES, clock=time, sleep=time.sleep)
    for number in range(16):
        assert await guesses.turn(f"2001:db8:0:{number:x}::1") == 0
    assert time.slept == [1, 2, 3, 4, 5]
    assert await guesses.turn("127.0.0.1", "device") == 0
    assert len(time.slept) == 5
    time.now = 100
    assert await guesses.turn("192.0.2.1") == 0
    assert len(time.slept) == 5


async def test_only_so_many_wait_and_the_others_are_told_when_to_come_back() -> None:
    never = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        await never.wait()

    guesses = Guesses(RATES, clock=_Time(), sleep=sleep)
    for number in range(11):
        assert await guesses.turn(f"192.0.2.{number}") == 0
    waiting = [asyncio.create_task(guesses.turn(f"198.51.100.{number}")) for number in range(2)]
    await asyncio.sleep(0)
    assert await guesses.turn("203.0.113.1") > 0
    assert await guesses.turn("203.0.113.1", "device") == 0
    never.set()
    assert await asyncio.gather(*waiting) == [0, 0]


async def test_success_is_no_guess_and_a_device_has_its_own_limit() -> None:
    time = _Time()
    guesses = Guesses(RATES, clock=time, sleep=time.sleep)
    for number in range(100):
        assert await guesses.turn(f"192.0.2.{number}") == 0
        guesses.succeeded()
    assert time.slept == []
    tries = [await guesses.turn("192.0.2.1", "device") for _ in range(21)]
    assert (tries[:20], tries[20] > 0) == ([0] * 20, True)


def test_a_device_is_known_for_the_accounts_it_signed_in_to_and_cannot_be_forged() -> None:
    cookie = DEVICES.remember(DEVICES.remember(None, "Anna@exempel.example "), "bo@exempel.example")
    device = DEVICES.name(cookie, "anna@exempel.example")
    assert device == DEVICES.name(cookie, "BO@exempel.example") != ""
    assert DEVICES.name(cookie, "cecilia@exempel.example") == ""
    assert DEVICES.name(None, "anna@exempel.example") == ""
    assert "anna" not in cookie
    other = DEVICES.remember(None, "cecilia@exempel.example")
    for forged in (
        f"{device}.{other.partition('.')[2]}",
        f"{other.partition('.')[0]}.{cookie.partition('.')[2]}",
    ):
        assert DEVICES.name(forged, "anna@exempel.example") == ""
    for number in range(20):
        cookie = DEVICES.remember(cookie, f"{number}@exempel.example")
    assert DEVICES.name(cookie, "19@exempel.example") == device
    assert len(cookie) < 700
