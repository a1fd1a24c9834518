"""Live pages with a preview's token in their address: whom they show, what they hold back and refuse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
import reflex as rx
from pydantic import SecretStr
from reflex.istate.data import RouterData
from reflex_base.event import Event
from sqlmodel import func, select

from klarna_shop.assembly import House, build_house
from klarna_shop.payway import call_scope
from klarna_shop.settings import Settings
from klarna_shop.shop.access import MeterRead
from klarna_shop.shop.access.dismissals import WallDismissal
from klarna_shop.shop.access.visits import VisitorVisits
from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.shop.current import install_shop
from klarna_shop.shop.identity.cookies import new_token
from klarna_shop.shop.paywalls.document import PaywallDesign
from klarna_shop.shop.previews import Persona, Preview
from klarna_shop.shop.reader import Reader
from klarna_shop.ui.account.state import AccountState
from klarna_shop.ui.call_scope import CallScope
from klarna_shop.ui.packages.state import PackagesState
from klarna_shop.ui.reader_state import ReaderState, reader_of
from klarna_shop.ui.storefront.state import ArticleState
from tests.ui.tab import InBackground, new_tab, run, visit

PASSWORD = "correct horse battery"
HOUR = timedelta(hours=1)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A studio with a door."""
    return settings.model_copy(update={"studio_password": SecretStr(PASSWORD)})


@pytest.fixture(autouse=True)
def shop(house: House) -> None:
    install_shop(house.shop)


@pytest.fixture
def root() -> rx.State:
    return new_tab()


@pytest.fixture
async def studio_cookie(house: House) -> str:
    return f"; studio={await house.shop.studio.log_in(PASSWORD, address='203.0.113.7')}"


def _browse(root: rx.State, path: str, cookie: str = "", **query: str) -> None:
    visit(root, path, f"visitor={new_token()}{cookie}", **query)


def _article(house: House, kind: ArticleKind, language: str = "sv") -> Article:
    return next(one for one in house.shop.articles.front_page(language) if one.kind is kind)


def _token(house: House, persona: Persona, lasting: timedelta = HOUR, **preview: Any) -> str:
    return house.shop.previews.tokens.sign(Preview(persona, **preview), lasting)


async def _previewed(
    root: rx.State, article: Article, token: str, cookie: str = ""
) -> tuple[Any, InBackground, Any]:
    prefix = "" if article.language == "sv" else f"/{article.language}"
    _browse(root, f"{prefix}/article/{article.slug}", cookie, preview=token)
    reader: Any = await root.get_state(ReaderState)
    await run(reader, "recognise")
    state: Any = await root.get_state(ArticleState)
    background = InBackground(state)
    await run(background, "decide")
    return state, background, reader


async def _counted(house: House) -> list[int]:
    counts = [select(func.count()).select_from(table) for table in (MeterRead, WallDismissal, VisitorVisits)]
    return await house.shop.database.read(lambda session: [session.exec(count).one() for count in counts])


@pytest.mark.parametrize("persona", list(Persona))
async def test_page_and_header_are_the_personas(
    root: rx.State, house: House, studio_cookie: str, persona: Persona
) -> None:
    article = _article(house, ArticleKind.METERED)
    state, _, reader = await _previewed(root, article, _token(house, persona), studio_cookie)
    is_open = persona in {Persona.FIRST_VISIT, Persona.TRIAL, Persona.SUBSCRIBER}
    assert state.status == ("open" if is_open else "walled")
    assert bool(state.body) is is_open
    signed_in = persona not in {Persona.FIRST_VISIT, Persona.METER_USED_UP}
    assert (reader.known, reader.signed_in, bool(reader.display_name)) == (True, signed_in, signed_in)
    assert persona.label in reader.preview.label
    assert state.why.lines
    assert not state.why.resettable
    assert await _counted(house) == [0, 0, 0]


