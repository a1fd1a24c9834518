"""The sandbox's side: its answers to the same probes, under any of its readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from klarna_shop.operations.conformance.probes.probe import Learned, Probe
from klarna_shop.operations.conformance.runner import run
from klarna_shop.operations.conformance.shape import Shape
from klarna_shop.operations.conformance.target import sandbox_target
from klarna_shop.sandbox import Readings, Sandbox, SandboxSettings
from klarna_shop.sandbox.readings import Value

Shapes = Mapping[str, Shape]
"""Shapes of answers by the probe's name."""


class Reference:
    """A sandbox in memory, put back to its seed before each run."""

    def __init__(self) -> None:
        self._sandbox = Sandbox(SandboxSettings())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._sandbox.close()

    async def shapes(self, probes: Sequence[Probe], readings: Mapping[str, Value] | None = None) -> Shapes:
        """The answers under its default readings, but for those that are given.

        Raises:
            ReadingError: a reading or a value does not exist.
        """
        self._sandbox.readings = Readings().changed(readings or {})
        await self._sandbox.reset()
        exchanges = await run(sandbox_target(self._sandbox), probes)
        return {exchange.probe.name: exchange.shape for exchange in exchanges if exchange.shape is not None}


def with_sources(probes: Sequence[Probe], all_probes: Sequence[Probe]) -> list[Probe]:
    """The probes with those from whose answers they take something, in the order of all."""
    wanted = {probe.name for probe in probes}
    sources = {name: probe for probe in all_probes for name in probe.notes}
    waiting = list(probes)
    while waiting:
        for name in _taken(waiting.pop()):
            source = sources.get(name)
            if source is not None and source.name not in wanted:
                wanted.add(source.name)
                waiting.append(source)
    return [probe for probe in all_probes if probe.name in wanted]


def _taken(probe: Probe) -> set[str]:
    values = [*probe.query.values(), *(probe.body or {}).values()]
    return {value.name for value in values if isinstance(value, Learned)}
