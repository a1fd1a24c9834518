"""What the API may refuse, as data: at the endpoints, and what all of them have in common (§2.2)."""

from __future__ import annotations

from dataclasses import dataclass

from klarna_shop.sandbox.provenance import Provenance
from klarna_shop.sandbox.readings import Readings, Value

DOCUMENTED, CLIENT = Provenance.DOCUMENTED, Provenance.CLIENT
INFERRED, UNKNOWN = Provenance.INFERRED, Provenance.UNKNOWN


@dataclass(frozen=True)
class Refusal:
    """One way of being refused.

    Attributes:
        status: HTTP status, as the sandbox reads the reference by default.
        code: `code` in the body, likewise.
        when: what leads to it, as a sentence.
        provenance: how well it is known that Payway refuses like this, with this code.
        section: where the reference tells of it.
        reading: the reading that decides whether it is refused, or refused like this.
        status_reading: the reading that decides about the status.
        code_reading: the reading that decides about the code.
    """

    status: int
    code: str
    when: str
    provenance: Provenance
    section: str = "2.2"
    reading: str | None = None
    status_reading: str | None = None
    code_reading: str | None = None

    @property
    def readings(self) -> tuple[str, ...]:
        """Names of all readings that have a say."""
        return tuple(name for name in (self.reading, self.status_reading, self.code_reading) if name)

    @property
    def statuses(self) -> tuple[int, ...]:
        """Every status it may have, the default first."""
        others = (int(value) for value in _values(self.status_reading) if isinstance(value, int))
        return tuple(dict.fromkeys((self.status, *others)))

    @property
    def codes(self) -> tuple[str | None, ...]:
        """Every code it may have, the default first; None is a body without one."""
        match self.code_reading:
            case "conflict_codes":
                others: tuple[Value, ...] = ("conflict", None)
            case "synchronisation_codes":
                others = (f"{self.code.removesuffix('_error')}_error",)
            case name:
                others = _values(name)
        return tuple(dict.fromkeys((self.code, *(None if value is None else str(value) for value in others))))


def _values(reading: str | None) -> tuple[Value, ...]:
    return tuple(
        alternative.value
        for choice in Readings.choices()
        if choice.name == reading
        for alternative in choice.alternatives
    )


UNAUTHORIZED = Refusal(
    401,
    "unauthorized",
    "The access token is missing, unknown or expired.",
    UNKNOWN,
    reading="unauthorized_body",
    status_reading="stale_token_status",
    code_reading="unauthorized_code",
)
FORBIDDEN = Refusal(
    403,
    "forbidden",
    "The token lacks the scope.",
    UNKNOWN,
    reading="forbidden_body",
    code_reading="forbidden_code",
)
_ANY = (
    Refusal(400, "unknown_parameter", "A parameter is not one of the endpoint's.", DOCUMENTED),
    Refusal(400, "json_parser_error", "The body is not a JSON object, or too large a one.", DOCUMENTED),
    Refusal(400, "invalid_content_type_error", "A body came, and not as `application/json`.", DOCUMENTED),
    UNAUTHORIZED,
    FORBIDDEN,
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
