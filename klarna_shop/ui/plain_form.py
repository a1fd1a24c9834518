"""A form that the browser sends itself: it reaches plain HTTP routes, also before or without JavaScript."""

from __future__ import annotations

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML


class PlainForm(BaseHTML):
    """`<form>` without Reflex's submit handler, which would keep the browser from sending it."""

    tag = "form"

    action: rx.Var[str]
    method: rx.Var[str]
    no_validate: rx.Var[bool]


plain_form = PlainForm.create
"""Takes children, `action` (a path of this shop), `method`, and `no_validate` for words of one's own."""
