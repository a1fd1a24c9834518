"""The stub of Klarna's SDK behaves as the reference's section 6.4 asks (S1 to S13)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
ClientToken = Callable[..., str]

# `P` and `heard` stand for the SDK and the list of what a callback got, in every call below.
THROWN = """([call, token]) => {
    const heard = [];
    const container = "#box";
    const callback = (result) => heard.push(result);
    if (token) Klarna.Payments.init({ client_token: token });
    try {
        (CALLS)[call](Klarna.Payments, callback);
    } catch (error) {
        return { name: error.name, isError: error instanceof Error, heard };
    }
    return { name: null, heard };
}"""
CALLS = """{
    "init with no JWT": (P) => P.init({ client_token: "abc" }),
    "init with a bad payload": (P) => P.init({ client_token: "a.!!!.c" }),
    "init with a real session's token": (P) => P.init({ client_token: "a.eyJsYW5ndWFnZSI6InN2In0.c" }),
    "load": (P, cb) => P.load({ container }, cb),
    "load into nothing": (P, cb) => P.load({ container: "#nowhere" }, cb),
    "load into a number": (P, cb) => P.load({ container: 1 }, cb),
    "load an unknown category": (P, cb) => P.load({ container, payment_method_category: "barter" }, cb),
    "load an unknown preferred method": (P, cb) => P.load({ container, preferred_payment_method: "x" }, cb),
    "load several without a name": (P, cb) => P.load({ container, payment_method_categories: ["card"] }, cb),
    "load with a bad name": (P, cb) => P.load({ container, instance_id: "a b" }, cb),
    "authorize": (P, cb) => P.authorize({ payment_method_category: "pay_now" }, {}, cb),
    "finalize": (P, cb) => P.finalize({ payment_method_category: "pay_now" }, {}, cb),
    "reauthorize": (P, cb) => P.reauthorize({ payment_method_category: "pay_now" }, {}, cb),
    "loadPaymentReview": (P, cb) => P.loadPaymentReview({ container }, cb),
    "on an unknown event": (P) => P.on("rain", () => {}),
}"""

# Playwright's own waiting for an expression takes eval, which the page's policy forbids.
UNTIL = """(count) => new Promise((done, failed) => {
    const look = setInterval(() => (window.answers?.length ?? 0) >= count && end(done), 5);
    const limit = setTimeout(() => end(failed), 5000, new Error("no answer"));
    const end = (how) => { clearInterval(look); clearTimeout(limit); how(); };
})"""


@pytest.fixture
def sdk(stub: Page, client_token: ClientToken) -> Sdk:
    return Sdk(stub, client_token)


class Sdk:
    """The stub on a page, called as a shop's script would call it."""

    def __init__(self, page: Page, client_token: ClientToken) -> None:
        self.page = page
        self.client_token = client_token

    def init(self, scenario: str | None = None, **claims: Any) -> None:
        self.page.evaluate(
            "(t) => void Klarna.Payments.init({ client_token: t })", self.client_token(scenario, **claims)
        )

    def load(self, container: str = "#box", category: str | None = "pay_now") -> Any:
        return self.page.evaluate(
            """([container, category]) => new Promise((answer) =>
                Klarna.Payments.load({ container, payment_method_category: category }, answer))""",
            [container, category],
        )

    def open(self, scenario: str | None = None, **claims: Any) -> Any:
        self.init(scenario, **claims)
        return self.load()

    def authorize(self, data: dict[str, Any] | None = None, **options: Any) -> None:
        """What it answers gathers in the page's `answers`."""
        self.page.evaluate(
            """([options, data]) => {
                window.answers ??= [];
                options.payment_method_category ??= "pay_now";
                Klarna.Payments.authorize(options, data, (answer) => answers.push(answer));
            }""",
            [options, data or {}],
        )

    def answer(self) -> Any:
        return self.first_answers(1)[0]

    def first_answers(self, count: int) -> Any:
        self.page.evaluate(UNTIL, count)
        return self.answers()

    def answers(self) -> Any:
        return self.page.evaluate("window.answers ?? []")

    def press(self, name: str) -> None:
        self.page.get_by_test_id(f"klarna-stub-{name}").click()

    def thrown(self, call: str, token: str | None = None) -> Any:
        return self.page.evaluate(THROWN.replace("CALLS", CALLS), [call, token])

    def warnings(self) -> list[str]:
        return [warning["code"] for warning in self.page.evaluate("__klarnaStub.warnings")]

    def option(self, **options: Any) -> None:
        self.page.evaluate("(options) => Object.assign(__klarnaStub.options, options)", options)

    @property
    def dialog(self) -> Any:
        return self.page.get_by_role("dialog")


