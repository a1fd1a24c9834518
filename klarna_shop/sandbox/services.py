"""What every part of one sandbox shares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from klarna_shop.sandbox.catalogue import Catalogue
from klarna_shop.sandbox.clock import Clock
from klarna_shop.sandbox.database import Database
from klarna_shop.sandbox.formats import written_time
from klarna_shop.sandbox.readings import Readings
from klarna_shop.sandbox.settings import SandboxSettings


@dataclass(frozen=True)
class Services:
    """Settings, readings, time, data and catalogue of one sandbox."""

    settings: SandboxSettings
    readings: Readings
    clock: Clock
    database: Database
    catalogue: Catalogue

    def written_time(self, moment: datetime | None) -> str | None:
        """A time as the readings write it (§1.4)."""
        return written_time(moment, milliseconds=self.readings.timestamps == "milliseconds")
