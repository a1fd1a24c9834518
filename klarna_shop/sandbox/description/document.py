"""The OpenAPI 3.1 document: all operations, the schemas they share, and what stands above them."""

from __future__ import annotations

from pydantic import BaseModel

from klarna_shop.sandbox.answers.authorization import Token
from klarna_shop.sandbox.answers.refusals import Refused, TokenRefused
from klarna_shop.sandbox.api import AREAS, ENDPOINTS
from klarna_shop.sandbox.description.operations import (
    AUTHORIZATION_AREA,
    BEARER,
    OPENID_AREA,
    PATH_OF_TOKENS,
    openid_operation,
    operation,
    token_operation,
)
from klarna_shop.sandbox.description.schemas import Schema, answer_schemas
from klarna_shop.sandbox.endpoint import PREFIX
from klarna_shop.sandbox.openid.declared import OPERATIONS
from klarna_shop.sandbox.provenance import Provenance
from klarna_shop.sandbox.readings import Readings

VERSION = "1.0.0"
AUTHORIZATION_SUMMARY = "Access tokens, with and without the identity of a customer."
OPENID_SUMMARY = "Customers sign in in the browser; the shop gets an access token with their identity."
_INTRODUCTION = """\
Payway's API as this sandbox answers it: as documented where there is documentation, and by declared \
readings where there is none. Every endpoint, parameter and field says in `x-provenance` how well it is \
known, and in `x-section` where the project's reference treats it. `x-reading` names the reading that \
decides where several shapes are possible; all of them are listed in `x-readings`.

Requests are strict: a parameter that an endpoint does not know is refused. An empty or null one counts as \
left out, in this sandbox at least. Answers are open: new fields \
may appear at any time, and clients ignore those they do not know.

The version is in each path, and belongs to that endpoint alone."""


def openapi_document(public_url: str) -> Schema:
    """The whole document; `public_url` is the sandbox's own address."""
    models: list[type[BaseModel]] = [endpoint.answer for endpoint in ENDPOINTS]
    models += [declared.answer for declared in OPERATIONS if declared.answer is not None]
    models += [Token, Refused, TokenRefused]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Payway, as the sandbox answers",
            "version": VERSION,
            "description": _INTRODUCTION,
            "x-provenance-marks": {mark.value: mark.meaning for mark in Provenance},
            "x-readings": [choice.described() for choice in Readings.choices()],
        },
        "servers": [
            {
                "url": public_url,
                "description": "This sandbox. Within the shop's own process it answers that process alone.",
            },
            {"url": "https://payway-api.stage.adeprimo.se", "description": "Payway's stage environment."},
            {"url": "https://backend.worldoftulo.com", "description": "Payway, in earnest."},
        ],
        "tags": [
            {"name": AUTHORIZATION_AREA, "description": AUTHORIZATION_SUMMARY},
            {"name": OPENID_AREA, "description": OPENID_SUMMARY},
            *({"name": area.name, "description": area.summary} for area in AREAS),
        ],
        "paths": _paths(),
        "components": {
            "schemas": answer_schemas(dict.fromkeys(models)),
            "securitySchemes": {
                BEARER: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": (
                        "An access token with the operation's scope (`x-scope`) and, where `x-identity` says "
                        "so, with the identity of a customer."
                    ),
                }
            },
        },
    }


def _paths() -> Schema:
    paths: Schema = {PATH_OF_TOKENS: {"post": token_operation()}}
    for declared in OPERATIONS:
        paths[declared.path] = {declared.method.lower(): openid_operation(declared)}
    for area in AREAS:
        for endpoint in area.endpoints:
            operations = paths.setdefault(PREFIX + endpoint.path, {})
            operations[endpoint.method.lower()] = operation(endpoint, area.name)
    return paths
