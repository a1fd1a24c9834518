"""A document and what is found in it, as the form shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from klarna_shop.shop.offers import Offer
from klarna_shop.shop.paywalls.checks import Finding, Severity
from klarna_shop.shop.paywalls.document import PaywallDesign
from klarna_shop.shop.paywalls.document.fields import FieldFacts, field_facts
from klarna_shop.shop.paywalls.palette import pairs
from klarna_shop.ui.studio.paywalls.editor.moments import moment_shown
from klarna_shop.ui.studio.paywalls.editor.table import LANGUAGE, PARTS, Control, Entry, FormPart, part_of
from klarna_shop.ui.studio.paywalls.editor.views import (
    ContrastRow,
    FieldView,
    FindingView,
    Form,
    LanguageTab,
    Mark,
    OfferChoice,
    OfferRow,
    OptionView,
    PartSummary,
)
from klarna_shop.ui.studio.paywalls.editor.words import (
    choice_label,
    counted,
    language_name,
    offer_price,
    place_of,
    source_address,
)

NONE_CHOSEN = "None"
_TOLD_BY_CHOICES = {
    "offers.preselected",
    "theme.logo",
    "targeting.devices",
    "targeting.languages",
    "targeting.sections",
}
"""What they take is seen; their description is for those who write JSON."""


@dataclass(frozen=True)
class Around:
    """What the form offers to choose from, and what it says where a field is empty."""

    languages: tuple[str, ...] = ()
    sections: Mapping[str, str] = field(default_factory=dict)
    """Names by code."""
    tags: tuple[str, ...] = ()
    logos: tuple[str, ...] = ()
    sold: tuple[Offer, ...] | None = ()
    placeholders: Mapping[str, str] = field(default_factory=dict)
    """By path: what counts where nothing is typed."""


def form(
    design: PaywallDesign,
    findings: Sequence[Finding],
    faults: Mapping[str, str],
    language: str,
    around: Around,
) -> Form:
    """Everything that the page shows of a document. `faults` are of what was typed and is not in it."""
    return _Drawing(design, findings, faults, language, around).form()


class _Drawing:
    def __init__(
        self,
        design: PaywallDesign,
        findings: Sequence[Finding],
        faults: Mapping[str, str],
        language: str,
        around: Around,
    ) -> None:
        self.design, self.data = design, design.as_data()
        self.findings, self.faults = findings, faults
        self.language, self.around = language, around
        self.marks: dict[str, list[Mark]] = {}
        shown = set(self._shown_paths())
        for finding in findings:
            self.marks.setdefault(_nearest(finding.path, shown), []).append(_mark(finding))

    def form(self) -> Form:
        """All of it."""
        return Form(
            fields={part.key: list(self._fields(part)) for part in PARTS},
            offers=list(self._offers()),
            unlisted=list(self._unlisted()),
            catalogue_known=self.around.sold is not None,
            tabs=[self._tab(code) for code in self._languages()],
            contrasts=[
                ContrastRow(
                    appearance=pair.field.partition(".")[0],
                    what=pair.what,
                    front=pair.front,
                    back=pair.back,
                    ratio=f"{pair.ratio:.1f}",
                    needed=f"{pair.needed:g}",
                    enough=pair.ratio >= pair.needed,
                )
                for pair in pairs(self.design.theme)
            ],
            findings=[_finding(finding) for finding in self.findings],
            summaries={part.key: self._summary(part) for part in PARTS},
        )

    def _shown_paths(self) -> Iterator[str]:
        for part in PARTS:
            for entry in part.entries:
                path = entry.path.replace(LANGUAGE, self.language)
                yield path
                if path.endswith(".reasons"):
                    yield from (f"{path}.{number}" for number in range(len(self._at(path) or ())))
        for number, offer in enumerate(self.design.offers.listed):
            yield f"offers.listed.{number}"
            yield f"offers.listed.{number}.emphasised"
            yield from (f"offers.listed.{number}.badge.{code}" for code in (*self._languages(), *offer.badge))

    def _fields(self, part: FormPart) -> Iterator[FieldView]:
        for entry in part.entries:
            path = entry.path.replace(LANGUAGE, self.language)
            if path.endswith(".reasons"):
                yield from self._listed(path, entry)
            elif entry.applies(self.design) or path in self.marks or path in self.faults:
                yield self._field(path, entry.control)

    def _listed(self, path: str, entry: Entry) -> Iterator[FieldView]:
        count = len(self._at(path) or ())
        for number in range(count):
            view = self._field(f"{path}.{number}", entry.control)
            view.label, view.hint = f"Reason {number + 1}", ""
            view.place, view.is_last = number, number == count - 1
            yield view

    def _field(self, path: str, control: Control) -> FieldView:
        facts = field_facts(path)
        assert facts is not None, path
        value = self._at(path)
        options = list(self._options(path, facts, value, control))
        return FieldView(
            path=path,
            control=control.value,
            label=_label(path, facts),
            # What each choice means stands at the choice.
            hint=""
            if path in _TOLD_BY_CHOICES or any(option.explanation for option in options)
            else _plain(facts.description),
            value=moment_shown(str(value)) if value and control is Control.MOMENT else _typed(value),
            fault=self.faults.get(path, ""),
            placeholder=self.around.placeholders.get(path, ""),
            marks=self.marks.get(path, []),
            options=options,
            takes_variables=path.startswith("copy."),
        )

    def _options(self, path: str, facts: FieldFacts, value: Any, control: Control) -> Iterator[OptionView]:
        if control not in {Control.CARDS, Control.SELECT, Control.SEVERAL}:
            return
        chosen = value if isinstance(value, list) else [value]
        known = dict(self._choices(path, facts))
        for one in chosen:
            known.setdefault(one or "", (NONE_CHOSEN if not one else f"{one} (unknown)", ""))
        for code, (label, explanation) in known.items():
            yield OptionView(code, label, explanation, code in chosen or (not code and value is None))

    def _choices(self, path: str, facts: FieldFacts) -> Iterator[tuple[str, tuple[str, str]]]:
        """(value, (label, explanation)) of what may be chosen."""
        for choice in facts.choices:
            yield choice.value, (choice_label(choice.value), choice.explanation)
        match path:
            case "offers.preselected":
                yield "", (NONE_CHOSEN, "")
                listed = [offer.code for offer in self.design.offers.listed]
                for code in listed or list(self._sold()):
                    yield code, (self._sold().get(code, OfferChoice(name=code)).name, "")
            case "theme.logo":
                yield "none", (NONE_CHOSEN, "")
                yield "wordmark", ("The newspaper’s name", "")
                yield from ((logo, (logo, "")) for logo in self.around.logos)
            case "targeting.languages":
                yield from ((code, (language_name(code), "")) for code in self.around.languages)
            case "targeting.sections":
                yield from ((code, (name, "")) for code, name in self.around.sections.items())
            case "targeting.tags":
                yield from ((tag, (tag, "")) for tag in self.around.tags)

    def _offers(self) -> Iterator[OfferRow]:
        listed = self.design.offers.listed
        sold = self._sold()
        for number, offer in enumerate(listed):
            path = f"offers.listed.{number}"
            known = sold.get(offer.code)
            badges = dict.fromkeys((*self._languages(), *offer.badge))
            fields = [self._field(f"{path}.emphasised", Control.TICK)]
            for code in badges:
                badge = self._field(f"{path}.badge.{code}", Control.LINE)
                badge.label, badge.hint = f"Badge, {language_name(code)}", ""
                fields.append(badge)
            yield OfferRow(
                path=path,
                code=offer.code,
                name=known.name if known else offer.code,
                price=known.price if known else "",
                is_last=number == len(listed) - 1,
                place=number,
                marks=self.marks.get(path, []),
                fields=fields,
            )

    def _unlisted(self) -> Iterator[OfferChoice]:
        listed = {offer.code for offer in self.design.offers.listed}
        yield from (choice for code, choice in self._sold().items() if code not in listed)

    def _sold(self) -> dict[str, OfferChoice]:
        """By code; a package with several periods is one choice with all its prices."""
        sold: dict[str, OfferChoice] = {}
        for offer in self.around.sold or ():
            price = offer_price(offer)
            known = sold.get(offer.code)
            if known is None:
                sold[offer.code] = OfferChoice(offer.code, offer.name, price)
            else:
                known.price += f" or {price}"
        return sold

    def _languages(self) -> tuple[str, ...]:
        """The shop's, then others that the design speaks."""
        return tuple(dict.fromkeys((*self.around.languages, *self.design.copy_)))

    def _tab(self, code: str) -> LanguageTab:
        own = [finding for finding in self.findings if _is_below(finding.path, f"copy.{code}")]
        summary = _summary(own, 0)
        written = code in self.design.copy_
        return LanguageTab(code, language_name(code), written, summary.marks, summary.severity)

    def _summary(self, part: FormPart) -> PartSummary:
        own = [finding for finding in self.findings if part_of(finding.path) is part]
        return _summary(own, sum(part_of(path) is part for path in self.faults))

    def _at(self, path: str) -> Any:
        here: Any = self.data
        for name in path.split("."):
            if isinstance(here, list):
                here = here[int(name)] if int(name) < len(here) else None
            else:
                here = (here or {}).get(name)
        return here


