"""How many declarations in words are taken, and how many of them are mailed, by where they come from.

Anyone can declare in anyone's name, so a receipt is a mail of ours to an address that a stranger has typed.
Limits by address and browser are in the database; those here count in each process.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from klarna_shop.shop.allowance import Allowances, Rate
from klarna_shop.shop.networks import network_of

_A_DAY = 86_400
DECLARATIONS_OF_NETWORK = Rate(40, 40 / _A_DAY)
RECEIPTS_OF_NETWORK = Rate(5, 5 / _A_DAY)
RECEIPTS_OF_ALL = Rate(100, 100 / _A_DAY)
NOTICES_OF_ALL = Rate(300, 300 / _A_DAY)
"""To the seller, who finds every declaration in `make withdrawals` as well."""
OWN_MACHINE = 5
"""How many addresses this machine counts for: behind a proxy unknown to the settings it is everybody."""


@dataclass(frozen=True)
class DeclarationLimits:
    """Counts what strangers declare. `address`: from where; empty where it is not known."""

    allowances: Allowances = field(default_factory=Allowances)

    def takes(self, address: str) -> bool:
        """True if one more declaration is taken from there."""
        return self._take("declarations", address, DECLARATIONS_OF_NETWORK)

    def mails_receipt(self, address: str) -> bool:
        """True if its receipt may be mailed."""
        return self._take("receipts", address, RECEIPTS_OF_NETWORK) and self.allowances.take(
            "receipts of all", RECEIPTS_OF_ALL
        )

    def mails_notice(self) -> bool:
        """True if the seller may be told by mail."""
        return self.allowances.take("notices of all", NOTICES_OF_ALL)

    def _take(self, what: str, address: str, rate: Rate) -> bool:
        if not address:
            return True
        network, is_own = network_of(address)
        return self.allowances.take(f"{what} {network}", rate.times(OWN_MACHINE if is_own else 1))
