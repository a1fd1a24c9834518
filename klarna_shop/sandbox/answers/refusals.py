"""The bodies of refusals: Payway's own (§2.1) and the token endpoint's (§2.3)."""

from __future__ import annotations

from typing import Annotated

from klarna_shop.sandbox.answers.answer import ABSENT, Answer, Fact
from klarna_shop.sandbox.provenance import Provenance


class Refused(Answer, provenance=Provenance.DOCUMENTED, section="2.1"):
    """A refusal. Branch on the HTTP status first, then on `code`."""

    code: Annotated[str, Fact("What is wrong, for programs. Usually there.")] = ABSENT
    message: Annotated[str, Fact("What is wrong, for people; not for showing to customers.")]
    field: Annotated[str, Fact("The parameter that `invalid_parameter` is about.")] = ABSENT


class TokenRefused(Answer, provenance=Provenance.CLIENT, section="2.3"):
    """A refusal by the token endpoint, in OAuth's shape."""

    error: Annotated[str, Fact("One of OAuth's error codes.", Provenance.INFERRED)]
    error_description: Annotated[
        str,
        Fact(
            "A text; for a wrong password it contains `Username/password do not match`, which the vendor's "
            "client looks for."
        ),
    ]
