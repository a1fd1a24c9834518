"""One state, one event."""

from __future__ import annotations

import reflex as rx


class CounterState(rx.State):
    """A number."""

    count: int = 0

    @rx.event
    def increment(self) -> None:
        """One more."""
        self.count += 1


def page() -> rx.Component:
    """The number, and a button."""
    return rx.el.button(CounterState.count, on_click=CounterState.increment)


app = rx.App()
app.add_page(page, route="/", on_load=[CounterState.increment])
