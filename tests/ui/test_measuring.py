"""What screens tell of what is measured, and what they do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import reflex as rx
from sqlmodel import col, select

from klarna_shop.assembly import House
from klarna_shop.shop.articles import ArticleKind
from klarna_shop.shop.current import install_shop
from klarna_shop.shop.encryption import fingerprint
from klarna_shop.shop.identity.cookies import new_token
from klarna_shop.shop.measurement.tables import MeasuredEvent
from klarna_shop.shop.previews import Persona, Preview
from klarna_shop.ui.consent import ConsentState, recall
from klarna_shop.ui.measuring import is_bot
from klarna_shop.ui.packages.state import PackagesState
from klarna_shop.ui.storefront.state import ArticleState
from tests.ui.tab import InBackground, new_tab, visit

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile Safari/604.1"
CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
HEADLESS = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0 Safari/537.36"


@pytest.fixture(autouse=True)
def shop(house: House) -> None:
    install_shop(house.shop)


@pytest.fixture
def root() -> rx.State:
    return new_tab()


def _browse(root: rx.State, path: str, token: str, user_agent: str = PHONE, **query: str) -> None:
    visit(root, path, f"visitor={token}", user_agent=user_agent, **query)


async def _agreed(house: House) -> str:
    token = new_token()
    await house.shop.consents.choose(fingerprint(token), accepted=True)
    return token


async def _events(house: House) -> Sequence[MeasuredEvent]:
    await house.shop.events.flush()
    in_order = select(MeasuredEvent).order_by(col(MeasuredEvent.id))
    return await house.shop.database.read(lambda session: session.exec(in_order).all())


def _slug(house: House, kind: ArticleKind) -> str:
    return next(one.slug for one in house.shop.articles.front_page("sv") if one.kind is kind)


async def _article(root: rx.State, slug: str, token: str, **visit: str) -> Any:
    _browse(root, f"/article/{slug}", token, **visit)
    state: Any = await root.get_state(ArticleState)
    await ArticleState.event_handlers["decide"].fn(InBackground(state))
    return state


async def test_a_wall_counts_once_however_often_the_browser_says_it_was_seen(
    root: rx.State, house: House
) -> None:
    slug = _slug(house, ArticleKind.PREMIUM)
    state = await _article(root, slug, await _agreed(house))
    for _ in range(3):
        await ArticleState.event_handlers["wall_seen"].fn(state)
    (event,) = await _events(house)
    assert (event.name, event.article, event.design, event.device, event.language) == (
        "wall_shown",
        slug,
        "standard",
        "phone",
        "sv",
    )


async def test_without_a_wall_none_was_seen(root: rx.State, house: House) -> None:
    state = await _article(root, _slug(house, ArticleKind.METERED), await _agreed(house))
    await ArticleState.event_handlers["wall_seen"].fn(state)
    assert [event.name for event in await _events(house)] == ["article_opened"]


async def test_an_article_is_opened_once_in_a_tab_also_after_reconnects(root: rx.State, house: House) -> None:
    token, slug = await _agreed(house), _slug(house, ArticleKind.METERED)
    for _ in range(3):
        await _article(root, slug, token)
    events = await _events(house)
    assert [(event.name, event.outcome) for event in events] == [("article_opened", "meter")]


async def test_a_previews_wall_is_never_an_exposure(root: rx.State, house: House) -> None:
    token, slug = await _agreed(house), _slug(house, ArticleKind.PREMIUM)
    address = house.shop.previews.address(Preview(Persona.METER_USED_UP), slug, "sv")
    preview = parse_qs(urlsplit(address).query)["preview"][0]
    state = await _article(root, slug, token, preview=preview)
    assert state.status == "walled"
    # The same tab says that it is at the live page after all, without having asked for its wall.
    _browse(root, f"/article/{slug}", token)
    await ArticleState.event_handlers["wall_seen"].fn(state)
    assert await _events(house) == []


async def test_a_crawler_is_marked(root: rx.State, house: House) -> None:
    await _article(root, _slug(house, ArticleKind.METERED), await _agreed(house), user_agent=CRAWLER)
    assert [event.traffic for event in await _events(house)] == ["bot"]


@pytest.mark.parametrize(
    ("user_agent", "in_sandbox", "outside"),
    [(PHONE, False, False), (CRAWLER, True, True), (HEADLESS, False, True), ("", True, True)],
)
def test_who_is_a_bot(user_agent: str, in_sandbox: bool, outside: bool) -> None:
    assert is_bot(user_agent, automated_welcome=True) is in_sandbox
    assert is_bot(user_agent, automated_welcome=False) is outside


async def test_only_what_is_offered_can_be_chosen(root: rx.State, house: House) -> None:
    _browse(root, "/packages", await _agreed(house))
    state: Any = await root.get_state(PackagesState)
    await PackagesState.event_handlers["show"].fn(InBackground(state))
    for key in ("nonsense", state.offers[0].key):
        await PackagesState.event_handlers["choose"].fn(state, key)
    assert [(event.name, event.offer) for event in await _events(house)] == [
        ("picker_shown", ""),
        ("offer_chosen", state.offers[0].key),
    ]


async def test_the_database_is_right_where_the_page_remembers_something_else(
    root: rx.State, house: House
) -> None:
    token = new_token()
    state: Any = await root.get_state(ConsentState)
    _browse(root, "/", f"{token}; measuring=accepted")
    await recall(state, fingerprint(token))
    assert (state.answer, state.correction) == ("", "unasked")
    await ConsentState.event_handlers["accept"].fn(state)
    assert state.answer == "accepted"
    assert await house.shop.consents.of(fingerprint(token)) is True
    await recall(state, fingerprint(token))
    assert state.correction == ""
    _browse(root, "/", token)
    await recall(state, fingerprint(token))
    assert state.correction == "accepted"


async def test_a_tab_asks_for_the_answer_once_and_the_privacy_page_always(
    root: rx.State, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, consents, asked = await _agreed(house), house.shop.consents, []
    answer_of = consents.of

    async def counted(visitor_id: str) -> bool | None:
        asked.append(visitor_id)
        return await answer_of(visitor_id)

    monkeypatch.setattr(consents, "of", counted)
    state: Any = await root.get_state(ConsentState)

    async def come(path: str, cookie: str) -> tuple[int, str, str]:
        _browse(root, path, cookie)
        await recall(state, fingerprint(token))
        return len(asked), state.answer, state.correction

    agreed = f"{token}; measuring=accepted"
    assert await come("/", token) == (1, "accepted", "accepted"), "the page remembers nothing"
    assert await come("/", token) == (1, "accepted", "accepted")
    assert await come("/", agreed) == (2, "accepted", "")
    assert await come("/terms", agreed) == (2, "accepted", "")
    await consents.choose(fingerprint(token), accepted=False)
    assert await come("/privacy/", agreed) == (3, "rejected", "rejected"), "changed in another tab"
    await ConsentState.event_handlers["accept"].fn(state)
    assert await come("/terms", agreed) == (4, "accepted", ""), "answered in this tab"
    assert await come("/terms", token) == (5, "accepted", "accepted"), "the page has forgotten it"


async def test_without_a_cookie_there_is_nobody_to_ask(root: rx.State, house: House) -> None:
    _browse(root, "/", "")
    state: Any = await root.get_state(ConsentState)
    await ConsentState.event_handlers["accept"].fn(state)
    assert state.answer == ""
