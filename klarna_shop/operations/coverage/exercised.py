"""What exercises an endpoint: the conformance suite by its probes, and test files that name the address."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from klarna_shop.operations.conformance.probes import PROBES
from klarna_shop.operations.coverage.endpoints import TOKEN
from klarna_shop.operations.progress import PROJECT
from klarna_shop.sandbox.openid.declared import OPERATIONS

TESTS = PROJECT / "tests"
_API = "/external/api"
_VERBS = ("GET ", "POST ", "PUT ", "DELETE ")


def exercising(operations: list[str]) -> dict[str, list[str]]:
    """Folders below `tests` by operation, the conformance suite first and with the number of its probes.

    Folders and not files, so that a new test of an old endpoint leaves the table as it is.
    """
    files = _addresses()
    return {operation: [*_probes(operation), *_naming(operation, files)] for operation in operations}


def _probes(operation: str) -> list[str]:
    number = sum(_probed(probe.operation, probe.body) == operation for probe in PROBES)
    return [f"conformance ({number} probe{'' if number == 1 else 's'})"] if number else []


def _probed(operation: str, body: Mapping[str, object] | None) -> str:
    return operation if operation != TOKEN else f"{TOKEN} {(body or {}).get('grant_type', '')}"


def _naming(operation: str, files: Mapping[str, frozenset[str]]) -> Iterator[str]:
    if operation.startswith(TOKEN):
        wanted = {f"grant_type={operation.removeprefix(TOKEN).strip()}"}
    else:
        verb, _, path = operation.partition(" ")
        begin = path.partition("{")[0]
        wanted = {f"{verb} {path}", path, f"{_API}{path}", begin if begin != path else path}
        wanted |= {one.path for one in OPERATIONS if one.name == operation}
    folders = (name.partition("/")[0] for name, named in files.items() if wanted & named)
    return iter(dict.fromkeys(folders))


@cache
def _addresses() -> dict[str, frozenset[str]]:
    """The texts of each test file that could be an address, and the grants it names."""
    found = {}
    for file in sorted(TESTS.rglob("test_*.py")):
        if file.parent.name == "conformance":
            continue  # counted by its probes
        found[file.relative_to(TESTS).as_posix()] = frozenset(_texts(file))
    return found


def _texts(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Constant(value=str(text)) if text.startswith(("/", *_VERBS)):
                yield text.partition("?")[0]
            case ast.keyword(arg="grant_type", value=ast.Constant(value=str(grant))):
                yield f"grant_type={grant}"
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    match key, value:
                        case ast.Constant(value="grant_type"), ast.Constant(value=str(grant)):
                            yield f"grant_type={grant}"
