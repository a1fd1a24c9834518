"""Reading an image file far enough to know its size and that it is harmless to show."""

import re
import struct
from pathlib import Path
from xml.etree import ElementTree

TYPES = (".svg", ".png", ".jpg", ".jpeg")

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NUMBER = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)(?:px)?\s*")
_STYLE_ADDRESS = re.compile(r"@import|url\(\s*['\"]?\s*(?!#)", re.IGNORECASE)
_ACTIVE_ELEMENTS = {"script", "foreignObject", "iframe", "embed", "object", "handler"}


class IllustrationProblem(ValueError):
    """The file is no image an article can show; the message says what it is instead."""


def is_file_name(name: str) -> bool:
    """True for a plain name, without a folder or an address in it."""
    return _FILE_NAME.fullmatch(name) is not None


def find(folder: Path, file_name: str) -> Path:
    """The image ``file_name`` of the article in ``folder``.

    Raises:
        IllustrationProblem: a name that is no plain file name, another type, or no such file.
    """
    if not is_file_name(file_name):
        raise IllustrationProblem(f"{file_name!r}, no plain file name")
    if Path(file_name).suffix.lower() not in TYPES:
        raise IllustrationProblem(f"{file_name!r}, another type of file")
    path = folder / file_name
    # A symbolic link must not make a file of the machine part of the newspaper.
    if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
        raise IllustrationProblem(f"{file_name!r}, no such file beside the article")
    return path


def read_size(path: Path) -> tuple[int, int]:
    """Width and height of an SVG, PNG or JPEG file.

    Raises:
        IllustrationProblem: the file cannot be read, or is an SVG with script or outside references.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise IllustrationProblem(f"{path.name!r}, which cannot be read ({error.strerror})") from None
    suffix = path.suffix.lower()
    size = (
        _svg(content, path.name)
        if suffix == ".svg"
        else _png(content)
        if suffix == ".png"
        else _jpeg(content)
    )
    if size is None or min(size) < 1:
        raise IllustrationProblem(f"{path.name!r}, whose size cannot be told")
    return size


def _svg(content: bytes, name: str) -> tuple[int, int] | None:
    if b"<!ENTITY" in content:
        raise IllustrationProblem(f"{name!r}, an SVG that declares entities")
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - no entities, checked above
    except ElementTree.ParseError as error:
        raise IllustrationProblem(f"{name!r}, which is not well-formed ({error})") from None
    if _local(root.tag) != "svg":
        raise IllustrationProblem(f"{name!r}, whose root is not <svg>")
    for element in root.iter():
        _refuse_active(element, name)
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    width, height = (box[2], box[3]) if len(box) == 4 else (root.get("width", ""), root.get("height", ""))
    matches = _NUMBER.fullmatch(width), _NUMBER.fullmatch(height)
    if matches[0] is None or matches[1] is None:
        return None
    return round(float(matches[0][1])), round(float(matches[1][1]))


def _refuse_active(element: ElementTree.Element, name: str) -> None:
    tag = _local(element.tag)
    if tag in _ACTIVE_ELEMENTS:
        raise IllustrationProblem(f"{name!r}, an SVG with <{tag}>")
    if tag == "style" and _STYLE_ADDRESS.search(element.text or ""):
        raise IllustrationProblem(f"{name!r}, an SVG whose style refers to another file")
    for attribute, value in element.attrib.items():
        attribute = _local(attribute)
        if attribute.lower().startswith("on"):
            raise IllustrationProblem(f"{name!r}, an SVG with the event handler {attribute}")
        if (attribute == "href" and not value.startswith("#")) or _STYLE_ADDRESS.search(value):
            raise IllustrationProblem(f"{name!r}, an SVG that refers to another file in {attribute}")


def _local(name: object) -> str:
    # Comments and processing instructions have a function for a tag.
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def _png(content: bytes) -> tuple[int, int] | None:
    if content[:8] != b"\x89PNG\r\n\x1a\n" or content[12:16] != b"IHDR" or len(content) < 24:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _jpeg(content: bytes) -> tuple[int, int] | None:
    if content[:2] != b"\xff\xd8":
        return None
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if marker == 0xFF:  # padding
            position += 1
            continue
        # SOF0 to SOF15 carry the size; C4, C8 and CC of that range mean something else.
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return width, height
        position += 2 + struct.unpack(">H", content[position + 2 : position + 4])[0]
    return None
