"""Writes docs/attack-surface.md anew; with `--check` only says whether it is what it should be."""

from __future__ import annotations

import os
import secrets
import sys

from klarna_shop.operations.attack_surface.document import disagreements, document
from klarna_shop.operations.attack_surface.reachable import reachable_routes, reachable_states
from klarna_shop.operations.progress import PROJECT, say, stop

DOCUMENT = PROJECT / "docs" / "attack-surface.md"


def main(arguments: list[str]) -> int:
    """The exit status: 1 where something has no entry, or the document is another one."""
    # The app as it is served: the sandbox's routes and rooms are part of it, and the address for webhooks.
    os.environ["PAYWAY_WEBHOOK_SECRET"] = secrets.token_urlsafe(32)
    from klarna_shop.klarna_shop import app, own_routes

    states, routes = reachable_states(), reachable_routes(app, own_routes)
    if found := disagreements(states, routes):
        return stop("\n".join(found))
    text = document(states, routes)
    if "--check" in arguments:
        same = DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == text
        return 0 if same else stop("docs/attack-surface.md is another one; run `make attack-surface`.")
    DOCUMENT.write_text(text, encoding="utf-8")
    say(f"{DOCUMENT.relative_to(PROJECT)}: {sum(len(one.handlers) for one in states)} handlers")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
