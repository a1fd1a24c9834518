"""Lets the checkout be a document of its own, loaded when it is entered and left behind when it is left.

A policy belongs to a document. With the router alone the checkout would live by the policy of the page before
it, which does not let Klarna in, and the pages after it by the checkout's, which does (`web.page_security`).
"""

from __future__ import annotations

from typing import Any

from reflex.plugins import Plugin

_NAVIGATION = "    if (event.payload.replace) {\n      navigate(pathname, { replace: true });\n"
_LOADED = (
    "    if (isCheckout(pathname) || isCheckout(window.location.pathname)) {\n"
    '      window.location[event.payload.replace ? "replace" : "assign"](pathname);\n'
    "      return;\n"
    "    }\n"
)
_DECLARED = 'const TOKEN_KEY = "token";\n'
# A link that the router does not hear of is followed by the browser itself.
_FOLLOWED = r"""const isCheckout = (path) => /^(\/[a-z]{2})?\/checkout\/?($|\?)/.test(path);
if (typeof window !== "undefined") {
  const follow = (event) => {
    if (!isCheckout(window.location.pathname)) return;
    if (event.target.closest?.('a[href^="/"]:not([target])')) event.stopPropagation();
  };
  window.addEventListener("click", follow, true);
}
"""


class OwnDocumentsPlugin(Plugin):
    """Makes redirects into the checkout and out of it, and its links, load the page."""

    def pre_compile(self, **context: Any) -> None:
        """Ask for the client's state module to be changed before the bundle is made."""
        context["add_modify_task"]("utils/state.js", load_checkout)


def load_checkout(source: str) -> str:
    """Reflex's client module, by which whatever leads to or from the checkout loads the page.

    Raises:
        ValueError: the module is not written as expected; this version of Reflex needs another change.
    """
    if _LOADED in source:
        return source
    if source.count(_NAVIGATION) != 1 or source.count(_DECLARED) != 1:
        raise ValueError("Reflex's utils/state.js no longer follows redirects as expected")
    return source.replace(_NAVIGATION, _LOADED + _NAVIGATION).replace(_DECLARED, _FOLLOWED + _DECLARED)
