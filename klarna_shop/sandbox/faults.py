"""What can be made to go wrong with a call, on demand, and which calls it happens to."""

from __future__ import annotations

from collections.abc import Collection, MutableMapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

from starlette.datastructures import Headers

SCOPE_HEADER = "x-sandbox-scope"
"""A request header whose value is any key; a fault with this key happens to calls that carry it alone."""

Kind = Literal[
    "latency",
    "cut",
    "silence",
    "status",
    "html",
    "empty",
    "truncated",
    "unauthorized",
    "rate_limited",
    "error",
    "klarna",
]
When = Literal["before", "after"]
RetryAfterForm = Literal["seconds", "date"]

KINDS: dict[Kind, str] = {
    "latency": "the answer comes `milliseconds` late, or up to `up_to_milliseconds`",
    "cut": "the connection is cut in the middle of an answer",
    "silence": "nothing is ever answered",
    "status": "`status` is answered, with `retry_after` if given",
    "html": "a page is answered, with `status`",
    "empty": "no body is answered, with `status`",
    "truncated": "the call's own answer ends half-way",
    "unauthorized": "401: the token is taken for a stale one",
    "rate_limited": "429, with `retry_after` if given",
    "error": "the refusal named in `error`, by the way that a real one takes",
    "klarna": "with the session that the call creates, Klarna's widget does what `klarna` names",
}
WIDGET: dict[str, str] = {
    "load_never": "the widget never answers to load",
    "load_hidden": "the widget answers show_form false: Klarna does not offer this method",
    "load_invalid_fields": "the widget names details that it cannot take",
    "approve": "the customer's approval comes by itself",
    "refuse": "Klarna refuses the customer",
    "abort": "the customer closes Klarna's window",
    "invalid_fields": "Klarna wants details corrected",
    "finalize_required": "Klarna approves and asks for finalize",
    "authorize_never": "Klarna never answers to authorize",
    "authorize_throws": "Klarna's script throws an error",
    "slow": "Klarna's answer takes five seconds",
    "popup_blocked": "the browser blocks Klarna's window",
    "categories_all": "the account has all six categories; the session's answer lists none",
    "categories_klarna": "the account has Klarna's one category alone; the session's answer lists none",
    "categories_pay_now_direct_debit": "the account has pay_now and direct_debit; the answer lists none",
    "categories_none": "the account has no category: the widget is hidden, however it is loaded",
    "categories_klarna_listed": "the account has Klarna's one category alone, and the answer lists it",
}
"""What the stand-in for Klarna's SDK can be made to do with one session (klarna-payments-js.md)."""
SERVER_STATUSES = (500, 502, 503, 504)
_STATUSES: dict[str, tuple[int, ...]] = {
    "status": SERVER_STATUSES,
    "html": (200, *SERVER_STATUSES),
    "empty": (200, 201, 202, 204, *SERVER_STATUSES),
}
"""The statuses of the kinds that have one; the first is the default."""
_NAMES_RETRY = ("status", "rate_limited")

Place = Literal["call", "order", "session", "eligibility", "password", "refresh"]
ERRORS: dict[str, tuple[Place, ...]] = {
    "payment_method_failed": ("order",),
    "ssn_already_taken": ("order",),
    "ssn_already_set": ("order",),
    "account_update_error": ("order",),
    "delivery_address_error": ("order",),
    "session_void": ("order",),
    "session_expired": ("order",),
    "authorization_used": ("order",),
    "authorization_expired": ("order",),
    "package_already_active": ("session", "eligibility"),
    "base_package_already_active": ("session", "eligibility"),
    "campaign_already_purchased": ("session", "eligibility"),
    "campaign_purchase_rules_does_not_permit_purchase": ("session", "eligibility"),
    "not_found": ("call",),
    "conflict": ("call",),
    "forbidden": ("call",),
    "wrong_password": ("password",),
    "account_frozen": ("password",),
    "refresh_token_void": ("refresh",),
}
"""Refusals by name, and the places of the API that can end with them."""

LONGEST_LATENCY = 10 * 60 * 1000
LONGEST_RETRY_AFTER = 7 * 24 * 3600
MOST_TIMES = 1_000_000


