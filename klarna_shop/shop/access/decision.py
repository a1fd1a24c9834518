"""The decision: free, paid for, let through by the design's access model, or walled.

First comes what no design changes: a free article, a subscription, a purchase in this browser. Then the
design is chosen that is for this reader, and its model decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from klarna_shop.shop.access.applied_model import applied_model
from klarna_shop.shop.access.audience import Audience, Request
from klarna_shop.shop.access.meter import Allowance, MeterReading
from klarna_shop.shop.access.ports import DecisionInput, RecordsPort, SubscriptionsPort
from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.shop.experiments.choosing import MetVariant, met_variant
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
    audience: Audience
    records: RecordsPort
    allowance: Allowance
    """The settings' allowance, for designs that have none of their own."""

    async def decide(
        self, reader: Reader, article: Article, request: Request | None = None, *, counting: bool = True
    ) -> Decision:
        """May `reader` read all of `article`? A metered article that is opened counts.

        The tables are read once, and written once at most: where a visit is new, or an article is counted.
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
        await self.records.dismiss(reader.visitor_id, article.slug)
        # Also where that could not be remembered: the reader was told that this opens the article.
        return replace(decision, open=True, rule=Rule.DISMISSED, model=None, wall=None)

    async def start_anew(self, reader: Reader) -> None:
        """Forget what this browser has read and dismissed, and divide it again in experiments.

        For trying walls out: the caller checks that it is the studio. Nothing happens for a preview.
        """
        if reader.visitor_id is not None and not reader.preview:
            await self.records.forget(reader.visitor_id)

    async def erase_old(self) -> None:
        """Forget what was counted and remembered of browsers too long ago to matter."""
        await self.records.erase_old()


@dataclass
class _Deciding:
    """One decision while it is being made."""

    access: Access
    reader: Reader
    article: Article
    request: Request
    counting: bool
    found: DecisionInput = field(default_factory=DecisionInput)
    has_counted: bool = False
    """True once the visit has been noted, with an article that was counted."""
    trace: list[tuple[Asked, str]] = field(default_factory=list)
    published: Published | None = None
    met: MetVariant | None = None
    tried: Sequence[Tried] = ()
    facts: TargetingFacts | None = None

    async def decide(self) -> Decision:
        visitor_id, source = self.reader.visitor_id, self.request.traffic_source
        self.found = await self.access.records.read(self.reader, self.article, source)
        decision = await self._decide()
        visit = self.found.visit
        is_noted = visit is None or visit.is_noted or self.has_counted
        if self.counting and visitor_id is not None and not is_noted:
            await self.access.records.count(visitor_id, source)
        return decision

    async def _decide(self) -> Decision:
        self.trace.append((Asked.KIND, self.article.kind.value))
        if self.article.kind is ArticleKind.FREE:
            return self._answer(True, Rule.FREE)
        has_paid = await self._has_paid()
        if has_paid:
            return self._answer(True, Rule.ENTITLED if self.reader.customer else Rule.PURCHASE)
        decision = await self._by_model(await self._choose())
        if has_paid is None and not decision.open and decision.model is not AccessModel.SOFT:
            return self._answer(False, Rule.CANNOT_ASK)
        return decision  # also a soft wall: anyone who may have paid can take it away

    async def _has_paid(self) -> bool | None:
        reader = self.reader
        if reader.is_unknown:
            self.trace.append((Asked.ENTITLEMENT, "unknown"))
            return None
        if reader.customer is None and not reader.visitor_id:
            return False
        answer = await self.access.subscriptions.opens(reader, self.article, self.found.paid)
        asked = Asked.PURCHASE if reader.customer is None else Asked.ENTITLEMENT
        self.trace.append((asked, {True: "yes", False: "no", None: "unknown"}[answer]))
        return answer

    async def _choose(self) -> PaywallDesign:
        found, published = self.found, self.found.published
        self.facts = await self.access.audience.facts(self.reader, self.article, self.request, found)
        choice = choose(published, self.facts)
        self.tried = choice.tried
        self.met = met_variant(
            self.reader.visitor_id, choice.published, published, found.experiments, draws=found.draws
        )
        self.published = self.met.published
        return self.published.design

    async def _by_model(self, design: PaywallDesign) -> Decision:
        model = applied_model(design, self.article)
        if model is AccessModel.HARD:
            return self._wall(Rule.HARD, model)
        if model is AccessModel.FREEMIUM:
            if self.article.kind is ArticleKind.PREMIUM:
                return self._wall(Rule.PREMIUM, model)
            return self._answer(True, Rule.FREEMIUM_OPEN)
        if model is AccessModel.REGISTRATION:
            if self.reader.customer is not None:
                return self._answer(True, Rule.REGISTERED)
            return self._wall(Rule.REGISTRATION, model)
        return self._soft() if model is AccessModel.SOFT else await self._metered(design)

    def _soft(self) -> Decision:
        dismissed = self.found.is_dismissed
        self.trace.append((Asked.DISMISSAL, "yes" if dismissed else "no"))
        return self._answer(True, Rule.DISMISSED) if dismissed else self._wall(Rule.SOFT, AccessModel.SOFT)

    async def _metered(self, design: PaywallDesign) -> Decision:
        allowance = self.access.allowance.of_design(design.access)
        if self.reader.visitor_id is None:
            self.trace.append((Asked.METER, "no_cookie"))
            return self._wall(Rule.NO_VISITOR_COOKIE, AccessModel.METERED, (0, allowance.free_articles))
        reading = await self._read_on_meter(self.reader.visitor_id, allowance)
        self.trace.append((Asked.METER, f"{reading.total - reading.left}/{reading.total}"))
        meter = (reading.left, reading.total)
        if reading.admitted:
            return self._answer(True, Rule.METER, meter)
        return self._wall(Rule.METER_USED_UP, AccessModel.METERED, meter)

    async def _read_on_meter(self, visitor_id: str, allowance: Allowance) -> MeterReading:
        if self.found.meter is not None:
            reading = self.found.meter.reading(self.article.slug, allowance)
        else:
            # What cannot be counted keeps no one from reading.
            free = allowance.free_articles
            reading = MeterReading(admitted=free > 0, left=free, total=free, is_new=True)
        if not (self.counting and reading.admitted and reading.is_new):
            return reading
        self.has_counted = True
        source, slug = self.request.traffic_source, self.article.slug
        # Decided again in its transaction: another tab may have taken the last article.
        return await self.access.records.count(visitor_id, source, slug, allowance) or reading

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
        allowance = self.access.allowance.of_design(design.access)
        return allowance.free_articles, allowance.days
