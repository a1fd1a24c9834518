"""A hostile client at experiments, funnel and simulation: nothing without a login, and with one only"
" sense."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from tests.served import ServedShop
from tests.socket.client import STATES, browsing

pytestmark = pytest.mark.socket

ROOM, FUNNEL = "/studio/experiments", "/studio/funnel"
HANDLERS: dict[str, dict[str, tuple[str, ...]]] = {
    "experiments": {"show": (), "more": (), "fewer": (), "create": ("form",)},
    "experiment": {
        "show": (),
        "count_again": (),
        "start": (),
        "pause": (),
        "ask": ("what", "variant"),
        "stop": (),
        "promote": (),
        "delete": (),
        "plan": ("form",),
    },
    "funnel": {"show": (), "look_at": ("form",), "only": ("value",), "export": (), "copied": ()},
    "simulation": {"show": (), "simulate": ("form",), "remove": ()},
}
SENT: tuple[Any, ...] = (None, 7, [], {"a": 1}, "stop", "x" * 200_000)
FORM = {
    "name": "Shorter words",
    "hypothesis": "Fewer words sell more.",
    "name-1": "A",
    "design-1": "standard",
    "weight-1": "1",
    "name-2": "B",
    "design-2": "",
    "weight-2": "1",
    "share": "100",
}


def _rows(shop: ServedShop, query: str) -> list[Any]:
    with sqlite3.connect(shop.folder / "shop.sqlite3") as connection:
        return connection.execute(query).fetchall()


def _experiments(shop: ServedShop) -> list[Any]:
    return _rows(shop, "SELECT slug, name, status, variants, winner FROM experiment ORDER BY slug")


async def test_without_a_login_no_number_is_seen_and_nothing_begun(closed_shop: ServedShop) -> None:
    async with browsing(closed_shop.url) as client:
        for state, handlers in HANDLERS.items():
            path = f"{FUNNEL}?traffic=simulated" if state == "funnel" else f"{ROOM}?experiment=shorter-words"
            for handler, names in handlers.items():
                payload = {"form": {**FORM, "design-2": "standard", "visitors": "50", "seed": "1"}}
                await client.send(
                    f"{STATES[state]}.{handler}", {name: payload.get(name, "stop") for name in names}, path
                )
        await client.settle(1)
        for state in HANDLERS:
            assert not client.state.get(STATES[state], {}).get("known_rx_state_")
        assert not client.redirects
        assert client.var("experiment", "status") in (None, "loading")
        assert not client.var("experiments", "rows")
        assert not client.var("funnel", "steps")
    assert _experiments(closed_shop) == []
    assert _rows(closed_shop, "SELECT * FROM simulation") == []


async def test_whatever_is_sent_an_experiment_keeps_to_its_states(shop: ServedShop) -> None:
    async with browsing(shop.url) as client:
        await client.call("designs", "start", {"key": "win-back"}, path="/studio/paywalls")
        other = client.redirects[-1].partition("design=")[2]
        await client.call("experiments", "show", path=ROOM)
        await client.call("experiments", "create", {"form": {**FORM, "design-2": other}}, path=ROOM)
        slug = client.redirects[-1].partition("experiment=")[2]
        path = f"{ROOM}?experiment={slug}"
        await client.call("experiment", "show", path=path)
        await client.until(lambda: client.var("experiment", "status") == "open")
        before = [row for row in _experiments(shop) if row[0] == slug]
        assert [row[2] for row in before] == ["draft"]
        for state, handlers in HANDLERS.items():
            for handler, names in handlers.items():
                for sent in SENT if names else ():
                    await client.send(f"{STATES[state]}.{handler}", dict.fromkeys(names, sent), path)
        # Its second design is not in force; nothing else is possible for a draft, and deletion was not asked.
        await client.call("experiment", "ask", {"what": "", "variant": ""}, path=path)
        for handler in ("start", "pause", "stop", "promote", "delete"):
            await client.call("experiment", handler, path=path)
        for method in ("_change", "_show", "setvar"):
            await client.send(f"{STATES['experiment']}.{method}", {"var_name": "slug", "value": "x"}, path)
        await client.settle(2)
        assert [row for row in _experiments(shop) if row[0] == slug] == before
        assert other in client.var("experiment", "message") or "draft" in client.var("experiment", "message")
        # It still does what it is for.
        await client.call("experiment", "ask", {"what": "delete", "variant": ""}, path=path)
        await client.call("experiment", "delete", path=path)
        assert [row for row in _experiments(shop) if row[0] == slug] == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": " "}, "needs a name"),
        ({"design-2": "no-such-design"}, "Choose a design"),
        ({"design-2": "standard"}, "of its own"),
        ({"weight-2": "0"}, "Weight of variant 2"),
        ({"weight-1": "1.5"}, "Weight of variant 1"),
        ({"weight-1": "nan"}, "Weight of variant 1"),
        ({"share": "101"}, "Share"),
        ({"share": {"$gt": 0}}, "Share"),
    ],
    ids=["no name", "no such design", "twice", "no weight", "half a weight", "nan", "too much", "an object"],
)
async def test_what_makes_no_sense_is_said_and_not_written(
    shop: ServedShop, changes: dict[str, Any], said: str
) -> None:
    before = _experiments(shop)
    async with browsing(shop.url) as client:
        await client.call("experiments", "show", path=ROOM)
        form = {**FORM, "design-2": "standard", **changes}
        await client.call("experiments", "create", {"form": form}, path=ROOM)
        assert said in client.var("experiments", "fault")
        assert not client.redirects
    assert _experiments(shop) == before


async def test_a_funnels_address_is_only_ever_a_filter(shop: ServedShop) -> None:
    async with browsing(shop.url) as client:
        hostile = f"{FUNNEL}?since=9999-99-99&until=x&by=visitor_id&device=%27+OR+1%3D1&traffic=bot"
        await client.call("funnel", "show", path=hostile)
        await client.until(lambda: client.var("funnel", "known"))
        assert client.var("funnel", "total") in (0, None)
        assert client.var("funnel", "by") in ("", None)
        await client.call(
            "funnel",
            "look_at",
            {"form": {"since": "//evil.example", "by": "https://evil.example"}},
            path=FUNNEL,
        )
        assert client.redirects[-1] == FUNNEL
        await client.call("funnel", "look_at", {"form": {"article": "//evil.example"}}, path=FUNNEL)
        assert client.redirects[-1] == f"{FUNNEL}?article=%2F%2Fevil.example"