# S1


def test_it_says_that_it_is_a_stub_and_has_the_methods_of_the_real_one(sdk: Sdk) -> None:
    assert sdk.page.evaluate("Klarna.__stub") is True
    methods = ["init", "load", "loadPaymentReview", "authorize", "reauthorize", "finalize", "on", "off"]
    assert sdk.page.evaluate("Object.keys(Klarna.Payments)") == methods


def test_the_ready_callback_is_called_within_the_scripts_own_evaluation(tab: Page) -> None:
    tab.add_init_script(
        """window.klarnaAsyncCallback = () => {
            window.heard = [Boolean(Klarna.Payments.load), document.readyState];
        }"""
    )
    tab.goto("/stub")
    assert tab.evaluate("heard") == [True, "loading"]


def test_an_existing_global_is_extended_and_a_second_evaluation_forgets_the_first(sdk: Sdk) -> None:
    sdk.init()
    sdk.page.evaluate("Klarna.Other = 1")
    sdk.page.add_script_tag(url="/sdk.js")
    assert sdk.page.evaluate("Klarna.Other") == 1
    assert sdk.warnings() == ["loaded-twice"]
    assert sdk.thrown("load")["name"] == "ApplicationNotInitializedError"


@pytest.mark.parametrize("form", ["(options, done)", "(options, {}, done)"])
def test_load_takes_both_call_forms(sdk: Sdk, form: str) -> None:
    sdk.init()
    answer = sdk.page.evaluate(
        f"""() => new Promise((done) => {{
            const options = {{ container: document.getElementById("box") }};
            Klarna.Payments.load{form};
        }})"""
    )
    assert answer == {"show_form": True}


def test_authorize_bears_swapped_arguments(sdk: Sdk) -> None:
    sdk.open("approve")
    answer = sdk.page.evaluate(
        """() => new Promise((done) => {
            const options = { payment_method_category: "pay_now" };
            Klarna.Payments.authorize({ purchase_country: "SE" }, options, done);
        })"""
    )
    assert answer["approved"] is True


# S2, S3


def test_init_returns_the_api_at_once(sdk: Sdk) -> None:
    token = sdk.client_token()
    assert sdk.page.evaluate("(t) => Klarna.Payments.init({ client_token: t }) === Klarna.Payments", token)


@pytest.mark.parametrize(
    "call", ["init with no JWT", "init with a bad payload", "init with a real session's token"]
)
def test_init_refuses_what_is_no_demo_token(sdk: Sdk, call: str) -> None:
    assert sdk.thrown(call)["name"] == "InvalidClientTokenError"


def test_a_second_token_makes_widgets_stale_until_they_are_loaded_again(sdk: Sdk) -> None:
    sdk.open("approve")
    sdk.init("refuse")
    sdk.authorize()
    assert sdk.answer()["approved"] is False  # the last init wins for every widget
    assert "authorize-dirty" in sdk.warnings()
    sdk.page.evaluate("__klarnaStub.warnings.length = 0")
    sdk.load()
    sdk.authorize()
    assert "authorize-dirty" not in sdk.warnings()


HIDDEN = {"show_form": False}
TURNED_DOWN = {"show_form": False, "approved": False}


@pytest.mark.parametrize(
    ("call", "is_open", "name", "heard"),
    [
        ("load", False, "ApplicationNotInitializedError", HIDDEN),
        ("load into nothing", True, "InvalidContainerSelectorError", HIDDEN),
        ("load into a number", True, "TypeError", HIDDEN),
        ("load an unknown category", True, "PaymentMethodCategoryNotSupportedError", HIDDEN),
        ("load an unknown preferred method", True, "PreferredPaymentMethodNotSupportedError", HIDDEN),
        ("load several without a name", True, "InstanceIDNotProvidedError", HIDDEN),
        ("load with a bad name", True, "InvalidInstanceIDError", HIDDEN),
        ("authorize", True, "ApplicationNotLoadedError", TURNED_DOWN),
        ("finalize", False, "ApplicationNotInitializedError", TURNED_DOWN),
        ("finalize", True, "ApplicationNotLoadedError", TURNED_DOWN),
        ("reauthorize", False, "ApplicationNotInitializedError", TURNED_DOWN),
        ("loadPaymentReview", True, "OperationNotSupportedError", HIDDEN),
    ],
)
def test_misuse_calls_back_and_then_throws(
    sdk: Sdk, call: str, is_open: bool, name: str, heard: dict[str, bool]
) -> None:
    result = sdk.thrown(call, sdk.client_token() if is_open else None)
    assert result == {"name": name, "isError": True, "heard": [heard]}


