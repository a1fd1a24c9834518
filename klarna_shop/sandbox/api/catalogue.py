"""Products, packages, campaigns, titles and their periods (§6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from klarna_shop.sandbox.answers.catalogue import (
    ProductAnswer,
    ProductList,
    ProductPage,
    ProductPeriods,
    ProductV2Answer,
    TitleAnswer,
    Titles,
)
from klarna_shop.sandbox.catalogue import Offer, Period, Product
from klarna_shop.sandbox.endpoint import Call, Endpoints, Facts
from klarna_shop.sandbox.errors import not_found
from klarna_shop.sandbox.formats import CODE, ENTITY_ID, INTEGRATION_CODE, TAGS, TITLE_CODE, price
from klarna_shop.sandbox.parameters import OneOf, Parameter
from klarna_shop.sandbox.refusals import DOCUMENTED, INFERRED, unknown
from klarna_shop.sandbox.scopes import PRODUCT_READ, TITLE_READ

endpoints = Endpoints()

_ID = Parameter("id", format=ENTITY_ID, description="Id of a product, package or campaign.")
_PRODUCT_ID = Parameter(
    "product_id",
    format=ENTITY_ID,
    description="The same as `id`: the documentation's table has one name and its example another (§15.2).",
)
_PRODUCT_CODE = Parameter(
    "product_code", format=CODE, maximum=50, description="Code of a product, package or campaign."
)
_INTEGRATION_CODE = Parameter(
    "integration_code",
    format=INTEGRATION_CODE,
    maximum=50,
    description="The code under which another system knows the product, package or campaign.",
)
_TITLE_CODE = Parameter("title_code", format=TITLE_CODE, maximum=15, description="Code of a newspaper.")
_TAGS = Parameter(
    "tags",
    format=TAGS,
    maximum=100,
    description="Tags separated by commas; capitals matter. Any of them is enough.",
)
_INACTIVE = Parameter(
    "include_inactive", "boolean", default=False, description="Whether what is no longer sold is listed, too."
)
_ONE: Facts = {
    "scope": PRODUCT_READ,
    "section": "6.1",
    "answer": ProductAnswer,
    "provenance": DOCUMENTED,
    "parameters": (_ID, _PRODUCT_ID, _PRODUCT_CODE),
    "exclusive": (OneOf(("id", "product_id", "product_code")),),
    "refusals": (unknown("The product, package or campaign"),),
}
_SEARCH: Facts = {
    "scope": PRODUCT_READ,
    "section": "6.2",
    "answer": ProductPage,
    "provenance": DOCUMENTED,
    "parameters": (
        replace(_TITLE_CODE, required=True),
        Parameter("page_size", "integer", default=25, minimum=1, maximum=25, description="Items on a page."),
        Parameter(
            "page_number", "integer", default=1, minimum=1, maximum=1000, description="Counted from one."
        ),
        _TAGS,
        _INACTIVE,
    ),
}
_SEARCH_V3 = _SEARCH | {"section": "17", "access_provenance": INFERRED}
"""Known by its address; parameters and answer are taken to be those of v2."""
_NEWER = ("expired", "image_url")


@endpoints.get("/v2/products", **_ONE | {"answer": ProductV2Answer})
async def product_v2(call: Call) -> dict[str, Any]:
    """One product, package or campaign, as v2 describes it."""
    item = _described(call, _found(call))
    return {"item": {name: value for name, value in item.items() if name not in _NEWER}}


@endpoints.get("/v3/products", **_ONE)
@endpoints.get(
    "/v4/products",
    **_ONE
    | {
        "parameters": (_ID, _PRODUCT_ID, _PRODUCT_CODE, _INTEGRATION_CODE),
        "exclusive": (OneOf(("id", "product_id", "product_code", "integration_code")),),
    },
)
async def product(call: Call) -> dict[str, Any]:
    """One product, package or campaign."""
    return {"item": _described(call, _found(call))}


@endpoints.get(
    "/v1/products",
    scope=PRODUCT_READ,
    section="6.2",
    answer=ProductList,
    provenance=DOCUMENTED,
    parameters=(
        _ID,
        _PRODUCT_CODE,
        Parameter("product_type", choices=("packages", "campaigns", "products"), description="Of one kind."),
        _TITLE_CODE,
        _TAGS,
        _INACTIVE,
    ),
    exclusive=(OneOf(("id", "product_code"), required=False),),
)
async def products(call: Call) -> dict[str, Any]:
    """All of them, or those that match."""
    values, catalogue = call.values, call.services.catalogue
    entries: list[Offer | Product] = []
    if values["product_type"] in {None, "products"} and not values["tags"]:
        entries += catalogue.products
    for kind in ("package", "campaign"):
        if values["product_type"] in {None, f"{kind}s"}:
            entries += _offers(call, kind)
    if values["title_code"] not in {None, catalogue.title.code}:
        entries = []
    wanted = [
        entry
        for entry in entries
        if values["id"] in {None, entry.id} and values["product_code"] in {None, entry.code}
    ]
    return {call.services.readings.product_list_field: [_described(call, entry) for entry in wanted]}


@endpoints.get("/v2/products/package/search", **_SEARCH)
async def search_packages(call: Call) -> dict[str, Any]:
    """Packages of a title, a page at a time."""
    return _page(call, "package")


@endpoints.get("/v2/products/campaign/search", **_SEARCH)
@endpoints.get("/v3/products/campaign/search", **_SEARCH_V3)
async def search_campaigns(call: Call) -> dict[str, Any]:
    """Campaigns of a title, a page at a time."""
    return _page(call, "campaign")


@endpoints.get(
    "/v1/products/payment_periods",
    scope=PRODUCT_READ,
    section="6.3",
    answer=ProductPeriods,
    provenance=DOCUMENTED,
    parameters=(_ID, _PRODUCT_ID, _PRODUCT_CODE),
    exclusive=(OneOf(("id", "product_id", "product_code")),),
    refusals=(unknown("The product, package or campaign"),),
)
async def payment_periods(call: Call) -> dict[str, Any]:
    """Periods of every payment method."""
    entry = _found(call)
    return {"items": [_period(period) for period in entry.periods] if isinstance(entry, Offer) else []}


@endpoints.get(
    "/v1/titles", scope=TITLE_READ, section="6.6", answer=Titles, provenance=DOCUMENTED, slash=True
)
async def titles(call: Call) -> dict[str, Any]:
    """The organisation's newspapers."""
    return {"items": [_title(call)]}


