"""What the frame beside the form shows."""

from __future__ import annotations

from dataclasses import dataclass

import reflex as rx

from klarna_shop.shop.articles import ArticleKind
from klarna_shop.shop.current import current_shop
from klarna_shop.shop.paywalls.document import AccessModel, Device
from klarna_shop.shop.paywalls.palette import Appearance
from klarna_shop.shop.previews import Persona, Preview
from klarna_shop.ui.languages import DEFAULT_LANGUAGE, languages
from klarna_shop.ui.studio.guard import studio_event
from klarna_shop.ui.studio.paywalls.editor.state import EditorState
from klarna_shop.ui.studio.paywalls.editor.typed import is_text


@dataclass(frozen=True)
class Screen:
    """A device's window in CSS pixels."""

    width: int
    height: int


SCREENS = {
    Device.PHONE: Screen(390, 844),
    Device.TABLET: Screen(820, 1180),
    Device.DESKTOP: Screen(1280, 900),
}
KINDS = (ArticleKind.METERED, ArticleKind.PREMIUM)
READER = Persona.METER_USED_UP
"""Meets a wall under every access model that has one for somebody who is not signed in."""


class PaywallPreviewState(rx.State):
    """The switches above the frame, and its address."""

    language: str = DEFAULT_LANGUAGE
    appearance: str = Appearance.LIGHT.value
    device: str = Device.DESKTOP.value
    kind: str = ArticleKind.METERED.value
    address: str = ""
    width: int = SCREENS[Device.DESKTOP].width
    height: int = SCREENS[Device.DESKTOP].height
    _for: str = ""

    @studio_event
    async def show(self) -> None:
        """Look at the design that is open. Safe to repeat: the same frame is not opened anew."""
        editor = await self.get_state(EditorState)
        if editor.slug != self._for.partition(" ")[0]:
            # Where the model leaves metered articles open there is nothing to see on one.
            leaves_open = editor.model == AccessModel.FREEMIUM
            self.kind = (ArticleKind.PREMIUM if leaves_open else ArticleKind.METERED).value
        await self._look()

    @studio_event
    async def follow(self) -> None:
        """Look at the language whose copy is edited, where the shop has it."""
        language = (await self.get_state(EditorState)).language
        if language in languages() and language != self.language:
            self.language = language
            await self._look()

    @studio_event
    async def turn(self, name: str, value: str) -> None:
        """Turn one of the switches."""
        choices: dict[str, tuple[str, ...]] = {
            "language": languages(),
            "appearance": tuple(Appearance),
            "device": tuple(Device),
            "kind": tuple(kind.value for kind in KINDS),
        }
        if not is_text(name, 20) or value not in choices.get(name, ()):
            return
        setattr(self, name, str(value))
        await self._look()

    async def _look(self) -> None:
        slug = (await self.get_state(EditorState)).slug
        screen = SCREENS[Device(self.device)]
        self.width, self.height = screen.width, screen.height
        wanted = " ".join((slug, self.language, self.appearance, self.device, self.kind))
        if not slug:
            self.address = self._for = ""
        elif wanted != self._for or not self.address:
            self._for = wanted
            preview = Preview(
                persona=READER,
                design=slug,
                draft=True,
                alone=True,
                appearance=Appearance(self.appearance),
                device=Device(self.device),
            )
            article = _article(ArticleKind(self.kind), self.language)
            self.address = current_shop().previews.address(preview, article, self.language)


def _article(kind: ArticleKind, language: str) -> str:
    """The first article of this kind on the front page; the first of all where there is none."""
    articles = current_shop().articles.front_page(language)
    return next((one.slug for one in articles if one.kind is kind), articles[0].slug if articles else "")