# S4


def test_the_static_widget_stands_in_an_open_shadow_root(sdk: Sdk) -> None:
    assert sdk.open() == {"show_form": True}
    widget = sdk.page.locator("#box > #klarna-pay-now-static")
    expect(widget).to_contain_text("Demo – nothing is paid")
    expect(widget).to_contain_text("Pay now")


def test_load_never_answers_within_the_call(sdk: Sdk) -> None:
    sdk.init()
    during = sdk.page.evaluate(
        """() => {
            let heard = 0;
            Klarna.Payments.load({ container: "#box" }, () => heard++);
            return heard;
        }"""
    )
    assert during == 0


def test_the_framed_widget_reports_its_height_and_is_reused(sdk: Sdk) -> None:
    sdk.option(static=False)
    sdk.page.evaluate(
        "window.heights = []; Klarna.Payments.on('heightChanged', (...given) => heights.push(given))"
    )
    sdk.open()
    frame = sdk.page.locator("#box > iframe#klarna-pay-now-main")
    expect(frame).to_have_attribute("title", "Klarna")
    expect(sdk.page.frame_locator("#klarna-pay-now-main").locator("body")).to_contain_text("nothing is paid")
    expect(sdk.page.locator("#klarna-pay-now-main-loader")).to_have_count(0)
    height, name = sdk.page.evaluate("heights[0]")
    assert height > 0
    assert name == "pay_now"
    sdk.page.evaluate("window.frame = document.getElementById('klarna-pay-now-main')")
    sdk.load()
    assert sdk.page.evaluate("frame === document.getElementById('klarna-pay-now-main')")
    sdk.load("#second")
    expect(sdk.page.locator("#second > iframe#klarna-pay-now-main")).to_be_visible()
    expect(sdk.page.locator("#box > *")).to_have_count(0)


def test_a_second_live_container_of_the_same_name_stays_empty(sdk: Sdk) -> None:
    sdk.open()
    assert sdk.load("#second") == {"show_form": True}
    expect(sdk.page.locator("#second > *")).to_have_count(0)


# S5, S12


@pytest.mark.parametrize(
    ("button", "expected"),
    [
        ("refuse", {"approved": False, "show_form": False}),
        ("close", {"approved": False, "show_form": True}),
        (
            "fix-data",
            {
                "approved": False,
                "show_form": True,
                "error": {"invalid_fields": ["billing_address.email", "billing_address.postal_code"]},
            },
        ),
    ],
)
def test_each_button_of_the_dialog_gives_its_answer(sdk: Sdk, button: str, expected: dict[str, Any]) -> None:
    sdk.open()
    sdk.authorize()
    sdk.press(button)
    assert sdk.answer() == expected
    expect(sdk.dialog).to_have_count(0)


def test_approving_gives_a_lower_case_uuid(sdk: Sdk) -> None:
    sdk.open()
    sdk.authorize()
    sdk.press("approve")
    answer = sdk.answer()
    assert UUID.match(answer.pop("authorization_token"))
    assert answer == {"approved": True, "show_form": True, "finalize_required": False}


def test_never_answer_closes_the_dialog_and_leaves_the_widget_busy(sdk: Sdk) -> None:
    sdk.open()
    sdk.authorize()
    sdk.press("never")
    expect(sdk.dialog).to_have_count(0)
    sdk.authorize()
    expect(sdk.dialog).to_have_count(0)
    assert sdk.answers() == []


