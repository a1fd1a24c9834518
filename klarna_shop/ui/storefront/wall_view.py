"""A wall in words: what its design says, with prices, in the reader's language, ready to be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from klarna_shop.shop.articles import Article
from klarna_shop.shop.money import exact_price, vat_share
from klarna_shop.shop.offers import Offer
from klarna_shop.shop.paywalls.document import CopyLine, Layout, Theme
from klarna_shop.shop.paywalls.teaser import shown_teaser
from klarna_shop.shop.paywalls.variables import Values, Variable
from klarna_shop.shop.paywalls.wall import QuotedOffers, Wall, WallOffer, offers_in_order, quoted
from klarna_shop.shop.withdrawal import WITHDRAWAL_DAYS
from klarna_shop.ui.languages import address, text
from klarna_shop.ui.offer_words import length, price_after, price_line, trial_sentence

LOGOS = "/logos"
"""Where a theme's logo lies: `assets/logos/`."""


@dataclass
class WallOfferView:
    """One offer on the wall; `choose` is the link's name, `href` the picker with this offer chosen."""

    code: str = ""
    name: str = ""
    price: str = ""
    """Its whole price in one sentence: now, and afterwards."""
    description: str = ""
    badge: str = ""
    look: str = ""
    """`preselected`, `emphasised` or empty."""
    choose: str = ""
    href: str = ""


@dataclass
class WallView:
    """What the paywall's elements show. An empty line is left out."""

    model: str = ""
    design: str = ""
    version: int = 0
    variant: str = ""
    layout: str = Layout.INLINE_CARD.value
    font: str = ""
    logo: str = ""
    """The address of the theme's logo; `wordmark` for the newspaper's name, empty for none."""
    style: dict[str, str] = field(default_factory=dict)
    """The theme as CSS properties."""
    fade: bool = True
    teaser: int = -1
    """How many of the blocks that are in the page are shown; -1: all."""
    title: str = ""
    lead: str = ""
    eyebrow: str = ""
    price: str = ""
    trial: str = ""
    reasons: list[str] = field(default_factory=list)
    offers: list[WallOfferView] = field(default_factory=list)
    buy: str = ""
    buy_href: str = ""
    register: str = ""
    """Empty where an account is not enough."""
    login: str = ""
    dismiss: str = ""
    """Empty where there is no way past the wall."""
    payment: str = ""
    small_print: str = ""


def wall_view(
    wall: Wall, article: Article, *, title: str, articles: int, sold: Sequence[Offer] = ()
) -> WallView:
    """The wall before `article`.

    `title` is the newspaper's name, `articles` how many it has; `sold` what Payway sells, empty as long as
    that is not known: what speaks of prices is left out then.
    """
    shown = offers_in_order(wall.offers, wall.language, sold)
    values = wall_values(wall, article, quoted(shown), title=title, articles=articles)
    lists_offers = wall.layout is Layout.OFFER_COMPARISON or len(wall.offers.listed) > 1
    preselected = wall.offers.preselected if any(one.preselected for one in shown) else None

    def line(which: CopyLine) -> str:
        return wall.text(which, values)

    return WallView(
        model=wall.model.value,
        design=wall.slug,
        version=wall.version,
        variant=wall.variant,
        layout=wall.layout.value,
        font=wall.theme.font.value,
        logo=_logo(wall.theme),
        style=_style(wall.theme),
        fade=wall.teaser.fade,
        teaser=_hidden_from(wall, article),
        title=line(CopyLine.TITLE),
        lead=line(CopyLine.LEAD),
        eyebrow="" if lists_offers or len(shown) != 1 else shown[0].badge,
        price=line(CopyLine.PRICE),
        trial=line(CopyLine.TRIAL),
        reasons=list(wall.reasons(values)),
        offers=[_offer(one, article) for one in shown] if lists_offers else [],
        buy=line(CopyLine.BUY),
        buy_href=_picker(article, preselected),
        register=line(CopyLine.REGISTER) if wall.asks_to_register else "",
        login=line(CopyLine.LOGIN),
        dismiss=line(CopyLine.DISMISS) if wall.can_be_dismissed else "",
        payment=line(CopyLine.PAYMENT),
        small_print=line(CopyLine.SMALL_PRINT),
    )


def wall_values(
    wall: Wall, article: Article, offers: QuotedOffers, *, title: str, articles: int
) -> dict[Variable, str]:
    """What the variables of the copy stand for; those that nobody knows (yet) are not there."""
    known: dict[Variable, str] = {
        Variable.TITLE: title or text(wall.language, "frame.paper_name"),
        Variable.ARTICLE: article.title,
        Variable.SECTION: article.section,
        Variable.ARTICLES: str(articles),
        Variable.WITHDRAWAL_DAYS: str(WITHDRAWAL_DAYS),
        **_offer_values(offers, wall.language),
    }
    if wall.meter_total is not None:
        known[Variable.METER_TOTAL] = str(wall.meter_total)
    if wall.meter_days is not None:
        known[Variable.METER_DAYS] = str(wall.meter_days)
    return known


def _offer_values(offers: QuotedOffers, language: str) -> Values:
    known: dict[Variable, str] = {}
    featured = offers.featured
    if featured is not None:
        charged = featured.price or (featured.after.price if featured.after else 0)
        known |= {
            Variable.OFFER: featured.name,
            Variable.PRICE: price_line(featured, language),
            Variable.PERIOD: length(featured.period, language),
            Variable.PRICE_AFTER: price_after(featured, language),
            Variable.OFFER_SENTENCE: trial_sentence(featured, language),
            Variable.VAT: exact_price(vat_share(charged, featured.vat_percent), language),
            Variable.VAT_PERCENT: str(featured.vat_percent),
        }
    if offers.trial is not None:
        known[Variable.TRIAL_LENGTH] = length(offers.trial.period, language)
        known[Variable.TRIAL_SENTENCE] = trial_sentence(offers.trial, language)
    if offers.cheapest is not None:
        known[Variable.PRICE_FROM] = price_line(offers.cheapest, language)
    return known


def _offer(one: WallOffer, article: Article) -> WallOfferView:
    offer = one.offer
    whole_price = trial_sentence(offer, article.language)
    return WallOfferView(
        code=offer.code,
        name=offer.name,
        price=whole_price,
        description=offer.description,
        badge=one.badge,
        look="preselected" if one.preselected else "emphasised" if one.emphasised else "",
        choose=text(article.language, "paywall.choose_offer", name=offer.name, price=whole_price),
        href=_picker(article, offer.code, offer.period_id),
    )


def _picker(article: Article, code: str | None, period_id: str = "") -> str:
    chosen = {"code": code or "", "period": period_id}
    query = {"from": article.slug, **{name: value for name, value in chosen.items() if value}}
    return f"{address(article.language, '/packages')}?{urlencode(query)}"


def _hidden_from(wall: Wall, article: Article) -> int:
    shown = shown_teaser(article, wall.teaser).blocks
    return shown if shown < len(article.teaser_blocks) else -1


def _logo(theme: Theme) -> str:
    if theme.logo == "none":
        return ""
    return theme.logo if theme.logo == "wordmark" else f"{LOGOS}/{theme.logo}"


def _style(theme: Theme) -> dict[str, str]:
    return {
        "--wall-brand-light": theme.light.brand,
        "--wall-brand-dark": theme.dark.brand,
        "--wall-accent-light": theme.light.accent,
        "--wall-accent-dark": theme.dark.accent,
        "--wall-corner": f"{theme.corner_radius}px",
    }
