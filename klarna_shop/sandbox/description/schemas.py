"""JSON schemas: of parameters as requests must send them, and of answers as clients should expect them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from klarna_shop.sandbox.formats import DATE
from klarna_shop.sandbox.parameters import LONGEST_TEXT, Parameter
from klarna_shop.sandbox.provenance import Provenance

Schema = dict[str, Any]
REFERENCE = "#/components/schemas/"
_PLAIN: Schema = {"type": ["string", "number", "boolean", "null"]}


def parameter_schema(parameter: Parameter) -> Schema:
    """The schema of one parameter, with its marks."""
    schema = _shape(parameter)
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    if parameter.default is not None:
        schema["default"] = parameter.default
    return schema | facts(parameter)


def facts(parameter: Parameter) -> Schema:
    """What is known about a parameter, in the document's own extensions."""
    described = {
        "description": parameter.description,
        "x-provenance": parameter.provenance.value,
        "x-required-provenance": parameter.required_provenance if parameter.required else None,
        "x-limits-provenance": limits_provenance(parameter),
    }
    return {name: str(value) for name, value in described.items() if value}


def limits_provenance(parameter: Parameter) -> Provenance | None:
    """The mark of a parameter's limits where it is not the parameter's own.

    A text of which nothing is said is limited all the same, by the sandbox.
    """
    own = parameter.limits_provenance
    is_free = parameter.kind == "text" and not (parameter.choices or parameter.format or parameter.maximum)
    return Provenance.UNKNOWN if own is None and is_free else own


def object_schema(parameters: Iterable[Parameter]) -> Schema:
    """A strict object of these parameters (§2.2: requests are strict)."""
    parameters = tuple(parameters)
    schema: Schema = {
        "type": "object",
        "properties": {parameter.name: parameter_schema(parameter) for parameter in parameters},
        "additionalProperties": False,
    }
    required = [parameter.name for parameter in parameters if parameter.required]
    return schema | ({"required": required} if required else {})


def _shape(parameter: Parameter) -> Schema:
    match parameter.kind:
        case "boolean":
            return {"type": "boolean"}
        case "integer":
            bounds = {"minimum": parameter.minimum, "maximum": parameter.maximum}
            return {"type": "integer"} | {name: bound for name, bound in bounds.items() if bound is not None}
        case "date":
            return {"type": "string", "format": "date", "pattern": DATE.portable}
        case "url":
            longest = parameter.maximum or LONGEST_TEXT
            return {"type": "string", "format": "uri", "pattern": "^https?://[^ ]+$", "maxLength": longest}
        case "ip":
            return {"type": "string", "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]}
        case "object":
            if parameter.members:
                return object_schema(parameter.members)
            # How long an object is as text cannot be said here; one that has to be long is not empty.
            filled = {"minProperties": 1} if parameter.minimum else {}
            return {"type": "object", "additionalProperties": _PLAIN} | filled
        case "text":
            return {"type": "string"} | _text_limits(parameter)


def _text_limits(parameter: Parameter) -> Schema:
    if parameter.choices:
        return {}
    limits: Schema = {}
    if parameter.format is not None:
        limits["pattern"] = parameter.format.portable
    if parameter.format is None or parameter.maximum is not None:
        limits |= {"minLength": parameter.minimum or 1, "maxLength": parameter.maximum or LONGEST_TEXT}
    return limits


class _PlainSchemas(GenerateJsonSchema):
    """Schemas without the titles that only repeat the fields' names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        """Never."""
        return False


def answer_schemas(models: Iterable[type[BaseModel]]) -> dict[str, Schema]:
    """Component schemas of these models and of all within them.

    They are open: Payway may add a field at any time, and clients must ignore those they do not know
    (§1.2). That the sandbox itself answers with nothing else is the tests' matter.
    """
    _, definitions = models_json_schema(
        [(model, "validation") for model in models],
        ref_template=REFERENCE + "{model}",
        schema_generator=_PlainSchemas,
    )
    schemas: dict[str, Schema] = definitions["$defs"]
    for schema in schemas.values():
        schema.pop("additionalProperties", None)
        schema.pop("title", None)
    return dict(sorted(schemas.items()))


def reference(model: type[BaseModel]) -> Schema:
    """A reference to a model's component schema."""
    return {"$ref": REFERENCE + model.__name__}