@pytest.mark.parametrize("callback_first", [False, True])
def test_the_overlay_is_announced_and_the_order_of_the_end_can_be_switched(
    sdk: Sdk, callback_first: bool
) -> None:
    sdk.option(callbackBeforeHidden=callback_first)
    sdk.open()
    sdk.page.evaluate(
        """() => {
            window.heard = [];
            Klarna.Payments.on("fullscreenOverlayShown", () => heard.push("shown"));
            Klarna.Payments.on("fullscreenOverlayHidden", () => heard.push("hidden"));
            Klarna.Payments.authorize({ payment_method_category: "pay_now" }, {}, () => {
                heard.push("answer");
                throw new Error("swallowed");
            });
        }"""
    )
    expect(sdk.page.locator("body")).to_have_class("klarna-payments-fso-open")
    sdk.press("approve")
    end = ["answer", "hidden"] if callback_first else ["hidden", "answer"]
    assert sdk.page.evaluate("heard") == ["shown", *end]
    expect(sdk.page.locator("body")).to_have_class("")


def test_the_dialog_works_by_keyboard_and_keeps_and_returns_the_focus(sdk: Sdk) -> None:
    sdk.open()
    sdk.page.locator("#before").focus()
    sdk.authorize()
    focused = "document.activeElement?.shadowRoot?.activeElement?.dataset.testid"
    assert sdk.page.evaluate(focused) == "klarna-stub-approve"
    visited = []
    for _ in range(5):
        sdk.page.keyboard.press("Tab")
        visited.append(sdk.page.evaluate(focused))
    assert visited == [f"klarna-stub-{name}" for name in ("refuse", "fix-data", "never", "close", "approve")]
    sdk.page.keyboard.press("Shift+Tab")
    assert sdk.page.evaluate(focused) == "klarna-stub-close"
    sdk.page.keyboard.press("Escape")
    assert sdk.answer() == {"approved": False, "show_form": True}
    assert sdk.page.evaluate("document.activeElement.id") == "before"


@pytest.mark.parametrize(
    ("language", "label", "button"),
    [
        ("sv", "Demo – inget betalas", "Godkänn köpet"),
        ("en", "Demo – nothing is paid", "Approve the purchase"),
        ("fi", "Demo – nothing is paid", "Approve the purchase"),
    ],
)
def test_it_speaks_the_tokens_language_and_says_that_it_is_a_demo(
    sdk: Sdk, language: str, label: str, button: str
) -> None:
    sdk.open(language=language, description="Digital, 1 month", amount=12900)
    expect(sdk.page.locator("#klarna-pay-now-static")).to_contain_text(label)
    sdk.authorize()
    expect(sdk.dialog).to_contain_text(label)
    expect(sdk.dialog).to_contain_text("Norrlunda Tidning")
    expect(sdk.dialog).to_contain_text("Digital, 1 month")
    expect(sdk.dialog).to_contain_text(re.compile(r"129[.,]00"))
    expect(sdk.dialog.get_by_role("button", name=button)).to_be_visible()


def test_it_follows_the_pages_theme_and_fits_a_phone(sdk: Sdk) -> None:
    sdk.page.set_viewport_size({"width": 320, "height": 568})
    sdk.open()
    widget = sdk.page.locator("#klarna-pay-now-static")
    expect(widget).to_have_attribute("data-theme", "light")
    sdk.page.evaluate("document.documentElement.classList.add('dark')")
    expect(widget).to_have_attribute("data-theme", "dark")
    sdk.authorize()
    box = sdk.dialog.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    assert sdk.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_real_window_can_stand_for_the_dialog(sdk: Sdk) -> None:
    sdk.option(popup=True)
    sdk.open()
    sdk.page.evaluate(
        """() => {
            before.onclick = () => {
                window.answers = [];
                Klarna.Payments.authorize({ payment_method_category: "pay_now" }, {}, (a) => answers.push(a));
            };
        }"""
    )
    with sdk.page.expect_popup() as popup:
        sdk.page.locator("#before").click()
    approve = popup.value.get_by_test_id("klarna-stub-approve")
    with popup.value.expect_event("close"):
        # Pressed a moment later: it closes the window, which must not happen while it is told to press.
        approve.evaluate("button => { setTimeout(() => button.click()); }")
    assert sdk.answer()["approved"] is True
    with sdk.page.expect_popup() as popup:
        sdk.page.locator("#before").click()
    popup.value.close()
    assert sdk.answer() == {"approved": False, "show_form": True}


# S6


