"""Signing in over HTTP: which cookies are set, where one is sent, and what is not let in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from klarna_shop.assembly import House
from klarna_shop.settings import read_settings
from klarna_shop.shop.identity import Notice, mark_of, new_token, seal, unseal
from klarna_shop.shop.reader import Reader
from klarna_shop.web.own_form import LARGEST_FORM
from klarna_shop.web.session import VisitorCookie, auth_routes
from tests.house import Approve, Line, Open

KNOWN = {"email": "astrid.lundmark@demo.example", "password": "demo1234"}
OWN = {"origin": "http://localhost:8000"}


@pytest.fixture
async def browser(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """Something that posts forms to the shop as its own pages do; cookies are left to the test."""
    app = Starlette(routes=auth_routes(house.shop))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost:8000", headers=OWN
    ) as client:
        yield client


def _cookies(response: httpx.Response) -> dict[str, str]:
    return {
        name: morsel.value
        for header in response.headers.get_list("set-cookie")
        for name, morsel in SimpleCookie(header).items()
    }


def _notice(house: House, response: httpx.Response) -> Notice:
    notice = unseal(_cookies(response)["notice"], house.shop.encryption)
    assert notice is not None
    return notice


async def test_forgetting_takes_every_cookie_and_what_is_kept(
    house: House, browser: httpx.AsyncClient
) -> None:
    token = new_token()
    header = f"visitor={token}"
    visitor_id = house.shop.identities.visitor_id(header)
    assert visitor_id
    await house.shop.consents.choose(visitor_id, accepted=True)
    foreign = await browser.post(
        "/auth/forget", data={}, headers={"cookie": header, "origin": "https://evil.example"}
    )
    assert foreign.status_code == 403
    assert await house.shop.consents.of(visitor_id) is True
    response = await browser.post("/auth/forget", data={"language": "en"}, headers={"cookie": header})
    assert (response.status_code, response.headers["location"]) == (303, "/en/privacy?erased=1")
    gone = response.headers.get_list("set-cookie")
    assert {one.partition("=")[0] for one in gone} == {"visitor", "session", "device", "notice", "measuring"}
    assert all("Max-Age=0" in one for one in gone)
    assert await house.shop.consents.of(visitor_id) is None


async def test_who_waits_for_a_purchase_stays_known_until_it_is_over(
    house: House, browser: httpx.AsyncClient, line: Line, open_purchase: Open, approve: Approve
) -> None:
    header = f"visitor={new_token()}"
    visitor_id = house.shop.identities.visitor_id(header)
    line.faults = {"/place_order": ["lost"]}
    reader = Reader(visitor_id=visitor_id)
    await approve(reader, await open_purchase(reader))
    response = await browser.post("/auth/forget", data={"language": "sv"}, headers={"cookie": header})
    assert response.headers["location"] == "/privacy?erased=later"
    gone = {one.partition("=")[0] for one in response.headers.get_list("set-cookie")}
    assert gone == {"session", "device", "notice", "measuring"}


@pytest.mark.parametrize(
    ("form", "goal"),
    [
        ({"next": "/article/x"}, "/article/x"),
        ({"next": "/confirmation?purchase=x", "sign_in": "1"}, "/login?next=/confirmation%3Fpurchase%3Dx"),
        ({"next": "/x", "sign_in": "1", "language": "en"}, "/en/login?next=/x"),
        ({"next": "https://evil.example", "sign_in": "1"}, "/"),
    ],
)
async def test_who_signs_out_goes_on_or_lets_another_sign_in(
    browser: httpx.AsyncClient, form: dict[str, str], goal: str
) -> None:
    response = await browser.post("/auth/sign-out", data=form)
    assert (response.status_code, response.headers["location"]) == (303, goal)


async def test_signing_in_sets_a_session_cookie_and_goes_on_to_the_page_asked_for(
    house: House, browser: httpx.AsyncClient
) -> None:
    response = await browser.post("/auth/sign-in", data={**KNOWN, "next": "/article/snow?from=mail"})
    assert (response.status_code, response.headers["location"]) == (303, "/article/snow?from=mail")
    header, device = response.headers.get_list("set-cookie")
    for cookie in (header, device):
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    reader = await house.shop.identities.reader(header.partition(";")[0])
    assert reader.customer is not None
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("language", "front"), [("sv", "/"), ("en", "/en"), ("", "/"), ("//evil", "/")])
async def test_without_a_page_asked_for_it_goes_to_the_front_page_of_the_language(
    browser: httpx.AsyncClient, language: str, front: str
) -> None:
    response = await browser.post("/auth/sign-in", data={**KNOWN, "language": language})
    assert response.headers["location"] == front


@pytest.mark.parametrize(
    "goal", ["https://evil.example", "//evil.example", "/\\evil.example", "/login", "/\nx"]
)
async def test_nobody_is_sent_to_a_foreign_address(browser: httpx.AsyncClient, goal: str) -> None:
    response = await browser.post("/auth/sign-in", data={**KNOWN, "next": goal})
    assert response.headers["location"] == "/"


async def test_posted_before_any_script_ran_the_page_address_says_where_to_go_on(
    browser: httpx.AsyncClient,
) -> None:
    referer = {"referer": "http://localhost:8000/login?next=/account"}
    response = await browser.post("/auth/sign-in", data={**KNOWN, "next": ""}, headers=referer)
    assert response.headers["location"] == "/account"


async def test_a_refusal_leads_back_with_what_was_typed_but_the_password(
    house: House, browser: httpx.AsyncClient
) -> None:
    form = {"email": KNOWN["email"], "password": "wrong", "next": "/account", "language": "en"}
    response = await browser.post("/auth/sign-in", data=form)
    goal = urlsplit(response.headers["location"])
    mark = mark_of(_cookies(response)["notice"])
    assert (response.status_code, goal.path, parse_qs(goal.query)) == (
        303,
        "/en/login",
        {"next": ["/account"], "notice": [mark]},
    )
    notice = _notice(house, response)
    assert (notice.form, notice.code, notice.attempts_left) == ("sign_in", "refused", 4)
    assert notice.typed == {"email": KNOWN["email"]}
    assert "session" not in _cookies(response)


async def test_a_frozen_account_is_told_until_when(house: House, browser: httpx.AsyncClient) -> None:
    response = await browser.post("/auth/sign-in", data={**KNOWN, "email": "linnea.nyberg@demo.example"})
    notice = _notice(house, response)
    assert notice.code == "frozen"
    assert notice.until_moment is not None


async def test_payway_down_is_told_as_such(house: House, browser: httpx.AsyncClient, line: Line) -> None:
    line.faults["access_token"] = ["unreachable"] * 9
    response = await browser.post("/auth/sign-in", data=KNOWN)
    assert _notice(house, response).code == "unavailable"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {**OWN, "sec-fetch-site": "cross-site"},
        {**OWN, "sec-fetch-site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/auth/sign-in", "/auth/register", "/auth/sign-out"])
async def test_a_form_of_another_site_does_nothing(
    browser: httpx.AsyncClient, line: Line, path: str, headers: dict[str, str]
) -> None:
    response = await browser.post(path, data=KNOWN, headers=headers)
    assert response.status_code == 403
    assert "set-cookie" not in response.headers
    assert line.calls == []


async def test_a_form_that_says_nothing_of_its_origin_does_nothing(house: House) -> None:
    transport = httpx.ASGITransport(Starlette(routes=auth_routes(house.shop)))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        assert (await client.post("/auth/sign-in", data=KNOWN)).status_code == 403


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"a=" + b"x" * LARGEST_FORM, "application/x-www-form-urlencoded", 413),
        (b"\xff\xfe=1", "application/x-www-form-urlencoded", 400),
        (b"email=%ff", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a=1" for _ in range(100)), "application/x-www-form-urlencoded", 400),
        (b"{}", "application/json", 415),
    ],
)
async def test_what_is_no_form_is_refused(
    browser: httpx.AsyncClient, content: bytes, content_type: str, status: int
) -> None:
    response = await browser.post("/auth/sign-in", content=content, headers={"content-type": content_type})
    assert response.status_code == status


async def test_an_address_is_not_signed_in_by_following_a_link(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/auth/sign-in", params=KNOWN)).status_code == 405


async def test_registering_signs_in(house: House, browser: httpx.AsyncClient) -> None:
    form = {"email": "ny@exempel.se", "password": "a long password", "first_name": "Ny", "last_name": "Kund"}
    response = await browser.post("/auth/register", data={**form, "next": "/account"})
    assert response.headers["location"] == "/account"
    reader = await house.shop.identities.reader(f"session={_cookies(response)['session']}")
    assert reader.customer is not None
    assert reader.customer.first_name == "Ny"


async def test_a_registration_to_be_corrected_leads_back_to_the_form(
    house: House, browser: httpx.AsyncClient
) -> None:
    form = {"email": "ny@exempel.se", "password": "short", "first_name": "Ny", "last_name": ""}
    response = await browser.post("/auth/register", data=form)
    assert urlsplit(response.headers["location"]).path == "/register"
    notice = _notice(house, response)
    assert (notice.code, notice.faults) == ("fields", {"password": "too_short", "last_name": "required"})
    assert notice.typed == {"email": "ny@exempel.se", "first_name": "Ny"}


async def test_a_taken_address_is_answered_without_a_reason(house: House, browser: httpx.AsyncClient) -> None:
    form = {**KNOWN, "first_name": "A", "last_name": "B"}
    notice = _notice(house, await browser.post("/auth/register", data=form))
    assert (notice.code, notice.faults) == ("neutral", {})


async def test_signing_out_removes_the_cookie_and_what_it_opened(
    house: House, browser: httpx.AsyncClient
) -> None:
    session = _cookies(await browser.post("/auth/sign-in", data=KNOWN))["session"]
    response = await browser.post(
        "/auth/sign-out", data={"language": "en"}, headers={"cookie": f"session={session}"}
    )
    assert (response.status_code, response.headers["location"]) == (303, "/en")
    assert "session=; Max-Age=0" in response.headers["set-cookie"]
    assert (await house.shop.identities.reader(f"session={session}")).customer is None


# ---- the visitor cookie ----


async def _page(request: Request) -> Response:
    if request.headers.get("if-none-match"):
        return Response(None, 304)
    return HTMLResponse("<p>page", 404 if request.url.path == "/gone" else 200)


async def _data(_request: Request) -> Response:
    return PlainTextResponse("data")


def _visiting(app_url: str = "http://localhost:8000") -> httpx.AsyncClient:
    settings = read_settings(_env_file=None, app_url=app_url, secret_key="k" * 40)
    app = Starlette(routes=[Route("/data.txt", _data), Route("/{path:path}", _page, methods=["GET", "POST"])])
    return httpx.AsyncClient(transport=httpx.ASGITransport(VisitorCookie(app, settings)), base_url=app_url)


@pytest.mark.parametrize("path", ["/", "/article/x", "/gone"])
async def test_every_browser_that_opens_a_page_gets_a_visitor_cookie(path: str) -> None:
    async with _visiting() as browser:
        first, second = await browser.get(path), await _visiting().get(path)
    assert len(_cookies(first)["visitor"]) == 43
    assert _cookies(first)["visitor"] != _cookies(second)["visitor"]
    assert "Max-Age=34560000" in first.headers["set-cookie"]


async def test_who_has_one_keeps_it() -> None:
    async with _visiting() as browser:
        response = await browser.get("/", headers={"cookie": f"visitor={new_token()}"})
    assert "set-cookie" not in response.headers


async def test_a_cookie_that_is_not_ours_is_replaced() -> None:
    async with _visiting() as browser:
        assert "visitor" in _cookies(await browser.get("/", headers={"cookie": "visitor=admin"}))


async def test_files_data_and_posts_set_no_cookie() -> None:
    async with _visiting() as browser:
        assert "set-cookie" not in (await browser.get("/data.txt")).headers
        assert "set-cookie" not in (await browser.post("/")).headers


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"sec-fetch-dest": "document"}, True),
        ({"sec-fetch-dest": "style", "accept": "text/html"}, False),
        ({"accept": "text/html,*/*"}, True),
        ({"accept": "text/css"}, False),
    ],
)
async def test_a_page_that_has_not_changed_sets_the_cookie_too(
    headers: dict[str, str], expected: bool
) -> None:
    async with _visiting() as browser:
        response = await browser.get("/", headers={**headers, "if-none-match": '"x"'})
    assert response.status_code == 304
    assert ("set-cookie" in response.headers) is expected


async def test_over_https_the_cookie_is_bound_to_the_host() -> None:
    async with _visiting("https://shop.example") as browser:
        header = (await browser.get("/")).headers["set-cookie"]
    assert header.startswith("__Host-visitor=")
    assert header.endswith("; Secure")


@pytest.mark.parametrize(
    ("path", "removed"), [("/login", False), ("/en/register", False), ("/account", True)]
)
async def test_a_notice_lives_until_the_next_page_that_is_no_form(
    house: House, path: str, removed: bool
) -> None:
    sealed = seal(Notice("sign_in", "refused"), house.shop.encryption)
    async with _visiting() as browser:
        response = await browser.get(path, headers={"cookie": f"visitor={new_token()}; notice={sealed}"})
    assert response.headers.get("set-cookie", "").startswith("notice=; Max-Age=0") is removed


@pytest.mark.parametrize("path", ["/auth/sign-in", "/auth/register", "/auth/sign-out"])
@pytest.mark.parametrize("query", ["preview=abc", "preview=", "resume=1&preview=abc#top"])
async def test_nobody_signs_in_or_out_from_a_preview(
    browser: httpx.AsyncClient, path: str, query: str
) -> None:
    """Also before its script has run: the page says where the form came from."""
    page = {"referer": f"http://localhost:8000/login?{query}"}
    response = await browser.post(path, data=KNOWN, headers=page)
    assert (response.status_code, "preview" in response.text) == (403, True)
    assert not _cookies(response)
    live = {"referer": "http://localhost:8000/login?next=/article/x?preview"}
    assert (await browser.post("/auth/sign-in", data=KNOWN, headers=live)).status_code == 303


async def test_one_password_on_many_accounts_is_stopped_by_the_address_it_comes_from(house: House) -> None:
    app = Starlette(routes=auth_routes(house.shop))

    def _from(address: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app, client=(address, 1))
        return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000", headers=OWN)

    async with _from("203.0.113.9") as guesser, _from("203.0.113.10") as neighbour:
        for number in range(40):
            form = {"email": f"konto.{number}@exempel.example", "password": "sommar2026"}
            answer = await guesser.post("/auth/sign-in", data=form)
            assert _notice(house, answer).code == "refused"
        # Not even the right password is tried, nor an account made.
        for path in ("/auth/sign-in", "/auth/register"):
            answer = await guesser.post(path, data={**KNOWN, "first_name": "A", "last_name": "B"})
            stopped = _notice(house, answer)
            assert (stopped.code, "session" in _cookies(answer)) == ("frozen", False)
            assert stopped.until_moment is not None
        assert "session" in _cookies(await neighbour.post("/auth/sign-in", data=KNOWN))


async def test_a_known_device_signs_in_whatever_others_have_tried_from_its_network(house: House) -> None:
    app = Starlette(routes=auth_routes(house.shop))
    transport = httpx.ASGITransport(app, client=("203.0.113.11", 1))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost:8000", headers=OWN
    ) as office:
        device = _cookies(await office.post("/auth/sign-in", data=KNOWN))["device"]
        for number in range(45):
            form = {"email": f"konto.{number}@exempel.example", "password": "sommar2026"}
            await office.post("/auth/sign-in", data=form, headers={"cookie": ""})
        office.cookies.clear()
        stranger = await office.post("/auth/sign-in", data=KNOWN)
        assert _notice(house, stranger).code == "frozen"
        office.cookies.clear()
        answer = await office.post("/auth/sign-in", data=KNOWN, headers={"cookie": f"device={device}"})
        assert "session" in _cookies(answer)