async def test_an_open_body_goes_to_the_studio_alone(
    root: rx.State, house: House, studio_cookie: str
) -> None:
    for kind in (ArticleKind.METERED, ArticleKind.PREMIUM):
        article = _article(house, kind, "en")
        token = _token(house, Persona.SUBSCRIBER, shared=True)
        state, _, _ = await _previewed(root, article, token)
        assert (state.status, state.body, state.more_teaser) == ("withheld", [], [])
        assert article.rest[0].html not in str(root.dict())
        assert state.why.rule == "entitled"
        assert state.why.design_href == ""
        state, _, _ = await _previewed(root, article, token, studio_cookie)
        assert (state.status, len(state.body)) == ("open", len(article.rest))


async def test_a_soft_wall_opens_in_its_frame_and_stands_again_when_it_is_opened_anew(
    root: rx.State, house: House, studio_cookie: str
) -> None:
    soft = PaywallDesign.model_validate({"name": "Soft", "access": {"model": "soft"}})
    await house.shop.designs.create("soft", soft)
    article = _article(house, ArticleKind.METERED)
    token = _token(house, Persona.METER_USED_UP, design="soft", draft=True, alone=True)
    state, background, _ = await _previewed(root, article, token, studio_cookie)
    assert (state.status, state.wall.model) == ("walled", "soft")
    assert state.why.design_href == "/studio/paywalls?design=soft"
    await run(background, "dismiss")
    assert (state.status, bool(state.body)) == ("open", True)
    state, _, _ = await _previewed(root, article, token, studio_cookie)
    assert state.status == "walled"
    assert await _counted(house) == [0, 0, 0]


async def test_a_draft_is_drawn_as_it_is_saved(root: rx.State, house: House, studio_cookie: str) -> None:
    design = PaywallDesign.model_validate({"name": "Mine", "copy": {"sv": {"title": "Först"}}})
    draft = await house.shop.designs.create("mine", design)
    article = _article(house, ArticleKind.METERED)
    token = _token(house, Persona.METER_USED_UP, design="mine", draft=True, alone=True)
    state, background, _ = await _previewed(root, article, token, studio_cookie)
    assert state.wall.title == "Först"
    changed = PaywallDesign.model_validate({"name": "Mine", "copy": {"sv": {"title": "Sedan"}}})
    await house.shop.designs.save("mine", changed, draft.revision)
    await run(background, "decide")  # what the editor's press does
    assert state.wall.title == "Sedan"


async def test_no_token_but_a_good_one_shows_anybody(
    root: rx.State, house: House, studio_cookie: str
) -> None:
    """Never the live page as whoever looks."""
    article = _article(house, ArticleKind.METERED)
    good = _token(house, Persona.SUBSCRIBER)
    faults = {
        "": "ingen förhandsvisning",
        good[:-2]: "ingen förhandsvisning",
        "x" * 9000: "ingen förhandsvisning",
        _token(house, Persona.SUBSCRIBER, -HOUR): "tid är ute",
        _token(house, Persona.SUBSCRIBER, design="gone", draft=True): "design finns inte",
    }
    for token, sentence in faults.items():
        state, background, reader = await _previewed(root, article, token, studio_cookie)
        assert (state.status, state.body, state.why.rule) == ("refused", [], "")
        assert sentence in reader.preview.fault
        assert not reader.signed_in
        await run(background, "dismiss")
        assert (state.status, state.body) == ("refused", [])
    assert await _counted(house) == [0, 0, 0]


async def test_nothing_is_bought_or_shown_of_an_account_in_a_preview(root: rx.State, house: House) -> None:
    token = _token(house, Persona.SUBSCRIBER)
    _browse(root, "/packages", preview=token)
    packages: Any = await root.get_state(PackagesState)
    await run(packages, "show")
    form = {
        "offer": packages.offers[0].key,
        "email": "ny@exempel.example",
        "first_name": "N",
        "last_name": "L",
    }
    await run(InBackground(packages), "open_purchase", form)
    assert packages.error == "preview"
    _browse(root, "/account", preview=token)
    assert await reader_of(root) == Reader(preview=True)
    account: Any = await root.get_state(AccountState)
    await run(InBackground(account), "show")
    assert account.status == "anonymous"


