"""Reflex's own files, as this version writes them."""

from __future__ import annotations

from pathlib import Path

import reflex as rx
import reflex_base
from reflex.compiler.compiler import compile_app_root, compile_document_root
from reflex.utils.frontend_skeleton import _compile_vite_config
from reflex_base.config import get_config

_TEMPLATES = Path(reflex_base.__file__).parent / ".templates" / "web"


def original(file: str) -> str:
    """The text of a file below Reflex's working folder before any plugin changes it."""
    if file == "vite.config.js":
        return _compile_vite_config(get_config())
    if file == "app/_document.js":
        return compile_document_root([])[1]
    if file == "app/root.jsx":
        return compile_app_root(rx.fragment())[1]
    return (_TEMPLATES / file).read_text(encoding="utf-8")
