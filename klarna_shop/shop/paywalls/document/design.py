"""A paywall design as one document, and its JSON Schema (draft 2020-12)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from klarna_shop.shop.paywalls.document.access import AccessRules
from klarna_shop.shop.paywalls.document.appearance import Layout, Teaser, Theme
from klarna_shop.shop.paywalls.document.copytext import Copy
from klarna_shop.shop.paywalls.document.offers import Offers
from klarna_shop.shop.paywalls.document.part import PRINTABLE, Language, Part
from klarna_shop.shop.paywalls.document.targeting import Targeting

SCHEMA_VERSION: Literal[1] = 1
MOST_LANGUAGES = 40


class PaywallDesign(Part):
    """One version of a design. Says nothing of where it is stored or whether it is published."""

    schema_version: Literal[1] = Field(
        SCHEMA_VERSION, title="Schema version", description="Of this schema; other versions are not read."
    )
    name: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=PRINTABLE)] = Field(
        title="Name", description="For the product team."
    )
    purpose: Annotated[str, StringConstraints(max_length=400, pattern=PRINTABLE)] = Field(
        "", title="Purpose", description="What the design is for, and why it should work."
    )
    access: AccessRules = Field(
        AccessRules(), title="Access", description="What may be read before the wall."
    )
    layout: Layout = Field(
        Layout.INLINE_CARD,
        title="Layout",
        description=(
            "inline_card: a card below the teaser, in the column of the text. full_page: the wall takes the "
            "page’s width below the teaser. bottom_sheet: a sheet at the lower edge of the window. "
            "offer_comparison: the offers beside each other, to be chosen among on the wall."
        ),
    )
    copy_: dict[Language, Copy] = Field(
        default_factory=dict,
        alias="copy",
        max_length=MOST_LANGUAGES,
        title="Copy",
        description="What the wall says, by language.",
    )
    offers: Offers = Field(Offers(), title="Offers", description="What is for sale on the wall.")
    teaser: Teaser = Field(Teaser(), title="Teaser", description="What everybody may read.")
    theme: Theme = Field(Theme(), title="Theme", description="Colours, face and shapes.")
    targeting: Targeting = Field(Targeting(), title="Targeting", description="Whom the design is for.")

    def as_json(self) -> str:
        """The document as it is stored: compact, fields in the schema's order."""
        return self.model_dump_json()

    def as_data(self) -> dict[str, Any]:
        """The document as plain JSON values."""
        return self.model_dump(mode="json")


def document_schema() -> dict[str, Any]:
    """The JSON Schema of a design."""
    schema = PaywallDesign.model_json_schema(schema_generator=_StrictSchema)
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema}


class _StrictSchema(GenerateJsonSchema):
    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Where names have a form (languages), no other name is admitted."""
        generated = super().dict_schema(schema)
        return {**generated, "additionalProperties": False} if "patternProperties" in generated else generated
