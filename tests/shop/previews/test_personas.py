"""The decision that each persona meets is the live decision, and nothing is left behind by looking."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import SQLModel, func, select

from klarna_shop.assembly import House, build_house
from klarna_shop.settings import Settings
from klarna_shop.shop.access import Decision, Request, Rule, WallModel
from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.shop.paywalls.document import Device, PaywallDesign
from klarna_shop.shop.paywalls.stored import DesignMissing
from klarna_shop.shop.paywalls.targeting import TargetingRule
from klarna_shop.shop.previews import DRAFT_VERSION, NotAPreview, Persona, Preview, PreviewFrame
from klarna_shop.shop.purchase import NotYours, PreviewBuysNothing
from klarna_shop.shop.reader import Reader
from tests.house import Approve, Later, Line, Open, SignIn

HOUR = timedelta(hours=1)
PAID = {Persona.TRIAL, Persona.SUBSCRIBER}
SIGNED_IN = PAID | {Persona.SIGNED_IN, Persona.CANCELLED, Persona.IN_DEBT}


def _article(house: House, kind: ArticleKind) -> Article:
    return next(article for article in house.shop.articles.front_page("sv") if article.kind is kind)


async def _draft(house: House, slug: str, **document: Any) -> int:
    design = PaywallDesign.model_validate({"name": slug, **document})
    return (await house.shop.designs.create(slug, design)).revision


async def _publish(house: House, slug: str = "tried", **document: Any) -> None:
    await house.shop.designs.publish(slug, await _draft(house, slug, **document))


async def _decide(house: House, preview: Preview, article: Article, *, dismiss: bool = False) -> Decision:
    token = house.shop.previews.tokens.sign(preview, HOUR)
    opened = await house.shop.previews.open(token, article.language)
    answer = opened.access.dismiss if dismiss else opened.access.decide
    return await answer(opened.reader, article, opened.request)


async def _rows(house: House) -> dict[str, int]:
    return await house.shop.database.read(
        lambda session: {
            name: session.exec(select(func.count()).select_from(table)).one()
            for name, table in SQLModel.metadata.tables.items()
        }
    )


def _expected(persona: Persona, model: str, kind: ArticleKind, *, premium: bool) -> tuple[bool, Rule]:
    """The documented table (docs/paywalls.md), in words of its own."""
    if kind is ArticleKind.FREE:
        return True, Rule.FREE
    if persona in PAID:
        return True, Rule.ENTITLED
    if model == "hard":
        return False, Rule.HARD
    if kind is ArticleKind.PREMIUM and (model == "freemium" or not premium):
        return False, Rule.PREMIUM
    if model == "freemium":
        return True, Rule.FREEMIUM_OPEN
    if model == "registration":
        return (True, Rule.REGISTERED) if persona in SIGNED_IN else (False, Rule.REGISTRATION)
    if model == "soft":
        return False, Rule.SOFT
    return (True, Rule.METER) if persona is Persona.FIRST_VISIT else (False, Rule.METER_USED_UP)


@pytest.mark.parametrize("premium", [False, True])
@pytest.mark.parametrize("model", [model.value for model in WallModel])
async def test_every_persona_before_every_model_and_kind(
    house: House, line: Line, model: str, premium: bool
) -> None:
    await _publish(house, access={"model": model, "includes_premium": premium})
    before, calls = await _rows(house), list(line.calls)
    for kind in ArticleKind:
        article = _article(house, kind)
        for persona in Persona:
            decision = await _decide(house, Preview(persona), article)
            assert (decision.open, decision.rule) == _expected(persona, model, kind, premium=premium), persona
            assert decision.open is (decision.wall is None)
            if decision.wall is not None:
                assert (decision.design, decision.version) == ("tried", 1)
                if decision.model is WallModel.SOFT:
                    dismissed = await _decide(house, Preview(persona), article, dismiss=True)
                    assert (dismissed.open, dismissed.rule) == (True, Rule.DISMISSED)
                    assert not (await _decide(house, Preview(persona), article)).open, "kept nowhere"
    assert await _rows(house) == before, "nothing is counted or remembered"
    assert line.calls == calls, "Payway is asked about nobody"


async def test_the_meter_says_what_a_live_one_would(house: House) -> None:
    article = _article(house, ArticleKind.METERED)
    await _publish(house, access={"model": "metered", "free_articles": 5})
    first = await _decide(house, Preview(Persona.FIRST_VISIT), article)
    live = await house.shop.access.decide(Reader(visitor_id="somebody-new"), article)
    assert (first.meter_left, first.meter_total) == (live.meter_left, live.meter_total) == (4, 5)
    assert first.trace == live.trace
    used_up = await _decide(house, Preview(Persona.METER_USED_UP), article)
    assert (used_up.meter_left, used_up.meter_total) == (0, 5)


async def test_no_free_article_is_a_wall_for_a_first_visit_too(house: House) -> None:
    await _publish(house, access={"model": "metered", "free_articles": 0})
    decision = await _decide(house, Preview(Persona.FIRST_VISIT), _article(house, ArticleKind.METERED))
    assert (decision.open, decision.rule, decision.meter_total) == (False, Rule.METER_USED_UP, 0)


@pytest.mark.parametrize(
    ("targeting", "personas"),
    [
        ({"readers": ["anonymous"]}, set(Persona) - SIGNED_IN),
        ({"readers": ["signed_in"]}, SIGNED_IN - PAID),
        ({"readers": ["lapsed"]}, {Persona.CANCELLED, Persona.IN_DEBT}),
        ({"max_visits": 1}, {Persona.FIRST_VISIT}),
        ({"min_visits": 6}, {Persona.CANCELLED, Persona.IN_DEBT}),
        ({"traffic_sources": ["direct"]}, set(Persona) - PAID),
        ({"traffic_sources": ["newsletter"]}, set()),
        ({"devices": ["desktop"]}, set(Persona) - PAID),
        ({"devices": ["phone", "tablet"]}, set()),
    ],
)
async def test_targeting_takes_the_personas_that_it_says(
    house: House, targeting: dict[str, Any], personas: set[Persona]
) -> None:
    await _publish(house, access={"model": "hard"}, targeting=targeting)
    article = _article(house, ArticleKind.PREMIUM)
    met = {
        persona for persona in Persona if (await _decide(house, Preview(persona), article)).design == "tried"
    }
    assert met == personas


@pytest.mark.parametrize("device", list(Device))
async def test_each_device_meets_the_design_for_it(house: House, device: Device) -> None:
    for one in Device:
        await _publish(house, f"for-{one.value}", targeting={"devices": [one.value]})
    decision = await _decide(house, Preview(device=device), _article(house, ArticleKind.PREMIUM))
    assert decision.design == f"for-{device.value}"


async def test_a_moment_decides_what_is_in_force(house: House) -> None:
    start = datetime(2027, 3, 1, tzinfo=UTC)
    await _publish(house, "spring", targeting={"starts_at": start, "ends_at": start + timedelta(days=7)})
    article = _article(house, ArticleKind.PREMIUM)
    met = [
        (await _decide(house, Preview(at=start + timedelta(days=days)), article)).design
        for days in (-1, 0, 6, 7)
    ]
    assert met == ["standard", "spring", "spring", "standard"]
    assert (await _decide(house, Preview(), article)).design == "standard"


async def test_a_draft_stands_where_its_version_would(house: House) -> None:
    """With the draft's own targeting, beside the designs that are in force."""
    await _publish(house, "other", targeting={"priority": 50})
    await _publish(house, "mine", access={"model": "hard"}, targeting={"priority": 200})
    article = _article(house, ArticleKind.METERED)
    changed = PaywallDesign.model_validate(
        {"name": "mine", "access": {"model": "soft"}, "targeting": {"priority": 10, "languages": ["sv"]}}
    )
    draft = await house.shop.designs.draft("mine")
    await house.shop.designs.save("mine", changed, draft.revision)
    reader = Preview(Persona.METER_USED_UP)
    assert (await _decide(house, reader, article)).rule is Rule.HARD
    # Its lower priority lets another come first, as it would when it was published.
    in_place = await _decide(house, replace(reader, design="mine", draft=True), article)
    assert [one.slug for one in in_place.tried] == ["other"]
    alone = await _decide(house, replace(reader, design="mine", draft=True, alone=True), article)
    assert (alone.rule, alone.design, alone.version) == (Rule.SOFT, "mine", DRAFT_VERSION)
    assert (await house.shop.access.decide(Reader(visitor_id="live"), article)).rule is Rule.HARD


