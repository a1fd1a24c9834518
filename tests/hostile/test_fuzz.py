"""Any sequence of any events with anything in them: `make fuzz` for longer (FUZZ_EXAMPLES)."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile.test_every_handler import HANDLERS
from tests.hostile.unchanged import nothing_changes
from tests.served import ServedShop
from tests.socket.client import browsing

pytestmark = pytest.mark.socket

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "12"))
# Whoever withdraws by the form is recorded, as the law wants it: that is no attack.
CALLED = sorted(name for name in HANDLERS if not name.endswith("withdrawal_state.declare"))
WORDS = st.sampled_from(
    [
        "",
        "digital",
        "standard",
        "open",
        "__proto__",
        "../..",
        "sv",
        "http://evil.example",
        "1e999",
        "\u202e",
    ]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=200) | WORDS,
    lambda inside: (
        st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=20) | WORDS, inside, max_size=4)
    ),
    max_leaves=12,
)
PATHS = st.sampled_from(
    [
        "/",
        "/packages",
        "/checkout",
        "/account",
        "/withdraw",
        "/studio/flows",
        "/article/vindparken-grahallan",
        "/preview",
    ]
) | st.text(max_size=60).map(lambda text: f"/{text}")


@st.composite
def _events(draw: st.DrawFn) -> tuple[str, Any, str]:
    name = draw(st.sampled_from(CALLED))
    named = st.fixed_dictionaries(dict.fromkeys(HANDLERS[name], VALUES))
    payload = draw(named | st.dictionaries(st.text(max_size=12), VALUES, max_size=3) | VALUES)
    path, query = draw(PATHS), draw(st.none() | st.text(max_size=40))
    return name, payload, path if query is None else f"{path}?purchase={query}"


@settings(
    max_examples=EXAMPLES,
    derandomize="FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(events=st.lists(_events(), min_size=10, max_size=40))
def test_no_events_of_a_stranger_change_anything(
    target: ServedShop, events: list[tuple[str, Any, str]]
) -> None:
    async def send() -> None:
        async with browsing(target.url) as stranger:
            for name, payload, path in events:
                await stranger.send(name, payload, path)
            await stranger.settle(0.2)
            assert stranger.is_connected

    with nothing_changes(target):
        asyncio.run(send())
