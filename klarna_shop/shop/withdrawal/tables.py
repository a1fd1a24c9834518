"""The table of declared withdrawals."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from klarna_shop.shop.database import UtcDateTime


class Withdrawal(SQLModel, table=True):
    """One declaration. What it says stays as it was said; columns ending in `_encrypted` are erased in time.

    `at` is when it was declared (UTC): the moment that counts, whatever Payway says afterwards.
    """

    __tablename__ = "withdrawal"
    __table_args__ = (
        UniqueConstraint("order_id", name="one_withdrawal_of_an_order"),
        Index("one_withdrawal_of_a_purchase", "purchase_id", unique=True),
    )

    id: str = Field(primary_key=True, max_length=64)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))
    language: str = Field(max_length=8)
    visitor_id: str | None = Field(default=None, index=True, max_length=64)
    account_id: str | None = Field(default=None, index=True, max_length=64)
    purchase_id: str | None = Field(default=None, foreign_key="purchase.id", max_length=64)
    order_id: str | None = Field(default=None, max_length=64)
    """The order withdrawn from, where it is the declarer's and its number is known."""
    price: int = 0
    """What that order cost, in öre."""
    standing: str = Field(max_length=10)
    outcome: str = Field(max_length=10, index=True)
    contract_encrypted: str | None = None
    name_encrypted: str | None = None
    email_encrypted: str | None = None
    email_digest: str = Field(max_length=64, index=True)
    """So that mails to one address can be counted without knowing it."""
    changed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
