"""The studio: the product team's workshop, in English. A folder for each of its rooms.

Every handler of a studio state is a `studio_event`, so that it does nothing for a browser that is not
logged in. May import what other screens may; only `ui.routes` imports it.
"""

from klarna_shop.ui.studio.pages import StudioPage, studio_pages

__all__ = ["StudioPage", "studio_pages"]
