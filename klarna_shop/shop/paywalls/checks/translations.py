"""Copy that is missing in a language."""

from __future__ import annotations

from collections.abc import Iterator

from klarna_shop.shop.paywalls.checks import sources
from klarna_shop.shop.paywalls.checks.finding import Finding, Severity
from klarna_shop.shop.paywalls.checks.surroundings import Checked
from klarna_shop.shop.paywalls.document import AccessModel, Copy, CopyLine

_ALWAYS = (CopyLine.TITLE, CopyLine.BUY, CopyLine.LOGIN)
_OF_MODEL = {AccessModel.REGISTRATION: CopyLine.REGISTER, AccessModel.SOFT: CopyLine.DISMISS}


def findings(checked: Checked) -> Iterator[Finding]:
    """Languages that are missing, lines that no wall can do without, and lines that only others have."""
    copy = checked.design.copy_
    for language in checked.languages:
        if language not in copy:
            yield _missing(f"copy.{language}", f"There is no copy in {language}.", "Translate the copy.")
        else:
            yield from _lines(checked, language)
    for language in copy:
        if language not in checked.languages:
            yield _finding(
                "translation.unused",
                Severity.WARNING,
                f"copy.{language}",
                f"Nobody reads the copy in {language}: the shop or the targeting leaves that language out.",
                "Remove it, or target the language.",
            )
    yield from _badges(checked)
    yield from _premium(checked)


def _lines(checked: Checked, language: str) -> Iterator[Finding]:
    copy = checked.design.copy_
    own = copy[language]
    others = [copy[other] for other in checked.languages if other in copy and other != language]
    needed = {*_ALWAYS, _OF_MODEL.get(checked.design.access.model, CopyLine.TITLE)}
    for line in CopyLine:
        path = f"copy.{language}.{line.value}"
        if own.line(line).strip():
            continue
        if line in needed:
            yield _missing(path, f"The {_named(line)} is empty in {language}.", "Write it.")
        elif any(other.line(line).strip() for other in others):
            yield _finding(
                "translation.line",
                Severity.WARNING,
                path,
                f"The {_named(line)} is there in another language and not in {language}.",
                "Translate it, or leave it out everywhere.",
            )
    most = max((len(other.reasons) for other in others), default=0)
    if len(own.reasons) < most or not all(reason.strip() for reason in own.reasons):
        yield _finding(
            "translation.line",
            Severity.WARNING,
            f"copy.{language}.reasons",
            f"There are fewer reasons in {language} than in another language, or one is empty.",
            "Translate the reasons.",
        )


def _badges(checked: Checked) -> Iterator[Finding]:
    for number, offer in enumerate(checked.design.offers.listed):
        lacking = [one for one in checked.languages if offer.badge and not offer.badge.get(one)]
        for language in lacking:
            yield _finding(
                "translation.badge",
                Severity.WARNING,
                f"offers.listed.{number}.badge.{language}",
                f"The badge of {offer.code} is missing in {language}.",
                "Translate it.",
            )


def _premium(checked: Checked) -> Iterator[Finding]:
    """A wall before a premium article must not speak of a meter, an account or a way past it."""
    access = checked.design.access
    lenient = access.model in {AccessModel.METERED, AccessModel.REGISTRATION, AccessModel.SOFT}
    if access.includes_premium or not lenient:
        return
    for language in checked.languages:
        own = checked.design.copy_.get(language, Copy())
        if own.title.strip() and not own.title_premium.strip():
            yield _finding(
                "translation.premium_title",
                Severity.WARNING,
                f"copy.{language}.title_premium",
                "Premium articles need a subscription here, and their wall has no title of its own.",
                "Write one that does not promise what the access model gives for other articles.",
            )


def _named(line: CopyLine) -> str:
    return line.value.replace("_", " ")


def _missing(path: str, sentence: str, mend: str) -> Finding:
    return _finding("translation.missing", Severity.ERROR, path, sentence, mend)


def _finding(check: str, severity: Severity, path: str, sentence: str, mend: str) -> Finding:
    return Finding(check, severity, path, sentence, mend, sources.LANGUAGE)
