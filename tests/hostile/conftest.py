"""A shop to attack, as it is set up on the internet: its studio has a password."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from klarna_shop.operations.build import BUILT
from tests.served import ServedShop, serve

WEBHOOK_SECRET = "the-secret-of-the-webhooks_0123456789"
STUDIO_PASSWORD = "the password of the studio that nobody guesses"


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedShop]:
    """One for each file of attacks; without the rates that would only make them slow."""
    if not BUILT.exists():
        pytest.skip("there is no build of the front end; make run or make test makes one")
    shop = serve(
        tmp_path_factory.mktemp("target"),
        STUDIO_PASSWORD=STUDIO_PASSWORD,
        PAYWAY_WEBHOOK_SECRET=WEBHOOK_SECRET,
        SOCKET_EVENTS_PER_SECOND="0",
    )
    # Asks Payway once: from here on the sandbox's books are there to be compared.
    httpx.get(f"{shop.url}/readyz", timeout=30)
    yield shop
    shop.kill()
