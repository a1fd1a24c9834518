"""Purchases in a shop that is configured for pay_now, on accounts with different categories at Klarna."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from klarna_shop.operations.build import BUILT
from klarna_shop.shop.encryption import fingerprint
from tests.browser.conftest import Visit, visitors
from tests.browser.steps import hook, introduce, pay, to_checkout
from tests.served import ServedShop, serve

pytestmark = pytest.mark.browser

PAY_NOW = {"payment_method_category": "pay_now"}
KINDS = {"digital": "package", "digital-intro": "campaign", "digital-trial": "trial"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedShop]:
    """A shop that is configured for a category of its own."""
    if not BUILT.exists():
        pytest.skip("there is no build of the front end; make run or make test makes one")
    served = serve(tmp_path_factory.mktemp("categories"), KLARNA_PAYMENT_METHOD_CATEGORY="pay_now")
    yield served
    served.kill()


@pytest.fixture
def visit(chromium: Browser, shop: ServedShop) -> Iterator[Visit]:
    with visitors(chromium, shop) as visit:
        yield visit


def _with_account(shop: ServedShop, page: Page, account: str) -> None:
    """Let Klarna have this account's categories for the next session of the page's browser."""
    (visitor,) = [cookie for cookie in page.context.cookies() if cookie.get("name") == "visitor"]
    answer = httpx.post(
        f"{shop.url}/sandbox/control/faults",
        json={
            "scope": fingerprint(visitor.get("value", "")),
            "kind": "klarna",
            "klarna": account,
            "path": "*/create_session*",
        },
        auth=("sandbox-client", "sandbox-secret"),
    )
    assert answer.is_success, answer.text


def _begin(shop: ServedShop, page: Page, code: str, account: str) -> None:
    page.goto(f"/packages?code={code}")
    _with_account(shop, page, account)
    introduce(page, f"{code}.{account}@exempel.example".replace("_", "-"))


def _options(page: Page, method: str) -> list[dict[str, str]]:
    """The options of each call of the SDK but the container."""
    found = page.evaluate(
        "(method) => __klarnaStub.calls.filter((call) => call.method === method)"
        ".map((call) => call.arguments[0])",
        method,
    )
    return [{name: value for name, value in one.items() if name != "container"} for one in found]


def _forget(page: Page) -> None:
    page.goto("/studio")
    expect(page.locator(".studio-cards")).to_be_visible()
    forget = hook(page, "studio-payment-methods-forget")
    if forget.count():
        forget.click()
    expect(forget).to_have_count(0)


@pytest.mark.parametrize(
    ("account", "code"),
    [
        *product(("categories_all", "categories_pay_now_direct_debit"), KINDS),
        ("categories_klarna", "digital"),
        ("categories_klarna", "digital-intro"),
    ],
)
def test_each_kind_is_bought_with_what_the_account_has(
    visit: Visit, shop: ServedShop, account: str, code: str
) -> None:
    page = visit("/")
    _begin(shop, page, code, account)
    to_checkout(page)
    loaded = _options(page, "load")
    page.evaluate(
        """() => {
            const { push } = Array.prototype;
            __klarnaStub.calls.push = function (call) {
                const [options] = call.arguments;
                if (call.method === "authorize") sessionStorage.authorized = JSON.stringify(options);
                return push.call(this, call);
            };
        }"""
    )
    pay(page)
    expect(hook(page, "confirmation")).to_have_attribute("data-kind", KINDS[code])
    assert page.evaluate("JSON.parse(sessionStorage.authorized)") == loaded[-1]
    if code == "digital-trial":
        assert loaded == [{"payment_method_category": "direct_debit"}]
    elif account == "categories_klarna":
        assert loaded[-1] == {}


@pytest.mark.parametrize(
    ("code", "account"),
    [
        ("digital-trial", "categories_klarna"),
        ("digital-trial", "categories_none"),
        ("digital", "categories_none"),
        ("digital-intro", "categories_none"),
    ],
)
def test_where_nothing_is_shown_klarna_has_refused(
    visit: Visit, shop: ServedShop, code: str, account: str
) -> None:
    page = visit("/")
    _begin(shop, page, code, account)
    hook(page, "package-continue").click()
    expect(hook(page, "checkout-error")).to_have_attribute("data-code", "klarna_refused")
    expect(hook(page, "klarna-widget")).to_have_attribute("data-status", "hidden")
    loaded = _options(page, "load")
    if code != "digital-trial":
        assert sorted(map(str, loaded)) == sorted(map(str, [PAY_NOW, {}]))
        return
    assert loaded == [{"payment_method_category": "direct_debit"}]
    # This browser is not offered what it cannot have; others still are.
    page.goto("/packages")
    option = '[data-testid="package-option"][data-code="digital-trial"]'
    expect(page.locator('[data-testid="package-option"]').first).to_be_visible()
    expect(page.locator(option)).to_have_count(0)
    expect(visit("/packages").locator(option).first).to_be_visible()


def test_the_reader_after_the_first_waits_for_no_second_try(visit: Visit, shop: ServedShop) -> None:
    studio = visit("/studio")
    _forget(studio)
    for number, expected in enumerate(([PAY_NOW, {}], [{}])):
        page = visit("/packages?code=digital")
        _with_account(shop, page, "categories_klarna")
        introduce(page, f"lasare{number}@exempel.example")
        to_checkout(page)
        assert _options(page, "load") == expected
        # Told by the event that the widget is there.
        studio.goto("/studio")
        expect(hook(studio, "studio-payment-methods")).to_contain_text("Klarna hides the category pay_now")
    assert "Klarna hides the category pay_now" in shop.log()
    assert any("pay_now" in notice for notice in httpx.get(f"{shop.url}/readyz").json()["notices"])
    _forget(studio)
    assert httpx.get(f"{shop.url}/readyz").json()["notices"] == []


def test_a_list_without_direct_debit_is_told_in_the_picker(visit: Visit, shop: ServedShop) -> None:
    page = visit("/")
    _begin(shop, page, "digital-trial", "categories_klarna_listed")
    hook(page, "package-continue").click()
    expect(hook(page, "picker-error")).to_have_attribute("data-code", "not_eligible")
    other = visit("/packages")
    expect(other.locator('[data-testid="package-option"]').first).to_be_visible()
    expect(other.locator('[data-testid="package-option"][data-kind="trial"]')).to_have_count(0)
    studio = visit("/studio")
    expect(hook(studio, "studio-payment-methods")).to_contain_text("no trial can be ordered")
    _forget(studio)
    other.reload()
    expect(other.locator('[data-testid="package-option"][data-kind="trial"]').first).to_be_visible()
