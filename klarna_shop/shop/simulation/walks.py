"""The way of each synthetic reader: visits, articles, walls, and the steps towards an order."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.shop.experiments.assignment import Variant
from klarna_shop.shop.measurement import EventName, Happening, SeenWall
from klarna_shop.shop.paywalls.choosing import choose
from klarna_shop.shop.paywalls.document import AccessModel, Device, ReaderKind
from klarna_shop.shop.paywalls.targeting import TargetingFacts
from klarna_shop.shop.simulation import habits
from klarna_shop.shop.simulation.habits import PASSED, Rhythm, drawn
from klarna_shop.shop.simulation.journey import Journey, Page
from klarna_shop.shop.simulation.plan import SimulationImpossible, SimulationPlan

MOST_VISITS = 6
_COMES_AGAIN = 0.4
_APART = timedelta(hours=2)
"""So much between two visits at least, and between the last and the end: whatever was begun is over then."""
_SOON = 0.12
"""After which share of the simulated time somebody comes again on average."""
_OPENED = {0: 0.25, 1: 0.4, 2: 0.22, 3: 0.13}
"""How many articles a visit opens before a wall stands before the next."""


def visitor_id(seed: int, number: int) -> str:
    """The name of a synthetic reader; no cookie of a browser gives one like it."""
    return f"simulated:{seed}:{number}"


class Walks:
    """Every reader of a plan. One reader's walk depends on the plan and the reader's number alone."""

    def __init__(self, plan: SimulationPlan) -> None:
        self.plan = plan
        self._rhythm = Rhythm(plan.since, plan.until - _APART)
        self._published = {one.slug: one for one in plan.designs}
        self._weights = plan.offer_weights
        by_language = {
            language: [one for one in plan.articles if one.language == language]
            for language in {one.language for one in plan.articles}
        }
        self._walled = {
            language: [one for one in articles if one.kind is not ArticleKind.FREE]
            for language, articles in by_language.items()
        }
        self._open = {
            language: [one for one in articles if one.kind is not ArticleKind.PREMIUM] or articles
            for language, articles in by_language.items()
        }
        self._languages = {
            language: habits.LANGUAGES.get(language, 0.05)
            for language, articles in sorted(self._walled.items())
            if articles
        }
        if not self._languages:
            raise SimulationImpossible("no article is ever behind a wall")

    def of(self, number: int) -> list[Happening]:
        """What reader `number` of `plan.visitors` does, oldest first."""
        return _Walk(self, number).happenings()

    def moments(self, chance: Random, number: int) -> list[datetime]:
        """When reader `number` comes: readers in the order of their numbers, and some again later."""
        place = (number + chance.random()) / self.plan.visitors
        moments = [self._rhythm.moment(place)]
        while len(moments) < MOST_VISITS and chance.random() < _COMES_AGAIN:
            place += chance.expovariate(1 / _SOON)
            if place >= 1:
                break
            moment = self._rhythm.moment(place)
            if moment - moments[-1] >= _APART:
                moments.append(moment)
        return moments

    def wall(self, page: Page, article: Article, variant: Variant | None) -> SeenWall:
        """The wall of the variant, or for who takes no part the one whose audience this reader is in."""
        plan = self.plan
        if variant is not None and plan.experiment is not None:
            version = self._published[variant.design].version if variant.design in self._published else None
            return SeenWall(article.slug, variant.design, version, plan.experiment.slug, variant.name)
        facts = TargetingFacts(
            now=page.at,
            section=article.section_code,
            tags=article.tags,
            language=page.language,
            readers=frozenset({ReaderKind.ANONYMOUS}),
            visits=page.visit,
            traffic_source=page.source,
            device=Device(page.device),
        )
        chosen = choose(plan.designs, facts).published
        return SeenWall(article.slug, chosen.slug, chosen.version)

    def is_soft(self, design: str) -> bool:
        """Whether its wall can be dismissed."""
        return design in self._published and self._published[design].design.access.model is AccessModel.SOFT

    def open_article(self, chance: Random, language: str) -> Article:
        """One that can be read without paying."""
        return chance.choice(self._open[language])

    def walled_article(self, chance: Random, language: str) -> Article:
        """One that a wall stands before."""
        return chance.choice(self._walled[language])

    def language(self, chance: Random) -> str:
        """In which the newspaper is read."""
        return drawn(chance, self._languages)

    def journey(self, chance: Random, page: Page, number: int) -> Journey:
        """A purchase that may come of pressing buy."""
        offer = chance.choices(self.plan.offers, self._weights)[0]
        purchase_id = f"simulated-{self.plan.seed}-{number}"
        return Journey(chance, page, offer, purchase_id, self.plan.until)


class _Walk:
    """One reader."""

    def __init__(self, walks: Walks, number: int) -> None:
        plan = walks.plan
        self._walks = walks
        self._number = number
        # A text as seed gives the same numbers in every process and on every machine.
        self._chance = chance = Random(f"{plan.seed}:{number}")  # noqa: S311 - nothing is guarded by it
        name = visitor_id(plan.seed, number)
        self._device = drawn(chance, habits.DEVICES)
        self._source = drawn(chance, habits.SOURCES)
        self._language = walks.language(chance)
        self._name = name
        self._variant = plan.experiment.allocation.variant_of(name) if plan.experiment else None
        self._done: list[Happening] = []
        self._bought = False

    def happenings(self) -> list[Happening]:
        chance = self._chance
        moments = self._walks.moments(chance, self._number)
        exposed = chance.random() < habits.EXPOSED
        walled = [place for place in range(len(moments)) if place == 0 or chance.random() < 0.7]
        # Most decide when they see the wall for the first time.
        decides = walled[0] if chance.random() < 0.8 else chance.choice(walled)
        source = self._source
        for place, moment in enumerate(moments):
            page = Page(self._name, self._device, self._language, source, place + 1, moment)
            self._visit(page, walled=exposed and place in walled, decides=place == decides)
            source = drawn(chance, habits.SOURCES)
        return sorted(self._done, key=lambda one: one.at)

    def _visit(self, page: Page, *, walled: bool, decides: bool) -> None:
        chance = self._chance
        for _ in range(drawn(chance, _OPENED) if walled else max(1, drawn(chance, _OPENED))):
            article = self._walks.open_article(chance, page.language)
            rule = "free" if article.kind is ArticleKind.FREE else "meter"
            self._read(page, article, "entitled" if self._bought else rule)
        if not walled:
            return
        article = self._walks.walled_article(chance, page.language)
        if self._bought:
            self._read(page, article, "entitled")
            return
        wall = self._walks.wall(page, article, self._variant)
        self._done.append(page.event(EventName.WALL_SHOWN, wall=wall))
        page.wait(chance, 9)
        if decides and chance.random() < self._presses(wall):
            journey = self._walks.journey(chance, page, self._number)
            self._bought = journey.go(wall)
            self._done += journey.happenings
            if self._bought:
                self._read(page, article, "entitled")
        elif self._walks.is_soft(wall.design) and chance.random() < habits.DISMISSES:
            self._done.append(page.event(EventName.WALL_DISMISSED))
            self._read(page, article, "dismissed")

    def _presses(self, wall: SeenWall) -> float:
        """The chance that this reader follows the wall's button: what makes the order rate the plan's."""
        rate = self._walks.plan.rate_of(wall.variant or wall.design)
        return rate * habits.appetite(self._device, self._source) / habits.FROM_PRESSING_TO_ORDER

    def _read(self, page: Page, article: Article, rule: str) -> None:
        self._done.append(page.event(EventName.ARTICLE_OPENED, article=article.slug, outcome=rule))
        page.wait(self._chance, 70)


STEPS = (EventName.WALL_SHOWN, EventName.BUY_PRESSED, *PASSED)
"""What every order has behind it, in this order; signing in may come between."""
