"""The sign-in page of the sandbox (§17): what comes back, what never leads anywhere, who is signed in."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klarna_shop.sandbox import Clock, Sandbox, SandboxSettings
from klarna_shop.sandbox.browser.authorization import CannotAnswer, read_authorization

HOME = "http://shop.example/auth/callback"
SUBSCRIBER = "karin.oberg@demo.example"
FROZEN = "linnea.nyberg@demo.example"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
"""With the challenge below, the example of RFC 7636, appendix B."""
RIGHT = {
    "client_id": "sandbox-client",
    "redirect_uri": HOME,
    "state": "st/ä te",
    "response_type": "code",
    "scope": "openid /external/me/w /external/me/r /openid/offline_access",
    "nonce": "the-nonce",
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "code_challenge_method": "S256",
}
TOKEN_PATH = "/openid/token"


class Visitor:
    """A browser without scripts: it keeps cookies by path, follows nothing by itself, and sends forms."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(sandbox.app), base_url=sandbox.settings.public_url
        )
        self.page = ""

    async def begin(self, **changes: str) -> httpx.Response:
        return await self.http.get("/openid/authorize", params={**RIGHT, **changes})

    async def open(self, address: str, **options: object) -> httpx.Response:
        answer = await self.http.get(address, **options)  # type: ignore[arg-type]
        self.page = answer.text
        return answer

    async def to_login(self) -> httpx.Response:
        return await self.open((await self.begin()).headers["location"])

    async def send(
        self, fields: dict[str, str], path: str = "login", headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Post the form of the page shown that leads to `path`."""
        address = re.search(rf'action="(/sandbox/{path}[^"]*)"', self.page)
        secret = re.search(r'name="form" value="([^"]*)"', self.page)
        assert address, self.page
        assert secret, self.page
        answer = await self.http.post(
            html.unescape(address[1]), data={"form": secret[1], **fields}, headers=headers
        )
        self.page = answer.text
        return answer

    async def sign_in(self, email: str = SUBSCRIBER) -> dict[str, str]:
        """All the way; what came back to the shop."""
        await self.to_login()
        sent = await self.send({"demo": email})
        assert sent.status_code == 303, sent.text
        return back(await self.http.get(sent.headers["location"]))


def back(answer: httpx.Response) -> dict[str, str]:
    """The parameters of an answer that leads to the shop."""
    assert answer.status_code == 303
    location = answer.headers["location"]
    assert location.startswith(f"{HOME}?")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    return dict(parse_qsl(urlsplit(location).query))


MakeVisitor = Callable[..., Visitor]


@pytest.fixture
async def make_visitor(clock: Clock) -> AsyncIterator[MakeVisitor]:
    made: list[tuple[Visitor, Sandbox]] = []

    def make(sandbox: Sandbox | None = None, public_url: str = "http://shop.example") -> Visitor:
        if sandbox is None:
            sandbox = made[0][1] if made else Sandbox(SandboxSettings(public_url=public_url), clock)
        made.append((Visitor(sandbox), sandbox))
        return made[-1][0]

    yield make
    for visitor, sandbox in made:
        await visitor.http.aclose()
        await sandbox.close()


@pytest.fixture
def visitor(make_visitor: MakeVisitor) -> Visitor:
    return make_visitor()


async def exchange(visitor: Visitor, code: str, **changes: str) -> httpx.Response:
    form = {
        "grant_type": "authorization_code",
        "client_id": "sandbox-client",
        "client_secret": "sandbox-secret",
        "redirect_uri": HOME,
        "code": code,
        "code_verifier": VERIFIER,
        **changes,
    }
    return await visitor.http.post(TOKEN_PATH, data=form)


async def me(visitor: Visitor, token: httpx.Response) -> str:
    headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
    answer = await visitor.http.get("/external/api/v1/me", headers=headers)
    return str(answer.json()["item"]["email"])


# ---- the whole way ----


async def test_somebody_unknown_signs_in_and_comes_back_with_a_code_for_their_account(
    visitor: Visitor,
) -> None:
    answer = await visitor.begin()
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sandbox/login?continue=%2Fopenid%2Fauthorize%3F")
    came_back = await visitor.sign_in()
    assert came_back.keys() == {"code", "state"}
    assert came_back["state"] == RIGHT["state"]
    token = await exchange(visitor, came_back["code"])
    assert await me(visitor, token) == SUBSCRIBER


async def test_a_password_typed_in_signs_in_as_well(visitor: Visitor) -> None:
    await visitor.to_login()
    sent = await visitor.send({"email": f" {SUBSCRIBER.upper()} ", "password": "demo1234"})
    token = await exchange(visitor, back(await visitor.http.get(sent.headers["location"]))["code"])
    assert await me(visitor, token) == SUBSCRIBER


async def test_who_is_signed_in_already_comes_back_at_once(visitor: Visitor) -> None:
    first = await visitor.sign_in()
    second = back(await visitor.begin(state="another"))
    assert second["state"] == "another"
    assert second["code"] != first["code"]


async def test_the_session_at_payway_ends_after_half_a_day(visitor: Visitor, clock: Clock) -> None:
    await visitor.sign_in()
    clock.move(timedelta(hours=13))
    assert (await visitor.begin()).headers["location"].startswith("/sandbox/login")


async def test_whoever_is_signed_in_goes_on_or_becomes_somebody_else(visitor: Visitor) -> None:
    await visitor.sign_in()
    shown = await visitor.open(
        "/sandbox/login?" + urlencode({"continue": f"/openid/authorize?{urlencode(RIGHT)}"})
    )
    goes_on = re.search(r'data-testid="continue-as" href="([^"]*)"', shown.text)
    assert goes_on
    assert "Karin Öberg" in shown.text
    assert "code" in back(await visitor.http.get(html.unescape(goes_on[1])))
    sent = await visitor.send({"demo": "astrid.lundmark@demo.example"})
    token = await exchange(visitor, back(await visitor.http.get(sent.headers["location"]))["code"])
    assert await me(visitor, token) == "astrid.lundmark@demo.example"


async def test_signing_out_at_payway_asks_the_next_time(visitor: Visitor) -> None:
    await visitor.sign_in()
    old = visitor.http.cookies.get("payway_sandbox_session", path="/openid")
    await visitor.open("/sandbox/login")
    assert (await visitor.send({}, "logout")).headers["location"] == "/sandbox/login"
    assert (await visitor.begin()).headers["location"].startswith("/sandbox/login")
    kept = {"cookie": f"payway_sandbox_session={old}"}
    again = await visitor.http.get("/openid/authorize", params=RIGHT, headers=kept)
    assert again.headers["location"].startswith("/sandbox/login"), "the old cookie opens nothing"


async def test_the_link_to_cancel_says_so_to_the_shop(visitor: Visitor) -> None:
    shown = await visitor.to_login()
    cancel = re.search(r'data-testid="login-cancel" href="([^"]*)"', shown.text)
    assert cancel
    address = html.unescape(cancel[1])
    assert address.startswith(f"{HOME}?")
    assert dict(parse_qsl(urlsplit(address).query)) == {"error": "access_denied", "state": RIGHT["state"]}


async def test_an_account_made_on_the_way_is_signed_in(visitor: Visitor) -> None:
    shown = await visitor.to_login()
    link = re.search(r'data-testid="to-register" href="([^"]*)"', shown.text)
    assert link
    await visitor.open(html.unescape(link[1]))
    new = {"email": "ny@exempel.example", "password": "hemligt1", "first_name": "Ny", "last_name": "Läsare"}
    wrong = await visitor.send({**new, "email": "no address"}, "register")
    assert (wrong.status_code, 'value="Läsare"' in wrong.text) == (400, True)
    taken = await visitor.send({**new, "email": SUBSCRIBER}, "register")
    assert taken.status_code == 400
    sent = await visitor.send(new, "register")
    token = await exchange(visitor, back(await visitor.http.get(sent.headers["location"]))["code"])
    assert await me(visitor, token) == new["email"]


# ---- what never leads anywhere ----


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "another"},
        {"client_id": ""},
        {"redirect_uri": "http://evil.example/auth/callback"},
        {"redirect_uri": HOME + "/"},
        {"redirect_uri": HOME + "?next=x"},
        {"redirect_uri": HOME.replace("http:", "https:")},
        {"redirect_uri": HOME.upper()},
        {"redirect_uri": "//evil.example"},
        {"redirect_uri": ""},
        {"state": "x" * 9000},
    ],
)
async def test_a_wrong_client_or_way_back_is_a_page_and_never_a_redirect(
    visitor: Visitor, changes: dict[str, str]
) -> None:
    await visitor.sign_in()
    for answer in (
        await visitor.begin(**changes),
        await visitor.open(
            "/sandbox/login?"
            + urlencode({"continue": f"/openid/authorize?{urlencode({**RIGHT, **changes})}"})
        ),
    ):
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert 'role="alert"' in answer.text
        assert "evil" not in answer.text


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
async def test_a_client_or_way_back_named_twice_is_none(visitor: Visitor, name: str) -> None:
    query = urlencode([*RIGHT.items(), (name, RIGHT[name])])
    assert (await visitor.http.get(f"/openid/authorize?{query}")).status_code == 400
    missing = urlencode({key: value for key, value in RIGHT.items() if key != name})
    assert (await visitor.http.get(f"/openid/authorize?{missing}")).status_code == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": ""}, "invalid_request"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "/external/me/w"}, "invalid_scope"),
        ({"scope": "openid /external/everything/w"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"nonce": "n" * 600}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "dance"}, "invalid_request"),
    ],
)
async def test_other_faults_go_back_with_the_state(
    visitor: Visitor, changes: dict[str, str], error: str
) -> None:
    assert back(await visitor.begin(**changes)) == {"error": error, "state": RIGHT["state"]}


async def test_a_state_named_twice_does_not_come_back(visitor: Visitor) -> None:
    answer = await visitor.http.get(f"/openid/authorize?{urlencode([*RIGHT.items(), ('state', 'other')])}")
    assert back(answer) == {"error": "invalid_request"}


@pytest.mark.parametrize(
    "goal",
    [
        "https://evil.example/",
        "//evil.example",
        "/sandbox/mailbox",
        "/openid/authorize",
        "\\evil",
        "x" * 9000,
    ],
)
async def test_signing_in_leads_on_to_the_authorize_address_only(visitor: Visitor, goal: str) -> None:
    answer = await visitor.http.get("/sandbox/login", params={"continue": goal})
    assert (answer.status_code, "location" in answer.headers) == (400, False)


@given(query=st.text())
def test_no_query_is_answered_but_with_the_client_and_its_way_back(query: str) -> None:
    settings = SandboxSettings(public_url="http://shop.example")
    try:
        wish = read_authorization(settings, query)
    except CannotAnswer:
        return
    assert wish.redirect_uri == HOME


@given(extra=st.lists(st.tuples(st.text(max_size=20), st.text(max_size=50)), max_size=10))
def test_whatever_else_is_asked_the_answer_goes_to_the_registered_address(
    extra: list[tuple[str, str]],
) -> None:
    query = urlencode([*RIGHT.items(), *extra], errors="surrogatepass")
    try:
        wish = read_authorization(SandboxSettings(public_url="http://shop.example"), query)
    except CannotAnswer:
        return
    answer = urlsplit(wish.answer(code="c"))
    assert f"{answer.scheme}://{answer.netloc}{answer.path}" == HOME


async def test_the_address_takes_no_posts(visitor: Visitor) -> None:
    assert (await visitor.http.post("/openid/authorize", data=RIGHT)).status_code == 405


# ---- codes ----


async def test_a_code_is_good_once_for_minutes_and_for_its_own_address(
    visitor: Visitor, clock: Clock
) -> None:
    code = (await visitor.sign_in())["code"]
    assert (await exchange(visitor, code)).status_code == 200
    assert (await exchange(visitor, code)).status_code == 400
    elsewhere = back(await visitor.begin())["code"]
    assert (await exchange(visitor, elsewhere, redirect_uri=HOME + "/")).status_code == 400
    assert (await exchange(visitor, elsewhere)).status_code == 400, "spent by the wrong attempt"
    late = back(await visitor.begin())["code"]
    clock.move(timedelta(minutes=6))
    assert (await exchange(visitor, late)).status_code == 400


@pytest.mark.parametrize("verifier", ["", "short", VERIFIER[:-1] + "l", VERIFIER.upper(), "v" * 200])
async def test_a_code_is_good_only_with_its_verifier(visitor: Visitor, verifier: str) -> None:
    code = (await visitor.sign_in())["code"]
    refused = await exchange(visitor, code, code_verifier=verifier)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert (await exchange(visitor, code)).status_code == 400, "spent by the wrong attempt"


async def test_pkce_nonce_and_state_may_be_left_out(visitor: Visitor) -> None:
    await visitor.sign_in()
    bare = {name: RIGHT[name] for name in ("client_id", "redirect_uri", "response_type", "scope")}
    came_back = back(await visitor.http.get("/openid/authorize", params=bare))
    assert came_back.keys() == {"code"}
    form = {"grant_type": "authorization_code", "redirect_uri": HOME, "code": came_back["code"]}
    answer = await visitor.http.post(TOKEN_PATH, data=form, auth=("sandbox-client", "sandbox-secret"))
    assert answer.status_code == 200, "the client's secret may stand in the header"
    code = back(await visitor.http.get("/openid/authorize", params=bare))["code"]
    assert (await exchange(visitor, code)).status_code == 400, "a verifier without a challenge"


async def test_who_is_signed_in_may_be_asked_all_the_same(visitor: Visitor) -> None:
    await visitor.sign_in()
    asked = await visitor.begin(prompt="select_account")
    assert asked.headers["location"].startswith("/sandbox/login?continue=%2Fopenid%2Fauthorize%3F")
    assert "prompt" not in asked.headers["location"], "or it would ask for ever"
    assert "code" in back(await visitor.begin(prompt="none"))


async def test_a_code_of_one_client_is_none_of_another(
    make_visitor: MakeVisitor, clock: Clock, tmp_path: Path
) -> None:
    def sandbox(client_id: str) -> Sandbox:
        settings = SandboxSettings(tmp_path / "s.sqlite3", "http://shop.example", client_id=client_id)
        return Sandbox(settings, clock)

    mine, theirs = make_visitor(sandbox("sandbox-client")), make_visitor(sandbox("other-client"))
    code = (await mine.sign_in())["code"]
    assert (await exchange(theirs, code, client_id="other-client")).status_code == 400


# ---- attempts ----


async def test_wrong_passwords_are_counted_and_the_fifth_freezes(visitor: Visitor, clock: Clock) -> None:
    await visitor.to_login()
    seen = []
    for _ in range(5):
        answer = await visitor.send({"email": SUBSCRIBER, "password": "wrong"})
        assert (answer.status_code, f'value="{SUBSCRIBER}"' in answer.text) == (400, True)
        assert "wrong" not in answer.text
        said = re.search(r'role="alert"[^>]*>([^<]*)<', answer.text)
        assert said
        seen.append(said[1])
    assert [re.search(r"[432]|Ett|låst", sentence)[0] for sentence in seen] == ["4", "3", "2", "Ett", "låst"]  # type: ignore[index]
    right = {"email": SUBSCRIBER, "password": "demo1234"}
    assert "11:00" in (await visitor.send(right)).text, "frozen at 10:30, Swedish time, for half an hour"
    clock.move(timedelta(minutes=31))
    assert (await visitor.send(right)).status_code == 303


async def test_a_frozen_customer_is_told_so(visitor: Visitor) -> None:
    await visitor.to_login()
    answer = await visitor.send({"demo": FROZEN})
    assert (answer.status_code, "låst" in answer.text) == (400, True)
    assert (await visitor.begin()).headers["location"].startswith("/sandbox/login")


async def test_an_unknown_address_is_refused(visitor: Visitor) -> None:
    await visitor.to_login()
    for fields in ({"email": "nobody@demo.example", "password": "x"}, {"demo": "nobody@demo.example"}, {}):
        assert (await visitor.send(fields)).status_code == 400


# ---- the pages ----


async def test_a_form_from_elsewhere_signs_nobody_in(visitor: Visitor, make_visitor: MakeVisitor) -> None:
    attacker = make_visitor()
    await attacker.to_login()
    secret = re.search(r'name="form" value="([^"]*)"', attacker.page)
    assert secret
    await visitor.to_login()
    forged = await visitor.send({"demo": SUBSCRIBER, "form": secret[1]})
    assert forged.status_code == 403
    foreign = await visitor.send({"demo": SUBSCRIBER}, headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403
    without_cookie = make_visitor()
    without_cookie.page = visitor.page
    assert (await without_cookie.send({"demo": SUBSCRIBER})).status_code == 403
    assert (await visitor.begin()).headers["location"].startswith("/sandbox/login")


@pytest.mark.parametrize("content", [b"\xff" * 10, b"a" * 10_000])
async def test_a_form_that_cannot_be_read_signs_nobody_in(visitor: Visitor, content: bytes) -> None:
    await visitor.to_login()
    assert (await visitor.http.post("/sandbox/login", content=content)).status_code == 403


async def test_the_page_runs_no_script_and_its_forms_may_lead_to_the_shop(
    make_visitor: MakeVisitor, clock: Clock
) -> None:
    settings = SandboxSettings(
        public_url="https://payway.example", redirect_uri="https://shop.example:8443/auth/callback"
    )
    visitor = make_visitor(Sandbox(settings, clock))
    query = urlencode({**RIGHT, "redirect_uri": settings.redirect_uri})
    shown = await visitor.open("/sandbox/login?" + urlencode({"continue": f"/openid/authorize?{query}"}))
    policy = shown.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' https://shop.example:8443;" in policy
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert "<script" not in shown.text


async def test_the_cookies_are_the_sandboxs_own(make_visitor: MakeVisitor) -> None:
    visitor = make_visitor(public_url="https://shop.example")
    query = urlencode({**RIGHT, "redirect_uri": HOME.replace(":", "s:", 1)})
    shown = await visitor.open("/sandbox/login?" + urlencode({"continue": f"/openid/authorize?{query}"}))
    set_cookies = [
        *shown.headers.get_list("set-cookie"),
        *(await visitor.send({"demo": SUBSCRIBER})).headers.get_list("set-cookie"),
    ]
    assert len(set_cookies) == 3
    for cookie in set_cookies:
        assert "HttpOnly" in cookie
        assert "Secure" in cookie
        assert re.search(r"Path=/(openid|sandbox)(;|$)", cookie)
        assert re.search(r"SameSite=(lax|strict)", cookie)


async def test_what_is_typed_or_asked_is_shown_as_text(visitor: Visitor) -> None:
    attack = '"><script>alert(1)</script>'
    await visitor.open(
        "/sandbox/login?"
        + urlencode({"continue": f"/openid/authorize?{urlencode({**RIGHT, 'state': attack})}"}),
        headers={"cookie": f"payway_sandbox_form={attack.replace(';', '')}"},
    )
    assert "<script>" not in visitor.page
    visitor.http.cookies.clear()
    await visitor.to_login()
    assert "<script>" not in (await visitor.send({"email": attack, "password": "x"})).text


async def test_the_pages_speak_the_browsers_language(visitor: Visitor) -> None:
    address = (await visitor.begin()).headers["location"]
    english = await visitor.http.get(address, headers={"Accept-Language": "en-GB,en;q=0.8"})
    assert '<html lang="en">' in english.text
    assert '<html lang="sv">' in (await visitor.http.get(address)).text


def test_the_way_back_is_the_shops_unless_said_otherwise() -> None:
    assert SandboxSettings(public_url="https://a.example").registered_redirect_uri == (
        "https://a.example/auth/callback"
    )
    assert SandboxSettings(redirect_uri=HOME).registered_redirect_uri == HOME
