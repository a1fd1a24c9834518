"""Ports to serve on, each for one server: two may listen on one port without an error and take turns.

Servers here share their port among workers by `SO_REUSEPORT`, with which the system lets any other process of
the same user join them. Standard library only: used by the shop's start and by the sandbox's, which do not
know each other.
"""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

WILDCARDS = {"0.0.0.0", "::", ""}  # noqa: S104 - compared with, not bound
LOOPBACKS = {"127.0.0.1", "::1", "localhost"}


class PortUnusable(Exception):
    """The port cannot be served on; the text says why, without a way out."""


class PortTaken(PortUnusable):
    """Another program has the port, at this address or at one that browsers take for the same."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is taken by another program")


@contextmanager
def port_held(host: str, port: int) -> Iterator[None]:
    """Keep a port of this machine for this process from before it listens until the block ends.

    Raises:
        PortTaken: another program listens on it, or has announced that it will.
        PortUnusable: `host` is no address of this machine, or the port is reserved.
    """
    with ExitStack() as held:
        if sys.platform == "linux":
            held.enter_context(_announced(host, port))
        check_port(host, port)
        yield


def check_port(host: str, port: int) -> None:
    """Return if a server may listen on a port now.

    The loopback addresses of both protocols are one: a browser that looks for `localhost` takes either.

    Raises:
        PortTaken: another program listens on it.
        PortUnusable: `host` is no address of this machine, or the port is reserved.
    """
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        raise PortUnusable(f"{host} is no address of this machine") from None
    for family, _, _, _, address in found:
        _try(family, str(address[0]), port)
    if host in WILDCARDS | LOOPBACKS:
        for family, loopback in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            if _has(family, loopback):
                _try(family, loopback, port)


def _try(family: int, address: str, port: int) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # Connections of a server that has just ended do not count, one that listens does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            probe.bind((address, port))
        except PermissionError:
            raise PortUnusable(f"Port {port} is reserved for the system") from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(port) from None
            raise PortUnusable(f"{address} is no address of this machine") from None


def _has(family: int, address: str) -> bool:
    """True if this machine has a loopback address of the family."""
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True


@contextmanager
def _announced(host: str, port: int) -> Iterator[None]:
    """Hold a name for the port, which the system takes back whenever and however the process ends.

    A server listens some time after it was started; of two that start together both find the port free.
    """
    where = "local" if host in WILDCARDS | LOOPBACKS else host
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as name:
        try:
            name.bind(f"\0klarna-shop {where} {port}")
        except OSError:
            raise PortTaken(port) from None
        yield
