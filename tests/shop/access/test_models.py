"""What each access model lets through, and which design decides."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from klarna_shop.assembly import House
from klarna_shop.shop.access import MeterRead, NotDismissible, Request, Rule, WallModel
from klarna_shop.shop.access.device import device_of
from klarna_shop.shop.access.dismissals import WallDismissal
from klarna_shop.shop.access.visits import VisitorVisits
from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.shop.paywalls.document import CopyLine, Device, PaywallDesign
from klarna_shop.shop.paywalls.targeting import TargetingRule
from klarna_shop.shop.paywalls.variables import Variable
from klarna_shop.shop.reader import Reader
from tests.house import Later, Line, SignIn

NOTHING_BOUGHT = "astrid.lundmark@demo.example"
LAPSED = "maja.hellgren@demo.example"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
)


def _articles(house: House, kind: ArticleKind) -> list[Article]:
    return [article for article in house.shop.articles.front_page("sv") if article.kind is kind]


async def _publish(house: House, slug: str = "tried", **document: Any) -> None:
    design = PaywallDesign.model_validate({"name": slug, **document})
    draft = await house.shop.designs.create(slug, design)
    await house.shop.designs.publish(slug, draft.revision)


@pytest.mark.parametrize(
    ("access", "metered", "premium"),
    [
        ({"model": "hard"}, (Rule.HARD, WallModel.HARD), (Rule.HARD, WallModel.HARD)),
        ({"model": "metered"}, (Rule.METER, None), (Rule.PREMIUM, WallModel.FREEMIUM)),
        (
            {"model": "metered", "free_articles": 0, "includes_premium": True},
            (Rule.METER_USED_UP, WallModel.METERED),
            (Rule.METER_USED_UP, WallModel.METERED),
        ),
        ({"model": "metered", "includes_premium": True}, (Rule.METER, None), (Rule.METER, None)),
        (
            {"model": "freemium", "includes_premium": True},
            (Rule.FREEMIUM_OPEN, None),
            (Rule.PREMIUM, WallModel.FREEMIUM),
        ),
        (
            {"model": "registration"},
            (Rule.REGISTRATION, WallModel.REGISTRATION),
            (Rule.PREMIUM, WallModel.FREEMIUM),
        ),
        ({"model": "soft"}, (Rule.SOFT, WallModel.SOFT), (Rule.PREMIUM, WallModel.FREEMIUM)),
    ],
)
async def test_each_model_decides_for_metered_and_premium_articles(
    house: House,
    visitor: Reader,
    access: dict[str, Any],
    metered: tuple[Rule, WallModel | None],
    premium: tuple[Rule, WallModel | None],
) -> None:
    await _publish(house, access=access)
    for kind, expected in ((ArticleKind.METERED, metered), (ArticleKind.PREMIUM, premium)):
        decision = await house.shop.access.decide(visitor, _articles(house, kind)[0])
        assert (decision.rule, decision.model) == expected
        assert decision.open is (decision.wall is None)
        assert (decision.design, decision.version) == ("tried", 1)
    free = await house.shop.access.decide(visitor, _articles(house, ArticleKind.FREE)[0])
    assert (free.open, free.design) == (True, "")


async def test_an_account_opens_the_registration_wall(house: House, sign_in: SignIn, line: Line) -> None:
    await _publish(house, access={"model": "registration", "includes_premium": True})
    reader = await sign_in(NOTHING_BOUGHT)
    for kind in (ArticleKind.METERED, ArticleKind.PREMIUM):
        decision = await house.shop.access.decide(reader, _articles(house, kind)[0])
        assert (decision.open, decision.rule) == (True, Rule.REGISTERED)
    line.faults["/me/active_products"] = ["unreachable"] * 5
    decision = await house.shop.access.decide(reader, _articles(house, ArticleKind.METERED)[0])
    assert decision.rule is Rule.REGISTERED


async def test_a_soft_wall_is_dismissed_for_one_article_in_one_browser(
    house: House, visitor: Reader, later: Later
) -> None:
    await _publish(house, access={"model": "soft"})
    first, second = _articles(house, ArticleKind.METERED)[:2]
    premium = _articles(house, ArticleKind.PREMIUM)[0]
    access = house.shop.access
    answers = await asyncio.gather(*(access.dismiss(visitor, first) for _ in range(3)))
    assert {(answer.open, answer.rule) for answer in answers} == {(True, Rule.DISMISSED)}
    assert not (await access.decide(visitor, second)).open
    assert not (await access.decide(Reader(visitor_id="another"), first)).open
    for reader, article in ((visitor, premium), (Reader(), first)):
        with pytest.raises(NotDismissible):
            await access.dismiss(reader, article)
    later(timedelta(days=91))
    assert not (await access.decide(visitor, first)).open


async def test_a_soft_wall_can_be_dismissed_though_payway_cannot_be_asked(
    house: House, sign_in: SignIn, line: Line
) -> None:
    await _publish(house, access={"model": "soft"})
    reader = await sign_in(NOTHING_BOUGHT)
    line.faults["/me/active_products"] = ["unreachable"] * 20
    article = _articles(house, ArticleKind.METERED)[0]
    decision = await house.shop.access.decide(reader, article)
    assert (decision.unavailable, decision.model) == (False, WallModel.SOFT)
    assert (await house.shop.access.dismiss(reader, article)).open
    premium = await house.shop.access.decide(reader, _articles(house, ArticleKind.PREMIUM)[0])
    assert premium.unavailable


async def test_what_is_too_old_to_matter_is_erased(house: House, visitor: Reader, later: Later) -> None:
    await _publish(house, access={"model": "soft"}, targeting={"sections": ["culture"]})
    for article in _articles(house, ArticleKind.METERED):
        decision = await house.shop.access.decide(visitor, article)
        if decision.model is WallModel.SOFT:
            await house.shop.access.dismiss(visitor, article)

    async def kept() -> list[bool]:
        await house.shop.access.erase_old()
        tables = (MeterRead, WallDismissal, VisitorVisits)
        return await house.shop.database.read(
            lambda session: [session.exec(select(table)).first() is not None for table in tables]
        )

    assert await kept() == [True, True, True]
    later(timedelta(days=91))
    assert await kept() == [True, False, False]
    later(timedelta(days=276))
    assert await kept() == [False, False, False]


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (PHONE, Device.PHONE),
        ("Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/130.0 Mobile Safari/537.36", Device.PHONE),
        ("Mozilla/5.0 (Linux; Android 15; SM-X910) Chrome/130.0 Safari/537.36", Device.TABLET),
        ("Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) Version/12.1 Mobile/15E148", Device.TABLET),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0 Safari/537.36", Device.DESKTOP),
        ("", None),
    ],
)
def test_a_device_is_what_the_browser_says(user_agent: str, device: Device | None) -> None:
    assert device_of(user_agent) is device


async def test_designs_differ_in_what_they_allow_and_share_one_count(
    house: House, visitor: Reader, later: Later
) -> None:
    articles = _articles(house, ArticleKind.METERED)
    for article in articles[:2]:
        assert (await house.shop.access.decide(visitor, article)).open
    await _publish(house, access={"model": "metered", "free_articles": 3, "days": 7})
    decision = await house.shop.access.decide(visitor, articles[2])
    assert (decision.open, decision.meter_left, decision.meter_total) == (True, 0, 3)
    assert not (await house.shop.access.decide(visitor, articles[3])).open
    later(timedelta(days=8))
    decision = await house.shop.access.decide(visitor, articles[0])
    assert (decision.open, decision.meter_left) == (True, 2)
    await house.shop.designs.unpublish("tried")
    decision = await house.shop.access.decide(visitor, articles[3])
    assert (decision.design, decision.open) == ("standard", False)


async def test_looking_counts_nothing(house: House, visitor: Reader) -> None:
    article, other = _articles(house, ArticleKind.METERED)[:2]
    for _ in range(3):
        decision = await house.shop.access.decide(visitor, article, counting=False)
        assert (decision.open, decision.meter_left) == (True, 2)
    assert (await house.shop.access.decide(visitor, other)).meter_left == 2


async def test_the_trace_names_the_designs_that_were_passed_over_and_why(
    house: House, visitor: Reader
) -> None:
    await _publish(house, "campaign", targeting={"priority": 900, "traffic_sources": ["newsletter"]})
    await _publish(
        house, "often", targeting={"priority": 500, "min_visits": 2, "devices": ["phone"], "sections": ["x"]}
    )
    article = _articles(house, ArticleKind.METERED)[0]
    decision = await house.shop.access.decide(visitor, article, Request(PHONE))
    assert [(tried.slug, tried.failed) for tried in decision.tried] == [
        ("campaign", (TargetingRule.TRAFFIC_SOURCE,)),
        ("often", (TargetingRule.SECTION, TargetingRule.MIN_VISITS)),
        ("standard", ()),
    ]
    assert [tried.taken for tried in decision.tried] == [False, False, True]


async def test_a_visit_keeps_its_source_and_ends_after_half_an_hour_of_quiet(
    house: House, visitor: Reader, later: Later
) -> None:
    await _publish(house, "letter", targeting={"traffic_sources": ["Newsletter"], "max_visits": 1})
    await _publish(house, "second", targeting={"min_visits": 2, "priority": 1})
    article = _articles(house, ArticleKind.METERED)[0]

    async def design(source: str = "") -> str:
        return (await house.shop.access.decide(visitor, article, Request(traffic_source=source))).design

    assert await design("newsletter") == "letter"
    later(timedelta(minutes=20))
    assert await design() == "letter"
    later(timedelta(minutes=20))
    assert await design() == "letter"
    later(timedelta(minutes=31))
    assert await design("newsletter") == "second"


async def test_lapsed_readers_are_found_by_asking_payway_and_only_if_a_design_is_for_them(
    house: House, sign_in: SignIn, line: Line
) -> None:
    reader, article = await sign_in(LAPSED), _articles(house, ArticleKind.PREMIUM)[0]
    assert (await house.shop.access.decide(reader, article)).design == "standard"
    assert line.count("/subscription/get_by_account") == 0
    await _publish(house, "back", targeting={"readers": ["lapsed"]})
    for _ in range(2):
        assert (await house.shop.access.decide(reader, article)).design == "back"
    assert line.count("/subscription/get_by_account") == 1
    never = await sign_in(NOTHING_BOUGHT)
    assert (await house.shop.access.decide(never, article)).design == "standard"


async def test_the_standard_wall_says_what_the_article_asks_for(house: House, visitor: Reader) -> None:
    values = {Variable.METER_TOTAL: "3"}
    premium = await house.shop.access.decide(visitor, _articles(house, ArticleKind.PREMIUM)[0])
    assert premium.wall is not None
    assert premium.wall.text(CopyLine.TITLE, values) == "Läs vidare som prenumerant"
    metered = await house.shop.access.decide(Reader(), _articles(house, ArticleKind.METERED)[0])
    assert metered.wall is not None
    assert metered.wall.text(CopyLine.TITLE, values) == "Du har läst dina 3 fria artiklar"
