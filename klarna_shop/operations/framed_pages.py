"""Gives each page in a frame a session of its own.

Reflex keeps a tab's token in `sessionStorage`, which the frames of a tab share: previews side by side would
take each other's and their editor's. In a frame it stays in memory; what such a page shows its address says.
"""

from __future__ import annotations

from typing import Any

from reflex.plugins import Plugin

_DECLARED = 'const TOKEN_KEY = "token";\n'
_IS_FRAMED = 'const isFramed = () => typeof window !== "undefined" && window.self !== window.top;\n'
_CHANGES = (
    (_DECLARED, _DECLARED + _IS_FRAMED),
    (
        '  if (typeof window !== "undefined") {\n    if (!window.sessionStorage.getItem(TOKEN_KEY)) {\n',
        "  if (isFramed()) {\n    return (token = unsavedToken ?? generateUUID());\n  }\n"
        '  if (typeof window !== "undefined") {\n    if (!window.sessionStorage.getItem(TOKEN_KEY)) {\n',
    ),
    (
        "  token ||\n  window.sessionStorage.getItem(TOKEN_KEY) ||\n",
        "  token ||\n  (isFramed() ? null : window.sessionStorage.getItem(TOKEN_KEY)) ||\n",
    ),
    (
        "    window.sessionStorage.setItem(TOKEN_KEY, new_token);\n",
        "    if (!isFramed()) window.sessionStorage.setItem(TOKEN_KEY, new_token);\n",
    ),
)


class FramedPagesPlugin(Plugin):
    """Keeps a framed page's token to itself."""

    def pre_compile(self, **context: Any) -> None:
        """Ask for the client's state module to be changed before the bundle is made."""
        context["add_modify_task"]("utils/state.js", keep_own_token)


def keep_own_token(source: str) -> str:
    """Reflex's client module, with the token of a framed page in memory.

    Raises:
        ValueError: the module is not written as expected; this version of Reflex needs another change.
    """
    if _IS_FRAMED in source:
        return source
    for before, after in _CHANGES:
        if source.count(before) != 1:
            raise ValueError("Reflex's utils/state.js no longer keeps its token as expected")
        source = source.replace(before, after)
    return source
