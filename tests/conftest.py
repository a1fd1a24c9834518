"""A whole shop on an embedded sandbox, in memory: real client, real server, no network, no Reflex."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import hypothesis
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from klarna_shop.assembly import House, build_house
from klarna_shop.operations.browser import FLAGS, find_chromium
from klarna_shop.sandbox import Sandbox, SandboxSettings
from klarna_shop.settings import Settings, read_settings
from klarna_shop.shop.purchase import Choice, CustomerDetails, Purchase
from klarna_shop.shop.reader import Reader
from tests.databases import SharedDatabase, copy_migrated, shared_database
from tests.house import BROWSER, NEW_CUSTOMER, Approve, Later, Line, Open, SignIn, newspaper
from tests.loop_time import count_quiet_time
from tests.patience import PATIENCE_MS
from tests.seeded import seeded

pytest_plugins = ["tests.served"]

expect.set_options(timeout=PATIENCE_MS)
# How long an example takes says something of the machine, not of the code.
hypothesis.settings.register_profile(
    "shop", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("shop")


LONGEST_FIRST = (
    "tests/workers/",
    "tests/chaos/",
    "tests/reliability/",
    "tests/browser/",
    "tests/hostile/",
    "tests/socket/",
    "tests/shop/purchase/test_ledger_machine.py",
    "tests/statistics/",
    "tests/operations/",
)
"""Files that take minutes, or seconds to begin: at the end of a run they would keep one processor idle."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first. Within a file nothing changes its place."""

    def place(item: pytest.Item) -> int:
        return next(
            (number for number, start in enumerate(LONGEST_FIRST) if item.nodeid.startswith(start)),
            len(LONGEST_FIRST),
        )

    items.sort(key=place)


# Per module: while Playwright's synchronous interface is up, no asynchronous test can run.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A Chromium to open pages in."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium: install the package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings as with no configuration, with a database of the test's own."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    return read_settings(
        _env_file=None,
        database_url=f"sqlite:///{tmp_path / 'shop.sqlite3'}",
        secret_key="the key of tests and of tests only long enough",
        # Long enough for a busy machine; where no one answers, a test lets it pass.
        payway_timeout="8s",
    )


@pytest.fixture(scope="session")
def postgresql() -> Iterator[SharedDatabase]:
    """One PostgreSQL database for all tests of this process."""
    with shared_database() as database:
        yield database


@pytest.fixture
def line() -> Line:
    """The line between the shop and its sandbox."""
    return Line()


@pytest.fixture
async def house(settings: Settings, line: Line) -> AsyncIterator[House]:
    """A shop with an empty ledger and a freshly seeded sandbox."""
    count_quiet_time(asyncio.get_running_loop())
    sandbox = seeded(Sandbox(SandboxSettings(public_url=settings.app_url)))
    copy_migrated(settings.database_url.get_secret_value())
    house = build_house(
        settings,
        sandbox=sandbox,
        transport=line,
        session_clock=sandbox.clock.now,
        # It goes on when a test lets time pass: a busy machine fills no allowance and empties no cache.
        stopwatch=lambda: sandbox.clock.offset.total_seconds(),
        articles=newspaper(),
    )
    line.api = httpx.ASGITransport(sandbox.api, raise_app_exceptions=False)
    yield house
    await house.shop.close()
    await sandbox.close()


@pytest.fixture
def visitor() -> Reader:
    """Somebody who is not signed in."""
    return Reader(visitor_id="visitor-one")


@pytest.fixture
def later(house: House) -> Later:
    """Let time pass for shop and sandbox alike."""
    assert house.sandbox is not None
    return house.sandbox.clock.move


@pytest.fixture
def open_purchase(house: House) -> Open:
    """Open a purchase of the offer with this code, for a reader."""

    async def opened(
        reader: Reader,
        code: str = "digital",
        customer: CustomerDetails | None = NEW_CUSTOMER,
        **choice: object,
    ) -> Purchase:
        offer = next(offer for offer in await house.shop.offers.offers() if offer.code == code)
        wanted = Choice(
            code=offer.code,
            period_id=offer.period_id,
            language="sv",
            customer=None if reader.customer else customer,
            **choice,  # type: ignore[arg-type]
        )
        return await house.shop.purchases.open(reader, wanted, BROWSER)

    return opened


@pytest.fixture
def sign_in(house: House) -> SignIn:
    """Sign a demo customer in; the reader they are then."""

    async def signed_in(email: str) -> Reader:
        reader = Reader(visitor_id="visitor-one")
        result = await house.shop.identities.sign_in(
            email, "demo1234", user_agent="Test browser", reader=reader
        )
        return Reader(visitor_id="visitor-one", customer=result.customer)

    return signed_in


@pytest.fixture
def approve(house: House) -> Approve:
    """Klarna approves, and the shop places the order."""

    async def approved(reader: Reader, purchase: Purchase, token: str = "") -> Purchase:
        authorized = await house.shop.purchases.approve(
            reader, purchase.session_fingerprint, token or str(uuid.uuid4())
        )
        return await house.shop.purchases.place(authorized)

    return approved
