"""A finished XML document as bytes."""

from __future__ import annotations

import re
from xml.etree import ElementTree

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped (section 2.2)."""


def document(root: ElementTree.Element) -> bytes:
    """`root` in UTF-8 with its declaration, without the characters that XML forbids."""
    written = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_NOT_IN_XML.sub("", written)}\n'.encode()
