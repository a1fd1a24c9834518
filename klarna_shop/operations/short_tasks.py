"""Cuts what a page does first into short tasks, so that a tap in between does not wait for all of it.

Reflex opens the socket in the task that evaluates the modules, and sends its first event in the one that runs
every component's effects: on a phone each of them holds the page for longer than a tap may wait.
"""

from __future__ import annotations

from typing import Any

from reflex.plugins import Plugin

_CHANGES = (
    (
        "  queueMicrotask(() => {\n    if (\n      socketStarted ||\n",
        "  setTimeout(() => {\n    if (\n      socketStarted ||\n",
    ),
    (
        "    mounted.current = true;\n    ensureSocketConnected();\n",
        "    mounted.current = true;\n    setTimeout(ensureSocketConnected);\n",
    ),
)


class ShortTasksPlugin(Plugin):
    """Gives opening the socket and its first event tasks of their own."""

    def pre_compile(self, **context: Any) -> None:
        """Ask for the client's state module to be changed before the bundle is made."""
        context["add_modify_task"]("utils/state.js", in_own_tasks)


def in_own_tasks(source: str) -> str:
    """Reflex's client module, with the socket opened and used in tasks of their own.

    Raises:
        ValueError: the module is not written as expected; this version of Reflex needs another change.
    """
    for before, after in _CHANGES:
        if after in source:
            continue
        if source.count(before) != 1:
            raise ValueError("Reflex's utils/state.js no longer opens its socket as expected")
        source = source.replace(before, after)
    return source
