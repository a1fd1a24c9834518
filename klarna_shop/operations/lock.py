"""Renews `requirements.lock`, `requirements-test.lock` and `reflex.lock/`.

    python -m klarna_shop.operations.lock

The test lock is resolved on top of the other, so that what is tested is what is served.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from klarna_shop.operations.build import LOCKED, build_front_end
from klarna_shop.operations.environment import INSTALL, TEST_LOCK
from klarna_shop.operations.progress import PROJECT, StepFailed, run_step, stop
from klarna_shop.settings import ConfigurationError, load_settings

OPTIONS = (
    "--universal",
    "--generate-hashes",
    # A lock names packages and hashes; where they come from is the reader's setting.
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--python-version=3.11",
    "--upgrade",
    "--quiet",
)


def _uv() -> str:
    """The resolver, put into the environment where the machine has none; only this command uses it."""
    own = Path(sys.executable).parent / "uv"
    if not own.exists() and (found := shutil.which("uv")) is not None:
        return found
    if not own.exists():
        run_step("resolver", [sys.executable, "-m", "pip", "install", "--quiet", "uv"])
    return str(own)


def main() -> int:
    """Renew all locks and build with them; the exit status."""
    try:
        uv = [_uv(), "pip", "compile", "pyproject.toml", *OPTIONS]
        run_step("python packages", [*uv, "--output-file=requirements.lock"])
        test = [*uv, "--group=test", "--constraint=requirements.lock", "--output-file=requirements-test.lock"]
        run_step("test packages", test)
        run_step(
            "install", [sys.executable, "-m", "pip", "install", *INSTALL, "--requirement", str(TEST_LOCK)]
        )
        shutil.rmtree(PROJECT / LOCKED, ignore_errors=True)
        shutil.rmtree(PROJECT / ".web", ignore_errors=True)
        build_front_end(load_settings())
    except (ConfigurationError, StepFailed) as failure:
        return stop(str(failure))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
