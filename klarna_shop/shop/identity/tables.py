"""Tables: who is signed in, and sign-ins by redirect that have come back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from klarna_shop.shop.database import UtcDateTime


def _moment(*, nullable: bool, index: bool = False) -> Column[datetime]:
    return Column(UtcDateTime, nullable=nullable, index=index)


class SignInSession(SQLModel, table=True):
    """One signed-in browser. `id` is the fingerprint of its cookie, so that the table opens nothing.

    Columns ending in `_encrypted` are personal or secret (`shop.encryption`), and empty once it has ended.
    """

    __tablename__ = "sign_in_session"

    id: str = Field(primary_key=True, max_length=64)
    account_id: str = Field(index=True, max_length=64)
    email_encrypted: str = ""
    first_name_encrypted: str = ""
    tokens_encrypted: str = ""
    created_at: datetime = Field(sa_column=_moment(nullable=False))
    last_seen_at: datetime = Field(sa_column=_moment(nullable=False))
    expires_at: datetime = Field(sa_column=_moment(nullable=False, index=True))
    ended_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))


class SpentSignInState(SQLModel, table=True):
    """The state of one sign-in by redirect that has come back; `id` is a fingerprint of it."""

    __tablename__ = "spent_sign_in_state"

    id: str = Field(primary_key=True, max_length=64)
    spent_at: datetime = Field(sa_column=_moment(nullable=False, index=True))
