"""The ledger's tables: a row for each purchase, and a row for each change of its state."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, text
from sqlmodel import Field, SQLModel

from klarna_shop.shop.database import UtcDateTime
from klarna_shop.shop.money import seller_date
from klarna_shop.shop.offers import FollowUp, Offer, OfferKind, Period, PeriodUnit
from klarna_shop.shop.purchase.states import PurchaseState


def _moment(*, nullable: bool, index: bool = False) -> Column[datetime]:
    return Column(UtcDateTime, nullable=nullable, index=index)


_UNDER_WAY = text("state IN ('authorized', 'placing', 'unknown', 'placed', 'unresolved')")


class Purchase(SQLModel, table=True):
    """One intent to buy: exactly one Klarna session, at most one order.

    The offer is kept as it was shown, so that what the reader was told cannot change afterwards.
    Columns ending in `_encrypted` hold secrets or personal data (`shop.encryption`).
    """

    __tablename__ = "purchase"
    __table_args__ = (
        # One purchase of a buyer may be between approval and order at a time: two tabs cannot both pay.
        Index(
            "one_purchase_under_way",
            "buyer",
            "subscription_code",
            unique=True,
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
        # The same for one address in two browsers, or signed in here and as a new customer there.
        Index(
            "one_purchase_under_way_of_an_address",
            "address_digest",
            "subscription_code",
            unique=True,
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
    )

    id: str = Field(primary_key=True, max_length=64)
    state: str = Field(index=True, max_length=20)
    reason: str = Field(default="", max_length=40)
    created_at: datetime = Field(sa_column=_moment(nullable=False))
    changed_at: datetime = Field(sa_column=_moment(nullable=False, index=True))

    # Who: the browser, and the account where signed in. `buyer` names one of them for the index above.
    visitor_id: str | None = Field(default=None, index=True, max_length=64)
    account_id: str | None = Field(default=None, index=True, max_length=64)
    buyer: str = Field(max_length=80)
    language: str = Field(max_length=8)
    customer_encrypted: str | None = None
    receipt_email_encrypted: str | None = None
    """Where the receipt goes: a new customer's address, or the account's."""
    browser_encrypted: str | None = None
    address_digest: str | None = Field(default=None, max_length=64)
    """Of the Payway account that the address belongs to (`buyer_address`), from the approval on."""
    trial_address_digest: str | None = Field(default=None, index=True, max_length=64)
    """Of the mailbox, for approved trials alone. Outlives the other personal data (`trial_limits`), for
    `retention.TRIAL_DIGEST_DAYS`."""

    # What
    code: str = Field(max_length=64)
    subscription_code: str = Field(max_length=64)
    """The package that the reader subscribes to in the end: of a campaign or trial, what it turns into."""
    period_id: str = Field(max_length=64)
    kind: str = Field(max_length=10)
    name: str
    price: int
    vat_percent: int
    period_unit: str = Field(max_length=10)
    period_length: int
    recurring: bool
    after_code: str | None = Field(default=None, max_length=64)
    after_name: str | None = None
    after_price: int | None = None
    after_unit: str | None = Field(default=None, max_length=10)
    after_length: int | None = None
    start_date: date | None = None
    article_slug: str | None = Field(default=None, max_length=200)
    waived_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    """When the buyer agreed that the right of withdrawal ends as soon as the articles are open."""

    # Klarna
    klarna_session_id_encrypted: str
    client_token_encrypted: str
    session_fingerprint: str = Field(unique=True, max_length=64)
    payment_method_category: str = Field(max_length=40)
    """The category that Klarna's widget is loaded with first; empty for loading it without one."""
    payment_method_fallback: str | None = Field(default=None, max_length=40)
    """The category where the first is hidden, empty for none; None where there is no second try."""
    authorization_token_encrypted: str | None = None
    authorization_fingerprint: str | None = Field(default=None, unique=True, max_length=64)
    authorized_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))

    # Payway
    place_attempts: int = 0
    sent_attempt: int = 0
    """Number of the latest attempt whose call may have reached Payway; one of a higher number has not."""
    answers_lost: int = 0
    """Calls of place_order that may have been carried out though their answer never came."""
    call_seconds: int | None = None
    """The longest that the call under way takes, in seconds (`purchase.call_lease`)."""
    order_id: str | None = Field(default=None, unique=True, max_length=64)
    redirect_url: str | None = None
    placed_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    completed_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))

    @property
    def status(self) -> PurchaseState:
        """The state as an enum member."""
        return PurchaseState(self.state)

    @property
    def concluded_on(self) -> date:
        """The day on which the contract was concluded, in the seller's zone.

        The day of the order; of the approval while there is no order yet; before both, of the opening.
        """
        return seller_date(self.placed_at or self.authorized_at or self.created_at)

    @property
    def category_plan(self) -> tuple[str, ...]:
        """The categories to load the widget with, in their order (`payment_category.category_plan`)."""
        first, second = self.payment_method_category, self.payment_method_fallback
        return (first,) if second is None else (first, second)

    @property
    def offer(self) -> Offer:
        """The offer as it was shown when the purchase was opened."""
        after = None
        if self.after_code is not None:
            assert self.after_price is not None
            assert self.after_unit
            assert self.after_length
            length = Period(PeriodUnit(self.after_unit), self.after_length)
            after = FollowUp(self.after_code, self.after_name or self.after_code, self.after_price, length)
        return Offer(
            code=self.code,
            period_id=self.period_id,
            kind=OfferKind(self.kind),
            name=self.name,
            description="",
            price=self.price,
            vat_percent=self.vat_percent,
            period=Period(PeriodUnit(self.period_unit), self.period_length),
            recurring=self.recurring,
            after=after,
        )


def offer_columns(offer: Offer) -> dict[str, Any]:
    """The columns of `Purchase` that keep an offer as shown."""
    after = offer.after
    return {
        "code": offer.code,
        "subscription_code": offer.subscription_code,
        "period_id": offer.period_id,
        "kind": offer.kind.value,
        "name": offer.name,
        "price": offer.price,
        "vat_percent": offer.vat_percent,
        "period_unit": offer.period.unit.value,
        "period_length": offer.period.length,
        "recurring": offer.recurring,
        "after_code": after.package_code if after else None,
        "after_name": after.package_name if after else None,
        "after_price": after.price if after else None,
        "after_unit": after.period.unit.value if after else None,
        "after_length": after.period.length if after else None,
    }


class PurchaseChange(SQLModel, table=True):
    """One change of a purchase's state. Rows are only ever added."""

    __tablename__ = "purchase_change"

    id: int | None = Field(default=None, primary_key=True)
    purchase_id: str = Field(foreign_key="purchase.id", index=True, max_length=64)
    at: datetime = Field(sa_column=_moment(nullable=False))
    from_state: str | None = Field(default=None, max_length=20)
    to_state: str = Field(max_length=20)
    cause: str = Field(default="", max_length=80)


class PurchaseTransition(SQLModel, table=True):
    """One allowed change of state. The database refuses every other; migrations keep the rows."""

    __tablename__ = "purchase_transition"

    from_state: str = Field(primary_key=True, max_length=20)
    to_state: str = Field(primary_key=True, max_length=20)


class AddressDigestKey(SQLModel, table=True):
    """One copy of the key of e-mail digests, encrypted under one key of `SECRET_KEY` (`buyer_address`)."""

    __tablename__ = "address_digest_key"

    id: int | None = Field(default=None, primary_key=True)
    key_encrypted: str
