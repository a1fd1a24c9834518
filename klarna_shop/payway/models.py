"""Requests and answers. Answers keep what a storefront uses and ignore the rest (payway-api.md §1.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from klarna_shop.payway import reading
from klarna_shop.payway.reading import Json


@dataclass(frozen=True)
class PaymentPeriod:
    """How and how often something is paid (§5.1, §6.3). `price_ore` is for one period, VAT included."""

    id: str
    payment_method: str
    type: str
    enabled: bool
    iteration_type: str
    iteration_length: int
    price_ore: int

    @classmethod
    def read(cls, source: Json) -> PaymentPeriod:
        """From one entry of the answer."""
        length, price = reading.whole(source, "iteration_length"), reading.ore(source, "price")
        if price is None or price < 0:
            raise reading.Unreadable("price is missing")
        return cls(
            id=reading.required(source, "id"),
            payment_method=reading.text(source, "payment_method") or "",
            type=reading.text(source, "type") or "",
            enabled=reading.boolean(source, "enabled") is True,
            iteration_type=reading.text(source, "iteration_type") or "",
            iteration_length=length or 1,
            price_ore=price,
        )


@dataclass(frozen=True)
class Product:
    """A package or campaign (§6.1, §6.2). `vat_code` is per cent. None: the answer did not say."""

    product_code: str
    name: str
    description: str | None
    additional_short_description: str | None
    title_code: str | None
    vat_code: int | None
    transform_to_campaign_package: bool | None
    campaign_package_code: str | None
    customer_can_cancel: bool | None
    expired: bool
    valid_from: datetime | None
    valid_to: datetime | None

    @classmethod
    def read(cls, source: Json) -> Product:
        """From a product answer, or one entry of a search."""
        return cls(
            product_code=reading.required(source, "product_code"),
            name=reading.text(source, "name") or "",
            description=reading.text(source, "description"),
            additional_short_description=reading.text(source, "additional_short_description"),
            title_code=reading.text(source, "title_code"),
            vat_code=reading.whole(source, "vat_code"),
            transform_to_campaign_package=reading.boolean(source, "transform_to_campaign_package"),
            campaign_package_code=reading.text(reading.nested(source, "campaign_package"), "product_code"),
            customer_can_cancel=reading.boolean(source, "customer_can_cancel"),
            expired=reading.boolean(source, "expired") is True,
            valid_from=reading.moment(source, "valid_from"),
            valid_to=reading.moment(source, "valid_to"),
        )


@dataclass(frozen=True)
class Title:
    """A newspaper (§6.6)."""

    code: str
    name: str
    url: str | None


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
        source = reading.item(body)
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
        """From the answer, wrapped or flat, with each spelling of the redirect address."""
        source = reading.item(body)
        return cls(
            order_id=reading.text(source, "order_id"),
            redirect_url=reading.text(source, "redirect_url", "redirect_uri", "klarna_redirect_url"),
        )


@dataclass(frozen=True)
class Eligibility:
    """Whether a purchase is allowed, and Payway's reason (§7)."""

    can_purchase: bool
    reason: str


@dataclass(frozen=True)
class ActiveProducts:
    """The codes an account may use (§8.2)."""

    account_id: str
    codes: frozenset[str]

    @classmethod
    def read(cls, body: Any) -> ActiveProducts:
        """From the answer."""
        source = reading.item(body)
        if not isinstance(source.get("active_products"), list):
            raise reading.Unreadable("active_products is missing")
        return cls(reading.text(source, "id") or "", frozenset(reading.texts(source, "active_products")))


@dataclass(frozen=True)
class Address:
    """A postal address, of either shape (§8.1, §13)."""

    first_name: str | None = field(default=None, repr=False)
    last_name: str | None = field(default=None, repr=False)
    street: str | None = field(default=None, repr=False)
    street_number: str | None = field(default=None, repr=False)
    zip_code: str | None = field(default=None, repr=False)
    city: str | None = field(default=None, repr=False)
    country_code: str | None = field(default=None, repr=False)
    care_of: str | None = field(default=None, repr=False)

    @classmethod
    def read(cls, source: Json) -> Address | None:
        """From an inner object; None where it holds nothing."""
        address = cls(**{name: reading.text(source, name) for name in cls.__dataclass_fields__})
        return address if any(vars(address).values()) else None


