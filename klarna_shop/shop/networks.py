"""Which callers count as one where something is limited by where it comes from."""

from __future__ import annotations

import ipaddress


def network_of(address: str) -> tuple[str, bool]:
    """What counts as one address (of IPv6 what one customer of a network has), and whether it is our own."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address, False
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is None:
            network = ipaddress.ip_network((int(parsed), 64), strict=False)
            return str(network), parsed.is_loopback
        parsed = parsed.ipv4_mapped
    return str(parsed), parsed.is_loopback
