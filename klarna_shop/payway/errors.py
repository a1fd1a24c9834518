"""What can go wrong with a call, by what a caller does about it.

    PaywayError
    ├── NoAnswer
    │   ├── NotSent              the request certainly never reached Payway
    │   └── AnswerLost           it may have been carried out
    ├── NotUnderstood            an answer that is not the JSON expected
    ├── ProviderUnusable         discovery or keys of the OpenID provider cannot be had or used
    ├── IdTokenRefused           an ID token that does not prove this sign-in
    │   └── ClocksDisagree       its times are off by more than a minute
    └── Refused
        ├── IdentityExpired      the customer has to sign in again
        ├── InvalidParameter
        │   ├── SessionVoid          the Klarna session is used, too old or unknown
        │   └── AuthorizationVoid    the authorization token is used or too old
        ├── UnknownParameter
        ├── NotFound
        ├── Conflict
        ├── AccessDenied         token, scope or identity
        ├── WrongCredentials
        ├── PaymentMethodFailed  Klarna refused the purchase (payway-api.md §5.5)
        ├── SsnAlreadyTaken, SsnAlreadySet, AccountUpdateFailed, DeliveryAddressFailed
        ├── RateLimited
        └── ServerFault

No error's text holds a token, a secret, an e-mail address or a personal number: it is made of the operation,
the status and Payway's code, never of a body. Payway's own message is an attribute, cleaned of such things.

After an order was sent, `outcome_unknown` says whether it may exist all the same. It is false for refusals
alone: Payway answered with its own JSON and a status of 400 to 499 (or refused the token, before it did
anything). A 5xx, a proxy's 408, an answer without JSON, a 2xx that cannot be read: all of these may have been
carried out.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

log = logging.getLogger(__name__)

_NAME = re.compile(r"\A(?=.{1,80}\Z)(?!.*\d{6})[A-Za-z_][A-Za-z\d]{0,23}([_.\[\]-]+[A-Za-z\d]{0,24})*\Z")
_REQUEST_ID = re.compile(r"\A[\w.-]{1,80}\Z", re.ASCII)
"""What a code, a field's name and a request id look like; anything else might be somebody's data."""


LONGEST_MESSAGE = 200
_UNSPEAKABLE = (
    (re.compile(r"\bhttps?://\S+", re.IGNORECASE), "[address]"),
    (re.compile(r"\S+@\S+"), "[e-mail]"),
    (re.compile(r"[+\d](?:[\s./-]?\d){5,}"), "[number]"),
    (re.compile(r"[\w.~+/=-]{24,}"), "[secret]"),
)


class PaywayError(Exception):
    """A call that did not succeed.

    Attributes:
        operation: method and path of the call, without query and without ids.
        status: HTTP status, where there was an answer.
        code: Payway's error code, where it gave one.
        field: the parameter Payway objects to.
        request_id: Payway's own id of the call, where an answer header names one.
        message: Payway's message, for whoever looks into it: cleaned of addresses, numbers and secrets, at
            most 200 characters, and in no other text of the error.
    """

    outcome_unknown = False
    """Whether the call may have been carried out although it failed."""

    def __init__(
        self,
        operation: str,
        *,
        status: int | None = None,
        code: str | None = None,
        field: str | None = None,
        request_id: str | None = None,
        message: str | None = None,
    ) -> None:
        self.operation = operation
        self.message = cleaned(message) if message else None
        self.status = status
        self.code = _like(_NAME, code)
        self.field = _like(_NAME, field)
        self.request_id = _like(_REQUEST_ID, request_id)
        facts = {"status": status, "code": self.code, "field": self.field, "request": self.request_id}
        known = ", ".join(f"{name} {value}" for name, value in facts.items() if value is not None)
        super().__init__(f"{operation}: {type(self).__name__}" + (f" ({known})" if known else ""))


class NoAnswer(PaywayError):
    """Payway did not answer."""


class NotSent(NoAnswer):
    """No connection could be made, or no token could be had for a write: nothing was carried out.

    `status` and `code` are the token endpoint's, where it answered.
    """


class AnswerLost(NoAnswer):
    """The request went out and no answer came back."""

    outcome_unknown = True


class NotUnderstood(PaywayError):
    """An answer came that is not what the reference describes: HTML, broken JSON, missing fields."""

    outcome_unknown = True


class ProviderUnusable(PaywayError):
    """Discovery or keys of the OpenID provider cannot be had or used; `code` says why, in a word of ours."""


class IdTokenRefused(PaywayError):
    """The ID token does not prove this sign-in; `code` says what is wrong with it, in a word of ours."""


class ClocksDisagree(IdTokenRefused):
    """The ID token's times are off by more than a minute.

    `seconds` is how far the provider's clock seems ahead of ours (negative: behind), where that can be told.
    """

    def __init__(self, operation: str, *, seconds: int | None = None, **facts: Any) -> None:
        super().__init__(operation, **facts)
        self.seconds = seconds


class Refused(PaywayError):
    """Payway said no."""


class IdentityExpired(Refused):
    """The customer's tokens can no longer be renewed; nothing was carried out."""


class InvalidParameter(Refused):
    """A parameter was not accepted; `field` says which."""


class SessionVoid(InvalidParameter):
    """The Klarna session cannot be used (any more)."""


class AuthorizationVoid(InvalidParameter):
    """The authorization token cannot be used (any more)."""


class UnknownParameter(Refused):
    """The request had a parameter that the endpoint does not know."""


class NotFound(Refused):
    """There is no such account, product or order."""


class Conflict(Refused):
    """The state of things does not allow it."""


class AccessDenied(Refused):
    """The token lacks validity, a scope, or an identity."""


class WrongCredentials(Refused):
    """User name and password do not belong together."""


class PaymentMethodFailed(Refused):
    """Klarna refused the purchase."""


class SsnAlreadyTaken(Refused):
    """The personal number belongs to another account."""


class SsnAlreadySet(Refused):
    """The account has a personal number already."""


class AccountUpdateFailed(Refused):
    """Name, birth date or address could not be updated."""


class DeliveryAddressFailed(Refused):
    """The delivery address was not accepted."""


class RateLimited(Refused):
    """Too many calls. `retry_after` is how long Payway asks to wait, where it says."""

    def __init__(self, operation: str, *, retry_after: timedelta | None = None, **facts: Any) -> None:
        super().__init__(operation, **facts)
        self.retry_after = retry_after


class ServerFault(Refused):
    """Payway, or a machine before it, failed: 5xx, 408, 425, 499.

    `retry_after` is how long it asks to wait, where it says.
    """

    outcome_unknown = True

    def __init__(self, operation: str, *, retry_after: timedelta | None = None, **facts: Any) -> None:
        super().__init__(operation, **facts)
        self.retry_after = retry_after


_BY_CODE: Mapping[str, type[Refused]] = {
    "payment_method_failed": PaymentMethodFailed,
    "ssn_already_taken": SsnAlreadyTaken,
    "ssn_already_set": SsnAlreadySet,
    "account_update": AccountUpdateFailed,
    "delivery_address": DeliveryAddressFailed,
    "unknown_parameter": UnknownParameter,
    "not_found": NotFound,
}
"""Without `_error` at the end: the codes of the `raise_*` flags are inferred, and their names have it."""
_BY_FIELD: Mapping[str, type[Refused]] = {
    "klarna_payments_session_id": SessionVoid,
    "klarna_authorization_token": AuthorizationVoid,
}
_BY_STATUS: Mapping[int, type[Refused]] = {
    400: InvalidParameter,
    401: AccessDenied,
    403: AccessDenied,
    404: NotFound,
    409: Conflict,
    422: InvalidParameter,
}
_FAULTS_BELOW_500 = frozenset({408, 425, 499})
"""What proxies say when time ran out between them and Payway: the same as a 5xx."""
_PRODUCT = re.compile(r"/external/\S*|/v\d+/\S*|\bklarna[ _-]?payments(?![a-z])", re.IGNORECASE)
"""Names of scopes, of paths and of the product "Klarna Payments": they say nothing about a payment."""
_OF_ACCESS = re.compile(
    r"scope|token|forbidden|unauthori[sz]ed|access|permi(ssion|t)|identity|credential|client|origin|privilege"
    r"|\brights?\b|\broles?\b|allowed|enabled|disabled|activated|configured|organi[sz]ation|merchant"
    r"|behörig|rättighet|tillåt|aktiverad"
    r"|api[ _-]?(user|key)|\bip\b|account (is )?(missing|required)",
    re.IGNORECASE,
)
"""Words of a 403 about what the shop may do; such a text may name the payment too."""
_PAYMENT = r"(payment|purchase|credit|klarna|fraud|risk|betalning|köp|kredit)"
_REFUSED = r"(fail|declin|refus|reject|den(ied|y|ies)|said no|not approved|misslyck|nek|avslog|avslag|avvis)"
_OF_PAYMENT = re.compile(
    rf"\b{_PAYMENT}[^.;:]{{0,60}}\b{_REFUSED}"
    rf"|\b(declin|refus|reject|not approved|nek|avvis)[^.;:]{{0,40}}\b{_PAYMENT}"
    r"|\bdebts?\b|\bskuld|\bowes\b|\brisk policy\b",
    re.IGNORECASE,
)
"""A payment that was refused, or one of the causes of payway-api.md §5.5."""
_REFUSAL_CODES = re.compile(
    r"(klarna_)?(payment(_method)?|purchase)_(failed|declined|refused|denied|rejected)"
)
"""Codes, without `_error` at the end, that mean the same as `payment_method_failed`."""
_MOST_WORDS = 50


