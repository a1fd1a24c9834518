from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from klarna_shop.sandbox.catalogue import Period
from klarna_shop.sandbox.demo_catalogue import demo_catalogue
from klarna_shop.sandbox.formats import CODE, ENTITY_ID


async def test_searches_page_through_everything_once(caller: Any) -> None:
    codes, page, more = [], 1, True
    while more:
        answer = await caller.get(
            "/v2/products/package/search", title_code="DEMO", page_size=2, page_number=page
        )
        body = answer.json()
        codes += [item["product_code"] for item in body["items"]]
        more = body["page_info"]["more_results_available"]
        assert body["page_info"] | {"more_results_available": more} == {
            "page_size": 2,
            "page_number": page,
            "more_results_available": more,
        }
        page += 1
    assert codes == ["digital", "digital-plus", "digital-30"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "title_code"),
        ({"title_code": "DEMO", "page_size": 26}, "page_size"),
        ({"title_code": "DEMO", "page_size": 0}, "page_size"),
        ({"title_code": "DEMO", "page_number": 1001}, "page_number"),
        ({"title_code": "DEMO", "page_number": "one"}, "page_number"),
        ({"title_code": "DEMO", "page_number": "9" * 5000}, "page_number"),
        ({"title_code": "DEMO", "include_inactive": "1"}, "include_inactive"),
    ],
)
async def test_searches_check_their_parameters(caller: Any, query: dict[str, Any], field: str) -> None:
    answer = await caller.get("/v2/products/campaign/search", **query)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


async def test_campaigns_say_what_they_become(caller: Any) -> None:
    answer = await caller.get("/v2/products/campaign/search", title_code="DEMO")
    items = {item["product_code"]: item for item in answer.json()["items"]}
    assert list(items) == ["digital-intro", "digital-trial"]
    assert items["digital-trial"]["campaign_package"] == {"product_code": "digital", "name": "Digital"}
    assert items["digital-trial"]["transform_to_campaign_package"] is True
    assert items["digital-intro"]["vat_code"] == 6


async def test_expired_offers_are_listed_only_on_request_and_tags_are_exact(caller: Any) -> None:
    path = "/v2/products/campaign/search"
    inactive = (await caller.get(path, title_code="DEMO", include_inactive="true")).json()["items"]
    assert [item["expired"] for item in inactive] == [False, False, True]
    tagged = (await caller.get(path, title_code="DEMO", tags="trial,none")).json()["items"]
    assert [item["product_code"] for item in tagged] == ["digital-trial"]
    assert (await caller.get(path, title_code="DEMO", tags="Trial")).json()["items"] == []
    assert (await caller.get(path, title_code="OTHER")).json()["items"] == []


async def test_klarna_periods_leave_out_other_methods_and_keep_disabled_ones(caller: Any) -> None:
    first = (await caller.get("/v1/klarna_payments/payment_periods", code="digital")).json()["items"]
    second = (await caller.get("/v2/klarna_payments/payment_periods", code="digital")).json()["items"]
    assert first == second
    assert [(p["price"], p["iteration_type"], p["iteration_length"], p["enabled"]) for p in first] == [
        (129, "month", 1, True),
        (1290, "year", 1, True),
        (369, "month", 3, False),
    ]
    every = (await caller.get("/v1/products/payment_periods", product_code="digital")).json()["items"]
    assert {p["payment_method"] for p in every} == {"klarna_payments", "adyen"}


async def test_the_list_of_products_holds_products_packages_and_campaigns(caller: Any) -> None:
    async def codes(**query: str) -> list[str]:
        items = (await caller.get("/v1/products", **query)).json()["items"]
        return [item["product_code"] for item in items]

    assert await codes(product_type="products") == ["news", "plus"]
    assert await codes(product_type="packages") == ["digital", "digital-plus", "digital-30"]
    assert await codes(product_code="digital-intro") == ["digital-intro"]
    assert len(await codes()) == 7
    assert await codes(title_code="OTHER") == []


async def test_newer_versions_tell_more(caller: Any) -> None:
    old = (await caller.get("/v2/products", product_code="digital")).json()["item"]
    new = (await caller.get("/v4/products", product_code="digital")).json()["item"]
    assert set(new) - set(old) == {"expired", "image_url"}


def test_codes_and_ids_have_the_documented_formats() -> None:
    catalogue = demo_catalogue("DEMO")
    ids = [period.id for offer in catalogue.offers for period in offer.periods]
    ids += [offer.id for offer in catalogue.offers] + [product.id for product in catalogue.products]
    ids += [reason.id for reason in catalogue.cancellation_reasons]
    assert len(set(ids)) == len(ids)
    assert all(ENTITY_ID.accepts(entity_id) for entity_id in ids)
    assert all(CODE.accepts(entry.code) and len(entry.code) <= 50 for entry in catalogue.offers)


@pytest.mark.parametrize(
    ("unit", "start", "times", "end"),
    [
        ("month", datetime(2026, 1, 31, 12, tzinfo=UTC), 1, datetime(2026, 2, 28, 12, tzinfo=UTC)),
        ("month", datetime(2026, 1, 31, 12, tzinfo=UTC), 2, datetime(2026, 3, 31, 11, tzinfo=UTC)),
        ("month", datetime(2026, 11, 15, tzinfo=UTC), 3, datetime(2027, 2, 15, tzinfo=UTC)),
        ("year", datetime(2024, 2, 29, tzinfo=UTC), 1, datetime(2025, 2, 28, tzinfo=UTC)),
        ("week", datetime(2026, 3, 25, 12, tzinfo=UTC), 1, datetime(2026, 4, 1, 11, tzinfo=UTC)),
        ("day", datetime(2026, 3, 28, 12, tzinfo=UTC), 1, datetime(2026, 3, 29, 11, tzinfo=UTC)),
    ],
)
def test_periods_follow_the_swedish_calendar(unit: Any, start: datetime, times: int, end: datetime) -> None:
    assert Period("0" * 24, "recurring", unit, 1, 100).end(start, times) == end


def test_periods_never_run_backwards() -> None:
    period = Period("0" * 24, "recurring", "month", 1, 100)
    start = datetime(2024, 1, 31, 23, 30, tzinfo=UTC)
    ends = [period.end(start, times) for times in range(1, 40)]
    assert all(
        timedelta(days=27) < later - earlier < timedelta(days=32)
        for earlier, later in itertools.pairwise(ends)
    )


async def test_the_best_campaign_is_the_first_by_rank_that_the_account_may_buy(caller: Any) -> None:
    async def best(who: str, **query: Any) -> str | None:
        account = (await caller.get("/v1/me", who)).json()["item"]["id"]
        path = "/v1/ranked_campaign_group/get_purchasable_product_code"
        answer = await caller.get(path, account_id=account, **query)
        code: str | None = answer.json()["item"]
        return code

    assert await best("astrid.lundmark", package_code="digital") == "digital-intro"
    assert await best("astrid.lundmark", campaign_code="digital-trial") == "digital-intro"
    assert await best("astrid.lundmark", package_code="digital-plus") is None
    for subscriber in ("karin.oberg", "maja.hellgren"):
        assert await best(subscriber, package_code="digital") is None
        ignoring = {"package_code": "digital", "ignore_active_subscriptions": "true"}
        assert await best(subscriber, **ignoring) is None
