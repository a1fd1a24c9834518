"""What there is to call and to see, as the assembled app has it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass

import reflex as rx
from reflex.state import BaseState
from reflex_base.registry import RegistrationContext
from starlette.routing import BaseRoute, Mount, Route


@dataclass(frozen=True)
class ReachableHandler:
    """One event handler: `purpose` is the first sentence of its docstring."""

    name: str
    purpose: str


@dataclass(frozen=True)
class ReachableState:
    """A state class with what a client can call and what its page is sent."""

    name: str
    """Module and class."""
    handlers: tuple[ReachableHandler, ...]
    public_vars: tuple[str, ...]


@dataclass(frozen=True)
class ReachableRoute:
    """One HTTP address with its methods."""

    path: str
    methods: tuple[str, ...]


def reachable_states() -> list[ReachableState]:
    """Every state below the root that has a handler or a public var, by name.

    Handlers are taken from where the server looks them up, so one that was taken away is not among them.
    """
    registered = RegistrationContext.get().event_handlers
    states = []
    for state in sorted(_all_states(rx.State), key=_name):
        prefix = f"{state.get_full_name()}."
        handlers = tuple(
            ReachableHandler(name, _first_sentence(inspect.getdoc(handler.fn) or ""))
            for name, handler in sorted(state.event_handlers.items())
            if prefix + name in registered
        )
        public = tuple(sorted({*state.base_vars, *(name for name in state.computed_vars if name[0] != "_")}))
        if handlers or public:
            states.append(ReachableState(_name(state), handlers, public))
    return states


def reachable_routes(app: rx.App, own: list[BaseRoute]) -> list[ReachableRoute]:
    """Every route of the shop, the sandbox and the framework, by path. Built files are no routes."""
    routes = [*own, *(app._api.routes if app._api else ())]
    return sorted({*_flat(routes)}, key=lambda route: (route.path, route.methods))


def _flat(routes: list[BaseRoute]) -> Iterator[ReachableRoute]:
    for route in routes:
        if isinstance(route, Route):
            yield ReachableRoute(route.path, tuple(sorted((route.methods or set()) - {"HEAD"})))
        elif isinstance(route, Mount):
            inner = list(_flat(list(route.routes)))
            yield from inner or [ReachableRoute(route.path, ())]


def _all_states(state: type[BaseState]) -> Iterator[type[BaseState]]:
    yield state
    for below in state.get_substates():
        yield from _all_states(below)


def _name(state: type[BaseState]) -> str:
    return f"{state.__module__}.{state.__name__}"


def _first_sentence(text: str) -> str:
    paragraph = " ".join(text.partition("\n\n")[0].split())
    return paragraph.partition(". ")[0].rstrip(".") + "." if paragraph else ""
