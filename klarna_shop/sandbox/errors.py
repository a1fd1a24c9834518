"""The errors the API answers with (§2)."""

from __future__ import annotations

from klarna_shop.sandbox.readings import Readings


class ApiError(Exception):
    """A refusal: HTTP status, `code`, `message` and, for a parameter, `field` (§2.1).

    `form` is what a body for it looks like: `code`, `oauth`, `message` or `empty`.
    """

    def __init__(
        self, status: int, code: str | None, message: str, field: str | None = None, *, form: str = "code"
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.form = form

    def body(self) -> dict[str, str] | None:
        """The answer's JSON; None for an answer without a body."""
        if self.form == "empty":
            return None
        if self.form == "oauth" and self.code is not None:
            return {"error": self.code, "error_description": self.message}
        if self.form == "message" or self.code is None:
            return {"message": self.message}
        body = {"code": self.code, "message": self.message}
        if self.field is not None:
            body["field"] = self.field
        return body


def invalid_parameter(field: str, message: str) -> ApiError:
    """400: a parameter failed validation."""
    return ApiError(400, "invalid_parameter", message, field)


def unknown_parameter(names: list[str]) -> ApiError:
    """400: the request has parameters the endpoint does not know."""
    return ApiError(400, "unknown_parameter", f"Unknown parameters: {','.join(names)}")


def not_found(what: str) -> ApiError:
    """404: there is no such thing, or not for this token."""
    return ApiError(404, "not_found", f"{what} not found")


def conflict(readings: Readings, code: str, message: str) -> ApiError:
    """409: the thing is in a state that does not allow this."""
    codes = {"specific": code, "general": "conflict", "absent": None}
    return ApiError(409, codes[readings.conflict_codes], message)


def unauthorized(readings: Readings, status: int | None = None) -> ApiError:
    """401 (or 403): the access token is missing, unknown or too old (§2.2)."""
    return ApiError(
        status or readings.stale_token_status,
        readings.unauthorized_code,
        "The access token is missing or not valid",
        form=readings.unauthorized_body,
    )


def forbidden(readings: Readings, message: str) -> ApiError:
    """403: the token is good, and does not allow this (§2.2)."""
    return ApiError(403, readings.forbidden_code, message, form=readings.forbidden_body)


def void(answer: str, field: str, code: str, message: str) -> ApiError:
    """A session or an authorization that cannot be used (any more), as `answer` reads it (§5.3)."""
    match answer:
        case "not_found":
            return ApiError(404, "not_found", message)
        case "conflict":
            return ApiError(409, code, message)
        case _:
            return invalid_parameter(field, message)
