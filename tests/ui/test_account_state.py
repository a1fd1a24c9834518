"""The account's and the forms' states, without a browser, on a real shop with its sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
import reflex as rx

from klarna_shop.assembly import House
from klarna_shop.shop.current import install_shop
from klarna_shop.shop.identity import Notice, SignedIn, mark_of, seal
from klarna_shop.shop.reader import Reader
from klarna_shop.shop.withdrawal import Declaration
from klarna_shop.ui.account import account_page
from klarna_shop.ui.account.state import AccountState
from klarna_shop.ui.languages import catalogue, languages
from klarna_shop.ui.preview.tools import PreviewFacts
from klarna_shop.ui.reader_state import ReaderState, page_language, reader_of
from klarna_shop.ui.sign_in import register_page, sign_in_page
from klarna_shop.ui.sign_in.state import SignInState
from tests.house import Line
from tests.ui.tab import InBackground, new_tab, run, visit

SUBSCRIBER = "karin.oberg@demo.example"
NOTHING_BOUGHT = "astrid.lundmark@demo.example"


@pytest.fixture(autouse=True)
def shop(house: House) -> None:
    install_shop(house.shop)


async def _signed_in(house: House, email: str = SUBSCRIBER) -> SignedIn:
    return await house.shop.identities.sign_in(email, "demo1234", user_agent="x", reader=Reader())


@pytest.fixture
def root() -> rx.State:
    return new_tab()


async def _account(root: rx.State, house: House, email: str = SUBSCRIBER, path: str = "/account") -> Any:
    signed_in = await _signed_in(house, email)
    visit(root, path, f"session={signed_in.cookie_token}")
    state: Any = await root.get_state(AccountState)
    await run(state, "show")
    return state


async def test_a_stranger_is_led_to_signing_in(root: rx.State) -> None:
    visit(root, "/account")
    state: Any = await root.get_state(AccountState)
    await run(state, "show")
    assert (state.status, state.email, state.subscriptions) == ("anonymous", "", [])


async def test_the_customer_sees_the_own_account_in_words(root: rx.State, house: House) -> None:
    state = await _account(root, house)
    assert (state.status, state.email) == ("ready", SUBSCRIBER)
    [held] = state.subscriptions
    assert (held.state, held.state_word, held.can_cancel) == ("activated", "Pågår", True)
    assert held.line.startswith("Förnyas ")
    assert held.line.endswith("för 129\xa0kr.")
    assert {detail.field for detail in state.details} == {
        "name",
        "address",
        "delivery_address",
        "birth_date",
        "personal_number",
        "mobile",
    }


async def test_the_page_speaks_the_language_of_its_address(root: rx.State, house: House) -> None:
    state = await _account(root, house, path="/en/account")
    assert page_language(state) == "en"
    assert state.subscriptions[0].state_word == "Running"


async def test_no_whole_personal_number_and_no_token_reaches_the_browser(
    root: rx.State, house: House
) -> None:
    signed_in = await _signed_in(house)
    identity = await house.shop.identities.identity_of(signed_in.customer)
    number = (await house.shop.payway.me.account(identity)).social_security_number
    assert number
    state = await _account(root, house)
    sent = str(state.dict())
    for secret in (number, number[-4:] + "'", number.replace("-", ""), identity.tokens.access_token):
        assert secret not in sent


async def test_signed_out_elsewhere_everything_personal_is_cleared(root: rx.State, house: House) -> None:
    state = await _account(root, house)
    await house.shop.identities.sign_out(await reader_of(state))
    await run(state, "show")
    assert state.status == "anonymous"
    assert SUBSCRIBER not in str(state.dict())
    assert "Öberg" not in str(state.dict())


async def test_a_sign_in_that_ran_out_is_told_as_such_and_stays_told(root: rx.State, house: House) -> None:
    state = await _account(root, house)
    assert house.sandbox is not None
    await house.sandbox.reset()
    await run(state, "show")
    await run(state, "show")
    assert (state.status, state.email) == ("expired", "")


async def test_with_payway_down_a_retry_is_offered_and_works(
    root: rx.State, house: House, line: Line
) -> None:
    signed_in = await _signed_in(house)
    visit(root, "/account", f"session={signed_in.cookie_token}")
    state: Any = await root.get_state(AccountState)
    line.faults["get_by_account"] = ["unreachable"] * 9
    await run(state, "show")
    assert state.status == "unavailable"
    line.faults.clear()
    await run(state, "show")
    assert state.status == "ready"


async def test_cancelling_asks_first_then_cancels_and_can_be_undone(root: rx.State, house: House) -> None:
    state = await _account(root, house)
    [held] = state.subscriptions
    await run(state, "cancel", {})
    assert state.subscriptions[0].state == "activated"
    state.ask_to_cancel(held.id)
    assert state.confirming == held.id
    await run(state, "cancel", {"reason": state.reasons[0].id})
    assert (state.done, state.failed, state.confirming, state.working) == ("cancelled", "", "", "")
    assert state.subscriptions[0].can_reactivate
    await run(state, "reactivate", held.id)
    assert (state.done, state.subscriptions[0].state) == ("reactivated", "activated")


async def test_three_quick_presses_make_one_change(root: rx.State, house: House, line: Line) -> None:
    state = await _account(root, house)
    state.ask_to_cancel(state.subscriptions[0].id)
    locked = InBackground(state)
    await asyncio.gather(*(run(locked, "cancel", {}) for _ in range(3)))
    assert line.count("cancel_product") == 1
    assert state.done == "cancelled"


@pytest.mark.parametrize("forged", ["", "f" * 24, None, ["x"], {"a": 1}])
async def test_a_forged_id_changes_nothing(root: rx.State, house: House, line: Line, forged: object) -> None:
    state = await _account(root, house)
    assert state.ask_to_cancel(forged) is None
    await run(state, "reactivate", forged)
    assert (state.confirming, line.count("_product")) == ("", 0)


@pytest.mark.parametrize("forged", [None, "x", [], {"reason": ["x"]}, {"reason": "f" * 24}])
async def test_a_forged_reason_is_no_reason(root: rx.State, house: House, forged: object) -> None:
    state = await _account(root, house)
    state.ask_to_cancel(state.subscriptions[0].id)
    await run(state, "cancel", forged)
    assert state.done == "cancelled"


async def test_a_change_without_answer_is_told_and_the_account_shows_the_truth(
    root: rx.State, house: House, line: Line
) -> None:
    state = await _account(root, house)
    state.ask_to_cancel(state.subscriptions[0].id)
    line.faults["cancel_product"] = ["lost"] * 9
    await run(state, "cancel", {})
    assert (state.failed, state.subscriptions[0].state, state.working) == ("unavailable", "cancelled", "")


async def test_cancelled_in_another_tab_meanwhile_is_told_apart_from_not_allowed(
    root: rx.State, house: House
) -> None:
    state = await _account(root, house)
    [held] = state.subscriptions
    identity = await house.shop.identities.identity_of((await _signed_in(house)).customer)
    await house.shop.payway.me.cancel_product(identity, held.id)
    state.ask_to_cancel(held.id)
    await run(state, "cancel", {})
    assert (state.failed, state.subscriptions[0].state) == ("not_possible", "cancelled")


async def test_header_and_pages_know_who_reads(root: rx.State, house: House) -> None:
    reader: Any = await root.get_state(ReaderState)
    visit(root, "/")
    await reader.recognise()
    assert (reader.known, reader.signed_in, reader.display_name) == (True, False, "")
    signed_in = await _signed_in(house)
    visit(root, "/", f"session={signed_in.cookie_token}")
    await reader.recognise()
    assert (reader.signed_in, reader.display_name) == (True, "Karin")


@pytest.mark.parametrize("kind", [AccountState, SignInState, ReaderState])
async def test_no_default_of_a_var_is_personal(root: rx.State, kind: type[rx.State]) -> None:
    fresh = await root.get_state(kind)
    values = {name: getattr(fresh, name) for name in kind.base_vars}
    assert values
    assert {str(value) for value in values.values()} <= {"", "False", "[]", "loading", str(PreviewFacts())}


@pytest.mark.parametrize("page", [sign_in_page, register_page, account_page])
def test_every_page_has_all_its_texts_in_every_language(page: Callable[[str], rx.Component]) -> None:
    for language in languages():
        assert page(language).render()


def test_every_word_a_state_may_need_is_in_every_language() -> None:
    swedish = {key for key in catalogue("sv") if key.startswith(("account.", "sign_in.", "register."))}
    english = {key for key in catalogue("en") if key.startswith(("account.", "sign_in.", "register."))}
    assert swedish == english


# ---- the forms ----


def _visit_noticed(root: rx.State, path: str, house: House, notice: Notice) -> None:
    """Come to a form's page as the answer to the form leads there."""
    sealed = seal(notice, house.shop.encryption)
    visit(root, path, f"notice={sealed}", notice=mark_of(sealed))