@dataclass(frozen=True)
class Account:
    """The current account (§8.1)."""

    id: str
    email: str | None = field(repr=False)
    first_name: str | None = field(default=None, repr=False)
    last_name: str | None = field(default=None, repr=False)
    mobile_phone_number: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    social_security_number: str | None = field(default=None, repr=False)
    status: str | None = None
    address: Address | None = field(default=None, repr=False)
    delivery_address: Address | None = field(default=None, repr=False)

    @classmethod
    def read(cls, body: Any) -> Account:
        """From the answer."""
        source = reading.item(body)
        return cls(
            id=reading.required(source, "id"),
            email=reading.text(source, "email"),
            first_name=reading.text(source, "first_name"),
            last_name=reading.text(source, "last_name"),
            mobile_phone_number=reading.text(source, "mobile_phone_number"),
            birth_date=reading.day(source, "birth_date"),
            social_security_number=reading.text(source, "social_security_number"),
            status=reading.text(source, "status"),
            address=Address.read(reading.nested(source, "address")),
            delivery_address=Address.read(reading.nested(source, "delivery_address")),
        )


@dataclass(frozen=True)
class AccountRequest:
    """What account creation takes (§10.1)."""

    email: str = field(repr=False)
    password: str = field(repr=False)
    first_name: str | None = field(default=None, repr=False)
    last_name: str | None = field(default=None, repr=False)
    account_origin: str | None = None

    def body(self) -> dict[str, Any]:
        """The JSON body; absent values are left out."""
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class AuthenticationAttempts:
    """How many sign-ins are left before the account freezes (§10.3)."""

    frozen: bool
    remaining: int | None
    frozen_until: datetime | None


@dataclass(frozen=True)
class Order:
    """An order (§9.1). `state` is `created`, `closed` or `failed`."""

    order_id: str
    state: str
    product_code: str | None
    merchant_reference: str | None
    description: str | None
    price_ore: int | None
    vat_code: int | None
    created: datetime | None

    @classmethod
    def read(cls, source: Json) -> Order:
        """From the answer, or one entry of it."""
        detail = reading.nested(source, "order_detail")
        return cls(
            order_id=reading.required(source, "order_id"),
            state=reading.text(source, "state") or "",
            product_code=reading.text(detail, "product_code"),
            merchant_reference=reading.text(source, "merchant_reference"),
            description=reading.text(detail, "description"),
            price_ore=reading.ore(detail, "price"),
            vat_code=reading.whole(detail, "vat_code"),
            created=reading.moment(detail, "created"),
        )


@dataclass(frozen=True)
class Subscription:
    """A user product of an account (§9.3)."""

    id: str
    order_id: str | None
    product_code: str
    state: str
    subscription_type: str | None
    provision_service: str | None
    next_price_ore: int | None
    created: datetime | None
    valid_from: datetime | None
    valid_to: datetime | None
    subscription_end_date: datetime | None
    campaign_end_date: datetime | None

    @classmethod
    def read(cls, source: Json) -> Subscription:
        """From one entry of the answer."""
        return cls(
            id=reading.required(source, "id"),
            order_id=reading.text(source, "order_id"),
            product_code=reading.required(source, "product_code"),
            state=reading.text(source, "state") or "",
            subscription_type=reading.text(source, "subscription_type"),
            provision_service=reading.text(source, "provision_service"),
            next_price_ore=reading.ore(source, "subscription_next_price"),
            created=reading.moment(source, "created"),
            valid_from=reading.moment(source, "valid_from"),
            valid_to=reading.moment(source, "valid_to"),
            subscription_end_date=reading.moment(source, "subscription_end_date"),
            campaign_end_date=reading.moment(source, "campaign_end_date"),
        )


@dataclass(frozen=True)
class HistoricPurchase:
    """One line of the purchase history (§8.4)."""

    payment_id: str
    order_id: str | None
    description: str | None
    price_ore: int | None
    payment_type: str | None
    state: str | None
    created: datetime | None

    @classmethod
    def read(cls, source: Json) -> HistoricPurchase:
        """From one entry of the answer."""
        return cls(
            payment_id=reading.text(source, "payment_id") or "",
            order_id=reading.text(source, "order_id"),
            description=reading.text(source, "description"),
            price_ore=reading.ore(source, "price"),
            payment_type=reading.text(source, "payment_type"),
            state=reading.text(source, "state"),
            created=reading.moment(source, "payment_created"),
        )


@dataclass(frozen=True)
class CancellationReason:
    """Why a customer cancels (§9.4)."""

    id: str
    name: str
    visible_to_end_customer: bool
