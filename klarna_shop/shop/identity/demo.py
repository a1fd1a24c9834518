"""Customers who exist for trying the shop out; only a sandbox has any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class DemoCustomer:
    """A customer anyone may sign in as. `purposes` says by language what can be tried with it."""

    email: str
    password: str
    name: str
    purposes: Mapping[str, str] = field(hash=False)
