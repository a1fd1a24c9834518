"""Sending synthetic readers from the studio: a panel for the rooms that show numbers.

Outside the sandbox neither panel nor handlers are there at all, so rooms import only what stands here.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

from klarna_shop.settings import load_settings


def simulated_readers(look_again: Any) -> rx.Component:
    """The panel; `look_again` shows the room's numbers anew. Nothing outside the sandbox."""
    if not load_settings().is_sandbox:
        return rx.fragment()
    from klarna_shop.ui.studio.simulation.panel import simulation_panel

    return simulation_panel(look_again)


def simulation_events() -> tuple[Any, ...]:
    """What happens for the panel when a room is opened."""
    if not load_settings().is_sandbox:
        return ()
    from klarna_shop.ui.studio.simulation.state import SimulationState

    return (SimulationState.show,)
