"""The fields that Klarna wants corrected, in the reader's words."""

from __future__ import annotations

from klarna_shop.ui.languages import text

FIELDS = (
    "given_name",
    "family_name",
    "email",
    "phone",
    "street_address",
    "postal_code",
    "city",
    "date_of_birth",
)
"""Last parts of Klarna's paths, such as `billing_address.email`."""


def wrong_fields(paths: object, language: str) -> list[str]:
    """The words for what Klarna names, each once; what nobody could act on is left out."""
    if not isinstance(paths, list):
        return []
    named = {path.rpartition(".")[2] for path in paths if isinstance(path, str)}
    return [text(language, f"checkout.field.{field}") for field in FIELDS if field in named]
