"""Finds the Chromium that the browser tests drive, and installs one where that is possible.

Run as `python -m klarna_shop.operations.browser`, it prints the path.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from klarna_shop.operations.progress import StepFailed, run_step, say, stop

HEADLESS_SHELL = "chromium-headless-shell"
"""Chromium's engine without a browser around it: the same pages for less than half the processor time."""
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATH_VARIABLE = "PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
"""How the tests start it: works as root and without a display, and calls nobody on its own."""


def find_chromium(*, whole: bool = False) -> str | None:
    """The path of a Chromium: the one named by `PATH_VARIABLE`, the system's, or Playwright's own.

    `whole` asks for a browser as readers have it, with profiles and content settings; without it a headless
    shell comes first.
    """
    named = os.environ.get(PATH_VARIABLE)
    if named:
        return named if os.access(named, os.X_OK) else None
    for name in NAMES if whole else (HEADLESS_SHELL, *NAMES):
        if (found := shutil.which(name)) is not None and _starts(found):
            return found
    return _playwrights_own()


def _starts(path: str) -> bool:
    """Whether it is a browser and not a note that one is to be had elsewhere (as Ubuntu's package is)."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def _playwrights_own() -> str | None:
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    found = sorted(folder.glob("chromium-*/chrome-linux*/chrome"))
    return str(found[-1]) if found else None


def install_chromium() -> None:
    """Install the system's package.

    Raises:
        StepFailed: there is no right or no way to; the text names the package.
    """
    apt = shutil.which("apt-get")
    elevate = _elevation()
    if apt is None or elevate is None:
        lacking = "apt-get is missing" if apt is None else "installing takes root"
        raise StepFailed(
            f"No Chromium was found and {lacking}: the browser tests are left out."
            f" Install the package chromium, or name one in {PATH_VARIABLE}."
        )
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run_step("package lists", [*elevate, apt, "update"], environment=environment)
    packages = ["chromium", "fonts-liberation", *([HEADLESS_SHELL] if _is_offered(HEADLESS_SHELL) else [])]
    command = [*elevate, apt, "install", "--yes", "--no-install-recommends", *packages]
    run_step("chromium for the browser tests", command, environment=environment)


def _is_offered(package: str) -> bool:
    """True where the system has such a package; older ones have no headless shell of their own."""
    asked = ["apt-cache", "show", "--quiet", package]
    try:
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _elevation() -> list[str] | None:
    """What to put before a command that takes root; None where that cannot be had without asking."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    allowed = subprocess.run([sudo, "--non-interactive", "true"], capture_output=True, check=False)
    return [sudo, "--non-interactive"] if allowed.returncode == 0 else None


def ensure_chromium() -> str | None:
    """The path of a Chromium, installed if need be; None, having said why, where there is none."""
    if (found := find_chromium()) is not None:
        return found
    try:
        install_chromium()
    except StepFailed as failure:
        say(str(failure))
    return find_chromium()


def main() -> int:
    """Print the path; the exit status tells whether there is one."""
    found = ensure_chromium()
    if found is None:
        return stop("There is no Chromium for the browser tests.")
    say(found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
