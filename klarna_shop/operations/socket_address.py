"""Lets the pages open their socket where they were loaded from.

Reflex writes the server's address into the bundle, port included. A shop serves everything from one place,
so the page's own address is right behind every proxy and port, and one build serves them all.
"""

from __future__ import annotations

from typing import Any

from reflex.plugins import Plugin

_HOST_LINE = "    endpoint.hostname = frontend_hostname;\n"
_PORT_LINE = "    endpoint.port = window.location.port;\n"
_HTTPS_PORT = '      endpoint.port = ""; // Assume websocket is on https port via load balancer.\n'


class SocketAddressPlugin(Plugin):
    """Makes the built pages use their own host and port for the socket."""

    def pre_compile(self, **context: Any) -> None:
        """Ask for the client's state module to be changed before the bundle is made."""
        context["add_modify_task"]("utils/state.js", use_own_address)


def use_own_address(source: str) -> str:
    """Reflex's client module, taking the port from the page as it takes the host.

    Raises:
        ValueError: the module is not written as expected; this version of Reflex needs another change.
    """
    if _HOST_LINE + _PORT_LINE in source:
        return source
    if source.count(_HOST_LINE) != 1 or source.count(_HTTPS_PORT) != 1:
        raise ValueError("Reflex's utils/state.js no longer sets the socket's host as expected")
    return source.replace(_HOST_LINE, _HOST_LINE + _PORT_LINE).replace(_HTTPS_PORT, "")
