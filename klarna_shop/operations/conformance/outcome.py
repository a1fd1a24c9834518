"""What one run found: the material of the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from klarna_shop.operations.conformance.comparison import Difference, Kind, compare
from klarna_shop.operations.conformance.explanation import Differences, Explainer, Explanation, Progress
from klarna_shop.operations.conformance.marks import DOCUMENTED
from klarna_shop.operations.conformance.probes import PROBES, Probe
from klarna_shop.operations.conformance.reference import Reference
from klarna_shop.operations.conformance.runner import Exchange, run
from klarna_shop.operations.conformance.target import Target
from klarna_shop.sandbox.readings import Choice, Readings

_CHOICES = {choice.name: choice for choice in Readings.choices()}


@dataclass(frozen=True)
class Found:
    """One difference with the probe that found it and the readings that together explain it."""

    probe: Probe
    difference: Difference
    readings: tuple[Choice, ...] = ()

    @property
    def contradicts(self) -> bool:
        """Whether a documented fact is not so. What a reading leaves open is not documented."""
        left_open = any(reading.provenance is not DOCUMENTED for reading in self.readings)
        return self.difference.contradicts and not left_open


@dataclass(frozen=True)
class Outcome:
    """All that one run found."""

    target: Target
    exchanges: Sequence[Exchange]
    differences: Differences
    explanation: Explanation | None = None
    """None where the readings were not tried."""
    found: tuple[Found, ...] = field(init=False)

    def __post_init__(self) -> None:
        causes = self.explanation.causes if self.explanation is not None else {}
        probes = {exchange.probe.name: exchange.probe for exchange in self.exchanges}
        found = tuple(
            Found(probes[name], one, tuple(_CHOICES[reading] for reading in causes.get((name, one.at), ())))
            for name, differences in self.differences.items()
            for one in differences
        )
        object.__setattr__(self, "found", found)

    @property
    def contradictions(self) -> list[Found]:
        """Differences that go against the documentation."""
        return [one for one in self.found if one.contradicts]

    @property
    def open_facts(self) -> list[Found]:
        """Differences about what was inferred, unknown or left to a reading."""
        return [one for one in self.found if not one.contradicts and one.difference.kind is not Kind.MORE]

    @property
    def more(self) -> list[Found]:
        """What the target says beyond the sandbox, which §1.2 allows."""
        return [one for one in self.found if one.difference.kind is Kind.MORE]

    @property
    def compared(self) -> int:
        """How many probes were answered by both."""
        return len(self.differences)

    @property
    def skipped(self) -> list[Exchange]:
        """Probes that were not sent."""
        return [one for one in self.exchanges if one.shape is None and not one.lost]

    @property
    def lost(self) -> list[Exchange]:
        """Probes that were sent and got no answer."""
        return [one for one in self.exchanges if one.lost]


async def find_out(
    target: Target,
    *,
    probes: Sequence[Probe] = PROBES,
    choices: Sequence[Choice] | None = None,
    say: Progress = lambda _line: None,
) -> Outcome:
    """Ask the target and the sandbox, compare, and try the given readings (by default all; `()` none).

    Raises:
        Unreachable: the target does not answer.
    """
    say(f"asking {target.name}: {len(probes)} probes …")
    exchanges = await run(target, probes)
    theirs = {one.probe.name: one.shape for one in exchanges if one.shape is not None}
    async with Reference() as reference:
        ours = await reference.shapes(probes)
        differences = {
            probe.name: compare(probe, ours[probe.name], theirs[probe.name])
            for probe in probes
            if probe.name in theirs and probe.name in ours
        }
        tried = Readings.choices() if choices is None else choices
        if not tried or not differences:
            return Outcome(target, exchanges, differences)
        explainer = Explainer(reference, probes, theirs, tried, say)
        return Outcome(target, exchanges, differences, await explainer.explain(differences))
