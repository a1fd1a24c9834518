"""Changes after which fields stand elsewhere: reasons, offers, languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from klarna_shop.shop.paywalls.changing import NoSuchField, WrongValue, changed, moved, removed
from klarna_shop.shop.paywalls.document import DesignOffer, PaywallDesign
from klarna_shop.shop.paywalls.document.offers import MOST_OFFERS
from klarna_shop.ui.studio.guard import studio_event
from klarna_shop.ui.studio.paywalls.editor.typed import LONGEST_PATH, LONGEST_WORD, is_text


class StructureHandlers(rx.State, mixin=True):
    """Part of `EditorState`, which `self` is in every handler."""

    @studio_event
    async def add_reason(self: Any) -> None:
        """One more reason, empty."""
        if self._is_open and self.language:
            path = f"copy.{self.language}.reasons"
            count = sum(1 for one in self.fields.get("copy", []) if one.path.startswith(f"{path}."))
            await self._restructure(lambda design: changed(design, f"{path}.{count}", ""))
            self._lead(f"{path}.{count}")

    @studio_event
    async def remove(self: Any, path: str) -> None:
        """Take a reason or an offer away."""
        if not is_text(path, LONGEST_PATH) or not path.rpartition(".")[2].isdecimal():
            return
        if await self._restructure(lambda design: _without(design, path)):
            self._lead(path)

    @studio_event
    async def move(self: Any, path: str, by: int) -> None:
        """Put a reason or an offer one place up or down."""
        step = -1 if by == -1 else 1
        if await self._restructure(lambda design: moved(design, path, step)):
            # The same button of the same entry, wherever that is now: it can be pressed again.
            holder, _, place = path.rpartition(".")
            self._lead(f"{'up' if step < 0 else 'down'}-{holder}.{max(0, int(place) + step)}")

    @studio_event
    async def add_offer(self: Any, code: str) -> None:
        """List one more of what Payway sells."""
        if self._is_open and any(one.code == code for one in self.unlisted):
            count = len(self._design.offers.listed)
            entry = DesignOffer(code=code).model_dump(mode="json")
            await self._restructure(lambda design: changed(design, f"offers.listed.{count}", entry))

    @studio_event
    async def list_offers(self: Any, listed: bool) -> None:
        """Choose and order the offers, beginning with all; or show all that Payway sells again."""
        if listed is not True and listed is not False:
            return
        codes = [one.code for one in self.unlisted] if listed else []
        entries = [DesignOffer(code=code).model_dump(mode="json") for code in codes[:MOST_OFFERS]]
        await self._restructure(lambda design: changed(design, "offers.listed", entries))

    @studio_event
    async def copy_from(self: Any, code: str) -> None:
        """Begin a language with another one's copy."""
        design = self._design if self._is_open else None
        if (
            design
            and is_text(code, LONGEST_WORD)
            and code in design.copy_
            and self.language not in design.copy_
        ):
            text = design.copy_[code].model_dump(mode="json")
            await self._restructure(lambda design: changed(design, f"copy.{self.language}", text))

    @studio_event
    async def remove_language(self: Any) -> None:
        """Take the whole copy of the language away that is edited."""
        await self._restructure(lambda design: removed(design, f"copy.{self.language}"))

    async def _restructure(self: Any, change: Callable[[PaywallDesign], PaywallDesign]) -> bool:
        """A change after which fields stand elsewhere: the fields are filled anew. Whether there was one."""
        if not self._is_open:
            return False
        try:
            design = change(self._design)
        except (WrongValue, NoSuchField):
            return False
        self._faults = dict[str, str]()
        self.generation += 1
        await self._apply(design, "")
        return True


def _without(design: PaywallDesign, path: str) -> PaywallDesign:
    """The design without a reason or an offer; what is not listed cannot be preselected."""
    less = removed(design, path)
    codes = {offer.code for offer in less.offers.listed}
    if codes and less.offers.preselected not in codes:
        return changed(less, "offers.preselected", None)
    return less
