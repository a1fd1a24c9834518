"""Gives each page in a frame a session of its own.

Reflex keeps a tab's token in `sessionStorage`, which the frames of a tab share: previews side by side would
take each other's and their editor's. In a frame it stays in memory; what such a page shows its address says.
"""

from __future__ import annotations

from klarna_shop.operations.front_end.change import Change, ChangesPlugin

_DECLARED = 'const TOKEN_KEY = "token";\n'
_IS_FRAMED = 'const isFramed = () => typeof window !== "undefined" && window.self !== window.top;\n'
_PASSAGES = (
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


class FramedPagesPlugin(ChangesPlugin):
    """Keeps a framed page's token to itself."""

    changes = (Change("utils/state.js", _PASSAGES),)
