"""What the API may refuse, as data: at the endpoints, and what all of them have in common (§2.2)."""

from __future__ import annotations

from dataclasses import dataclass

from klarna_shop.sandbox.provenance import Provenance

DOCUMENTED, CLIENT = Provenance.DOCUMENTED, Provenance.CLIENT
INFERRED, UNKNOWN = Provenance.INFERRED, Provenance.UNKNOWN


@dataclass(frozen=True)
class Refusal:
    """One way of being refused.

    Attributes:
        status: HTTP status.
        code: `code` in the body.
        when: what leads to it, as a sentence.
        provenance: how well it is known that Payway refuses like this, with this code.
        section: where the reference tells of it.
        reading: name of the sandbox's reading that decides about status or code.
    """

    status: int
    code: str
    when: str
    provenance: Provenance
    section: str = "2.2"
    reading: str | None = None


_ANY = (
    Refusal(400, "unknown_parameter", "A parameter is not one of the endpoint's.", DOCUMENTED),
    Refusal(400, "json_parser_error", "The body is not a JSON object, or too large a one.", DOCUMENTED),
    Refusal(400, "invalid_content_type_error", "A body came, and not as `application/json`.", DOCUMENTED),
    Refusal(
        401,
        "unauthorized",
        "The access token is missing, unknown or expired.",
        INFERRED,
        reading="unauthorized_code",
    ),
    Refusal(403, "forbidden", "The token lacks the scope.", INFERRED, reading="forbidden_code"),
    Refusal(500, "internal_server_error", "Something unexpected happened.", DOCUMENTED),
)
_INVALID = Refusal(
    400, "invalid_parameter", "The parameter named in `field` is wrong or missing.", DOCUMENTED
)
_NO_ACCOUNT = Refusal(
    404, "not_found", "The token has no account.", DOCUMENTED, reading="identity_missing_status"
)


def common_refusals(*, identity: bool, parameters: bool) -> tuple[Refusal, ...]:
    """What any endpoint refuses, depending on whether it wants an identity and takes parameters."""
    return (*_ANY, *((_INVALID,) if parameters else ()), *((_NO_ACCOUNT,) if identity else ()))


def unknown(what: str, provenance: Provenance = DOCUMENTED) -> Refusal:
    """404: there is no such thing."""
    return Refusal(404, "not_found", f"{what} is not known.", provenance)
