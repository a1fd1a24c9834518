"""The document that a paywall design is, and its JSON Schema.

Depends on nothing but Pydantic: whoever can read JSON can write one.
"""

from klarna_shop.shop.paywalls.document.access import AccessModel, AccessRules
from klarna_shop.shop.paywalls.document.appearance import (
    Colours,
    Font,
    Layout,
    Teaser,
    Theme,
)
from klarna_shop.shop.paywalls.document.copytext import Copy, CopyLine
from klarna_shop.shop.paywalls.document.design import (
    SCHEMA_VERSION,
    PaywallDesign,
    document_schema,
)
from klarna_shop.shop.paywalls.document.offers import DesignOffer, Offers
from klarna_shop.shop.paywalls.document.part import Language
from klarna_shop.shop.paywalls.document.targeting import Device, ReaderKind, Targeting

__all__ = [
    "SCHEMA_VERSION",
    "AccessModel",
    "AccessRules",
    "Colours",
    "Copy",
    "CopyLine",
    "DesignOffer",
    "Device",
    "Font",
    "Language",
    "Layout",
    "Offers",
    "PaywallDesign",
    "ReaderKind",
    "Targeting",
    "Teaser",
    "Theme",
    "document_schema",
]