async def test_a_form_opened_anew_says_nothing(root: rx.State) -> None:
    visit(root, "/login", next="/account")
    state: Any = await root.get_state(SignInState)
    await state.show_sign_in()
    assert (state.code, state.next_path, state.next_query) == ("", "/account", "?next=/account")


async def test_a_refusal_is_told_with_the_attempts_left_and_the_address_kept(
    root: rx.State, house: House
) -> None:
    notice = Notice("sign_in", "refused", attempts_left=3, typed={"email": SUBSCRIBER})
    _visit_noticed(root, "/login", house, notice)
    state: Any = await root.get_state(SignInState)
    await state.show_sign_in()
    assert (state.code, state.email) == ("refused", SUBSCRIBER)
    assert state.detail == "3 försök återstår innan inloggningen pausas."


async def test_a_pause_is_told_with_its_end_in_the_sellers_time(root: rx.State, house: House) -> None:
    notice = Notice("sign_in", "frozen", until="2026-12-01T13:05:00+00:00")
    _visit_noticed(root, "/en/login", house, notice)
    state: Any = await root.get_state(SignInState)
    await state.show_sign_in()
    assert state.detail == "The pause ends 1 December 2026 14:05."


async def test_a_notice_is_told_once(root: rx.State, house: House) -> None:
    notice = Notice("sign_in", "refused", attempts_left=3)
    _visit_noticed(root, "/login", house, notice)
    state: Any = await root.get_state(SignInState)
    await state.show_sign_in()
    await state.show_sign_in()  # a reconnection
    assert state.code == "refused"
    # The cookie is still there; the address is not the one that the answer led to.
    visit(root, "/login", f"notice={seal(notice, house.shop.encryption)}")
    await state.show_sign_in()
    assert state.code == ""


