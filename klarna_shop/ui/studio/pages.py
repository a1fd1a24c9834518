"""The studio's pages: address, title, content, first events. A new room is one more entry here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import reflex as rx

from klarna_shop.settings import load_settings
from klarna_shop.ui.reader_state import ReaderState
from klarna_shop.ui.studio.articles.state import ArticleProblemsState
from klarna_shop.ui.studio.experiments.page import experiments_events, experiments_page
from klarna_shop.ui.studio.experiments.views import PATH as EXPERIMENTS
from klarna_shop.ui.studio.flows import FlowsState, flows_page
from klarna_shop.ui.studio.frame import Room, studio_frame, studio_slip
from klarna_shop.ui.studio.funnel.page import funnel_events, funnel_page
from klarna_shop.ui.studio.funnel.views import PATH as FUNNEL
from klarna_shop.ui.studio.overview import overview
from klarna_shop.ui.studio.payment_methods.state import PaymentMethodsState
from klarna_shop.ui.studio.paywalls import paywalls_events, paywalls_page
from klarna_shop.ui.studio.previews.page import previews_page
from klarna_shop.ui.studio.previews.setup import PATH as PREVIEWS
from klarna_shop.ui.studio.previews.state import PreviewsState
from klarna_shop.ui.studio.state import StudioState
from klarna_shop.ui.studio.unfinished.state import UnfinishedState


@dataclass(frozen=True)
class StudioPage:
    """One page; `on_load` runs after the door was looked at, and each of its events looks again."""

    path: str
    title: str
    content: Callable[[], rx.Component]
    on_load: tuple[Any, ...] = ()
    is_slip: bool = False
    """Whether it stands in a small frame on another page, without the studio around it."""

    def framed(self) -> rx.Component:
        """The whole page."""
        if self.is_slip:
            return studio_slip(self.title, self.content())
        return studio_frame(_rooms(), self.path, self.title, self.content())

    @property
    def events(self) -> list[Any]:
        """What happens when the page is opened."""
        return [StudioState.enter, *self.on_load]


@dataclass(frozen=True)
class _Entry:
    page: StudioPage
    purpose: str


def studio_pages() -> Iterator[StudioPage]:
    """All pages that this shop's settings allow for."""
    yield StudioPage(
        "/studio",
        "Studio",
        partial(overview, _rooms()),
        (ArticleProblemsState.show, UnfinishedState.show, PaymentMethodsState.show),
    )
    for entry in _entries():
        yield entry.page
    if load_settings().is_sandbox:
        yield _switches()


def _entries() -> Iterator[_Entry]:
    yield _Entry(
        StudioPage("/studio/paywalls", "Paywalls", paywalls_page, paywalls_events()),
        "Design what the reader meets: words, offers, look and audience, beside the live page; publish and"
        " roll back.",
    )
    yield _Entry(
        StudioPage(PREVIEWS, "Preview", previews_page, (PreviewsState.show,)),
        "The live pages side by side as any reader meets them: device, language, appearance, date and design"
        " as you choose. A link shows it to somebody without a login.",
    )
    yield _Entry(
        StudioPage(EXPERIMENTS, "Experiments", experiments_page, experiments_events()),
        "Show readers different designs, and learn which brings more orders. The answers may be looked at"
        " every day.",
    )
    yield _Entry(
        StudioPage(FUNNEL, "Funnel", funnel_page, funnel_events()),
        "How far readers come from the wall to the order, how long each step takes, and why they leave.",
    )
    yield _Entry(
        StudioPage("/studio/flows", "Flows", flows_page, (FlowsState.show,)),
        "Every purchase as a timeline across all parties, with each call to Payway and its answer.",
    )
    if load_settings().is_sandbox:
        yield _scenarios()


def _scenarios() -> _Entry:
    """Elsewhere nothing can be provoked and no time moved: neither page nor handlers are there at all."""
    from klarna_shop.ui.studio.scenarios.page import scenarios_page
    from klarna_shop.ui.studio.scenarios.state import ScenariosState
    from klarna_shop.ui.studio.scenarios.time_state import TimeState

    return _Entry(
        StudioPage("/studio/scenarios", "Scenarios", scenarios_page, (ScenariosState.show, TimeState.show)),
        "Provoke every outcome that Payway and Klarna can have, in this browser alone; move the sandbox’s"
        " clock along a subscription’s life.",
    )


def _switches() -> StudioPage:
    from klarna_shop.ui.studio.scenarios.state import ScenariosState
    from klarna_shop.ui.studio.scenarios.switches import switches_page

    events = (ReaderState.recognise, ScenariosState.show)
    return StudioPage("/studio/switches", "Switches", switches_page, events, is_slip=True)


def _rooms() -> tuple[Room, ...]:
    return tuple(Room(entry.page.path, entry.page.title, entry.purpose) for entry in _entries())
