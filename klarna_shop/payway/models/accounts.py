"""Accounts: who they are, what they may use and buy (payway-api.md §7, §8, §10, §13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from klarna_shop.payway import reading
from klarna_shop.payway.models.orders import Subscription
from klarna_shop.payway.reading import Json


@dataclass(frozen=True)
class Eligibility:
    """Whether a purchase is allowed, and Payway's reason (§7)."""

    can_purchase: bool
    reason: str


@dataclass(frozen=True)
class OrderValidation:
    """Decision of the organisation's own rules on an order (§7). `message` is for the buyer.

    Of an allowed purchase reason and message are null (§17).
    """

    purchase_allowed: bool
    reason: str | None
    message: str | None
    fallback_package_code: str | None

    @classmethod
    def read(cls, body: Any) -> OrderValidation:
        """From the answer."""
        source = reading.item(body)
        allowed = reading.boolean(source, "purchase_allowed")
        if allowed is None:
            raise reading.Unreadable("purchase_allowed is missing")
        return cls(
            purchase_allowed=allowed,
            reason=reading.text(source, "reason"),
            message=reading.text(source, "message"),
            fallback_package_code=reading.text(source, "fallback_package_code"),
        )


@dataclass(frozen=True)
class ActiveArticle:
    """A single article that was bought (§8.2, §17)."""

    article_id: str
    name: str | None = None
    url: str | None = None
    title_code: str | None = None
    order_id: str | None = None
    purchased_at: datetime | None = None
    """UTC."""

    @classmethod
    def read(cls, source: Json) -> ActiveArticle:
        """From one entry of `active_articles`."""
        return cls(
            article_id=reading.required(source, "article_id"),
            name=reading.text(source, "article_name"),
            url=reading.text(source, "article_url"),
            title_code=reading.text(source, "title_code"),
            order_id=reading.text(source, "order_id"),
            purchased_at=reading.moment(source, "purchase_date"),
        )


@dataclass(frozen=True)
class ActiveProducts:
    """The codes an account may use (§8.2), and the single articles, if asked for."""

    account_id: str
    codes: frozenset[str]
    bought_articles: tuple[ActiveArticle, ...] = ()

    @property
    def articles(self) -> frozenset[str]:
        """Ids of the single articles."""
        return frozenset(article.article_id for article in self.bought_articles)

    @classmethod
    def read(cls, body: Any) -> ActiveProducts:
        """From the answer."""
        source = reading.item(body)
        if not isinstance(source.get("active_products"), list):
            raise reading.Unreadable("active_products is missing")
        return cls(
            account_id=reading.text(source, "id") or "",
            codes=frozenset(reading.texts(source, "active_products")),
            bought_articles=tuple(
                ActiveArticle.read(entry)
                for entry in reading.entries(source, "active_articles")
                if reading.text(entry, "article_id")
            ),
        )


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
    staircase: str | None = field(default=None, repr=False)
    floor: str | None = field(default=None, repr=False)
    apartment: str | None = field(default=None, repr=False)
    apartment_number: str | None = field(default=None, repr=False)
    drop_box: str | None = field(default=None, repr=False)
    company_name: str | None = field(default=None, repr=False)
    company_department: str | None = field(default=None, repr=False)
    mobile_number: str | None = field(default=None, repr=False)
    phone_number: str | None = field(default=None, repr=False)
    contact_email: str | None = field(default=None, repr=False)

    def body(self) -> dict[str, str]:
        """The JSON of an address in a request; absent values are left out (§13)."""
        return {name: value for name, value in vars(self).items() if value is not None}

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
    """With or without its century: the whole number stands under another name (§17)."""
    status: str | None = None
    address: Address | None = field(default=None, repr=False)
    delivery_address: Address | None = field(default=None, repr=False)
    verified: bool | None = None
    customer_number: str | None = field(default=None, repr=False)
    company_name: str | None = field(default=None, repr=False)
    account_origin: str | None = None
    user_products: tuple[Subscription, ...] = ()
    """What the account has had; whether it opens anything is for `active_products` to say (§8.1)."""

    @property
    def full_name(self) -> str:
        """First and last name, as far as Payway has them."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)

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
            social_security_number=reading.text(
                source, "social_security_number", "social_security_number_century"
            ),
            status=reading.text(source, "status"),
            address=Address.read(reading.nested(source, "address")),
            delivery_address=Address.read(reading.nested(source, "delivery_address")),
            verified=reading.boolean(source, "verified"),
            customer_number=reading.text(source, "customer_number"),
            company_name=reading.text(source, "company_name"),
            account_origin=reading.text(source, "account_origin"),
            user_products=tuple(
                Subscription.read(entry)
                for entry in reading.entries(source, "user_products")
                if reading.text(entry, "id") and reading.text(entry, "product_code")
            ),
        )


@dataclass(frozen=True)
class AccountRequest:
    """What account creation takes (§10.1)."""

    email: str = field(repr=False)
    password: str = field(repr=False)
    first_name: str | None = field(default=None, repr=False)
    last_name: str | None = field(default=None, repr=False)
    account_origin: str | None = None
    mobile_phone_number: str | None = field(default=None, repr=False)
    social_security_number: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    company_name: str | None = field(default=None, repr=False)
    company_registration_number: str | None = field(default=None, repr=False)
    created_from_source: Mapping[str, Any] | None = field(default=None, repr=False)
    """Origin of the account; 6 to 1024 characters as JSON text (§17)."""
    address: Address | None = field(default=None, repr=False)
    require_verification: bool | None = None
    """Payway ignores it where the organisation's rules have it off (§17)."""

    def body(self) -> dict[str, Any]:
        """The JSON body; absent values are left out."""
        values = {name: value for name, value in vars(self).items() if value is not None}
        if self.birth_date is not None:
            values["birth_date"] = self.birth_date.isoformat()
        if self.address is not None:
            values["address"] = self.address.body()
        if self.created_from_source is not None:
            values["created_from_source"] = dict(self.created_from_source)
        return values


@dataclass(frozen=True)
class AuthenticationAttempts:
    """How many sign-ins are left before the account freezes (§10.3)."""

    frozen: bool
    remaining: int | None
    frozen_until: datetime | None
