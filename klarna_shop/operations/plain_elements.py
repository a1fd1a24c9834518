"""Lets React make the pages' elements by itself, without Emotion.

Reflex makes every element through Emotion, for styles given in Python. This shop has style sheets, and the
few styles of its elements are plain declarations, which an element's own `style` does as well: 7 KiB less of
a first load, and less work for each element.
"""

from __future__ import annotations

from typing import Any

from reflex.plugins import Plugin

MODULE = "utils/plain_elements.js"
SOURCE = """import { createElement } from "react";

const declarations = (css, style) => Object.assign({}, ...[css, style].flat(Infinity));

export function jsx(type, props, ...children) {
  if (!props || !("css" in props)) return createElement(type, props, ...children);
  const { css, style, ...rest } = props;
  return createElement(type, { ...rest, style: declarations(css, style) }, ...children);
}
"""
_ALIASES = "    alias: [\n"
_ALIAS = (
    "      {\n"
    '        find: "@emotion/react",\n'
    f'        replacement: fileURLToPath(new URL("./{MODULE}", import.meta.url)),\n'
    "      },\n"
)


class PlainElementsPlugin(Plugin):
    """Puts a small module in the place of `@emotion/react`."""

    def pre_compile(self, **context: Any) -> None:
        """Write the module, and ask for the bundler to be told of it."""
        context["add_save_task"](lambda: (MODULE, SOURCE))
        context["add_modify_task"]("vite.config.js", use_plain_elements)


def use_plain_elements(source: str) -> str:
    """The bundler's settings, with the module in Emotion's place.

    Raises:
        ValueError: they are not written as expected; this version of Reflex needs another change.
    """
    if _ALIAS in source:
        return source
    if source.count(_ALIASES) != 1:
        raise ValueError("Reflex's vite.config.js no longer lists its aliases as expected")
    return source.replace(_ALIASES, _ALIASES + _ALIAS)
