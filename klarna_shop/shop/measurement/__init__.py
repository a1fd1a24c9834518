"""What readers do, measured with their consent: one append-only table of events, and who agreed to it.

Nothing in it names a person. `shop.experiments` and `shop.funnel` read the table; the screens and the ledger
write it. May import `shop.database` and `shop.clock`, and nothing of any other room.
"""

from klarna_shop.shop.measurement.consent import Consents
from klarna_shop.shop.measurement.event_names import EventName, Traffic
from klarna_shop.shop.measurement.recorder import EventRecorder
from klarna_shop.shop.measurement.storage import Happening, SeenWall

__all__ = ["Consents", "EventName", "EventRecorder", "Happening", "SeenWall", "Traffic"]
