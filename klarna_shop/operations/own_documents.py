"""Lets the checkout, each language and the studio be documents of their own, loaded when they are entered.

A policy belongs to a document. With the router alone the checkout would live by the policy of the page before
it, which does not let Klarna in, and the pages after it by the checkout's, which does (`web.page_security`).

A document's router knows the addresses of its own kind and no others: it reads each of them before it shows
the page, and a newspaper has many, once for every language.
"""

from __future__ import annotations

import json
from typing import Any

from reflex.plugins import Plugin

from klarna_shop.ui.languages import DEFAULT_LANGUAGE, languages

MODULE = "utils/documents.js"
_SOURCE = """const languages = LANGUAGES;

// What an address belongs to: "checkout", "studio", or the language of its pages.
const documentOf = (path) => {
  const [first, second] = path.replace(/^\\/+/, "").split(/[/?#]/);
  const page = languages.includes(first) ? second : first;
  if (page === "checkout" || page === "studio") return page;
  return languages.includes(first) ? first : "";
};

// Once for all: the page of unknown addresses has one of its own while its scripts begin, and no longer.
const here = typeof window === "undefined" ? "" : documentOf(window.location.pathname);

/** Whether this address is to be loaded by the browser. A checkout is never gone on with by the router. */
export const isOwnDocument = (path) => here === "checkout" || here !== documentOf(path);

// A link that the router does not hear of is followed by the browser itself.
if (typeof window !== "undefined") {
  const follow = (event) => {
    const link = event.target.closest?.("a[href]:not([target])");
    if (link?.origin === window.location.origin && isOwnDocument(link.pathname)) event.stopPropagation();
  };
  window.addEventListener("click", follow, true);
}

/** Leave the router the routes of this document; `*` is the page of unknown addresses. */
export const keepOwnRoutes = (manifest) => {
  for (const [id, { path }] of Object.entries(manifest.routes)) {
    if (id !== "root" && path !== "*" && documentOf(`/${path ?? ""}`) !== here) delete manifest.routes[id];
  }
};
"""
_NAVIGATION = "    if (event.payload.replace) {\n      navigate(pathname, { replace: true });\n"
_LOADED = (
    "    if (isOwnDocument(pathname)) {\n"
    '      window.location[event.payload.replace ? "replace" : "assign"](pathname);\n'
    "      return;\n"
    "    }\n"
)
_REGISTRY = 'import { app, eventLoop } from "$/utils/context-registry";\n'
_IMPORTED = 'import { isOwnDocument } from "$/utils/documents";\n'
_REACT = 'import { createElement } from "react";\n'
_HYDRATING = "startTransition(() => {\n"
_KEPT = "keepOwnRoutes(window.__reactRouterManifest);\n"


class OwnDocumentsPlugin(Plugin):
    """Makes redirects and links between documents load the page, and gives each router its own routes."""

    def pre_compile(self, **context: Any) -> None:
        """Write the module, and ask for the client to be changed before the bundle is made."""
        context["add_save_task"](lambda: (MODULE, module()))
        context["add_modify_task"]("utils/state.js", load_own_documents)
        context["add_modify_task"]("app/entry.client.js", know_own_routes)


def module() -> str:
    """The module in the browser, with the prefixes of this shop's languages."""
    prefixes = [language for language in languages() if language != DEFAULT_LANGUAGE]
    return _SOURCE.replace("LANGUAGES", json.dumps(prefixes))


def load_own_documents(source: str) -> str:
    """Reflex's client module, whose redirects load a document of its own.

    Raises:
        ValueError: the module is not written as expected; this version of Reflex needs another change.
    """
    if _LOADED in source:
        return source
    if source.count(_NAVIGATION) != 1 or source.count(_REGISTRY) != 1:
        raise ValueError("Reflex's utils/state.js no longer follows redirects as expected")
    return source.replace(_NAVIGATION, _LOADED + _NAVIGATION).replace(_REGISTRY, _REGISTRY + _IMPORTED)


def know_own_routes(source: str) -> str:
    """Reflex's first module, which cuts the list of routes before the router reads it.

    Raises:
        ValueError: the module is not written as expected; this version of Reflex needs another change.
    """
    if _KEPT in source:
        return source
    if source.count(_REACT) != 1 or source.count(_HYDRATING) != 1:
        raise ValueError("Reflex's app/entry.client.js no longer hydrates as expected")
    imported = 'import { keepOwnRoutes } from "$/utils/documents";\n'
    return source.replace(_REACT, _REACT + imported).replace(_HYDRATING, _KEPT + "\n" + _HYDRATING)
