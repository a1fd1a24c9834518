"""What somebody declares, who they are to the shop, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from klarna_shop.email_address import is_email
from klarna_shop.typed_text import can_be_shown, name_fault

LONGEST_NAME = 200
LONGEST_CONTRACT = 500


class Standing(StrEnum):
    """Who declares."""

    BUYER = "buyer"
    """The customer or the browser that bought."""
    STRANGER = "stranger"
    """Anybody else: whose word alone ends nothing."""


class Outcome(StrEnum):
    """How far a withdrawal has come."""

    ENDING = "ending"
    """Payway is to be told, and has not answered yet."""
    ENDED = "ended"
    """Payway will not renew the subscription; what was paid, the seller pays back."""
    BY_HAND = "by_hand"
    """The seller ends it: Payway does not allow it, or the account is not known here."""
    RECORDED = "recorded"
    """The seller looks at it: declared by a stranger, or after the right had ended."""


CLOSING = frozenset({Outcome.ENDING, Outcome.ENDED, Outcome.BY_HAND})
"""Outcomes after which the order opens nothing any more: declared by its buyer, and in time."""


@dataclass(frozen=True)
class Declaration:
    """The statement of a withdrawal: all that the law lets a shop ask for.

    `contract` is the contract in the declarer's own words; unused where a purchase of theirs is meant.
    """

    name: str = field(repr=False)
    email: str = field(repr=False)
    contract: str = field(default="", repr=False)

    def faults(self, *, names_contract: bool) -> tuple[str, ...]:
        """Names of the fields that cannot be used. `names_contract`: `contract` has to say what is meant."""
        faults = []
        if name_fault(self.name.strip(), LONGEST_NAME):
            faults.append("name")
        contract = self.contract.strip()
        if names_contract and not (1 <= len(contract) <= LONGEST_CONTRACT and can_be_shown(contract)):
            faults.append("contract")
        # The receipt goes there and no account is made: any address that mail reaches will do.
        if not is_email(self.email):
            faults.append("email")
        return tuple(faults)
