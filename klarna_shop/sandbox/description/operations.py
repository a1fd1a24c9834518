"""Operations of the OpenAPI document: one for each endpoint, and the token endpoint's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from klarna_shop.sandbox.answers.authorization import Token
from klarna_shop.sandbox.answers.refusals import Refused, TokenRefused
from klarna_shop.sandbox.api.authorization import PATH
from klarna_shop.sandbox.api.grants import CLIENT_PARAMETERS, GRANTS, REFUSALS, SECTION, Grant
from klarna_shop.sandbox.description.schemas import Schema, facts, object_schema, parameter_schema, reference
from klarna_shop.sandbox.endpoint import Endpoint
from klarna_shop.sandbox.openid.declared import SECTION as OPENID_SECTION
from klarna_shop.sandbox.openid.declared import OpenIdOperation
from klarna_shop.sandbox.parameters import OneOf, Parameter
from klarna_shop.sandbox.provenance import Provenance
from klarna_shop.sandbox.readings import Readings
from klarna_shop.sandbox.refusals import Refusal

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
PATH_OF_TOKENS = PATH
BEARER = "bearer"
AUTHORIZATION_AREA = "Authorization"
OPENID_AREA = "OpenID Connect"
_MEANINGS = {
    400: "The request is wrong.",
    401: "The access token is missing or not good.",
    403: "The token, or Klarna, does not allow it.",
    404: "There is no such thing, or not for this token.",
    409: "The thing is in a state that does not allow it.",
    422: "It was understood, and cannot be done.",
    500: "A fault of the server.",
}


def operation(endpoint: Endpoint, area: str) -> Schema:
    """The operation of an endpoint."""
    in_path = {
        parameter.name for parameter in endpoint.parameters if f"{{{parameter.name}}}" in endpoint.path
    }
    described: Schema = {
        "operationId": operation_id(endpoint),
        "summary": summary(endpoint),
        "tags": [area],
        "security": [{BEARER: [endpoint.scope]}],
        "x-scope": endpoint.scope,
        "x-identity": endpoint.identity,
        "x-provenance": endpoint.provenance.value,
        "x-section": endpoint.section,
    }
    if notes := operation_notes(endpoint):
        described["description"] = "\n\n".join(notes)
    if endpoint.access_provenance is not None:
        described["x-access-provenance"] = endpoint.access_provenance.value
    if endpoint.exclusive:
        described["x-exclusive"] = [
            {"parameters": list(choice.names), "required": choice.required} for choice in endpoint.exclusive
        ]
    in_address = endpoint.parameters if endpoint.method == "GET" else ()
    if in_address:
        described["parameters"] = [
            _parameter(parameter, "path" if parameter.name in in_path else "query")
            for parameter in in_address
        ]
    if endpoint.method != "GET":
        content = {JSON: {"schema": object_schema(endpoint.parameters)}}
        described["requestBody"] = {"required": True, "content": content}
    described["responses"] = _successes(endpoint) | _refusals(endpoint.all_refusals, Refused)
    return described


def operation_id(endpoint: Endpoint) -> str:
    """A name for generated clients, such as `post_v1_klarna_payments_create_session`."""
    words = endpoint.path.translate(str.maketrans("/", "_", "{}")).strip("_")
    return f"{endpoint.method.lower()}_{words}"


def summary(endpoint: Endpoint) -> str:
    """The first sentence of the handler's own docstring."""
    return (endpoint.handler.__doc__ or "").strip().partition("\n")[0]


def operation_notes(endpoint: Endpoint) -> list[str]:
    """What a schema cannot say of the endpoint."""
    notes = [exclusive_sentence(choice) for choice in endpoint.exclusive]
    if endpoint.slash:
        notes.append("The documentation also writes the path with a slash at its end; both are answered.")
    return notes


def exclusive_sentence(choice: OneOf) -> str:
    """An either/or rule in words."""
    names = [f"`{name}`" for name in choice.names]
    listed = f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{'Exactly' if choice.required else 'At most'} one of {listed} is given."


def _parameter(parameter: Parameter, place: str) -> Schema:
    schema = {
        name: value
        for name, value in parameter_schema(parameter).items()
        if name != "description" and not name.startswith("x-")
    }
    described = {"name": parameter.name, "in": place, "schema": schema} | facts(parameter)
    return described | ({"required": True} if parameter.required or place == "path" else {})


def _successes(endpoint: Endpoint) -> Schema:
    content = {JSON: {"schema": reference(endpoint.answer)}}
    described: Schema = {"description": _sentence(endpoint.answer), "content": content}
    if endpoint.method != "POST":
        return {"200": described}
    return {
        str(status): described | {"x-provenance": Provenance.INFERRED.value, "x-reading": "post_status"}
        for status in _choices("post_status")
    }


