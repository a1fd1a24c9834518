"""docs/quality.md: each proof replaces its own table between two marks."""

from __future__ import annotations

import re
from pathlib import Path


def replace_section(document: Path, name: str, content: str) -> None:
    """Put `content` between the marks of `name`.

    Raises:
        ValueError: the document has no such marks.
    """
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    text = document.read_text(encoding="utf-8")
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(f"{document.name} has no place for {name}")
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    document.write_text(pattern.sub(lambda _: f"{begin}\n{content}\n{end}", text), encoding="utf-8")
