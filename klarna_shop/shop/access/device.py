"""Which kind of device a browser says it is on."""

from __future__ import annotations

import re

from klarna_shop.shop.paywalls.document import Device

_TABLET = re.compile(r"iPad|Tablet|PlayBook|Silk(?!.*Mobile)|Android(?!.*Mobile)", re.IGNORECASE)
_PHONE = re.compile(r"Mobi|iPhone|iPod|Android.*Mobile|Windows Phone", re.IGNORECASE)


def device_of(user_agent: str) -> Device | None:
    """By the User-Agent; None where there is none. An iPad that asks for desktop pages says it is a Mac."""
    if not user_agent.strip():
        return None
    if _TABLET.search(user_agent[:512]):
        return Device.TABLET
    return Device.PHONE if _PHONE.search(user_agent[:512]) else Device.DESKTOP
