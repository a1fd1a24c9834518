"""The change of Reflex's client module: it fits this version, twice is once, and another is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import reflex_base

from klarna_shop.operations.framed_pages import keep_own_token

MODULE = Path(reflex_base.__file__).parent / ".templates" / "web" / "utils" / "state.js"


def test_a_framed_page_touches_no_shared_token() -> None:
    changed = keep_own_token(MODULE.read_text(encoding="utf-8"))
    lines = changed.splitlines()
    touching = [
        number for number, line in enumerate(lines) if "sessionStorage" in line and "TOKEN_KEY" in line
    ]
    assert touching
    for number in touching:
        assert any("isFramed()" in line for line in lines[max(number - 7, 0) : number + 1]), lines[number]
    assert keep_own_token(changed) == changed


def test_another_version_of_the_module_is_refused() -> None:
    with pytest.raises(ValueError, match="no longer keeps its token"):
        keep_own_token(MODULE.read_text(encoding="utf-8").replace("TOKEN_KEY", "KEY"))
