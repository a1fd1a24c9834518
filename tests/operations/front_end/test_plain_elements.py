"""What React makes without Emotion has no styles that only Emotion could draw."""

from __future__ import annotations

import re

from klarna_shop.settings import PROJECT


def test_elements_have_declarations_and_no_rules_of_their_own() -> None:
    """What only Emotion can do, a style sheet does here: states and nested rules."""
    nested = re.compile(r"style=\{[^}]*\"(?:_hover|_focus|&|@media)", re.DOTALL)
    for file in (PROJECT / "klarna_shop").rglob("*.py"):
        assert not nested.search(file.read_text(encoding="utf-8")), file