async def test_alone_leaves_targeting_aside(house: House) -> None:
    await _publish(house, "far", access={"model": "hard"}, targeting={"sections": ["nowhere"]})
    article = _article(house, ArticleKind.METERED)
    reader = Preview(Persona.METER_USED_UP, design="far")
    tried = (await _decide(house, reader, article)).tried
    assert tried[0].failed == (TargetingRule.SECTION,)
    decision = await _decide(house, replace(reader, alone=True), article)
    assert (decision.rule, decision.design, decision.version) == (Rule.HARD, "far", 1)
    standard = await _decide(house, replace(reader, design="standard", alone=True), article)
    assert standard.design == "standard"


async def test_a_design_that_is_not_there_is_said_to_be_missing(house: House) -> None:
    await _draft(house, "unpublished")
    article = _article(house, ArticleKind.METERED)
    assert (await _decide(house, Preview(design="unpublished", draft=True, alone=True), article)).design
    for preview in (Preview(design="unpublished", alone=True), Preview(design="gone", draft=True)):
        with pytest.raises(DesignMissing):
            await _decide(house, preview, article)


async def test_a_preview_buys_nothing(house: House, visitor: Reader, open_purchase: Open, line: Line) -> None:
    opened = await house.shop.previews.open(house.shop.previews.tokens.sign(Preview(), HOUR), "sv")
    purchase = await open_purchase(visitor)
    before, calls = await _rows(house), len(line.calls)
    await house.shop.offers.offers()
    with pytest.raises(PreviewBuysNothing):
        await open_purchase(opened.reader)
    purchases = house.shop.purchases
    # Not even where its browser's own purchase is.
    thief = replace(opened.reader, visitor_id=visitor.visitor_id)
    for reader in (opened.reader, thief):
        with pytest.raises(NotYours):
            await purchases.find(reader, purchase.id)
        with pytest.raises(NotYours):
            await purchases.approve(reader, purchase.session_fingerprint, "a" * 36)
    assert await _rows(house) == before
    assert len(line.calls) == calls


