"""Designs that nobody can meet: targeting that contradicts itself, or another design in the way."""

from __future__ import annotations

from collections.abc import Iterator

from klarna_shop.shop.paywalls.checks import sources
from klarna_shop.shop.paywalls.checks.finding import Finding, Severity
from klarna_shop.shop.paywalls.checks.surroundings import Checked
from klarna_shop.shop.paywalls.choosing import in_order
from klarna_shop.shop.paywalls.covering import covers
from klarna_shop.shop.paywalls.document import AccessModel, ReaderKind, Targeting
from klarna_shop.shop.paywalls.standard import STANDARD_SLUG
from klarna_shop.shop.paywalls.stored import Published


def findings(checked: Checked) -> Iterator[Finding]:
    """What keeps readers from it."""
    targeting = checked.design.targeting
    if checked.around.slug == STANDARD_SLUG:
        if targeting.model_copy(update={"priority": 0}) != Targeting(priority=0):
            yield _finding(
                "reach.standard",
                Severity.WARNING,
                "targeting",
                "The standard design is for everybody whom no other is for: its targeting is not looked at.",
                "Make a design of its own for these readers.",
            )
        return
    never = list(_never(checked))
    yield from never
    yield from _unknown(checked)
    if not never:
        yield from _in_the_way(checked)
    is_registration = checked.design.access.model is AccessModel.REGISTRATION
    if is_registration and targeting.readers and ReaderKind.ANONYMOUS not in targeting.readers:
        yield _finding(
            "reach.registered",
            Severity.WARNING,
            "targeting.readers",
            "A registration wall is open to everybody who has signed in, and it is only for those.",
            "Target anonymous readers, or take another access model.",
        )


def _never(checked: Checked) -> Iterator[Finding]:
    """Contradictions."""
    targeting = checked.design.targeting
    least, most = targeting.min_visits, targeting.max_visits
    if least is not None and most is not None and least > most:
        yield _never_matches("targeting.max_visits", f"No visit is at least {least} and at most {most}.")
    begins, ends = targeting.starts_at, targeting.ends_at
    if begins is not None and ends is not None and begins >= ends:
        yield _never_matches("targeting.ends_at", "It ends before it begins.")
    elif ends is not None and ends <= checked.around.now:
        yield _never_matches("targeting.ends_at", "Its time is over.")
    if targeting.languages and not checked.languages:
        yield _never_matches("targeting.languages", "The shop has none of these languages.")
        return
    reached = [
        article
        for article in checked.around.articles
        if (not targeting.sections or article.section in targeting.sections)
        and (not targeting.tags or not article.tags.isdisjoint(targeting.tags))
        and (not targeting.languages or article.language in targeting.languages)
    ]
    if checked.around.articles and not reached:
        path = "targeting.sections" if targeting.sections else "targeting.tags"
        yield _never_matches(path, "No article that has a wall is of these sections and tags.")


def _unknown(checked: Checked) -> Iterator[Finding]:
    """Single values that match nothing, beside others that do."""
    articles = checked.around.articles
    known = {
        "sections": {article.section for article in articles},
        "tags": {tag for article in articles for tag in article.tags},
        "languages": set(checked.around.languages),
    }
    for name, values in known.items():
        for number, value in enumerate(getattr(checked.design.targeting, name)):
            if values and value not in values:
                yield _finding(
                    "reach.unknown",
                    Severity.WARNING,
                    f"targeting.{name}.{number}",
                    f"No article that has a wall has {value} among its {name}.",
                    "Remove it, or write it as the articles do.",
                )


def _in_the_way(checked: Checked) -> Iterator[Finding]:
    """Designs before this one that take all its readers."""
    own = Published(checked.around.slug, 0, checked.design)
    others = [one for one in checked.around.others if one.slug not in {own.slug, STANDARD_SLUG}]
    tried = in_order([*others, own])
    place = tried.index(own)
    for other in tried[:place]:
        if covers(other.design.targeting, own.design.targeting):
            yield _finding(
                "reach.shadowed",
                Severity.ERROR,
                "targeting.priority",
                f"“{other.design.name}” ({other.slug}) comes first and takes all of its readers.",
                "Give it a higher priority, or other readers.",
            )
            break
    for other in tried[place + 1 :]:
        if covers(own.design.targeting, other.design.targeting):
            yield _finding(
                "reach.shadows",
                Severity.WARNING,
                "targeting.priority",
                f"It would take all readers of “{other.design.name}” ({other.slug}), which is published.",
                "Give it a lower priority, or fewer readers, unless that is meant.",
            )


def _never_matches(path: str, sentence: str) -> Finding:
    return _finding(
        "reach.never", Severity.ERROR, path, f"{sentence} Nobody would ever meet it.", "Change the targeting."
    )


def _finding(check: str, severity: Severity, path: str, sentence: str, mend: str) -> Finding:
    return Finding(check, severity, path, sentence, mend, sources.TARGETING)
