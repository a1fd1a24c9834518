"""The TCP connections of this process as Linux sees them, and the end of one.

A server in Python is told of whole requests and whole messages. Only the system knows how many bytes of an
unfinished one have come, and whether an answer is being read. On other systems there is nothing to see.
"""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

if sys.platform != "win32":
    import fcntl
    import resource

Peer = tuple[str, int]
"""Address and port at the other end, as in an ASGI scope's `client`."""

IS_SUPPORTED = sys.platform == "linux"
MOST_CONNECTIONS = 16_000
RESERVED_FILES = 256
"""Open files that are left for databases, Payway, articles and logs."""
WANTED_FILES = 65_536
_TCP_INFO = 11
_TIOCOUTQ = 0x5411
_ACKNOWLEDGED_AND_RECEIVED = struct.Struct("=120x2Q")
"""`tcpi_bytes_acked` and `tcpi_bytes_received` of `struct tcp_info` (linux/tcp.h)."""
_DESCRIPTORS = Path("/proc/self/fd")


@dataclass(frozen=True)
class TcpConnection:
    """One accepted connection; counts in bytes since it was opened."""

    descriptor: int
    peer: Peer
    received: int
    acknowledged: int
    """Sent, and taken by the other end."""
    pending: int
    """Sent, and not taken yet."""


def accepted_connections(port: int) -> Iterator[TcpConnection]:
    """Yield this process's connections to its own `port`."""
    if not IS_SUPPORTED:
        return
    for descriptor in [int(each.name) for each in _DESCRIPTORS.iterdir()]:
        with suppress(OSError), _borrowed(descriptor) as connection:
            own = connection.getsockname()
            if not isinstance(own, tuple) or own[1] != port:
                continue
            host, peer_port = connection.getpeername()[:2]
            info = connection.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 192)
            acknowledged, received = _ACKNOWLEDGED_AND_RECEIVED.unpack_from(info)
            (pending,) = struct.unpack("i", fcntl.ioctl(descriptor, _TIOCOUTQ, b"\0" * 4))
            yield TcpConnection(descriptor, (host, peer_port), received, acknowledged, pending)


def end_connection(connection: TcpConnection) -> None:
    """Shut a connection down in both directions; its owner in the server sees that it has ended."""
    with suppress(OSError), _borrowed(connection.descriptor) as borrowed:
        # The descriptor may have become another connection's meanwhile.
        if borrowed.getpeername()[:2] == connection.peer:
            borrowed.shutdown(socket.SHUT_RDWR)


def most_connections() -> int:
    """Return how many connections one process can hold, by its limit of open files."""
    if sys.platform == "win32":
        return MOST_CONNECTIONS
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return min(MOST_CONNECTIONS, max(files // 2, files - RESERVED_FILES))


def raise_file_limit() -> None:
    """Let this process and its children open as many files as they may, up to `WANTED_FILES`."""
    if sys.platform == "win32":
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_FILES if hard == resource.RLIM_INFINITY else min(hard, WANTED_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@contextmanager
def _borrowed(descriptor: int) -> Iterator[socket.socket]:
    """Another's descriptor as a socket that is not closed with it; OSError where it is none."""
    borrowed = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0, fileno=descriptor)
    try:
        yield borrowed
    finally:
        borrowed.detach()
