"""What is known about a target while it is asked: from the settings, and from its own answers."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from klarna_shop.operations.conformance.probes.probe import NOBODY, Learned
from klarna_shop.operations.conformance.target import Target

IDENTITY_SCOPES = (
    "/external/klarna_payments/w",
    "/external/me/w",
    "/external/me/r",
    "/external/me/order/w",
)
_MEANINGS = {
    "package_code": "the title sells no package with a Klarna period",
    "package_id": "the title sells no package with a Klarna period",
    "package_period_id": "the title sells no package with a Klarna period",
    "package_period_type": "the title sells no package with a Klarna period",
    "campaign_code": "the title has no paid campaign with a Klarna period",
    "campaign_period_id": "the title has no paid campaign with a Klarna period",
    "trial_code": "the title has no free campaign with a Klarna period",
    "trial_period_id": "the title has no free campaign with a Klarna period",
    "account_id": "no account of a test customer could be read",
    "order_id": "the test customer has no order",
    "user_product_id": "the test customer has no active subscription",
    "refresh_token": "no refresh token was given",
    "email": "CONFORMANCE_EMAIL and CONFORMANCE_PASSWORD are unset",
    "username": "CONFORMANCE_EMAIL and CONFORMANCE_PASSWORD are unset",
    "password": "CONFORMANCE_EMAIL and CONFORMANCE_PASSWORD are unset",
}


def _order_prefix(organisation: str) -> str:
    """An organisation as order numbers may begin: capitals and digits alone (payway-api.md §17)."""
    return "".join(letter for letter in organisation.upper() if letter.isascii() and letter.isalnum())


class NotKnown(Exception):
    """Something that a probe needs was not learned; the text says why."""


class Knowledge:
    """Values by name. Never printed."""

    def __init__(self, target: Target) -> None:
        today = datetime.now(UTC).date()
        self._values = {
            "title_code": target.title_code,
            "client_id": target.client_id,
            "client_secret": target.client_secret,
            "nobodys_username": f"{target.organisation}^{NOBODY}",
            "no_such_order": f"{_order_prefix(target.organisation)}-999999999",
            "identity_scope": " ".join(IDENTITY_SCOPES),
            "in_a_month": str(today + timedelta(days=30)),
            "ten_years_ago": str(today - timedelta(days=3650)),
        }
        if target.customer is not None:
            email, password = target.customer
            self._values |= {
                "email": email,
                "password": password,
                "username": f"{target.organisation}^{email}",
            }

    def learn(self, name: str, value: object) -> None:
        """Note a value, if it is a text."""
        if isinstance(value, str) and value:
            self._values[name] = value

    def filled(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The same with what was learned in its place.

        Raises:
            NotKnown: something was not.
        """
        return {name: self._filled(value) for name, value in values.items()}

    def path(self, path: str) -> str:
        """A path with its names filled in.

        Raises:
            NotKnown: one was not learned.
        """
        before, brace, rest = path.partition("{")
        if not brace:
            return path
        name, _, after = rest.partition("}")
        return f"{before}{self.value(name)}{after}"

    def value(self, name: str) -> str:
        """One value.

        Raises:
            NotKnown: it was not learned.
        """
        match name:
            case "authorization_token":
                return str(uuid.uuid4())
            case "fresh_email":
                return f"conformance-{secrets.token_hex(6)}@conformance.example"
        if name not in self._values:
            raise NotKnown(_MEANINGS.get(name, "an earlier answer did not give what this takes"))
        return self._values[name]

    def _filled(self, value: Any) -> Any:
        if isinstance(value, Learned):
            return self.value(value.name)
        return self.filled(value) if isinstance(value, Mapping) else value
