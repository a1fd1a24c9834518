"""What every part of one sandbox shares."""

from __future__ import annotations

from dataclasses import dataclass

from klarna_shop.sandbox.catalogue import Catalogue
from klarna_shop.sandbox.clock import Clock
from klarna_shop.sandbox.database import Database
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
