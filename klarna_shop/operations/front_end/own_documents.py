"""Lets the checkout, each language and the studio be documents of their own, loaded when they are entered.

A policy belongs to a document. With the router alone the checkout would live by the policy of the page before
it, which does not let Klarna in, and the pages after it by the checkout's, which does (`web.page_security`).

A document's router knows the addresses of its own kind and no others: it reads each of them before it shows
the page, and a newspaper has many, once for every language.
"""

from __future__ import annotations

import json

from klarna_shop.operations.front_end.change import Change, ChangesPlugin
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
export const isOwnDocument = (path) =>
  window.shopPage.isOutdated || here === "checkout" || here !== documentOf(path);

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
_DOCUMENT_ASKED = 'import { isOwnDocument } from "$/utils/documents";\n'
_REACT = 'import { createElement } from "react";\n'
_HYDRATING = "startTransition(() => {\n"
_ROUTES_ASKED = 'import { keepOwnRoutes } from "$/utils/documents";\n'
_KEPT = "keepOwnRoutes(window.__reactRouterManifest);\n\n"


class OwnDocumentsPlugin(ChangesPlugin):
    """Makes redirects and links between documents load the page, and gives each router its own routes."""

    changes = (
        Change(
            "utils/state.js", ((_NAVIGATION, _LOADED + _NAVIGATION), (_REGISTRY, _REGISTRY + _DOCUMENT_ASKED))
        ),
        Change("app/entry.client.js", ((_HYDRATING, _KEPT + _HYDRATING), (_REACT, _REACT + _ROUTES_ASKED))),
    )

    def modules(self) -> dict[str, str]:
        """The module in the browser, with the prefixes of this shop's languages."""
        prefixes = [language for language in languages() if language != DEFAULT_LANGUAGE]
        return {MODULE: _SOURCE.replace("LANGUAGES", json.dumps(prefixes))}
