"""No handler of the studio without the door in front of it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
import reflex as rx
from reflex_base.event import EventHandler

import klarna_shop.ui.studio
from klarna_shop.ui.studio.guard import studio_event
from klarna_shop.ui.studio.state import StudioState

OPEN_TO_ALL = {"StudioState.enter"}


def _states() -> Iterator[type[rx.State]]:
    package = klarna_shop.ui.studio
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        for thing in vars(importlib.import_module(module.name)).values():
            if isinstance(thing, type) and issubclass(thing, rx.State) and thing.__module__ == module.name:
                yield thing


def _handlers(state: type[rx.State]) -> Iterator[tuple[str, EventHandler]]:
    inherited = rx.State.event_handlers
    for name, handler in state.event_handlers.items():
        if name not in inherited:
            yield f"{state.__name__}.{name}", handler


def test_every_handler_asks_for_the_login() -> None:
    handlers = dict(pair for state in _states() for pair in _handlers(state))
    assert set(handlers) >= OPEN_TO_ALL
    unguarded = {name for name, handler in handlers.items() if not hasattr(handler.fn, "studio_only")}
    assert unguarded == OPEN_TO_ALL


def test_the_door_is_for_asynchronous_handlers_only() -> None:
    with pytest.raises(TypeError, match="not asynchronous"):
        studio_event(lambda _self: None)


def test_the_frame_shows_nothing_before_it_knows() -> None:
    assert StudioState.get_fields()["status"].default == ""
