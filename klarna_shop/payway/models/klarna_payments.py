"""Klarna sessions and the orders placed with them (payway-api.md §5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from klarna_shop.payway import reading


@dataclass(frozen=True)
class SessionRequest:
    """What create_session takes (§5.2)."""

    code: str
    confirmation_url: str = field(repr=False)
    period_type: str | None = None
    period_id: str | None = None
    start_date: date | None = None
    disable_account_info_overwrite: bool = False

    def body(self) -> dict[str, Any]:
        """The JSON body; absent values are left out."""
        values = {
            "code": self.code,
            "period_type": self.period_type,
            "period_id": self.period_id,
            "confirmation_url": self.confirmation_url,
            "start_date": self.start_date.isoformat() if self.start_date else None,
            "disable_account_info_overwrite": self.disable_account_info_overwrite,
        }
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True)
class KlarnaSession:
    """A Klarna session: its id for place_order, the client token for the widget."""

    session_id: str = field(repr=False)
    client_token: str = field(repr=False)
    payment_method_categories: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, body: Any) -> KlarnaSession:
        """From the answer, wrapped or flat; categories as names or as objects with an `identifier`."""
        source = reading.merged(body)
        listed = reading.texts(source, "payment_method_categories") or [
            name
            for entry in reading.entries(source, "payment_method_categories")
            if (name := reading.text(entry, "identifier"))
        ]
        return cls(
            session_id=reading.required(source, "klarna_payments_session_id"),
            client_token=reading.required(source, "klarna_client_token"),
            payment_method_categories=listed,
        )


@dataclass(frozen=True)
class CustomerInfo:
    """A new customer, for the v2 endpoints (§5.3)."""

    email: str = field(repr=False)
    first_name: str = field(repr=False)
    last_name: str = field(repr=False)


@dataclass(frozen=True)
class OrderRequest:
    """What place_order and place_trial_order take (§5.3)."""

    klarna_authorization_token: str = field(repr=False)
    klarna_payments_session_id: str = field(repr=False)
    browser_ip: str = field(repr=False)
    browser_language: str
    browser_user_agent: str = field(repr=False)
    traffic_source: str | None = None
    merchant_reference: str | None = None
    raise_on_ssn_already_taken_error: bool = True
    raise_on_ssn_already_set_error: bool = False
    raise_on_account_update_error: bool = False
    raise_on_delivery_address_error: bool = False
    customer_info: CustomerInfo | None = None

    def body(self) -> dict[str, Any]:
        """The JSON body; absent values are left out."""
        values = {name: value for name, value in vars(self).items() if value is not None}
        if self.customer_info is not None:
            values["customer_info"] = vars(self.customer_info)
        return values


@dataclass(frozen=True)
class PlacedOrder:
    """What place_order gives back; both may be missing (§5.3, §15.1)."""

    order_id: str | None
    redirect_url: str | None = field(repr=False)

    @classmethod
    def read(cls, body: Any) -> PlacedOrder:
        """From the answer, wrapped, flat or both, with each spelling of the redirect address.

        Nothing in it is required: a 2xx says that the order was placed.
        """
        source = reading.merged(body)
        return cls(
            order_id=reading.text(source, "order_id"),
            redirect_url=reading.text(source, "redirect_url", "redirect_uri", "klarna_redirect_url"),
        )