def _nearest(path: str, shown: set[str]) -> str:
    """The field that a finding is shown at: its own, or what it is a part of."""
    while path and path not in shown:
        path = path.rpartition(".")[0]
    return path


def _is_below(path: str, above: str) -> bool:
    return path == above or path.startswith(f"{above}.")


def _summary(findings: Iterable[Finding], faults: int) -> PartSummary:
    severities = [finding.severity for finding in findings]
    errors = severities.count(Severity.ERROR) + faults
    warnings = severities.count(Severity.WARNING)
    return PartSummary(counted(errors, warnings), "error" if errors else "warning" if warnings else "")


def _mark(finding: Finding) -> Mark:
    return Mark(
        finding.severity.value,
        finding.sentence,
        finding.mend,
        finding.source.title,
        source_address(finding),
    )


def _finding(finding: Finding) -> FindingView:
    return FindingView(
        severity=finding.severity.value,
        path=finding.path,
        place=place_of(finding.path),
        sentence=finding.sentence,
        mend=finding.mend,
        source=finding.source.title,
        address=source_address(finding),
    )


def _label(path: str, facts: FieldFacts) -> str:
    """The schema's title; colours say of which appearance."""
    if path.startswith("theme.") and path.count(".") == 2:
        return f"{path.split('.')[1].capitalize()}: {facts.title.lower()}"
    return facts.title


def _plain(description: str) -> str:
    """The schema's words for a form: nothing can be null in one, and moments are the seller's."""
    return description.replace(" (null)", "").replace(" (UTC)", " (Swedish time)")


def _typed(value: Any) -> str:
    """A value as it stands in a field."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