class FaultError(ValueError):
    """A fault that cannot be; `field` says why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


@dataclass(frozen=True)
class Target:
    """What is known of a call before it is handled."""

    method: str
    path: str
    scope: str | None = None


def target_of(scope: MutableMapping[str, Any]) -> Target:
    """The call that an ASGI scope is about."""
    return Target(scope["method"], scope["path"], Headers(scope=scope).get(SCOPE_HEADER))


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that goes wrong, and for which calls.

    Attributes:
        kind: see `KINDS`.
        when: whether the work of the call has been done when it goes wrong. With `latency`, whether the pause
            comes before or after the work.
        error: with `error`, which one of `ERRORS`.
        status: with `status`, `html` and `empty`, the answer's status.
        milliseconds: with `latency`, how long, or how long at least.
        up_to_milliseconds: with `latency`, how long at most; each call gets its own.
        klarna: with `klarna`, which one of `WIDGET`.
        retry_after: seconds that a `Retry-After` header names.
        retry_after_form: whether it names them as such or as a date by the sandbox's clock.
        method: only calls with this method.
        path: only calls whose path matches, `*` standing for anything: `*/place_order`. The prefix
            `/external/api` may be left out. The token endpoint is a call, too.
        scope: only calls whose header `X-Sandbox-Scope` has this value.
        times: how many calls it happens to; 0 is without end.
        percent: for how many of a hundred calls that match, drawn from `seed`.
        seed: see `percent` and `up_to_milliseconds`.

    Raises:
        FaultError: these do not go together.
    """

    kind: Kind
    when: When = "before"
    error: str | None = None
    status: int | None = None
    klarna: str | None = None
    milliseconds: int | None = None
    up_to_milliseconds: int | None = None
    retry_after: int | None = None
    retry_after_form: RetryAfterForm = "seconds"
    method: str | None = None
    path: str = "*"
    scope: str | None = None
    times: int = 1
    percent: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise FaultError("kind", f"Parameter must be within [{', '.join(KINDS)}]")
        self._check_kind()
        if not 0 <= self.times <= MOST_TIMES:
            raise FaultError("times", f"Parameter must be within 0..{MOST_TIMES}")
        if not 1 <= self.percent <= 100:
            raise FaultError("percent", "Parameter must be within 1..100")

    def _check_kind(self) -> None:
        self._check_latency()
        if self.kind == "error" and self.error not in ERRORS:
            raise FaultError("error", f"Parameter must be within [{', '.join(ERRORS)}]")
        if self.kind == "klarna" and self.klarna not in WIDGET:
            raise FaultError("klarna", f"Parameter must be within [{', '.join(WIDGET)}]")
        self._takes("error", self.error, ("error",))
        self._takes("klarna", self.klarna, ("klarna",))
        self._takes("status", self.status, tuple(_STATUSES))
        self._takes("retry_after", self.retry_after, _NAMES_RETRY)
        statuses = _STATUSES.get(self.kind, ())
        if self.status is not None and self.status not in statuses:
            raise FaultError("status", f"Parameter must be within [{', '.join(map(str, statuses))}]")
        if self.retry_after is not None and not 0 <= self.retry_after <= LONGEST_RETRY_AFTER:
            raise FaultError("retry_after", f"Parameter must be within 0..{LONGEST_RETRY_AFTER}")
        if self.when == "after" and self.kind in {"unauthorized", "rate_limited", "error", "klarna"}:
            raise FaultError("when", f"Parameter must be before for {self.kind}, which does no work")

    def _check_latency(self) -> None:
        self._takes("milliseconds", self.milliseconds, ("latency",))
        self._takes("up_to_milliseconds", self.up_to_milliseconds, ("latency",))
        if self.kind != "latency":
            return
        if self.milliseconds is None:
            raise FaultError("milliseconds", "Parameter is required")
        if not 0 <= self.milliseconds <= LONGEST_LATENCY:
            raise FaultError("milliseconds", f"Parameter must be within 0..{LONGEST_LATENCY}")
        most = self.milliseconds if self.up_to_milliseconds is None else self.up_to_milliseconds
        if not self.milliseconds <= most <= LONGEST_LATENCY:
            raise FaultError(
                "up_to_milliseconds", f"Parameter must be within {self.milliseconds}..{LONGEST_LATENCY}"
            )

    def _takes(self, field: str, value: object, kinds: tuple[str, ...]) -> None:
        if value is not None and self.kind not in kinds:
            raise FaultError(field, f"Parameter is for [{', '.join(kinds)}] only")

    @property
    def answered_status(self) -> int:
        """The status of a fault that answers."""
        return self.status or _STATUSES[self.kind][0]

    def is_for(self, target: Target) -> bool:
        """Whether it may happen to this call."""
        return (
            self.scope in {None, target.scope}
            and self.method in {None, target.method}
            and any(
                fnmatchcase(path, self.path)
                for path in (target.path, target.path.removeprefix("/external/api"))
            )
        )

    @property
    def is_on_the_way(self) -> bool:
        """Whether it happens to the call as such, whatever the call does."""
        return self.kind not in {"error", "klarna"}

    def is_at(self, places: Collection[Place]) -> bool:
        """Whether its refusal is one that these places have."""
        return self.error is not None and not set(ERRORS[self.error]).isdisjoint(places)
