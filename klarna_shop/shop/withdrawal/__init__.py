"""The right of withdrawal: until when a purchase can be undone, declarations, and what becomes of them.

Two promises. Whoever declares a withdrawal has it recorded and gets a receipt, whoever they are (directive
2023/2673). And nobody ends another's subscription: Payway is told only for the buying browser or customer.
Used by the screens, the assembly and operations.
"""

from klarna_shop.shop.withdrawal.contracts import CannotTell, Contract, Contracts
from klarna_shop.shop.withdrawal.declaration import CLOSING, Declaration, Outcome, Standing
from klarna_shop.shop.withdrawal.period import WITHDRAWAL_DAYS, deadline
from klarna_shop.shop.withdrawal.service import CannotDeclare, Withdrawals
from klarna_shop.shop.withdrawal.tables import Withdrawal
from klarna_shop.shop.withdrawal.withdrawn import Withdrawn, WithdrawnOrders, codes_left

__all__ = [
    "CLOSING",
    "WITHDRAWAL_DAYS",
    "CannotDeclare",
    "CannotTell",
    "Contract",
    "Contracts",
    "Declaration",
    "Outcome",
    "Standing",
    "Withdrawal",
    "Withdrawals",
    "Withdrawn",
    "WithdrawnOrders",
    "codes_left",
    "deadline",
]
