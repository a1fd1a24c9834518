"""The form's parts and their fields, by path. What each field is called and takes is the schema's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from klarna_shop.shop.paywalls.document import AccessModel, PaywallDesign

LANGUAGE = "{language}"
"""Stands in a path for the language whose copy is edited."""


class Control(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    PARAGRAPH = "paragraph"
    NUMBER = "number"
    MOMENT = "moment"
    SWATCH = "swatch"
    TICK = "tick"
    CARDS = "cards"
    SELECT = "select"
    SEVERAL = "several"
    WORDS = "words"


Applies = Callable[[PaywallDesign], bool]


@dataclass(frozen=True)
class Entry:
    """One field. Where it does not `apply` it is shown only if something is to be said of it."""

    path: str
    control: Control
    applies: Applies = lambda _design: True


@dataclass(frozen=True)
class FormPart:
    """A part of the form. `key` is the first name in its fields' paths, or one of them."""

    key: str
    title: str
    entries: tuple[Entry, ...]
    paths: tuple[str, ...]
    """First names of the paths that belong here."""


def _model(*models: AccessModel) -> Applies:
    return lambda design: design.access.model in models


def _copy(name: str, control: Control, *models: AccessModel) -> Entry:
    path = f"copy.{LANGUAGE}.{name}"
    return Entry(path, control, _model(*models)) if models else Entry(path, control)


ABOUT = FormPart(
    "about",
    "Name and purpose",
    (Entry("name", Control.LINE), Entry("purpose", Control.PARAGRAPH)),
    ("name", "purpose", ""),
)
ACCESS = FormPart(
    "access",
    "Access model",
    (
        Entry("access.model", Control.CARDS),
        Entry("access.free_articles", Control.NUMBER, _model(AccessModel.METERED)),
        Entry("access.days", Control.NUMBER, _model(AccessModel.METERED)),
        Entry(
            "access.includes_premium",
            Control.TICK,
            _model(AccessModel.METERED, AccessModel.REGISTRATION, AccessModel.SOFT),
        ),
    ),
    ("access",),
)
LAYOUT = FormPart(
    "layout",
    "Layout and teaser",
    (
        Entry("layout", Control.CARDS),
        Entry("teaser.paragraphs", Control.NUMBER),
        Entry("teaser.fade", Control.TICK),
    ),
    ("layout", "teaser"),
)
COPY = FormPart(
    "copy",
    "Copy",
    (
        _copy("title", Control.LINE),
        _copy("lead", Control.PARAGRAPH),
        _copy("title_premium", Control.LINE),
        _copy("lead_premium", Control.PARAGRAPH),
        _copy("price", Control.PARAGRAPH),
        _copy("trial", Control.PARAGRAPH),
        _copy("reasons", Control.PARAGRAPH),
        _copy("buy", Control.LINE),
        _copy("register", Control.LINE, AccessModel.REGISTRATION),
        _copy("login", Control.LINE),
        _copy("dismiss", Control.LINE, AccessModel.SOFT),
        _copy("payment", Control.PARAGRAPH),
        _copy("small_print", Control.PARAGRAPH),
    ),
    ("copy",),
)
OFFERS = FormPart("offers", "Offers", (Entry("offers.preselected", Control.SELECT),), ("offers",))
THEME = FormPart(
    "theme",
    "Theme",
    (
        Entry("theme.light.brand", Control.SWATCH),
        Entry("theme.light.accent", Control.SWATCH),
        Entry("theme.dark.brand", Control.SWATCH),
        Entry("theme.dark.accent", Control.SWATCH),
        Entry("theme.font", Control.SELECT),
        Entry("theme.corner_radius", Control.NUMBER),
        Entry("theme.logo", Control.SELECT),
    ),
    ("theme",),
)
TARGETING = FormPart(
    "targeting",
    "Targeting",
    (
        Entry("targeting.readers", Control.SEVERAL),
        Entry("targeting.devices", Control.SEVERAL),
        Entry("targeting.languages", Control.SEVERAL),
        Entry("targeting.sections", Control.SEVERAL),
        Entry("targeting.tags", Control.SEVERAL),
        Entry("targeting.traffic_sources", Control.WORDS),
        Entry("targeting.min_visits", Control.NUMBER),
        Entry("targeting.max_visits", Control.NUMBER),
        Entry("targeting.starts_at", Control.MOMENT),
        Entry("targeting.ends_at", Control.MOMENT),
        Entry("targeting.priority", Control.NUMBER),
    ),
    ("targeting",),
)
PARTS = (ABOUT, COPY, OFFERS, ACCESS, LAYOUT, THEME, TARGETING)
"""In the order of the form: what changes most often comes first."""


def part_of(path: str) -> FormPart:
    """The part of the form that a path belongs to; an unknown one counts as of the whole design."""
    first = path.partition(".")[0]
    return next((part for part in PARTS if first in part.paths), ABOUT)
