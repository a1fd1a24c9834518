"""Which process does what a tab is waiting for.

A tab's state outlives the process where it is kept in Redis; what that process was doing for it does not. So
a claim ("this is being done, do not press again") names the process that holds it, and means nothing to
another.
"""

from __future__ import annotations

import secrets

RUN = secrets.token_hex(8)
"""This process, until it ends."""


def in_this_run(what: str) -> str:
    """The claim of this process on `what`."""
    return f"{RUN}:{what}"
