"""Previews as text in an address: sealed, so that nobody makes or changes one, and with an end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from klarna_shop.shop.clock import Clock, system_clock
from klarna_shop.shop.encryption import CannotDecrypt, Encryption
from klarna_shop.shop.paywalls.document import Device
from klarna_shop.shop.paywalls.palette import Appearance
from klarna_shop.shop.previews.persona import Persona
from klarna_shop.shop.previews.preview import Preview

LONGEST_TOKEN = 6_000
"""Characters; more is never ours."""


class NotAPreview(Exception):
    """No preview of this shop, or of a reader whom it does not offer."""


class PreviewExpired(Exception):
    """It was a preview, and its time is over."""


class Seal:
    """Seals small mappings for a time. `encryption` must be for this purpose alone.

    Counted in the computer's time: the shop's can be moved.
    """

    def __init__(self, encryption: Encryption, now: Clock = system_clock) -> None:
        self._encryption = encryption
        self._now = now

    def close(self, content: Mapping[str, Any], lasting: timedelta) -> str:
        """The content as URL-safe text that can be opened for `lasting`."""
        until = int((self._now() + lasting).timestamp())
        plain = json.dumps({**content, "until": until}, ensure_ascii=False, separators=(",", ":"))
        return self._encryption.encrypt(plain).rstrip("=")

    def open(self, token: object) -> tuple[dict[str, Any], timedelta]:
        """The content, and how long it can still be opened.

        Raises:
            NotAPreview: not sealed here for this purpose, or altered.
            PreviewExpired: too late.
        """
        if not isinstance(token, str) or not 0 < len(token) <= LONGEST_TOKEN or not token.isascii():
            raise NotAPreview
        try:
            content = json.loads(self._encryption.decrypt(token + "=" * (-len(token) % 4)))
            until = datetime.fromtimestamp(content.pop("until"), UTC)
        except (CannotDecrypt, ValueError, TypeError, KeyError, AttributeError) as error:
            raise NotAPreview from error
        left = until - self._now()
        if left <= timedelta():
            raise PreviewExpired
        return content, left


class PreviewTokens:
    """Turns previews into tokens and back. `personas` are those that this shop offers."""

    def __init__(self, seal: Seal, personas: tuple[Persona, ...]) -> None:
        self._seal = seal
        self._personas = personas

    def sign(self, preview: Preview, lasting: timedelta) -> str:
        """The preview as URL-safe text, good for `lasting`.

        Raises:
            NotAPreview: of a reader whom this shop does not offer.
        """
        if preview.persona not in self._personas:
            raise NotAPreview
        return self._seal.close(written(preview), lasting)

    def read(self, token: object) -> Preview:
        """The preview again.

        Raises:
            NotAPreview: forged, altered, made for something else, or of a reader who is not offered here.
            PreviewExpired: its time is over.
        """
        content, _ = self._seal.open(token)
        preview = read(content)
        if preview.persona not in self._personas:
            raise NotAPreview
        return preview


def written(preview: Preview) -> dict[str, Any]:
    """The preview as a small mapping; what is as usual is left out."""
    usual = Preview()
    content = {
        "persona": preview.persona.value,
        "design": preview.design,
        "draft": preview.draft,
        "alone": preview.alone,
        "at": preview.at.isoformat() if preview.at else None,
        "appearance": preview.appearance.value,
        "text_size": preview.text_size,
        "device": preview.device.value,
        "variant": preview.variant,
        "shared": preview.shared,
    }
    return {name: value for name, value in content.items() if value != getattr(usual, name)}


def read(content: object) -> Preview:
    """The preview in a mapping that `written` made.

    Raises:
        NotAPreview: another version of the shop wrote it, and this one cannot read it.
    """
    if not isinstance(content, dict):
        raise NotAPreview
    try:
        fields = dict(content)
        for name, kind in _KINDS.items():
            if name in fields:
                fields[name] = kind(fields[name])
        return Preview(**fields)
    except (ValueError, TypeError) as error:
        raise NotAPreview from error


_KINDS: Mapping[str, Any] = {
    "persona": Persona,
    "appearance": Appearance,
    "device": Device,
    "at": datetime.fromisoformat,
    "design": str,
    "variant": str,
    "draft": bool,
    "alone": bool,
    "shared": bool,
}
