"""Lets pages speak over plain requests where a network lets no WebSocket through, and tells why they wait."""

from __future__ import annotations

from klarna_shop.operations.front_end.change import Change, ChangesPlugin, script

MODULE = "utils/connection.js"
_IMPORT = 'import debounce from "$/utils/helpers/debounce";\n'
_IMPORTED = (
    "import { afterFailure, afterOpening, connectTimeout, transports as nextTransports }"
    ' from "$/utils/connection";\n'
)
_PASSAGES = (
    (_IMPORT, _IMPORTED + _IMPORT),
    (
        "        [env.TRANSPORT],\n        peekToken(),\n",
        "        nextTransports(),\n        peekToken(),\n",
    ),
    (
        "        [env.TRANSPORT],\n        setConnectErrors,\n",
        "        nextTransports(),\n        setConnectErrors,\n",
    ),
    ("    reconnection: false,\n", "    reconnection: false,\n    timeout: connectTimeout(),\n"),
    (
        "    socket.current.wait_connect = false;\n    failed_attempts = ",
        "    socket.current.wait_connect = false;\n    afterFailure(socket.current);\n    failed_attempts = ",
    ),
    (
        "    socket.current.wait_connect = false;\n    reported_missing_substates.clear();\n",
        "    socket.current.wait_connect = false;\n    afterOpening(socket.current);\n"
        "    reported_missing_substates.clear();\n",
    ),
    # A page that was drawn anew has a socket of its own: the one before must not open a second.
    (
        "      if (!socket.current) {\n        connect(\n",
        "      if (!socket.current) {\n        return;\n        connect(\n",
    ),
)


class ConnectionPlugin(ChangesPlugin):
    """Makes Reflex's client take the transports in turns until one has opened."""

    changes = (Change("utils/state.js", _PASSAGES),)

    def modules(self) -> dict[str, str]:
        """The module that knows which is next."""
        return {MODULE: script("connection.js")}
