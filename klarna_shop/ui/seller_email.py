"""The seller's e-mail address as a link."""

from __future__ import annotations

import reflex as rx

from klarna_shop.settings import load_settings
from klarna_shop.ui.plain_link import PlainLink


def seller_email() -> rx.Component:
    """Opens a mail to whoever answers customers."""
    email = load_settings().seller_email
    return PlainLink.create(email, href=f"mailto:{email}", class_name="link")
