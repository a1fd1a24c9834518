"""Checkout, languages and studio are documents of their own: what is changed in Reflex's client for that."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from klarna_shop.operations.front_end.own_documents import MODULE, OwnDocumentsPlugin
from klarna_shop.operations.javascript import reflex_environment


def _in_node(tmp_path: Path, here: str, expression: str) -> object:
    """What the module answers on a page at `here`."""
    (tmp_path / "documents.mjs").write_text(OwnDocumentsPlugin().modules()[MODULE], encoding="utf-8")
    (tmp_path / "asked.mjs").write_text(
        f"const location = {{ pathname: {json.dumps(here)} }};\n"
        "globalThis.window = { location, addEventListener() {}, shopPage: {} };\n"
        'const { isOwnDocument, keepOwnRoutes } = await import("./documents.mjs");\n'
        f"console.log(JSON.stringify({expression}));\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        ["node", "asked.mjs"], cwd=tmp_path, env=reflex_environment(), capture_output=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("here", "path", "is_loaded"),
    [
        ("/", "/article/x", False),
        ("/article/english-lessons", "/?from=x#sport", False),
        ("/", "/en", True),
        ("/en", "/en/packages?code=x", False),
        ("/en/article/x", "/article/x", True),
        ("/", "/enkel", False),
        ("/packages", "/checkout?purchase=x", True),
        ("/en/packages", "/en/checkout?purchase=x", True),
        ("/checkout", "/checkout?purchase=y", True),
        ("/checkout", "/confirmation?purchase=x", True),
        ("/", "/studio", True),
        ("/studio/flows", "/studio", False),
        ("/studio", "/", True),
    ],
)
def test_what_is_a_document_of_its_own(tmp_path: Path, here: str, path: str, is_loaded: bool) -> None:
    assert _in_node(tmp_path, here, f"isOwnDocument({json.dumps(path)})") is is_loaded


@pytest.mark.parametrize(
    ("here", "known"),
    [
        ("/article/x", ["root", "front", "article", "any"]),
        ("/en", ["root", "en", "en-article", "any"]),
        ("/en/checkout", ["root", "checkout", "en-checkout", "any"]),
        ("/studio/funnel", ["root", "studio", "funnel", "any"]),
        ("/an-unknown-address", ["root", "front", "article", "any"]),
    ],
)
def test_a_router_knows_the_routes_of_its_document(tmp_path: Path, here: str, known: list[str]) -> None:
    paths = {
        "root": "",
        "front": None,
        "article": "article/x",
        "en": "en",
        "en-article": "en/article/x",
        "checkout": "checkout",
        "en-checkout": "en/checkout",
        "studio": "studio",
        "funnel": "studio/funnel",
        "any": "*",
    }
    routes = {name: {"path": path} if path is not None else {} for name, path in paths.items()}
    kept = _in_node(
        tmp_path,
        here,
        f"(() => {{ const all = {{ routes: {json.dumps(routes)} }}; keepOwnRoutes(all);"
        " return Object.keys(all.routes) })()",
    )
    assert isinstance(kept, list)
    assert sorted(kept) == sorted(known)
