"""The decision: free, paid for, let through by the design's access model, or walled.

First comes what no design changes: a free article, a subscription, a purchase in this browser. Then the
design is chosen that is for this reader, and its model decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from klarna_shop.shop.access.audience import Audience, Request
from klarna_shop.shop.access.meter import MeterReading
from klarna_shop.shop.access.ports import (
    DesignsPort,
    DismissalsPort,
    ExperimentsPort,
    MeterPort,
    SubscriptionsPort,
)
from klarna_shop.shop.access.visits import Visit
from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.shop.experiments.choosing import MetVariant
from klarna_shop.shop.paywalls.choosing import Tried, choose
from klarna_shop.shop.paywalls.document import AccessModel, PaywallDesign
from klarna_shop.shop.paywalls.stored import Published
from klarna_shop.shop.paywalls.targeting import TargetingFacts
from klarna_shop.shop.paywalls.wall import Wall
from klarna_shop.shop.reader import Reader

WallModel = AccessModel


class Rule(StrEnum):
    """The rule that decided; the screen turns it into a sentence."""

    FREE = "free"
    ENTITLED = "entitled"
    PURCHASE = "purchase"
    METER = "meter"
    METER_USED_UP = "meter_used_up"
    NO_VISITOR_COOKIE = "no_visitor_cookie"
    FREEMIUM_OPEN = "freemium_open"
    REGISTERED = "registered"
    REGISTRATION = "registration"
    DISMISSED = "dismissed"
    SOFT = "soft"
    PREMIUM = "premium"
    HARD = "hard"
    CANNOT_ASK = "cannot_ask"


class Asked(StrEnum):
    """One question of the trace, in the order they are asked."""

    KIND = "kind"
    ENTITLEMENT = "entitlement"
    PURCHASE = "purchase"
    METER = "meter"
    DISMISSAL = "dismissal"


@dataclass(frozen=True)
class Decision:
    """The answer. `open` sends the body; `unavailable` means that nobody could say.

    `trace` holds what was asked and answered, in order, as (question, answer) codes; `tried` the designs that
    were tried, in order. `model` and `wall` are there where the article is walled; `design`, `version` and
    `variant` wherever a design decided. `experiment` is the slug of the one that this reader takes part in.
    """

    open: bool
    rule: Rule
    model: AccessModel | None = None
    meter_left: int | None = None
    meter_total: int | None = None
    trace: tuple[tuple[Asked, str], ...] = ()
    design: str = ""
    version: int | None = None
    variant: str = ""
    experiment: str = ""
    met: MetVariant | None = field(default=None, repr=False)
    """How experiments came to the design; None where none had to be chosen."""
    tried: tuple[Tried, ...] = ()
    facts: TargetingFacts | None = field(default=None, repr=False)
    """What was known of the reader when a design was chosen; None where none had to be."""
    wall: Wall | None = field(default=None, repr=False)

    @property
    def unavailable(self) -> bool:
        """Payway could not be asked, and nothing else opens the article."""
        return self.rule is Rule.CANNOT_ASK


class NotDismissible(Exception):
    """The wall before this article has no way past it for this reader."""


@dataclass(frozen=True)
class Access:
    """Decides for one reader and one article. The only place that says yes to a walled body."""

    subscriptions: SubscriptionsPort
    designs: DesignsPort
    audience: Audience
    meter: MeterPort
    dismissals: DismissalsPort
    experiments: ExperimentsPort

    async def decide(
        self, reader: Reader, article: Article, request: Request | None = None, *, counting: bool = True
    ) -> Decision:
        """May `reader` read all of `article`? A metered article that is opened counts.

        Without `counting` the answer is the same and leaves no trace: for looking, never for opening.
        """
        deciding = _Deciding(self, reader, article, request or Request(), counting)
        return await deciding.decide()

    async def dismiss(self, reader: Reader, article: Article, request: Request | None = None) -> Decision:
        """Take a soft wall away; the decision after it.

        Raises:
            NotDismissible: it is no soft wall, or the browser has no cookie to remember it by.
        """
        decision = await self.decide(reader, article, request)
        if decision.open:
            return decision
        if decision.model is not AccessModel.SOFT or reader.visitor_id is None:
            raise NotDismissible
        await self.dismissals.add(reader.visitor_id, article.slug)
        # Also where that could not be remembered: the reader was told that this opens the article.
        return replace(decision, open=True, rule=Rule.DISMISSED, model=None, wall=None)

    async def start_anew(self, reader: Reader) -> None:
        """Forget what this browser has read and dismissed, and divide it anew in experiments.

        For whoever tries walls out: the caller checks that it is the studio. Nothing happens for a preview.
        """
        if reader.visitor_id is not None and not reader.preview:
            await self.meter.forget(reader.visitor_id)
            await self.dismissals.forget(reader.visitor_id)
            await self.experiments.draw_anew(reader.visitor_id)

    async def erase_old(self) -> None:
        """Forget what was counted and remembered of browsers too long ago to matter."""
        await self.meter.erase_old()
        await self.dismissals.erase_old()
        await self.experiments.erase_old()
        await self.audience.visits.erase_old()


@dataclass
class _Deciding:
    """One decision while it is being made."""

    access: Access
    reader: Reader
    article: Article
    request: Request
    counting: bool
    trace: list[tuple[Asked, str]] = field(default_factory=list)
    published: Published | None = None
    met: MetVariant | None = None
    tried: Sequence[Tried] = ()
    facts: TargetingFacts | None = None

    async def decide(self) -> Decision:
        visit = await self.access.audience.visit(self.reader, self.request, counting=self.counting)
        self.trace.append((Asked.KIND, self.article.kind.value))
        if self.article.kind is ArticleKind.FREE:
            return self._answer(True, Rule.FREE)
        cannot_ask = self.reader.is_unknown
        if self.reader.is_unknown:
            self.trace.append((Asked.ENTITLEMENT, "unknown"))
        elif self.reader.customer is not None:
            answer = await self.access.subscriptions.include(self.reader.customer, self.article)
            self.trace.append((Asked.ENTITLEMENT, {True: "yes", False: "no", None: "unknown"}[answer]))
            if answer:
                return self._answer(True, Rule.ENTITLED)
            cannot_ask = answer is None
        elif self.reader.visitor_id:
            bought = await self.access.subscriptions.bought_here(self.reader.visitor_id, self.article)
            self.trace.append((Asked.PURCHASE, {True: "yes", False: "no", None: "unknown"}[bought]))
            if bought:
                return self._answer(True, Rule.PURCHASE)
            cannot_ask = bought is None
        design = await self._choose(visit)
        decision = await self._by_model(design)
        if cannot_ask and not decision.open and decision.model is not AccessModel.SOFT:
            return self._answer(False, Rule.CANNOT_ASK)
        return decision  # also a soft wall: whoever may have paid can take it away

    async def _choose(self, visit: Visit | None) -> PaywallDesign:
        published = await self.access.designs.published()
        facts = await self.access.audience.facts(self.reader, self.article, self.request, visit, published)
        choice = choose(published, facts)
        self.tried, self.facts = choice.tried, facts
        self.met = await self.access.experiments.met(self.reader.visitor_id, choice.published, published)
        self.published = self.met.published
        return self.published.design

    async def _by_model(self, design: PaywallDesign) -> Decision:
        model = design.access.model
        if model is AccessModel.HARD:
            return self._wall(Rule.HARD, AccessModel.HARD)
        needs_subscription = self.article.kind is ArticleKind.PREMIUM and (
            model is AccessModel.FREEMIUM or not design.access.includes_premium
        )
        if needs_subscription:
            return self._wall(Rule.PREMIUM, AccessModel.FREEMIUM)
        if model is AccessModel.FREEMIUM:
            return self._answer(True, Rule.FREEMIUM_OPEN)
        if model is AccessModel.REGISTRATION:
            if self.reader.customer is not None:
                return self._answer(True, Rule.REGISTERED)
            return self._wall(Rule.REGISTRATION, model)
        return await (self._soft() if model is AccessModel.SOFT else self._metered(design))

    async def _soft(self) -> Decision:
        visitor_id = self.reader.visitor_id
        try:
            dismissed = visitor_id is not None and await self.access.dismissals.has(
                visitor_id, self.article.slug
            )
        except DatabaseUnavailable:
            dismissed = False
        self.trace.append((Asked.DISMISSAL, "yes" if dismissed else "no"))
        return self._answer(True, Rule.DISMISSED) if dismissed else self._wall(Rule.SOFT, AccessModel.SOFT)

    async def _metered(self, design: PaywallDesign) -> Decision:
        allowance = self.access.meter.allowance(design.access.free_articles, design.access.days)
        if self.reader.visitor_id is None:
            self.trace.append((Asked.METER, "no_cookie"))
            return self._wall(Rule.NO_VISITOR_COOKIE, AccessModel.METERED, (0, allowance.free_articles))
        read = self.access.meter.read if self.counting else self.access.meter.peek
        try:
            reading = await read(self.reader.visitor_id, self.article.slug, allowance)
        except DatabaseUnavailable:
            # What cannot be counted keeps nobody from reading.
            free = allowance.free_articles
            reading = MeterReading(admitted=free > 0, left=free, total=free)
        self.trace.append((Asked.METER, f"{reading.total - reading.left}/{reading.total}"))
        meter = (reading.left, reading.total)
        if reading.admitted:
            return self._answer(True, Rule.METER, meter)
        return self._wall(Rule.METER_USED_UP, AccessModel.METERED, meter)

    def _wall(self, rule: Rule, model: AccessModel, meter: tuple[int, int] | None = None) -> Decision:
        return self._answer(False, rule, meter, model)

    def _answer(
        self,
        is_open: bool,
        rule: Rule,
        meter: tuple[int, int] | None = None,
        model: AccessModel | None = None,
    ) -> Decision:
        published, met = self.published, self.met
        left, total = meter or (None, None)
        wall = None
        if published is not None and model is not None:
            wall = Wall.of(
                published.slug,
                published.version,
                published.design,
                language=self.article.language,
                model=model,
                is_premium=rule is Rule.PREMIUM,
                variant=met.variant if met else "",
                meter=self._allowance(published.design),
            )
        return Decision(
            open=is_open,
            rule=rule,
            model=model,
            meter_left=left,
            meter_total=total,
            trace=tuple(self.trace),
            design=published.slug if published else "",
            version=published.version if published else None,
            variant=met.variant if met else "",
            experiment=met.experiment if met and met.variant else "",
            met=met,
            tried=tuple(self.tried),
            facts=self.facts,
            wall=wall,
        )

    def _allowance(self, design: PaywallDesign) -> tuple[int, int] | None:
        if design.access.model is not AccessModel.METERED:
            return None
        allowance = self.access.meter.allowance(design.access.free_articles, design.access.days)
        return allowance.free_articles, allowance.days
