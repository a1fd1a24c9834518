"""The checkout is a document of its own: what is changed in Reflex's client for that."""

from __future__ import annotations

from pathlib import Path

import pytest
import reflex_base

from klarna_shop.operations.own_documents import load_checkout

MODULE = Path(reflex_base.__file__).parent / ".templates" / "web" / "utils" / "state.js"


def test_redirects_and_links_of_the_checkout_load_the_page() -> None:
    changed = load_checkout(MODULE.read_text(encoding="utf-8"))
    assert "if (isCheckout(pathname) || isCheckout(window.location.pathname)) {" in changed
    assert 'window.addEventListener("click", follow, true)' in changed
    assert load_checkout(changed) == changed


def test_another_version_of_the_client_stops_the_build() -> None:
    with pytest.raises(ValueError, match="redirects"):
        load_checkout("export const applyEvent = () => {};")
