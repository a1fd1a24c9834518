"""Runs the project's checks: style, types, import contracts and tests.

    python -m klarna_shop.operations.check [lint] [unit] [browser] [-- arguments for pytest]

Without a name all of them. Each runs even if one before it failed; pytest comes last and has the last word.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from klarna_shop.operations.browser import ensure_chromium
from klarna_shop.operations.build import build_front_end
from klarna_shop.operations.progress import PROJECT, StepFailed, say, stop
from klarna_shop.settings import ConfigurationError, load_settings

BIN = Path(sys.executable).parent
NAMES = ("lint", "unit", "browser")
STYLE: dict[str, list[str]] = {
    "style": [str(BIN / "ruff"), "check", "."],
    "format": [str(BIN / "ruff"), "format", "--check", "."],
    "types": [sys.executable, "-m", "mypy"],
    "import contracts": [str(BIN / "lint-imports"), "--no-logo"],
}
SIDE_BY_SIDE = ["--numprocesses=2", "--dist=loadfile", "--no-loadscope-reorder"]
"""Two files at a time take about half as long; the tests themselves say which come first."""
NOTHING_COLLECTED = 5
"""Pytest's exit status where no test matched."""


def main(arguments: list[str]) -> int:
    """Run what is named; 0 if all of it passed."""
    names, pytest_arguments = _split(arguments)
    if unknown := set(names) - set(NAMES):
        return stop(f"There is no check named {', '.join(sorted(unknown))}; known: {', '.join(NAMES)}.", 2)
    wanted = set(names or NAMES)
    failed: list[str] = []
    tests = wanted - {"lint"}
    try:
        with ThreadPoolExecutor() as beside:
            # Beside the front end's build, which takes one processor.
            style = beside.submit(_style) if "lint" in wanted else None
            browser = beside.submit(ensure_chromium) if "browser" in tests else None
            if browser is not None:
                if not _build():
                    failed.append("front end")
                if browser.result() is None:
                    say("tests: those that need a browser are left out")
                    tests = tests - {"browser"}
            if style is not None:
                failed += style.result()
        if tests:
            failed += _run_tests(tests, pytest_arguments)
    except KeyboardInterrupt:
        return stop("stopped", 130)
    return stop(f"failed: {', '.join(failed)}") if failed else 0


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:cut], arguments[cut + 1 :]


def _style() -> list[str]:
    """Check style, types and import contracts; those that failed."""
    return [name for name, command in STYLE.items() if not _run(name, command)]


def _build() -> bool:
    """Build the front end; False if that failed."""
    try:
        build_front_end(load_settings())
    except (ConfigurationError, StepFailed) as failure:
        say(str(failure))
        return False
    return True


def _run_tests(wanted: set[str], arguments: list[str]) -> list[str]:
    """Run the wanted kinds in one pytest; what failed."""
    selection = {frozenset({"unit"}): ["-m", "not browser"], frozenset({"browser"}): ["-m", "browser"]}
    chosen = selection.get(frozenset(wanted), [])
    command = [sys.executable, "-m", "pytest", *SIDE_BY_SIDE, *chosen, *arguments]
    if not _run("tests", command, passing=(0, NOTHING_COLLECTED)):
        return ["tests"]
    return []


def _run(name: str, command: Sequence[str], passing: tuple[int, ...] = (0,)) -> bool:
    say(f"{name} …")
    start = time.monotonic()
    passed = subprocess.run(command, cwd=PROJECT, check=False).returncode in passing
    # The closing line of pytest is the last word on the tests.
    if name != "tests":
        say(f"{name}: {'passed' if passed else 'FAILED'}, {time.monotonic() - start:.1f} s")
    return passed


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
