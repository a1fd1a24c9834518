"""The design that is there from the start, and in force wherever no other matches."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from klarna_shop.shop.paywalls.document import PaywallDesign

STANDARD_SLUG = "standard"
BUILT_IN_VERSION = 0
"""The version of the document in the code; what is published over it counts from 1."""

_DOCUMENT = Path(__file__).with_name("standard.json")


@cache
def standard_design() -> PaywallDesign:
    """The built-in document."""
    return PaywallDesign.model_validate_json(_DOCUMENT.read_bytes(), strict=True)
