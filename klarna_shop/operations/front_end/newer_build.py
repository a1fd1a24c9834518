"""Lets a page that is older than the server's build go on: what was asked for is loaded from the new one."""

from __future__ import annotations

from klarna_shop.operations.front_end.change import Change, ChangesPlugin, script

MODULE = "utils/newer_build.js"
ROUTER = "vite-plugin-gone-pages.js"
_IMPORT = 'import throttle from "$/utils/helpers/throttle";\n'
_IMPORTED = 'import { offerNewer, wouldLose } from "$/utils/newer_build";\n'
_COOLED = "  if (Date.now() - last_reload > info.reload_cooldown_ms) {\n"
_BANNER = "  showNewVersionBanner();\n};\n"
_VITE_IMPORT = 'import safariCacheBustPlugin from "./vite-plugin-safari-cachebust.js";\n'
_VITE_PLUGIN = "    safariCacheBustPlugin(),\n"


class NewerBuildPlugin(ChangesPlugin):
    """Changes what Reflex's client does on another version, and React Router on a part that is gone."""

    changes = (
        Change(
            "utils/state.js",
            (
                (_IMPORT, _IMPORTED + _IMPORT),
                (_COOLED, _COOLED.replace("if (", "if (!wouldLose() && ")),
                (_BANNER, "  offerNewer();\n};\n"),
            ),
        ),
        Change(
            "vite.config.js",
            (
                (_VITE_IMPORT, _VITE_IMPORT + f'import gonePages from "./{ROUTER}";\n'),
                (_VITE_PLUGIN, _VITE_PLUGIN + "    gonePages(),\n"),
            ),
        ),
    )

    def modules(self) -> dict[str, str]:
        """What the client asks, and the change of the router."""
        return {MODULE: script("newer_build.js"), ROUTER: script("gone_pages.js")}
