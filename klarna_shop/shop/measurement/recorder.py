"""Takes events from pages, which wait for nothing, and writes them down in batches."""

from __future__ import annotations

from klarna_shop.shop.batches import Batches
from klarna_shop.shop.measurement.storage import EventStorage, Happening

CAPACITY = 10_000
"""Events that wait in memory at most."""
BATCH = 500


class EventRecorder(Batches[Happening]):
    """The events of this process. What goes wrong here reaches no reader."""

    def __init__(self, storage: EventStorage, *, capacity: int = CAPACITY) -> None:
        super().__init__(storage.write, named="events", capacity=capacity, size=BATCH)
