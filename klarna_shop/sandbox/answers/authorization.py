"""The answer of the token endpoint (§3.2)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from klarna_shop.sandbox.answers.answer import ABSENT, Answer, Fact
from klarna_shop.sandbox.provenance import Provenance


class Token(Answer, provenance=Provenance.CLIENT, section="3.2"):
    """An access token, with its lifetime and, for a customer's, the token that renews it."""

    access_token: Annotated[str, Fact("Goes into the `Authorization` header; keep it on the server.")]
    expires_in: Annotated[
        int,
        Field(ge=1),
        Fact(
            "Seconds. The documentation says one hour in most places and two in one: use this, always.",
            reading="token_lifetime",
        ),
    ]
    refresh_token: Annotated[
        str,
        Fact(
            "For grants with an identity. That a client's switch for offline access governs it is inferred.",
            reading="grants_refresh_token",
        ),
    ] = ABSENT
    token_type: Annotated[str, Fact("`bearer`.", Provenance.INFERRED, reading="token_type")] = ABSENT
    scope: Annotated[
        str,
        Fact(
            "The scopes that were granted, separated by spaces.",
            Provenance.INFERRED,
            reading="scope_in_token_answer",
        ),
    ] = ABSENT
