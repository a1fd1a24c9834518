"""Facts only the browser knows, readable in a page: empty while prerendering and hydrating, then filled.

Server and browser would otherwise disagree about the first rendering.
"""

from __future__ import annotations

import reflex as rx
from reflex.vars.base import VarData
from reflex.vars.sequence import StringVar
from reflex_base.utils.imports import ImportVar


def address_query() -> StringVar:
    """The query and the fragment of the page's address, with their `?` and `#`."""
    name, expression = "addressQuery", "window.location.search + window.location.hash"
    hook = f'const {name} = useSyncExternalStore(() => () => {{}}, () => {expression}, () => "");'
    data = VarData(hooks={hook: None}, imports={"react": [ImportVar(tag="useSyncExternalStore")]})
    return rx.Var(name, _var_data=data).to(str)
