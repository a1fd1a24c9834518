"""The HTML document around every page: its language, its stylesheet, and what happens on errors."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.state import FrontendEventExceptionState
from reflex.vars.base import VarData
from reflex_base.utils.imports import ImportVar

from klarna_shop.ui.frame import STYLESHEETS, head_components
from klarna_shop.ui.languages import DEFAULT_LANGUAGE, languages
from klarna_shop.ui.trouble import on_exception, on_page_exception

# An error inside Klarna's script would otherwise reload the page in the middle of a payment.
FrontendEventExceptionState.auto_reload_on_errors = []


STUDIO_LANGUAGE = "en"
"""The studio stands at one address in one language, also where a reader's page holds a part of it."""


def document_options() -> dict[str, Any]:
    """Arguments for `rx.App` that all pages share."""
    return {
        "stylesheets": list(STYLESHEETS),
        "head_components": head_components(),
        "html_custom_attrs": {"lang": _language()},
        "backend_exception_handler": on_exception,
        "frontend_exception_handler": on_page_exception,
        # Messages stand in the page, and the frame tells of a lost connection: no toasts, no overlay.
        "toaster": None,
        # An error shows the last page (`LastPagePlugin`).
        "app_wraps": {},
        "reset_style": False,
    }


def _language() -> rx.Var[str]:
    """`<html lang>` by the address, in the prerendered file and after navigation alike."""
    expression = f"'{DEFAULT_LANGUAGE}'"
    for language in languages():
        if language != DEFAULT_LANGUAGE:
            expression = (
                f"(/^\\/{language}(\\/|$)/.test(useLocation().pathname) ? '{language}' : {expression})"
            )
    expression = f"(/^\\/studio(\\/|$)/.test(useLocation().pathname) ? '{STUDIO_LANGUAGE}' : {expression})"
    return rx.Var(expression, _var_data=VarData(imports={"react-router": [ImportVar(tag="useLocation")]}))
