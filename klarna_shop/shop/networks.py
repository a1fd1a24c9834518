"""Addresses in one form, and which callers count as one where something is limited by where it comes from."""

from __future__ import annotations

import ipaddress
import re

UNKNOWN = "unknown"
"""Every address that is none. They share their limits."""
_WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d*)?|([^:]*):\d*")
_LONGEST = 64
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def canonical_address(text: str) -> str:
    """Return an address without brackets, port and zone, IPv4 never written as IPv6; or `unknown`."""
    written = text.strip().strip("\"'").strip()[:_LONGEST]
    if match := _WITH_PORT.fullmatch(written):
        written = match.group(1) if match.group(1) is not None else match.group(2)
    try:
        parsed = ipaddress.ip_address(written.partition("%")[0])
    except ValueError:
        return UNKNOWN
    if isinstance(parsed, ipaddress.IPv6Address) and (inner := _embedded(parsed)) is not None:
        parsed = inner
    return str(parsed)


def network_of(address: str) -> tuple[str, bool]:
    """Return what counts as one address, and True if it is this machine.

    Of IPv6 that is a /64, what one customer of a network has.
    """
    canonical = canonical_address(address)
    if canonical == UNKNOWN:
        return UNKNOWN, False
    parsed = ipaddress.ip_address(canonical)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(parsed), 64), strict=False)), parsed.is_loopback
    return canonical, parsed.is_loopback


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that stands in a mapped or a NAT64 one."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped
