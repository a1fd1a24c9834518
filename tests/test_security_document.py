"""The security document claims nothing that no test tries."""

from __future__ import annotations

import re

import pytest

from klarna_shop.settings import PROJECT

TEXT = (PROJECT / "docs" / "security.md").read_text(encoding="utf-8")
CLAIMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))
FILES = sorted(set(re.findall(r"`((?:web|ui|operations|shop)/[\w/]+\.py)`", TEXT)))


@pytest.mark.parametrize(("file", "name"), CLAIMED)
def test_the_test_it_names_is_there(file: str, name: str) -> None:
    assert re.search(rf"^(async )?def {name}\(", (PROJECT / file).read_text(), re.MULTILINE)


@pytest.mark.parametrize("file", FILES)
def test_the_module_it_names_is_there(file: str) -> None:
    assert (PROJECT / "klarna_shop" / file).exists()


def test_each_requirement_has_a_test() -> None:
    rows = [line for line in TEXT.partition("## OWASP ASVS")[2].splitlines() if re.match(r"\| \d", line)]
    assert len(rows) > 30
    assert all("`tests/" in row for row in rows)
