"""How many purchases stand in each state, and one round of recovery by hand."""

from __future__ import annotations

from dataclasses import dataclass

import reflex as rx
from reflex.event import EventSpec

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.purchase.reconciliation import UNFINISHED, Count, Reconciled
from klarna_shop.shop.purchase.states import PurchaseState
from klarna_shop.ui.claims import Claim, is_held
from klarna_shop.ui.studio.guard import studio_event

OUTCOME_ID = "reconcile-outcome"
_ROUND = "round"


@dataclass
class StateCount:
    """A state with its number of purchases; `change` since the round before, with its sign."""

    state: str
    count: int
    unfinished: bool
    change: str = ""


class UnfinishedState(rx.State):
    """What the panel shows."""

    known: bool = False
    counts: list[StateCount] = []
    working: bool = False
    """A round is under way."""
    outcome: str = ""
    """What the last round came to, as a sentence."""
    _claimed: str = ""
    """The claim on the round, which keeps a second press out."""

    @studio_event
    async def show(self) -> None:
        """Count. Safe to repeat."""
        self.counts = _counts(await current_shop().reconciliation.count())
        self.known, self.outcome = True, ""
        self.working = is_held(self._claimed, _ROUND)

    @studio_event(background=True)
    async def reconcile(self) -> EventSpec | None:
        """Ask Payway about every unfinished purchase."""
        with Claim() as claim:
            async with self:
                if is_held(self._claimed, _ROUND):
                    return None
                self.working, self.outcome, self._claimed = True, "", claim.on(_ROUND)
            outcome, counts = (
                "The round failed; the log says why. Nothing was lost: it may be repeated.",
                None,
            )
            try:
                reconciled = await current_shop().reconciliation.run()
                outcome, counts = _outcome(reconciled), _counts(reconciled.after, reconciled.before)
            finally:
                async with self:
                    self.working, self.outcome = False, outcome
                    self.counts = self.counts if counts is None else counts
        return rx.set_focus(OUTCOME_ID)


def _counts(now: Count, before: Count | None = None) -> list[StateCount]:
    return [
        StateCount(
            state.value,
            now[state],
            state in UNFINISHED,
            f"{now[state] - before[state]:+d}" if before is not None and now[state] != before[state] else "",
        )
        for state in PurchaseState
        if now[state] or (before is not None and before[state])
    ]


def _outcome(reconciled: Reconciled) -> str:
    if reconciled.had_nothing_to_do:
        return "Nothing was unfinished: the ledger and Payway agree."
    still = sum(reconciled.after[state] for state in UNFINISHED)
    done = sum(reconciled.before[state] for state in UNFINISHED) - still
    sentence = f"{done} finished, {still} still open."
    if reconciled.unresolved:
        sentence += (
            f" {reconciled.unresolved} unresolved: look in Payway for an order whose merchant_reference"
            " is the purchase id."
        )
    return sentence