def _choices(reading: str) -> tuple[Any, ...]:
    found = next(choice for choice in Readings.choices() if choice.name == reading)
    return tuple(alternative.value for alternative in found.alternatives)


def _sentence(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().partition("\n")[0]


def _refusals(refusals: Iterable[Refusal], body: type[BaseModel]) -> Schema:
    by_status: dict[int, list[Refusal]] = {}
    for refusal in refusals:
        for status in refusal.statuses:
            by_status.setdefault(status, []).append(refusal)
    return {str(status): _refused(status, by_status[status], body) for status in sorted(by_status)}


def _refused(status: int, refusals: list[Refusal], body: type[BaseModel]) -> Schema:
    schema = reference(body)
    described = {"description": _MEANINGS[status]}
    if {"unauthorized_body", "forbidden_body"} & {refusal.reading for refusal in refusals}:
        schema = {"anyOf": [schema, reference(TokenRefused)]}
        described["description"] += " The body may also be in OAuth's shape, or empty."
    return described | {
        "content": {JSON: {"schema": schema}},
        "x-refusals": [_described(refusal, status) for refusal in refusals],
    }


def _described(refusal: Refusal, status: int) -> dict[str, Any]:
    described: dict[str, Any] = {
        "code": refusal.code,
        "when": refusal.when,
        "x-provenance": refusal.provenance.value,
        "x-section": refusal.section,
        "x-default": status == refusal.status,
    }
    if len(refusal.codes) > 1:
        described["x-other-codes"] = list(refusal.codes[1:])
    return described | ({"x-readings": list(refusal.readings)} if refusal.readings else {})


def token_operation() -> Schema:
    """The operation of the token endpoint."""
    form = {"oneOf": [_grant_schema(grant) for grant in GRANTS]}
    success = {"description": _sentence(Token), "content": {JSON: {"schema": reference(Token)}}}
    return {
        "operationId": "get_access_token",
        "summary": "Get or renew an access token.",
        "tags": [AUTHORIZATION_AREA],
        "security": [],
        "x-provenance": Provenance.CLIENT.value,
        "x-section": SECTION,
        "requestBody": {"required": True, "content": {FORM: {"schema": form}}},
        "responses": {"200": success} | _refusals(REFUSALS, TokenRefused),
    }


def _grant_schema(grant: Grant) -> Schema:
    schema = object_schema((*CLIENT_PARAMETERS, *grant.parameters))
    # The token endpoint overlooks fields it does not know; strictness (§2.2) is the API's.
    del schema["additionalProperties"]
    schema["properties"] = {
        "grant_type": {"const": grant.name, "x-provenance": grant.provenance.value},
        **schema["properties"],
    }
    schema["required"] = ["grant_type", *schema["required"]]
    return schema | {
        "title": grant.name,
        "description": grant.summary,
        "x-provenance": grant.provenance.value,
        "x-identity": grant.identity,
    }


def openid_operation(declared: OpenIdOperation) -> Schema:
    """The operation of one of the OpenID provider's addresses."""
    described: Schema = {
        "operationId": "openid_" + declared.path.rpartition("/")[2].replace("-", "_"),
        "summary": declared.summary,
        "tags": [OPENID_AREA],
        "security": [{BEARER: [declared.scope]}] if declared.scope else [],
        "x-scope": declared.scope,
        "x-identity": bool(declared.scope),
        "x-provenance": declared.provenance.value,
        "x-section": OPENID_SECTION,
        "description": "Discovery names the address; this is the sandbox's."
        if " /" not in declared.name
        else "",
    }
    if not described["description"]:
        del described["description"]
    if declared.method == "GET" and declared.parameters:
        described["parameters"] = [_parameter(parameter, "query") for parameter in declared.parameters]
    elif declared.parameters:
        schema = object_schema(declared.parameters)
        del schema["additionalProperties"]
        described["requestBody"] = {"required": True, "content": {FORM: {"schema": schema}}}
    body = TokenRefused if declared.speaks_oauth else Refused
    if declared.answer is None:
        page = {"text/html": {"schema": {"type": "string"}}}
        described["responses"] = {
            "303": {"description": "On to the sign-in page, or back to the client."},
            "400": {"description": "A page: client or way back is not known.", "content": page},
        }
        return described
    content = {JSON: {"schema": reference(declared.answer)}}
    success = {"200": {"description": _sentence(declared.answer), "content": content}}
    described["responses"] = success | _refusals(declared.refusals, body)
    return described