async def test_addresses_lead_to_the_live_page(house: House) -> None:
    previews = house.shop.previews
    for slug, language, path in (
        ("harbour", "sv", "/article/harbour"),
        ("harbour", "en", "/en/article/harbour"),
        ("", "sv", "/"),
        ("", "en", "/en"),
    ):
        parts = urlsplit(previews.address(Preview(Persona.TRIAL), slug, language))
        assert parts.path == path
        assert previews.tokens.read(parse_qs(parts.query)["preview"][0]) == Preview(Persona.TRIAL)


async def test_a_share_link_leads_to_frames_that_say_so(house: House) -> None:
    previews = house.shop.previews
    frames = (PreviewFrame(Preview(Persona.TRIAL), "harbour", "en"), PreviewFrame(Preview(), "", "sv"))
    parts = urlsplit(previews.share(frames, timedelta(days=1)))
    assert parts.path == "/preview"
    opened = previews.shared(parse_qs(parts.query)["share"][0])
    assert [frame.preview.persona for frame, _ in opened] == [Persona.TRIAL, Persona.FIRST_VISIT]
    for frame, address in opened:
        token = parse_qs(urlsplit(address).query)["preview"][0]
        assert previews.tokens.read(token) == frame.preview
        assert frame.preview.shared


async def test_outside_the_sandbox_one_reader_is_offered(settings: Settings) -> None:
    production = settings.model_copy(update={"payway_env": "production", "payway_api_url": "https://x.test"})
    house = build_house(production)
    previews = house.shop.previews
    assert previews.personas == (Persona.METER_USED_UP,)
    assert previews.address(Preview(Persona.METER_USED_UP), "harbour", "sv")
    for persona in set(Persona) - {Persona.METER_USED_UP}:
        with pytest.raises(NotAPreview):
            previews.address(Preview(persona), "harbour", "sv")
        with pytest.raises(NotAPreview):
            previews.share((PreviewFrame(Preview(persona), "harbour", "sv"),), HOUR)
    await house.shop.close()


@pytest.mark.parametrize(
    ("email", "persona"),
    [
        ("astrid.lundmark@demo.example", Persona.SIGNED_IN),
        ("karin.oberg@demo.example", Persona.SUBSCRIBER),
        ("nils.sandstrom@demo.example", Persona.CANCELLED),
        ("maja.hellgren@demo.example", Persona.CANCELLED),
        ("oskar.falk@demo.example", Persona.IN_DEBT),
    ],
)
async def test_personas_are_like_the_customers_they_are_named_after(
    house: House,
    sign_in: SignIn,
    later: Later,
    open_purchase: Open,
    approve: Approve,
    email: str,
    persona: Persona,
) -> None:
    """A customer in the sandbox who has that behind them, and has read as much, meets the same decision."""
    await _publish(house, "win-back", targeting={"readers": ["lapsed"], "priority": 500})
    reader = await sign_in(email)
    access, articles = house.shop.access, house.shop.articles.front_page("sv")
    metered = [article for article in articles if article.kind is ArticleKind.METERED]
    if persona is Persona.CANCELLED:
        # While the paid period runs, whoever has cancelled reads as a subscriber does.
        if email.startswith("nils"):
            as_subscriber = await _decide(house, Preview(Persona.SUBSCRIBER), metered[0])
            running = await access.decide(reader, metered[0])
            assert (running.open, running.rule) == (as_subscriber.open, as_subscriber.rule)
        later(timedelta(days=400))
    if persona is Persona.IN_DEBT:
        refused = await approve(reader, await open_purchase(reader))
        assert refused.reason == "payment_method_failed"
    if persona.facts.meter_used_up:
        for article in metered[1:]:
            await access.records.count(reader.visitor_id or "", "", article.slug, access.allowance)
    for article in (metered[0], _article(house, ArticleKind.PREMIUM), _article(house, ArticleKind.FREE)):
        real = await access.decide(reader, article, Request(user_agent="Mozilla/5.0 (X11; Linux) Chrome"))
        made_up = await _decide(house, Preview(persona), article)
        assert (made_up.open, made_up.rule, made_up.model) == (real.open, real.rule, real.model)
        assert (made_up.design, made_up.trace) == (real.design, real.trace)
        assert (made_up.meter_left, made_up.meter_total) == (real.meter_left, real.meter_total)
        if real.facts is not None and made_up.facts is not None:
            assert made_up.facts.readers == real.facts.readers
