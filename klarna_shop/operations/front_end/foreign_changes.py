"""Lets pages go on that a translator, a reader tool or a browser extension has changed.

React holds on to each node that it has made. One that somebody else has wrapped, replaced or removed would
end the page at React's next call for it.
"""

from __future__ import annotations

from klarna_shop.operations.front_end.change import Change, ChangesPlugin, script

MODULE = "utils/foreign_changes.js"
_REACT_DOM = 'import { hydrateRoot } from "react-dom/client";\n'
_TOLERANT = 'import "$/utils/foreign_changes";\n'


class ForeignChangesPlugin(ChangesPlugin):
    """Makes the document's own methods find what React asks them for."""

    changes = (Change("app/entry.client.js", ((_REACT_DOM, _TOLERANT + _REACT_DOM),)),)

    def modules(self) -> dict[str, str]:
        """The module that changes the methods."""
        return {MODULE: script("foreign_changes.js")}
