"""Readings of the catalogue and of eligibility (§6, §7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from klarna_shop.sandbox.provenance import Provenance
from klarna_shop.sandbox.readings.choice import Alternative, choice


@dataclass(frozen=True, kw_only=True)
class CatalogueReadings:
    """How products are described, and why one may not be bought."""

    base_package_reference: Literal["object", "absent"] = choice(
        "6.1",
        Provenance.UNKNOWN,
        "How a campaign names the package it is built on",
        Alternative("object", "`campaign_package` with `product_code` and `name`"),
        Alternative("absent", "not at all: the shop has it from its own settings"),
    )
    price_periods_in_product: bool = choice(
        "6.1",
        Provenance.INFERRED,
        "Whether a package or campaign lists its periods in `price_periods`",
        Alternative(True, "it does, as its own endpoint lists them (§6.3)"),
        Alternative(False, "it does not"),
    )
    pre_validation: Literal["rules", "allows"] = choice(
        "17",
        Provenance.UNKNOWN,
        "What pre_validate_purchase says of a buyer whom the rules exclude (the hosted flow's restrictions "
        "might or might not hold elsewhere)",
        Alternative("rules", "it refuses, with the reason"),
        Alternative(
            "allows",
            "it allows everything",
            "a shop that asks beforehand learns nothing, and sells what it must not",
        ),
    )
    order_eligibility: Literal["unchecked", "checked"] = choice(
        "17",
        Provenance.UNKNOWN,
        "Whether place_order itself refuses a buyer whom the rules exclude",
        Alternative("unchecked", "it does not: it allows what pre-validation refuses"),
        Alternative(
            "checked", "it does, with the reason as its code: it may refuse what pre-validation allows"
        ),
    )
    product_list_field: Literal["items", "item"] = choice(
        "6.2",
        Provenance.INFERRED,
        "The field that holds the list of `GET /v1/products`",
        Alternative("items", "as other lists"),
        Alternative("item", "as single objects"),
    )
