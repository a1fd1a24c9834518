"""Secrets and persons are marked, a whole visit is made with them, and every output is searched for them."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from klarna_shop.operations.build import BUILT
from tests.served import ServedShop, marks_in, serve
from tests.socket.client import STATES, Client, browsing

pytestmark = pytest.mark.socket

SECRETS = {
    "PAYWAY_CLIENT_SECRET": "marked-client-secret-7Qd1",
    "SECRET_KEY": "marked-secret-key-that-is-long-enough-7Qd2",
    "STUDIO_PASSWORD": "marked-studio-password-7Qd3",
}
CUSTOMER_PASSWORD = "marked-customer-password-7Qd4"
WRONG_PASSWORD = "marked-wrong-password-7Qd5"
AUTHORIZATION_TOKEN = str(uuid.uuid4())
SECRET_MARKS = (*SECRETS.values(), CUSTOMER_PASSWORD, WRONG_PASSWORD, AUTHORIZATION_TOKEN)
PERSON = {
    "email": "marked.person.7qd6@exempel.example",
    "first_name": "Markedfirst7Qd7",
    "last_name": "Markedlast7Qd8",
}
MEMBER = {
    "email": "marked.member.7qd9@exempel.example",
    "first_name": "Markedfirst7Qe1",
    "last_name": "Markedlast7Qe2",
}
PERSONAL_MARKS = (*PERSON.values(), *MEMBER.values())


@dataclass
class Outputs:
    """What came out of the shop, by where."""

    found: dict[str, list[str]] = field(default_factory=dict)

    def add(self, where: str, *texts: str) -> None:
        """Keep what came out there."""
        self.found.setdefault(where, []).extend(texts)

    def add_client(self, where: str, client: Client) -> None:
        """All that one tab was sent, and where it was led."""
        self.add(where, json.dumps(client.state, ensure_ascii=False), *client.downloads)
        self.add("addresses", *client.redirects)

    def places_of(self, mark: str) -> set[str]:
        """Where this mark came out, in any case of letters, as JSON or an address may write it."""
        forms = {mark.lower(), mark.lower().replace("@", "%40"), mark.lower().replace("@", "\\u0040")}
        return {
            where
            for where, texts in self.found.items()
            if any(form in text.lower() for text in texts for form in forms)
        }


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedShop]:
    """A shop whose every secret can be recognised."""
    if not BUILT.exists():
        pytest.skip("there is no build of the front end; make run or make test makes one")
    shop = serve(tmp_path_factory.mktemp("marked"), environment=SECRETS)
    yield shop
    shop.kill()


async def _visited(shop: ServedShop) -> Outputs:
    outputs = Outputs()
    await _a_member(shop, outputs)
    purchase_id = await _a_buyer(shop, outputs)
    await _a_stranger(shop, outputs, purchase_id)
    await _the_studio(shop, outputs, purchase_id)
    outputs.add("log", shop.log())
    for file in shop.folder.iterdir():
        if file.name.startswith("shop.sqlite3"):
            outputs.add("database", file.read_bytes().decode("latin-1"))
    return outputs


async def _a_member(shop: ServedShop, outputs: Outputs) -> None:
    """Registers, mistypes the password, comes back in, looks at the account."""
    own = {"Origin": shop.url}
    async with httpx.AsyncClient(base_url=shop.url) as browser:
        await browser.get("/")
        for path, form in (
            ("/auth/register", {**MEMBER, "password": CUSTOMER_PASSWORD}),
            ("/auth/sign-out", {}),
            ("/auth/sign-in", {"email": MEMBER["email"], "password": WRONG_PASSWORD}),
            ("/auth/sign-in", {"email": MEMBER["email"], "password": CUSTOMER_PASSWORD, "next": "/account"}),
        ):
            answer = await browser.post(path, data=form, headers=own)
            outputs.add("addresses", answer.headers.get("location", ""))
            outputs.add("pages", answer.text, *answer.headers.get_list("set-cookie"))
        assert "session" in browser.cookies
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    async with browsing(shop.url, cookie) as client:
        await client.call("account", "show", path="/account")
        await client.until(lambda: client.var("account", "email") == MEMBER["email"])
        outputs.add_client("the member's own", client)


async def _a_buyer(shop: ServedShop, outputs: Outputs) -> str:
    """Buys as a new customer, keeps the receipt, withdraws, and takes the data."""
    async with browsing(shop.url) as client:
        await client.call("packages", "show", path="/packages")
        await client.until(lambda: client.var("packages", "offers"))
        offer = next(one for one in client.var("packages", "offers") if one["code"] == "digital")
        form = {"offer": offer["key"], "start_date": "", **PERSON}
        await client.call("packages", "open_purchase", {"form": form}, "/packages")
        await client.until(lambda: client.redirects)
        purchase_id = client.redirects[-1].partition("purchase=")[2]
        path = f"/checkout?purchase={purchase_id}"
        await client.call("checkout", "show", path=path)
        outcome = {
            "sessionFingerprint": client.var("checkout", "session_fingerprint"),
            "authorizationToken": AUTHORIZATION_TOKEN,
        }
        await client.call("checkout", "authorized", {"outcome": outcome}, path)
        await client.until(lambda: len(client.redirects) > 1 or client.var("checkout", "redirect_url"))
        for state, page in (
            ("confirmation", "confirmation"),
            ("receipt", "receipt"),
            ("withdrawal", "withdraw"),
        ):
            await client.call(state, "show", path=f"/{page}?purchase={purchase_id}")
        await client.call("receipt", "download", path=f"/receipt?purchase={purchase_id}")
        declared = {"name": f"{PERSON['first_name']} {PERSON['last_name']}", "email": PERSON["email"]}
        await client.call("withdrawal", "declare", {"form": declared}, f"/withdraw?purchase={purchase_id}")
        await client.until(lambda: client.var("withdrawal", "status") == "done")
        await client.call("personal_data", "download", path="/privacy")
        outputs.add_client("the buyer's own", client)
        # What does not fit is refused, and told to nobody.
        await client.send(
            f"{STATES['checkout']}.authorized", {"outcome": AUTHORIZATION_TOKEN, **PERSON}, path
        )
        await client.send(f"{STATES['checkout']}.no_such_handler", {"outcome": AUTHORIZATION_TOKEN, **PERSON})
        await client.settle()
    return purchase_id


async def _a_stranger(shop: ServedShop, outputs: Outputs, purchase_id: str) -> None:
    async with browsing(shop.url) as client:
        for state, page in (
            ("checkout", "checkout"),
            ("confirmation", "confirmation"),
            ("receipt", "receipt"),
            ("withdrawal", "withdraw"),
        ):
            await client.call(state, "show", path=f"/{page}?purchase={purchase_id}")
        await client.call("account", "show", path="/account")
        await client.call("personal_data", "download", path="/privacy")
        await client.call("flows", "show", path=f"/studio/flows?purchase={purchase_id}")
        await client.settle()
        outputs.add_client("a stranger's", client)
    async with httpx.AsyncClient(base_url=shop.url) as browser:
        for path in (
            "/",
            "/packages",
            f"/checkout?purchase={purchase_id}",
            "/account",
            "/healthz",
            "/readyz",
            "/nowhere",
        ):
            answer = await browser.get(path)
            outputs.add("pages", answer.text, str(answer.headers))


async def _the_studio(shop: ServedShop, outputs: Outputs, purchase_id: str) -> None:
    async with httpx.AsyncClient(base_url=shop.url) as browser:
        await browser.get("/studio")
        form = {"password": SECRETS["STUDIO_PASSWORD"], "next": "/studio/flows"}
        answer = await browser.post("/auth/studio/log-in", data=form, headers={"Origin": shop.url})
        outputs.add("addresses", answer.headers["location"])
        assert "studio" in browser.cookies
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    path = f"/studio/flows?purchase={purchase_id}"
    async with browsing(shop.url, cookie) as client:
        await client.call("flows", "show", path=path)
        await client.until(lambda: client.var("flows", "steps"))
        for step in client.var("flows", "steps"):
            await client.call("flows", "choose", {"key": step["key"]}, path)
            outputs.add_client("the studio's", client)
        await client.call("flows", "draw", {"drawn": True}, path)
        await client.call("flows", "export", path=path)
        await client.call("funnel", "export", path="/studio/funnel")
        await client.settle()
        assert client.downloads
        outputs.add_client("the studio's", client)


@pytest.fixture(scope="module")
def outputs(marked: ServedShop) -> Outputs:
    """What came out of one visit, made once."""
    return asyncio.run(_visited(marked))


def test_no_secret_and_no_persons_data_comes_out_anywhere(outputs: Outputs) -> None:
    for mark in SECRET_MARKS:
        assert outputs.places_of(mark) == set(), mark
    for mark in PERSONAL_MARKS:
        own = "the buyer's own" if mark in PERSON.values() else "the member's own"
        assert outputs.places_of(mark) <= {own}, mark


def test_the_search_finds_what_is_there(outputs: Outputs) -> None:
    assert outputs.places_of(PERSON["email"]) == {"the buyer's own"}
    assert outputs.places_of(MEMBER["email"]) == {"the member's own"}
    assert outputs.places_of("digital") >= {"database", "the buyer's own", "the studio's"}
    assert outputs.places_of("serving: http://localhost") == {"log"}
    assert {"log", "database", "pages", "addresses", "a stranger's", "the studio's"} <= set(outputs.found)


def test_the_search_after_the_whole_suite_finds_what_is_there(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    assert marks_in(log) == []
    log.write_text("signed in: karin.oberg@demo.example with demo1234\n")
    assert [found.rpartition(": ")[2] for found in marks_in(log)] == ["demo1234", "@demo.example"]
