"""The sandbox's tables, in a registry of their own. Money is öre, time is UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, ForeignKey, Index, TypeDecorator, text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SCHEMA_VERSION = 5
"""Raised with every change of the tables; a file of another version is made anew from the seed."""


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a naive time; store the rest as UTC without its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The stored time was UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class Table(DeclarativeBase):
    """Base of every table; its metadata is never the shop's."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[str]: JSON,
    }


class Counter(Table):
    """A number that goes up by one: orders, subscriptions, customers."""

    __tablename__ = "counter"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class Account(Table):
    """A customer of the organisation (§8.1)."""

    __tablename__ = "account"
    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="active")
    verified: Mapped[bool] = mapped_column(default=True)
    customer_number: Mapped[int] = mapped_column(unique=True)
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    mobile_phone_number: Mapped[str | None]
    birth_date: Mapped[date | None]
    social_security_number: Mapped[str | None] = mapped_column(unique=True)
    company_name: Mapped[str | None]
    company_registration_number: Mapped[str | None]
    account_origin: Mapped[str | None]
    address: Mapped[dict[str, Any] | None]
    delivery_address: Mapped[dict[str, Any] | None]
    klarna_synchronised: Mapped[datetime | None]
    klarna_person: Mapped[dict[str, Any]]
    """What Klarna knows of this customer; reaches the account only by a purchase (§5.4)."""
    in_debt: Mapped[bool] = mapped_column(default=False)
    always_frozen: Mapped[bool] = mapped_column(default=False)
    failed_attempts: Mapped[int] = mapped_column(default=0)
    frozen_until: Mapped[datetime | None]
    created: Mapped[datetime]
    updated: Mapped[datetime]


class Token(Table):
    """A secret somebody was given, of which only the fingerprint is kept.

    Its kind is `access`, `refresh`, `openid_refresh`, `ticket`, `code`, `password` (a mailed link) or
    `portal` (a browser that is signed in at Payway's own page). A code is good for one client, one redirect
    address and, with a PKCE challenge, one verifier.
    """

    __tablename__ = "token"
    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    scopes: Mapped[list[str]]
    client_id: Mapped[str | None]
    redirect_uri: Mapped[str | None]
    nonce: Mapped[str | None]
    challenge: Mapped[str | None]
    expires: Mapped[datetime | None] = mapped_column(index=True)


class SigningKey(Table):
    """A key pair with which ID tokens are signed; `private_key` is a JWK as JSON, `id` its `kid`."""

    __tablename__ = "signing_key"
    id: Mapped[str] = mapped_column(primary_key=True)
    generation: Mapped[int]
    algorithm: Mapped[str]
    private_key: Mapped[str]


class KlarnaSession(Table):
    """A Klarna payment session (§5.2): open until an order succeeds, or for 48 hours."""

    __tablename__ = "klarna_session"
    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    state: Mapped[str] = mapped_column(default="open")
    code: Mapped[str]
    period_id: Mapped[str]
    is_trial: Mapped[bool]
    confirmation_url: Mapped[str]
    start_date: Mapped[date | None]
    disable_account_info_overwrite: Mapped[bool]
    categories: Mapped[list[str]]
    """Categories of this session's account at Klarna, also where the session's answer leaves them out."""
    created: Mapped[datetime]
    expires: Mapped[datetime]


class Authorization(Table):
    """A Klarna authorization token as first seen here; good for 60 minutes and one order."""

    __tablename__ = "klarna_authorization"
    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("klarna_session.id"))
    first_seen: Mapped[datetime]
    used: Mapped[bool] = mapped_column(default=False)


class Order(Table):
    """A purchase (§9.1): `created`, then `closed` when paid or `failed`."""

    __tablename__ = "purchase_order"
    id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    session_id: Mapped[str | None] = mapped_column(ForeignKey("klarna_session.id"))
    parent_order_id: Mapped[str | None]
    state: Mapped[str]
    product_code: Mapped[str]
    period_id: Mapped[str]
    price: Mapped[int]
    description: Mapped[str]
    start_date: Mapped[date | None]
    traffic_source: Mapped[str | None]
    merchant_reference: Mapped[str | None]
    browser_ip: Mapped[str | None]
    browser_language: Mapped[str | None]
    browser_user_agent: Mapped[str | None]
    redirect_token: Mapped[str | None] = mapped_column(unique=True)
    created: Mapped[datetime]

    # The database itself holds the law that one session leads to at most one paid order.
    __table_args__ = (
        Index("one_order_per_session", "session_id", unique=True, sqlite_where=text("state = 'closed'")),
    )


class Subscription(Table):
    """A user product (§9.3): what an account may use, from when to when."""

    __tablename__ = "subscription"
    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("purchase_order.order_id"))
    number: Mapped[str] = mapped_column(unique=True)
    product_code: Mapped[str]
    period_id: Mapped[str]
    state: Mapped[str]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime]
    """End of the paid time; when it is reached the subscription renews, turns into another or ends."""
    renewals: Mapped[int] = mapped_column(default=0)
    """Periods paid after the first; -1 before the first one is paid, as after a trial."""
    grace_period_to: Mapped[datetime | None]
    """Set while a charge has failed and access goes on (§9.5)."""
    retry_at: Mapped[datetime | None]
    """When the failed charge is tried again, or given up."""
    cancelled_at: Mapped[datetime | None]
    cancellation_reason_id: Mapped[str | None]
    merchant_reference: Mapped[str | None]
    disable_account_info_overwrite: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime]
    updated: Mapped[datetime]


class Payment(Table):
    """A charge, or one that was tried and `failed`. `normal` opens an order, `autopay` renews."""

    __tablename__ = "payment"
    id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("purchase_order.order_id"), index=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscription.id"))
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str]
    state: Mapped[str]
    amount: Mapped[int]
    product_code: Mapped[str]
    description: Mapped[str]
    transaction_number: Mapped[str]
    created: Mapped[datetime]


class Mail(Table):
    """A mail Payway or the shop would have sent; it stays in this outbox."""

    __tablename__ = "mail"
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    recipient: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    created: Mapped[datetime]


class PlannedFault(Table):
    """Something that is to go wrong with calls, and how often it has."""

    __tablename__ = "planned_fault"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(primary_key=True)
    fault: Mapped[dict[str, Any]]
    seen: Mapped[int]
    happened: Mapped[int]
