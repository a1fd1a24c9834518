"""What is for sale as structured data (schema.org Product with its Offer).

Made when a picker is shown, from the offers that Payway has just named, and never at build time: a price in a
built page would go on being said after Payway has changed it.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.offers import Offer, Period, PeriodUnit
from klarna_shop.ui.discovery.json_ld import json_ld
from klarna_shop.ui.languages import address, text

UNIT_CODES = {PeriodUnit.DAY: "DAY", PeriodUnit.WEEK: "WEE", PeriodUnit.MONTH: "MON", PeriodUnit.YEAR: "ANN"}
"""UN/CEFACT's codes of time units, which schema.org's quantities are counted in."""


def product_data(offers: Iterable[Offer], language: str) -> str:
    """The text of the script element; empty where nothing is for sale."""
    products = [_product(offer, language) for offer in offers]
    return json_ld({"@context": "https://schema.org", "@graph": products}) if products else ""


def _product(offer: Offer, language: str) -> dict[str, Any]:
    settings = current_shop().settings
    picker = f"{settings.app_url}{address(language, '/packages')}"
    product = {
        "@type": "Product",
        "name": offer.name,
        "sku": f"{offer.code}|{offer.period_id}",
        "description": offer.description,
        "brand": {"@type": "Brand", "name": text(language, "frame.paper_name")},
        "offers": {
            "@type": "Offer",
            "url": f"{picker}?{urlencode({'code': offer.code})}",
            "availability": "https://schema.org/InStock",
            "priceSpecification": _prices(offer),
            "seller": {"@type": "Organization", "name": settings.seller_name},
        },
    }
    return {name: value for name, value in product.items() if value}


def _prices(offer: Offer) -> list[dict[str, Any]]:
    """The price of one period, and the one it turns into: as on the page, never the cheaper one alone."""
    now = _price(offer.price, offer.period)
    if offer.recurring:
        return [now]
    unit, length = UNIT_CODES[offer.period.unit], offer.period.length
    now |= {"billingDuration": length, "unitCode": unit}
    if offer.after is None:
        return [now]
    return [now, _price(offer.after.price, offer.after.period) | {"billingStart": length, "unitCode": unit}]


def _price(ore: int, period: Period) -> dict[str, Any]:
    return {
        "@type": "UnitPriceSpecification",
        "price": f"{Decimal(ore) / 100:.2f}",
        "priceCurrency": "SEK",
        "valueAddedTaxIncluded": True,
        "referenceQuantity": {
            "@type": "QuantitativeValue",
            "value": period.length,
            "unitCode": UNIT_CODES[period.unit],
        },
    }
