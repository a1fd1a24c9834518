"""The front end is built when something it is made of has changed, and only then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from klarna_shop.operations import build
from klarna_shop.operations.build import ingredients
from klarna_shop.operations.progress import PROJECT
from klarna_shop.settings import read_settings


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project beside the real one."""
    for name in (
        "klarna_shop/app.py",
        "assets/look.css",
        "rxconfig.py",
        "requirements.lock",
        "articles/a/sv.md",
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("before")
    (tmp_path / "reflex.lock").mkdir()
    monkeypatch.setattr(build, "PROJECT", tmp_path)
    return tmp_path


def _changed_by(project: Path, name: str) -> set[str]:
    settings = read_settings(articles_dir=project / "articles")
    before = ingredients(settings)
    file = project / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("after")
    after = ingredients(settings)
    return {part for part in after if before[part] != after[part]}


@pytest.mark.parametrize(
    ("file", "part"),
    [
        ("klarna_shop/app.py", "code"),
        ("klarna_shop/new.jsx", "code"),
        ("assets/look.css", "assets"),
        ("rxconfig.py", "rxconfig.py"),
        ("requirements.lock", "packages"),
        ("reflex.lock/package.json", "reflex.lock"),
        ("articles/a/sv.md", "articles"),
    ],
)
def test_a_changed_file_is_a_reason_to_build(project: Path, file: str, part: str) -> None:
    assert _changed_by(project, file) == {part}


@pytest.mark.parametrize(
    "file", ["klarna_shop/__pycache__/app.pyc", "assets/external/linked.jsx", "var/log", "README.md"]
)
def test_what_the_pages_are_not_made_of_is_none(project: Path, file: str) -> None:
    assert _changed_by(project, file) == set()


def test_a_renamed_file_is_a_reason_to_build(project: Path) -> None:
    settings = read_settings(articles_dir=project / "articles")
    before = ingredients(settings)
    (project / "articles/a/sv.md").rename(project / "articles/a/en.md")
    assert ingredients(settings)["articles"] != before["articles"]


def _settings_digest(**values: object) -> str:
    return ingredients(read_settings(**values))["settings"]


def test_a_setting_that_pages_show_is_a_reason_to_build(project: Path) -> None:
    assert _settings_digest(seller_name="Another AB") != _settings_digest()
    assert _settings_digest(app_url="https://shop.example") != _settings_digest()


def test_one_build_serves_any_port_and_any_secret(project: Path) -> None:
    assert _settings_digest(app_port=9321) == _settings_digest()
    assert _settings_digest(studio_password="another") == _settings_digest()
    assert _settings_digest(database_url="sqlite:///elsewhere.sqlite3") == _settings_digest()


def test_a_build_leaves_the_lock_as_committed_unless_it_says_something_else(project: Path) -> None:
    kept, changed = project / "reflex.lock/package.json", project / "reflex.lock/package-lock.json"
    kept.write_text('{"a": 1,\n "b": 2}\n')
    changed.write_text('{"react": "1"}\n')
    with build.lock_kept():
        kept.write_text('{"b":2,"a":1}')
        changed.write_text('{"react":"2"}')
    assert kept.read_text() == '{"a": 1,\n "b": 2}\n'
    assert changed.read_text() == '{"react":"2"}'


def test_the_committed_lock_names_no_host_and_keeps_every_hash() -> None:
    lock = json.loads((PROJECT / "reflex.lock/package-lock.json").read_text())
    installed = {name: package for name, package in lock["packages"].items() if name}
    assert installed
    for name, package in installed.items():
        assert "resolved" not in package, name
        assert package["integrity"].startswith("sha512-"), name


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_the_python_locks_name_no_host_and_hash_every_package(name: str) -> None:
    text = (PROJECT / name).read_text()
    assert "://" not in text
    entries = [entry for entry in text.replace("\\\n", " ").splitlines() if "==" in entry and entry[0] != " "]
    assert len(entries) > 50
    assert all("--hash=sha256:" in entry for entry in entries if not entry.startswith("#"))


def test_what_is_tested_is_what_is_served() -> None:
    def pins(name: str) -> set[str]:
        lines = (PROJECT / name).read_text().splitlines()
        return {line.split(" ")[0] for line in lines if "==" in line and line[0] not in "# "}

    assert pins("requirements.lock") <= pins("requirements-test.lock")
