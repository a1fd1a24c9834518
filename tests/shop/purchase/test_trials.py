"""What became of a trial is asked of Payway once it is over, and told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from klarna_shop.assembly import House
from klarna_shop.shop.measurement.tables import MeasuredEvent
from klarna_shop.shop.purchase import Purchase, PurchaseState
from klarna_shop.shop.purchase.trials import ASKED_EVERY, ASKED_FOR
from klarna_shop.shop.reader import Reader
from tests.house import Approve, Later, Line, Open, SignIn

ASTRID = "astrid.lundmark@demo.example"


async def _trial(house: House, reader: Reader, open_purchase: Open, approve: Approve) -> str:
    purchase = await approve(reader, await open_purchase(reader, "digital-trial"))
    assert (await house.shop.purchases.settle(purchase)).status is PurchaseState.COMPLETED
    return purchase.id


async def _told(house: House) -> list[tuple[str | None, int]]:
    told = select(MeasuredEvent).where(MeasuredEvent.name == "trial_turned_paid")
    events = await house.shop.database.read(lambda session: session.exec(told).all())
    return [(event.purchase_id, event.value) for event in events]


async def test_a_trial_that_went_on_is_told_once_and_not_before_it_is_over(
    house: House, line: Line, sign_in: SignIn, open_purchase: Open, approve: Approve, later: Later
) -> None:
    reader = await sign_in(ASTRID)
    await house.shop.consents.choose("visitor-one", accepted=True)
    purchase_id = await _trial(house, reader, open_purchase, approve)
    trials = house.housekeeping.trials
    asked = line.count("get_by_account")
    later(timedelta(days=20))
    assert await trials.once() == 0
    assert line.count("get_by_account") == asked
    later(timedelta(days=14))
    assert await trials.once() == 1
    assert await trials.once() == 0
    later(ASKED_EVERY)
    assert await trials.once() == 0
    assert await _told(house) == [(purchase_id, 12900)]


async def test_a_trial_that_was_cancelled_is_asked_about_for_a_while_and_never_told(
    house: House, line: Line, sign_in: SignIn, open_purchase: Open, approve: Approve, later: Later
) -> None:
    reader = await sign_in(ASTRID)
    await house.shop.consents.choose("visitor-one", accepted=True)
    await _trial(house, reader, open_purchase, approve)
    assert reader.account_id is not None
    held = await house.shop.payway.subscriptions.by_account(reader.account_id)
    await house.shop.payway.subscriptions.cancel(reader.account_id, held[0].id)
    trials = house.housekeeping.trials
    later(timedelta(days=34))
    assert await trials.once() == 0
    later(ASKED_EVERY)
    asked = line.count("get_by_account")
    assert await trials.once() == 0
    assert line.count("get_by_account") == asked + 1
    later(ASKED_FOR)
    assert await trials.once() == 0
    assert line.count("get_by_account") == asked + 1
    assert await _told(house) == []


async def test_a_trial_that_was_not_measured_is_not_asked_about(
    house: House, line: Line, sign_in: SignIn, open_purchase: Open, approve: Approve, later: Later
) -> None:
    reader = await sign_in(ASTRID)
    await _trial(house, reader, open_purchase, approve)
    later(timedelta(days=34))
    asked = line.count("get_by_account")
    assert await house.housekeeping.trials.once() == 0
    assert line.count("get_by_account") == asked


async def test_a_slow_payway_is_asked_for_a_minute_and_about_the_rest_next_time(
    house: House,
    sign_in: SignIn,
    open_purchase: Open,
    approve: Approve,
    later: Later,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader = await sign_in(ASTRID)
    await house.shop.consents.choose("visitor-one", accepted=True)
    await _trial(house, reader, open_purchase, approve)
    later(timedelta(days=34))
    [trial] = await house.housekeeping.trials._open()
    due = [Purchase(**{**trial.model_dump(), "id": f"trial-{number}"}) for number in range(5)]
    asked: list[str] = []
    seconds = 0.0
    trials = replace(house.housekeeping.trials, stopwatch=lambda: seconds)

    async def all_of_them() -> list[Purchase]:
        return due

    async def slow(purchase: Purchase, _: datetime) -> bool:
        nonlocal seconds
        seconds += 29.0
        asked.append(purchase.id)
        return False

    monkeypatch.setattr(trials, "_open", all_of_them)
    monkeypatch.setattr(trials, "_ask", slow)
    await trials.once()
    assert asked == ["trial-0", "trial-1", "trial-2"]
    await trials.once()
    assert asked == [one.id for one in due]
