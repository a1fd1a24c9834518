"""Puts the guards against what a browser denies before every other script, Reflex's own included."""

from __future__ import annotations

import json
import re

from klarna_shop.operations.front_end.change import Change, ChangesPlugin, script

_HEAD = 'jsx("head",{},'


def guards() -> str:
    """The script, without its comments, its indents and most of its line ends."""
    code = re.sub(r"^\s*(//.*)?\n|^\s+", "", script("guards.js"), flags=re.MULTILINE)
    return re.sub(r"(?<=[{(,;>])\n|\n(?=[})])", "", code).replace(" = ", "=").replace(" => ", "=>")


class GuardsPlugin(ChangesPlugin):
    """Begins the `<head>` of every page with them."""

    changes = (Change("app/_document.js", ((_HEAD, f'{_HEAD}jsx("script",{{}},{json.dumps(guards())}),'),)),)
