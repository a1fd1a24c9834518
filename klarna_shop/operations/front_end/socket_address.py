"""Lets the pages open their socket where they were loaded from.

Reflex writes the server's address into the bundle, port included. A shop serves everything from one place,
so the page's own address is right behind every proxy and port, and one build serves them all.
"""

from __future__ import annotations

from klarna_shop.operations.front_end.change import Change, ChangesPlugin

_HOST_LINE = "    endpoint.hostname = frontend_hostname;\n"
_PORT_LINE = "    endpoint.port = window.location.port;\n"
_HTTPS_PORT = '      endpoint.port = ""; // Assume websocket is on https port via load balancer.\n'


class SocketAddressPlugin(ChangesPlugin):
    """Makes the built pages use their own host and port for the socket."""

    changes = (Change("utils/state.js", ((_HOST_LINE, _HOST_LINE + _PORT_LINE), (_HTTPS_PORT, ""))),)
