"""The room for paywall designs: the list, and the editor of one design with the live page beside it.

* `listing/`: every design, templates to start from;
* `editor/`: one design's form and checks;
* `preview/`: the live page in a frame;
* `files/`: export and import;
* `versions/`: versions, history, what changed between two;
* `browser/`: the little that has to happen in the browser.

Only `ui.studio.pages` imports it.
"""

from klarna_shop.ui.studio.paywalls.page import paywalls_events, paywalls_page

__all__ = ["paywalls_events", "paywalls_page"]
