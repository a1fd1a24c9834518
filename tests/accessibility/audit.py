"""What axe-core says of a page as it stands, in each theme and width."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
"""Axe's names of the sets of rules: WCAG 2.2 A and AA, and what it calls good practice."""
WIDTHS: dict[str, ViewportSize] = {
    "phone": {"width": 412, "height": 915},
    "desktop": {"width": 1280, "height": 900},
}
THEMES = ("light", "dark")
_axe = Axe()


@dataclass(frozen=True)
class Violation:
    """One rule broken, with the first element that breaks it."""

    rule: str
    impact: str
    element: str
    why: str

    def __str__(self) -> str:
        return f"{self.rule} ({self.impact}): {self.element} {self.why}"


def violations(page: Page) -> list[Violation]:
    """What is wrong with the page now. Klarna's own frame, and frames of previews, are left out."""
    options = {"runOnly": {"type": "tag", "values": list(RULES)}, "iframes": False}
    found = _axe.run(page, options=options).response["violations"]
    return [
        Violation(
            one["id"], one["impact"] or "", node["html"][:160], node["failureSummary"].replace("\n", " ")
        )
        for one in found
        for node in one["nodes"]
    ]


def in_each_form(page: Page) -> Iterator[tuple[str, str, list[Violation]]]:
    """Theme, width and violations, for each of the four."""
    for theme in THEMES:
        page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", theme == "dark")
        for width, size in WIDTHS.items():
            page.set_viewport_size(size)
            # Colours change over a moment; half of a fade has no contrast.
            page.wait_for_timeout(200)
            yield theme, width, violations(page)
