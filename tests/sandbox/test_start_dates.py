"""Days on which a subscription may begin, and what a session does with any other (§17)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from klarna_shop.sandbox import Readings

PATH = "/v1/order/get_possible_start_dates"
TODAY = date(2026, 3, 10)
SUNDAY = date(2026, 3, 15)


async def _dates(caller: Any, **query: str) -> list[str]:
    answer = await caller.get(PATH, product_code="digital", **query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["item"]["subscription_start_dates"])


async def _session_status(caller: Any, day: date) -> int:
    answer = await caller.post(
        "/v2/klarna_payments/create_session",
        code="digital",
        period_type="recurring",
        confirmation_url="https://shop.example/",
        start_date=day.isoformat(),
    )
    return int(answer.status_code)


async def test_the_list_begins_today_in_sweden(caller: Any) -> None:
    dates = await _dates(caller)
    assert dates[:2] == ["2026-03-10", "2026-03-11"]
    assert dates == sorted(set(dates))
    caller.sandbox.clock.move(timedelta(hours=14))  # 23.30 UTC: the next day in Sweden
    caller.forget_tokens()
    assert (await _dates(caller))[0] == "2026-03-11"


@pytest.mark.parametrize(
    ("reading", "first", "has_sunday", "count"),
    [
        ("quarter", TODAY, True, 90),
        ("without_sundays", TODAY, False, 77),
        ("fortnight", TODAY, True, 14),
        ("from_tomorrow", TODAY + timedelta(days=1), True, 13),
        ("today", TODAY, False, 1),
        ("none", None, False, 0),
    ],
)
async def test_readings_of_the_list(
    make_caller: Any, reading: str, first: date | None, has_sunday: bool, count: int
) -> None:
    dates = await _dates(make_caller(readings=Readings().changed({"possible_start_dates": reading})))
    assert (dates[0] if dates else None) == (first.isoformat() if first else None)
    assert (SUNDAY.isoformat() in dates, len(dates)) == (has_sunday, count)


async def test_a_subscriber_may_begin_when_the_running_subscription_ends(make_caller: Any) -> None:
    caller = make_caller(readings=Readings(start_dates_of_subscriber="afterwards"))
    account = (await caller.get("/v3/me", "karin.oberg")).json()["item"]
    ends = next(one["valid_to"][:10] for one in account["user_products"] if one["product_code"] == "digital")
    assert (await _dates(caller, account_id=account["id"]))[0] == ends
    assert (await _dates(caller))[0] == TODAY.isoformat()


async def test_a_session_takes_the_listed_days_alone(make_caller: Any) -> None:
    caller = make_caller(readings=Readings(possible_start_dates="without_sundays"))
    assert await _session_status(caller, SUNDAY) == 400
    assert await _session_status(caller, SUNDAY + timedelta(days=1)) == 200


async def test_a_session_may_take_any_day(make_caller: Any) -> None:
    readings = Readings(possible_start_dates="without_sundays", other_start_dates="taken")
    assert await _session_status(make_caller(readings=readings), SUNDAY) == 200


@pytest.mark.parametrize("query", [{"product_code": "nothing"}, {"account_id": "f" * 24}])
async def test_unknown_code_or_account_is_not_found(caller: Any, query: dict[str, str]) -> None:
    answer = await caller.get(PATH, **({"product_code": "digital"} | query))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
