"""The receipt of a purchase: to read, print and download, for its owner."""

from klarna_shop.ui.receipt.page import receipt_page
from klarna_shop.ui.receipt.state import ReceiptState

__all__ = ["ReceiptState", "receipt_page"]
