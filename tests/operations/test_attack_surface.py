"""The inventory of what can be reached is whole, and names tests that exist."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from klarna_shop.operations.attack_surface.document import disagreements, entries
from klarna_shop.operations.attack_surface.reachable import ReachableHandler, ReachableRoute, ReachableState
from klarna_shop.operations.progress import PROJECT


def test_everything_reachable_has_an_entry_and_the_document_says_so(tmp_path: Path) -> None:
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'shop.sqlite3'}"}
    command = [sys.executable, "-m", "klarna_shop.operations.attack_surface", "--check"]
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]


def _tests() -> list[str]:
    written = entries()
    named = {
        test for kind in ("states", "routes") for one in written[kind].values() for test in one["attacked_by"]
    }
    return sorted(named)


@pytest.mark.parametrize("test", _tests())
def test_the_attack_it_names_is_there(test: str) -> None:
    file, _, name = test.partition("::")
    assert re.search(rf"^(async )?def {re.escape(name)}\(", (PROJECT / file).read_text(), re.MULTILINE)


def test_what_has_no_entry_and_what_is_gone_are_told() -> None:
    state = ReachableState("klarna_shop.ui.new.NewState", (ReachableHandler("press", ""),), ("secret",))
    told = disagreements([state], [ReachableRoute("/new", ("POST",))])
    assert "state klarna_shop.ui.new.NewState is reachable and has no entry" in told
    assert "klarna_shop.ui.new.NewState, handler press is reachable and has no entry" in told
    assert "klarna_shop.ui.new.NewState, var secret is reachable and has no entry" in told
    assert "route /new is reachable and has no entry" in told
    assert "route /auth/sign-in has an entry and is not reachable" in told
