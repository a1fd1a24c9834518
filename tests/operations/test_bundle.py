"""The changes to Reflex's bundler settings fit this version, and fail loudly with another."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from reflex.utils.frontend_skeleton import _compile_vite_config
from reflex_base.config import get_config

from klarna_shop.operations.few_files import NAME, in_few_files
from klarna_shop.operations.plain_elements import MODULE, use_plain_elements
from klarna_shop.settings import PROJECT


@pytest.mark.parametrize(("change", "mark"), [(use_plain_elements, MODULE), (in_few_files, NAME)])
def test_this_version_of_reflex_takes_each_change_once(change: Callable[[str], str], mark: str) -> None:
    original = _compile_vite_config(get_config())
    changed = change(original)
    assert (original.count(mark), changed.count(mark)) == (0, 1)
    assert change(changed) == changed
    with pytest.raises(ValueError, match="no longer lists"):
        change("export default {}")


def test_elements_have_declarations_and_no_rules_of_their_own() -> None:
    """What only Emotion can do, a style sheet does here: states and nested rules."""
    nested = re.compile(r"style=\{[^}]*\"(?:_hover|_focus|&|@media)", re.DOTALL)
    for file in (PROJECT / "klarna_shop").rglob("*.py"):
        assert not nested.search(file.read_text(encoding="utf-8")), file
