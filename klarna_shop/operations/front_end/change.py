"""A change of one of Reflex's files before the bundle is made, and the plugin that asks for such changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from reflex.plugins import Plugin


class AnotherVersion(ValueError):
    """The file is not written as expected: this version of Reflex needs another change."""


@dataclass(frozen=True)
class Change:
    """Passages of a file, each with what takes its place.

    Attributes:
        file: below Reflex's working folder.
        passages: what stands there exactly once, and what shall; the first one's new text tells a file that
            has been changed already.
    """

    file: str
    passages: Sequence[tuple[str, str]]

    def __call__(self, source: str) -> str:
        """The file's text, changed once.

        Raises:
            AnotherVersion: a passage is missing, or stands there twice.
        """
        if self.passages[0][1] in source:
            return source
        for before, after in self.passages:
            if source.count(before) != 1:
                raise AnotherVersion(f"Reflex's {self.file} has no longer, or not once: {before.strip()!r}")
            source = source.replace(before, after)
        return source


def script(name: str) -> str:
    """The JavaScript file of this name in this folder."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


class ChangesPlugin(Plugin):
    """A part of the build that adds modules to the front end and changes what uses them."""

    changes: ClassVar[Sequence[Change]]

    def modules(self) -> Mapping[str, str]:
        """Modules to add: their files below Reflex's working folder, and their text."""
        return {}

    def pre_compile(self, **context: Any) -> None:
        """Ask for modules and changes before the bundle is made."""
        for module in self.modules().items():
            context["add_save_task"](lambda module=module: module)
        for change in self.changes:
            context["add_modify_task"](change.file, change)
