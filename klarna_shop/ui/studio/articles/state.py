"""The problems that were found when the articles were read."""

from __future__ import annotations

from dataclasses import dataclass

import reflex as rx

from klarna_shop.shop.current import current_shop
from klarna_shop.ui.studio.guard import studio_event

MOST_SHOWN = 200


@dataclass
class ProblemRow:
    """One problem: its place in the files, what stands there, what may stand there, what readers see."""

    place: str
    got: str
    takes: str
    served: bool


class ArticleProblemsState(rx.State):
    """The panel's rows."""

    rows: list[ProblemRow] = []
    more: int = 0
    """Problems beyond those that are shown."""

    @studio_event
    async def show(self) -> None:
        """Read the problems. Safe to repeat."""
        problems = current_shop().articles.problems
        self.rows = [
            ProblemRow(
                " ".join(filter(None, (one.file, f"line {one.line}" if one.line else "", one.field))),
                one.got,
                one.takes,
                one.served,
            )
            for one in problems[:MOST_SHOWN]
        ]
        self.more = max(0, len(problems) - MOST_SHOWN)