@pytest.mark.parametrize(
    ("email", "fault"), [("", "required"), ("astrid", "invalid"), ("astrid.lundmark@demo.example", "")]
)
async def test_a_sign_in_with_something_missing_is_told_at_each_field(
    root: rx.State, house: House, email: str, fault: str
) -> None:
    _visit_noticed(root, "/login", house, Notice("sign_in", "refused", typed={"email": email}))
    state: Any = await root.get_state(SignInState)
    await state.show_sign_in()
    assert (state.code, state.email_fault, state.password_fault) == ("fields", fault, "required")


async def test_a_time_on_a_swedish_page_is_written_as_everywhere_else(root: rx.State, house: House) -> None:
    _visit_noticed(root, "/login", house, Notice("sign_in", "frozen", until="2026-12-01T13:05:00+00:00"))
    state: Any = await root.get_state(SignInState)
    await state.show_sign_in()
    assert "1 december 2026 14.05" in state.detail


async def test_the_other_forms_notice_is_not_shown(root: rx.State, house: House) -> None:
    _visit_noticed(root, "/register", house, Notice("sign_in", "refused", typed={"email": SUBSCRIBER}))
    state: Any = await root.get_state(SignInState)
    await state.show_register()
    assert (state.code, state.email) == ("", "")


async def test_what_to_correct_stands_at_each_field(root: rx.State, house: House) -> None:
    faults = {"email": "invalid", "password": "too_short"}
    _visit_noticed(root, "/register", house, Notice("register", "fields", faults=faults))
    state: Any = await root.get_state(SignInState)
    await state.show_register()
    assert (state.email_fault, state.password_fault, state.first_name_fault) == ("invalid", "too_short", "")


@pytest.mark.parametrize("goal", ["//evil.example", "https://evil.example", "/login", "javascript:alert(1)"])
async def test_a_foreign_address_to_go_on_to_is_forgotten(root: rx.State, goal: str) -> None:
    visit(root, "/login", next=goal)
    state: Any = await root.get_state(SignInState)
    await state.show_sign_in()
    assert (state.next_path, state.next_query) == ("", "")


# ---- signing in by redirect ----


