"""What the editor's page shows: plain values, made anew after every change."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Mark:
    """A finding at its field."""

    severity: str = ""
    sentence: str = ""
    mend: str = ""
    source: str = ""
    address: str = ""
    """Where the rule can be read."""


@dataclass
class FindingView:
    """A finding in the list. `place` says where, in words; `path` leads there."""

    severity: str = ""
    path: str = ""
    place: str = ""
    sentence: str = ""
    mend: str = ""
    source: str = ""
    address: str = ""


@dataclass
class OptionView:
    """One value to choose."""

    value: str = ""
    label: str = ""
    explanation: str = ""
    chosen: bool = False


@dataclass
class FieldView:
    """One field of the form. `control` is how it is filled in, `fault` why what was typed is not kept."""

    path: str = ""
    control: str = "line"
    label: str = ""
    hint: str = ""
    value: str = ""
    fault: str = ""
    placeholder: str = ""
    marks: list[Mark] = field(default_factory=list)
    options: list[OptionView] = field(default_factory=list)
    takes_variables: bool = False
    place: int = -1
    """In its list, from 0; -1 where it stands alone."""
    is_last: bool = False


@dataclass
class OfferRow:
    """One offer of the design. `price` is empty where Payway does not sell it."""

    path: str = ""
    code: str = ""
    name: str = ""
    price: str = ""
    is_last: bool = False
    place: int = 0
    marks: list[Mark] = field(default_factory=list)
    fields: list[FieldView] = field(default_factory=list)


@dataclass
class OfferChoice:
    """Something that Payway sells."""

    code: str = ""
    name: str = ""
    price: str = ""


@dataclass
class LanguageTab:
    """A language of the copy. `marks` says how many findings it has."""

    code: str = ""
    name: str = ""
    written: bool = False
    marks: str = ""
    severity: str = ""


@dataclass
class ContrastRow:
    """Two colours that meet, and whether they can be told apart."""

    appearance: str = ""
    what: str = ""
    front: str = ""
    back: str = ""
    ratio: str = ""
    needed: str = ""
    enough: bool = True


@dataclass
class PartSummary:
    """What is to be said of a part of the form at its head."""

    marks: str = ""
    severity: str = ""


@dataclass
class VariableView:
    """A variable of the copy."""

    name: str = ""
    meaning: str = ""
    sample: str = ""


@dataclass
class Form:
    """Everything that depends on the document."""

    fields: dict[str, list[FieldView]] = field(default_factory=dict)
    offers: list[OfferRow] = field(default_factory=list)
    unlisted: list[OfferChoice] = field(default_factory=list)
    catalogue_known: bool = True
    tabs: list[LanguageTab] = field(default_factory=list)
    contrasts: list[ContrastRow] = field(default_factory=list)
    findings: list[FindingView] = field(default_factory=list)
    summaries: dict[str, PartSummary] = field(default_factory=dict)
