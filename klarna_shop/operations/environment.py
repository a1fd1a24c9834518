"""Makes `.venv` with the locked packages. Standard library only: runs on a machine's own Python.

    python3 -m klarna_shop.operations.environment [--test]

What is installed is noted by the digest of its lock file, so that a second call does nothing.
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from klarna_shop.operations.progress import PROJECT, VAR, StepFailed, run_step, say, stop

OLDEST = (3, 11)
FOLDER = PROJECT / ".venv"
PYTHON = FOLDER / "bin" / "python"
NOTE = FOLDER / "installed-locks"
LOCK = PROJECT / "requirements.lock"
TEST_LOCK = PROJECT / "requirements-test.lock"
"""Holds everything that `requirements.lock` holds, at the same versions, and the tools of the tests."""

INSTALL = (
    "--require-hashes",
    # The lock is whole. Left to follow requirements, pip (23.2) takes one with extras, "granian[reload]", for
    # another package than the locked "granian", finds a newer release, and refuses it for having no hash.
    "--no-deps",
    "--disable-pip-version-check",
    "--no-input",
    "--progress-bar=off",
    "--quiet",
)
"""How a lock file is installed."""


def main(arguments: list[str]) -> int:
    """Bring the environment to the locked state; the exit status."""
    if sys.version_info < OLDEST:
        return stop(f"Python {sys.version.split()[0]} is too old; the shop takes 3.11 or newer.")
    lock = TEST_LOCK if "--test" in arguments else LOCK
    try:
        with _alone():
            _prepare(lock)
    except StepFailed as failure:
        return stop(str(failure))
    except KeyboardInterrupt:
        return stop("stopped", 130)
    return 0


def _prepare(lock: Path) -> None:
    if not _works():
        _create()
    if _digest(lock) in _installed():
        return
    NOTE.unlink(missing_ok=True)
    _ensure_pip()
    run_step("packages, locked by hash", [*_pip(), "install", *INSTALL, "--requirement", lock])
    done = [LOCK, TEST_LOCK] if lock == TEST_LOCK else [LOCK]
    NOTE.write_text("".join(f"{_digest(each)} {each.name}\n" for each in done))


def _works() -> bool:
    """Whether the environment's Python starts and is new enough (the one it was made from may be gone)."""
    check = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.run([PYTHON, "-c", check], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _create() -> None:
    command = [sys.executable, "-m", "venv", "--clear", str(FOLDER)]
    try:
        run_step("environment in .venv", command)
    except StepFailed:
        if not _has_system_pip():
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            raise StepFailed(
                f"This Python ({sys.executable}) cannot make virtual environments: ensurepip is missing.\n"
                f"Install the package python{version}-venv (Debian, Ubuntu: apt-get install python3-venv)"
                " and run make again."
            ) from None
        run_step("environment in .venv without ensurepip", [*command, "--without-pip"])


def _has_system_pip() -> bool:
    command = [sys.executable, "-m", "pip", "--version"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _ensure_pip() -> None:
    """An environment made by another tool may have no pip; the machine's own can install into it."""
    own = [str(PYTHON), "-m", "pip", "--version"]
    if subprocess.run(own, capture_output=True, check=False).returncode == 0 or _has_system_pip():
        return
    run_step("pip in .venv", [PYTHON, "-m", "ensurepip"])


def _pip() -> list[str]:
    own = [str(PYTHON), "-m", "pip"]
    if subprocess.run([*own, "--version"], capture_output=True, check=False).returncode == 0:
        return own
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def _digest(lock: Path) -> str:
    version = subprocess.run([PYTHON, "--version"], capture_output=True, check=True).stdout
    return sha256(version + lock.read_bytes()).hexdigest()


def _installed() -> set[str]:
    return {line.split()[0] for line in NOTE.read_text().splitlines()} if NOTE.exists() else set()


@contextmanager
def _alone() -> Iterator[None]:
    """One set-up at a time in a checkout; another waits for it."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "environment.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another make is setting up this checkout; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
