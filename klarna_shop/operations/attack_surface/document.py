"""Writes what is reachable and what was thought of it as one document, and says where the two disagree."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from klarna_shop.operations.attack_surface.reachable import ReachableRoute, ReachableState

ENTRIES = Path(__file__).with_name("entries.toml")
_FIELDS = ("who", "checks", "reveals", "attacked_by")

_HEAD = """# The attack surface

What a stranger can reach of a running shop: every event handler of the socket, every var that a page is sent,
every HTTP route. Written by `make attack-surface` from the app itself and from
`klarna_shop/operations/attack_surface/entries.toml`; a test fails when one of them is added without an entry,
or an entry names a test that is not there.

A state's vars are sent to the tab that the state belongs to, and to nobody else. Built pages and files are
not listed: they are the same for everybody, and hold no walled text. Each handler is also called by a
stranger with nonsense (`tests/hostile/test_every_handler.py`).
"""


def entries() -> dict[str, Any]:
    """The entries as they are written."""
    return tomllib.loads(ENTRIES.read_text(encoding="utf-8"))


def disagreements(states: Sequence[ReachableState], routes: Sequence[ReachableRoute]) -> list[str]:
    """A sentence for whatever has no entry, and for each entry of what is not there."""
    written = entries()
    found = [
        *_apart("state", {state.name for state in states}, written["states"]),
        *_apart("route", {route.path for route in routes}, written["routes"]),
    ]
    for state in states:
        entry = written["states"].get(state.name, {})
        found += _apart(
            f"{state.name}, handler", {one.name for one in state.handlers}, entry.get("handlers", ())
        )
        found += _apart(f"{state.name}, var", set(state.public_vars), entry.get("vars", ()))
    for kind in ("states", "routes"):
        for name, entry in written[kind].items():
            found += [f"{name}: no {field}" for field in _FIELDS if not entry.get(field)]
    return found


def _apart(what: str, reachable: set[str], written: Iterable[str]) -> list[str]:
    listed = set(written)
    return [
        *(f"{what} {name} is reachable and has no entry" for name in sorted(reachable - listed)),
        *(f"{what} {name} has an entry and is not reachable" for name in sorted(listed - reachable)),
    ]


def document(states: Sequence[ReachableState], routes: Sequence[ReachableRoute]) -> str:
    """The whole document, in Markdown."""
    written = entries()
    handlers = sum(len(state.handlers) for state in states)
    public = sum(len(state.public_vars) for state in states)
    parts = [_HEAD, f"{handlers} handlers and {public} vars of {len(states)} states, {len(routes)} routes.\n"]
    parts.append("## Event handlers and vars\n")
    for state in states:
        entry = written["states"][state.name]
        parts.append(f"### `{state.name}`\n")
        parts.append(_thought(entry))
        if state.handlers:
            rows = "\n".join(f"| `{one.name}` | {one.purpose or '–'} |" for one in state.handlers)
            parts.append(f"| Handler | What it does |\n| --- | --- |\n{rows}\n")
        if state.public_vars:
            parts.append("Vars: " + ", ".join(f"`{name}`" for name in state.public_vars) + "\n")
    parts.append("## HTTP routes\n")
    for route in routes:
        methods = ", ".join(route.methods)
        parts.append(f"### `{route.path}`" + (f" ({methods})" if methods else "") + "\n")
        parts.append(_thought(written["routes"][route.path]))
    return "\n".join(parts)


def _thought(entry: dict[str, Any]) -> str:
    attacks = ", ".join(f"`{test}`" for test in entry["attacked_by"])
    return (
        f"- **Who**: {entry['who']}\n- **Checks**: {entry['checks']}\n- **Reveals**: {entry['reveals']}\n"
        f"- **Attacked by**: {attacks}\n"
    )
