"""One request as data, and what it says beyond the common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from klarna_shop.sandbox.provenance import Provenance

TOKEN_PATH = "/api/authorization/access_token"  # noqa: S105 - an address
API = "/external/api"


@dataclass(frozen=True)
class Learned:
    """A value that the target itself has told, by the name under which it was noted.

    The runner knows `title_code`, `client_id`, …; `discovery` finds codes and periods; a probe may note
    something of its own answer.
    """

    name: str


class Bearer(Enum):
    """Which token goes with a request."""

    RIGHT = "right"
    """With the scope, and with an identity where the probe says so."""
    NONE = "none"
    """No `Authorization` header."""
    MADE_UP = "made up"
    OTHER_SCOPE = "other scope"
    """A good token with one scope, and not the one the endpoint takes."""
    WITHOUT_IDENTITY = "without identity"
    """A good token with the scope, on an endpoint that takes an identity."""


class Leave(Enum):
    """What has to be allowed for a probe to be sent."""

    WRITE = "write"
    """It could make or change something: a Klarna session, an entry in the log of sign-ins."""
    WRONG_PASSWORD = "wrong password"  # noqa: S105
    """It counts as a failed sign-in of the test customer."""
    SANDBOX = "sandbox"
    """It buys, makes an account or ends a subscription: sent to sandboxes alone."""


@dataclass(frozen=True)
class Claim:
    """What the reference documents (mark D) about the answer to one probe.

    Attributes:
        at: `status`, or a word of a refusal: `code`, `field`, `message`.
        value: what stands there.
        section: where the reference says so.
    """

    at: str
    value: int | str
    section: str


@dataclass(frozen=True)
class Probe:
    """One request.

    Attributes:
        name: unique; what reports call it.
        section: of the reference.
        method: HTTP verb.
        path: below `/external/api`, or the token endpoint's; `{name}` is filled in with what was learned.
        scope: that the endpoint takes; empty at the token endpoint.
        identity: whether the token is a customer's.
        query: parameters in the address.
        body: JSON object, or a form at the token endpoint.
        raw: a body that is not JSON, sent as `media_type`.
        bearer: which token goes along.
        leave: what has to be allowed.
        notes: what later probes take from this answer: name, and the key that holds it, at the top or
            in `item`.
        claims: what is documented of a refusal. A success has its claims in the endpoint's answer model.
        known: how well it is known that this succeeds, where less well than the endpoint.
        declared: path under which the sandbox declares the endpoint, where it is not `path`.
    """

    name: str
    section: str
    method: str
    path: str
    scope: str = ""
    identity: bool = False
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    raw: bytes | None = None
    media_type: str = "application/json"
    bearer: Bearer = Bearer.RIGHT
    leave: Leave | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    known: Provenance | None = None
    declared: str = ""

    @property
    def operation(self) -> str:
        """Method and path as the sandbox declares them."""
        return f"{self.method} {self.declared or self.path}"

    @property
    def asks_for_token(self) -> bool:
        """Whether it is a request to the token endpoint."""
        return self.path == TOKEN_PATH


def refusal(
    status: int, code: str | None = None, *, of: str | None = None, message: str | None = None, section: str
) -> tuple[Claim, ...]:
    """The claims of a documented refusal; `of` is the parameter in `field`."""
    words = {"status": status, "code": code, "field": of, "message": message}
    return tuple(Claim(at, value, section) for at, value in words.items() if value is not None)


REQUIRED = "Parameter is required"
FORMAT = "Parameter must match format (…)"
ONLY_ONE = "Only one of […] is allowed"
ONE_OF = "One of parameters […] is required"
UNKNOWN = "Unknown parameters: …"
NO_SUCH_CODE = "conformance-no-such-code"
NO_SUCH_ID = "f" * 24
NOBODY = "nobody@conformance.example"
"""An address of a domain that is reserved for documentation."""


def invalid(
    parameter: str | None = None, message: str | None = None, section: str = "2.2"
) -> tuple[Claim, ...]:
    """The claims of `invalid_parameter`."""
    return refusal(400, "invalid_parameter", of=parameter, message=message, section=section)


def missing(parameter: str) -> tuple[Claim, ...]:
    """The claims where a required parameter is left out."""
    return invalid(parameter, REQUIRED)


def not_found(section: str = "2.2") -> tuple[Claim, ...]:
    """The claims where there is no such account or product."""
    return refusal(404, "not_found", section=section)
