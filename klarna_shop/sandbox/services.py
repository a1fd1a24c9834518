"""What every part of one sandbox shares."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from klarna_shop.sandbox.catalogue import Catalogue
from klarna_shop.sandbox.clock import Clock
from klarna_shop.sandbox.conduct import Conduct
from klarna_shop.sandbox.database import Database
from klarna_shop.sandbox.fault_register import Faults
from klarna_shop.sandbox.formats import written_time
from klarna_shop.sandbox.readings import Readings
from klarna_shop.sandbox.settings import SandboxSettings
from klarna_shop.sandbox.webhooks import Webhooks


@dataclass(frozen=True)
class Services:
    """Settings, readings, time, data and catalogue of one sandbox; for a call, with its own readings."""

    settings: SandboxSettings
    readings: Readings
    clock: Clock
    database: Database
    catalogue: Catalogue
    conduct: Conduct
    faults: Faults
    webhooks: Webhooks
    forced: str | None = None
    """The refusal (of `faults.ERRORS`) with which this call has to end."""
    widget: str | None = None
    """What Klarna's widget does (of `faults.WIDGET`) with the session that this call creates."""

    arrived: datetime | None = None
    """When the call arrived that this is for, before any latency; None outside of calls."""

    def for_call(self, arrived: datetime | None = None) -> Services:
        """The same with the readings of the next call."""
        return replace(self, readings=self.conduct.for_call(), arrived=arrived or self.clock.now())

    def written_time(self, moment: datetime | None) -> str | None:
        """A time as the readings write it (§1.4)."""
        return written_time(moment, milliseconds=self.readings.timestamps == "milliseconds")
