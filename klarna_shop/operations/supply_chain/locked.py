"""The packages that the lock files name, with version, licence and hashes."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

from klarna_shop.operations.progress import PROJECT

PYTHON_LOCK = PROJECT / "requirements.lock"
BROWSER_LOCK = PROJECT / "reflex.lock" / "package-lock.json"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_CLASSIFIER = "License :: "
_LONGEST = 60


@dataclass(frozen=True, order=True)
class LockedPackage:
    """One package. `ecosystem` is `PyPI` or `npm`; `licence` an SPDX expression, or as the package writes it.

    `hashes` are hexadecimal: SHA-256 of each file of a Python package, SHA-512 of an npm package. What
    `is_tool` only builds the front end and is in no page.
    """

    ecosystem: str
    name: str
    version: str
    licence: str
    hashes: tuple[str, ...] = ()
    is_tool: bool = False


def locked_packages() -> list[LockedPackage]:
    """All of them, by ecosystem and name."""
    return sorted([*_python(PYTHON_LOCK), *_browser(BROWSER_LOCK)])


def _python(lock: Path) -> list[LockedPackage]:
    packages: list[tuple[str, str, list[str]]] = []
    for line in lock.read_text(encoding="utf-8").splitlines():
        if found := _PINNED.match(line):
            packages.append((found[1], found[2], []))
        if packages and (digest := _HASH.search(line)):
            packages[-1][2].append(digest[1])
    return [
        LockedPackage("PyPI", name, version, _licence(name), tuple(sorted(hashes)))
        for name, version, hashes in packages
    ]


def _licence(name: str) -> str:
    """As the installed package says; empty for one that this platform does not need."""
    try:
        facts = metadata(name)
    except PackageNotFoundError:
        return ""
    if expression := _first(facts, "License-Expression"):
        return expression
    classified = [
        one.rpartition(" :: ")[2] for one in facts.get_all("Classifier") or [] if one.startswith(_CLASSIFIER)
    ]
    if classified:
        return " AND ".join(sorted(classified))
    # Some put the whole text there.
    return _first(facts, "License").partition("\n")[0][:_LONGEST].strip()


def _first(facts: PackageMetadata, name: str) -> str:
    return next(iter(facts.get_all(name) or ()), "")


def _browser(lock: Path) -> list[LockedPackage]:
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    return [
        LockedPackage(
            "npm",
            path.rpartition("node_modules/")[2],
            facts["version"],
            str(facts.get("license", "")),
            _digests(facts.get("integrity", "")),
            is_tool=bool(facts.get("dev")),
        )
        for path, facts in packages.items()
        if path and "version" in facts
    ]


def _digests(integrity: str) -> tuple[str, ...]:
    return tuple(
        b64decode(one.removeprefix("sha512-")).hex() for one in integrity.split() if one.startswith("sha512-")
    )
