"""What all answer models share: strictness, and the marks that say how well each field is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from klarna_shop.sandbox.formats import DATE, ENTITY_ID, ORDER_NUMBER
from klarna_shop.sandbox.provenance import Provenance

ABSENT: Any = None
"""Default of a field that may be left out. It is not `null`: where null is possible, the type says so."""


@dataclass(frozen=True)
class Fact:
    """What is known about one field, written beside it as `Annotated[type, Fact(…)]`.

    Attributes:
        meaning: what the value is, where the name does not say it.
        provenance: how well the field is known; `None` means as well as the model it stands in.
        section: the reference's section, where it is not the model's.
        reading: name of the sandbox's reading that decides about this field.
    """

    meaning: str = ""
    provenance: Provenance | None = None
    section: str | None = None
    reading: str | None = None

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The field's schema, with what is known about it."""
        schema = handler(core_schema)
        if self.reading is not None and "anyOf" in schema:
            schema["oneOf"] = schema.pop("anyOf")  # readings exclude one another
        facts = {
            "description": self.meaning,
            "x-provenance": self.provenance,
            "x-section": self.section,
            "x-reading": self.reading,
        }
        return schema | {name: str(value) for name, value in facts.items() if value}


class Answer(BaseModel):
    """An object in an answer.

    A subclass says how well its fields are known and where they are described:
    `class Period(Answer, provenance=…, section="5.1")`. A field that is known less well has a `Fact`.
    """

    model_config = ConfigDict(extra="forbid", strict=True)
    provenance: ClassVar[Provenance]
    section: ClassVar[str]

    def __init_subclass__(cls, *, provenance: Provenance, section: str, **config: Any) -> None:
        """Take the model's mark and section; there is no default, so that none can be forgotten."""
        super().__init_subclass__(**config)
        cls.provenance = provenance
        cls.section = section

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The model's schema, with the model's mark on every field that has none of its own."""
        reference = handler(core_schema)
        schema = handler.resolve_ref_schema(reference)
        schema |= {"x-provenance": cls.provenance.value, "x-section": cls.section}
        for field in schema.get("properties", {}).values():
            field.setdefault("x-provenance", cls.provenance.value)
            field.pop("default", None)  # answers have no defaults; it says only that the field may be absent
        return reference


EntityId = Annotated[str, Field(pattern=ENTITY_ID.portable)]
"""24 hexadecimal characters (§1.4)."""
OrderNumber = Annotated[str, Field(pattern=ORDER_NUMBER.portable, examples=["DEMO-1001"])]
"""The organisation in upper case, a hyphen and a number (§1.4)."""
Day = Annotated[str, Field(pattern=DATE.portable, json_schema_extra={"format": "date"})]
"""`YYYY-MM-DD`."""
Moment = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?[+-]\d{2}:\d{2}$",
        json_schema_extra={"format": "date-time"},
    ),
]
"""ISO 8601 with the Swedish offset (§1.4)."""
Kronor = Annotated[float, Field(ge=0)]
"""An amount in kronor, VAT included: a whole number where it is one."""
