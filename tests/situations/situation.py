"""A situation: a name, and how a new visitor gets into it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page


@dataclass(frozen=True)
class Situation:
    """`go` takes a page of a new visitor and a language's prefix (empty for Swedish)."""

    name: str
    go: Callable[[Page, str], None]