def refusal(
    operation: str, status: int, body: Mapping[str, Any], *, places_order: bool, **facts: Any
) -> Refused:
    """The error for an answer of 400 and up, by code, then field, then status.

    A 403 from placing an order is Klarna's refusal where it says that the payment was refused: the reference
    knows the status and the meaning, not the body (payway-api.md §5.5). Any other is the operator's to mend:
    the token, its scopes, or what the organisation may sell.
    """
    # Refusals of a token may speak OAuth, whose word for a code is `error` (§2.2: not documented).
    code, field = _word(body, "code") or _word(body, "error"), _word(body, "field")
    message = _word(body, "message") or _word(body, "error_description")
    known: dict[str, Any] = {"status": status, "code": code, "field": field, "message": message}
    retry_after = facts.pop("retry_after", None)
    if status == 429:
        return RateLimited(operation, retry_after=retry_after, **known, **facts)
    if status >= 500 or status in _FAULTS_BELOW_500:
        return ServerFault(operation, retry_after=retry_after, **known, **facts)
    kind = _BY_CODE.get((code or "").removesuffix("_error"))
    if places_order:
        if status == 403 and kind is None and _is_klarnas(operation, code, body):
            kind = PaymentMethodFailed
        elif field and field in _BY_FIELD:
            kind = _BY_FIELD[field]
        elif code and "session" in code:
            kind = SessionVoid
        elif code and "authorization" in code and status not in {401, 403}:
            kind = AuthorizationVoid
    return (kind or _BY_STATUS.get(status, Refused))(operation, **known, **facts)


def _is_klarnas(operation: str, code: str | None, body: Mapping[str, Any]) -> bool:
    """True if a 403 says that Klarna refused the payment: by its code, or else by a text of it.

    A text alone is a guess, which is logged as a warning.
    """
    if _REFUSAL_CODES.fullmatch((code or "").lower().removesuffix("_error")):
        return True
    words = _plain(code or "")
    texts = [_plain(text) for text in _texts(body)]
    if _OF_ACCESS.search(words):
        return False
    if not _OF_PAYMENT.search(words):
        if any(_OF_ACCESS.search(text) for text in texts):
            return False
        if not any(_OF_PAYMENT.search(text) for text in texts):
            return False
    log.warning(
        "%s: a 403 with the code %s is taken for Klarna's refusal by its text alone",
        operation,
        _like(_NAME, code) or "(none)",
    )
    return True


def _plain(text: str) -> str:
    """The text without names of scopes and of the product, the words of a code apart."""
    return _PRODUCT.sub(" ", text).replace("_", " ")


def _texts(value: object, depth: int = 3) -> list[str]:
    """The texts of an answer of unknown shape, no deeper than `depth` and no more than `_MOST_WORDS`."""
    if isinstance(value, str):
        return [value[:LONGEST_MESSAGE]]
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    found = [text for one in inner for text in _texts(one, depth - 1)] if depth else []
    return found[:_MOST_WORDS]


def cleaned(message: str) -> str:
    """A message without what could be somebody's: addresses, numbers of six digits and more, long words."""
    for pattern, instead in _UNSPEAKABLE:
        message = pattern.sub(instead, message)
    printable = "".join(character if character.isprintable() else " " for character in message)
    return printable[:LONGEST_MESSAGE]


def _word(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) else None


def _like(form: re.Pattern[str], value: str | None) -> str | None:
    return value if value and form.match(value) else None
