"""The studio's door: who is let in, for how long, and how often one may guess."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from klarna_shop.settings import Settings, read_settings
from klarna_shop.shop import tables  # noqa: F401 - registers every table
from klarna_shop.shop.database import Database
from klarna_shop.shop.encryption import Encryption
from klarna_shop.shop.studio import StudioFrozen, StudioLogins, StudioRefused, StudioSession
from tests.databases import copy_migrated

PASSWORD = "correct horse"
HOME = "203.0.113.5"


class Time:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    copy_migrated(settings.database_url.get_secret_value())
    database = Database(settings.database_url.get_secret_value())
    yield database
    await database.close()


def _logins(settings: Settings, database: Database, time: Time, password: str = PASSWORD) -> StudioLogins:
    guarded = read_settings(
        _env_file=None, studio_password=password, secret_key=settings.secret_key, database_url="sqlite:///x"
    )
    return StudioLogins(guarded, database, Encryption(guarded.secret_keys), now=time)


@pytest.fixture
def logins(settings: Settings, database: Database, time: Time) -> StudioLogins:
    return _logins(settings, database, time)


async def test_the_sandbox_without_a_password_is_open(settings: Settings, database: Database) -> None:
    logins = StudioLogins(settings, database, Encryption(settings.secret_keys))
    assert await logins.allows(None)
    with pytest.raises(StudioRefused):
        await logins.log_in("", address=HOME)


async def test_with_a_password_nobody_comes_in_without_a_session(logins: StudioLogins) -> None:
    assert not await logins.allows(None)
    assert not await logins.allows(f"studio={'A' * 43}")
    token = await logins.log_in(PASSWORD, address=HOME)
    assert await logins.allows(f"visitor=x; studio={token}")


async def test_logging_out_ends_the_session_on_the_server(logins: StudioLogins) -> None:
    cookie = f"studio={await logins.log_in(PASSWORD, address=HOME)}"
    await logins.log_out(cookie)
    assert not await logins.allows(cookie)


async def test_a_session_ends_when_idle_and_at_the_end_of_the_day(logins: StudioLogins, time: Time) -> None:
    cookie = f"studio={await logins.log_in(PASSWORD, address=HOME)}"
    for _ in range(5):
        time.now += timedelta(hours=2)
        assert await logins.allows(cookie)
    time.now += timedelta(hours=2)
    assert not await logins.allows(cookie)
    idle = f"studio={await logins.log_in(PASSWORD, address=HOME)}"
    time.now += timedelta(hours=3)
    assert not await logins.allows(idle)


async def test_a_changed_password_ends_sessions(
    settings: Settings, database: Database, time: Time, logins: StudioLogins
) -> None:
    cookie = f"studio={await logins.log_in(PASSWORD, address=HOME)}"
    assert not await _logins(settings, database, time, "another").allows(cookie)


async def test_the_cookie_does_not_stand_in_the_database(logins: StudioLogins, database: Database) -> None:
    token = await logins.log_in(PASSWORD, address=HOME)
    [row] = await database.read(lambda session: session.exec(select(StudioSession)).all())
    assert token not in repr(row)


async def test_five_wrong_passwords_close_the_door_for_that_address_alone(
    logins: StudioLogins, time: Time
) -> None:
    for left in (4, 3, 2, 1):
        with pytest.raises(StudioRefused) as refused:
            await logins.log_in("wrong", address=HOME)
        assert refused.value.attempts_left == left
    for password in ("wrong", PASSWORD):
        with pytest.raises(StudioFrozen) as frozen:
            await logins.log_in(password, address=HOME)
        assert frozen.value.until == time.now + timedelta(minutes=30)
    await logins.log_in(PASSWORD, address="198.51.100.9")
    time.now += timedelta(minutes=31)
    await logins.log_in(PASSWORD, address=HOME)


async def test_many_guesses_at_once_are_not_many_guesses_for_one(logins: StudioLogins) -> None:
    answers = await asyncio.gather(
        *(logins.log_in(f"guess {n}", address=HOME) for n in range(20)), return_exceptions=True
    )
    assert sum(isinstance(answer, StudioRefused) for answer in answers) == 4
    with pytest.raises(StudioFrozen):
        await logins.log_in(PASSWORD, address=HOME)


async def test_a_stranger_behind_an_uncounted_proxy_does_not_lock_the_team_out(
    logins: StudioLogins,
) -> None:
    for _ in range(8):
        with pytest.raises((StudioRefused, StudioFrozen)):
            await logins.log_in("guess", address="127.0.0.1")
    assert await logins.log_in(PASSWORD, address="127.0.0.1")


async def test_a_known_device_logs_in_while_its_network_is_frozen(logins: StudioLogins) -> None:
    device = logins.known_device(None)
    for number in range(8):
        with pytest.raises((StudioRefused, StudioFrozen)):
            await logins.log_in("guess", address=f"2001:db8::{number}")
    with pytest.raises(StudioFrozen):
        await logins.log_in(PASSWORD, address="2001:db8::ffff")
    assert await logins.log_in(PASSWORD, address="2001:db8::ffff", device=device)