def test_a_second_authorize_while_one_is_open_is_dropped_without_an_answer(sdk: Sdk) -> None:
    sdk.open()
    sdk.authorize()
    sdk.authorize()
    expect(sdk.dialog).to_have_count(1)
    sdk.press("approve")
    assert len(sdk.answers()) == 1


def test_a_second_authorize_can_be_passed_through(sdk: Sdk) -> None:
    sdk.option(passThrough=True)
    sdk.open("approve")
    sdk.authorize()
    sdk.authorize()
    assert len(sdk.first_answers(2)) == 2


# S8, S9


def test_the_hook_comes_before_the_scenario_before_the_email(sdk: Sdk) -> None:
    denied = {"billing_address": {"email": "customer+denied@email.se"}}
    sdk.open("approve")
    sdk.page.evaluate("__klarnaStub.next('abort')")
    sdk.authorize(denied)
    assert sdk.answer() == {"approved": False, "show_form": True}
    sdk.page.evaluate("answers.length = 0")
    sdk.authorize(denied)
    assert sdk.answer()["approved"] is True
    sdk.page.evaluate("answers.length = 0")
    sdk.open()
    sdk.authorize(denied)
    assert sdk.answer() == {"approved": False, "show_form": False}


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        ("refuse", {"approved": False, "show_form": False}),
        ("abort", {"approved": False, "show_form": True}),
        ("finalize_required", {"approved": True, "show_form": True, "finalize_required": True}),
    ],
)
def test_scenarios_answer_by_themselves(sdk: Sdk, scenario: str, expected: dict[str, Any]) -> None:
    sdk.open(scenario)
    sdk.authorize()
    assert sdk.answer() == expected


def test_finalize_gives_the_token_that_authorize_kept_back(sdk: Sdk) -> None:
    sdk.open("finalize_required")
    sdk.authorize()
    sdk.answer()
    answer = sdk.page.evaluate(
        "new Promise((done) => Klarna.Payments.finalize({ payment_method_category: 'pay_now' }, {}, done))"
    )
    assert UUID.match(answer["authorization_token"])


def test_load_can_be_hidden_or_ask_for_corrections(sdk: Sdk) -> None:
    assert sdk.open("load_hidden") == {"show_form": False}
    expect(sdk.page.locator("#box > *")).to_have_count(0)
    assert sdk.open("load_invalid_fields")["error"]["invalid_fields"]


def test_a_category_the_session_does_not_offer_is_hidden(sdk: Sdk) -> None:
    assert sdk.open(payment_method_categories=["direct_debit"]) == {"show_form": False}
    assert sdk.load(category="direct_debit") == {"show_form": True}


def test_silent_scenarios_say_nothing(sdk: Sdk) -> None:
    sdk.init("load_never")
    heard = sdk.page.evaluate(
        """() => new Promise((answer) => {
            let heard = "nothing";
            Klarna.Payments.load({ container: "#box" }, () => { heard = "a word" });
            setTimeout(() => answer(heard), 100);
        })"""
    )
    assert heard == "nothing"
    sdk.open("authorize_never")
    sdk.page.evaluate(
        """() => new Promise((hidden) => {
            Klarna.Payments.on("fullscreenOverlayHidden", hidden);
            window.answers = [];
            Klarna.Payments.authorize({ payment_method_category: "pay_now" }, {}, (a) => answers.push(a));
        })"""
    )
    assert sdk.answers() == []


def test_authorize_can_call_back_and_throw(sdk: Sdk) -> None:
    sdk.open("authorize_throws")
    assert sdk.thrown("authorize") == {
        "name": "ApplicationNotLoadedError",
        "isError": True,
        "heard": [TURNED_DOWN],
    }


def test_slow_takes_its_time_and_then_approves(sdk: Sdk) -> None:
    sdk.option(slowMs=200)
    began = sdk.page.evaluate("performance.now()")
    sdk.open("slow")
    sdk.authorize()
    assert sdk.answer()["approved"] is True
    assert sdk.page.evaluate("performance.now()") - began >= 400


def test_a_blocked_window_goes_on_within_the_page(sdk: Sdk) -> None:
    sdk.open("popup_blocked")
    sdk.authorize()
    sdk.press("continue")
    sdk.press("approve")
    assert sdk.answer()["approved"] is True


