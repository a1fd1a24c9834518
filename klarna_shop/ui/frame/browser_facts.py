"""Facts only the browser knows, readable in a page: empty while prerendering and hydrating, then filled.

Server and browser would otherwise disagree about the first rendering.
"""

from __future__ import annotations

import reflex as rx
from reflex.vars.base import VarData
from reflex.vars.sequence import StringVar
from reflex_base.utils.imports import ImportVar


def _in_browser(name: str, expression: str) -> StringVar:
    hook = f'const {name} = useSyncExternalStore(() => () => {{}}, () => {expression}, () => "");'
    data = VarData(hooks={hook: None}, imports={"react": [ImportVar(tag="useSyncExternalStore")]})
    return rx.Var(name, _var_data=data).to(str)


def today(language: str) -> StringVar:
    """Today's date in words, in the newspaper's time zone."""
    locale = {"sv": "sv-SE", "en": "en-GB"}.get(language, language)
    form = '{ weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "Europe/Stockholm" }'
    return _in_browser("todayInWords", f'new Intl.DateTimeFormat("{locale}", {form}).format(new Date())')


def address_query() -> StringVar:
    """The query and the fragment of the page's address, with their `?` and `#`."""
    return _in_browser("addressQuery", "window.location.search + window.location.hash")
