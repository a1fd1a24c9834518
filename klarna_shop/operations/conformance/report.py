"""The report in Markdown. Holds shapes and names of probes, and nothing that a customer or a key is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from klarna_shop.operations.conformance.explanation import Explanation
from klarna_shop.operations.conformance.outcome import Found, Outcome
from klarna_shop.sandbox.readings import Readings

_SHORTEST_SECRET = 4
_MOST_NAMES = 3


def report(outcome: Outcome, at: datetime) -> str:
    """The report on one run."""
    text = "\n".join(_lines(outcome, at)) + "\n"
    for secret in outcome.target.secrets:
        # Shapes hold no values; should that ever fail, this does not.
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "…")
    return text


def verdict(outcome: Outcome) -> str:
    """The run in one sentence."""
    wrong = len(outcome.contradictions)
    said = "nothing contradicts the documentation"
    if not outcome.compared:
        said = "nothing could be compared"
    elif wrong:
        said = f"{wrong} contradict{'s' if wrong == 1 else ''} the documentation"
    return (
        f"{outcome.compared} probes compared, {_number_equal(outcome)} equal, "
        f"{len(outcome.found)} differences: {said}. "
        f"{len(outcome.skipped)} probes not sent, {len(outcome.lost)} without an answer."
    )


def _number_equal(outcome: Outcome) -> int:
    return sum(not found for found in outcome.differences.values())


def _lines(outcome: Outcome, at: datetime) -> Iterator[str]:
    target = outcome.target
    parts = urlsplit(target.base_url)
    port = f":{parts.port}" if parts.port else ""
    whom = "another sandbox" if target.name == "sandbox" else f"Payway {target.name}"
    yield f"# The sandbox held against {whom}"
    yield ""
    yield f"{at:%Y-%m-%d %H:%M} UTC, {parts.scheme}://{parts.hostname}{port},"
    yield f"with {'a' if target.customer else 'no'} test customer, allowed: {_allowed(outcome)}."
    yield ""
    yield f"**{verdict(outcome)}**"
    yield from _differences(
        "Against the documentation",
        "The reference marks these facts as documented, and the target answers otherwise. Either the "
        "sandbox or the reference is wrong: correct both.",
        outcome.contradictions,
    )
    if outcome.explanation is not None:
        yield from _settings(outcome.explanation)
    yield from _differences(
        "What was open",
        "Facts that were inferred or unknown, or that a reading leaves open. Where a reading is named, "
        "setting it makes the sandbox answer as the target does.",
        outcome.open_facts,
    )
    yield from _differences(
        "More than the sandbox says",
        "Additional fields are no breach (§1.2); the client ignores them.",
        outcome.more,
    )
    if outcome.explanation is not None:
        yield from _confirmed(outcome.explanation)
    yield from _not_sent(outcome)


def _allowed(outcome: Outcome) -> str:
    return ", ".join(sorted(leave.value for leave in outcome.target.leaves)) or "reading alone"


def _differences(title: str, meaning: str, found: Sequence[Found]) -> Iterator[str]:
    if not found:
        return
    yield from ("", f"## {title}", "", meaning, "")
    yield "| place | sandbox | target | known | reading | probes |"
    yield "| --- | --- | --- | --- | --- | --- |"
    rows: dict[tuple[str, ...], list[str]] = {}
    for one in found:
        difference = one.difference
        cells: tuple[str, ...] = (
            f"`{difference.at}`" if difference.at else "the body",
            difference.sandbox,
            difference.target,
            f"{difference.mark.provenance.value} §{difference.mark.section}",
            ", ".join(f"`{reading.name}`" for reading in one.readings),
        )
        rows.setdefault(cells, []).append(one.probe.name)
    for cells, probes in rows.items():
        yield f"| {' | '.join(cell.replace('|', '/') for cell in (*cells, _names(probes)))} |"


def _names(probes: Sequence[str]) -> str:
    more = f" and {len(probes) - _MOST_NAMES} more" if len(probes) > _MOST_NAMES else ""
    return "; ".join(probes[:_MOST_NAMES]) + more


def _settings(explanation: Explanation) -> Iterator[str]:
    if not explanation.settings:
        return
    choices = {choice.name: choice for choice in Readings.choices()}
    yield from ("", "## Readings to set", "")
    yield "With these the sandbox answers as the target does, wherever the table below names a reading."
    yield from (
        "",
        "| reading | set it to | in place of | meaning | known |",
        "| --- | --- | --- | --- | --- |",
    )
    for name, value in explanation.settings.items():
        choice = choices[name]
        default = _json(choice.default)
        known = f"{choice.provenance.value} §{choice.section}"
        yield f"| `{name}` | `{_json(value)}` | `{default}` | {choice.meaning} | {known} |"
    yield from ("", "```json", _json(explanation.settings), "```")


def _confirmed(explanation: Explanation) -> Iterator[str]:
    choices = {choice.name: choice for choice in Readings.choices()}
    if explanation.confirmed:
        yield from ("", "## Readings that this run confirms", "")
        yield "Every other value would have shown in an answer, and the target answers as the sandbox."
        yield from ("", "| reading | value | seen in |", "| --- | --- | --- |")
        for name, probes in explanation.confirmed.items():
            yield f"| `{name}` | `{_json(choices[name].default)}` | {_names(probes)} |"
    if explanation.unseen:
        yield from ("", "## Readings of which this run says nothing", "")
        yield ", ".join(f"`{name}`" for name in explanation.unseen) + "."


def _not_sent(outcome: Outcome) -> Iterator[str]:
    for title, exchanges in (("Without an answer", outcome.lost), ("Not sent", outcome.skipped)):
        if not exchanges:
            continue
        yield from ("", f"## {title}", "")
        reasons: dict[str, list[str]] = {}
        for exchange in exchanges:
            reasons.setdefault(exchange.reason, []).append(exchange.probe.name)
        for reason, names in reasons.items():
            yield f"- {reason}: {'; '.join(names)}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