@pytest.fixture
def by_redirect(house: House) -> None:
    settings = house.shop.settings.model_copy(update={"payway_login": "redirect"})
    install_shop(replace(house.shop, settings=settings))


async def _going_on(form: rx.State) -> list[Any]:
    """The events that leading a signed-in reader on comes to."""
    return [event async for event in SignInState.event_handlers["go_on"].fn(InBackground(form))]


@pytest.mark.usefixtures("by_redirect")
async def test_the_page_learns_from_the_running_shop_how_one_signs_in(root: rx.State) -> None:
    form: Any = await root.get_state(SignInState)
    assert form.way_in == ""
    visit(root, "/en/login", next="/en/packages?code=a&from=b")
    await form.show_sign_in()
    assert form.way_in == "redirect"
    goal = "next=%2Fen%2Fpackages%3Fcode%3Da%26from%3Db&language=en"
    assert form.start_address == f"/auth/start?{goal}"
    assert form.other_customer_address == f"/auth/start?{goal}&customer=other"


async def test_where_one_signs_in_with_a_password_nobody_is_led_on(house: House, root: rx.State) -> None:
    form: Any = await root.get_state(SignInState)
    visit(root, "/login", f"session={(await _signed_in(house)).cookie_token}", next="/packages")
    await form.show_sign_in()
    assert (form.way_in, form.start_address) == ("password", "")
    assert await _going_on(form) == []


@pytest.mark.usefixtures("by_redirect")
@pytest.mark.parametrize(
    ("path", "query", "goal"),
    [
        ("/login", {"next": "/packages"}, "/packages"),
        ("/en/register", {}, "/en/account"),
        ("/login", {"next": "//evil.example"}, "/account"),
    ],
)
async def test_whoever_is_signed_in_is_led_on(
    house: House, root: rx.State, path: str, query: dict[str, str], goal: str
) -> None:
    form: Any = await root.get_state(SignInState)
    visit(root, path, f"session={(await _signed_in(house)).cookie_token}", **query)
    [event] = await _going_on(form)
    assert {str(name): str(value) for name, value in event.args}["path"] == f'"{goal}"'


@pytest.mark.usefixtures("by_redirect")
async def test_a_stranger_is_not_led_on(root: rx.State, line: Line) -> None:
    form: Any = await root.get_state(SignInState)
    visit(root, "/login", next="/packages")
    assert await _going_on(form) == []
    assert line.calls == []


@pytest.mark.usefixtures("by_redirect")
async def test_a_sign_in_that_has_run_out_at_payway_is_not_led_on(
    house: House, root: rx.State, line: Line
) -> None:
    form: Any = await root.get_state(SignInState)
    cookie = f"session={(await _signed_in(house)).cookie_token}"
    visit(root, "/login", cookie, next="/packages")
    await form.show_sign_in()
    assert form.signed_in
    line.faults["/v1/me"] = [httpx.Response(401, json={"code": "unauthorized"})] * 9
    line.faults["access_token"] = [httpx.Response(400, json={"error": "invalid_grant"})] * 9
    assert await _going_on(form) == []
    assert not form.signed_in
    assert (await house.shop.identities.reader(cookie)).customer is None


async def test_a_contract_that_was_withdrawn_from_is_told_and_not_taken_up_again(
    root: rx.State, house: House
) -> None:
    state = await _account(root, house)
    [held] = state.subscriptions
    reader = await reader_of(root)
    declaration = Declaration("Karin Öberg", SUBSCRIBER, "Digital")
    row = await house.shop.withdrawals.declare(reader, declaration, "sv", held.order_id)
    # A tab that was opened before, and presses now.
    held.can_reactivate = True
    await run(state, "reactivate", held.id)
    assert not state.subscriptions[0].can_reactivate
    assert state.done == ""
    await run(state, "show")
    [held] = state.subscriptions
    assert row.order_id == held.order_id
    assert (held.withdrawn, held.state_word, held.can_reactivate) == (True, "Ångrat", False)
    assert held.line.startswith("Du har ångrat avtalet.")
    assert held.state == "cancelled", "Payway's word, for tests"


async def test_what_became_of_a_press_is_told_on_that_visit_alone(root: rx.State, house: House) -> None:
    state = await _account(root, house)
    state.done = "cancelled"
    await run(state, "show")
    assert state.done == ""
