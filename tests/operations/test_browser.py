"""A Chromium for the browser tests is found, installed, or named as what is lacking."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from klarna_shop.operations.browser import PATH_VARIABLE, find_chromium, install_chromium
from klarna_shop.operations.check import main as check
from klarna_shop.operations.progress import StepFailed


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty folder of programs."""
    monkeypatch.delenv(PATH_VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    return tmp_path


def _program(path: Path, script: str = "exit 0") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_the_systems_browser_is_found(bare: Path) -> None:
    assert find_chromium() is None
    chromium = _program(bare / "chromium-browser")
    assert find_chromium() == str(chromium)


def test_a_headless_shell_comes_first_unless_a_whole_browser_is_asked_for(bare: Path) -> None:
    chromium, shell = _program(bare / "chromium"), _program(bare / "chromium-headless-shell")
    assert find_chromium() == str(shell)
    assert find_chromium(whole=True) == str(chromium)


def test_a_package_that_only_points_elsewhere_is_no_browser(bare: Path) -> None:
    _program(bare / "chromium-browser", "echo 'install the snap' >&2; exit 1")
    assert find_chromium() is None


def test_the_one_that_is_named_wins(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(bare / "chromium")
    named = _program(bare / "elsewhere/browser")
    monkeypatch.setenv(PATH_VARIABLE, str(named))
    assert find_chromium() == str(named)


def test_playwrights_own_newest_browser_is_found(bare: Path) -> None:
    _program(bare / "playwright/chromium-1000/chrome-linux/chrome")
    newest = _program(bare / "playwright/chromium-1200/chrome-linux/chrome")
    assert find_chromium() == str(newest)


def test_without_the_right_to_install_the_package_is_named(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(bare / "apt-get")
    _program(bare / "sudo", "exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(StepFailed, match="Install the package chromium"):
        install_chromium()


def test_with_the_right_the_package_is_installed(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(bare / "apt-get", f'[ "$1" = update ] || {{ echo "#!/bin/sh" > {bare}/chromium; }}')
    _program(bare / "sudo", 'shift; [ "$1" = true ] && exit 0; exec "$@"')
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    install_chromium()
    assert (bare / "chromium").exists()


@pytest.mark.parametrize("offered", [True, False])
def test_a_headless_shell_is_installed_where_there_is_one(
    bare: Path, monkeypatch: pytest.MonkeyPatch, offered: bool
) -> None:
    _program(bare / "apt-get", f'echo "$@" > {bare}/asked')
    _program(bare / "apt-cache", f"exit {0 if offered else 100}")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    install_chromium()
    assert ("chromium-headless-shell" in (bare / "asked").read_text().split()) is offered


def test_an_unknown_check_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(["everything"]) == 2
    assert "lint, unit, browser" in capsys.readouterr().err
