"""Answers about accounts, server to server (§8.3, §10)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, RootModel

from klarna_shop.sandbox.answers.answer import Answer, EntityId, Fact, Moment
from klarna_shop.sandbox.provenance import Provenance


class NewAccount(Answer, provenance=Provenance.INFERRED, section="10.1"):
    """The account that was made."""

    id: EntityId


class WrappedNewAccount(Answer, provenance=Provenance.INFERRED, section="10.1"):
    """The account that was made, under `item`."""

    item: NewAccount


class Nothing(Answer, provenance=Provenance.UNKNOWN, section="10.1"):
    """An object without fields; it stands for an empty body, too."""

    model_config = ConfigDict(json_schema_extra={"maxProperties": 0})


class NewAccountAnswer(RootModel[WrappedNewAccount | NewAccount | Nothing]):
    """The account that was made: under `item` (the default), bare, or not at all. No answer was seen."""

    root: Annotated[
        WrappedNewAccount | NewAccount | Nothing,
        Fact("", Provenance.INFERRED, "10.1", reading="account_creation_answer"),
    ]


class AccountStatus(Answer, provenance=Provenance.DOCUMENTED, section="8.3"):
    """An account's status."""

    status: Annotated[
        Literal["created", "active", "inactive", "archived"],
        Fact("`created` while the account waits for its verification.", reading="verification"),
    ]


class AccountStatusAnswer(Answer, provenance=Provenance.DOCUMENTED, section="8.3"):
    """An account's status."""

    item: AccountStatus


class AuthenticationAttempts(Answer, provenance=Provenance.DOCUMENTED, section="10.3"):
    """Whether an account is frozen, and how many attempts to sign in are left."""

    account_frozen: bool
    remaining_authentication_attempts: Annotated[
        int,
        Field(ge=0),
        Fact(
            "The example shows five; that as many failures freeze the account is inferred.",
            reading="attempts_before_freeze",
        ),
    ]
    frozen_until: Annotated[Moment | None, Fact("How long is not known.", reading="freeze_minutes")]


class AuthenticationAttemptsAnswer(Answer, provenance=Provenance.DOCUMENTED, section="10.3"):
    """Attempts left before the account freezes."""

    item: AuthenticationAttempts


class AttemptsAfterReport(AuthenticationAttempts, provenance=Provenance.UNKNOWN, section="10.4"):
    """What is left after a reported attempt to sign in."""


class WrappedAttempts(Answer, provenance=Provenance.UNKNOWN, section="10.4"):
    """What is left after the attempt, under `item`."""

    item: AttemptsAfterReport


class ReportedAttemptAnswer(RootModel[WrappedAttempts | AttemptsAfterReport | Nothing]):
    """What is left after the attempt: under `item` (the default), bare, or not at all. Better ask anew."""

    root: Annotated[
        WrappedAttempts | AttemptsAfterReport | Nothing,
        Fact("", Provenance.UNKNOWN, "10.4", reading="attempt_answer"),
    ]
