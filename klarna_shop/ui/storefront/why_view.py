"""The trace of a decision in words: who asked, what was answered, which designs were tried and taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from klarna_shop.shop.access import Decision
from klarna_shop.shop.access.decision import Asked
from klarna_shop.shop.experiments.choosing import MetVariant
from klarna_shop.shop.paywalls.choosing import Tried
from klarna_shop.shop.paywalls.document import ReaderKind
from klarna_shop.shop.paywalls.targeting import TargetingFacts
from klarna_shop.shop.previews import DRAFT_VERSION
from klarna_shop.shop.reader import Reader
from klarna_shop.ui.languages import text

_BEFORE_DESIGNS = {Asked.KIND, Asked.ENTITLEMENT, Asked.PURCHASE}


@dataclass
class WhyView:
    """What `why-this-wall` shows. Empty where nobody is to see it."""

    rule: str = ""
    lines: list[str] = field(default_factory=list)
    """In the order in which it was asked."""
    design_href: str = ""
    """The design that decided, in the studio; empty where none had to, or the studio is not open here."""
    resettable: bool = False
    """Whether this browser's meter can be reset here."""


def why_view(decision: Decision, reader: Reader, language: str, *, in_studio: bool) -> WhyView:
    """The trace; `in_studio`: for somebody who may also change the design."""
    return WhyView(
        rule=decision.rule.value,
        lines=list(_lines(decision, reader, language)),
        design_href=f"/studio/paywalls?design={decision.design}" if in_studio and decision.design else "",
        resettable=not reader.preview,
    )


def _lines(decision: Decision, reader: Reader, language: str) -> Iterator[str]:
    yield from _reader(decision.facts, reader, language)
    yield from (_asked(*one, language) for one in decision.trace if one[0] in _BEFORE_DESIGNS)
    yield from (_tried(one, language) for one in decision.tried)
    if decision.met is not None:
        yield from _experiment(decision.met, language)
    yield from (_asked(*one, language) for one in decision.trace if one[0] not in _BEFORE_DESIGNS)
    yield text(language, f"why.rule.{decision.rule.value}")


def _reader(facts: TargetingFacts | None, reader: Reader, language: str) -> Iterator[str]:
    lapsed = facts is not None and ReaderKind.LAPSED in facts.readers
    kind = "anonymous" if reader.customer is None else "lapsed" if lapsed else "signed_in"
    yield text(language, f"why.reader.{kind}")
    if facts is None:
        return
    if facts.visits is None:
        yield text(language, "why.reader.no_visit")
    else:
        yield text(language, "why.reader.visit", number=facts.visits, source=facts.traffic_source or "")
    yield text(language, f"why.device.{facts.device.value if facts.device else 'unknown'}")


def _asked(question: Asked, answer: str, language: str) -> str:
    if "/" in answer:
        used, total = answer.split("/")
        return text(language, "why.meter.count", used=used, total=total)
    return text(language, f"why.{question.value}.{answer}")


def _experiment(met: MetVariant, language: str) -> Iterator[str]:
    """How experiments came from the design that was chosen to the one that is met."""
    design = {"design": met.published.design.name, "version": met.published.version}
    if met.promoted_by:
        yield text(language, "why.experiment.promoted", name=met.promoted_by, **design)
    if met.variant:
        yield text(language, "why.experiment.variant", name=met.name, variant=met.variant, **design)
    elif met.experiment:
        yield text(language, "why.experiment.outside", name=met.name)


def _tried(tried: Tried, language: str) -> str:
    if not tried.taken:
        rules = ", ".join(text(language, f"why.targeting.{rule.value}") for rule in tried.failed)
        return text(language, "why.design.passed_over", name=tried.name, rules=rules)
    if tried.version == DRAFT_VERSION:
        return text(language, "why.design.draft", name=tried.name)
    return text(language, "why.design.taken", name=tried.name, version=tried.version)
