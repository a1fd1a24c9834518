"""A hostile client at the editor of paywall designs: nothing without a login, and with one only documents."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from tests.served import ServedShop
from tests.socket.client import STATES, browsing

pytestmark = pytest.mark.socket

ROOM = "/studio/paywalls"
HANDLERS: dict[str, dict[str, tuple[str, ...]]] = {
    "design": {
        "change": ("path", "value"),
        "choose": ("path", "value", "chosen"),
        "add_reason": (),
        "remove": ("path",),
        "move": ("path", "by"),
        "add_offer": ("code",),
        "list_offers": ("listed",),
        "choose_language": ("code",),
        "copy_from": ("code",),
        "undo": (),
        "redo": (),
        "save": (),
        "load_theirs": (),
        "keep_mine": (),
        "publish": ("form",),
        "ask": ("what",),
        "unpublish": (),
        "lead_to": ("path",),
    },
    "designs": {"start": ("key",), "duplicate": ("slug",), "ask": ("slug",), "delete": ("slug",)},
    "design_files": {"export": (), "import_text": ("form",), "import_file": ("content",)},
    "design_versions": {"compare": ("side", "value"), "ask": ("number",), "roll_back": ("number",)},
}
SENT: tuple[Any, ...] = (None, 7, [], {"a": 1}, "../../settings", "x" * 200_000)


def _designs(shop: ServedShop) -> list[Any]:
    with sqlite3.connect(shop.folder / "shop.sqlite3") as connection:
        return connection.execute("SELECT slug, draft, revision FROM paywall_design").fetchall()


async def test_without_a_login_no_design_is_seen_made_or_changed(closed_shop: ServedShop) -> None:
    async with browsing(closed_shop.url) as client:
        path = f"{ROOM}?design=standard"
        await client.call("design", "show", path=path)
        await client.call("designs", "show", path=path)
        await client.call("designs", "start", {"key": "metered-card"}, path=path)
        await client.call("design", "change", {"path": "copy.sv.title", "value": "Mine"}, path=path)
        await client.call("design", "publish", {"form": {"note": "mine"}}, path=path)
        await client.call("design_files", "import_file", {"content": '{"name": "Mine"}'}, path=path)
        assert client.var("design", "status") != "open"
        assert not client.var("design", "fields")
        assert not client.var("designs", "rows")
    assert _designs(closed_shop) == []


async def test_whatever_is_sent_a_design_stays_a_document(shop: ServedShop) -> None:
    async with browsing(shop.url) as client:
        await client.call("designs", "start", {"key": "win-back"}, path=ROOM)
        slug = client.redirects[-1].partition("design=")[2]
        path = f"{ROOM}?design={slug}"
        await client.call("design", "show", path=path)
        # Checking it asks the catalogue of Payway first.
        await client.until(lambda: client.var("design", "status") == "open")
        before = [row for row in _designs(shop) if row[0] == slug]
        for state, handlers in HANDLERS.items():
            for handler, names in handlers.items():
                if not names:
                    continue
                for sent in SENT:
                    await client.send(f"{STATES[state]}.{handler}", dict.fromkeys(names, sent), path)
        for method in ("_take", "_apply", "_save", "_replace", "setvar"):
            await client.send(f"{STATES['design']}.{method}", {"var_name": "slug", "value": "standard"}, path)
        await client.settle(2)
        assert [row for row in _designs(shop) if row[0] == slug] == before
        # The editor still does what it is for.
        await client.call("design", "change", {"path": "copy.sv.title", "value": "Välkommen hem"}, path=path)
        [row] = [row for row in _designs(shop) if row[0] == slug]
        assert "Välkommen hem" in row[1]
