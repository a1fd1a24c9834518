"""The socket is opened and used in tasks of its own: what is changed in Reflex's client for that."""

from __future__ import annotations

from pathlib import Path

import pytest
import reflex_base

from klarna_shop.operations.short_tasks import in_own_tasks

MODULE = Path(reflex_base.__file__).parent / ".templates" / "web" / "utils" / "state.js"


def test_neither_evaluating_nor_mounting_opens_the_socket() -> None:
    changed = in_own_tasks(MODULE.read_text(encoding="utf-8"))
    assert "queueMicrotask" not in changed
    assert "    mounted.current = true;\n    setTimeout(ensureSocketConnected);\n" in changed
    assert in_own_tasks(changed) == changed


def test_another_version_of_the_client_stops_the_build() -> None:
    with pytest.raises(ValueError, match="opens its socket"):
        in_own_tasks("export const connect = () => {};")
