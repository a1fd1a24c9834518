"""Every experiment as a row, and a new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.experiments.experiment import FEWEST_VARIANTS, MOST_VARIANTS, WrongExperiment
from klarna_shop.shop.paywalls.stored import DesignStatus
from klarna_shop.ui.studio.experiments.typed import number, typed_text, typed_variants
from klarna_shop.ui.studio.experiments.views import ExperimentRow, address_of, experiment_row
from klarna_shop.ui.studio.guard import studio_event

FAULT_ID = "experiment-fault"


@dataclass
class DesignChoice:
    """A design that a variant can be."""

    slug: str
    name: str


class ExperimentListState(rx.State):
    """What the list and its form show."""

    known: bool = False
    rows: list[ExperimentRow] = []
    designs: list[DesignChoice] = []
    in_force: int = 0
    """How many designs readers can meet."""
    shown: int = FEWEST_VARIANTS
    """How many variants the form has."""
    fault: str = ""
    """What of the form cannot be, as a sentence."""

    @studio_event
    async def show(self) -> None:
        """List them. Safe to repeat."""
        shop = current_shop()
        drafts = await shop.designs.all()
        by_slug = {draft.slug: draft.design for draft in drafts}
        self.rows = [experiment_row(one, by_slug) for one in await shop.experiments.all()]
        self.designs = [
            DesignChoice(
                draft.slug,
                draft.design.name + (" (draft)" if draft.status is DesignStatus.DRAFT else ""),
            )
            for draft in sorted(drafts, key=lambda one: (one.status is DesignStatus.DRAFT, one.design.name))
        ]
        self.in_force = len(await shop.designs.published())
        self.known, self.fault = True, ""

    @studio_event
    async def more(self) -> None:
        """One more variant in the form."""
        self.shown = min(self.shown + 1, MOST_VARIANTS)

    @studio_event
    async def fewer(self) -> None:
        """One variant less."""
        self.shown = max(self.shown - 1, FEWEST_VARIANTS)

    @studio_event
    async def create(self, form: dict[str, Any]) -> EventSpec:
        """Write an experiment down, and go to it."""
        known = {draft.slug for draft in await current_shop().designs.all()}
        try:
            variants = typed_variants(form, self.shown)
            if unknown := [one.name for one in variants if one.design not in known]:
                raise WrongExperiment(f"Choose a design for {unknown[0] or 'each variant'}.")
            share = number(form, "share", "Share of the visitors", 1, 100) / 100
            experiment = await current_shop().experiments.create(
                typed_text(form, "name"), typed_text(form, "hypothesis"), variants, share
            )
        except WrongExperiment as error:
            self.fault = str(error)
            return rx.set_focus(FAULT_ID)
        self.fault, self.shown = "", FEWEST_VARIANTS
        return rx.redirect(address_of(experiment.slug))
