"""Memory of what Klarna's widget hides, so that the next reader does not meet it again.

A browser's report can be forged, so it never takes more away than stated here (docs/security.md):

* a hidden category of a paid order is only tried last from then on, and nothing is refused because of it;
* a hidden trial counts for everyone at once, or after `SEVERAL` networks have reported one where a trial was
  shown within `REMEMBERED_FOR`, and not at all while the ledger has a trial that was ordered in that time.
  Until then it counts for the browser that reported it. So a forger can take trials from sale for a day in a
  shop that has just started or sells none; the log, doctor and the studio tell, and the studio takes it back;
* a session's own list comes from Payway and counts at once.

Kept in memory: each worker learns for itself, and a restart forgets everything.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from klarna_shop.shop.clock import Clock
from klarna_shop.shop.offers import Offer

log = logging.getLogger(__name__)

TrialPolicy = Literal["auto", "on", "off"]
"""`KLARNA_TRIALS`."""
REMEMBERED_FOR = timedelta(days=1)
SEVERAL = 3
"""Reporters that it takes where one report would take something away from everyone."""
MOST_REPORTERS = 10_000
"""Of each kind; the oldest is forgotten first."""


class _Reports:
    """Reporters and the time of their latest report, oldest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._times: OrderedDict[str, datetime] = OrderedDict()

    def add(self, reporter: str) -> None:
        """Note a report of now."""
        self._times[reporter] = self._clock()
        self._times.move_to_end(reporter)
        while len(self._times) > MOST_REPORTERS:
            self._times.popitem(last=False)

    def current(self) -> dict[str, datetime]:
        """Return the reports that are not too old."""
        now = self._clock()
        fresh = {one: at for one, at in self._times.items() if timedelta() <= now - at < REMEMBERED_FOR}
        self._times = OrderedDict(fresh)
        return fresh

    def discard(self, reporter: str) -> None:
        """Forget one reporter."""
        self._times.pop(reporter, None)

    def clear(self) -> None:
        """Forget all."""
        self._times.clear()


def _outnumber(hidden: _Reports, shown: _Reports) -> bool:
    """True if what was hidden counts: at the first report, or at several where it was shown to someone."""
    return len(hidden.current()) >= (SEVERAL if shown.current() else 1)


@dataclass
class CategoryObservations:
    """Observations of one process; every question is answered by `clock`.

    Attributes:
        trials: `KLARNA_TRIALS`.
        category: `KLARNA_PAYMENT_METHOD_CATEGORY`; empty where unset.
        clock: time (UTC).
    """

    trials: TrialPolicy
    category: str
    clock: Clock

    def __post_init__(self) -> None:
        self._category_hidden = _Reports(self.clock)
        self._category_shown = _Reports(self.clock)
        self._trial_hidden = _Reports(self.clock)
        self._trial_shown = _Reports(self.clock)
        self._trial_not_listed = _Reports(self.clock)
        self._browsers_without_trial = _Reports(self.clock)

    def category_is_hidden(self) -> bool:
        """True if the configured category is to be tried last.

        One report is enough while the category has been shown to no one within `REMEMBERED_FOR`.
        """
        return _outnumber(self._category_hidden, self._category_shown)

    def hide_category(self, reporter: str) -> None:
        """Note that the widget hid the configured category and was shown without one."""
        self._noting(
            self.category_is_hidden, lambda: self._category_hidden.add(reporter), self._category_line
        )

    def show_category(self, reporter: str) -> None:
        """Note that the widget was shown with the configured category."""
        self._category_shown.add(reporter)
        self._category_hidden.clear()

    def trials_are_hidden(self) -> bool:
        """True if trials cannot be ordered, as far as Payway or readers' browsers have shown.

        One report is enough while a trial has been shown to no one within `REMEMBERED_FOR`.
        """
        return bool(self._trial_not_listed.current()) or _outnumber(self._trial_hidden, self._trial_shown)

    def hide_trial(self, reporter: str, visitor_id: str | None, *, outweighed: bool) -> None:
        """Note that the widget hid direct debit for a trial.

        Args:
            reporter: the network that the report came from, or the browser where the network is unknown.
            visitor_id: the browser, which is not offered trials again.
            outweighed: True if the ledger has a trial ordered within `REMEMBERED_FOR`.
        """
        if visitor_id:
            self._browsers_without_trial.add(visitor_id)
        if not outweighed:
            self._noting(self.trials_are_hidden, lambda: self._trial_hidden.add(reporter), self._trial_line)

    def show_trial(self, reporter: str, visitor_id: str | None) -> None:
        """Note that the widget was shown for a trial; arguments as of `hide_trial`."""
        self._trial_shown.add(reporter)
        self._trial_hidden.clear()
        if visitor_id:
            self._browsers_without_trial.discard(visitor_id)

    def unlist_trial(self) -> None:
        """Note that Payway's session for a trial lists categories without direct debit."""
        self._noting(self.trials_are_hidden, lambda: self._trial_not_listed.add("Payway"), self._trial_line)

    def list_trial(self) -> None:
        """Note that Payway's session for a trial lists direct debit."""
        self._trial_not_listed.clear()
        self._trial_hidden.clear()

    def trials_withheld(self) -> str:
        """Return why trials are offered to no one, for the operator; empty where they are offered."""
        if self.trials == "off":
            return "KLARNA_TRIALS is off"
        if self.trials == "auto" and self.trials_are_hidden():
            return "Klarna offers no direct debit for trials"
        return ""

    def offered_to(self, visitor_id: str | None, offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
        """Return the offers without trials, if Klarna hid one from this browser."""
        if self.trials == "on" or visitor_id not in self._browsers_without_trial.current():
            return offers
        return tuple(offer for offer in offers if not offer.is_trial)

    def notices(self) -> tuple[str, ...]:
        """Return what has been learnt, a sentence each, for the operator."""
        return tuple(line for line in (self._category_line(), self._trial_line()) if line)

    def forget(self) -> None:
        """Forget everything, as a restart does."""
        self.__post_init__()

    def _noting(
        self, is_known: Callable[[], bool], note: Callable[[], None], line: Callable[[], str]
    ) -> None:
        before = is_known()
        note()
        if not before and is_known():
            log.warning("%s", line())

    def _category_line(self) -> str:
        if not self.category_is_hidden():
            return ""
        return (
            f"Klarna hides the category {self.category} (KLARNA_PAYMENT_METHOD_CATEGORY):"
            f" until {self._until(self._category_hidden)} UTC the widget is loaded without a category first."
        )

    def _trial_line(self) -> str:
        if not self.trials_are_hidden():
            return ""
        source = self._trial_not_listed if self._trial_not_listed.current() else self._trial_hidden
        offered = (
            "KLARNA_TRIALS=on offers them all the same" if self.trials == "on" else "they are not offered"
        )
        return (
            "Klarna offers no direct debit, without which no trial can be ordered:"
            f" {offered} until {self._until(source)} UTC."
        )

    @staticmethod
    def _until(reports: _Reports) -> str:
        latest = max(reports.current().values())
        return f"{latest + REMEMBERED_FOR:%Y-%m-%d %H:%M}"
