"""The withdrawal function: choose a contract, confirm, get a receipt. For everybody, signed in or not."""

from klarna_shop.ui.withdrawal.page import withdrawal_page
from klarna_shop.ui.withdrawal.state import WithdrawalState

__all__ = ["WithdrawalState", "withdrawal_page"]
