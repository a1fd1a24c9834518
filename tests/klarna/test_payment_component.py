"""The payment component keeps the reference's acceptance checks (section 10) and rules (section 7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

ClientToken = Callable[..., str]
Mount = Callable[..., Page]

# Collected until one of that name is there; Playwright's own waiting takes eval, which the policy forbids.
UNTIL = """([name, count]) => new Promise((done, failed) => {
    const found = () => shop.events.filter(({ event }) => event === name);
    const look = setInterval(() => found().length >= count && (clearInterval(look), done(found())), 5);
    setTimeout(() => (clearInterval(look), failed(new Error(`no ${name}`))), 5000);
})"""


def button(page: Page) -> Any:
    return page.get_by_test_id("checkout-buy")


def widget(page: Page) -> Any:
    return page.get_by_test_id("klarna-widget")


def message(page: Page) -> Any:
    return page.get_by_test_id("klarna-message")


def status(page: Page, expected: str) -> None:
    expect(widget(page)).to_have_attribute("data-status", expected)


def step(page: Page, expected: str) -> None:
    expect(page.locator(".klarna-payment")).to_have_attribute("data-step", expected)


def events(page: Page) -> list[str]:
    return page.evaluate("shop.events.map(({ event }) => event)")


def heard(page: Page, name: str, count: int = 1) -> list[dict[str, Any]]:
    return page.evaluate(UNTIL, [name, count])


def calls(page: Page, method: str) -> list[dict[str, Any]]:
    return page.evaluate("(method) => __klarnaStub.calls.filter((call) => call.method === method)", method)


def choose(page: Page, name: str) -> None:
    page.get_by_test_id(f"klarna-stub-{name}").click()


def give(page: Page, **props: Any) -> None:
    page.evaluate("(props) => shop.set(props)", props)


def scripts(page: Page) -> int:
    return page.locator("script[src='/sdk.js']").count()


def test_1_happy_path(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token())
    expect(button(page)).to_be_enabled()
    button(page).click()
    expect(button(page)).to_be_disabled()
    expect(button(page)).to_have_attribute("aria-busy", "true")
    expect(message(page)).to_have_text("Continue in the window")
    choose(page, "approve")
    approval = heard(page, "onAuthorized")[0]
    assert approval["sessionFingerprint"] == "first"
    assert approval["authorizationToken"]
    expect(message(page)).to_have_text("Do not close this page")
    expect(button(page)).to_be_disabled()
    give(page, acknowledged="first")
    expect(message(page)).to_have_text("Placing the order")
    expect(button(page)).to_be_disabled()
    assert [len(calls(page, method)) for method in ("init", "load", "authorize")] == [1, 1, 1]
    give(page, redirectUrl="/left?for=klarna")
    page.wait_for_url("**/left?for=klarna")


def test_every_call_of_the_sdk_is_told_with_what_it_came_to_and_without_the_token(
    mount: Mount, client_token: ClientToken
) -> None:
    page = mount(clientToken=client_token())
    expect(button(page)).to_be_enabled()
    button(page).click()
    choose(page, "approve")
    token = heard(page, "onAuthorized")[0]["authorizationToken"]
    loaded, authorized = page.evaluate("shop.answers")
    assert loaded.pop("milliseconds") >= 0
    assert loaded == {"sessionFingerprint": "first", "call": "load", "showForm": True}
    assert authorized.pop("milliseconds") > 0
    assert token not in str(authorized)
    assert (authorized["call"], authorized["approved"]) == ("authorize", True)


def test_1_an_address_that_is_no_web_address_leads_nowhere(mount: Mount) -> None:
    page = mount(redirectUrl="javascript:document.title='taken'")
    give(page, redirectUrl="data:text/html,taken")
    assert page.title() == "Test"
    assert page.url.endswith("/component")


def test_2_ten_clicks_and_enter_make_one_authorize(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token())
    expect(button(page)).to_be_enabled()
    page.evaluate(
        """() => {
            const button = document.querySelector("[data-testid=checkout-buy]");
            for (let press = 0; press < 10; press++) button.click();
        }"""
    )
    expect(page.get_by_role("dialog")).to_have_count(1)
    assert len(calls(page, "authorize")) == 1
    choose(page, "close")
    expect(button(page)).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # the stub's approve button has the focus by now
    heard(page, "onAuthorized")
    assert len(calls(page, "authorize")) == 2
    assert events(page).count("onAuthorizeStarted") == 2


def test_3_authorize_runs_within_the_click(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token("approve"), acknowledged="")
    page.evaluate(
        """() => document.addEventListener("click", () => {
            window.within = __klarnaStub.calls.some((call) => call.method === "authorize");
        })"""
    )
    expect(button(page)).to_be_enabled()
    button(page).click()
    assert page.evaluate("within") is True
    assert calls(page, "authorize")[0]["userActivation"] is True
    assert calls(page, "authorize")[0]["arguments"][:2] == [{"payment_method_category": "pay_now"}, {}]


def test_4_who_closes_the_window_can_try_again_in_the_same_session(
    mount: Mount, client_token: ClientToken
) -> None:
    page = mount(clientToken=client_token())
    button(page).click()
    choose(page, "close")
    heard(page, "onAborted")
    expect(button(page)).to_be_enabled()
    expect(button(page)).to_be_focused()
    expect(widget(page)).to_be_visible()
    expect(message(page)).to_have_text("")
    button(page).click()
    choose(page, "approve")
    heard(page, "onAuthorized")
    assert [len(calls(page, method)) for method in ("init", "load", "authorize")] == [1, 1, 2]


def test_5_a_refusal_hides_klarna(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token("refuse"))
    button(page).click()
    heard(page, "onRefused")
    status(page, "hidden")
    expect(widget(page)).to_be_hidden()
    expect(button(page)).to_be_disabled()
    expect(message(page)).to_have_text("Not available")


def test_5_a_purchase_that_klarna_does_not_offer(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token("load_hidden"))
    heard(page, "onHidden")
    status(page, "hidden")
    expect(button(page)).to_be_disabled()
    assert events(page) == ["onHidden"]


def test_6_invalid_fields_are_named_and_another_try_works(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token())
    button(page).click()
    choose(page, "fix-data")
    assert heard(page, "onInvalidFields")[0]["invalidFields"] == [
        "billing_address.email",
        "billing_address.postal_code",
    ]
    button(page).click()
    choose(page, "approve")
    heard(page, "onAuthorized")


def test_6_fields_to_correct_at_load_are_no_refusal(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token("load_invalid_fields"))
    heard(page, "onInvalidFields")
    expect(button(page)).to_be_enabled()
    assert events(page) == ["onReady", "onInvalidFields"]


def test_7_a_new_token_while_idle_opens_the_new_session(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token(delay_ms=150))
    give(page, clientToken=client_token("approve"), sessionFingerprint="second")
    assert heard(page, "onReady")[0]["sessionFingerprint"] == "second"
    button(page).click()
    assert heard(page, "onAuthorized")[0]["sessionFingerprint"] == "second"
    assert {event for event in events(page) if event != "onAuthorized"} == {"onReady", "onAuthorizeStarted"}
    assert events(page).count("onReady") == 1


def test_7_a_new_token_while_authorizing_waits_for_the_outcome(
    mount: Mount, client_token: ClientToken
) -> None:
    page = mount(clientToken=client_token())
    button(page).click()
    give(page, clientToken=client_token("refuse"), sessionFingerprint="second")
    assert len(calls(page, "init")) == 1
    choose(page, "close")
    assert heard(page, "onAborted")[0]["sessionFingerprint"] == "first"
    assert heard(page, "onReady", 2)[1]["sessionFingerprint"] == "second"
    assert [len(calls(page, method)) for method in ("init", "load")] == [2, 2]


def test_8_strict_mode_loads_once(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token())
    heard(page, "onReady")
    expect(widget(page).locator("> *")).to_have_count(1)
    assert scripts(page) == 1
    assert events(page) == ["onReady"]
    assert [len(calls(page, method)) for method in ("init", "load")] == [1, 1]
    assert page.evaluate("__klarnaStub.warnings") == []


def test_9_coming_and_going_five_times(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token())
    for _ in range(5):
        expect(button(page)).to_be_enabled()
        button(page).click()
        choose(page, "close")
        expect(button(page)).to_be_enabled()
        page.evaluate("shop.unmount()")
        expect(page.locator("#root > *")).to_have_count(0)
        page.evaluate("shop.mount(shop.props)")
    expect(button(page)).to_be_enabled()
    expect(page.locator("[id^=klarna-]")).to_have_count(1)
    assert scripts(page) == 1
    assert page.evaluate("__klarnaStub.warnings") == []


@pytest.mark.parametrize("address", ["/nowhere.js", "/not-a-script.js"])
def test_10_a_script_that_fails_can_be_tried_again(
    mount: Mount, client_token: ClientToken, address: str
) -> None:
    page = mount(clientToken=client_token(), sdkUrl=address)
    assert heard(page, "onUnavailable") == [
        {"event": "onUnavailable", "sessionFingerprint": "first", "reason": "script", "name": ""}
    ]
    status(page, "failed")
    expect(message(page)).to_have_text("Could not be loaded")
    expect(page.get_by_text("Is something blocking it?")).to_be_visible()
    expect(button(page)).to_be_disabled()
    give(page, sdkUrl="/sdk.js")
    page.get_by_test_id("klarna-retry").click()
    expect(button(page)).to_be_enabled()
    expect(page.get_by_test_id("klarna-retry")).to_be_hidden()
    assert page.locator("script[src$='.js']").count() == 2  # the page's own and one of the SDK


def test_10_a_widget_that_never_comes(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token("load_never"), loadTimeoutMs=100)
    assert heard(page, "onUnavailable")[0]["reason"] == "timeout"
    status(page, "failed")
    give(page, retry=1)
    status(page, "loading")
    heard(page, "onUnavailable", 2)


def test_10_a_slow_widget_is_better_late_than_never(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token(delay_ms=400), loadTimeoutMs=100)
    heard(page, "onUnavailable")
    heard(page, "onReady")
    expect(button(page)).to_be_enabled()


def test_10_a_token_that_the_sdk_refuses(mount: Mount) -> None:
    page = mount(clientToken="not-a-token")
    unavailable = heard(page, "onUnavailable")
    assert [(event["reason"], event["name"]) for event in unavailable] == [
        ("threw", "InvalidClientTokenError")
    ]


def test_10_no_answer_for_minutes(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token(), authorizeTimeoutMs=100)
    button(page).click()
    choose(page, "never")
    heard(page, "onLate")
    expect(message(page)).to_have_text("No answer yet")
    expect(button(page)).to_be_disabled()
    give(page, clientToken=client_token("approve"), sessionFingerprint="second")
    expect(button(page)).to_be_enabled()
    button(page).click()
    assert heard(page, "onAuthorized")[0]["sessionFingerprint"] == "second"


def test_10_a_late_approval_is_still_sent(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token(), authorizeTimeoutMs=50)
    button(page).click()
    heard(page, "onLate")
    choose(page, "approve")
    assert heard(page, "onAuthorized")[0]["sessionFingerprint"] == "first"
    step(page, "approved")


def test_11_a_callback_followed_by_a_throw_is_one_outcome(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token("authorize_throws"))
    button(page).click()
    assert heard(page, "onError")[0]["name"] == "ApplicationNotLoadedError"
    assert events(page) == ["onReady", "onAuthorizeStarted", "onError"]
    status(page, "failed")
    page.get_by_test_id("klarna-retry").click()
    expect(button(page)).to_be_enabled()


def test_11_an_approval_without_a_token_unlocks_with_an_error(
    mount: Mount, client_token: ClientToken
) -> None:
    page = mount(clientToken=client_token())
    expect(button(page)).to_be_enabled()
    page.evaluate("__klarnaStub.next({ approved: true, show_form: true })")
    button(page).click()
    assert heard(page, "onError")[0]["name"] == "MissingAuthorizationToken"
    expect(button(page)).to_be_enabled()


def test_11_a_token_counts_even_when_the_form_is_to_be_hidden(
    mount: Mount, client_token: ClientToken
) -> None:
    page = mount(clientToken=client_token())
    expect(button(page)).to_be_enabled()
    page.evaluate("__klarnaStub.next({ approved: true, show_form: false, authorization_token: 'granted' })")
    button(page).click()
    assert heard(page, "onAuthorized")[0]["authorizationToken"] == "granted"


def test_12_a_payment_to_finalize_is_finalized(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token("finalize_required"))
    button(page).click()
    assert heard(page, "onAuthorized")[0]["authorizationToken"]
    assert len(calls(page, "finalize")) == 1
    assert calls(page, "finalize")[0]["arguments"][0] == {"payment_method_category": "pay_now"}


def test_12_a_finalization_that_is_turned_down(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token("finalize_required"))
    expect(button(page)).to_be_enabled()
    page.evaluate("__klarnaStub.next('finalize_required'); __klarnaStub.next('refuse')")
    button(page).click()
    heard(page, "onRefused")
    status(page, "hidden")


def test_13_after_a_failed_order_a_new_session_starts_clean(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token("approve"))
    button(page).click()
    old = heard(page, "onAuthorized")[0]["authorizationToken"]
    give(page, acknowledged="first", locked=True)
    step(page, "placing")
    give(page, clientToken=client_token("approve", attempt=2), sessionFingerprint="second", locked=False)
    expect(button(page)).to_be_enabled()
    page.evaluate("shop.events.length = 0")
    button(page).click()
    new = heard(page, "onAuthorized")[0]
    assert new["sessionFingerprint"] == "second"
    assert new["authorizationToken"] != old


def test_13_an_order_that_failed_for_good_no_longer_says_that_it_is_placed(
    mount: Mount, client_token: ClientToken
) -> None:
    page = mount(clientToken=client_token("approve"))
    button(page).click()
    heard(page, "onAuthorized")
    give(page, acknowledged="first")
    step(page, "placing")
    give(page, clientToken="", locked=True)
    expect(message(page)).to_have_text("Not payable")
    expect(button(page)).to_have_attribute("aria-busy", "false")
    expect(button(page)).to_be_disabled()


def test_w16_an_approval_is_sent_until_the_server_has_it(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token("approve"))
    button(page).click()
    sent = heard(page, "onAuthorized", 3)
    assert len({event["authorizationToken"] for event in sent}) == 1
    expect(message(page)).to_have_text("Do not close this page")
    give(page, acknowledged="another session's")
    heard(page, "onAuthorized", 4)
    give(page, acknowledged="first")
    step(page, "placing")
    count = events(page).count("onAuthorized")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    assert events(page).count("onAuthorized") == count
    assert len(calls(page, "authorize")) == 1


def test_w16_leaving_before_the_server_has_the_approval_is_questioned(
    mount: Mount, client_token: ClientToken
) -> None:
    page = mount(clientToken=client_token("approve"))
    button(page).click()
    heard(page, "onAuthorized")
    asked = "!window.dispatchEvent(new Event('beforeunload', { cancelable: true }))"
    assert page.evaluate(asked) is True
    give(page, acknowledged="first")
    step(page, "placing")
    assert page.evaluate(asked) is False


def test_w16_an_approval_outlives_its_component(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token())
    button(page).click()
    choose(page, "approve")
    token = heard(page, "onAuthorized")[0]["authorizationToken"]
    # A reconnection draws the page anew, with nothing of the purchase in it at first.
    page.evaluate("shop.unmount(); shop.events.length = 0; shop.mount({ sessionFingerprint: '' })")
    again = heard(page, "onAuthorized")[0]
    assert (again["authorizationToken"], again["sessionFingerprint"]) == (token, "first")
    expect(message(page)).to_have_text("Do not close this page")
    give(page, acknowledged="first", sessionFingerprint="first", locked=True)
    expect(message(page)).to_have_text("Not payable")
    page.evaluate("shop.unmount(); shop.events.length = 0; shop.mount({})")
    page.wait_for_timeout(300)
    assert "onAuthorized" not in events(page)


def test_w16_another_purchase_does_not_take_up_what_is_not_its_own(
    mount: Mount, client_token: ClientToken
) -> None:
    page = mount(clientToken=client_token())
    button(page).click()
    choose(page, "approve")
    heard(page, "onAuthorized")
    page.evaluate(
        "([token]) => { shop.unmount(); shop.events.length = 0;"
        " shop.mount({ sessionFingerprint: 'second', clientToken: token }); }",
        [client_token(session="second")],
    )
    expect(button(page)).to_be_enabled()
    assert "onAuthorized" not in events(page)


def test_w16_a_newer_session_replaces_an_approval_nobody_wants(
    mount: Mount, client_token: ClientToken
) -> None:
    page = mount(clientToken=client_token("approve"), resendMs=50)
    button(page).click()
    give(page, clientToken=client_token(), sessionFingerprint="second", locked=True)
    heard(page, "onAuthorized", 4)  # locked: there is nothing to go on to
    assert len(calls(page, "init")) == 1
    give(page, locked=False)
    expect(button(page)).to_be_enabled()
    assert {event["sessionFingerprint"] for event in heard(page, "onAuthorized")} == {"first"}


@pytest.mark.parametrize(
    "props",
    [
        {"locked": True},
        {"acknowledged": "first"},
        {"clientToken": ""},
    ],
    ids=["locked", "already authorized", "no session"],
)
def test_what_cannot_be_paid_is_not_loaded(
    mount: Mount, client_token: ClientToken, props: dict[str, Any]
) -> None:
    page = mount(**{"clientToken": client_token(), **props})
    status(page, "hidden")
    expect(button(page)).to_be_disabled()
    assert scripts(page) == 0


def test_locking_disables_and_unlocking_enables_without_loading_again(
    mount: Mount, client_token: ClientToken
) -> None:
    page = mount(clientToken=client_token())
    expect(button(page)).to_be_enabled()
    give(page, locked=True)
    expect(button(page)).to_be_disabled()
    give(page, locked=False)
    expect(button(page)).to_be_enabled()
    assert len(calls(page, "load")) == 1


def test_a_missing_consent_keeps_the_button_disabled(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token(), consentRequired=True)
    heard(page, "onReady")
    expect(button(page)).to_be_disabled()
    give(page, consentGiven=True)
    expect(button(page)).to_be_enabled()


def test_a_page_back_from_the_cache_loads_again(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token())
    heard(page, "onReady")
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    heard(page, "onReady", 2)
    assert len(calls(page, "load")) == 2


def test_an_approval_that_comes_after_the_page_has_gone_on_reaches_the_server(
    mount: Mount, client_token: ClientToken
) -> None:
    page = mount(clientToken=client_token())
    expect(button(page)).to_be_enabled()
    page.evaluate("Klarna.Payments.authorize = (options, data, callback) => { window.callback = callback; }")
    button(page).click()
    page.evaluate("shop.unmount()")
    page.evaluate("callback({ approved: true, show_form: true, authorization_token: 'granted' })")
    assert heard(page, "onAuthorized")[0]["authorizationToken"] == "granted"


def test_the_button_is_a_plain_button_with_its_description(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token())
    expect(button(page)).to_have_attribute("type", "button")
    expect(button(page)).to_have_attribute("aria-describedby", "summary")
    expect(button(page)).to_have_text("Order and pay")
    expect(message(page)).to_have_attribute("role", "status")


def _loaded(page: Page) -> list[str | None]:
    """The categories that the widget was loaded with, in order; None for a load without one."""
    return [call["arguments"][0].get("payment_method_category") for call in calls(page, "load")]


@pytest.mark.parametrize(
    ("categories", "account", "loaded", "authorized"),
    [
        (["pay_now", ""], ["klarna"], ["pay_now", None], {}),
        (["", "pay_now"], ["klarna"], [None], {}),
        ([""], ["klarna"], [None], {}),
        ([""], ["pay_now", "direct_debit"], [None], {}),
        (["pay_now", ""], ["pay_now", "direct_debit"], ["pay_now"], {"payment_method_category": "pay_now"}),
        (["direct_debit"], ["direct_debit"], ["direct_debit"], {"payment_method_category": "direct_debit"}),
        # No category of Klarna's: the SDK throws, and the next one is tried.
        (["barter", ""], ["klarna"], ["barter", None], {}),
    ],
)
def test_it_authorizes_with_exactly_what_was_loaded(
    mount: Mount,
    client_token: ClientToken,
    categories: list[str],
    account: list[str],
    loaded: list[str | None],
    authorized: dict[str, str],
) -> None:
    token = client_token("approve", payment_method_categories=account)
    page = mount(clientToken=token, categories=categories)
    assert heard(page, "onReady")[0]["category"] == authorized.get("payment_method_category", "")
    status(page, "ready")
    page.evaluate(
        """() => document.addEventListener("click", () => {
            window.within = __klarnaStub.calls.some((call) => call.method === "authorize");
        })"""
    )
    button(page).click()
    heard(page, "onAuthorized")
    assert page.evaluate("window.within")
    assert _loaded(page) == loaded
    assert [call["arguments"][:2] for call in calls(page, "authorize")] == [[authorized, {}]]
    assert len(calls(page, "init")) == 1
    assert "onHidden" not in events(page)


@pytest.mark.parametrize(
    ("categories", "account"),
    [
        (["pay_now", ""], []),
        ([""], []),
        (["", "pay_now"], []),
        (["direct_debit"], ["klarna"]),
        (["klarna"], ["pay_now"]),
    ],
)
def test_only_when_every_category_is_hidden_is_klarna_not_offered(
    mount: Mount, client_token: ClientToken, categories: list[str], account: list[str]
) -> None:
    page = mount(clientToken=client_token(payment_method_categories=account), categories=categories)
    heard(page, "onHidden")
    status(page, "hidden")
    assert _loaded(page) == [category or None for category in categories]
    assert events(page).count("onHidden") == 1
    expect(button(page)).to_be_disabled()


def test_a_second_try_that_comes_after_the_time_was_up_still_shows_the_widget(
    mount: Mount, client_token: ClientToken
) -> None:
    token = client_token(payment_method_categories=["klarna"], delay_ms=300)
    page = mount(clientToken=token, categories=["pay_now", ""], loadTimeoutMs=100)
    heard(page, "onReady")
    status(page, "ready")
    assert _loaded(page) == ["pay_now", None]