@endpoints.get(
    "/v1/titles/find_one",
    scope=TITLE_READ,
    section="6.6",
    answer=TitleAnswer,
    provenance=DOCUMENTED,
    parameters=(replace(_TITLE_CODE, required=True),),
    refusals=(unknown("The title"),),
)
async def title(call: Call) -> dict[str, Any]:
    """One newspaper."""
    if call.values["title_code"] != call.services.catalogue.title.code:
        raise not_found("Title")
    return {"item": _title(call)}


def _title(call: Call) -> dict[str, Any]:
    own = call.services.catalogue.title
    return {
        "name": own.name,
        "code": own.code,
        "image_url": None,
        "merchant_image_url": None,
        "url": own.url,
        "rgb": own.rgb,
    }


def _found(call: Call) -> Offer | Product:
    values = call.values
    entry = call.services.catalogue.find(
        code=values["product_code"],
        entity_id=values["id"] or values["product_id"],
        integration_code=values.get("integration_code"),
    )
    if entry is None:
        raise not_found("Product")
    return entry


def _offers(call: Call, kind: str) -> list[Offer]:
    now = call.services.clock.now()
    tags = set((call.values["tags"] or "").replace(",", " ").split())
    found = [
        offer
        for offer in call.services.catalogue.offers
        if offer.kind == kind
        and (call.values["include_inactive"] or not offer.is_expired(now))
        and (not tags or tags & set(offer.tags))
    ]
    return sorted(found, key=lambda offer: (offer.rank, offer.code))


def _page(call: Call, kind: str) -> dict[str, Any]:
    size, number = call.values["page_size"], call.values["page_number"]
    offers = _offers(call, kind) if call.values["title_code"] == call.services.catalogue.title.code else []
    start = (number - 1) * size
    return {
        "page_info": {
            "page_size": size,
            "page_number": number,
            "more_results_available": len(offers) > start + size,
        },
        "items": [_described(call, offer) for offer in offers[start : start + size]],
    }


def _described(call: Call, entry: Offer | Product) -> dict[str, Any]:
    catalogue = call.services.catalogue
    common = {
        "id": entry.id,
        "product_code": entry.code,
        "integration_code": entry.integration_code,
        "title_code": catalogue.title.code,
        "name": entry.name,
        "description": entry.description,
        "additional_short_description": None,
        "image_url": None,
        "expired": False,
        "valid_from": None,
        "valid_to": None,
    }
    if isinstance(entry, Product):
        return common
    described: dict[str, Any] = common | {
        "valid_from": call.services.written_time(entry.valid_from),
        "valid_to": call.services.written_time(entry.valid_to),
        "expired": entry.is_expired(call.services.clock.now()),
        "additional_short_description": entry.short_description or None,
        "customer_can_cancel": entry.customer_can_cancel,
        "vat_code": entry.vat,
        "rank": entry.rank,
        "show_price_excluding_vat": False,
        "allow_gift_purchase": False,
        "allow_only_gift_purchase": False,
        "allow_voucher_purchase": False,
        "allow_only_voucher_purchase": False,
        "tags": [{"name": tag, "type": entry.kind} for tag in entry.tags],
    }
    if call.services.readings.price_periods_in_product:
        described["price_periods"] = [_period(period) for period in entry.periods]
    if entry.kind == "campaign":
        described["transform_to_campaign_package"] = entry.transforms
        base = catalogue.offer(entry.base_package or "")
        if base is not None and call.services.readings.base_package_reference == "object":
            described["campaign_package"] = {"product_code": base.code, "name": base.name}
    return described


def _period(period: Period) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": period.id,
        "payment_method": period.payment_method,
        "type": period.type,
        "enabled": period.enabled,
        "iteration_type": period.unit,
        "iteration_length": period.length,
        "price": price(period.price),
    }
    if period.payment_method == "adyen":
        described["details"] = {"name": "Kreditkort", "type": "scheme"}
    return described
