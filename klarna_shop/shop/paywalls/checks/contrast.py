"""Colours that cannot be told apart well enough."""

from __future__ import annotations

from collections.abc import Iterator

from klarna_shop.shop.paywalls.checks import sources
from klarna_shop.shop.paywalls.checks.finding import Finding, Severity
from klarna_shop.shop.paywalls.checks.surroundings import Checked
from klarna_shop.shop.paywalls.palette import TEXT_CONTRAST, pairs


def findings(checked: Checked) -> Iterator[Finding]:
    """One for each pair below what WCAG 2.2 AA asks for."""
    for pair in pairs(checked.design.theme):
        if pair.ratio < pair.needed:
            is_text = pair.needed == TEXT_CONTRAST
            direction = "darker" if pair.field.startswith("light") else "lighter"
            yield Finding(
                id="contrast.text" if is_text else "contrast.graphic",
                severity=Severity.ERROR,
                path=f"theme.{pair.field}",
                # Rounded down: 4.49 must not read as 4.5.
                sentence=(
                    f"The contrast of {pair.what} is {int(pair.ratio * 100) / 100:.2f}:1"
                    f" ({pair.front} on {pair.back}); {pair.needed:g}:1 is needed."
                ),
                mend=f"Take a {direction} colour.",
                source=sources.CONTRAST if is_text else sources.GRAPHIC_CONTRAST,
            )
