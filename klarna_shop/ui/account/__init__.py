"""The signed-in customer's page: subscriptions, purchases, and the details that came from Klarna.

Page factory `account_page`; its `on_load` is `AccountState.show`. Not for search engines.
"""

from klarna_shop.ui.account.page import account_page
from klarna_shop.ui.account.state import AccountState

__all__ = ["AccountState", "account_page"]
