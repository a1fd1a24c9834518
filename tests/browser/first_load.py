"""What a first visit of a page transfers, as Chromium counts it: bodies as packed, and headers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

KIBIBYTE = 1024


@dataclass
class FirstLoad:
    """Bytes by address, without the shop's own origin."""

    bytes_of: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """All of it but Klarna's own script, in KiB."""
        return sum(size for path, size in self.bytes_of.items() if "klarna" not in path) / KIBIBYTE

    @property
    def heaviest(self) -> list[str]:
        """The ten largest, for a message."""
        ordered = sorted(self.bytes_of.items(), key=lambda item: -item[1])[:10]
        return [f"{size / KIBIBYTE:.1f} {path}" for path, size in ordered]


def first_load(page: Page, origin: str, go: Callable[[], Any]) -> FirstLoad:
    """What the browser transfers from `go()` until the network is quiet; its cache is emptied before."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    addresses: dict[str, str] = {}
    loaded = FirstLoad()

    def respond(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["response"]["url"].removeprefix(origin)

    def finish(event: dict[str, Any]) -> None:
        path = addresses.get(event["requestId"], "?")
        loaded.bytes_of[path] = loaded.bytes_of.get(path, 0) + int(event["encodedDataLength"])

    session.on("Network.responseReceived", respond)
    session.on("Network.loadingFinished", finish)
    go()
    page.wait_for_load_state("networkidle")
    session.detach()
    return loaded
