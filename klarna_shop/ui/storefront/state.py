"""The article page's state: asks whether the reader may read on, and sends the rest if so."""

from __future__ import annotations

from collections.abc import AsyncIterator

import reflex as rx

from klarna_shop.shop.access import Decision, Request
from klarna_shop.shop.articles import Article
from klarna_shop.shop.current import current_shop
from klarna_shop.shop.offers import CatalogueUnavailable, Offer, OfferKind
from klarna_shop.shop.paywalls.choosing import Tried
from klarna_shop.ui.languages import language_of, text
from klarna_shop.ui.offer_words import cheapest_per_month, trial_sentence
from klarna_shop.ui.reader_state import reader_of


class ArticleState(rx.State):
    """What the page shows below the teaser. Nothing of a walled body is here before access was given."""

    status: str = "deciding"
    """`deciding`, `open`, `walled` or `unavailable`."""
    body: list[str] = []
    """HTML blocks after the teaser."""
    resume: bool = False
    """Whether the reader comes back from the purchase and goes on after the teaser."""
    wall_model: str = ""
    rule: str = ""
    trace: list[str] = []
    meter_left: int = -1
    meter_total: int = 0
    price_from: str = ""
    trial: str = ""
    design: str = ""
    """The slug of the design that decided; empty where none had to."""
    design_version: int = 0
    variant: str = ""

    @rx.event
    async def decide(self) -> AsyncIterator[None]:
        """Decide for the article at this address. Repeats after every reconnect; counts once."""
        self.reset()
        article = _article(self.router.url.path)
        if article is None:
            return
        shop = current_shop()
        decision = await shop.access.decide(await reader_of(self), article, self._request())
        language = article.language
        self.rule = decision.rule.value
        self.trace = _sentences(decision, language)
        self.meter_left = -1 if decision.meter_left is None else decision.meter_left
        self.meter_total = decision.meter_total or 0
        self.design, self.variant = decision.design, decision.variant
        self.design_version = decision.version or 0
        if decision.open:
            self.resume = self.router.url.query_parameters.get("resume") == "1"
            self.body = [block.html for block in article.rest]
            self.status = "open"
        elif decision.unavailable:
            self.status = "unavailable"
        else:
            self.wall_model = decision.model.value if decision.model else ""
            self.status = "walled"
            yield  # the wall does not wait for the prices, which Payway may have to be asked for
            self.price_from, self.trial = await _prices(language)

    def _request(self) -> Request:
        """What targeting may know of the page's request."""
        return Request(
            user_agent=self.router.headers.user_agent,
            traffic_source=self.router.url.query_parameters.get("utm_source", ""),
        )


def _article(path: str) -> Article | None:
    language, rest = language_of(path.rstrip("/"))
    return current_shop().articles.find(language, rest.removeprefix("/article/"))


async def _prices(language: str) -> tuple[str, str]:
    try:
        offers = await current_shop().offers.offers()
    except CatalogueUnavailable:
        return "", ""
    trial = next((offer for offer in offers if offer.kind is OfferKind.TRIAL), None)
    return cheapest_per_month(_paid(offers), language), trial_sentence(trial, language) if trial else ""


def _paid(offers: tuple[Offer, ...]) -> list[Offer]:
    return [offer for offer in offers if offer.kind is not OfferKind.TRIAL]


def _sentences(decision: Decision, language: str) -> list[str]:
    """The trace in words: what was asked, what was answered, and the rule that decided."""
    lines = []
    for question, answer in decision.trace:
        key = f"why.{question.value}.{answer}"
        if "/" in answer:
            used, total = answer.split("/")
            lines.append(text(language, "why.meter.count", used=used, total=total))
        else:
            lines.append(text(language, key))
    lines += [_tried(tried, language) for tried in decision.tried]
    return [*lines, text(language, f"why.rule.{decision.rule.value}")]


def _tried(tried: Tried, language: str) -> str:
    if tried.taken:
        return text(language, "why.design.taken", name=tried.name, version=tried.version)
    rules = ", ".join(text(language, f"why.targeting.{rule.value}") for rule in tried.failed)
    return text(language, "why.design.passed_over", name=tried.name, rules=rules)
