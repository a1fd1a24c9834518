"""The article's state without a browser: the wall as its design has it, and whose answer stands where."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import reflex as rx

from klarna_shop.assembly import House
from klarna_shop.shop.access import Access
from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.shop.current import install_shop
from klarna_shop.shop.identity.cookies import new_token
from klarna_shop.shop.paywalls.document import PaywallDesign
from klarna_shop.ui.storefront.state import ArticleState
from tests.house import Line
from tests.ui.tab import InBackground, new_tab, run, visit


@pytest.fixture(autouse=True)
def shop(house: House) -> None:
    install_shop(house.shop)


@pytest.fixture
def root() -> rx.State:
    return new_tab()


def _article(house: House, kind: ArticleKind, language: str = "sv") -> Article:
    return next(one for one in house.shop.articles.front_page(language) if one.kind is kind)


async def _in_force(house: House, **document: Any) -> None:
    design = PaywallDesign.model_validate({"name": "Tried", "targeting": {"priority": 9}, **document})
    draft = await house.shop.designs.create("tried", design)
    await house.shop.designs.publish("tried", draft.revision)


async def _shown(root: rx.State, article: Article, token: str, **query: str) -> tuple[Any, InBackground]:
    prefix = "" if article.language == "sv" else f"/{article.language}"
    visit(root, f"{prefix}/article/{article.slug}", f"visitor={token}", **query)
    state: Any = await root.get_state(ArticleState)
    background = InBackground(state)
    await run(background, "decide")
    return state, background


async def test_the_wall_does_not_wait_for_its_prices(root: rx.State, house: House, line: Line) -> None:
    article = _article(house, ArticleKind.PREMIUM)
    visit(root, f"/article/{article.slug}", f"visitor={new_token()}")
    line.faults["/package/search"] = ["silent"] * 3
    state: Any = await root.get_state(ArticleState)
    deciding = asyncio.ensure_future(run(InBackground(state), "decide"))
    # Polled, since a state tells nobody that it has changed.
    while state.status == "deciding" and not deciding.done():  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert not deciding.done(), "it still waits for Payway"
    assert (state.status, state.body, state.wall.price) == ("walled", [], "")
    assert state.wall.title
    deciding.cancel()


async def test_the_wall_says_what_its_design_says_with_payways_prices(root: rx.State, house: House) -> None:
    await _in_force(
        house,
        access={"model": "hard"},
        layout="offer_comparison",
        copy={
            "en": {
                "title": "{title}: {article}",
                "lead": "{articles} articles, {withdrawal_days} days",
                "price": "{offer_sentence} ({vat_percent} %, {vat})",
                "trial": "{trial_length}, then {price_after}",
                "buy": "Buy {offer}",
                "reasons": ["from {price_from}", "{meter_total} are free"],
            }
        },
        offers={
            "listed": [{"code": "digital-trial", "badge": {"en": "First"}}, {"code": "digital"}],
            "preselected": "digital-trial",
        },
    )
    article = _article(house, ArticleKind.METERED, "en")
    state, _ = await _shown(root, article, new_token())
    wall = state.wall
    assert wall.title == f"Norrlunda Tidning: {article.title}"
    assert wall.lead == f"{len(house.shop.articles.front_page('en'))} articles, 14 days"
    assert wall.price.startswith("0\xa0kr for 1 month, then 129\xa0kr/month (6 %, 7,30\xa0kr")
    assert wall.trial == "1 month, then 129\xa0kr/month"
    assert wall.reasons == ["from 129\xa0kr/month"]  # this design has no meter
    assert (wall.buy, wall.buy_href) == (
        "Buy Digital, en månad gratis",
        f"/en/packages?from={article.slug}&code=digital-trial",
    )
    assert [(one.code, one.badge, one.look) for one in wall.offers] == [
        ("digital-trial", "First", "preselected"),
        ("digital", "", ""),
        ("digital", "", ""),
    ]
    assert len({one.href for one in wall.offers}) == 3
    assert (wall.dismiss, wall.register, state.body) == ("", "", [])


async def test_a_teaser_may_be_shorter_or_longer_than_in_the_page(root: rx.State, house: House) -> None:
    article = _article(house, ArticleKind.METERED)
    in_page = len(article.teaser_blocks)
    await _in_force(house, access={"model": "hard"}, teaser={"paragraphs": in_page + 1})
    state, _ = await _shown(root, article, new_token())
    assert (state.more_teaser, state.wall.teaser) == ([article.rest[0].html], -1)
    draft = await house.shop.designs.draft("tried")
    shorter = draft.design.model_copy(
        update={"teaser": draft.design.teaser.model_copy(update={"paragraphs": 1})}
    )
    saved = await house.shop.designs.save("tried", shorter, draft.revision)
    await house.shop.designs.publish("tried", saved.revision)
    state, _ = await _shown(root, article, new_token())
    assert (state.more_teaser, state.wall.teaser) == ([], 1)


async def test_a_soft_wall_is_dismissed_and_stays_away(root: rx.State, house: House) -> None:
    await _in_force(house, access={"model": "soft"})
    article, token = _article(house, ArticleKind.METERED), new_token()
    state, background = await _shown(root, article, token)
    assert (state.status, state.wall.model, bool(state.wall.dismiss)) == ("walled", "soft", True)
    assert await run(background, "dismiss")  # the focus goes to what can be read now
    assert (state.status, state.why.rule) == ("open", "dismissed")
    state, _ = await _shown(root, article, token)
    assert state.status == "open"
    state, _ = await _shown(root, article, new_token())
    assert state.status == "walled"


async def test_no_other_wall_can_be_dismissed(root: rx.State, house: House) -> None:
    state, background = await _shown(root, _article(house, ArticleKind.PREMIUM), new_token())
    assert await run(background, "dismiss") == []
    assert (state.status, state.body) == ("walled", [])


async def test_a_late_answer_is_not_shown_on_another_articles_page(
    root: rx.State, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    metered, premium = _article(house, ArticleKind.METERED), _article(house, ArticleKind.PREMIUM)
    token, decide = new_token(), Access.decide
    asked, held = asyncio.Event(), asyncio.Event()

    async def slow(self: Access, reader: Any, article: Article, *more: Any, **named: Any) -> Any:
        if article.slug == metered.slug:
            asked.set()
            await held.wait()
        return await decide(self, reader, article, *more, **named)

    monkeypatch.setattr(Access, "decide", slow)
    visit(root, f"/article/{metered.slug}", f"visitor={token}")
    state: Any = await root.get_state(ArticleState)
    background = InBackground(state)
    late = asyncio.ensure_future(run(background, "decide"))
    await asked.wait()
    await _shown(root, premium, token)
    held.set()
    await late
    assert (state.status, state.body, state.why.rule) == ("walled", [], "premium")
