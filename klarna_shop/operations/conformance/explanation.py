"""Which readings of the sandbox would make its answers those of the target, and which are proved right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from klarna_shop.operations.conformance.comparison import Difference, compare
from klarna_shop.operations.conformance.probes.probe import Probe
from klarna_shop.operations.conformance.reference import Reference, Shapes, with_sources
from klarna_shop.sandbox.readings import Choice, Readings, Value

_ROUNDS = 3
"""A reading may matter only once another is set; more than three deep they do not depend on each other."""
Differences = Mapping[str, tuple[Difference, ...]]
"""Differences by the probe's name."""
Settings = dict[str, Value]
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Explanation:
    """What the readings explain.

    Attributes:
        settings: readings to set so that the sandbox answers as the target does.
        causes: the readings that together explain a difference, by the probe's name and the place.
        confirmed: readings whose default the target shares where another would have shown, with the
            probes that say so.
        unseen: readings of which no answer of this target told anything.
    """

    settings: Settings = field(default_factory=dict)
    causes: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    confirmed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unseen: tuple[str, ...] = ()


class Explainer:
    """Tries readings on a sandbox until nothing gets better."""

    def __init__(
        self,
        reference: Reference,
        probes: Sequence[Probe],
        theirs: Shapes,
        choices: Sequence[Choice] = Readings.choices(),
        say: Progress = lambda _line: None,
    ) -> None:
        self._reference = reference
        self._all = probes
        self._compared = [probe for probe in probes if probe.name in theirs]
        self._theirs = theirs
        self._choices = choices
        self._say = say

    async def explain(self, before: Differences) -> Explanation:
        """The explanation of these differences, found by trying every alternative of every reading."""
        trials = singly = await self._trials({}, self._compared)
        settings: Settings = {}
        now: Differences = before
        for _ in range(_ROUNDS):
            step = self._better(now, trials)
            if not step:
                break
            together = await self._differences({**settings, **step}, self._compared)
            if _total(together) >= _total(now):
                break
            settings, now = {**settings, **step}, together
            open_probes = [probe for probe in self._compared if now.get(probe.name)]
            if not open_probes:
                break
            trials = await self._trials(settings, open_probes)
        settings, causes = await self._causes(settings, before, now)
        # What a reading would show is seen best where nothing else differs.
        last = await self._trials(settings, self._compared) if settings else singly
        agreed = {name: value for name, value in self._confirmed(last, now).items() if name not in settings}
        known = {*settings, *agreed}
        unseen = tuple(choice.name for choice in self._choices if choice.name not in known)
        return Explanation(settings, causes, agreed, unseen)

    async def _trials(self, base: Settings, probes: Sequence[Probe]) -> dict[tuple[str, Value], Differences]:
        """The differences under each alternative that is not in force, everything else being `base`."""
        defaults = Readings().changed(base).values()
        alternatives = [
            (choice.name, alternative.value)
            for choice in self._choices
            for alternative in choice.alternatives
            if alternative.value != defaults[choice.name]
        ]
        self._say(f"trying {len(alternatives)} other readings on the sandbox, {len(probes)} probes each …")
        return {
            (name, value): await self._differences({**base, name: value}, probes)
            for name, value in alternatives
        }

    async def _differences(self, settings: Settings, probes: Sequence[Probe]) -> Differences:
        ours = await self._reference.shapes(with_sources(probes, self._all), settings)
        return {
            probe.name: compare(probe, ours[probe.name], self._theirs[probe.name])
            for probe in probes
            if probe.name in ours
        }

    def _better(self, now: Differences, trials: Mapping[tuple[str, Value], Differences]) -> Settings:
        """For each reading the value that brings the answers closest, if it brings any closer."""
        best: dict[str, tuple[int, Value]] = {}
        for (name, value), found in trials.items():
            gain = sum(_weight(now.get(probe, ())) - _weight(left) for probe, left in found.items())
            if gain > best.get(name, (0, None))[0]:
                best[name] = (gain, value)
        return {name: value for name, (_, value) in best.items()}

    async def _causes(
        self, settings: Settings, before: Differences, after: Differences
    ) -> tuple[Settings, dict[tuple[str, str], tuple[str, ...]]]:
        """The settings that are needed, and what each removes: found by leaving one out at a time."""
        explained = _places(before) - _places(after)
        needed = dict(settings)
        causes: dict[tuple[str, str], tuple[str, ...]] = {}
        for name in settings:
            others = {other: value for other, value in needed.items() if other != name}
            without = _places(await self._differences(others, self._compared))
            if without <= _places(after):
                needed = others
            for place in explained & without:
                causes[place] = (*causes.get(place, ()), name)
        return needed, causes

    def _confirmed(
        self, trials: Mapping[tuple[str, Value], Differences], now: Differences
    ) -> dict[str, tuple[str, ...]]:
        """Readings under whose every alternative some answer that is equal now would differ."""
        confirmed: dict[str, tuple[str, ...]] = {}
        for choice in self._choices:
            spoken: list[set[str]] = []
            for (name, _), found in trials.items():
                if name == choice.name:
                    spoken.append({probe for probe, left in found.items() if left and not now.get(probe)})
            if spoken and all(spoken):
                confirmed[choice.name] = tuple(sorted(set.union(*spoken)))
        return confirmed


def _places(differences: Differences) -> set[tuple[str, str]]:
    return {(probe, one.at) for probe, found in differences.items() for one in found}


def _weight(differences: Sequence[Difference]) -> int:
    return sum(one.weight for one in differences)


def _total(differences: Differences) -> int:
    return sum(_weight(found) for found in differences.values())
