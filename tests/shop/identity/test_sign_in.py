"""Signing in, up and out, against the sandbox."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import httpx
import pytest
from sqlmodel import select

from klarna_shop.assembly import House
from klarna_shop.shop.attempts import SignInAttempt
from klarna_shop.shop.encryption import fingerprint
from klarna_shop.shop.identity import (
    AccountFrozen,
    Identities,
    PaywayUnavailable,
    RegisteredNotSignedIn,
    RegistrationRefused,
    RegistrationRequest,
    SignedIn,
    SignInExpired,
    SignInRefused,
    new_token,
)
from klarna_shop.shop.identity.tables import SignInSession
from klarna_shop.shop.reader import Reader
from tests.house import Later, Line

KNOWN = "astrid.lundmark@demo.example"
UNKNOWN = "nobody.at.all@demo.example"
FROZEN = "linnea.nyberg@demo.example"
PASSWORD = "demo1234"
NEW = RegistrationRequest("ny.kund@exempel.se", "a long password", "Ny", "Kund")
ANYONE = Reader()


@pytest.fixture
def identities(house: House) -> Identities:
    return house.shop.identities


async def _sign_in(identities: Identities, email: str = KNOWN, password: str = PASSWORD) -> SignedIn:
    return await identities.sign_in(email, password, user_agent="Test browser", reader=ANYONE)


def _cookie(signed_in: SignedIn) -> str:
    return f"session={signed_in.cookie_token}"


async def _rows(house: House) -> list[SignInSession]:
    return list(await house.shop.database.read(lambda session: session.exec(select(SignInSession)).all()))


async def test_a_customer_who_signed_in_is_recognised_by_the_cookie(identities: Identities) -> None:
    signed_in = await _sign_in(identities)
    reader = await identities.reader(_cookie(signed_in))
    assert reader.customer == signed_in.customer
    assert signed_in.customer.email == KNOWN
    assert signed_in.customer.first_name == "Astrid"


async def test_the_database_holds_neither_cookie_nor_token_nor_address_in_the_clear(
    house: House, identities: Identities
) -> None:
    signed_in = await _sign_in(identities)
    [row] = await _rows(house)
    identity = await identities.identity_of(signed_in.customer)
    written = row.model_dump_json()
    for secret in (signed_in.cookie_token, identity.tokens.access_token, KNOWN, "Astrid"):
        assert secret not in written


async def test_neither_cookie_nor_password_shows_in_a_printout(identities: Identities) -> None:
    signed_in = await _sign_in(identities)
    assert signed_in.cookie_token not in repr(signed_in)
    assert KNOWN not in repr(signed_in)
    assert NEW.password not in repr(NEW)


async def test_a_browser_is_known_by_the_fingerprint_of_its_cookie(identities: Identities) -> None:
    token = new_token()
    assert (await identities.reader(f"visitor={token}")).visitor_id == fingerprint(token)


@pytest.mark.parametrize(
    "header", [None, "", "session=garbage", f"session={'A' * 43}", "\x00;;=", "visitor=å"]
)
async def test_garbage_in_the_cookies_is_a_stranger(identities: Identities, header: str | None) -> None:
    assert await identities.reader(header) == Reader()


async def test_a_wrong_password_says_how_many_attempts_are_left_and_the_fifth_freezes(
    identities: Identities,
) -> None:
    left = []
    for _ in range(4):
        with pytest.raises(SignInRefused) as refused:
            await _sign_in(identities, password="wrong")
        left.append(refused.value.attempts_left)
    assert left == [4, 3, 2, 1]
    with pytest.raises(AccountFrozen) as frozen:
        await _sign_in(identities, password="wrong")
    assert isinstance(frozen.value.until, datetime)


async def test_a_frozen_account_is_not_even_tried(identities: Identities, line: Line) -> None:
    with pytest.raises(AccountFrozen) as frozen:
        await _sign_in(identities, FROZEN)
    assert frozen.value.until is not None
    assert line.count("create_authentication_attempt") == 0


async def test_an_address_without_account_looks_exactly_like_one_with(
    identities: Identities, line: Line
) -> None:
    async def seen(email: str) -> list[tuple[object, ...]]:
        answers: list[tuple[object, ...]] = []
        for _ in range(7):
            line.calls.clear()
            try:
                await _sign_in(identities, email, "wrong")
            except SignInRefused as error:
                answers.append(("refused", error.attempts_left, tuple(_without_client_tokens(line.calls))))
            except AccountFrozen as error:
                answers.append(("frozen", error.until is not None, tuple(_without_client_tokens(line.calls))))
        return answers

    await _sign_in(identities)  # the client's own token is at hand
    assert await seen(UNKNOWN) == await seen(KNOWN)


def _without_client_tokens(calls: list[str]) -> list[str]:
    return [call.rpartition("/")[2] for call in calls]


async def test_letter_case_and_white_space_do_not_give_more_attempts(identities: Identities) -> None:
    for email in (UNKNOWN, UNKNOWN.upper(), f" {UNKNOWN} ", UNKNOWN.title()):
        with pytest.raises(SignInRefused):
            await _sign_in(identities, email, "wrong")
    with pytest.raises(AccountFrozen):
        await _sign_in(identities, UNKNOWN, "wrong")


@pytest.mark.parametrize("email", [KNOWN, UNKNOWN])
async def test_a_hundred_attempts_at_once_are_counted_one_by_one(
    identities: Identities, line: Line, email: str
) -> None:
    results = await asyncio.gather(
        *(_sign_in(identities, email, f"guess {number}") for number in range(20)), return_exceptions=True
    )
    assert sum(isinstance(result, SignInRefused) for result in results) == 4
    assert sum(isinstance(result, AccountFrozen) for result in results) == 16
    assert line.count("create_authentication_attempt") == 5


@pytest.mark.parametrize("email", [KNOWN, UNKNOWN])
async def test_a_freeze_passes(identities: Identities, later: Later, email: str) -> None:
    for _ in range(5):
        with pytest.raises((SignInRefused, AccountFrozen)):
            await _sign_in(identities, email, "wrong")
    later(timedelta(minutes=31))
    with pytest.raises(SignInRefused) as refused:
        await _sign_in(identities, email, "wrong")
    assert refused.value.attempts_left == 4


async def test_signing_in_gives_all_attempts_back(identities: Identities) -> None:
    for _ in range(2):
        with pytest.raises(SignInRefused):
            await _sign_in(identities, password="wrong")
    await _sign_in(identities)
    with pytest.raises(SignInRefused) as refused:
        await _sign_in(identities, password="wrong")
    assert refused.value.attempts_left == 4


@pytest.mark.parametrize("email", ["", "no-at-sign", "a b@c.se", "x@" + "y" * 300, "a\nb@c.se"])
async def test_what_cannot_be_an_address_is_refused_without_a_call(
    identities: Identities, line: Line, email: str
) -> None:
    with pytest.raises(SignInRefused):
        await _sign_in(identities, email)
    assert line.calls == []


async def test_counted_addresses_are_not_readable_in_the_database(
    house: House, identities: Identities
) -> None:
    with pytest.raises(SignInRefused):
        await _sign_in(identities, UNKNOWN, "wrong")
    [row] = await house.shop.database.read(lambda session: session.exec(select(SignInAttempt)).all())
    assert "nobody" not in row.subject_digest


@pytest.mark.parametrize("fault", ["unreachable", "html", "server_fault"])
async def test_payway_down_is_said_as_such(identities: Identities, line: Line, fault: str) -> None:
    answers: dict[str, str | httpx.Response] = {
        "unreachable": "unreachable",
        "html": httpx.Response(200, text="<html>maintenance</html>"),
        "server_fault": httpx.Response(503, json={"message": "down"}),
    }
    line.faults["access_token"] = [answers[fault]] * 9
    with pytest.raises(PaywayUnavailable):
        await _sign_in(identities)


async def test_signing_out_erases_the_tokens_and_ends_every_tab(house: House, identities: Identities) -> None:
    signed_in = await _sign_in(identities)
    await identities.sign_out(await identities.reader(_cookie(signed_in)))
    assert (await identities.reader(_cookie(signed_in))).customer is None
    with pytest.raises(SignInExpired):
        await identities.identity_of(signed_in.customer)
    [row] = await _rows(house)
    assert (row.tokens_encrypted, row.email_encrypted, row.first_name_encrypted) == ("", "", "")


async def test_signing_in_anew_ends_the_browsers_session_before(identities: Identities) -> None:
    first = await _sign_in(identities)
    reader = await identities.reader(_cookie(first))
    await identities.sign_in("karin.oberg@demo.example", PASSWORD, user_agent="x", reader=reader)
    assert (await identities.reader(_cookie(first))).customer is None


@pytest.mark.parametrize(("idle", "alive"), [(timedelta(days=13), True), (timedelta(days=15), False)])
async def test_a_session_ends_after_two_weeks_unused(
    identities: Identities, later: Later, idle: timedelta, alive: bool
) -> None:
    signed_in = await _sign_in(identities)
    later(idle)
    assert ((await identities.reader(_cookie(signed_in))).customer is not None) is alive


async def test_a_session_ends_after_thirty_days_however_busy(identities: Identities, later: Later) -> None:
    signed_in = await _sign_in(identities)
    for _ in range(3):
        later(timedelta(days=9))
        assert (await identities.reader(_cookie(signed_in))).customer is not None
    later(timedelta(days=4))
    assert (await identities.reader(_cookie(signed_in))).customer is None


async def test_the_same_identity_serves_a_whole_session(identities: Identities) -> None:
    signed_in = await _sign_in(identities)
    first = await identities.identity_of(signed_in.customer)
    assert await identities.identity_of(signed_in.customer) is first
    assert await identities.identity_of_account(signed_in.customer.account_id) is first


async def test_an_access_token_that_ran_out_is_renewed_once_and_kept(
    house: House, identities: Identities, line: Line, later: Later
) -> None:
    signed_in = await _sign_in(identities)
    [before] = await _rows(house)
    later(timedelta(hours=2))
    line.calls.clear()
    me = house.shop.payway.me
    identity = await identities.identity_of(signed_in.customer)
    await asyncio.gather(*(me.active_products(identity) for _ in range(5)))
    assert line.count("access_token") == 1
    [after] = await _rows(house)
    assert after.tokens_encrypted != before.tokens_encrypted
    assert await identities.identity_of(signed_in.customer) is identity


async def test_another_process_takes_over_the_renewed_tokens(
    house: House, identities: Identities, later: Later
) -> None:
    shop = house.shop
    other = Identities(shop.database, shop.payway, shop.encryption, shop.clock, shop.settings)
    signed_in = await _sign_in(identities)
    old = await other.identity_of(signed_in.customer)
    later(timedelta(hours=2))
    mine = await identities.identity_of(signed_in.customer)
    await shop.payway.me.active_products(mine)
    theirs = await other.identity_of(signed_in.customer)
    assert theirs is not old
    assert theirs.tokens.access_token == mine.tokens.access_token


async def test_old_sessions_and_counts_are_erased(house: House, identities: Identities, later: Later) -> None:
    await _sign_in(identities)
    with pytest.raises(SignInRefused):
        await _sign_in(identities, UNKNOWN, "wrong")
    later(timedelta(days=31))
    await identities.erase_old()
    assert await _rows(house) == []
    assert await house.shop.database.read(lambda session: session.exec(select(SignInAttempt)).all()) == []


async def _register(identities: Identities, wanted: RegistrationRequest = NEW) -> SignedIn:
    return await identities.register(wanted, user_agent="Test browser", reader=ANYONE)


async def test_a_new_account_is_signed_in_at_once(identities: Identities) -> None:
    signed_in = await _register(identities)
    assert (signed_in.customer.email, signed_in.customer.first_name) == (NEW.email, "Ny")
    assert (await _sign_in(identities, NEW.email, NEW.password)).customer.account_id


async def test_a_taken_address_is_refused_without_saying_why(identities: Identities) -> None:
    with pytest.raises(RegistrationRefused) as refused:
        await _register(identities, RegistrationRequest(KNOWN, "a long password", "Astrid", "Lundmark"))
    assert refused.value.field_errors == {}


async def test_every_fault_of_a_registration_is_named(identities: Identities, line: Line) -> None:
    with pytest.raises(RegistrationRefused) as refused:
        await _register(identities, RegistrationRequest("no address", "short", " ", "x" * 101))
    assert refused.value.field_errors == {
        "email": "invalid",
        "password": "too_short",
        "first_name": "required",
        "last_name": "too_long",
    }
    assert line.calls == []


async def test_an_account_made_while_sign_in_fails_is_said_to_be_made(
    identities: Identities, line: Line
) -> None:
    line.faults["get_authentication_attempts"] = ["unreachable"] * 9
    with pytest.raises(RegisteredNotSignedIn):
        await _register(identities)
    line.faults.clear()
    assert (await _sign_in(identities, NEW.email, NEW.password)).customer.email == NEW.email
