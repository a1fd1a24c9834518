"""Answers and requests as the corrected reference has them (payway-api.md §17)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from klarna_shop.payway import (
    Account,
    AccountRequest,
    ActiveProducts,
    NotUnderstood,
    OrderValidation,
    PaywayClient,
)
from klarna_shop.payway.models import Product
from tests.payway.stand_in import StandIn, ok

DATES = "GET /v1/order/get_possible_start_dates"
WHOLE = "198006102392"


def test_an_allowed_order_has_nulls() -> None:
    body = {"purchase_allowed": True, "reason": None, "message": None, "fallback_package_code": None}
    assert OrderValidation.read({"item": body}) == OrderValidation(True, None, None, None)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"social_security_number": "800610-2392", "social_security_number_century": WHOLE}, "800610-2392"),
        ({"social_security_number": None, "social_security_number_century": WHOLE}, WHOLE),
        ({"social_security_number_century": WHOLE}, WHOLE),
        ({}, None),
    ],
)
def test_a_personal_number_is_read_from_either_field_and_never_printed(
    written: dict[str, Any], read: str | None
) -> None:
    account = Account.read({"item": {"id": "a", "gender": "M", **written}})
    assert account.social_security_number == read
    assert "2392" not in repr(account)


def test_a_bought_article_knows_when_it_was_bought() -> None:
    article = {"article_id": "7", "article_name": "Älven", "purchase_date": "2026-03-10T10:30:00+01:00"}
    listed = [article, {"article_name": "without an id"}]
    found = ActiveProducts.read({"item": {"id": "a", "active_products": [], "active_articles": listed}})
    assert found.articles == {"7"}
    assert found.bought_articles[0].purchased_at == datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


def test_the_source_of_an_account_is_an_object() -> None:
    body = AccountRequest("a@b.example", "demo1234", created_from_source={"application": "shop"}).body()
    assert body["created_from_source"] == {"application": "shop"}


def test_a_product_knows_its_code_in_another_system() -> None:
    assert Product.read({"product_code": "digital+", "integration_code": "Läs+1"}).integration_code == "Läs+1"


@pytest.mark.parametrize(
    ("listed", "dates"),
    [
        (["2026-04-02", "2026-04-01", "2026-04-01"], (date(2026, 4, 1), date(2026, 4, 2))),
        (["2026-04-01T00:00:00+02:00", "soon", None, 7, "2026-13-01"], (date(2026, 4, 1),)),
        ([], ()),
    ],
)
async def test_start_dates_are_read_in_order_and_what_is_none_is_left_out(
    listed: list[Any], dates: tuple[date, ...], client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on(DATES, ok({"item": {"subscription_start_dates": listed}}))
    assert await client.orders.possible_start_dates("digital") == dates


@pytest.mark.parametrize("body", [{"item": {}}, {"item": {"subscription_start_dates": None}}, []])
async def test_an_answer_without_the_list_is_not_understood(
    body: Any, client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on(DATES, ok(body))
    with pytest.raises(NotUnderstood):
        await client.orders.possible_start_dates("digital")
