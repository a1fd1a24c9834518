"""Another language is one catalogue and its articles: nothing else has to be written for it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from klarna_shop.settings import PROJECT

_ASKED = """
import json
from klarna_shop.klarna_shop import app
from klarna_shop.shop.current import current_shop
from klarna_shop.ui.languages import languages

found = {}
for route, page in app._unevaluated_pages.items():
    if route == "nb" or route.startswith("nb/"):
        found[route] = str(page.component().render())
library = current_shop().articles
print(json.dumps({
    "languages": languages(),
    "pages": found,
    "titles": [article.title for article in library.front_page("nb")],
    "swedish": [one for one in app._unevaluated_pages if not one.startswith(("nb", "en", "studio"))],
}))
"""


def test_a_catalogue_and_an_article_make_a_whole_tree_of_pages(tmp_path: Path) -> None:
    code = tmp_path / "klarna_shop"
    shutil.copytree(PROJECT / "klarna_shop", code, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("rxconfig.py", "assets", "docs", "pyproject.toml"):
        (tmp_path / name).symlink_to(PROJECT / name)
    messages = code / "ui" / "messages"
    english = (messages / "en.po").read_text(encoding="utf-8")
    (messages / "nb.po").write_text(
        english.replace('msgid "packages.title"\nmsgstr "', 'msgid "packages.title"\nmsgstr "Velg: '),
        encoding="utf-8",
    )
    written = code / "articles" / "hamnen-far-nya-kranar"
    shutil.copy(written / "en.md", written / "nb.md")
    done = subprocess.run(
        [sys.executable, "-c", _ASKED],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/shop.sqlite3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["languages"] == ["sv", "en", "nb"]
    pages = found["pages"]
    own = {route.removeprefix("nb").removeprefix("/") for route in pages if "article/" not in route}
    swedish = {route for route in found["swedish"] if "article/" not in route}
    assert own == swedish - {"index", "preview", "404"} | {""}
    assert "nb/article/hamnen-far-nya-kranar" in pages
    assert "Velg: " in pages["nb/packages"]
    assert any(title.startswith("Two cranes") for title in found["titles"])
