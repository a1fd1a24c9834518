"""Lets React make the pages' elements by itself, without Emotion.

Reflex makes every element through Emotion, for styles given in Python. This shop has style sheets, and the
few styles of its elements are plain declarations, which an element's own `style` does as well: 7 KiB less of
a first load, and less work for each element.
"""

from __future__ import annotations

from klarna_shop.operations.front_end.change import Change, ChangesPlugin

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


class PlainElementsPlugin(ChangesPlugin):
    """Puts a small module in the place of `@emotion/react`."""

    changes = (Change("vite.config.js", ((_ALIASES, _ALIASES + _ALIAS),)),)

    def modules(self) -> dict[str, str]:
        """The small module."""
        return {MODULE: SOURCE}
