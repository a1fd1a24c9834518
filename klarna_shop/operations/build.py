"""Builds the front end when something it is made of has changed.

    python -m klarna_shop.operations.build

Beside the finished build lies a note of what it was made of; where that still holds, nothing is done.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from pydantic import SecretStr
from reflex_base.constants import Templates

from klarna_shop.operations.articles import tell_problems
from klarna_shop.operations.javascript import reflex_environment
from klarna_shop.operations.progress import PROJECT, StepFailed, run_step, say, stop
from klarna_shop.operations.start import settings_at_start
from klarna_shop.settings import ConfigurationError, Settings

WEB = PROJECT / ".web"
BUILT = WEB / "build" / "client" / "index.html"
NOTE = WEB / "built-from.json"
LOCKED = "reflex.lock"

NOT_IN_PAGES = frozenset(
    {
        "app_port",
        "app_workers",
        "payway_timeout",
        "payway_client_id",
        "payway_login",
        "payway_openid_url",
        "payway_openid_issuer",
        "payway_offline_access",
        "flow_steps",
        "flow_days",
        "trusted_proxy_hops",
        "socket_events_per_second",
        "withdrawal_waiver",
        "log_format",
        "articles_dir",
        "ssl_cert_file",
        "ssl_cert_dir",
    }
)
"""Settings that no page is made of, besides every secret. (The articles count by their content.)"""

_ADDRESS_CHARACTERS = re.compile(r"[%?#\\]")
_IGNORED = {"__pycache__", "external", ".ruff_cache", ".mypy_cache"}


def build_front_end(settings: Settings) -> None:
    """Build unless the finished build is made of what is here now.

    Raises:
        StepFailed: the build went wrong; the text ends with its last lines.
    """
    now = ingredients(settings)
    before = _noted()
    if BUILT.exists() and before == now:
        say("front end: as built before")
        return
    changed = [part for part, digest in now.items() if before.get(part) != digest]
    if before:
        name = f"front end (changed: {', '.join(changed)})"
    else:
        name = (
            "front end" if (WEB / "node_modules").exists() else "front end and its packages (about a minute)"
        )
    move_web_to_plain_path()
    forget_build()
    restore_client()
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    with lock_kept():
        run_step(name, command, environment=reflex_environment())
    if not BUILT.exists():
        raise StepFailed("The front end was built without a front page; see var/front.log.")
    # Reflex may complete the lock while it installs; what was installed is what the build is made of.
    now[LOCKED] = _digest(PROJECT / LOCKED)
    NOTE.write_text(json.dumps(now, indent=1))


def move_web_to_plain_path(web: Path = WEB) -> None:
    """Put `.web` elsewhere, with a link here, where the project's path holds characters of addresses.

    Vite, Node's loader and React Router take paths for addresses, in which `%`, `?` and `#` mean something.

    Raises:
        StepFailed: the cache folder's path holds such a character as well.
    """
    if web.is_symlink() or not _ADDRESS_CHARACTERS.search(str(web)):
        return
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    elsewhere = cache / "klarna-shop" / sha256(str(web).encode()).hexdigest()[:16]
    if _ADDRESS_CHARACTERS.search(str(elsewhere)):
        raise StepFailed(
            f"The front end cannot be built in {web} nor in {elsewhere}: clone the shop into a folder"
            " without % ? # \\ in its path, or set XDG_CACHE_HOME to one."
        )
    shutil.rmtree(elsewhere, ignore_errors=True)
    elsewhere.parent.mkdir(parents=True, exist_ok=True)
    if web.exists():
        shutil.move(web, elsewhere)
    elsewhere.mkdir(exist_ok=True)
    web.symlink_to(elsewhere, target_is_directory=True)


def restore_client() -> None:
    """Take back what plugins changed in Reflex's client for the build before.

    Reflex writes it once, and a change that nobody makes any more would stay in every build to come.
    """
    client = Path("utils") / "state.js"
    if (WEB / client).exists():
        shutil.copyfile(Templates.Dirs.WEB_TEMPLATE / client, WEB / client)


@contextmanager
def lock_kept() -> Iterator[None]:
    """Undo what the build does to the lock files' form; a change of what they say stays."""
    before = {file: file.read_bytes() for file in _files(PROJECT / LOCKED) if file.suffix == ".json"}
    try:
        yield
    finally:
        for file, content in before.items():
            if file.exists() and _same_json(file.read_bytes(), content):
                file.write_bytes(content)


def _same_json(one: bytes, other: bytes) -> bool:
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False


def forget_build() -> None:
    """Let the next `make run` build anew."""
    NOTE.unlink(missing_ok=True)


def ingredients(settings: Settings) -> dict[str, str]:
    """What a build is made of, each part with its digest."""
    return {
        "code": _digest(PROJECT / "klarna_shop"),
        "assets": _digest(PROJECT / "assets"),
        "rxconfig.py": _digest(PROJECT / "rxconfig.py"),
        "packages": _digest(PROJECT / "requirements.lock"),
        LOCKED: _digest(PROJECT / LOCKED),
        # The studio shows it as the rules that its checks go by.
        "docs/paywalls.md": _digest(PROJECT / "docs" / "paywalls.md"),
        "articles": _digest(settings.articles_dir),
        "settings": sha256(repr(_settings_in_pages(settings)).encode()).hexdigest(),
    }


def _settings_in_pages(settings: Settings) -> list[tuple[str, str]]:
    values = [
        (name, str(value))
        for name, value in settings
        if name not in NOT_IN_PAGES and not isinstance(value, SecretStr)
    ]
    # The pages find their own host and port, so a build for this machine serves any of its ports.
    local = f"http://localhost:{settings.app_port}"
    return sorted((name, value.replace(local, "http://localhost")) for name, value in values)


def _digest(path: Path) -> str:
    digest = sha256()
    for file in _files(path):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(path)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for file in sorted(path.rglob("*")):
        if file.is_file() and not _IGNORED.intersection(file.relative_to(path).parts):
            yield file


def _noted() -> dict[str, str]:
    try:
        noted = json.loads(NOTE.read_text())
    except (OSError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}


def main() -> int:
    """Build by the settings of the environment; the exit status."""
    try:
        settings = settings_at_start()
        tell_problems(settings)
        build_front_end(settings)
    except (ConfigurationError, StepFailed) as failure:
        return stop(str(failure))
    except KeyboardInterrupt:
        return stop("stopped", 130)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
