"""A sample of `make accessibility`: every situation once, in turns light and dark, Swedish and English."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.accessibility.audit import WIDTHS, violations
from tests.situations import ROOMS, SITUATIONS, Situation

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


@pytest.mark.parametrize("number", range(len(SITUATIONS)), ids=[one.name for one in SITUATIONS])
def test_axe_finds_nothing_wrong_with_a_readers_page(visit: Visit, number: int) -> None:
    dark, english = number % 2, number // 2 % 2
    _look(visit, SITUATIONS[number], "/en" if english else "", "dark" if dark else "light", "phone")


@pytest.mark.parametrize("number", range(len(ROOMS)), ids=[one.name for one in ROOMS])
def test_axe_finds_nothing_wrong_with_a_room_of_the_studio(visit: Visit, number: int) -> None:
    _look(visit, ROOMS[number], "", "dark" if number % 2 else "light", "desktop")


def _look(visit: Visit, situation: Situation, prefix: str, theme: str, width: str) -> None:
    page = visit("/privacy", color_scheme=theme, viewport=WIDTHS[width])
    situation.go(page, prefix)
    page.wait_for_timeout(300)
    assert [str(one) for one in violations(page)] == []
