"""Which public functions of the client call which endpoint: read from its source, helpers included."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType
from typing import Any

from klarna_shop import payway
from klarna_shop.operations.coverage.endpoints import TOKEN
from klarna_shop.payway import PaywayClient, PaywayCredentials
from klarna_shop.payway.calls import Endpoint

_TOKEN_KEEPER = "kept by the client itself"  # noqa: S105


@cache
def client_functions() -> dict[str, list[str]]:
    """Functions by operation."""
    found: dict[str, set[str]] = {}
    for name, operations in (*_methods(), *_grants(), *_openid()):
        for operation in operations:
            found.setdefault(operation, set()).add(name)
    return {operation: sorted(names) for operation, names in found.items()}


def _methods() -> Iterator[tuple[str, set[str]]]:
    """Public methods of the client and of its parts."""
    client = PaywayClient(PaywayCredentials("http://payway.example", "id", "secret", "demo"))
    holders = {"": client} | {
        f"{name}.": part for name, part in vars(client).items() if not name.startswith("_")
    }
    for prefix, holder in holders.items():
        for name, _ in inspect.getmembers(type(holder), inspect.isfunction):
            if not name.startswith("_"):
                yield prefix + name, _operations(holder, name, frozenset())


def _operations(holder: Any, name: str, visited: frozenset[tuple[str, str]]) -> set[str]:
    function = getattr(type(holder), name, None)
    key = (type(holder).__name__, name)
    if not inspect.isfunction(function) or key in visited:
        return set()
    visited |= {key}
    module = inspect.getmodule(function)
    found: set[str] = set()
    for node in ast.walk(_tree(function)):
        match node:
            case ast.Name(id=constant) if isinstance(endpoint := getattr(module, constant, None), Endpoint):
                found.add(endpoint.operation)
            case ast.Attribute(value=ast.Name(id="self"), attr=method):
                found |= _operations(holder, method, visited)
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id="self"), attr=part), attr=method):
                found |= _operations(vars(holder).get(part), method, visited)
    return found


def _grants() -> Iterator[tuple[str, set[str]]]:
    """Functions that name a grant; where it is no method of the client, the client asks by itself."""
    for module in _modules():
        for name, function in _functions(module):
            grants = {f"{TOKEN} {grant}" for grant in _named_grants(_tree(function))}
            public = name.startswith("PaywayClient.") and not name.startswith("PaywayClient._")
            yield name.removeprefix("PaywayClient.") if public else _TOKEN_KEEPER, grants


def _named_grants(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="grant_type", value=ast.Constant(value=str(grant))):
                yield grant
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    match key, value:
                        case ast.Constant(value="grant_type"), ast.Constant(value=str(grant)):
                            yield grant


def _openid() -> Iterator[tuple[str, set[str]]]:
    """Public functions of `OpenId`, with those of the provider's documents that they ask for."""
    for module in _modules():
        names = {
            name: value
            for name, value in vars(module).items()
            if name.endswith("_OPERATION") and isinstance(value, str)
        }
        for name, function in _functions(module):
            nodes = list(ast.walk(_tree(function)))
            used = {node.id for node in nodes if isinstance(node, ast.Name)}
            read = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
            found = {value for constant, value in names.items() if constant in used}
            yield _public_name(name), found | {value for value in names.values() if value.split()[1] in read}


def _public_name(name: str) -> str:
    """Return what a caller writes; a helper's work is told as the client's own."""
    holder, _, function = name.rpartition(".")
    return f"openid.{function}" if holder == "OpenId" and not function.startswith("_") else _TOKEN_KEEPER


@cache
def _modules() -> tuple[ModuleType, ...]:
    names = [found.name for found in pkgutil.walk_packages(payway.__path__, f"{payway.__name__}.")]
    return tuple(importlib.import_module(name) for name in names if not name.endswith("__main__"))


def _functions(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Functions and methods written in a module; what a dataclass makes for itself has no source."""
    holders = {"": vars(module)} | {
        f"{name}.": dict(vars(value)) for name, value in vars(module).items() if inspect.isclass(value)
    }
    for prefix, members in holders.items():
        for name, value in members.items():
            if inspect.isfunction(value) and value.__code__.co_filename == module.__file__:
                yield prefix + name, value


@cache
def _tree(function: Callable[..., Any]) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))