async def test_why_is_for_the_sandbox_and_for_the_studio(
    settings: Settings, house: House, root: rx.State
) -> None:
    article = _article(house, ArticleKind.METERED)
    production = settings.model_copy(update={"payway_env": "production", "payway_api_url": "https://x.test"})
    assert house.sandbox is not None
    earnest = build_house(production, sandbox=house.sandbox)
    install_shop(earnest.shop)
    studio = f"; studio={await earnest.shop.studio.log_in(PASSWORD, address='203.0.113.8')}"
    state: Any = await root.get_state(ArticleState)
    for cookie, sees in (("", False), ("; studio=" + new_token(), False), (studio, True)):
        _browse(root, f"/article/{article.slug}", cookie)
        await run(InBackground(state), "decide")
        assert state.status == "open"
        assert bool(state.why.rule) is bool(state.why.lines) is state.why.resettable is sees
        # The reset gives free articles away, so it is the studio's as well.
        before = await _counted(earnest)
        assert before[0] >= 1
        await run(state, "start_anew")
        after = await _counted(earnest)
        assert after[0] == before[0] - (1 if sees else 0)
    await earnest.shop.close()


async def test_the_trace_tells_what_was_asked_in_order(root: rx.State, house: House) -> None:
    """A live page: visits, the design passed over and why, the one taken, the meter, the rule."""
    later = datetime.now(UTC) + timedelta(days=400)
    spring = PaywallDesign.model_validate(
        {"name": "Spring", "targeting": {"starts_at": later, "devices": ["phone"]}}
    )
    draft = await house.shop.designs.create("spring", spring)
    await house.shop.designs.publish("spring", draft.revision)
    article = _article(house, ArticleKind.METERED, "en")
    _browse(root, f"/en/article/{article.slug}")
    state: Any = await root.get_state(ArticleState)
    await run(InBackground(state), "decide")
    lines = state.why.lines
    assert lines[:3] == [
        "The reader is not signed in.",
        "Visit 1, from direct.",
        "On an unknown kind of device.",
    ]
    assert lines[3:5] == [
        "The article counts on the meter.",
        "No purchase in this browser opens the article.",
    ]
    assert lines[5] == "Not the design Spring: another device, not yet."
    assert lines[6].startswith("Design: ")
    assert lines[6].endswith("(version 0).")
    assert lines[7:] == ["The meter: 1 of 3 articles read.", "Decision: open on the meter."]
    assert state.why.rule == "meter"


async def test_the_reset_gives_this_browser_its_articles_and_walls_again(
    root: rx.State, house: House
) -> None:
    article = _article(house, ArticleKind.METERED)
    cookie = f"visitor={new_token()}"
    state: Any = await root.get_state(ArticleState)
    for browser in (cookie, f"visitor={new_token()}"):
        root.router = RouterData.from_router_data(
            {
                "headers": {"cookie": browser},
                "asPath": f"/article/{article.slug}",
                "pathname": f"/article/{article.slug}",
                "query": {},
            }
        )
        await run(InBackground(state), "decide")
    assert (await _counted(house))[0] == 2
    following = await run(state, "start_anew")
    assert following == [ArticleState.decide]
    assert (await _counted(house))[0] == 1, "the other browser's stay"


async def test_a_previews_calls_to_payway_are_no_flow_of_the_browser_that_shows_it(
    house: House, root: rx.State
) -> None:
    path = f"/article/{_article(house, ArticleKind.METERED).slug}"
    token = house.shop.previews.tokens.sign(Preview(Persona.METER_USED_UP), HOUR)
    scope, app, event = CallScope(), cast("rx.App", None), Event(name="decide")
    _browse(root, path)
    await scope.preprocess(app, root, event)
    assert call_scope.get() is not None
    for preview in (token, "forged", ""):
        _browse(root, path, preview=preview)
        await scope.preprocess(app, root, event)
        assert call_scope.get() is None, preview
