"""Which scenario is on for this browser, and the button that switches it on and walks there."""

from __future__ import annotations

import logging
from urllib.parse import quote, urlencode

import reflex as rx
from reflex.event import EventSpec

from klarna_shop.shop.articles import ArticleKind
from klarna_shop.shop.current import current_shop
from klarna_shop.shop.identity import own_path
from klarna_shop.shop.scenarios import SCENARIOS, Scenario, Stage, StageUnavailable, Start
from klarna_shop.ui.languages import DEFAULT_LANGUAGE
from klarna_shop.ui.reader_state import reader_of
from klarna_shop.ui.studio.guard import studio_event

log = logging.getLogger(__name__)

MESSAGE_ID = "scenario-message"
UNREACHABLE = "The sandbox did not answer. Nothing was changed."
NO_COOKIE = "This browser keeps no cookies, so that nothing can be provoked for it alone."


class ScenariosState(rx.State):
    """What the page shows of the switches."""

    on: list[str] = []
    """Codes of scenarios of which something is still to happen to this browser."""
    message: str = ""
    chosen: str = ""
    """The scenario that was switched on last, while it is on."""
    expects: str = ""
    """What the reader should see of it."""
    beside: str = "/"
    """The page of the shop that these switches stand on."""

    @studio_event
    async def show(self) -> None:
        """Ask the sandbox what is on. Safe to repeat."""
        self.message = ""
        self.beside = own_path(self.router.url.query_parameters.get("next")) or "/"
        stage, scope = current_shop().stage, (await reader_of(self)).visitor_id
        if stage is None or scope is None:
            self._tell([])
            return
        await self._refresh(stage, scope)

    @studio_event
    async def walk(self, code: str) -> EventSpec:
        """Switch a scenario on for this browser, in place of another, and walk to where it shows."""
        scenario = next((one for one in SCENARIOS if one.code == code), None)
        if scenario is None or not await self._switch_on(scenario):
            return rx.set_focus(MESSAGE_ID)
        return rx.redirect(start_of(scenario))

    @studio_event
    async def choose(self, code: str) -> EventSpec | None:
        """Switch a scenario on for this browser and stay; an empty code switches off what is on."""
        scenario = next((one for one in SCENARIOS if one.code == code and one.orders), None)
        if scenario is None:
            return await self._switch_off()
        await self._switch_on(scenario)
        return None

    @studio_event
    async def switch_off(self) -> EventSpec:
        """Let nothing more happen to this browser."""
        return await self._switch_off()

    async def _switch_on(self, scenario: Scenario) -> bool:
        """Whether it is on now; otherwise the message says why not."""
        stage, scope = current_shop().stage, (await reader_of(self)).visitor_id
        if stage is None or scope is None:
            self.message = NO_COOKIE
            return False
        try:
            await stage.switch_on(scenario, scope)
        except StageUnavailable as error:
            log.warning("scenario %s: %s", scenario.code, error)
            self.message = UNREACHABLE
            return False
        if scenario.forgets_offers:
            current_shop().offers.forget()
        self._tell([scenario.code])
        self.message = ""
        return True

    async def _switch_off(self) -> EventSpec:
        stage, scope = current_shop().stage, (await reader_of(self)).visitor_id
        if stage is not None and scope is not None:
            try:
                await stage.switch_off(scope)
                self._tell([])
                self.message = "Nothing is provoked in this browser any more."
            except StageUnavailable as error:
                log.warning("scenarios off: %s", error)
                self.message = UNREACHABLE
        return rx.set_focus(MESSAGE_ID)

    async def _refresh(self, stage: Stage, scope: str) -> None:
        try:
            self._tell(sorted(await stage.on_for(scope)))
        except StageUnavailable as error:
            log.warning("scenarios: %s", error)
            self.message = UNREACHABLE

    def _tell(self, on: list[str]) -> None:
        self.on = on
        shown = next((one for one in SCENARIOS if one.code in on), None)
        self.chosen, self.expects = (shown.code, shown.expects) if shown else ("", "")


def start_of(scenario: Scenario, *, signed_in: bool = False) -> str:
    """The address where one sees the scenario.

    By way of the sign-in page where a demo customer has to be, unless they are `signed_in` already.
    """
    article = walled_article()
    place = {
        Start.PICKER: f"/packages?{urlencode({'from': article, 'code': scenario.offer})}",
        Start.ARTICLE: f"/article/{article}",
        Start.SIGN_IN: "/login",
    }[scenario.start]
    return f"/login?next={quote(place)}" if scenario.customer and not signed_in else place


def walled_article() -> str:
    """The first walled article of the front page, by its slug."""
    articles = current_shop().articles.front_page(DEFAULT_LANGUAGE)
    return next((one.slug for one in articles if one.kind is ArticleKind.PREMIUM), articles[0].slug)
