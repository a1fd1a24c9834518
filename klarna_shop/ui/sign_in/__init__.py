"""Signing in and making an account: two forms posted to `/auth/…`, or a button that leads to Payway.

Page factories `sign_in_page` and `register_page`; their `on_load` is `SignInState.show_sign_in` and
`SignInState.show_register`, each with `SignInState.go_on` after it.
"""

from klarna_shop.ui.sign_in.register_page import register_page
from klarna_shop.ui.sign_in.sign_in_page import sign_in_page
from klarna_shop.ui.sign_in.state import SignInState

__all__ = ["SignInState", "register_page", "sign_in_page"]
