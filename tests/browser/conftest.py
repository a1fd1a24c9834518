"""Browsers to visit the served shop with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from klarna_shop.operations.build import BUILT
from tests.patience import PATIENCE_MS
from tests.served import ServedShop, serve

Visit = Callable[..., Page]


@contextmanager
def visitors(chromium: Browser, shop: ServedShop) -> Iterator[Visit]:
    """Open a page as somebody new; every call is another person.

    Fails on an error in a page, and on anything that a page's own policy forbade it.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def opened(path: str = "/", **options: Any) -> Page:
        chosen = {"locale": "sv-SE", "reduced_motion": "reduce", **options}
        context = chromium.new_context(base_url=shop.url, **chosen)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.extend(_forbidden(message)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not errors, errors


def _forbidden(message: ConsoleMessage) -> list[str]:
    """Where a policy kept a page, or a frame of it, from something; where a script of Reflex failed."""
    words = message.text
    return [words] if "Content Security Policy" in words or words.startswith("_call_") else []


@pytest.fixture
def visit(chromium: Browser, shop: ServedShop) -> Iterator[Visit]:
    """Visitors of the shop that all tests share."""
    with visitors(chromium, shop) as visit:
        yield visit


@pytest.fixture(scope="module")
def own_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedShop]:
    """A shop that may go away, or whose clock may move, without being in anybody else's way."""
    if not BUILT.exists():
        pytest.skip("there is no build of the front end; make run or make test makes one")
    served = serve(tmp_path_factory.mktemp("own"))
    yield served
    served.kill()
