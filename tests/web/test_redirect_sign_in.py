"""Signing in by redirect over HTTP: who is sent where, with which state, and what is not let in."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import pytest
from starlette.applications import Starlette

from klarna_shop.assembly import House
from klarna_shop.payway import SignInSecrets
from klarna_shop.sandbox.openid.codes import CodeRequest
from klarna_shop.sandbox.openid.scopes import understood
from klarna_shop.settings import Settings
from klarna_shop.shop.encryption import Encryption, fingerprint
from klarna_shop.shop.identity import Notice, RedirectStates, Way, new_token, seal, unseal
from klarna_shop.web.session import auth_routes
from tests.house import Later, Line

SUBSCRIBER = "karin.oberg@demo.example"
OTHER = "astrid.lundmark@demo.example"
NEXT = "/article/x?from=paywall"
HOME = "http://localhost:8000/auth/callback"
AUTHORIZE = "http://localhost:8000/openid/authorize"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"payway_login": "redirect"})


class Browser:
    """One reader's browser at the shop with its embedded sandbox."""

    def __init__(self, house: House) -> None:
        assert house.sandbox is not None
        self._house = house
        self._sandbox = house.sandbox
        app = Starlette(routes=[*auth_routes(house.shop), *house.sandbox.browser.routes])
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8000")
        self.asked: dict[str, str] = {}
        """With which parameters this browser was sent out last."""

    async def start(self, next_path: str = NEXT, **query: str) -> httpx.Response:
        answer = await self.http.get("/auth/start", params={"next": next_path, **query})
        assert answer.status_code == 303
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        return answer

    async def state(self, next_path: str = NEXT, **query: str) -> str:
        """The state this browser is sent out with."""
        out = urlsplit((await self.start(next_path, **query)).headers["location"])
        self.asked = dict(parse_qsl(out.query))
        return self.asked["state"]

    async def code(self, email: str = SUBSCRIBER, redirect_uri: str = HOME) -> str:
        """A code for what this browser was sent out with last."""
        asked = self.asked
        request = CodeRequest(
            redirect_uri,
            understood(asked.get("scope", "openid")) or [],
            asked.get("nonce"),
            asked.get("code_challenge"),
        )
        return await self._sandbox.issue_authorization_code(email, request)

    async def callback(self, query: str = "", **parameters: str) -> httpx.Response:
        answer = await self.http.get(f"/auth/callback?{query or urlencode(parameters)}")
        assert answer.status_code == 303
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        location = answer.headers["location"]
        assert re.fullmatch(r"/(?!/)[^\\]*", location), "only ever to a page of the shop"
        assert "code=" not in location
        assert "state=" not in location
        return answer

    async def sign_in(self, email: str = SUBSCRIBER, next_path: str = NEXT) -> httpx.Response:
        state = await self.state(next_path)
        return await self.callback(state=state, code=await self.code(email))

    async def who(self) -> str:
        """E-mail of the customer whom the shop knows in this browser; empty for nobody."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.http.cookies.jar)
        customer = (await self._house.shop.identities.reader(cookies)).customer
        return customer.email if customer else ""

    def said(self, answer: httpx.Response) -> str:
        """Code of the notice that the answer leaves for the sign-in page."""
        return self.notice(answer).code

    def notice(self, answer: httpx.Response) -> Notice:
        """The notice that the answer leaves for the sign-in page."""
        assert re.fullmatch(r"(/en)?/login", urlsplit(answer.headers["location"]).path)
        values = [SimpleCookie(header) for header in answer.headers.get_list("set-cookie")]
        sealed = next(value["notice"].value for value in values if "notice" in value)
        notice = unseal(sealed, self._house.shop.encryption)
        assert notice is not None
        assert notice.form == "sign_in"
        return notice


def _with(house: House, settings: Settings, **changes: str) -> House:
    """The same house, set up otherwise."""
    return replace(house, shop=replace(house.shop, settings=settings.model_copy(update=changes)))


MakeBrowser = Callable[[], Browser]


@pytest.fixture
async def make_browser(house: House) -> AsyncIterator[MakeBrowser]:
    made: list[Browser] = []

    def make() -> Browser:
        made.append(Browser(house))
        return made[-1]

    yield make
    for browser in made:
        await browser.http.aclose()


@pytest.fixture
def browser(make_browser: MakeBrowser) -> Browser:
    return make_browser()


# ---- out ----


async def test_the_browser_is_sent_to_payway_with_everything_it_wants(browser: Browser) -> None:
    out = urlsplit((await browser.start()).headers["location"])
    assert f"{out.scheme}://{out.netloc}{out.path}" == AUTHORIZE
    query = dict(parse_qsl(out.query))
    assert query.pop("state")
    assert len(query.pop("nonce")) >= 32
    assert len(query.pop("code_challenge")) == 43
    assert query == {
        "client_id": "sandbox-client",
        "redirect_uri": HOME,
        "response_type": "code",
        "scope": "openid /external/klarna_payments/w /external/me/w /external/me/r /external/me/order/w "
        "/openid/offline_access",
        "code_challenge_method": "S256",
    }


async def test_the_state_tells_nobody_where_the_reader_is_going(browser: Browser) -> None:
    out = (await browser.start("/article/something-private")).headers["location"]
    assert "private" not in out


async def test_a_browser_without_a_visitor_cookie_gets_one_and_others_keep_theirs(browser: Browser) -> None:
    first = await browser.start()
    assert SimpleCookie(first.headers["set-cookie"])["visitor"].value
    assert "HttpOnly; SameSite=Lax" in first.headers["set-cookie"]
    assert "set-cookie" not in (await browser.start()).headers


async def test_the_sandbox_may_be_asked_for_another_customer(browser: Browser) -> None:
    location = (await browser.start(customer="other")).headers["location"]
    assert location.startswith(f"{AUTHORIZE}?")
    assert dict(parse_qsl(urlsplit(location).query))["prompt"] == "select_account"
    page = (await browser.http.get(location)).headers["location"]
    assert page.startswith("/sandbox/login?continue=%2Fopenid%2Fauthorize%3F")
    assert (await browser.http.get(page)).status_code == 200


async def test_payway_itself_is_never_asked_for_another_customer(house: House, settings: Settings) -> None:
    location = (
        await Browser(_with(house, settings, payway_env="production")).start(customer="other")
    ).headers["location"]
    assert location.startswith(f"{AUTHORIZE}?")
    assert "prompt" not in location


# ---- and back ----


async def test_a_reader_signs_in_at_payway_and_is_back_where_they_were(browser: Browser) -> None:
    out = (await browser.start()).headers["location"]
    login = (await browser.http.get(out)).headers["location"]
    shown = (await browser.http.get(login)).text
    form = re.search(r'action="([^"]*)"', shown)
    secret = re.search(r'name="form" value="([^"]*)"', shown)
    assert form
    assert secret
    sent = await browser.http.post(
        html.unescape(form[1]), data={"form": secret[1], "email": SUBSCRIBER, "password": "demo1234"}
    )
    home = (await browser.http.get(sent.headers["location"])).headers["location"]
    answer = await browser.http.get(home)
    assert (answer.status_code, answer.headers["location"]) == (303, NEXT)
    assert await browser.who() == SUBSCRIBER


async def test_without_a_goal_it_is_the_front_page_in_the_readers_language(browser: Browser) -> None:
    state = await browser.state("", language="en")
    answer = await browser.callback(state=state, code=await browser.code())
    assert answer.headers["location"] == "/en"


async def test_the_session_cookie_is_as_after_a_password(browser: Browser) -> None:
    cookie = SimpleCookie((await browser.sign_in()).headers["set-cookie"])["session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert len(cookie.value) == 43


async def test_signing_in_as_another_ends_the_session_before(house: House, browser: Browser) -> None:
    old = SimpleCookie((await browser.sign_in()).headers["set-cookie"])["session"].value
    await browser.callback(state=await browser.state(customer="other"), code=await browser.code(OTHER))
    assert await browser.who() == OTHER
    assert (await house.shop.identities.reader(f"session={old}")).customer is None


async def test_signing_in_takes_an_old_notice_away(browser: Browser) -> None:
    await browser.callback()
    assert "notice" in browser.http.cookies
    await browser.sign_in()
    assert "notice" not in browser.http.cookies


async def test_whoever_is_signed_in_goes_straight_on(browser: Browser) -> None:
    await browser.sign_in()
    assert (await browser.start("/packages")).headers["location"] == "/packages"


async def test_a_sign_in_that_has_run_out_at_payway_is_begun_anew(
    house: House, browser: Browser, line: Line
) -> None:
    await browser.sign_in()
    line.faults["/v1/me"] = [httpx.Response(401, json={"code": "unauthorized"})] * 9
    line.faults["/openid/token"] = [httpx.Response(400, json={"error": "invalid_grant"})] * 9
    assert "/openid/authorize?" in (await browser.start()).headers["location"]
    assert await browser.who() == ""


async def test_a_silent_payway_signs_nobody_out(browser: Browser, line: Line) -> None:
    await browser.sign_in()
    line.faults["/v1/me"] = ["unreachable"] * 9
    assert (await browser.start("/packages")).headers["location"] == "/packages"
    assert await browser.who() == SUBSCRIBER


async def test_a_reader_who_changes_their_mind_is_quietly_back(browser: Browser) -> None:
    answer = await browser.callback(state=await browser.state(), error="access_denied")
    assert answer.headers["location"] == NEXT
    assert "set-cookie" not in answer.headers


# ---- states ----


async def test_a_state_is_good_once(browser: Browser, line: Line) -> None:
    state = await browser.state()
    await browser.callback(state=state, error="access_denied")
    code = await browser.code()
    line.calls.clear()
    again = await browser.callback(state=state, code=code)
    assert browser.said(again) == "foreign"
    assert parse_qs(urlsplit(again.headers["location"]).query)["next"] == [NEXT]
    assert await browser.who() == ""
    assert line.calls == [], "the code is not even tried"


async def test_reloading_the_way_back_leads_on_whoever_is_signed_in(browser: Browser) -> None:
    state, code = await browser.state(), await browser.code()
    await browser.callback(state=state, code=code)
    assert (await browser.callback(state=state, code=code)).headers["location"] == NEXT
    assert await browser.who() == SUBSCRIBER


async def test_another_browsers_state_signs_nobody_in(
    browser: Browser, make_browser: MakeBrowser, line: Line
) -> None:
    attacker = make_browser()
    stolen, code = await attacker.state("/packages"), await attacker.code(OTHER)
    await browser.state()
    line.calls.clear()
    answer = await browser.callback(state=stolen, code=code)
    assert browser.said(answer) == "foreign"
    back = urlsplit(answer.headers["location"])
    assert (back.path, set(parse_qs(back.query))) == ("/login", {"notice"}), "where the attacker was going"
    stranger = make_browser()
    assert stranger.said(await stranger.callback(state=stolen, code=code)) == "foreign"
    assert await browser.who() == await stranger.who() == ""
    assert line.calls == []


async def test_another_browsers_attempt_does_not_spend_a_state(
    browser: Browser, make_browser: MakeBrowser
) -> None:
    state = await browser.state()
    await make_browser().callback(state=state, code=await browser.code(OTHER))
    await browser.callback(state=state, code=await browser.code())
    assert await browser.who() == SUBSCRIBER


@pytest.mark.parametrize(("minutes", "code"), [(9, ""), (11, "expired")])
async def test_a_state_ends_after_ten_minutes(
    browser: Browser, later: Later, minutes: int, code: str
) -> None:
    state = await browser.state()
    later(timedelta(minutes=minutes))
    answer = await browser.callback(state=state, code=await browser.code())
    assert (browser.said(answer) if code else "") == code
    assert (await browser.who() == SUBSCRIBER) is (code == "")


async def test_a_state_from_the_future_is_none(browser: Browser, later: Later) -> None:
    later(timedelta(hours=2))
    state = await browser.state()
    later(timedelta(hours=-2))
    assert browser.said(await browser.callback(state=state, code=await browser.code())) == "expired"


async def test_what_else_is_sealed_by_the_shop_is_no_state(house: House, browser: Browser) -> None:
    await browser.state()
    encryption = house.shop.encryption
    visitor = fingerprint(browser.http.cookies["visitor"])
    for text in ("", "[]", "{}", "null", f'{{"browser": "{visitor}"}}', "x" * 100):
        answer = await browser.callback(state=encryption.encrypt(text), code=await browser.code())
        assert browser.said(answer) == "foreign"
    notice = seal(Notice("sign_in", "refused"), encryption)
    assert browser.said(await browser.callback(state=notice, code="c")) == "foreign"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "state=",
        "state=x&code=y",
        "code=y",
        "error=access_denied",
        "state=" + "A" * 5_000,
        "state=" + "A" * 9_000,
        "&".join(["state=x"] * 30),
        "state=%ff%fe&code=%00",
        "state=%E2%98%83&code=c",
        "=&&=;;",
        "next=//evil.example&state=x",
        "error=server_error&error_description=%3Cscript%3E",
    ],
)
async def test_a_callback_that_nobody_was_sent_out_for_is_answered_kindly(
    browser: Browser, query: str
) -> None:
    await browser.state()
    answer = await browser.callback(query)
    assert browser.said(answer) == "foreign"
    back = urlsplit(answer.headers["location"])
    assert (back.path, set(parse_qs(back.query))) == ("/login", {"notice"})


async def test_a_parameter_given_twice_is_not_believed(browser: Browser) -> None:
    state, code = await browser.state(), await browser.code()
    twice = urlencode([("state", state), ("code", code), ("code", "other")])
    assert browser.said(await browser.callback(twice)) == "foreign"
    assert await browser.who() == ""


async def test_looking_at_the_address_spends_nothing(browser: Browser) -> None:
    state, code = await browser.state(), await browser.code()
    looked = await browser.http.head("/auth/callback", params={"state": state, "code": code})
    assert (looked.status_code, "set-cookie" in looked.headers) == (204, False)
    await browser.callback(state=state, code=code)
    assert await browser.who() == SUBSCRIBER


async def test_two_tabs_can_be_under_way_at_once(browser: Browser) -> None:
    first = await browser.state("/one")
    code_of_first = await browser.code()
    second = await browser.state("/two")
    answer = await browser.callback(state=first, code=code_of_first)
    assert answer.headers["location"] == "/one"
    answer = await browser.callback(state=second, code=await browser.code())
    assert answer.headers["location"] == "/two"


async def test_old_spent_states_are_forgotten(house: House, browser: Browser, later: Later) -> None:
    state = await browser.state()
    await browser.callback(state=state, error="access_denied")
    later(timedelta(minutes=21))
    await house.shop.identities.erase_old()
    assert browser.said(await browser.callback(state=state, code=await browser.code())) == "expired"


# ---- goals ----


@pytest.mark.parametrize(
    "goal",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/%2e%2e//evil.example",
        "javascript:alert(1)",
        "/login?next=/login",
        "/auth/start",
        "/x\r\nSet-Cookie: a=b",
        "/" + "x" * 2_000,
    ],
)
async def test_a_goal_outside_the_shop_is_the_front_page(browser: Browser, goal: str) -> None:
    assert (await browser.sign_in(next_path=goal)).headers["location"] == "/"


async def test_the_start_survives_any_query(browser: Browser) -> None:
    for query in (
        "next=" + "x" * 9_000,
        "next=%ff",
        "next=/a&next=/b",
        "language=../..",
        "customer=other" * 9,
    ):
        answer = await browser.http.get(f"/auth/start?{query}")
        assert answer.headers["location"].startswith(f"{AUTHORIZE}?")


# ---- codes ----


async def test_a_code_that_payway_refuses_begins_anew(browser: Browser) -> None:
    used = await browser.code()
    await browser.callback(state=await browser.state(), code=used)
    browser.http.cookies.delete("session")
    for code in (used, "invented", "x" * 3_000, ""):
        answer = await browser.callback(state=await browser.state(), code=code)
        assert browser.said(answer) == "code"
        assert await browser.who() == ""


async def test_a_refused_code_does_not_sign_out_who_was_signed_in(browser: Browser) -> None:
    await browser.sign_in()
    answer = await browser.callback(state=await browser.state(customer="other"), code="invented")
    assert browser.said(answer) == "code"
    assert await browser.who() == SUBSCRIBER


async def test_the_code_of_another_redirect_address_is_refused(house: House, browser: Browser) -> None:
    state = await browser.state()
    code = await browser.code(redirect_uri="http://evil.example/auth/callback")
    assert browser.said(await browser.callback(state=state, code=code)) == "code"


@pytest.mark.parametrize("where", ["/openid/token", "/v1/me"])
@pytest.mark.parametrize(
    "fault", ["unreachable", "lost", httpx.Response(503), httpx.Response(200, text="<html>maintenance")]
)
async def test_a_payway_that_does_not_answer_is_said_as_such(
    browser: Browser, line: Line, where: str, fault: str | httpx.Response
) -> None:
    state, code = await browser.state(), await browser.code()
    line.faults[where] = [fault] * 9
    assert browser.said(await browser.callback(state=state, code=code)) == "interrupted"
    assert await browser.who() == ""


@pytest.mark.parametrize("error", ["server_error", "invalid_request", "unheard_of", "x" * 3_000])
async def test_payways_own_errors_are_said_and_logged_by_name_only(
    browser: Browser, caplog: pytest.LogCaptureFixture, error: str
) -> None:
    answer = await browser.callback(
        state=await browser.state(), error=error, error_description="secret words"
    )
    assert browser.said(answer) == "unavailable"
    [record] = [record for record in caplog.records if record.name.startswith("klarna_shop")]
    assert record.levelno == logging.ERROR
    assert "secret" not in record.getMessage()
    assert ("unknown error" in record.getMessage()) is (error not in {"server_error", "invalid_request"})


async def test_neither_code_nor_state_is_logged(
    browser: Browser, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = []
    for fault in ("", "lost", "unreachable"):
        state, code = await browser.state(), await browser.code()
        secrets += [state, code]
        line.faults["/openid/token"] = [fault] if fault else []
        await browser.callback(state=state, code=code)
        browser.http.cookies.delete("session") if fault == "" else None
    # The caller of these tests is a client of httpx itself, and logs what it calls.
    logged = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]
    assert logged
    assert not [secret for secret in secrets if secret in "\n".join(logged)]


# ---- what the answer has to prove ----


async def test_a_code_of_another_sign_in_is_refused(browser: Browser) -> None:
    """A thief of a code cannot bring it in under a state of their own: PKCE."""
    await browser.state()
    stolen = await browser.code()
    assert browser.said(await browser.callback(state=await browser.state(), code=stolen)) == "code"
    assert await browser.who() == ""


async def test_the_id_token_of_another_sign_in_is_refused(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    state = await browser.state()
    browser.asked["nonce"] = "another sign-in's"
    answer = await browser.callback(state=state, code=await browser.code())
    assert browser.said(answer) == "unproven"
    assert await browser.who() == ""
    assert "IdTokenRefused (code nonce)" in caplog.text


def _readings(house: House, **values: object) -> None:
    assert house.sandbox is not None
    house.sandbox.readings = house.sandbox.readings.changed(values)


async def test_rotated_keys_are_noticed(house: House, browser: Browser, line: Line) -> None:
    await browser.sign_in()
    _readings(house, openid_signing_key=2)
    browser.http.cookies.delete("session")
    await browser.sign_in()
    assert await browser.who() == SUBSCRIBER
    assert line.count("/openid/keys") == 2


@pytest.mark.parametrize(("seconds", "code"), [(45, ""), (-45, ""), (120, "clock"), (-120, "clock")])
async def test_a_clock_may_be_off_by_a_minute_and_no_more(
    house: House, browser: Browser, caplog: pytest.LogCaptureFixture, seconds: int, code: str
) -> None:
    assert house.sandbox is not None
    house.sandbox.clock.stop(house.sandbox.clock.now())
    _readings(house, openid_clock=seconds)
    answer = await browser.sign_in()
    assert (browser.said(answer) if code else "") == code
    assert (await browser.who() == SUBSCRIBER) is (code == "")
    if code:
        assert f"ahead of ours by {seconds} seconds" in caplog.text


DOWN: list[str | httpx.Response] = [
    "unreachable",
    "lost",
    httpx.Response(404),
    httpx.Response(503),
    httpx.Response(200, html="<h1>welcome</h1>"),
    httpx.Response(200, json={"issuer": "https://evil.example"}),
    httpx.Response(200, json={"issuer": "http://localhost:8000"}),
    httpx.Response(200, content=b" " * 300_000),
]


@pytest.mark.parametrize("fault", DOWN)
async def test_a_provider_that_is_down_when_one_leaves_is_a_page_with_a_way_on(
    browser: Browser, line: Line, caplog: pytest.LogCaptureFixture, fault: str | httpx.Response
) -> None:
    line.faults["openid-configuration"] = [fault]
    answer = await browser.http.get("/auth/start", params={"next": NEXT, "language": "en"})
    assert browser.said(answer) == "provider"
    back = urlsplit(answer.headers["location"])
    assert (back.path, parse_qs(back.query)["next"]) == ("/en/login", [NEXT])
    [told] = [record for record in caplog.records if record.levelno == logging.ERROR]
    [incident] = re.findall(r"\[incident ([0-9a-f]{8})\]", told.getMessage())
    assert browser.notice(answer).incident == incident


@pytest.mark.parametrize(
    "fault", ["unreachable", httpx.Response(503), httpx.Response(200, json={"keys": []})]
)
async def test_keys_that_cannot_be_had_sign_nobody_in(
    browser: Browser, line: Line, fault: str | httpx.Response
) -> None:
    line.faults["/openid/keys"] = [fault]
    assert browser.said(await browser.sign_in()) == "provider"
    assert await browser.who() == ""


async def test_an_api_user_that_is_refused_is_the_operators_fault(
    browser: Browser, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    line.faults["/openid/token"] = [httpx.Response(401, json={"error": "invalid_client"})]
    assert browser.said(await browser.sign_in()) == "unavailable"
    assert "the API user or one of its scopes is refused" in caplog.text


@pytest.mark.parametrize(
    "error", ["login_required", "interaction_required", "account_selection_required", "consent_required"]
)
async def test_a_provider_that_wants_the_reader_again_is_told_so(browser: Browser, error: str) -> None:
    assert browser.said(await browser.callback(state=await browser.state(), error=error)) == "interaction"


@pytest.mark.parametrize("parameters", [{"code": "c"}, {"error": "access_denied"}])
async def test_an_answer_of_another_provider_is_not_believed(
    browser: Browser, line: Line, parameters: dict[str, str]
) -> None:
    state = await browser.state()
    line.calls.clear()
    answer = await browser.callback(state=state, iss="https://evil.example", **parameters)
    assert browser.said(answer) == "unproven"
    assert line.calls == [], "the code is shown to no one"


async def test_a_provider_that_names_itself_always_has_to(house: House, browser: Browser) -> None:
    _readings(house, openid_names_issuer=True)
    state = await browser.state()
    code = await browser.code()
    assert browser.said(await browser.callback(state=state, code=code)) == "unproven"
    state = await browser.state()
    await browser.callback(state=state, code=await browser.code(), iss="http://localhost:8000")
    assert await browser.who() == SUBSCRIBER


# ---- how long it lasts ----


async def test_a_sign_in_outlives_its_token_with_offline_access(
    house: House, browser: Browser, later: Later, line: Line
) -> None:
    await browser.sign_in()
    later(timedelta(hours=5))
    assert (await browser.start("/packages")).headers["location"] == "/packages"
    assert line.count("/openid/token") == 2
    assert line.count("access_token") == 0


async def test_without_it_the_customer_is_signed_out_when_the_token_ends(
    house: House, browser: Browser, later: Later, caplog: pytest.LogCaptureFixture
) -> None:
    _readings(house, grants_refresh_token=False)
    await browser.sign_in()
    assert "Offline access" in caplog.text
    assert await browser.who() == SUBSCRIBER
    later(timedelta(minutes=61))
    assert (await browser.start("/packages")).headers["location"].startswith(AUTHORIZE)
    assert await browser.who() == ""


async def test_a_refused_scope_for_refresh_tokens_is_done_without(
    house: House, browser: Browser, make_browser: MakeBrowser, later: Later
) -> None:
    _readings(house, grants_refresh_token=False, openid_offline_refusal="invalid_scope")
    out = (await browser.start()).headers["location"]
    home = (await browser.http.get(out)).headers["location"]
    assert "error=invalid_scope" in home
    again = (await browser.http.get(home)).headers["location"]
    assert again.startswith(f"{AUTHORIZE}?")
    assert "offline_access" not in again
    browser.asked = dict(parse_qsl(urlsplit(again).query))
    other = make_browser()
    assert "offline_access" in (await other.start()).headers["location"], "nothing has been proven yet"
    await browser.callback(state=browser.asked["state"], code=await browser.code())
    assert await browser.who() == SUBSCRIBER
    assert "offline_access" not in (await other.start()).headers["location"]
    later(timedelta(days=1))
    assert "offline_access" in (await other.start()).headers["location"]


async def _refuses_scope(browser: Browser) -> str:
    """The address that the browser is sent out to after a refusal of the scope that it wrote itself."""
    answer = await browser.http.get(
        "/auth/callback", params={"state": await browser.state(), "error": "invalid_scope"}
    )
    browser.asked = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    return answer.headers["location"]


async def test_a_stranger_cannot_take_refresh_tokens_from_other_customers(
    make_browser: MakeBrowser,
) -> None:
    stranger, customer = make_browser(), make_browser()
    again = await _refuses_scope(stranger)
    assert again.startswith(f"{AUTHORIZE}?")
    assert "offline_access" not in again
    assert "offline_access" in (await customer.start()).headers["location"]
    await stranger.callback(state=stranger.asked["state"], code="a code that Payway never gave")
    assert "offline_access" in (await customer.start()).headers["location"]
    await _refuses_scope(stranger)
    await stranger.callback(state=stranger.asked["state"], error="access_denied")
    assert "offline_access" in (await customer.start()).headers["location"]
    assert "offline_access" in (await stranger.start()).headers["location"]


async def test_a_scope_that_is_refused_without_it_is_said(browser: Browser) -> None:
    await _refuses_scope(browser)
    answer = await browser.callback(state=browser.asked["state"], error="invalid_scope")
    assert browser.said(answer) == "unavailable"


async def test_the_provider_is_asked_once_for_many_sign_ins(browser: Browser, line: Line) -> None:
    for _ in range(5):
        await browser.start()
    assert line.count("openid-configuration") == 1


# ---- passwords stay away ----


@pytest.mark.parametrize("path", ["/auth/sign-in", "/auth/register"])
async def test_a_password_posted_all_the_same_is_not_looked_at(
    browser: Browser, line: Line, path: str
) -> None:
    form = {"email": SUBSCRIBER, "password": "demo1234", "next": "/packages", "language": "en"}
    answer = await browser.http.post(path, data=form, headers={"origin": "http://localhost:8000"})
    assert answer.headers["location"] == "/auth/start?next=%2Fpackages&language=en"
    assert line.calls == []


async def test_where_one_signs_in_with_a_password_both_addresses_lead_to_the_form(
    house: House, settings: Settings, line: Line
) -> None:
    browser = Browser(_with(house, settings, payway_login="password"))
    assert (await browser.start("/packages", language="en")).headers["location"] == (
        "/en/login?next=%2Fpackages"
    )
    assert (await browser.callback(state="x", code="y")).headers["location"] == "/login"
    assert line.calls == []


async def test_a_state_cannot_be_made_without_the_shops_key(house: House, browser: Browser) -> None:
    visitor = new_token()
    states = RedirectStates(
        house.shop.database, Encryption(("another key than the shop's",)), house.shop.clock
    )
    browser.http.cookies.set("visitor", visitor)
    forged = states.make(fingerprint(visitor), Way("/packages"), SignInSecrets.new())
    assert browser.said(await browser.callback(state=forged, code=await browser.code())) == "foreign"
