"""Connections that hold a server without using it."""

from __future__ import annotations

import os
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Caller:
    """A client at an address of this machine's, which calls a shop at `url`."""

    url: str
    source: str = "127.0.0.1"
    trust: ssl.SSLContext | None = None

    @contextmanager
    def connections(self, count: int, opening: bytes = b"") -> Iterator[list[socket.socket]]:
        """Open so many, say `opening` on each, and close them in the end."""
        opened: list[socket.socket] = []
        try:
            for _ in range(count):
                opened.append(self._open())
                if opening:
                    opened[-1].sendall(opening)
            yield opened
        finally:
            for each in opened:
                each.close()

    def upgrade(self) -> bytes:
        """The head of the request that opens an event socket."""
        parts = urlsplit(self.url)
        lines = [
            "GET /_event/?token=12345678-1234&EIO=4&transport=websocket HTTP/1.1",
            f"Host: {parts.netloc}",
            f"Origin: {self.url}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {b64encode(os.urandom(16)).decode()}",
        ]
        return "\r\n".join([*lines, "", ""]).encode()

    def status(self, connection: socket.socket) -> int:
        """The status of the answer that comes."""
        return int(connection.recv(4096).split(b" ", 2)[1])

    def _open(self) -> socket.socket:
        parts = urlsplit(self.url)
        plain = socket.create_connection(
            ("127.0.0.1", parts.port or 443), PATIENCE_SECONDS, source_address=(self.source, 0)
        )
        return self.trust.wrap_socket(plain, server_hostname="localhost") if self.trust else plain


def part_of_a_message(size: int) -> bytes:
    """A frame of a text message that goes on in others."""
    return bytes([0x01, 0xFF]) + size.to_bytes(8, "big") + bytes(4) + b"a" * size


def is_ended(connection: socket.socket) -> bool:
    """True once the other side has ended it; waits for that."""
    with suppress(ConnectionError, BrokenPipeError):
        while connection.recv(65_536):
            pass
    return True