def test_a_scenario_of_the_backend_leaves_the_choice_to_the_customer(sdk: Sdk) -> None:
    sdk.open("approve_then_place_order_403")
    sdk.authorize()
    sdk.press("approve")
    assert sdk.answer()["approved"] is True


def test_reauthorize_answers_without_a_widget(sdk: Sdk) -> None:
    sdk.init()
    answer = sdk.page.evaluate(
        "new Promise((done) => Klarna.Payments.reauthorize({ payment_method_category: 'pay_now' }, {}, done))"
    )
    assert UUID.match(answer["authorization_token"])


# S10, S11


def test_every_call_is_recorded_and_a_click_is_the_customers_own(sdk: Sdk) -> None:
    sdk.open("abort")
    sdk.page.evaluate(
        """() => {
            const options = { payment_method_category: "pay_now" };
            before.onclick = () => Klarna.Payments.authorize(options, {}, () => {});
        }"""
    )
    sdk.page.locator("#before").click()
    calls = sdk.page.evaluate("__klarnaStub.calls")
    assert [call["method"] for call in calls] == ["init", "load", "authorize"]
    assert calls[0]["at"] < calls[1]["at"] < calls[2]["at"]
    assert calls[2]["userActivation"] is True
    assert calls[2]["arguments"] == [{"payment_method_category": "pay_now"}, {}, "[function]"]
    assert sdk.warnings() == []
    sdk.page.evaluate("__klarnaStub.reset()")
    assert sdk.page.evaluate("__klarnaStub.calls") == []


def test_authorize_without_the_customers_click_is_noticed(tab: Page, client_token: ClientToken) -> None:
    # A script of the page's own accord: Playwright's evaluate counts as the customer's doing.
    tab.add_init_script(
        """document.addEventListener("DOMContentLoaded", () => {
            Klarna.Payments.init({ client_token: "TOKEN" });
            Klarna.Payments.load({ container: "#box" }, () => Klarna.Payments.authorize({}, {}, () => {}));
        })""".replace("TOKEN", client_token())
    )
    tab.goto("/stub")
    expect(tab.get_by_role("dialog")).to_be_visible()
    assert tab.evaluate("__klarnaStub.calls.at(-1).userActivation") is False
    assert tab.evaluate("__klarnaStub.warnings.map((warning) => warning.code)") == ["no-user-activation"]


def test_it_warns_of_overlapping_loads_and_leaked_handlers(sdk: Sdk) -> None:
    sdk.init()
    sdk.page.evaluate(
        """() => {
            const again = () => {};
            Klarna.Payments.on("heightChanged", again);
            Klarna.Payments.on("heightChanged", again);
            Klarna.Payments.load({ container: "#box" });
            Klarna.Payments.load({ container: "#box" });
        }"""
    )
    assert sdk.warnings() == ["handler-leaked", "load-overlap"]


def test_handlers_are_dropped_one_by_one_or_all_and_unknown_events_refused(sdk: Sdk) -> None:
    sdk.option(static=False)
    sdk.page.evaluate(
        """() => {
            window.heard = [];
            const [one, two] = ["one", "two"].map((name) => () => heard.push(name));
            Klarna.Payments.on("heightChanged", one);
            Klarna.Payments.on("heightChanged", two);
            Klarna.Payments.off("heightChanged", one);
        }"""
    )
    sdk.open()
    assert sdk.page.evaluate("heard") == ["two"]
    sdk.page.evaluate("Klarna.Payments.off('heightChanged')")
    sdk.load()
    assert sdk.page.evaluate("heard") == ["two"]
    assert sdk.thrown("on an unknown event")["name"] == "EventNotSupportedError"


# S12, S13


def test_it_asks_the_network_for_nothing(sdk: Sdk) -> None:
    asked: list[str] = []
    sdk.page.on("request", lambda request: asked.append(request.url))
    sdk.open()
    sdk.authorize()
    sdk.press("approve")
    assert asked == []


def test_removing_the_container_cancels_the_purchase_without_an_answer(sdk: Sdk) -> None:
    sdk.open()
    sdk.authorize()
    expect(sdk.dialog).to_have_count(1)
    sdk.page.evaluate("box.remove()")
    expect(sdk.dialog).to_have_count(0)
    expect(sdk.page.locator("#klarna-pay-now-fullscreen")).to_have_count(0)
    assert sdk.answers() == []
    assert sdk.thrown("authorize")["name"] == "ApplicationNotLoadedError"
