"""Mails that wait to be sent: one of a kind about a thing, written with the thing itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from klarna_shop.shop.database import UtcDateTime
from klarna_shop.shop.mails.mail import MailKind


class QueuedMail(SQLModel, table=True):
    """A mail to send. It is over when `due_at` is empty: sent at `sent_at`, or given up."""

    __tablename__ = "queued_mail"
    __table_args__ = (UniqueConstraint("kind", "about", name="one_mail_of_a_kind"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=30)
    about: str = Field(max_length=64)
    queued_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    due_at: datetime | None = Field(sa_column=Column(UtcDateTime, nullable=True, index=True))
    attempts: int = 0
    sent_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, nullable=True))


@dataclass(frozen=True)
class MailQueue:
    """Where mails are put. `enabled` is false where none can be sent: then none is kept either."""

    enabled: bool

    def put(self, session: Session, kind: MailKind, about: str, at: datetime) -> None:
        """Add a mail in the transaction of `session`, to be sent if that commits; never a second one."""
        if self.enabled and not self.has(session, kind, about):
            session.add(QueuedMail(kind=kind.value, about=about, queued_at=at, due_at=at))

    def has(self, session: Session, kind: MailKind, about: str) -> bool:
        """True if a mail of this kind about this was put here."""
        same = select(QueuedMail.id).where(col(QueuedMail.kind) == kind.value, col(QueuedMail.about) == about)
        return session.exec(same).first() is not None
