"""Where a reader goes on after signing in: only to a page of this shop."""

from __future__ import annotations

import re

LONGEST = 1_000
_NO_GOAL = re.compile(r"(/[a-z]{2})?/(auth|login|register)(/|\Z)")


def own_path(value: str | None) -> str | None:
    """`value` where it is a path (with query) of this shop to which a browser may be sent, else nothing.

    Refused are other hosts and schemes in every spelling that browsers understand (`//host`, backslashes,
    control characters), dot segments, and the sign-in pages themselves, which would go round in circles.
    """
    if not value or len(value) > LONGEST or not value.startswith("/") or not value.isprintable():
        return None
    if "\\" in value or " " in value:
        return None
    # Cut by hand: urlsplit takes "///host" for a path, which browsers take for a host.
    path = re.split(r"[?#]", value, maxsplit=1)[0]
    if "//" in path or _NO_GOAL.match(path):
        return None
    if any(segment.lower().replace("%2e", ".") in {".", ".."} for segment in path.split("/")):
        return None
    return value
