"""The errors the API answers with (§2)."""

from __future__ import annotations


class ApiError(Exception):
    """A refusal: HTTP status, `code`, `message` and, for a parameter, `field` (§2.1)."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.message = message
        self.field = field

    def body(self) -> dict[str, str]:
        """The answer's JSON."""
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


def conflict(code: str, message: str) -> ApiError:
    """409: the thing is in a state that does not allow this."""
    return ApiError(409, code, message)
