"""A shop to attack, as it is set up on the internet: its studio has a password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from klarna_shop.operations.build import BUILT
from tests.served import ServedShop, serve

WEBHOOK_SECRET = "the-secret-of-the-webhooks_0123456789"
STUDIO_PASSWORD = "the password of the studio that nobody guesses"


@contextmanager
def attacked(folder: Path) -> Iterator[ServedShop]:
    """A shop without the rates that would only make attacks slow."""
    if not BUILT.exists():
        pytest.skip("there is no build of the front end; make run or make test makes one")
    shop = serve(
        folder,
        STUDIO_PASSWORD=STUDIO_PASSWORD,
        PAYWAY_WEBHOOK_SECRET=WEBHOOK_SECRET,
        SOCKET_EVENTS_PER_SECOND="0",
    )
    # Asks Payway once: from here on the sandbox's books are there to be compared.
    httpx.get(f"{shop.url}/readyz", timeout=30)
    yield shop
    shop.kill()


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedShop]:
    """One for all attacks after which everything is as before."""
    with attacked(tmp_path_factory.mktemp("target")) as shop:
        yield shop


@pytest.fixture(scope="module")
def own_target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedShop]:
    """One for a file in which something is bought, which goes on by itself afterwards."""
    with attacked(tmp_path_factory.mktemp("own-target")) as shop:
        yield shop
