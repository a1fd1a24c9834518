"""What the embedded sandbox answers to every probe, asked once for all tests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from klarna_shop.operations.conformance.probes import PROBES
from klarna_shop.operations.conformance.runner import Exchange, run
from klarna_shop.operations.conformance.target import sandbox_target
from klarna_shop.sandbox import Sandbox, SandboxSettings


async def _exchanges() -> dict[str, Exchange]:
    sandbox = Sandbox(SandboxSettings())
    try:
        return {one.probe.name: one for one in await run(sandbox_target(sandbox), PROBES)}
    finally:
        await sandbox.close()


@pytest.fixture(scope="session")
def exchanges() -> Mapping[str, Exchange]:
    return asyncio.run(_exchanges())
