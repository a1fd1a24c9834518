"""Takes away what the framework lets every client call, and no page of the shop does.

Reflex gives each state a handler that sets a var by its name. With no setters declared it does nothing; it is
still the one thing that a hostile client would try, and a setter declared one day would open it.
"""

from __future__ import annotations

from reflex_base.registry import RegistrationContext

CLOSED = ("setvar", "update_vars_internal")
"""By the last part of their names. The second takes what a browser has stored of vars, which is nothing."""


def close_handlers() -> list[str]:
    """Forget these handlers, so that calling one is calling nothing. The names of those that were there."""
    handlers = RegistrationContext.get().event_handlers
    found = [name for name in handlers if name.rpartition(".")[2] in CLOSED]
    for name in found:
        del handlers[name]
    return found
