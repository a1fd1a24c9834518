"""Finds what a page brings along in itself, so that its policy can name exactly that and nothing else."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from html.parser import HTMLParser

_SCRIPT_TYPES = {"", "module", "text/javascript"}
"""A script element of any other type is data, which no browser runs and no policy concerns."""


@dataclass(frozen=True, slots=True)
class InlineParts:
    """Sources of a Content-Security-Policy (`'sha256-…'`), each once, in the page's order."""

    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()


NO_PARTS = InlineParts()


def inline_parts(html: bytes) -> InlineParts:
    """What stands between the script and style tags of a page."""
    reader = _Reader()
    reader.feed(html.decode())
    reader.close()
    return InlineParts(tuple(dict.fromkeys(reader.scripts)), tuple(dict.fromkeys(reader.styles)))


class _Reader(HTMLParser):
    """Collects the digest of each part; the parser hands on their content letter by letter."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self._digests: list[str] | None = None
        self._content: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._content = []
        given = dict(attrs)
        if tag == "script" and "src" not in given and (given.get("type") or "").lower() in _SCRIPT_TYPES:
            self._digests = self.scripts
        else:
            self._digests = self.styles if tag == "style" else None

    def handle_data(self, data: str) -> None:
        if self._digests is not None:
            self._content.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._digests is not None and tag in {"script", "style"}:
            digest = sha256("".join(self._content).encode()).digest()
            self._digests.append(f"'sha256-{b64encode(digest).decode()}'")
        self._digests = None
