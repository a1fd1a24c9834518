"""Answers about accounts, server to server (§8.3, §10)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from klarna_shop.sandbox.answers.answer import Answer, EntityId, Fact, Moment
from klarna_shop.sandbox.provenance import Provenance


class NewAccount(Answer, provenance=Provenance.INFERRED, section="10.1"):
    """The account that was made."""

    id: EntityId


class NewAccountAnswer(Answer, provenance=Provenance.INFERRED, section="10.1"):
    """The account that was made. Payway's own answer was not seen."""

    item: NewAccount


class AccountStatus(Answer, provenance=Provenance.DOCUMENTED, section="8.3"):
    """An account's status."""

    status: Literal["created", "active", "inactive", "archived"]


class AccountStatusAnswer(Answer, provenance=Provenance.DOCUMENTED, section="8.3"):
    """An account's status."""

    item: AccountStatus


class AuthenticationAttempts(Answer, provenance=Provenance.DOCUMENTED, section="10.3"):
    """Whether an account is frozen, and how many attempts to sign in are left."""

    account_frozen: bool
    remaining_authentication_attempts: Annotated[
        int,
        Field(ge=0),
        Fact("The example shows five; that as many failures freeze the account is inferred."),
    ]
    frozen_until: Moment | None


class AuthenticationAttemptsAnswer(Answer, provenance=Provenance.DOCUMENTED, section="10.3"):
    """Attempts left before the account freezes."""

    item: AuthenticationAttempts


class AttemptsAfterReport(AuthenticationAttempts, provenance=Provenance.UNKNOWN, section="10.4"):
    """What is left after a reported attempt to sign in."""


class ReportedAttemptAnswer(Answer, provenance=Provenance.UNKNOWN, section="10.4"):
    """What is left after the attempt. What Payway answers is not known: read the attempts afterwards."""

    item: AttemptsAfterReport
