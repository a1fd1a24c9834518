"""Times that a clock wrote while it was days ahead stop nothing once the clock is right again."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from klarna_shop.assembly import House
from klarna_shop.shop.attempts import ALLOWED, AttemptCounter
from klarna_shop.shop.mails import QueuedMail
from klarna_shop.shop.reader import Reader
from tests.house import Approve, Later, Open

AHEAD = timedelta(days=3)


async def test_no_one_stays_frozen_for_days(house: House, later: Later) -> None:
    assert house.sandbox is not None
    attempts = AttemptCounter(house.shop.database, house.shop.encryption, house.shop.clock)
    later(AHEAD)
    for _ in range(ALLOWED):
        await attempts.failed("astrid@demo.example")
    assert (await attempts.standing("astrid@demo.example")).frozen_until
    house.sandbox.clock.reset()
    assert (await attempts.standing("astrid@demo.example")).remaining == ALLOWED
    assert (await attempts.failed("astrid@demo.example")).remaining == ALLOWED - 1


async def test_a_receipt_does_not_wait_for_days(
    house: House, later: Later, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    assert house.sandbox is not None
    later(AHEAD)
    await house.shop.purchases.settle(await approve(visitor, await open_purchase(visitor)))
    house.sandbox.clock.reset()
    await house.housekeeping.mails.once()
    [mail] = await house.shop.database.read(lambda session: session.exec(select(QueuedMail)).all())
    assert mail.sent_at is not None


async def test_a_session_of_a_clock_that_was_wrong_is_over(house: House, later: Later) -> None:
    assert house.sandbox is not None
    cookies = house.shop.identities.cookies
    later(AHEAD)
    signed_in = await house.shop.identities.sign_in(
        "astrid.lundmark@demo.example", "demo1234", user_agent="Test browser", reader=Reader()
    )
    cookie = f"{cookies.session}={signed_in.cookie_token}"
    assert (await house.shop.identities.reader(cookie)).customer
    house.sandbox.clock.reset()
    assert (await house.shop.identities.reader(cookie)).customer is None
