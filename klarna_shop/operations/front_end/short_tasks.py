"""Cuts what a page does first into short tasks, so that a tap in between does not wait for all of it.

Reflex opens the socket in the task that evaluates the modules, and sends its first event in the one that runs
every component's effects: on a phone each of them holds the page for longer than a tap may wait.
"""

from __future__ import annotations

from klarna_shop.operations.front_end.change import Change, ChangesPlugin

_PASSAGES = (
    (
        "  queueMicrotask(() => {\n    if (\n      socketStarted ||\n",
        "  setTimeout(() => {\n    if (\n      socketStarted ||\n",
    ),
    (
        "    mounted.current = true;\n    ensureSocketConnected();\n",
        "    mounted.current = true;\n    setTimeout(ensureSocketConnected);\n",
    ),
)


class ShortTasksPlugin(ChangesPlugin):
    """Gives opening the socket and its first event tasks of their own."""

    changes = (Change("utils/state.js", _PASSAGES),)
