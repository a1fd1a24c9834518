"""The one check of every text that comes in from outside: nothing lost, nothing decoded wrongly.

Articles, designs, settings, catalogues and standing texts all pass through it. It knows bytes and text, and
nothing of the shop.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

TAKES = "a text saved as UTF-8"
"""Advice beside every reason that this module gives."""

_OTHER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
"""Byte order marks of other encodings. UTF-32's begins with UTF-16's, so it is looked for first."""
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Controls, halves of surrogate pairs and non-characters: no keyboard writes them and no font has them."""
_BEYOND_ASCII = re.compile("[^\x00-\x7f]+")
_LINE = re.compile("\r\n|\r|\n")


class UnreadableText(ValueError):
    """Bytes or characters that are no whole text: the message is the reason, `line` its place (from 1)."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


def decode(raw: bytes) -> str:
    """Return the text of a file in UTF-8, without its byte order mark and with plain line ends.

    Raises:
        UnreadableText: another encoding, or letters that an earlier program has lost.
    """
    for mark, name in _OTHER_MARKS:
        if raw.startswith(mark):
            raise UnreadableText(f"a file in {name}", 1)
    if raw.count(0) > len(raw) // 4:
        raise UnreadableText("a file in UTF-16", 1)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(_LINE.findall(raw[: error.start].decode("latin-1"))) + 1
        raise UnreadableText("bytes that are not UTF-8 (perhaps Windows-1252)", line) from None
    text = _LINE.sub("\n", text)
    check_text(text)
    return text


def check_text(text: str) -> None:
    """Check that no letter is lost.

    Raises:
        UnreadableText: the first fault.
    """
    if text.isascii() and text.isprintable():
        return
    for number, line in enumerate(_LINE.split(text), 1):
        if reason := _fault(line):
            raise UnreadableText(reason, number)


def whole_text(value: Any) -> Any:
    """Return a setting's value as it is.

    Raises:
        ValueError: it is a text with a fault; the message says what it takes.
    """
    if isinstance(value, str):
        try:
            check_text(value)
        except UnreadableText as error:
            raise ValueError(f"{TAKES}; this has {error}") from None
    return value


def read_file(path: Path) -> str:
    """Return the text of one of the shop's own files.

    Raises:
        UnreadableText: the message begins with the file's name and the line.
    """
    try:
        return decode(path.read_bytes())
    except UnreadableText as error:
        raise UnreadableText(f"{path.name}, line {error.line}: {error}", error.line) from None


def lost_letters(data: object) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield path and reason of each faulty text in `data`: texts in mappings and sequences, at any depth."""
    if isinstance(data, str):
        try:
            check_text(data)
        except UnreadableText as error:
            yield (), str(error)
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from (((_shown(key), *path), reason) for path, reason in lost_letters(value))
            yield from (((_shown(key), *path), reason) for path, reason in lost_letters(key))
    elif isinstance(data, Sequence) and not isinstance(data, bytes | bytearray):
        for place, value in enumerate(data):
            yield from (((place, *path), reason) for path, reason in lost_letters(value))


def _shown(key: object) -> str:
    return str(key).encode("ascii", "backslashreplace").decode() if isinstance(key, str) else str(key)


def _fault(line: str) -> str:
    if line.isascii() and line.isprintable():
        return ""
    if "\ufffd" in line:
        return "a letter that was lost when the text was saved (U+FFFD)"
    if found := _NO_TEXT.search(line):
        return f"a character that no text has (U+{ord(found[0]):04X})"
    if _is_decoded_twice(line):
        return "letters that were decoded twice (such as Ã¥ for å)"
    return ""


def _is_decoded_twice(line: str) -> bool:
    """True for UTF-8 that was read as Windows-1252: read back, it is UTF-8 again.

    It is told by all that is not ASCII. One letter that is right in the same line shows that the line was
    read as it was meant.
    """
    read_back = [_read_back(run) for run in _BEYOND_ASCII.findall(line)]
    return all(read_back) and any(map(_is_lettering, read_back))


def _read_back(run: str) -> str:
    try:
        raw = b"".join(_byte(character) for character in run)
        return raw.decode("utf-8")
    except UnicodeError:
        return ""


def _byte(character: str) -> bytes:
    # Windows-1252 leaves five bytes without a letter; programs pass them through as controls.
    return character.encode("latin-1" if "\x80" <= character <= "\x9f" else "cp1252")


def _is_lettering(text: str) -> bool:
    """True with what misread texts are told by: a letter, a dash, a quotation mark, a hard space."""
    return any(unicodedata.category(one)[0] == "L" or one == "\xa0" or one > "\u2000" for one in text)
