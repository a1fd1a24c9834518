from __future__ import annotations

import re
from typing import Any

MAILBOX = "/sandbox/mailbox"


async def mailed_link(caller: Any, email: str) -> str:
    """The link that the mailbox of an address shows."""
    shown = await caller.http.post(MAILBOX, data={"email": email.upper()})
    found = re.search(r'href="http://shop\.example(/sandbox/set-password[^"]*)"', shown.text)
    assert found, shown.text
    return found[1]


async def test_a_new_customer_sets_a_password_by_the_mailed_link_and_signs_in(caller: Any) -> None:
    email = "ny.lasare@demo.example"
    await caller.buy(None, email=email)
    link = await mailed_link(caller, email)
    assert 'type="password"' in (await caller.http.get(link)).text
    short = await caller.http.post(link, data={"password": "kort"})
    assert (short.status_code, 'role="alert"' in short.text) == (400, True)
    assert (await caller.http.post(link, data={"password": "hemligt1"})).status_code == 200
    assert (await caller.sign_in(email, "hemligt1")).status_code == 200


async def test_the_mailed_link_is_good_once(caller: Any) -> None:
    await caller.buy(None, email="ny@demo.example")
    link = await mailed_link(caller, "ny@demo.example")
    await caller.http.post(link, data={"password": "hemligt1"})
    assert (await caller.http.post(link, data={"password": "hemligt2"})).status_code == 404
    assert (await caller.http.get(link)).status_code == 404
    assert (await caller.sign_in("ny@demo.example", "hemligt2")).status_code == 400


async def test_other_tokens_open_no_password_page(caller: Any) -> None:
    granted = (await caller.sign_in("astrid.lundmark@demo.example")).json()
    for secret in (granted["access_token"], granted["refresh_token"], "guess", ""):
        path = f"/sandbox/set-password?token={secret}"
        assert (await caller.http.get(path)).status_code == 404
        assert (await caller.http.post(path, data={"password": "hemligt1"})).status_code == 404


async def test_a_mailbox_shows_nothing_of_others(caller: Any) -> None:
    await caller.buy(None, email="ny@demo.example")
    for page in (
        await caller.http.get(MAILBOX),
        await caller.http.post(MAILBOX, data={"email": "annan@demo.example"}),
        await caller.http.post(MAILBOX, content=b"\xff" * 10),
    ):
        assert page.status_code == 200
        assert "<article" not in page.text
        assert "ny@demo.example" not in page.text
        assert page.headers["cache-control"] == "no-store"


async def test_the_pages_speak_the_browsers_language(caller: Any) -> None:
    english = await caller.http.get(MAILBOX, headers={"Accept-Language": "en-GB,en;q=0.8"})
    assert '<html lang="en">' in english.text
    assert '<html lang="sv">' in (await caller.http.get(MAILBOX)).text
