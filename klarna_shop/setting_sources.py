"""Where settings are written: the environment, and a `.env` file, which is read strictly."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream

from klarna_shop.text_check import TAKES, UnreadableText, read_file

ENCODING = "utf-8-sig"
"""UTF-8, with or without the mark that editors of Windows put first."""
_SIMILAR = 0.85
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_TYPOGRAPHIC = "“”„‟‘’‚«»"


class EnvironmentFileFault(Exception):
    """A `.env` file that cannot be read as it was meant; the text is one line and holds no value."""


def check_environment_file(path: Path, known: Collection[str]) -> None:
    """Check that each line is read, and none is left aside without a word. No file is none to check.

    Args:
        path: the file.
        known: the settings' names, in capitals.

    Raises:
        EnvironmentFileFault: names the file and the line.
    """
    if not path.exists():
        return
    written: dict[str, str | None] = {}
    for binding in parse_stream(StringIO(_text_of(path))):
        line = f"{path.name}, line {binding.original.line + _blank_lines(binding.original.string)}"
        key, value = binding.key, binding.value or ""
        if binding.error or (key is not None and (binding.value is None or not _NAME.fullmatch(key))):
            raise EnvironmentFileFault(f"{line} cannot be read; it takes NAME=value, quotes closed")
        if key is None:
            continue
        name = key.upper()
        if value[:1] and value[0] in _TYPOGRAPHIC:
            raise EnvironmentFileFault(f"{line} has typographic quotes around {name}; it takes straight ones")
        if name in written and written[name] != binding.value:
            raise EnvironmentFileFault(f"{line} gives {name} a second value; it takes one")
        written[name] = binding.value
        for unknown, meant in similar_names([name], known):
            raise EnvironmentFileFault(f"{line} names {unknown}, which is no setting; is {meant} meant?")


def similar_names(names: Iterable[str], known: Collection[str]) -> Iterable[tuple[str, str]]:
    """Yield each name that is no setting and looks like one, with the one that it looks like."""
    for name in names:
        upper = name.upper()
        close = [] if upper in known else get_close_matches(upper, known, 1, _SIMILAR)
        # With another program's name before it, it is that program's own.
        if close and not upper.endswith(f"_{close[0]}"):
            yield name, close[0]


def _text_of(path: Path) -> str:
    try:
        return read_file(path)
    except UnreadableText as error:
        raise EnvironmentFileFault(f"{error}; it takes {TAKES}") from None
    except IsADirectoryError:
        raise EnvironmentFileFault(f"{path.name} is a folder; it takes a file of lines NAME=value") from None
    except OSError as error:
        raise EnvironmentFileFault(f"{path.name} cannot be read ({type(error).__name__})") from None


def _blank_lines(original: str) -> int:
    """Return how many empty lines the parser counts to a binding before the binding itself."""
    return original[: len(original) - len(original.lstrip())].count("\n") if original.strip() else 0
